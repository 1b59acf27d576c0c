// What labels stand for, what filters of one column make together, flows between two columns.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { valuesOf, filterFor, passesFilter, divides } = await load("values.ts");
const { filterCondition } = await load("shell/sql.ts");
const { PageBus } = await load("shell/bus.ts");
const { filtersOf } = await load("shell/restored.ts");
const { partValues, hiddenFilter } = await load("echarts/narrow.ts");
const { Ends } = await load("echarts/sankey-spec.ts");
const { colorValue, laneValue } = await load("lanes/narrow.ts");
const { rowColor } = await load("lanes/frame.ts");
const { MatrixModel } = await load("matrix/model.ts");

const column = { name: "x", sql: "x" };
const value = (shown, raw = null) => ({ shown, raw });
const texts = (...shown) => shown.map((text) => value(text));

/** Values that count how often somebody looks at them. */
function counted(count) {
  const looks = { count: 0 };
  const list = Array.from({ length: count }, (_, at) => ({ shown: `v${at}`, get raw() { return looks.count++, null; } }));
  return { looks, list };
}

test("a filter is gone through once, whatever the number of rows", () => {
  const { looks, list } = counted(500);
  const named = counted(500);
  const filter = { ...column, values: list, keep: true };
  const rest = { shown: "other (9)", raw: null, rest: named.list };
  for (let row = 0; row < 1000; row++) {
    assert.equal(passesFilter(filter, value(`v${row}`)), row < 500);
    assert.equal(passesFilter(filter, rest), false);
    assert.equal(divides(filter, rest), false);
  }
  assert.ok(looks.count <= 1000 && named.looks.count <= 500, `${looks.count} ${named.looks.count}`);
});

test("one place says what the rest is: what the head marks, else what reads so and has no text of its own", () => {
  const isRest = (found) => found?.rest !== undefined;
  const color = (values, other, raw = []) => ({ name: "c", sql: "c", values, raw, ...(other === undefined ? {} : { other }) });
  const data = (more) => ({ lanes: null, lane: null, color: null, columns: [], ...more });
  const theme = { muted: "grey", categories: ["red", "blue"], forced: false };
  const side = (values, other, raw) => {
    const axis = { name: "x", sql: "x", values, raw: raw ?? values.map(() => null), ...(other === undefined ? {} : { other }) };
    return new MatrixModel({ x: axis, y: axis, cells: { x: [], y: [], value: [], count: [] }, x_orders: null, y_orders: null }).x.values.map(isRest);
  };
  for (const [labels, mark, raw, wanted] of [
    [["a", "other (1,234)"], undefined, undefined, [false, true]],
    [["a", "b"], true, undefined, [false, true]],
    [["a", "other (3)"], false, undefined, [false, false]],
    [["a", "other (3)"], undefined, [null, "other (3)"], [false, false]],
    [["a", "other"], undefined, undefined, [false, false]],
  ]) {
    const said = JSON.stringify([labels, mark, raw]);
    const colors = data({ color: color(labels, mark, raw) });
    assert.deepEqual(labels.map((_, at) => isRest(colorValue(colors, at))), wanted, said);
    assert.deepEqual(labels.map((_, at) => rowColor(theme, 0, at, colors.color) === "grey"), wanted, said);
    assert.deepEqual(side(labels, mark, raw), wanted, said);
    const lanes = data({ lane: column, lanes: labels.map((name, at) => ({ name, raw: raw?.[at] ?? null, rows: 1, ...(mark === undefined ? {} : { other: mark && at === 1 }) })) });
    assert.deepEqual(labels.map((_, at) => isRest(laneValue(lanes, at))), wanted, said);
    if (mark === undefined) assert.deepEqual(partValues(labels, raw).map(isRest), wanted, said);
  }
});

