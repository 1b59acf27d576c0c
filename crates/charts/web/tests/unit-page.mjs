// Pages and options that somebody has made up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";
import { rows, head } from "./encode.mjs";
import { matrix } from "./kinds.mjs";

const { readPage } = await load("page.ts");
const { checkSpec, readData } = await load("check.ts");
const { sanitize } = await load("echarts/sanitize.ts");

const read = (value) => readPage(JSON.stringify(value));
const fault = (chart) => read({ version: 1, charts: [chart] }).charts[0].fault;

test("a page that is none of huntsql's is read as far as it goes", () => {
  assert.throws(() => readPage("{"), SyntaxError);
  for (const value of [null, 7, [], {}, { charts: 7 }, { charts: [null, 7, "x", []] }]) assert.ok(Array.isArray(read(value).charts));
  const [chart] = read({ charts: [{ title: {}, kind: 3, warnings: [1, "a", {}], refs: [{ time: "x", label: "a" }, { time: 1, label: "b" }, null], zone: {}, provenance: [null] }], title: [] }).charts;
  assert.deepEqual([chart.title, chart.kind, chart.warnings, chart.refs, chart.zone], ["", "", ["a"], [{ time: 1, label: "b" }], "UTC"]);
});

test("heads whose numbers cannot be are refused, one by one", () => {
  const good = () => {
    const { data } = rows({ times: [0, 1], columns: [{ name: "a", sql: "a", texts: ["x", "y"] }] });
    return head("timeline", "c0", { data: structuredClone(data) });
  };
  assert.equal(fault(good()), null);
  const bad = [
    (data) => (data.columns[0].width = 5), (data) => (data.columns[0].width = -1), (data) => (data.columns[0].width = 1.5), (data) => (data.rows = 1e15), (data) => (data.rows = -1),
    (data) => (data.all_rows = 1), (data) => (data.chunk = 0), (data) => (data.time.unit = 0), (data) => (data.time.end = -5), (data) => (data.time.start = "0"), (data) => (data.lanes = [{}]),
    (data) => (data.columns = {}), (data) => (data.color = { name: "c", sql: "c", values: [1] }),
  ];
  for (const change of bad) {
    const chart = good();
    change(chart.data);
    assert.match(fault(chart) ?? "", /not as charts of huntsql are/, String(change));
  }
  const grid = matrix(3, 3).head;
  assert.equal(fault(grid), null);
  assert.match(fault({ ...grid, spec: { ...grid.spec, cells: { ...grid.spec.cells, x: [99] } } }), /cells/);
  for (const kind of ["matrix", "process_tree", "bars", "histogram", "sankey", "graph", "map"]) assert.match(fault({ kind, spec: {} }), /not as charts/, kind);
});

