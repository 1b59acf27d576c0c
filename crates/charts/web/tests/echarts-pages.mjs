// Pages of the kinds that echarts.js draws.
import fs from "node:fs";
import { block, head, page, rows } from "./encode.mjs";
import { HOSTILE, random, START } from "./data.mjs";

const source = (name, sql = name) => ({ name, sql });
const echarts = () => fs.readFileSync(new URL("../dist/echarts.js", import.meta.url), "utf8");
export const T0 = START * 1000;
const HOUR = 3_600_000_000;

/** The block `world`, from the bytes that Rust has: the same lists, still as differences. */
export function world() {
  const bytes = fs.readFileSync(new URL("../../src/world/world.bin", import.meta.url));
  let at = 0;
  const varint = () => {
    let [value, shift] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
      shift *= 128;
    }
  };
  const signed = () => {
    const value = varint();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
  const lists = () => Array.from({ length: varint() }, () => Array.from({ length: varint() }, () => [signed(), signed()]));
  return block(Buffer.from(JSON.stringify({ land: lists(), borders: lists() })));
}

export function graph({ hosts = 6, users = 4, names = [], id = "c0", directed = true, times = true } = {}) {
  const count = hosts + users + 1;
  const name = (at) => names[at] ?? (at < hosts ? `host-${at}` : at < hosts + users ? `user-${at - hosts}` : "alone");
  const nodes = Array.from({ length: count }, (_, at) => at);
  const edges = [];
  for (let user = 0; user < users; user++) for (let host = 0; host < hosts; host++) if ((user + host) % 2 === 0) edges.push([hosts + user, host, 1 + user + host]);
  const angle = (at) => (at / count) * Math.PI * 2;
  const spec = {
    nodes: {
      name: nodes.map(name), raw: nodes.map((at) => (at === 0 && !names[0] ? "HOST-0.raw" : null)), kind: nodes.map((at) => (at < hosts ? 0 : 1)), count: nodes.map((at) => 1 + at),
      x: nodes.map((at) => Math.cos(angle(at))), y: nodes.map((at) => Math.sin(angle(at)) * 0.55), attributes: nodes.map((at) => (at % 3 === 0 ? [[0, names[at + 1] ?? "Oslo"]] : [])),
    },
    kinds: ["host", names[2] ?? "user"], attributes: [names[3] ?? "site"],
    edges: {
      source: edges.map(([from]) => from), target: edges.map(([, to]) => to), count: edges.map(([, , rows]) => rows), value: edges.map(([, , rows]) => rows * 1.5), label: edges.map((_, at) => names[at % names.length] ?? "ssh"),
      first: times ? edges.map((_, at) => T0 + at * HOUR) : null, last: times ? edges.map((_, at) => T0 + at * HOUR + HOUR / 2) : null,
    },
    directed, source: source("account"), target: source("host", '"host"'),
  };
  return { head: head("graph", id, { title: "Who logs on where", rows_in: 99, rows_drawn: 99, spec }), blocks: {} };
}

/** Places of which some have no text, one reads like it, and a colour that stands for several. */
function mapOfRest() {
  const made = map(6);
  const { points } = made.head.spec;
  Object.assign(points, { label: ["NULL", "NULL", "a", "b", "c", "d"], raw: [null, "NULL", null, null, null, null], color: [0, 1, 0, 1, null, 0], latitude: [60, 40, 20, 0, -20, -40], longitude: [-120, -60, 0, 60, 120, 150] });
  Object.assign(made.head.spec, { colors: ["allowed", "other (5)"], colors_raw: [null, null] });
  return made;
}

export function map(places, { id = "c0", names = [] } = {}) {
  const next = random(3);
  const centers = [[52.5, 13.4], [40.7, -74], [35.7, 139.7], [-17.8, 178], [55.7, 37.6]];
  const points = { latitude: [], longitude: [], label: [], raw: [], count: [], value: [], first: [], last: [], color: [] };
  for (let at = 0; at < places; at++) {
    const [latitude, longitude] = centers[at % centers.length];
    const spread = places < 10 ? 0 : 6;
    points.latitude.push(latitude + (next() - 0.5) * spread);
    points.longitude.push(longitude + (next() - 0.5) * spread * 0.5);
    points.label.push(names[at % Math.max(1, names.length)] ?? `10[.]0[.]${at >> 8}[.]${at & 255}`);
    points.raw.push(names.length ? null : `10.0.${at >> 8}.${at & 255}`);
    points.count.push(places - at);
    points.value.push(at % 4 ? at * 10 : null);
    points.first.push(T0 + at * 1_000_000);
    points.last.push(T0 + at * 1_000_000 + HOUR);
    points.color.push(at % 3 === 2 ? null : at % 3);
  }
  const spec = { points, colors: [names[0] ?? "allowed", names[1] ?? "blocked"], colors_raw: [null, null], label: source("ip"), value: source("bytes"), color: source("verdict"), view: null };
  return { head: head("map", id, { title: "Where they came from", rows_in: places, rows_drawn: places, spec }), blocks: { world: world() } };
}

