// Charts with lanes on a time axis.
import assert from "node:assert/strict";
import fs from "node:fs";
import { open, quiet, violations } from "./browser.mjs";
import { columnOf, read, rowsOf, timestampsOf, utc } from "./pagefile.mjs";

const within = (times, from, to) => {
  let count = 0;
  for (const time of times) if (time >= from && time <= to) count++;
  return count;
};

const number = (text) => Number(/\(([\d,]+)\)/.exec(text)?.[1].replaceAll(",", ""));

/** Cells of a CSV text, as a spreadsheet reads them. */
function csvRecords(text) {
  const records = [];
  let record = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === "," || (sign === "\r" && text[at + 1] === "\n")) {
      record.push(cell);
      cell = "";
      if (sign === ",") continue;
      records.push(record);
      record = [];
      at++;
    } else cell += sign;
  }
  return records;
}

export function timeCharts(test, browser, name, file) {
  const source = read(file);
  const head = source.page.charts[0];
  const { data } = head;
  if (!data?.time || data.rows < 50 || head.kind === "process_tree" || source.page.charts.length > 1) return;
  const { times, lanes } = rowsOf(source, head);
  const zoned = head.zone === "UTC";

  const run = (what, body, options) =>
    test(`${name}: ${what}`, async () => {
      const opened = await open(browser(), file, options);
      const { page, faults, close } = opened;
      const box = async () => page.locator(".surface > canvas").boundingBox();
      const sql = async () => (await quiet(page), page.locator(".sql").textContent());
      const rows = async () => (await quiet(page), number(await page.locator(".rows-box > summary").textContent()));
      try {
        await body({ page, box, sql, rows });
        assert.deepEqual(faults, []);
        assert.deepEqual(await violations(page), []);
      } finally {
        await close();
      }
    });

  run("table has all rows, the first ones right", async ({ page, rows }) => {
    assert.equal(await rows(), data.rows);
    await page.locator(".rows-scroll").scrollIntoViewIfNeeded();
    await quiet(page);
    const first = await page.locator(".rows tbody tr:not(.space)").first().locator("td").allTextContents();
    if (zoned) assert.equal(first[0], utc(times[0]));
    if (data.lane) assert.equal(first[1], data.lanes[lanes[0]].name);
    const heads = await page.locator(".rows th").allTextContents();
    data.columns.forEach((column, at) => {
      const place = heads.lastIndexOf(column.name);
      if (place < 1 || heads.indexOf(column.name) !== place) return;
      const text = columnOf(source, head, at)[0];
      assert.equal(first[place], text ?? "NULL");
    });
  });

  run("wheel zooms; SQL has exactly the rows of the table", async ({ page, box, sql, rows }) => {
    assert.match(await sql(), /no condition/);
    const { x, y, width, height } = await box();
    await page.mouse.move(x + width * 0.6, y + height * 0.4);
    for (let step = 0; step < 6; step++) await page.mouse.wheel(0, -120);
    const text = await sql();
    const [from, to] = timestampsOf(text);
    assert.ok(from > data.time.start - 1 || to < data.time.end + 1);
    assert.ok(text.startsWith(`WHERE ${data.time.sql} >= TIMESTAMP${data.time.zoned ? "TZ" : ""} '`), text);
    const expected = within(times, from, to);
    assert.equal(await rows(), expected);
    assert.ok(expected < data.rows);
    await page.keyboard.press("Escape");
  });

  run("drag moves; back and forward; double click shows all", async ({ page, box, sql }) => {
    const { x, y, width, height } = await box();
    await page.mouse.move(x + width * 0.6, y + height * 0.4);
    for (let step = 0; step < 5; step++) await page.mouse.wheel(0, -120);
    const zoomed = await sql();
    await page.mouse.down();
    await page.mouse.move(x + width * 0.45, y + height * 0.4, { steps: 4 });
    await page.mouse.up();
    const moved = await sql();
    assert.notEqual(moved, zoomed);
    assert.ok(timestampsOf(moved)[0] > timestampsOf(zoomed)[0]);
    await page.getByRole("button", { name: "View before" }).click();
    assert.equal(await sql(), zoomed);
    await page.getByRole("button", { name: "View after" }).click();
    assert.equal(await sql(), moved);
    await page.mouse.dblclick(x + width * 0.6, y + height * 0.4);
    assert.match(await sql(), /no condition/);
  });

  run("box zoom, brush of the overview", async ({ page, box, sql }) => {
    const { x, y, width, height } = await box();
    await page.getByRole("button", { name: "Zoom", exact: true }).click();
    await page.mouse.move(x + width * 0.5, y + height * 0.3);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.6, y + height * 0.5, { steps: 4 });
    await page.mouse.up();
    const zoomed = timestampsOf(await sql());
    const span = data.time.end - data.time.start;
    assert.ok(zoomed[1] - zoomed[0] < span * 0.25, "the box is a part of the axis");
    await page.locator(".overview").scrollIntoViewIfNeeded();
    const overview = await page.locator(".overview").boundingBox();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Reset" }).click();
    await page.locator(".overview").scrollIntoViewIfNeeded();
    await quiet(page);
    const handle = await page.locator(".handle.to").boundingBox();
    await page.mouse.move(handle.x + 3, handle.y + 10);
    await page.mouse.down();
    await page.mouse.move(overview.x + overview.width * 0.6, handle.y + 10, { steps: 5 });
    await page.mouse.up();
    const brushed = timestampsOf(await sql());
    assert.ok(brushed[1] < data.time.start + span * 0.8);
  });

  run("shift and drag select; table and SQL follow; chip takes it away", async ({ page, box, sql, rows }) => {
    const { x, y, width, height } = await box();
    await page.keyboard.down("Shift");
    await page.mouse.move(x + width * 0.4, y + height * 0.4);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.7, y + height * 0.4, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up("Shift");
    const [from, to] = timestampsOf(await sql());
    assert.equal(await rows(), within(times, from, to));
    assert.equal(await page.locator(".chip").count(), 1);
    await page.locator(".chip button").last().click();
    assert.equal(await rows(), data.rows);
  });

  run("hover shows the row, a press keeps it, “not” makes a filter", async ({ page, box, sql, rows }) => {
    // The row in the middle of the axis, on its lane, close enough that nothing else is near.
    const { x, y, width } = await box();
    const scroll = await page.locator(".lane-scroll").boundingBox();
    let found = false;
    for (let step = 1; step < 60 && !found; step++) {
      await page.mouse.move(x + width * (0.3 + step * 0.011), scroll.y + 16 + ((step * 7) % Math.max(20, scroll.height - 30)));
      await page.waitForTimeout(25);
      found = await page.locator(".card").isVisible();
    }
    assert.ok(found, "no card anywhere");
    void y;
    await page.waitForTimeout(80);
    const names = await page.locator(".card dt").allTextContents();
    assert.equal(names[0], data.time.name);
    for (const column of data.columns) assert.ok(names.includes(column.name), `${column.name} is on the card`);
    await page.mouse.down();
    await page.mouse.up();
    assert.equal(await page.locator(".card.pinned").count(), 1);
    const values = await page.locator(".card dd").allTextContents();
    const at = data.columns.findIndex((column) => column.width > 0 && !values[names.lastIndexOf(column.name)].startsWith("NULL"));
    if (at < 0) return;
    const place = names.lastIndexOf(data.columns[at].name);
    const shown = await page.locator(".card dd").nth(place).locator("bdi").textContent();
    await page.locator(".card dd").nth(place).getByRole("button", { name: "not" }).click();
    const texts = columnOf(source, head, at);
    assert.equal(await rows(), texts.filter((text) => text !== shown).length);
    assert.ok((await sql()).includes(`(${data.columns[at].sql} <> '`));
    assert.ok((await sql()).includes(`OR ${data.columns[at].sql} IS NULL)`));
    await page.locator(".chip").getByRole("button", { name: "Turn into" }).click();
    assert.equal(await rows(), texts.filter((text) => text === shown).length);
  });

  if (data.lane && data.lanes.length > 1) {
    run("lanes: toggle, solo, sort", async ({ page, sql, rows }) => {
      const lane = page.locator(".lane-name").first();
      const shown = await lane.locator("bdi").textContent();
      await lane.click();
      await quiet(page);
      assert.equal(await lane.getAttribute("aria-pressed"), "false");
      const index = data.lanes.findIndex((entry) => entry.name === shown);
      const on = lanes.filter((code) => code !== index).length;
      assert.equal(await rows(), on);
      // Of two lanes the one that is left is shorter to name.
      const [operator, named] = data.lanes.length === 2 ? ["=", data.lanes[1 - index]] : ["<>", data.lanes[index]];
      assert.ok((await sql()).includes(`${data.lane.sql} ${operator} '${(named.raw ?? named.name).replaceAll("'", "''")}'`));
      await lane.click({ modifiers: ["Alt"] });
      assert.equal(await rows(), data.rows - on);
      await page.getByRole("button", { name: "All lanes" }).click();
      assert.equal(await rows(), data.rows);
      await page.getByLabel("Lanes by").selectOption("count");
      await quiet(page);
      const tops = await page.locator(".lane").evaluateAll((nodes) => nodes.map((node) => [node.getBoundingClientRect().top, node.querySelector("bdi").textContent]).sort((a, b) => a[0] - b[0]).map((pair) => pair[1]));
      const most = Math.max(...data.lanes.map((entry) => entry.rows));
      assert.equal(data.lanes.find((entry) => entry.name === tops[0])?.rows, most);
    });
  }

  run("search highlights; regular expression; a wrong one is told", async ({ page }) => {
    const at = data.columns.findIndex((column) => column.width > 0);
    if (at < 0) return;
    const texts = columnOf(source, head, at).filter((text) => text);
    if (texts.length === 0) return;
    await page.getByRole("searchbox").fill(texts[0].slice(0, 12));
    await quiet(page);
    const status = await page.locator(".status").textContent();
    const highlighted = Number(/([\d,]+) highlighted/.exec(status)?.[1].replaceAll(",", ""));
    assert.ok(highlighted >= texts.filter((text) => text === texts[0]).length, status);
    await page.getByRole("button", { name: "Regular expression" }).click();
    await page.getByRole("searchbox").fill("^zzz(?");
    await quiet(page);
    assert.equal(await page.getByRole("searchbox").getAttribute("aria-invalid"), "true");
    await page.getByRole("searchbox").fill("^zzz-nothing$");
    await quiet(page);
    assert.match(await page.locator(".status").textContent(), /\b0 highlighted/);
  });

  run("keyboard: plus, arrows, Home, full stop", async ({ page, sql }) => {
    await page.locator(".surface > canvas").focus();
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    const zoomed = timestampsOf(await sql());
    await page.keyboard.press("ArrowRight");
    const moved = timestampsOf(await sql());
    assert.ok(moved[0] > zoomed[0] && moved[1] > zoomed[1]);
    await page.keyboard.press("Home");
    assert.match(await sql(), /no condition/);
    await page.keyboard.press(".");
    await quiet(page);
    assert.ok(await page.locator(".card").isVisible());
    if (zoned) assert.ok((await page.locator(".card dd").first().textContent()).startsWith(utc(times[0])));
  });

  run("exports: CSV with all rows and guarded formulas, PNG", async ({ page }) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV", exact: true }).click()]);
    const text = fs.readFileSync(await download.path(), "utf8");
    const records = csvRecords(text);
    assert.equal(records.length, data.rows + 1);
    for (const record of records) {
      assert.equal(record.length, records[0].length);
      for (const cell of record) if (/^[=+\-@\t\r]/.test(cell)) assert.match(cell, /^-?[\d.]+(e[+-]?\d+)?$/, "a formula");
    }
    const [picture] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "PNG" }).click()]);
    const bytes = fs.readFileSync(await picture.path());
    assert.equal(bytes.subarray(1, 4).toString("latin1"), "PNG");
    assert.ok(bytes.length > 3000);
  });

  test(`${name}: the address brings the view back`, async () => {
    const first = await open(browser(), file);
    let hash;
    let text;
    try {
      const { page } = first;
      await page.locator(".surface > canvas").focus();
      await page.keyboard.press("+");
      await page.getByLabel("Times in").selectOption("Europe/Berlin");
      await page.getByLabel("Theme").selectOption("dark");
      if (data.lane && data.lanes.length > 1) await page.locator(".lane-name").first().click();
      await quiet(page);
      await page.waitForTimeout(400);
      hash = await page.evaluate(() => location.hash);
      text = await page.locator(".sql").textContent();
    } finally {
      await first.close();
    }
    const second = await open(browser(), file, { hash });
    try {
      assert.equal(await second.page.locator(".sql").textContent(), text);
      assert.equal(await second.page.getByLabel("Times in").inputValue(), "Europe/Berlin");
      assert.equal(await second.page.evaluate(() => document.documentElement.dataset.theme), "dark");
      assert.deepEqual(second.faults, []);
    } finally {
      await second.close();
    }
  });
}
