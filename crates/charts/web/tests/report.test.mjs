// Several charts on one page.
import assert from "node:assert/strict";
import { open, quiet } from "./browser.mjs";
import { read, rowsOf, timestampsOf } from "./pagefile.mjs";

const number = (text) => Number(/\(([\d,]+)\)/.exec(text)?.[1].replaceAll(",", ""));

export function reports(test, browser, name, file) {
  const source = read(file);
  const charts = source.page.charts;
  const timeline = charts.find((chart) => chart.kind === "timeline");
  if (charts.length < 2 || !timeline) return;

  test(`${name}: a selection in the timeline narrows all others`, async () => {
    const { page, faults, close } = await open(browser(), file);
    try {
      const counts = async () => Object.fromEntries(await page.locator(".panel").evaluateAll((panels) => panels.map((panel) => [panel.id, panel.querySelector(".rows-box > summary").textContent])));
      const before = await counts();
      await page.locator(`#${timeline.id} .surface > canvas`).focus();
      for (let step = 0; step < 4; step++) await page.keyboard.press("+");
      await page.keyboard.press("s");
      await quiet(page);
      const after = await counts();
      const [from, to] = timestampsOf(await page.locator(`#${timeline.id} .sql`).textContent());
      for (const chart of charts) {
        const { first, last } = chart.spec;
        if (chart.kind === "matrix" && first) {
          const cells = first.filter((time, cell) => time <= to && last[cell] >= from).length;
          assert.equal(number(after[chart.id]), cells, chart.id);
        } else if (chart.data?.time && chart.kind !== "process_tree") {
          const { times } = rowsOf(source, chart);
          assert.equal(number(after[chart.id]), times.filter((time) => time >= from && time <= to).length, chart.id);
        }
      }
      assert.ok(number(after[timeline.id]) < rowsOf(source, timeline).times.length);
      await page.locator(".chip button").last().click();
      await quiet(page);
      const { [timeline.id]: zoomed, ...others } = await counts();
      const { [timeline.id]: whole, ...othersBefore } = before;
      assert.ok(number(zoomed) < number(whole));
      assert.deepEqual(others, othersBefore);
      assert.deepEqual(faults, []);
    } finally {
      await close();
    }
  });

  test(`${name}: the wheel scrolls the page until a chart is pressed`, async () => {
    const { page, close } = await open(browser(), file);
    try {
      const box = await page.locator(`#${timeline.id} .surface > canvas`).boundingBox();
      await page.mouse.move(box.x + box.width * 0.6, box.y + 120);
      await page.mouse.wheel(0, 200);
      await page.waitForTimeout(300);
      assert.ok((await page.evaluate(() => scrollY)) > 0);
    } finally {
      await close();
    }
  });

  test(`${name}: prints with light colours and without tools`, async () => {
    const { page, close } = await open(browser(), file, { scheme: "dark" });
    try {
      await page.emulateMedia({ media: "print" });
      await quiet(page);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
      assert.equal(await page.locator(".toolbar").first().isVisible(), false);
      assert.ok((await page.pdf()).length > 20_000);
    } finally {
      await close();
    }
  });
}
