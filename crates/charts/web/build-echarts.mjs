// Builds dist/echarts.js: the kinds of src/echarts with what they need of Apache ECharts.
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { dirname } from "node:path";

const here = dirname(fileURLToPath(import.meta.url));

/**
 * Changes to ECharts and zrender, so that no option can do what a page must not (src/echarts/notice.txt, which heads the script, says them, as the licence asks): there is no tooltip of
 * HTML, no image is loaded, no window is opened, no HTML is parsed, and no text becomes a program.
 */
const tame = {
  name: "tame",
  setup(build) {
    build.onLoad({ filter: /TooltipHTMLContent\.js$/ }, () => ({ contents: "export default class { constructor() { throw new Error('tooltips are texts here'); } }", loader: "js" }));
    build.onLoad({ filter: /node_modules[\\/](echarts|zrender)[\\/]lib[\\/].*\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text
        .replaceAll(".innerHTML", ".textContent")
        .replaceAll("image.src = src;", "")
        .replaceAll("window.open(", "(() => null)(")
        .replaceAll("new Function(", "((text) => () => text)(");
      return { contents, loader: "js" };
    });
  },
};

const notice = await readFile(new URL("src/echarts/notice.txt", import.meta.url), "utf8");

await build({
  absWorkingDir: here,
  entryPoints: { echarts: "src/echarts/index.ts" },
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"', __DEV__: "false" },
  banner: { js: `/*!\n${notice}*/` },
  plugins: [tame],
});
