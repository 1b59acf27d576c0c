// What needs a page of its own: selections that charts do not follow, pages that somebody has made up, keys, addresses.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { axeFindings, open, quiet, violations } from "./browser.mjs";
import { block, head, page as write, rows, varints } from "./encode.mjs";
import { timeline } from "./fixture.mjs";
import { matrix, tree } from "./kinds.mjs";
import { START } from "./data.mjs";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "out", "more");
const T0 = START * 1000;
const MINUTE = 60_000_000;
const summary = async (page, id = "c0") => (await quiet(page), page.locator(`#${id} .rows-box > summary`).textContent());
const sql = async (page, id = "c0") => (await quiet(page), page.locator(`#${id} .sql`).textContent());
const status = async (page, id = "c0") => (await quiet(page), page.locator(`#${id} .status`).textContent());

/** Events on three lanes of which one stands for the rest, coloured, with a column in place. */
function rest({ id = "c0", lane = true, zoned = true, zone = "UTC" } = {}) {
  const times = Array.from({ length: 300 }, (_, at) => T0 + at * MINUTE);
  const link = "hxxp://a[.]test";
  const made = rows({
    times, time: { name: "ts", sql: "ts", zoned },
    ...(lane ? { lanes: [{ name: "alice" }, { name: "NULL" }, { name: "other (4)", other: true }], lane: { name: "account", sql: "account", codes: times.map((_, at) => at % 3) } } : {}),
    color: { name: "verdict", sql: "verdict", values: ["allowed", "other (9)"], codes: times.map((_, at) => at % 2), other: true },
    columns: [{ name: "url", sql: "url", inPlace: true, raw: { [link]: "http://a.test" }, texts: times.map((_, at) => (at % 4 ? `u${at % 7}` : link)) }],
  });
  return { head: head("timeline", id, { title: "Rest", data: made.data, zone }), blocks: made.blocks };
}

