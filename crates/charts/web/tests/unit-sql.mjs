// SQL text, values behind labels, CSV, filters, addresses.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { load } from "./load.mjs";

const sql = await load("shell/sql.ts");
const { valuesOf, filterFor, passesFilter, columnKey } = await load("values.ts");
const { HIDDEN } = await load("shell/hidden.ts");
const { csvCell } = await load("shell/csv.ts");
const { timeOf, filtersOf } = await load("shell/restored.ts");
const { PageBus } = await load("shell/bus.ts");
const { MatrixModel } = await load("matrix/model.ts");
const { placeValue } = await load("echarts/map-spec.ts");
const { hiddenFilter, partValues } = await load("echarts/narrow.ts");

const column = { name: "x", sql: "x" };
const value = (shown, raw = null) => ({ shown, raw });
/** Labels of which the one at `rest` stands for all others. */
const values = (labels, rest = -1, nullApart = false) => valuesOf(labels.map((shown, at) => ({ shown, other: at === rest })), nullApart);
const condition = (values, keep) => sql.filterCondition(filterFor(column, values, keep));
const micros = (text) => Date.parse(text) * 1000;

test("SQL: what is not seen is written as chr(n)", () => {
  assert.equal(sql.literal("a\u001bb"), "'a' || chr(27) || 'b'");
  assert.equal(sql.literal("\u202egpj.exe"), "chr(8238) || 'gpj.exe'");
  assert.equal(sql.literal("a'\n"), "'a''' || chr(10)");
  assert.equal(sql.literal("\u{e0041}\u0000"), "chr(917569) || chr(0)");
  assert.equal(sql.literal(""), "''");
  assert.equal(sql.literal("Пример ä 日本"), "'Пример ä 日本'");
});

test("SQL: what is not seen is what the kernels say is not seen", () => {
  const source = fs.readFileSync(new URL("../../../kernels/src/text/hidden.rs", import.meta.url), "utf8");
  const [, body] = /fn is_hidden\(c: char\) -> bool \{([^]*?)\n\}/.exec(source);
  // All of the function is read here: ranges, and the last two of each plane.
  assert.match(body, /^\s*matches!\(c,[^]*\)\s*\|\| \(c as u32\) & 0xfffe == 0xfffe$/);
  const code = (text) => (text === "\\0" ? 0 : parseInt(text.replace(/[^\da-f]/g, ""), 16));
  const ranges = [...body.matchAll(/'(\\[^']+)'(?:\.\.='(\\[^']+)')?/g)].map(([, first, last = first]) => [code(first), code(last)]);
  assert.ok(ranges.length > 30);
  const hidden = new Uint8Array(0x110000);
  for (const [first, last] of ranges) hidden.fill(1, first, last + 1);
  for (let plane = 0; plane <= 16; plane++) hidden.fill(1, plane * 0x10000 + 0xfffe, (plane + 1) * 0x10000);
  const differ = [...hidden.keys()].filter((at) => (at < 0xd800 || at > 0xdfff) && HIDDEN.test(String.fromCodePoint(at)) !== (hidden[at] === 1));
  assert.deepEqual(differ.map((at) => at.toString(16)), []);
  assert.equal(sql.literal("a\u034f\ue000\u{1fffe}b"), "'a' || chr(847) || chr(57344) || chr(131070) || 'b'");
});

test("SQL: the rest is what is none of the named, whether NULL is named or not", () => {
  const [a, b, rest] = values(["a", "b", "other (7)"], 2);
  assert.equal(condition([rest], true), "(x NOT IN ('a', 'b') OR x IS NULL)");
  assert.equal(condition([rest], false), "x IN ('a', 'b')");
  assert.equal(condition([a, rest], true), "(x <> 'b' OR x IS NULL)");
  assert.equal(condition([b, rest], false), "x = 'a'");
  assert.equal(condition([a, b, rest], true), "TRUE");
  const withNull = values(["a", "NULL", "other (7)"], 2);
  assert.equal(condition([withNull[2]], true), "x <> 'a'");
  assert.equal(condition([withNull[2]], false), "(x = 'a' OR x IS NULL)");
  // Where NULL has no label and is not in the rest either.
  const apart = values(["a", "other (7)"], 1, true);
  assert.equal(condition([apart[1]], true), "x <> 'a'");
  // A text of the table that reads so is a value.
  assert.equal(condition(valuesOf([{ shown: "other (7)", raw: "other (7)" }]), true), "x = 'other (7)'");
  // Never as a value, wherever it comes from.
  assert.ok(!sql.filterCondition({ ...column, values: [rest], keep: true }).includes("other"));
});

