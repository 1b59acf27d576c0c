// Pages and options that somebody has made up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";
import { rows, head } from "./encode.mjs";
import { matrix } from "./kinds.mjs";

const { readPage } = await load("page.ts");
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