export function more(test, browser) {
  const run = (name, make, body, { hash = "", faultless = true, ...settings } = {}) =>
    test(`more: ${name}`, async () => {
      fs.mkdirSync(folder, { recursive: true });
      const file = path.join(folder, `${name.replace(/[^a-z0-9]+/gi, "-")}.html`);
      fs.writeFileSync(file, make());
      const { page, faults, close } = await open(browser(), file, { hash, ...settings });
      try {
        await body(page);
        if (faultless) assert.deepEqual(faults, []);
        assert.deepEqual(await violations(page), []);
      } finally {
        await close();
      }
    });

  run("the rest of lanes, colours and cells is never a value in SQL; times have their zone", () => write("Rest", [rest()]), async (page) => {
    await page.getByTitle("Only other (4); again: all").click({ force: true });
    assert.equal(await sql(page), "WHERE account <> 'alice'");
    assert.equal(await summary(page), "Rows (100)");
    await page.getByRole("button", { name: "All lanes" }).click();
    await page.locator(".legend button").last().click();
    assert.equal(await sql(page), "WHERE (verdict <> 'allowed' OR verdict IS NULL)");
    assert.equal(await summary(page), "Rows (150)");
    await page.getByRole("button", { name: "Reset" }).click();
    // A cell of the table that stands for several values: its card knows what it is.
    await page.locator(".rows-scroll").scrollIntoViewIfNeeded();
    await quiet(page);
    await page.locator(".rows tbody tr:not(.space)").nth(2).click();
    const cell = page.locator(".card dd").nth(1);
    assert.equal(await cell.locator("bdi").textContent(), "other (4)");
    await cell.getByRole("button", { name: "not" }).click();
    assert.equal(await sql(page), "WHERE (account = 'alice' OR account IS NULL)");
    assert.equal(await summary(page), "Rows (200)");
    await page.getByRole("button", { name: "Reset" }).click();
    await page.locator(".surface > canvas").focus();
    await page.keyboard.press("+");
    assert.match(await sql(page), /^WHERE ts >= TIMESTAMPTZ '2026-04-06 .*\+00:00' AND ts < TIMESTAMPTZ '2026-04-06 .*\+00:00'$/);
  });

  run("texts in place are in SQL and raw CSV as they are in the table", () => write("Place", [rest({ lane: false })]), async (page) => {
    await page.locator(".rows-scroll").scrollIntoViewIfNeeded();
    await quiet(page);
    await page.locator(".rows tbody tr:not(.space)").first().click();
    const cell = page.locator(".card dd").last();
    assert.equal(await cell.locator("bdi").textContent(), "hxxp://a[.]test");
    await cell.getByRole("button", { name: "only" }).click();
    assert.equal(await sql(page), "WHERE url = 'http://a.test'");
    assert.equal(await summary(page), "Rows (75)");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV, raw" }).click()]);
    assert.equal(fs.readFileSync(await download.path(), "utf8").split("http://a.test").length, 76);
  });

  run("rows that are not in detail are not counted", () => write("Partial", [timeline(4000, { rows: { allRows: 7 } })]), async (page) => {
    assert.match(await status(page), /about 28,000 of 28,000 events \(4,000 in detail\)/);
    assert.match(await page.locator(".notices").textContent(), /4,000 of 28,000 in detail; density is complete as long as no filter/);
    await page.locator(".rows-scroll").scrollIntoViewIfNeeded();
    await quiet(page);
    await page.locator(".rows tbody tr:not(.space)").first().click();
    await page.locator(".card dd").nth(2).getByRole("button", { name: "only" }).click();
    assert.match(await summary(page), /^Rows in detail \([\d,]+\)$/);
    assert.match(await status(page), /^[\d,]+ of the 4,000 events in detail \(of 28,000\) in view/);
    for (const count of await page.locator(".lane-count").allTextContents()) assert.match(count, /^≥/);
  });

  run("what does not follow the selection says so", () => write("Report", [rest({ zone: "UTC" }), matrix(8, 9, { id: "c1", times: false }), { ...matrix(8, 9, { id: "c2" }) }, tree(60, { id: "c3" })]), async (page) => {
    const said = (id) => page.locator(`#${id} .ignored`);
    for (const id of ["c0", "c1", "c2", "c3"]) assert.equal(await said(id).isVisible(), false);
    await page.locator("#c0 .surface > canvas").focus();
    await page.keyboard.press("+");
    await page.keyboard.press("s");
    await quiet(page);
    assert.equal(await said("c1").textContent(), "This chart is not narrowed by the selection: time.");
    for (const id of ["c0", "c2", "c3"]) assert.equal(await said(id).isVisible(), false, id);
    await page.locator("#c0 .legend button").first().click();
    await quiet(page);
    assert.equal(await said("c1").textContent(), "This chart is not narrowed by the selection: time, verdict.");
    assert.equal(await said("c3").textContent(), "This chart is not narrowed by the selection: verdict.");
    // A condition is on columns that there are.
    assert.match(await sql(page, "c1"), /no condition/);
    assert.match(await sql(page, "c0"), /AND verdict = 'allowed'$/);
    assert.deepEqual(await axeFindings(page), []);
  });

  const sorted = (sort) => {
    const made = matrix(6, 7, { id: "c0" });
    return { ...made, head: { ...made.head, spec: { ...made.head.spec, sort, time: { name: "ts", sql: "ts", zoned: false } } } };
  };
  run("a matrix begins in its own order, and its condition has the time", () => write("Matrix", [sorted("name"), rest({ id: "c1" })]), async (page) => {
    for (const label of ["Rows by", "Columns by"]) assert.equal(await page.getByLabel(label).inputValue(), "name");
    await page.locator("#c1 .surface > canvas").focus();
    await page.keyboard.press("s");
    assert.match(await sql(page), /^WHERE ts >= TIMESTAMP '.*' AND ts < TIMESTAMP '/);
    await page.getByLabel("Rows by").selectOption("cluster");
    await page.locator("#c0").getByRole("button", { name: "Reset" }).click();
    assert.equal(await page.getByLabel("Rows by").inputValue(), "name");
  });

  const thrower = `window.huntsqlCharts.register("thrower", ({ container }) => ({
    resize() {}, restyle() {}, select(selection) { if (selection.filters.length) throw new Error("on purpose"); }, table: () => ({ columns: [], rows: 0, cells: () => [] }), describe: () => "", png: async () => null, destroy() {}, state: () => "",
  }));`;
  const foreign = () => {
    const wide = timeline(200, { id: "c0" });
    wide.head.data.columns[0].width = 9;
    const bomb = timeline(200, { id: "c3" });
    bomb.blocks.time = block(Buffer.alloc(40_000_000));
    const loop = tree(30, { id: "c4" });
    const parents = Buffer.alloc(30 * 4);
    for (let row = 0; row < 30; row++) parents[row] = ((row + 1) % 30) + 1;
    loop.blocks.parent = block(parents);
    return write("Foreign", [
      wide, { head: head("pie <b>", "c1", { title: {} }), blocks: {} }, { head: head("matrix", "c2", { spec: { x: 7 } }), blocks: {} }, bomb, loop, rest({ id: "c5" }), { head: head("thrower", "c6", {}), blocks: {} },
    ], { extra: thrower });
  };
  run("a chart that is none does not take the others with it", foreign, async (page) => {
    const failure = (id) => page.locator(`#${id} .failure`).textContent();
    assert.match(await failure("c0"), /width is not from 0 to 4/);
    assert.match(await failure("c1"), /no script for charts of the kind “pie <b>”/);
    assert.match(await failure("c2"), /not as charts of huntsql are: x/);
    assert.match(await failure("c3"), /larger than its rows can be/);
    assert.match(await page.locator("#c3 .status").textContent(), /^the rows cannot be read/);
    // Parents in a ring: all are roots.
    await page.locator("#c4 [role=tree]").focus();
    await page.keyboard.press("End");
    assert.equal(await summary(page, "c4"), "Rows (30)");
    assert.equal(await summary(page, "c5"), "Rows (300)");
    assert.equal(await page.locator("#c6 .failure").count(), 0);
    await page.locator("#c5 .legend button").first().click();
    assert.equal(await summary(page, "c5"), "Rows (150)");
    assert.match(await failure("c6"), /on purpose/);
  });

  test("more: a page whose description is broken says so", async () => {
    fs.mkdirSync(folder, { recursive: true });
    const file = path.join(folder, "broken.html");
    fs.writeFileSync(file, write("Broken", [rest()]).replace('id="page">{', 'id="page">{<b>'));
    const page = await browser().newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    try {
      await page.goto(`file://${file}`);
      assert.match(await page.locator(".failure").textContent(), /^This page cannot be read: /);
      assert.deepEqual(errors, []);
    } finally {
      await page.close();
    }
  });

  for (const hash of ["#time=0~1e300", "#time=NaN~NaN", "#time=~", "#zone=Nowhere/Nothing", "#filters=[{", "#c0=v:1e300,NaN;on:99;sort:x", "#time=-9e18~9e18"]) {
    run(`an address that says nothing sensible: ${hash}`, () => write("Address", [rest()]), async (page) => {
      assert.match(await summary(page), /^Rows \(300\)$/);
      await page.getByLabel("Times in").selectOption("Europe/Berlin");
      await quiet(page);
    }, { hash });
  }

  run("the page follows its address, there and back", () => write("Address", [rest()]), async (page) => {
    await page.evaluate((time) => (location.hash = `#time=${time}&zone=Europe/Berlin&theme=dark&find=u3&c0=off:0`), `${T0}~${T0 + 9 * MINUTE}`);
    assert.match(await summary(page), /\(\d\)/);
    assert.equal(await page.locator(".chip").count(), 1);
    assert.equal(await page.getByLabel("Times in").inputValue(), "Europe/Berlin");
    assert.equal(await page.getByRole("searchbox").inputValue(), "u3");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    assert.equal(await page.locator(".lane.off").count(), 1);
    await page.goBack();
    assert.equal(await summary(page), "Rows (300)");
    assert.equal(await page.locator(".chip, .lane.off").count(), 0);
    assert.equal(await page.getByLabel("Times in").inputValue(), "UTC");
    assert.equal(await page.getByRole("searchbox").inputValue(), "");
  });

  run("the table is for keys, too", () => write("Keys", [rest({ lane: false })]), async (page) => {
    await page.locator(".rows-scroll").scrollIntoViewIfNeeded();
    await quiet(page);
    const here = () => page.evaluate(() => Number(document.activeElement?.getAttribute("aria-rowindex") ?? 0));
    await page.locator('.rows tr[tabindex="0"]').focus();
    assert.equal(await here(), 2);
    const press = async (key) => (await page.keyboard.press(key), await page.waitForTimeout(120), here());
    assert.equal(await press("ArrowDown"), 3);
    assert.equal(await press("ArrowUp"), 2);
    assert.equal(await press("ArrowUp"), 2);
    assert.equal(await press("End"), 301);
    assert.equal(await press("ArrowUp"), 300);
    assert.equal(await press("Home"), 2);
    assert.ok((await press("PageDown")) > 5);
    for (let step = 0; step < 20; step++) await press("ArrowDown");
    assert.ok((await here()) > 25);
    assert.equal(await page.locator('.rows tr[tabindex="0"]').count(), 1);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".card.pinned").count(), 1);
    await page.keyboard.press("Escape");
    assert.ok((await here()) > 25, "the focus comes back");
    assert.deepEqual(await axeFindings(page), []);
  });

  run("a drag ends wherever the button is let go", () => write("Drag", [rest()]), async (page) => {
    // The status line says what is in view while a drag lasts, SQL only when it is over.
    const { x, y, width } = await page.locator(".surface > canvas").boundingBox();
    await page.mouse.move(x + width * 0.6, y + 60);
    for (let step = 0; step < 5; step++) await page.mouse.wheel(0, -120);
    for (const end of [() => page.evaluate(() => dispatchEvent(new Event("blur"))), () => page.evaluate(() => document.querySelector(".surface").dispatchEvent(new PointerEvent("lostpointercapture", { pointerId: 1 })))]) {
      await page.mouse.move(x + width * 0.6, y + 60);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.58, y + 60, { steps: 3 });
      await end();
      const before = await status(page);
      await page.mouse.move(x + width * 0.3, y + 60, { steps: 3 });
      assert.equal(await status(page), before);
      await page.mouse.up();
    }
    // Outside of the picture, before anything has moved in it.
    await page.mouse.move(x + width * 0.6, y + 60);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.6, 1);
    await page.mouse.up();
    const before = await status(page);
    await page.mouse.move(x + width * 0.3, y + 60, { steps: 3 });
    assert.equal(await status(page), before);
  });

  run("the text search is told to be no part of the condition", () => write("Search", [rest()]), async (page) => {
    await page.getByRole("searchbox").fill("u3");
    assert.match(await sql(page), /^WHERE TRUE\n\/\* the highlighted text is not part of this condition \*\/$/);
  });

  run("a report begins in the zone of the first chart that has one", () => write("Zones", [rest({ lane: false }), rest({ id: "c1", lane: false, zone: "Asia/Tokyo" })]), async (page) => {
    assert.equal(await page.getByLabel("Times in").inputValue(), "Asia/Tokyo");
    assert.match(await status(page), /2026-04-06 08:/);
  });

  const far = () => {
    const start = -9_000_000_000_000_000_000n;
    const steps = [0n, 5n, 1n, 17_000_000_000_000_000_000n, 3n];
    const made = timeline(5, { rows: { columns: [] } });
    made.head.data.time = { ...made.head.data.time, start: Number(start), end: Number(start + steps.reduce((sum, step) => sum + step)), unit: 1 };
    made.head.refs = [];
    made.blocks.time = block(varints(steps));
    return write("Far", [made]);
  };
  run("times that are far from any are shown, and said to be nearly so", far, async (page) => {
    assert.match(await page.locator(".notices").textContent(), /Times this far from 1970 are shown to within 1,024 µs/);
    assert.equal(await summary(page), "Rows (5)");
    await page.getByLabel("Times in").selectOption("Europe/Berlin");
    await page.locator(".surface > canvas").focus();
    await page.keyboard.press("+");
    assert.match(await sql(page), /SQL engines do not read/);
  });
}
