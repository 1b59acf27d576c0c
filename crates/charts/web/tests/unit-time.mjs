// Zones whose clocks were set at odd times, and times that are none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { Zone, timeText, offsetText } = await load("time/zone.ts");
const { timeTicks } = await load("time/ticks.ts");
const { niceScale } = await load("lanes/extremes.ts");
const { logTicks } = await load("echarts/numbers.ts");
const { rowsTable } = await load("lanes/table.ts");
const { countIn } = await load("lanes/parts.ts");
const { Dataset } = await load("data/dataset.ts");
const { buildIndex } = await load("data/index.ts");
const { timeCondition } = await load("shell/sql.ts");
const { TreeModel } = await load("tree/model.ts");
const { Steps } = await load("lanes/steps.ts");
const { Bins } = await load("echarts/bins.ts");
const { cluster } = await load("echarts/cluster.ts");

const micros = (text) => Date.parse(text) * 1000;

test("offsets with seconds, changes that are not at a quarter hour", () => {
  const berlin = Zone.named("Europe/Berlin");
  assert.equal(offsetText(micros("1890-01-01T00:00:00Z"), berlin), "UTC+00:53:28");
  assert.equal(timeText(micros("1890-01-01T00:00:00Z"), berlin), "1890-01-01 00:53:28");
  // 1893-04-01 00:00 local mean time became 00:06:32.
  assert.equal(timeText(micros("1893-03-31T23:06:31Z"), berlin), "1893-03-31 23:59:59");
  assert.equal(timeText(micros("1893-03-31T23:06:32Z"), berlin), "1893-04-01 00:06:32");
  assert.equal(timeText(micros("1893-03-31T23:00:01Z"), berlin), "1893-03-31 23:53:29");
  assert.equal(timeText(micros("1893-03-31T23:14:59Z"), berlin), "1893-04-01 00:14:59");
  const ticks = timeTicks(micros("1893-03-31T22:00:00Z"), micros("1893-04-01T02:00:00Z"), 8, berlin);
  for (const tick of ticks) assert.match(timeText(tick.at, berlin), /:[03]0:00$/, tick.text);
  assert.ok(ticks.length >= 6);
});

test("a day that a zone left out is left out, and nothing after it", () => {
  const apia = Zone.named("Pacific/Apia");
  assert.equal(timeText(micros("2011-12-30T09:59:59Z"), apia), "2011-12-29 23:59:59");
  assert.equal(timeText(micros("2011-12-30T10:00:00Z"), apia), "2011-12-31 00:00:00");
  const ticks = timeTicks(micros("2011-12-28T10:00:00Z"), micros("2012-01-03T10:00:00Z"), 8, apia);
  assert.deepEqual(ticks.map((tick) => tick.text), ["Dec 28", "Dec 29", "Dec 31", "Jan 1", "Jan 2", "Jan 3", "Jan 4"]);
  assert.ok(ticks.every((tick) => / 00:00:00$/.test(timeText(tick.at, apia))));
  const months = timeTicks(micros("2011-06-01T00:00:00Z"), micros("2012-08-01T00:00:00Z"), 14, apia);
  assert.ok(months.length === 5 && months.every((tick) => /-01 00:00:00$/.test(timeText(tick.at, apia))));
});

test("years that are none throw nothing", () => {
  for (const name of ["UTC", "Europe/Berlin", "Nowhere/Nothing"]) {
    const zone = Zone.named(name);
    for (const time of [9.2e18, -9.2e18, 1e300, -1e300, NaN, Infinity]) {
      assert.equal(typeof timeText(time, zone), "string");
      assert.equal(typeof offsetText(time, zone), "string");
      assert.ok(Array.isArray(timeTicks(-Math.abs(time), Math.abs(time), 12, zone)));
    }
  }
});

test("scales and clusters end, whatever the numbers", () => {
  for (const [low, high] of [[5e-324, 5e-324], [1e300, 1e300], [-1e308, 1e308], [1e16, 1e16 + 2], [0, 5e-324]]) assert.ok(niceScale(low, high, 5).ticks.length <= 50);
  assert.ok(logTicks(5e-324, 1e308, 10).length < 200);
  assert.deepEqual(logTicks(1, Infinity, 10), []);
  const places = [[1e300, 0], [1e300, 0], [NaN, 1], [1, 2]];
  const made = cluster([0, 1, 2, 3], places, [4, 3, 2, 1], 1e-9);
  assert.deepEqual(made.flatMap((one) => one.members).sort(), [0, 1, 2, 3]);
});

