// What holds for every page, whatever is on it.
import assert from "node:assert/strict";
import { axeFindings, intruders, open, quiet, violations } from "./browser.mjs";
import { read } from "./pagefile.mjs";

export function every(test, browser, name, file) {
  test(`${name}: opens from the file system, without faults`, async () => {
    const source = read(file);
    const { page, faults, close } = await open(browser(), file);
    try {
      assert.deepEqual(await page.locator(".failure").allTextContents(), []);
      assert.equal(await page.locator(".panel").count(), source.page.charts.length);
      await page.mouse.move(640, 420);
      await page.mouse.move(700, 430, { steps: 5 });
      await quiet(page);
      assert.deepEqual(faults, []);
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(await intruders(page, source.scripts), []);
    } finally {
      await close();
    }
  });

  for (const scheme of ["light", "dark"]) {
    test(`${name}: axe finds nothing serious, ${scheme}`, async () => {
      const { page, close } = await open(browser(), file, { scheme });
      try {
        assert.deepEqual(await axeFindings(page), []);
      } finally {
        await close();
      }
    });
  }

  test(`${name}: a narrow window scrolls down only`, async () => {
    const { page, faults, close } = await open(browser(), file, { width: 380, height: 720 });
    try {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${wide} pixels too wide`);
      assert.deepEqual(faults, []);
    } finally {
      await close();
    }
  });
}
