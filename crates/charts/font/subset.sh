#!/bin/sh
# Makes the fonts of PNG pictures out of the npm packages inter-ui and @fontsource/noto-sans-symbols-2, which has the signs that Inter
# lacks (both SIL Open Font License 1.1: OFL-*.txt). Needs npm, python3 and network; the results are checked in.
set -eu
inter=4.1.1
noto=5.3.0
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install "fonttools==4.68.0" "brotli==1.2.1"
mkdir inter noto
npm pack --silent "inter-ui@$inter" >/dev/null
tar xzf "inter-ui-$inter.tgz" -C inter
npm pack --silent "@fontsource/noto-sans-symbols-2@$noto" >/dev/null
tar xzf "fontsource-noto-sans-symbols-2-$noto.tgz" -C noto
subset() {
  # No kerning: a text is then as wide as its letters, which is how pictures are laid out.
  venv/bin/pyftsubset "$1" --output-file="$here/$2" --unicodes="$3" --layout-features='mark,mkmk,ccmp' --no-hinting --name-IDs='0,1,2,4,6,13,14,16,17'
}
# Latin with supplements, accents, Greek, Cyrillic, Vietnamese, punctuation, superscripts, currency, letters as signs, arrows, operators.
plain='U+0020-007E,U+00A0-017F,U+0370-03FF,U+0400-045F,U+2010-2027,U+2030-205E,U+20AC,U+2190-2193,U+2212,U+FFFD'
rich="$plain,U+0180-024F,U+02B0-02FF,U+0300-036F,U+0460-052F,U+1E00-1EFF,U+2070-20C0,U+2100-214F,U+2194-21FF,U+2200-22FF"
for style in Regular SemiBold; do
  venv/bin/fonttools ttLib.woff2 decompress -o "Inter-$style.ttf" "inter/package/web/Inter-$style.woff2" 2>/dev/null
done
venv/bin/fonttools ttLib.woff2 decompress -o signs.ttf noto/package/files/noto-sans-symbols-2-symbols-400-normal.woff2 2>/dev/null
subset Inter-Regular.ttf inter-regular.ttf "$rich"
subset Inter-SemiBold.ttf inter-semibold.ttf "$plain"
subset signs.ttf noto-signs.ttf 'U+2400-2426,U+2580-25FF,U+2713,U+2717'
cp inter/package/LICENSE.txt "$here/OFL-inter.txt"
cp noto/package/LICENSE "$here/OFL-noto.txt"
