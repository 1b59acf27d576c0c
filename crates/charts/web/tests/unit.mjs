// Parts of the runtime, without a browser: `node tests/unit.mjs`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";
import { random } from "./data.mjs";
import "./unit-blocks.mjs";
import "./unit-page.mjs";
import "./unit-sql.mjs";
import "./unit-time.mjs";
import "./unit-values.mjs";

const { Zone, timeText, offsetText, durationText } = await load("time/zone.ts");
const { timeTicks } = await load("time/ticks.ts");
const sql = await load("shell/sql.ts");
const { csvCell } = await load("shell/csv.ts");
const { buildIndex, countInto, placeOf } = await load("data/index.ts");
const { BinCounts } = await load("lanes/counts.ts");
const { Lanes } = await load("lanes/layout.ts");
const { searchTest } = await load("shell/search.ts");
const { Extremes, niceScale } = await load("lanes/extremes.ts");
const { fromBase64, sums } = await load("data/decode.ts");
const { PageBus } = await load("shell/bus.ts");

const micros = (text) => Date.parse(text) * 1000;

test("civil time, also across daylight saving", () => {
  const berlin = Zone.named("Europe/Berlin");
  assert.equal(timeText(micros("2026-03-29T00:59:59Z"), berlin), "2026-03-29 01:59:59");
  assert.equal(timeText(micros("2026-03-29T01:00:00Z"), berlin), "2026-03-29 03:00:00");
  assert.equal(timeText(micros("2026-10-25T00:30:00Z"), berlin), "2026-10-25 02:30:00");
  assert.equal(timeText(micros("2026-10-25T01:30:00Z"), berlin), "2026-10-25 02:30:00");
  assert.equal(offsetText(micros("2026-07-01T00:00:00Z"), berlin), "UTC+02:00");
  assert.equal(offsetText(micros("2026-07-01T00:00:00Z"), Zone.named("Asia/Kolkata")), "UTC+05:30");
  assert.equal(timeText(micros("1969-12-31T23:59:59.999Z") + 1, Zone.named("UTC")), "1969-12-31 23:59:59.999001");
  assert.equal(timeText(-1, Zone.named("America/New_York")), "1969-12-31 18:59:59.999999");
  assert.equal(Zone.named("Nowhere/Nothing").name, "UTC");
});

