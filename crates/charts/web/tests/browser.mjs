// A browser, and pages that are watched from their first moment.
import { chromium } from "playwright-core";
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox"] });

/** Opens a page of the file system; `faults` collects all that must not happen. */
export async function open(browser, file, { hash = "", scheme = "light", width = 1300, height = 900, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, acceptDownloads: true, ...more });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.stack ?? error}`));
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) faults.push(`request: ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.addInitScript(watch);
  await page.goto(`file://${path.resolve(file)}${hash}`);
  await page.waitForFunction(() => {
    const panels = [...document.querySelectorAll(".panel")];
    return panels.length > 0 && panels.every((panel) => panel.querySelector("[data-complete], .failure, .empty-picture, .picture[data-ready]:not(.time-chart)"));
  }, null, { timeout: 60_000 });
  await quiet(page);
  return { page, faults, close: () => context.close() };
}

/** In the page, before its own scripts: notes what its policy forbids, and what it still has to do soon. */
function watch() {
  window.__violations = [];
  document.addEventListener("securitypolicyviolation", (event) => window.__violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
  const timers = new Set();
  const { setTimeout: plain, clearTimeout: clear } = window;
  window.setTimeout = (task, delay = 0, ...more) => {
    const timer = plain(
      () => {
        timers.delete(timer);
        task(...more);
      },
      delay,
    );
    // What is later than a second (a message that goes away) is nothing to wait for.
    if (delay <= 1000) timers.add(timer);
    return timer;
  };
  window.clearTimeout = (timer) => {
    timers.delete(timer);
    clear(timer);
  };
  const busy = () => timers.size > 0 || [...document.querySelectorAll(".status")].some((line) => /searching…|reading the rows…/.test(line.textContent));
  // A machine may be so slow that one timer is late and sets the next: a fixed time is not enough.
  window.__quiet = (patience) =>
    new Promise((done) => {
      const end = performance.now() + patience;
      const look = () =>
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            if (!busy()) done(true);
            else if (performance.now() < end) plain(look, 50);
            else done(false);
          }),
        );
      plain(look, 550);
    });
}

/** Until frames, timers of the page and its table have come to rest. */
export async function quiet(page) {
  if (!(await page.evaluate(() => window.__quiet(20_000)))) throw new Error("the page does not come to rest");
}

export async function violations(page) {
  return page.evaluate(() => window.__violations);
}

export async function axeFindings(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return result.violations
    .filter((violation) => violation.impact === "serious" || violation.impact === "critical")
    .map((violation) => `${violation.id}: ${violation.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
}

/** What log data has got into the page that is not text. */
export async function intruders(page, scripts) {
  return page.evaluate((most) => {
    const found = [];
    if (window.__xss !== undefined) found.push(`window.__xss is ${window.__xss}`);
    for (const tag of ["img", "svg", "iframe", "object", "embed", "link", "base", "form", "a", "audio", "video", "template"]) {
      const count = document.getElementsByTagName(tag).length;
      if (count > 0) found.push(`${count} <${tag}>`);
    }
    if (document.scripts.length > most) found.push(`${document.scripts.length} scripts, the file has ${most}`);
    for (const node of document.querySelectorAll("*")) for (const { name } of node.attributes) if (name.startsWith("on")) found.push(`attribute ${name}`);
    return found;
  }, scripts);
}
