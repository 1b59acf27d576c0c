// Blocks and pages as FORMAT.md has them; what the Rust writer does, for tests.
import zlib from "node:zlib";
import crypto from "node:crypto";
import fs from "node:fs";
import { fileURLToPath } from "node:url";

const dist = new URL("../dist/", import.meta.url);
const hash = (text) => `'sha256-${crypto.createHash("sha256").update(text).digest("base64")}'`;
const escapeText = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const escapeJson = (value) => JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

export const block = (bytes, level = 6) => zlib.deflateRawSync(bytes, { level }).toString("base64");

export function varints(values) {
  let bytes = Buffer.alloc(Math.max(16, values.length * 3));
  let at = 0;
  for (let value of values) {
    if (at + 10 > bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
    while (value > 127) {
      bytes[at++] = Number(typeof value === "bigint" ? value % 128n : value % 128) | 128;
      value = typeof value === "bigint" ? value / 128n : Math.floor(value / 128);
    }
    bytes[at++] = Number(value);
  }
  return bytes.subarray(0, at);
}

export function planes(values, width) {
  const bytes = Buffer.alloc(values.length * width);
  for (let plane = 0; plane < width; plane++) for (let i = 0; i < values.length; i++) bytes[plane * values.length + i] = Math.floor(values[i] / 256 ** plane) & 255;
  return bytes;
}

export function doubles(values) {
  const flat = Buffer.from(Float64Array.from(values).buffer);
  const bytes = Buffer.alloc(flat.length);
  for (let i = 0; i < values.length; i++) for (let plane = 0; plane < 8; plane++) bytes[plane * values.length + i] = flat[i * 8 + plane];
  return bytes;
}

/** Rows in columns: `{times, lanes, lane, color, ends, values, columns: [{name, sql, texts | codes + dictionary}]}`. */
export function rows(input) {
  const { times, unit = 1, lanes = [{ name: "", raw: null }], lane = null, color = null, ends = null, values = null, value = null, end = null, chunk = 65536, allRows = null } = input;
  const count = times.length;
  const start = count ? times[0] : 0;
  const stop = count ? times[count - 1] : 0;
  const level = count > 2e6 ? 1 : 6;
  const blocks = {};
  const perLane = lanes.map(() => 0);
  const bins = count < 5000 ? 1024 : 4096;
  const laneOf = lane?.codes ?? new Uint8Array(count);
  const counted = new Uint32Array(lanes.length * bins);
  for (let i = 0; i < count; i++) {
    perLane[laneOf[i]]++;
    counted[laneOf[i] * bins + Math.floor(((times[i] - start) / (stop - start + unit)) * bins)]++;
  }
  if (allRows) for (let i = 0; i < counted.length; i++) counted[i] *= allRows;
  blocks.bins = block(Buffer.from(counted.buffer));
  if (allRows) blocks.fine = blocks.bins;
  const steps = new Array(count);
  for (let i = 0; i < count; i++) steps[i] = (times[i] - (i ? times[i - 1] : start)) / unit;
  blocks.time = block(varints(steps), level);
  if (lane) blocks.lane = block(planes(laneOf, lanes.length <= 256 ? 1 : 2), level);
  if (ends) blocks.end = block(varints(ends.map((e, i) => (e === null ? 0 : 1 + (e - times[i]) / unit))), level);
  if (values) blocks.value = block(doubles(values), level);
  if (color) blocks.color = block(planes(color.codes, 1), level);
  const columns = (input.columns ?? []).map((column) => encodeColumn(column, count));
  blocks.dict = block(Buffer.from(JSON.stringify(columns.map((column) => column.dictionary))));
  for (let first = 0, number = 0; first < count; first += chunk, number++) {
    const parts = columns.map((column) => column.part(first, Math.min(count, first + chunk)));
    blocks[`d${number}`] = block(Buffer.concat(parts), level);
  }
  let min = Infinity;
  let max = -Infinity;
  for (const v of values ?? []) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  const data = {
    rows: count,
    all_rows: count * (allRows ?? 1),
    time: { start, end: stop, unit, name: input.time?.name ?? "ts", sql: input.time?.sql ?? "ts", zoned: input.time?.zoned ?? false },
    lanes: lanes.map((entry, at) => ({ name: entry.name, raw: entry.raw ?? null, rows: perLane[at] * (allRows ?? 1), other: entry.other ?? false })),
    lane: lane ? { name: lane.name, sql: lane.sql } : null,
    color: color ? { name: color.name, sql: color.sql, values: color.values, raw: color.raw ?? color.values.map(() => null), ...(color.other === undefined ? {} : { other: color.other }) } : null,
    value: value ? { ...value, min, max } : null,
    end,
    columns: columns.map(({ name, sql, width }) => ({ name, sql, width })),
    chunk,
  };
  return { data, blocks };
}

function encodeColumn({ name, sql, texts, codes, dictionary, raw, inPlace }, count) {
  if (inPlace) {
    const part = (texts, from, to) => {
      const lengths = [];
      const bytes = [];
      for (let i = from; i < to; i++) {
        if (texts[i] === null) lengths.push(4294967295);
        else {
          const text = Buffer.from(texts[i]);
          lengths.push(text.length);
          bytes.push(text);
        }
      }
      return Buffer.concat([planes(lengths, 4), ...bytes]);
    };
    const both = (from, to) => Buffer.concat([part(texts, from, to), part(texts.map((text) => raw?.[text] ?? null), from, to)]);
    return { name, sql, width: 0, dictionary: null, part: both };
  }
  let values = dictionary ? [null, ...dictionary] : [null];
  let numbers = codes;
  if (!numbers) {
    const known = new Map();
    numbers = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const text = texts[i];
      if (text === null || text === undefined) continue;
      let code = known.get(text);
      if (code === undefined) {
        code = values.length;
        known.set(text, code);
        values.push(text);
      }
      numbers[i] = code;
    }
  }
  const width = values.length <= 256 ? 1 : values.length <= 65536 ? 2 : 4;
  const rawOf = {};
  for (const [shown, is] of Object.entries(raw ?? {})) rawOf[values.indexOf(shown)] = is;
  return { name, sql, width, dictionary: { values, raw: rawOf }, part: (from, to) => planes(numbers.slice(from, to), width) };
}