test("where several labels are for what has none, none of them is a value or a filter", () => {
  const [a, first, second] = partValues(["a", "other (3)", "other (5)"], undefined);
  assert.deepEqual([first.rest, second.rest], [[a, null], [a, null]]);
  const bus = new PageBus();
  for (const values of [[first], [a, second]]) bus.toggle({ ...column, values, keep: true });
  assert.deepEqual(bus.selection.filters, []);
  for (const keep of [true, false]) assert.match(filterCondition({ ...column, values: [a, first], keep }), /^TRUE \/\* .*not known \*\/$/);
  for (const filter of hiddenFilter(column, [a, first, second], new Set([1]))) assert.match(filterCondition(filter), /^TRUE/);
  assert.equal(passesFilter({ ...column, values: texts("zz"), keep: true }, first), true);
  assert.equal(divides({ ...column, values: texts("zz"), keep: true }, second), true);
  assert.equal(passesFilter({ ...column, values: texts("a"), keep: true }, first), false);
});

/** Every row of a column with values that have labels, some that have none, and NULL. */
const ROWS = ["a", "b", "c", "u", "v", null];
const ofRow = (text) => (text === null ? null : value(text));
/** In SQL what is neither true nor false is not there, as in `x NOT IN ('a')` for NULL. */
const passing = (filters) => ROWS.filter((row) => filters.every((filter) => passesFilter(filter, ofRow(row))));
const press = (bus, keep, ...values) => bus.toggle({ ...column, values, keep });

test("the rest and values of its column make the filter that both say", () => {
  for (const nullApart of [false, true]) {
    const [a, b, c, rest] = valuesOf([...texts("a", "b", "c"), { shown: "other (3)", other: true }], nullApart);
    const within = nullApart ? ["u", "v"] : ["u", "v", null];
    const others = (...without) => ROWS.filter((row) => !without.includes(row));
    const [u] = texts("u");
    for (const [presses, wanted, count] of [
      [[[true, rest]], within, 1],
      [[[true, a], [true, rest]], ["a", ...within], 1],
      [[[true, rest], [true, a]], ["a", ...within], 1],
      [[[true, rest], [true, a], [true, a]], ["a"], 1],
      [[[true, rest], [true, u]], ["u"], 1],
      [[[true, rest], [true, u, a]], ["a", ...within], 1],
      [[[true, a], [true, rest], [true, rest]], ["a"], 1],
      [[[true, rest], [true, rest]], ROWS, 0],
      [[[true, a], [true, rest], [true, b], [true, c]], nullApart ? others(null) : ROWS, nullApart ? 1 : 0],
      [[[true, u], [true, rest]], within, 1],
      [[[false, rest]], others(...within), 1],
      [[[false, a], [false, rest]], others("a", ...within), 1],
      [[[false, rest], [false, a]], others("a", ...within), 1],
      [[[false, rest], [false, a], [false, a]], others("a", ...within), 1],
      [[[false, rest], [false, u]], others(...within), 1],
      [[[false, a], [false, rest], [false, rest]], others("a"), 1],
      [[[false, rest], [false, rest]], ROWS, 0],
      [[[false, a], [false, b], [false, c], [false, rest]], nullApart ? [null] : [], 1],
      // "Only these" and "not these" both hold.
      [[[true, rest], [false, u]], within.filter((row) => row !== "u"), 2],
      [[[false, u], [true, rest]], within.filter((row) => row !== "u"), 2],
      [[[true, rest], [false, a]], within, 2],
      [[[false, rest], [true, a]], ["a"], 2],
      [[[true, a], [false, rest]], ["a"], 2],
      [[[false, rest], [true, u]], [], 2],
      [[[true, a], [true, b], [true, a, b]], ROWS, 0],
      [[[true, a], [true, b], [true, b, a]], ROWS, 0],
    ]) {
      const bus = new PageBus();
      for (const [keep, ...values] of presses) press(bus, keep, ...values);
      const said = JSON.stringify([nullApart, presses]);
      assert.deepEqual(passing(bus.selection.filters).sort(), [...wanted].sort(), said);
      assert.equal(bus.selection.filters.length, count, said);
      assert.ok(bus.selection.filters.every(({ values }) => values.every((found) => !found?.rest)), "the bus knows no rest");
      // What an address brings back is the same, and goes on as before.
      const back = filtersOf(JSON.stringify(bus.selection.filters), [{ data: { columns: [column] } }]);
      assert.deepEqual(back, bus.selection.filters, said);
    }
  }
});