export function sankey({ names = [], id = "c0", pairs = false } = {}) {
  const shown = ["alice", "bob", "powershell.exe", "other (3)", "Oslo", "Bern"].map((name, at) => names[at] ?? name);
  const spec = {
    nodes: { name: shown, raw: shown.map(() => null), level: [0, 0, 1, 1, 2, 2], other: [false, false, false, true, false, false] },
    links: { source: [0, 0, 1, 2, 2, 3], target: [2, 3, 2, 4, 5, 5], value: [30, 10, 20, 35, 15, 10], count: [30, 10, 20, 35, 15, 10] },
    measure: "count of rows", sources: pairs ? [source("from"), source("to")] : [source("account"), source("process"), source("city")], pairs,
  };
  return { head: head("sankey", id, { title: "Who starts what", rows_in: 60, rows_drawn: 60, spec }), blocks: {} };
}

/** Steps from place to place, of which several values each are drawn as one, twice where steps begin. */
function sankeyOfRests() {
  const made = sankey({ pairs: true });
  made.head.spec.nodes.other = [false, true, false, true, false, false];
  made.head.spec.nodes.name[1] = "other (7)";
  return made;
}

export function bars({ names = [], parts = 2, id = "c0", stacked = true } = {}) {
  const labels = ["powershell.exe", "cmd.exe", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe -NoProfile -ExecutionPolicy Bypass -EncodedCommand AAAA", "svchost.exe", "other (7)"].map((name, at) => names[at] ?? name);
  const series = Array.from({ length: parts }, (_, part) => ({ name: parts > 1 ? (names[part + 5] ?? `user${part}`) : "", raw: null, values: labels.map((_, at) => (at === 3 && part === 1 ? null : 50 - at * 9 + part * 4)) }));
  const spec = { labels, raw: labels.map(() => null), series, measure: names[4] ?? "count of rows", source: source("process"), color: parts > 1 ? source("account") : null, stacked, other: true };
  return { head: head("bars", id, { title: "Processes", rows_in: 500, rows_drawn: 500, spec }), blocks: {} };
}

export function histogram({ time = false, log = false, names = [], id = "c0" } = {}) {
  const edges = Array.from({ length: 13 }, (_, at) => (time ? T0 + at * 2 * HOUR : log ? 10 ** (at / 2) : at * 5));
  const series = ["alice", "bob"].map((name, part) => ({ name: names[part] ?? name, raw: null, counts: Array.from({ length: 12 }, (_, bin) => Math.round(60 * Math.exp(-((bin - 5 - part) ** 2) / 9))) }));
  return { head: head("histogram", id, { title: "Sizes", rows_in: 700, rows_drawn: 700, spec: { edges, series, scale: log ? "log" : "linear", source: source(time ? "ts" : "bytes"), color: source("account"), is_time: time } }), blocks: {} };
}

/** Everything an option can do that a page must not. */
export const WICKED = {
  title: { text: HOSTILE[0], link: "javascript:window.__xss=10", sublink: "https://evil.example/", target: "self", subtext: HOSTILE[1] },
  tooltip: { trigger: "item", renderMode: "html", formatter: "<img src=x onerror=window.__xss=11>{b}", extraCssText: "background:url(https://evil.example/css)", appendToBody: true, alwaysShowContent: true },
  toolbox: { feature: { dataView: { optionToContent: "x" }, saveAsImage: {} } },
  legend: { data: [{ name: HOSTILE[0], icon: "image://https://evil.example/icon.png" }], tooltip: { show: true, renderMode: "html" } },
  graphic: [{ type: "image", style: { image: "https://evil.example/graphic.png" } }],
  backgroundColor: { image: "https://evil.example/pattern.png", repeat: "repeat" },
  xAxis: { type: "category", data: HOSTILE, axisLabel: { rich: { a: { backgroundColor: { image: "https://evil.example/rich.png" } } } } },
  yAxis: {},
  series: [
    { type: "bar", name: HOSTILE[0], data: HOSTILE.map((_, at) => ({ value: at + 1, tooltip: { formatter: "<script>window.__xss=12</script>", renderMode: "html" } })), itemStyle: { decal: { symbol: "image://https://evil.example/decal.png" } }, label: { show: true, formatter: "{b}" } },
    { type: "scatter", symbol: "image://https://evil.example/symbol.png", data: [1, 2, 3], markPoint: { symbol: "image://data:image/svg+xml,<svg onload='window.__xss=13'/>", data: [{ type: "max" }] } },
  ],
  ["__proto__x"]: 1,
};

export const option = (value, id = "c0") => ({ head: head("option", id, { title: "A chart of one's own", spec: { option: value } }), blocks: {} });

const calendar = () => ({
  visualMap: { min: 0, max: 50, orient: "horizontal", left: "center", top: 0 }, calendar: { range: "2026", top: 70, cellSize: ["auto", 18] },
  series: [{ type: "heatmap", coordinateSystem: "calendar", data: Array.from({ length: 300 }, (_, at) => [new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10), (at * 37) % 50]) }],
});
const treemap = () => ({ series: [{ type: "treemap", nodeClick: "link", data: Array.from({ length: 12 }, (_, at) => ({ name: `folder ${at}`, value: 5 + ((at * 17) % 40), link: "https://evil.example", children: [{ name: "a", value: 2 }, { name: "b", value: 3 + (at % 4) }] })) }] });
const box = () => ({ xAxis: { type: "category", data: ["a", "b", "c"] }, yAxis: {}, tooltip: { trigger: "axis", renderMode: "html" }, series: [{ type: "boxplot", data: [[1, 3, 5, 7, 9], [2, 4, 6, 7, 12], [1, 2, 3, 4, 5]] }] });
const timelined = () => ({
  baseOption: { timeline: { axisType: "category", data: ["Mon", "Tue"], controlStyle: { playIcon: "image://https://evil.example/play.png" } }, xAxis: { type: "category", data: ["a", "b"] }, yAxis: {}, series: [{ type: "bar" }], tooltip: { renderMode: "html" } },
  options: [{ series: [{ data: [1, 2] }], title: { text: "Mon", link: "https://evil.example" } }, { series: [{ data: [2, 1] }] }],
});