export const head = (kind, id, more) => ({
  kind, id, title: "", subtitle: "", rows_in: more.data?.all_rows ?? 0, rows_drawn: more.data?.all_rows ?? 0, warnings: [], zone: "UTC", refs: [], provenance: [], data: null, spec: {}, ...more,
});

/** Charts are `{head, blocks}`. */
export function page(title, charts, { theme = "auto", provenance = [], extra = "", echarts = "" } = {}) {
  const js = fs.readFileSync(fileURLToPath(new URL("runtime.js", dist)), "utf8");
  const css = fs.readFileSync(fileURLToPath(new URL("runtime.css", dist)), "utf8");
  const scripts = [js, ...(echarts ? [echarts] : []), ...(extra ? [extra] : [])];
  const policy = `default-src 'none'; script-src ${scripts.map(hash).join(" ")}; worker-src blob:; style-src ${hash(css)}; img-src blob: data:; base-uri 'none'; form-action 'none'`;
  const json = escapeJson({ version: 1, generator: "huntsql 0.1.0", title, theme, charts: charts.map((chart) => chart.head), provenance });
  const tag = (chart, name) => `<script type="application/octet-stream" data-chart="${chart.head.id}" data-block="${name}">${chart.blocks[name]}</script>`;
  const early = charts.flatMap((chart) => (chart.blocks.bins ? [tag(chart, "bins")] : []));
  const late = charts.flatMap((chart) => Object.keys(chart.blocks).filter((name) => name !== "bins").map((name) => tag(chart, name)));
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<meta name="generator" content="huntsql 0.1.0"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeText(title || "huntsql")}</title><style>${css}</style></head>`,
    `<body><noscript>This page needs JavaScript.</noscript><div id="app"></div><script type="application/json" id="page">${json}</script>`,
    ...early,
    ...scripts.map((script) => `<script>${script}</script>`),
    ...late,
    "</body></html>",
  ].join("\n");
}