test("ticks are at round civil times, the hour that comes twice has both", () => {
  const berlin = Zone.named("Europe/Berlin");
  const autumn = timeTicks(micros("2026-10-24T22:00:00Z"), micros("2026-10-25T05:00:00Z"), 8, berlin);
  assert.deepEqual(autumn.map((tick) => tick.text), ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00", "05:00", "06:00"]);
  const spring = timeTicks(micros("2026-03-28T23:00:00Z"), micros("2026-03-29T04:00:00Z"), 6, berlin);
  assert.deepEqual(spring.map((tick) => tick.text), ["00:00", "01:00", "03:00", "04:00", "05:00", "06:00"]);
  const days = timeTicks(micros("2026-03-27T00:00:00Z"), micros("2026-04-01T00:00:00Z"), 6, berlin);
  for (const tick of days) assert.match(timeText(tick.at, berlin), / 00:00:00$/);
  const months = timeTicks(micros("2025-01-01T00:00:00Z"), micros("2026-12-31T00:00:00Z"), 12, Zone.named("America/New_York"));
  for (const tick of months) assert.match(timeText(tick.at, Zone.named("America/New_York")), /-01 00:00:00$/);
  assert.equal(months[0].context, "2025");
  const tiny = timeTicks(micros("2026-01-01T00:00:00Z"), micros("2026-01-01T00:00:00Z") + 10, 5, Zone.named("UTC"));
  assert.equal(tiny[1].text, "00.000002");
});

test("ticks of many ranges: in order, within, not too many", () => {
  const next = random(3);
  for (let round = 0; round < 300; round++) {
    const from = micros("2020-01-01T00:00:00Z") + Math.floor(next() * 2e14);
    const to = from + Math.floor(10 ** (1 + next() * 14));
    const ticks = timeTicks(from, to, 12, Zone.named(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"][round % 4]));
    assert.ok(ticks.length <= 40, `${ticks.length} ticks`);
    ticks.forEach((tick, at) => {
      assert.ok(tick.at >= from && tick.at <= to);
      if (at > 0) assert.ok(tick.at > ticks[at - 1].at);
    });
  }
});

test("durations in words", () => {
  assert.equal(durationText(999), "999 µs");
  assert.equal(durationText(1_500_000), "1.5 s");
  assert.equal(durationText(93_784_000_000), "1 d 2 h");
});

test("SQL: quotes doubled, microseconds exact, NULL on the right side", () => {
  assert.equal(sql.literal("O'Brien'; --"), "'O''Brien''; --'");
  assert.equal(sql.timestamp(micros("2026-05-06T07:08:09Z") + 123_456), "TIMESTAMP '2026-05-06 07:08:09.123456'");
  assert.equal(sql.timestamp(-1), "TIMESTAMP '1969-12-31 23:59:59.999999'");
  assert.equal(sql.timeCondition({ name: "ts", sql: "ts" }, { from: 0.2, to: 9.9 }), "ts >= TIMESTAMP '1970-01-01 00:00:00.000001' AND ts < TIMESTAMP '1970-01-01 00:00:00.000010'");
  const value = { shown: "a[.]b", raw: "a.b" };
  assert.equal(sql.filterCondition({ name: "x", sql: '"x"', values: [value], keep: true }), `"x" = 'a.b'`);
  assert.equal(sql.filterCondition({ name: "x", sql: "x", values: [value, null], keep: true }), "(x = 'a.b' OR x IS NULL)");
  assert.equal(sql.filterCondition({ name: "x", sql: "x", values: [value, { shown: "c", raw: null }], keep: false }), "(x NOT IN ('a.b', 'c') OR x IS NULL)");
  assert.equal(sql.filterCondition({ name: "x", sql: "x", values: [null], keep: false }), "x IS NOT NULL");
  assert.equal(sql.filterCondition({ name: "x", sql: "x", values: [value, null], keep: false }), "x <> 'a.b'");
});

test("CSV: formulas are guarded, quotes doubled", () => {
  for (const text of ["=1+1", "+1", "-2", "@x", "\tx", "\rx"]) assert.match(csvCell(text), /^"?'/);
  assert.equal(csvCell('a "b", c'), '"a ""b"", c"');
  assert.equal(csvCell("plain"), "plain");
});

test("counts from the index are exact, whatever the range", () => {
  const next = random(8);
  const rows = 4000;
  const span = 1_000_000;
  const times = Uint32Array.from({ length: rows }, () => Math.floor(next() * (span + 1))).sort();
  times[rows - 1] = span;
  const lanes = Uint8Array.from({ length: rows }, () => (next() * 3) | 0);
  const colors = Uint8Array.from({ length: rows }, () => (next() * 2) | 0);
  const mask = Uint8Array.from({ length: rows }, () => (next() < 0.5 ? 1 : 0));
  for (const used of [null, mask]) {
    const index = buildIndex(times, span, { lanes, colors, laneCount: 3, colorCount: 2 }, used);
    for (let round = 0; round < 200; round++) {
      const from = (next() - 0.1) * span * 1.2;
      const to = from + next() ** 3 * span;
      const group = (next() * 6) | 0;
      const counts = new Float64Array(1 + ((next() * 50) | 0));
      countInto(index, times, group, from, to, counts);
      let expected = 0;
      for (let row = 0; row < rows; row++) if (times[row] >= from && times[row] < to && lanes[row] * 2 + colors[row] === group && (!used || used[row])) expected++;
      assert.equal(counts.reduce((sum, count) => sum + count, 0), expected);
      assert.equal(placeOf(index, times, group, to) - placeOf(index, times, group, from), expected);
    }
  }
});

test("counts from bins lose no row and count none twice", () => {
  const bins = Uint32Array.from({ length: 2 * 64 }, (_, at) => at % 7);
  const source = new BinCounts(bins, 2, 1000);
  for (const parts of [1, 7, 64, 333]) {
    const counts = new Float64Array(parts);
    source.count(1, -50, 1050, counts);
    assert.ok(Math.abs(counts.reduce((sum, count) => sum + count, 0) - source.total(1)) < 1e-6);
  }
});

test("lanes: the last one stays on, only, all, sorted", () => {
  const lanes = new Lanes(["b10", "a", "b9"], () => [1, 3, 2], () => [5, 9, 1]);
  lanes.solo(1);
  lanes.toggle(1);
  assert.equal(lanes.onCount, 3);
  lanes.solo(2);
  lanes.solo(2);
  assert.equal(lanes.onCount, 3);
  lanes.arrange("count");
  assert.deepEqual(lanes.order, [1, 2, 0]);
  lanes.arrange("first");
  assert.deepEqual(lanes.order, [2, 0, 1]);
  lanes.arrange("name");
  assert.deepEqual(lanes.order, [1, 2, 0]);
  lanes.toggle(0);
  lanes.place(40);
  assert.equal(lanes.height, 98);
  assert.deepEqual(lanes.between(41, 42).map((box) => box.lane), [2]);
});

test("search: text in any case, expressions, wrong expressions", () => {
  assert.equal(searchTest({ text: "", regex: false }), null);
  assert.ok(searchTest({ text: "PoWer", regex: false })("powershell"));
  assert.ok(searchTest({ text: "^a.c$", regex: true })("ABC"));
  assert.ok(searchTest({ text: "(", regex: true }) instanceof Error);
  const test2 = searchTest({ text: "a", regex: true });
  assert.ok(test2("a") && test2("a"), "no state between texts");
});

test("extremes of any run", () => {
  const next = random(4);
  const values = Float64Array.from({ length: 1000 }, () => (next() < 0.1 ? NaN : next()));
  const order = Uint32Array.from({ length: 1000 }, (_, at) => (at * 7) % 1000);
  const extremes = new Extremes(order, values);
  for (let round = 0; round < 200; round++) {
    const from = (next() * 1000) | 0;
    const to = from + ((next() * (1000 - from)) | 0);
    const out = [0, 0];
    extremes.of(from, to, out);
    const all = [...order.slice(from, to)].map((row) => values[row]).filter((value) => !Number.isNaN(value));
    assert.deepEqual(out, [Math.min(...all), Math.max(...all)]);
  }
  const scale = niceScale(0, 0, 3);
  assert.ok(scale.high > scale.low);
});

test("blocks: base64 and varints", () => {
  assert.deepEqual([...fromBase64("AAECgA==")], [0, 1, 2, 128]);
  assert.deepEqual([...sums(Uint8Array.of(0, 5, 0x80, 0x01), 3, 1000)], [0, 5, 133]);
});

test("the bus: the same filter twice is none; values of one column join", () => {
  const bus = new PageBus();
  const filter = (shown, keep = true) => ({ name: "u", sql: "u", values: [{ shown, raw: null }], keep });
  bus.toggle(filter("a"));
  bus.toggle(filter("b"));
  assert.deepEqual(bus.selection.filters[0].values.map((value) => value.shown), ["a", "b"]);
  bus.toggle(filter("b"));
  bus.toggle(filter("a"));
  assert.equal(bus.selection.filters.length, 0);
  bus.toggle(filter("a"));
  bus.toggle(filter("a", false));
  assert.equal(bus.selection.filters.length, 2);
});
