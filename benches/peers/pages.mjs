// Measures pages in Chromium, ours and those of Bokeh: `node benches/peers/pages.mjs <page.html> ...`. One JSON line a page: milliseconds, CPU of the renderer from /proc.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";

const require = createRequire(new URL("../../crates/charts/web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const STEPS = 20;
const cpuOf = (pids) =>
  10 * pids.reduce((sum, pid) => {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);

for (const file of process.argv.slice(2)) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
  try {
    const session = await browser.newBrowserCDPSession();
    const page = await (await browser.newContext({ viewport: { width: 1400, height: 760 } })).newPage();
    await page.addInitScript(() => {
      const seen = (window.__seen = {});
      const next = (name) => requestAnimationFrame(() => setTimeout(() => (seen[name] ??= performance.now()), 0));
      const look = () => {
        const canvas = document.querySelector(".surface canvas");
        if (canvas?.style.width && !seen.first) next("first");
        // Ours says so itself; Bokeh's documents know when all is drawn.
        if (document.querySelector("[data-complete]")) return next("complete");
        if (window.Bokeh?.documents?.[0]?.is_idle) {
          next("first");
          return next("complete");
        }
        setTimeout(look, 20);
      };
      look();
    });
    await page.goto(`file://${path.resolve(file)}`, { waitUntil: "commit" });
    const finished = await page.waitForFunction(() => window.__seen?.complete, null, { timeout: 240_000, polling: 50 }).then(() => true, () => false);
    const pids = (await session.send("SystemInfo.getProcessInfo")).processInfo.filter((one) => one.type === "renderer").map((one) => one.id);
    const cpu = cpuOf(pids);
    const seen = finished ? await page.evaluate(() => window.__seen) : {};
    let step = null;
    if (finished) {
      await page.waitForTimeout(1000);
      // MSTICPy's pages have the tool, but the wheel does not use it until it is clicked.
      await page.evaluate(() => {
        for (const root of window.Bokeh?.documents?.[0]?.roots() ?? []) {
          for (const model of root.references()) {
            const tool = model.type === "Toolbar" || model.type === "ProxyToolbar" ? [...(model.tools ?? [])].find((one) => one.type === "WheelZoomTool") : null;
            if (tool) model.active_scroll = tool;
            if (model.type === "WheelZoomTool") model.active = true;
          }
        }
      });
      const box = await page.locator(".surface, .bk-Figure").first().boundingBox();
      await page.mouse.move(box.x + box.width * 0.6, box.y + Math.min(box.height, 400) * 0.5);
      await page.waitForTimeout(500);
      const before = cpuOf(pids);
      for (let at = 0; at < STEPS; at++) {
        await page.mouse.wheel(0, at < STEPS / 2 ? -120 : 120);
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
        await page.waitForTimeout(60);
      }
      await page.waitForTimeout(1000);
      step = (cpuOf(pids) - before) / STEPS;
    }
    const round = (value) => (value === undefined ? null : Math.round(value));
    console.log(JSON.stringify({ page: path.basename(file), megabytes: Number((fs.statSync(file).size / 1e6).toFixed(2)), first: round(seen.first), complete: round(seen.complete), cpu, step }));
  } finally {
    await browser.close();
  }
}