function linked() {
  const times = Array.from({ length: 200 }, (_, at) => T0 + at * 360_000_000);
  const made = rows({ times, unit: 1000, lanes: [{ name: "host-0" }, { name: "host-1" }], lane: { name: "host", sql: '"host"', codes: times.map((_, at) => at % 2) }, columns: [{ name: "account", sql: "account", texts: times.map((_, at) => `user-${at % 4}`) }] });
  return [{ head: head("timeline", "c0", { title: "Events", data: made.data }), blocks: made.blocks }, graph({ id: "c1" }), histogram({ time: true, id: "c2" }), bars({ id: "c3" })];
}

export const PAGES = {
  graph: () => [graph()],
  graph_plain: () => [graph({ directed: false, times: false })],
  graph_300: () => [graph({ hosts: 150, users: 150 })],
  graph_hostile: () => [graph({ names: HOSTILE })],
  map: () => [map(300)],
  map_five: () => [map(5)],
  map_rest: () => [mapOfRest()],
  map_hostile: () => [map(40, { names: HOSTILE })],
  sankey: () => [sankey()],
  sankey_pairs: () => [sankey({ pairs: true })],
  sankey_rests: () => [sankeyOfRests()],
  sankey_hostile: () => [sankey({ names: HOSTILE })],
  bars: () => [bars()],
  bars_one: () => [bars({ parts: 1 })],
  bars_beside: () => [bars({ stacked: false, parts: 3 })],
  bars_hostile: () => [bars({ names: HOSTILE })],
  histogram: () => [histogram()],
  histogram_log: () => [histogram({ log: true })],
  histogram_time: () => [histogram({ time: true })],
  histogram_hostile: () => [histogram({ names: HOSTILE })],
  option_wicked: () => [option(WICKED)],
  option_calendar: () => [option(calendar())],
  option_world: () => [{ ...option({ geo: { map: "world", roam: true }, series: [{ type: "scatter", coordinateSystem: "geo", data: [[13.4, 52.5], [178, -17.8]] }] }), blocks: { world: world() } }],
  option_treemap: () => [option(treemap())],
  option_box: () => [option(box())],
  option_timeline: () => [option(timelined())],
  option_broken: () => [option({ series: [{ type: "bar", data: [1], xAxisIndex: 7 }] })],
  linked,
};

/** Writes a page and gives its path. */
export function write(directory, name) {
  fs.mkdirSync(directory, { recursive: true });
  const path = `${directory}/echarts-${name}.html`;
  fs.writeFileSync(path, page(name, PAGES[name](), { echarts: echarts() }));
  return path;
}
