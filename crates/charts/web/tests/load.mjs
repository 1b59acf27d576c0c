// A part of the runtime, without a browser.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../src/", import.meta.url));

export const load = async (file) => {
  const made = await build({ entryPoints: [root + file], bundle: true, format: "esm", write: false, target: "es2022", define: { WORKER_SOURCE: '""' } });
  return import(`data:text/javascript;base64,${Buffer.from(made.outputFiles[0].text).toString("base64")}`);
};
