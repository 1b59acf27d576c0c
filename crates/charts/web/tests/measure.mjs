// Measures pages in Chromium: `node tests/measure.mjs <page.html> ...`. CPU is that of the renderer process, from /proc.
import { chromium } from "playwright-core";
import fs from "node:fs";
import path from "node:path";

const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"];
const cpuOf = (pids) => pids.reduce((sum, pid) => {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return sum + Number(fields[11]) + Number(fields[12]);
}, 0) * 10;

for (const file of process.argv.slice(2)) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
  try {
    const session = await browser.newBrowserCDPSession();
    const context = await browser.newContext({ viewport: { width: 1400, height: 760 } });
    const page = await context.newPage();
    const workers = [];
    page.on("worker", (worker) => workers.push(worker.url()));
    page.on("console", (message) => console.log("  console:", message.text().slice(0, 200)));
    page.on("pageerror", (error) => console.log("  error:", String(error).slice(0, 200)));
    await page.addInitScript(() => {
      const seen = {};
      window.__seen = seen;
      new MutationObserver(() => {
        const surface = document.querySelector(".surface canvas, .tree-box .tree-row, .matrix canvas");
        if (surface && !seen.first && (surface.tagName !== "CANVAS" || surface.style.width)) requestAnimationFrame(() => setTimeout(() => (seen.first ??= performance.now()), 0));
        if (document.querySelector("[data-complete]") && !seen.complete) requestAnimationFrame(() => setTimeout(() => (seen.complete ??= performance.now()), 0));
      }).observe(document, { childList: true, subtree: true, attributes: true });
    });
    const begin = Date.now();
    await page.goto(`file://${path.resolve(file)}`, { waitUntil: "commit" });
    await page.waitForFunction(() => window.__seen?.complete, null, { timeout: 120_000, polling: 50 });
    const wall = Date.now() - begin;
    const processes = (await session.send("SystemInfo.getProcessInfo")).processInfo.filter((p) => p.type === "renderer").map((p) => p.id);
    const rendered = cpuOf(processes);
    const seen = await page.evaluate(() => window.__seen);
    await page.waitForTimeout(900);
    const box = await page.locator(".surface, .tree-scroll, .matrix").first().boundingBox();
    await page.mouse.move(box.x + box.width * 0.6, box.y + Math.min(box.height, 500) * 0.5);
    await page.waitForTimeout(400);
    await page.evaluate(() => {
      window.__gaps = [];
      let last = performance.now();
      const tick = (now) => {
        window.__gaps.push(now - last);
        last = now;
        window.__tick = requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    });
    const before = cpuOf(processes);
    const steps = 20;
    for (let i = 0; i < steps; i++) {
      const at = Date.now();
      await page.mouse.wheel(0, i < steps / 2 ? -120 : 120);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
      await page.waitForTimeout(Math.max(0, 60 - (Date.now() - at)));
    }
    await page.waitForTimeout(700);
    const step = (cpuOf(processes) - before) / steps;
    const gaps = (await page.evaluate(() => window.__gaps)).sort((a, b) => a - b);
    const heap = await page.evaluate(() => Math.round(performance.memory.usedJSHeapSize / 1e6));
    const pss = Math.max(...processes.map((pid) => Math.round(Number(/Pss:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) / 1024)));
    const size = (fs.statSync(file).size / 1e6).toFixed(2);
    console.log(JSON.stringify({ page: path.basename(file), megabytes: size, first: Math.round(seen.first), complete: Math.round(seen.complete), wall, cpu: rendered, step_cpu: step, gap_p95: Math.round(gaps[Math.floor(gaps.length * 0.95)]), gap_max: Math.round(gaps.at(-1)), heap, pss, workers: workers.length }));
  } finally {
    await browser.close();
  }
}