test("no list of a page is longer than what charts are made for", () => {
  const long = (item) => new Array(1_000_001).fill(item);
  const source = { name: "a", sql: "a" };
  const node = { name: ["a"], raw: [null], level: [0], other: [false], kind: [0], count: [1], x: [0], y: [0], attributes: [[]] };
  const links = { source: [0], target: [0], value: [1], count: [1], label: [""], first: null, last: null };
  const points = { latitude: [0], longitude: [0], label: ["a"], raw: [null], count: [1], value: [null], first: null, last: null, color: null };
  const map = { points, colors: [], label: null, value: null, color: null, view: null };
  const axis = { ...source, values: ["a"], raw: [null] };
  const cells = { x: [0], y: [0], value: [1], count: [1] };
  const good = {
    matrix: { x: axis, y: axis, cells, measure: "rows" }, process_tree: { label: 0, detail: [], max_depth: 1 },
    bars: { labels: ["a"], raw: [null], series: [{ name: "", raw: null, values: [1] }], measure: "rows", source, color: null }, histogram: { edges: [0, 1], series: [{ name: "", raw: null, counts: [1] }], source, color: null },
    sankey: { nodes: node, links, measure: "rows", sources: [source], pairs: false }, graph: { nodes: node, kinds: ["k"], attributes: [], edges: links, source, target: source }, map,
  };
  const of = (kind, more = {}) => checkSpec(kind, { ...good[kind], ...more });
  for (const kind of Object.keys(good)) assert.doesNotThrow(() => of(kind), kind);
  for (const [kind, more] of [
    ["matrix", { x: { ...axis, values: long("a"), raw: null } }], ["matrix", { cells: { ...cells, x: new Array(4_000_001).fill(0) } }], ["process_tree", { detail: long(0) }], ["bars", { labels: long("a") }],
    ["bars", { series: new Array(257).fill({ name: "", raw: null, values: [1] }) }], ["histogram", { edges: long(0) }], ["sankey", { nodes: { ...node, name: long("a") } }], ["sankey", { links: { ...links, source: long(0) } }],
    ["sankey", { sources: long(source) }], ["graph", { nodes: { ...node, name: long("a") } }], ["graph", { kinds: long("a") }], ["graph", { attributes: long("a") }], ["graph", { nodes: { ...node, attributes: [long([0, "a"])] } }],
    ["graph", { edges: { ...links, source: long(0) } }], ["map", { points: { ...points, latitude: long(0) } }], ["map", { colors: long("a") }], ["map", { view: [1] }],
  ]) assert.throws(() => of(kind, more), /not as charts of huntsql are/, `${kind} ${Object.keys(more)}`);
  for (const more of [{ columns: long({ ...source, width: 1 }) }, { lanes: long({ name: "a", raw: null, rows: 0 }) }, { color: { ...source, values: long("a") } }]) assert.throws(() => readData({ rows: 0, ...more }), /not as charts/, Object.keys(more)[0]);
  for (const more of [{ warnings: long("a") }, { refs: long({ time: 0, label: "" }) }, { provenance: long({}) }]) assert.match(fault({ kind: "option", spec: {}, ...more }), /more than 1,000,000/, Object.keys(more)[0]);
  assert.throws(() => read({ charts: long(0) }), /more than 1,000,000/);
  const { option, removed } = sanitize({ series: [{ data: long(1) }] });
  assert.equal(option.series[0].data.length, 1_000_000);
  assert.ok(removed.some((path) => path.startsWith("series.data (items beyond")));
});

test("SQL of a head that cannot be seen in whole is not known", () => {
  const chart = head("timeline", "c0", { data: rows({ times: [0], columns: [{ name: "a", sql: "a\u202e", texts: ["x"] }] }).data });
  assert.equal(read({ charts: [chart] }).charts[0].data.columns[0].sql, "");
});

test("options: cells of a dataset are texts and numbers, pictures are none", () => {
  const { option, removed } = sanitize({
    dataset: [{ source: [["link", "n"], ["image://https://evil.test/x.png", 1], [{ symbol: "image://x" }, null]] }, { source: [{ link: "path://M0 0", n: { a: 1 } }] }, { source: { link: ["\u202ea"] } }],
    series: [{ symbol: "path://M0,0 L1,1", data: [{ value: 1, symbol: "image://x", tooltip: { renderMode: "html", formatter: "<b>x</b>" }, link: "https://evil.test" }] }, { symbol: ["circle", "path://M0"] }],
  });
  const [table, objects, columns] = option.dataset;
  assert.deepEqual(table.source, [["link", "n"], [" image://https://evil.test/x.png", 1], ['{"symbol":"image://x"}', null]]);
  assert.deepEqual(objects.source, [{ link: " path://M0 0", n: '{"a":1}' }]);
  assert.deepEqual(columns.source, { link: ["\ufffda"] });
  assert.equal(option.series[0].symbol, undefined);
  assert.deepEqual(option.series[0].data[0], { value: 1, tooltip: { formatter: "<b>x</b>", renderMode: "richText" } });
  assert.deepEqual(option.series[1].symbol, ["circle", " path://M0"]);
  assert.ok(removed.includes("series.symbol") && removed.includes("series.data.link"));
  assert.equal(option.tooltip.renderMode, "richText");
});
