// Writes the pages of the tests: `node tests/fixture.mjs <directory> [name ...]`.
import fs from "node:fs";
import path from "node:path";
import { head, page, rows } from "./encode.mjs";
import { durations, matrix, series, tree, values } from "./kinds.mjs";
import { events, HOSTILE, random, START } from "./data.mjs";

const source = (name, sql = name) => ({ name, sql });
const provenance = [{ name: "query", value: "SELECT * FROM auth.events WHERE ts > now() - INTERVAL 30 DAY" }, { name: "huntsql", value: "0.1.0" }, { name: "rows", value: "as counted" }];

export function timeline(n, more = {}) {
  const data = events(n);
  const { data: rowsData, blocks } = rows({
    times: data.times, unit: 1000, lanes: data.groups.map((name) => ({ name })), lane: { name: "account", sql: "account", codes: data.group },
    columns: [
      { ...source("host"), codes: data.host, dictionary: data.hosts, raw: { "host-007.corp[.]example": "host-007.corp.example" } },
      { ...source("user", '"user"'), codes: data.user, dictionary: data.users },
      { ...source("process"), codes: data.process, dictionary: data.processes },
      { ...source("message"), codes: data.message, dictionary: data.messages },
    ],
    ...more.rows,
  });
  const refs = more.refs ?? [{ time: data.times[n >> 1], label: "alert: brute force" }, { time: data.times[n >> 1] + 60_000_000, label: "ticket 4711" }, { time: data.times[(n * 0.8) | 0], label: "host isolated" }];
  return { head: head("timeline", more.id ?? "c0", { title: more.title ?? `Logons by account`, subtitle: `${n.toLocaleString("en")} events of 30 days`, refs, data: rowsData, provenance, ...more.head }), blocks };
}

function coloured(n, id = "c0") {
  const data = events(n);
  const code = data.process.map((value) => Math.min(6, value - 1));
  const values = [...data.processes.slice(0, 6), "other (4)"];
  return timeline(n, { id, title: "Logons by account, coloured by process", rows: { color: { name: "process", sql: "process", codes: code, values } } });
}

function manyLanes(n) {
  const data = events(n, 340);
  return timeline(n, { title: "Lanes of 340 hosts", rows: { lanes: Array.from({ length: 340 }, (_, i) => ({ name: `server-${i}.dc${i % 7}.corp[.]example` })), lane: { name: "server", sql: "server", codes: data.group } } });
}

function few(count) {
  const times = Array.from({ length: count }, (_, i) => START * 1000 + i * 60_000_000);
  const made = rows({ times, unit: 1, columns: [{ ...source("host"), texts: times.map((_, i) => `h${i}`) }] });
  return { head: head("timeline", "c0", { title: count ? "One event" : "Nothing", data: made.data }), blocks: made.blocks };
}

function hostile() {
  const n = 600;
  const next = random(5);
  const times = Array.from({ length: n }, () => START * 1000 + Math.floor(next() * 86_400_000_000)).sort((a, b) => a - b);
  const text = (shift) => times.map((_, i) => HOSTILE[(i + shift) % HOSTILE.length]);
  const made = rows({
    times, lanes: HOSTILE.map((name) => ({ name })), lane: { name: HOSTILE[0], sql: '"lane"', codes: times.map((_, i) => i % HOSTILE.length) },
    color: { name: HOSTILE[1], sql: '"color"', values: HOSTILE.slice(0, 12), codes: times.map((_, i) => i % 12) },
    columns: [{ name: HOSTILE[3], sql: '"a"', texts: text(0) }, { name: HOSTILE[6], sql: '"b"', texts: text(3), inPlace: true }, { name: "plain", sql: "plain", texts: text(5) }],
  });
  const refs = HOSTILE.map((label, i) => ({ time: times[i * 30], label }));
  return { head: head("timeline", "c0", { title: HOSTILE[1], subtitle: HOSTILE[0], warnings: HOSTILE, refs, data: made.data, provenance: HOSTILE.map((value) => ({ name: HOSTILE[0], value })) }), blocks: made.blocks };
}

const partial = () => timeline(20_000, { title: "More rows than details", rows: { allRows: 7 }, head: { warnings: ["3 rows have no time and are left out"] } });

export const PAGES = {
  "timeline-1k": () => page("Logons by account", [timeline(1000)]),
  "timeline-100k": () => page("Logons by account", [timeline(100_000)]),
  "timeline-1m": () => page("Logons by account", [timeline(1_000_000)]),
  "timeline-10m": () => page("Logons by account", [timeline(10_000_000)]),
  "timeline-color": () => page("Coloured", [coloured(3000)]),
  "timeline-color-100k": () => page("Coloured", [coloured(100_000)]),
  "timeline-lanes": () => page("Many lanes", [manyLanes(50_000)]),
  "timeline-none": () => page("", [few(0)]),
  "timeline-one": () => page("One", [few(1)]),
  "timeline-single-lane": () => page("One lane", [few(400)]),
  "timeline-partial": () => page("Partial", [partial()]),
  "durations-200": () => page("Sessions", [durations(200)]),
  "durations-50k": () => page("Sessions", [durations(50_000)]),
  "values-bar": () => page("Values", [values(400, "bar")]),
  "values-line": () => page("Values", [values(3000, "line")]),
  "values-points": () => page("Values", [values(2000, "points", "c0", true)]),
  "values-line-1m": () => page("Values", [values(1_000_000, "line")]),
  "series-1440": () => page("Series", [series(1440)]),
  "series-panels": () => page("Series", [series(3000, 4)]),
  "series-1m": () => page("Series", [series(250_000, 4)]),
  "matrix": () => page("Matrix", [matrix(24, 60)]),
  "matrix-circles": () => page("Matrix", [matrix(12, 14, { mark: "circle", scale: "inverse" })]),
  "matrix-large": () => page("Matrix", [matrix(300, 500)]),
  "matrix-one": () => page("Matrix", [matrix(1, 1)]),
  "matrix-hostile": () => page("Matrix", [matrix(0, 0, { names: HOSTILE })]),
  "tree-60": () => page("Tree", [tree(60)]),
  "tree-5k": () => page("Tree", [tree(5000)]),
  "tree-100k": () => page("Tree", [tree(100_000)]),
  "tree-none": () => page("Tree", [tree(0)]),
  "tree-hostile": () => page("Tree", [tree(300, { hostile: true })]),
  "report": () => page("Incident 4711", [timeline(5000), tree(200, { id: "c1" }), matrix(14, 20, { id: "c2" }), series(1440, 1, "c3"), durations(200, "c4")], { provenance }),
  "timeline-hostile": () => page(HOSTILE[0], [hostile()], { provenance: HOSTILE.map((value) => ({ name: value, value })) }),
};

const [, script, target, ...wanted] = process.argv;
if (script && path.resolve(script) === path.resolve(new URL(import.meta.url).pathname) && target) {
  fs.mkdirSync(target, { recursive: true });
  for (const name of wanted.length ? wanted : Object.keys(PAGES).filter((name) => !/1m|10m/.test(name))) {
    const html = PAGES[name]();
    fs.writeFileSync(path.join(target, `${name}.html`), html);
    console.log(name, `${(html.length / 1e6).toFixed(2)} MB`);
  }
}
