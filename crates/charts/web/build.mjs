// Builds dist/runtime.js and dist/runtime.css. The same sources give the same bytes: versions are pinned, nothing of this machine goes in.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { dirname } from "node:path";

const here = dirname(fileURLToPath(import.meta.url));
const common = { absWorkingDir: here, bundle: true, minify: true, target: "es2022", charset: "ascii", legalComments: "none", logLevel: "warning" };

const worker = await build({ ...common, entryPoints: ["src/data/worker-main.ts"], format: "iife", write: false });
const source = worker.outputFiles[0].text.trim();

await build({
  ...common,
  entryPoints: { runtime: "src/main.ts" },
  format: "iife",
  outdir: "dist",
  define: { WORKER_SOURCE: JSON.stringify(source) },
});
await build({ ...common, entryPoints: { runtime: "src/runtime.css" }, outdir: "dist", target: ["chrome111", "firefox113", "safari16.4"] });
await import("./build-echarts.mjs");
