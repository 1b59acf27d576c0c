const context = document.createElement("canvas").getContext("2d");

/** Width in pixels. */
export function textWidth(text: string, font: string, size = 12): number {
  if (!context) return text.length * size * 0.6;
  context.font = `${size}px ${font}`;
  return context.measureText(text).width;
}

/** Text that is no wider than `width`; what is left out is left out in the middle: both ends of a path, an address or a command line tell something. */
export function fit(text: string, width: number, font: string, size = 12): string {
  // Nobody sees the ten thousandth letter, and measuring it takes time.
  const letters = [...text.slice(0, 2000)];
  if (text.length <= 2000 && textWidth(text, font, size) <= width) return text;
  const cut = (kept: number): string => {
    const tail = Math.floor(kept * 0.4);
    return `${letters.slice(0, kept - tail).join("")}…${letters.slice(letters.length - tail).join("")}`;
  };
  let [low, high] = [0, Math.min(letters.length - 1, Math.ceil(width / 2))];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (textWidth(cut(middle), font, size) <= width) low = middle;
    else high = middle - 1;
  }
  return cut(Math.max(0, low));
}