test("SQL: parts of bars, histograms and maps that are hidden", () => {
  const parts = partValues(["a", "b", "other (8)", "(none)"], [null, "b.raw", null, null]);
  const hide = (...at) => hiddenFilter(column, parts, new Set(at)).map(sql.filterCondition);
  assert.deepEqual(hide(1), ["(x <> 'b.raw' OR x IS NULL)"]);
  assert.deepEqual(hide(3), ["x IS NOT NULL"]);
  assert.deepEqual(hide(2), ["(x IN ('a', 'b.raw') OR x IS NULL)"]);
  assert.deepEqual(hide(0, 2), ["(x = 'b.raw' OR x IS NULL)"]);
});

test("the rest passes as long as something of it may", () => {
  const [, , rest] = values(["a", "b", "other (7)"], 2);
  const only = (...texts) => ({ ...column, values: texts.map((text) => value(text)), keep: true });
  assert.equal(passesFilter(only("a"), rest), false);
  assert.equal(passesFilter(only("a", "zz"), rest), true);
  assert.equal(passesFilter({ ...only("zz"), keep: false }, rest), true);
});

test("SQL: times with a zone, far times, times that are no whole microseconds", () => {
  const range = { from: micros("2024-05-06T00:00:00Z") - 0.4, to: micros("2024-05-06T00:00:01Z") + 0.4 };
  assert.equal(sql.timeCondition({ ...column, zoned: true }, range), "x >= TIMESTAMPTZ '2024-05-06 00:00:00.000000+00:00' AND x < TIMESTAMPTZ '2024-05-06 00:00:01.000001+00:00'");
  assert.equal(sql.timestamp(micros("1601-01-01T00:00:00Z")), "TIMESTAMP(6) '1601-01-01 00:00:00.000000'");
  // DataFusion reads no such literal.
  assert.equal(sql.timestamp(micros("1601-01-01T00:00:00Z"), true), null);
  for (const far of [1e300, -1e300, NaN, Infinity, 9.2e18, -9.2e18]) assert.equal(sql.timestamp(far), null);
  assert.equal(sql.timeCondition(column, { from: -9e18, to: 0 }), "x < TIMESTAMP '1970-01-01 00:00:00.000001' AND TRUE /* the selected time is one that SQL engines do not read */");
  assert.match(sql.timeCondition({ name: "x", sql: "" }, range), /not known/);
  // Beyond 2^53 the next number is more than a microsecond away: no row at the edge is lost.
  const far = micros("2300-01-01T00:00:00Z");
  const [from, to] = [...sql.timeCondition(column, { from: far, to: far }).matchAll(/\.(\d{6})'/g)].map((found) => Number(found[1]));
  assert.ok(from >= 999_998 && to === 2, `${from} ${to}`);
});

test("SQL: the text search is told to be no part of it, without its words", () => {
  assert.match(sql.withNote("WHERE a = 1", true), /^WHERE a = 1\n\/\* .*not part.* \*\/$/);
  assert.match(sql.withNote(null, true), /^WHERE TRUE\n\/\*/);
  assert.equal(sql.withNote(null, false), null);
});

test("CSV: formulas are guarded where a cell may begin", () => {
  for (const text of ["=1+1", "+1", "-2", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", " =1", ";=1", "\t=1", "a;=1", "a\n=1", "a\t+1", "a; -1"]) {
    const cell = csvCell(text).replace(/^"|"$/g, "").replaceAll('""', '"');
    assert.ok(cell.includes("'"), `${JSON.stringify(text)} is ${cell}`);
    assert.doesNotMatch(cell, /(^|[;\t\r\n])\s*[=+\-@＝＋－＠]/, JSON.stringify(text));
  }
  assert.equal(csvCell('a;"=1"'), '"a;""=1"""');
  assert.equal(csvCell("a;b"), '"a;b"');
  assert.equal(csvCell("a-b=c"), "a-b=c");
});

test("columns whose SQL is not known are told apart by their names", () => {
  const bus = new PageBus();
  const filter = (name) => ({ name, sql: "", values: [value("1")], keep: true });
  bus.toggle(filter("a"));
  bus.toggle(filter("b"));
  assert.deepEqual(bus.selection.filters.map((entry) => entry.name), ["a", "b"]);
  assert.notEqual(columnKey({ name: "a", sql: "" }), columnKey({ name: "x", sql: "a" }));
});

test("addresses: times that are none are passed over, columns that are none, too", () => {
  assert.deepEqual(timeOf("1~2"), { from: 1, to: 2 });
  for (const text of ["0~1e300", "NaN~1", "~", "1~", "2~1", "1~2~3", "-Infinity~0", "a~b", "", null]) assert.equal(timeOf(text), null, String(text));
  const charts = [{ spec: { source: { name: "b", sql: "" } }, data: { columns: [{ name: "a", sql: "a" }] } }];
  const filter = (name, text) => ({ name, sql: text, values: [value("1")], keep: true });
  const found = filtersOf(JSON.stringify([filter("a", "a"), filter("a", "1=1) --"), filter("b", ""), filter("c", ""), 7]), charts);
  assert.deepEqual(found.map((entry) => [entry.name, entry.sql]), [["a", "a"], ["b", ""]]);
  assert.deepEqual(filtersOf("[{", charts), []);
});

const cross = (more) => ({
  x: { name: "x", sql: "x", values: ["b", "a", "other (4)"], raw: [null, null, null], other: true }, y: { name: "y", sql: "y", values: ["q", "NULL"], raw: [null, null] },
  cells: { x: [0, 2], y: [0, 1], value: [5, 1], count: [5, 1] }, scale: "linear", mark: "cell", measure: "rows", first: [10, null], last: [20, null],
  x_orders: { count: [0, 2, 1], name: [1, 0, 2], cluster: [2, 1, 0] }, y_orders: { count: [0, 1], name: [1, 0], cluster: [] }, ...more,
});

test("matrix: the first order is that of the page, and one that is missing is no order", () => {
  for (const [sort, columns, rows] of [["count", [0, 2, 1], [0, 1]], ["name", [1, 0, 2], [1, 0]], ["cluster", [2, 1, 0], [0, 1]], ["similarity", [2, 1, 0], [0, 1]], [undefined, [0, 2, 1], [0, 1]]]) {
    const model = new MatrixModel(cross({ sort }));
    assert.deepEqual([model.columns, model.rows], [columns, rows], String(sort));
  }
  assert.deepEqual(new MatrixModel(cross({ sort: "cluster" })).y.order, "count", "there is no such order of this axis");
  assert.deepEqual(new MatrixModel(cross({ x_orders: null, y_orders: { count: [0, 0] } })).columns, [0, 1, 2]);
});

test("matrix: NULL, the rest, cells without a time", () => {
  const model = new MatrixModel(cross());
  assert.equal(model.y.values[1], null);
  assert.equal(sql.filterCondition(filterFor(column, [model.x.values[2]], true)), "x NOT IN ('b', 'a')", "rows with NULL have no cell");
  model.select({ time: { from: 0, to: 30 }, filters: [], search: null });
  assert.deepEqual(model.visible(), [0]);
  assert.deepEqual(model.ignored({ time: null, filters: [{ ...column, values: [value("zz")], keep: true }], search: null }), ["x within other (4)"]);
  assert.deepEqual(new MatrixModel(cross({ first: null, last: null })).ignored({ time: { from: 0, to: 1 }, filters: [{ name: "z", sql: "z", values: [], keep: true }], search: null }), ["time", "z"]);
});

test("map: a place without a text is NULL, one that reads NULL is a text", () => {
  const spec = { label: column, points: { label: ["NULL", "NULL", "", null, "", "a"], raw: [null, "NULL", null, null, "", null] } };
  const said = spec.points.label.map((_, place) => sql.filterCondition({ ...column, values: [placeValue(spec, place)], keep: true }));
  assert.deepEqual(said, ["x IS NULL", "x = 'NULL'", "x IS NULL", "x IS NULL", "x = ''", "x = 'a'"]);
});