/** Rows of one lane at these times. */
function datasetOf(start, end, unit, times) {
  const data = { rows: times.length, all_rows: times.length, time: { start, end, unit, name: "ts", sql: "ts" }, lanes: null, lane: null, color: null, value: null, end: null, columns: [], chunk: 10 };
  const dataset = new Dataset(data, {});
  const offsets = Float64Array.from(times, (time) => dataset.offset(time));
  const lanes = new Uint8Array(times.length);
  const index = buildIndex(offsets, dataset.span, { lanes, colors: null, laneCount: 1, colorCount: 1 }, null);
  dataset.columns = { times: offsets, lanes, colors: null, ends: null, values: null, index };
  return dataset;
}

test("rows at both ends of a range are counted, listed, gone to and asked for, whatever the length of the axis", () => {
  const start = micros("2026-01-01T00:00:00Z");
  for (const [unit, days] of [[1, 0.01], [1, 1], [1, 365], [1, 30_000], [1000, 1], [1000, 30_000], [1_000_000, 365]]) {
    const end = start + days * 86_400_000_000;
    const [from, to] = [start + 5 * unit, end - 5 * unit];
    const times = [start, from - unit, from, start + Math.round(days * 1000) * unit, to, to + unit, end];
    const dataset = datasetOf(start, end, unit, times);
    const lanes = { on: Uint8Array.of(1) };
    for (const range of [{ from, to }, { from: from - 0.25, to: to + 0.5 }]) {
      const said = JSON.stringify([unit, days, range]);
      const [low, high] = [...timeCondition(dataset.time, range).matchAll(/'([^']+)(\d{3})'/g)].map(([, milli, micro]) => Date.parse(`${milli.replace(" ", "T")}Z`) * 1000 + Number(micro));
      assert.deepEqual([low, high], [from, to + 1], said);
      const wanted = times.filter((time) => time >= low && time < high).length;
      assert.equal(wanted, 3);
      assert.equal(countIn({ dataset, lanes, narrowing: { current: { index: dataset.columns.index } } }, range), wanted, said);
      for (const on of [null, lanes.on]) assert.equal(rowsTable(dataset, { columns: [], cells: () => [] }, range, on, null).rows, wanted, said);
      const gone = [];
      new Steps(dataset, { ...range, range: () => range }, lanes, () => null, (row) => gone.push(row)).go(-1);
      new Steps(dataset, { ...range, range: () => range }, lanes, () => null, (row) => gone.push(row)).go(1);
      assert.deepEqual(gone, [4, 2], said);
      const tree = new TreeModel({ depth: new Uint32Array(7).fill(1), parent: new Uint32Array(7), times: Float64Array.from(times), columns: [] }, { spec: {} });
      tree.select({ time: range, filters: [], search: null });
      assert.equal(tree.visible.length, wanted, said);
    }
  }
});

test("times that are no numbers: rather a row too many than one too few", () => {
  const start = -9e18;
  const times = [start, start + 4096, start + 8192, start + 1.7e19];
  const dataset = datasetOf(start, start + 1.7e19, 1, times);
  const list = (from, to) => rowsTable(dataset, { columns: [], cells: () => [] }, { from, to }, null, null).rows;
  assert.deepEqual([list(times[0], times[3]), list(times[1], times[1]), list(times[2], times[3])], [4, 1, 2]);
});

test("bins: the last one has both of its edges, in SQL, in times and in the picture", () => {
  const bins = new Bins([0, 10, 20, 30]);
  assert.deepEqual([-5, 0, 9.9, 10, 29, 30, 99].map((at) => bins.of(at)), [0, 0, 0, 1, 2, 2, 2]);
  assert.deepEqual(bins.conditions({ name: "n", sql: "n" }, [0, 1]), ["n >= 0", "n < 20"]);
  assert.deepEqual(bins.conditions({ name: "n", sql: "n" }, [1, 2]), ["n >= 10", "n <= 30"]);
  assert.match(bins.conditions({ name: "n", sql: "" }, [1, 2])[0], /^TRUE/);
  assert.deepEqual([bins.times([0, 1]), bins.times([2, 2])], [{ from: 0, to: 19 }, { from: 20, to: 30 }]);
  assert.deepEqual([0, 1, 2].map((bin) => bins.meets(bin, { from: 10, to: 19 })), [false, true, false]);
  assert.deepEqual([0, 1, 2].map((bin) => bins.meets(bin, { from: 30, to: 40 })), [false, false, true]);
  // Edges between two microseconds.
  assert.deepEqual(new Bins([0.5, 10.5, 20]).times([0, 0]), { from: 0.5, to: 10 });
});

test("bins that are chosen are those of the selected time, and of no other", () => {
  const bins = new Bins([0, 10, 20, 30]);
  for (const run of [[0, 0], [0, 2], [1, 1], [2, 2]]) assert.deepEqual(bins.run(bins.times(run)), run);
  for (const [from, to] of [[0, 10], [1, 9], [0, 20], [-5, 30], [20, 31]]) assert.equal(bins.run({ from, to }), null, `${from} ${to}`);
  assert.equal(new Bins([]).run({ from: 0, to: 0 }), null);
});
