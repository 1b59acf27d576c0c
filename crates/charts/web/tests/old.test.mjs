// Browsers that lack what a page needs.
import assert from "node:assert/strict";
import path from "node:path";
import { read } from "./pagefile.mjs";

export function old(test, browser, name, file) {
  if (!read(file).page.charts.some((chart) => chart.data?.rows > 0)) return;
  const opened = async (script) => {
    const page = await browser().newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.addInitScript(script);
    await page.goto(`file://${path.resolve(file)}`);
    return { page, errors };
  };

  test(`${name}: a browser that cannot unpack is told so`, async () => {
    const { page, errors } = await opened("delete window.DecompressionStream");
    try {
      await page.waitForSelector(".failure");
      assert.match(await page.locator(".failure").first().textContent(), /too old: it cannot unpack the data/);
      assert.deepEqual(errors, []);
    } finally {
      await page.close();
    }
  });

  test(`${name}: a browser without workers reads the rows itself`, async () => {
    const { page, errors } = await opened("window.Worker = class { constructor() { throw new Error('none'); } }");
    try {
      await page.waitForSelector("[data-complete]", { timeout: 60_000 });
      assert.deepEqual(errors, []);
    } finally {
      await page.close();
    }
  });
}
