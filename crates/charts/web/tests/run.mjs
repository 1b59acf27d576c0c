// Tests pages in Chromium: `node tests/run.mjs [directory]`. Without a directory the pages of fixture.mjs are written and tested.
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execFileSync } from "node:child_process";
import { launch } from "./browser.mjs";
import { every } from "./every.test.mjs";
import { timeCharts } from "./time.test.mjs";
import { otherCharts } from "./others.test.mjs";
import { old } from "./old.test.mjs";
import { more } from "./more.test.mjs";
import { reports } from "./report.test.mjs";
import "./unit.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const only = process.env.ONLY ? new RegExp(process.env.ONLY) : null;
let directory = process.argv[2];
if (!directory) {
  directory = path.join(here, "out", "pages");
  fs.rmSync(directory, { recursive: true, force: true });
  execFileSync(process.execPath, [path.join(here, "fixture.mjs"), directory]);
}

let browser = null;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

const files = fs.readdirSync(directory).filter((name) => name.endsWith(".html")).sort();
if (files.length === 0) throw new Error(`no pages in ${directory}`);
// Tests wait most of the time: for timers of the page. Some at once, so that the machine does not.
describe("pages", { concurrency: 4 }, () => {
  if (!only || only.test("more")) more(it, () => browser);
  for (const name of files) {
    if (only && !only.test(name)) continue;
    const file = path.join(directory, name);
    for (const tests of [every, timeCharts, otherCharts, reports, ...(/100k|report|tree-60/.test(name) ? [old] : [])]) tests(it, () => browser, name, file);
  }
});
