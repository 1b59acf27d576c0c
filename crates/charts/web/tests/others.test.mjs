// Matrix and process tree.
import assert from "node:assert/strict";
import fs from "node:fs";
import { open, quiet } from "./browser.mjs";
import { columnOf, read } from "./pagefile.mjs";

const number = (text) => Number(/\(([\d,]+)\)/.exec(text)?.[1].replaceAll(",", ""));

function runner(test, browser, name, file) {
  return (what, body) =>
    test(`${name}: ${what}`, async () => {
      const { page, faults, close } = await open(browser(), file);
      const rows = async () => (await quiet(page), number(await page.locator(".rows-box > summary").textContent()));
      try {
        await body({ page, rows });
        assert.deepEqual(faults, []);
      } finally {
        await close();
      }
    });
}

export function otherCharts(test, browser, name, file) {
  const source = read(file);
  if (source.page.charts.length > 1) return;
  const head = source.page.charts[0];
  const run = runner(test, browser, name, file);
  if (head.kind === "matrix" && head.spec.cells.x.length > 3) matrixTests(run, head);
  if (head.kind === "process_tree" && head.data.rows > 3) treeTests(run, source, head);
}

function matrixTests(run, head) {
  const { spec } = head;

  run("the table has all cells, the strongest first", async ({ page, rows }) => {
    assert.equal(await rows(), spec.cells.x.length);
    await page.locator(".rows-scroll").scrollIntoViewIfNeeded();
    await quiet(page);
    const first = await page.locator(".rows tbody tr:not(.space)").first().locator("td").allTextContents();
    assert.equal(Number(first[2]), Math.max(...spec.cells.value));
  });

  run("keys go to cells; the card offers filters; the filter narrows", async ({ page, rows }) => {
    await page.locator(".matrix canvas").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await quiet(page);
    assert.ok(await page.locator(".card").isVisible());
    await page.keyboard.press("Enter");
    const shown = await page.locator(".card dd").first().locator("bdi").textContent();
    await page.locator(".card dd").first().getByRole("button", { name: "only" }).click();
    const row = spec.y.values.indexOf(shown);
    assert.equal(await rows(), spec.cells.y.filter((y) => y === row).length);
    const raw = (spec.y.raw[row] ?? shown).replaceAll("'", "''");
    assert.equal(await page.locator(".sql").textContent(), `WHERE ${spec.y.sql} = '${raw}'`);
  });

  run("other orders; circles", async ({ page }) => {
    await page.getByLabel("Rows by").selectOption("name");
    await page.getByRole("button", { name: "circles" }).click();
    await quiet(page);
    assert.ok(await page.evaluate(() => location.hash.includes("name")));
  });
}

function treeTests(run, source, head) {
  const labels = columnOf(source, head, head.spec.label);

  run("rows are virtual, texts are right", async ({ page, rows }) => {
    assert.equal(await rows(), head.data.rows);
    const count = await page.locator(".tree-row").count();
    assert.ok(count < 60, `${count} rows in the document`);
    const first = page.locator('[role="treeitem"][aria-level="1"]').first();
    assert.equal(await first.locator(".tree-label").textContent(), labels[0]);
  });

  run("keys walk, fold and unfold", async ({ page, rows }) => {
    await page.locator('[role="tree"]').focus();
    await page.keyboard.press("Home");
    await page.waitForTimeout(60);
    assert.equal(await page.locator(".tree-row.current .tree-label").textContent(), labels[0]);
    await page.keyboard.press("ArrowLeft");
    const folded = await rows();
    assert.ok(folded < head.data.rows);
    await page.keyboard.press("ArrowRight");
    assert.equal(await rows(), head.data.rows);
    await page.keyboard.press("End");
    await page.waitForTimeout(80);
    assert.equal(await page.locator(".tree-row.current .tree-label").textContent(), labels.at(-1));
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".card.pinned").count(), 1);
    const names = await page.locator(".card dt").allTextContents();
    for (const column of head.data.columns) assert.ok(names.includes(column.name));
  });

  run("search finds and goes there; filters keep ancestors", async ({ page, rows }) => {
    const wanted = labels.at(-1);
    await page.getByRole("searchbox").fill(wanted.slice(0, 30));
    await quiet(page);
    assert.match(await page.locator(".tree-found").textContent(), /of|found/);
    await page.getByRole("button", { name: "Next match" }).click();
    await page.waitForTimeout(80);
    assert.ok((await page.locator(".tree-row.found").count()) > 0);
    await page.getByRole("searchbox").fill("");
    await quiet(page);
    const color = head.data.color;
    if (!color) return;
    await page.locator(".legend button").first().click();
    const kept = await rows();
    assert.ok(kept > 0 && kept < head.data.rows);
    assert.ok((await page.locator(".sql").textContent()).startsWith(`WHERE ${color.sql} = '`));
  });

  run("levels, colours, CSV", async ({ page, rows }) => {
    await page.getByLabel("Levels").selectOption("1");
    const roots = await rows();
    assert.ok(roots >= 1 && roots < head.data.rows);
    await page.getByLabel("Colour by").selectOption({ index: 0 });
    await quiet(page);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV", exact: true }).click()]);
    const lines = fs.readFileSync(await download.path(), "utf8").trimEnd().split("\r\n");
    assert.ok(lines.length >= roots + 1);
  });
}