test("SQL of what was chosen with the rest", () => {
  const [a, , rest] = valuesOf([...texts("a", "b"), { shown: "other (3)", other: true }], true);
  const bus = new PageBus();
  const sql = () => bus.selection.filters.map(filterCondition).join(" AND ");
  press(bus, true, rest);
  assert.equal(sql(), "x NOT IN ('a', 'b')");
  press(bus, true, a);
  assert.equal(sql(), "x <> 'b'");
  bus.clear();
  press(bus, false, rest);
  assert.equal(sql(), "(x IN ('a', 'b') OR x IS NULL)");
  press(bus, false, a);
  assert.equal(sql(), "(x = 'b' OR x IS NULL)");
  assert.deepEqual(filterFor(column, [rest], true), { ...column, values: [...texts("a", "b"), null], keep: false, turned: true });
});

/** Nodes as `name`, or `*name` for one that stands for several; flows as pairs of places. */
function flows(names, links, { pairs = true, level = names.map(() => 0), sources = [{ name: "src", sql: "src" }, { name: "dst", sql: "dst" }] } = {}) {
  const nodes = { name: names.map((name) => name.replace("*", "")), raw: names.map(() => null), level, other: names.map((name) => name.startsWith("*")) };
  return { nodes, links: { source: links.map(([from]) => from), target: links.map(([, to]) => to), value: links.map(() => 1), count: links.map(() => 1) }, measure: "rows", sources, pairs };
}
const said = ({ column, value }) => filterCondition({ ...column, values: [value], keep: true });

test("flows: a node of pairs is a value of one column where flows begin, of the other where they end", () => {
  // a to b to c: b is both.
  const ends = new Ends(flows(["a", "b", "c"], [[0, 1], [1, 2]]));
  assert.deepEqual([said(ends.source(0)), said(ends.target(1)), said(ends.source(1)), said(ends.target(2))], ["src = 'a'", "dst = 'b'", "src = 'b'", "dst = 'c'"]);
  assert.deepEqual([0, 1, 2].map((node) => ends.of(node).map(said)), [["src = 'a'"], ["src = 'b'", "dst = 'b'"], ["dst = 'c'"]]);
  const levels = new Ends(flows(["a", "b", "c"], [[0, 1], [1, 2]], { pairs: false, level: [0, 1, 2], sources: ["p", "q", "r"].map((name) => ({ name, sql: name })) }));
  assert.deepEqual([said(levels.target(1)), said(levels.source(1)), said(levels.target(2))], ["q = 'b'", "q = 'b'", "r = 'c'"]);
});

test("flows: the rest of one side of pairs is what has no name; of several none gives a filter", () => {
  const one = new Ends(flows(["a", "*other (2)", "c", "*other (4)"], [[0, 2], [1, 2], [0, 3]]));
  assert.equal(said(one.source(1)), "src NOT IN ('a', 'c')");
  assert.equal(said(one.target(3)), "dst NOT IN ('a', 'c')");
  // Two of them begin flows, one ends them.
  const several = new Ends(flows(["a", "*other (2)", "*other (4)", "d"], [[0, 2], [1, 3], [2, 3]]));
  for (const node of [1, 2]) {
    const { column: where, value: found } = several.source(node);
    assert.deepEqual([found.shared, found.rest], [true, [...texts("a", "d"), null]]);
    assert.ok(!said({ column: where, value: found }).includes("other"), said({ column: where, value: found }));
    const bus = new PageBus();
    bus.toggle({ ...where, values: [found], keep: true });
    assert.deepEqual(bus.selection.filters, []);
  }
  assert.equal(said(several.target(2)), "dst NOT IN ('a', 'd')");
  assert.equal(said(several.source(0)), "src = 'a'");
});

test("flows: as many nodes and flows as there may be take a moment", () => {
  const count = 200_000;
  const names = Array.from({ length: count }, (_, at) => (at % 1000 ? `n${at}` : `*other (${at})`));
  const started = performance.now();
  for (const pairs of [true, false]) {
    const ends = new Ends(flows(names, names.map((_, at) => [at, (at + 1) % count]), { pairs }));
    for (let node = 0; node < count; node++) ends.of(node);
  }
  assert.ok(performance.now() - started < 5000, `${performance.now() - started} ms`);
});
