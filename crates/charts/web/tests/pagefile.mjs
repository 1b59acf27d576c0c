// Reads a page as a file, without the runtime: what the tests compare the runtime with.
import fs from "node:fs";
import zlib from "node:zlib";

export function read(file) {
  const html = fs.readFileSync(file, "utf8");
  const json = /<script type="application\/json" id="page">([\s\S]*?)<\/script>/.exec(html);
  if (!json) throw new Error(`${file} has no description`);
  const page = JSON.parse(json[1]);
  const blocks = new Map();
  for (const [, chart, name, text] of html.matchAll(/<script type="application\/octet-stream" data-chart="([^"]+)" data-block="([^"]+)">([^<]*)<\/script>/g)) blocks.set(`${chart}/${name}`, text);
  const bytes = (chart, name) => zlib.inflateRawSync(Buffer.from(blocks.get(`${chart}/${name}`).trim(), "base64"));
  return { html, page, has: (chart, name) => blocks.has(`${chart}/${name}`), bytes, scripts: (html.match(/<script[\s>]/g) ?? []).length };
}

/** Times (µs) and lanes of all rows of a chart. */
export function rowsOf(source, head) {
  const { data, id } = head;
  const times = new Float64Array(data.rows);
  if (data.rows === 0) return { times, lanes: new Uint16Array(0) };
  const bytes = source.bytes(id, "time");
  let at = 0;
  let sum = 0;
  for (let row = 0; row < data.rows; row++) {
    let value = 0;
    let scale = 1;
    let byte;
    do {
      byte = bytes[at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    sum += value;
    times[row] = data.time.start + sum * data.time.unit;
  }
  const lanes = new Uint16Array(data.rows);
  if (source.has(id, "lane")) {
    const codes = source.bytes(id, "lane");
    const wide = data.lanes.length > 256;
    for (let row = 0; row < data.rows; row++) lanes[row] = codes[row] | (wide ? codes[data.rows + row] << 8 : 0);
  }
  return { times, lanes };
}

/** The texts of a column of details, in order of rows. */
export function columnOf(source, head, column) {
  const { data, id } = head;
  const dict = JSON.parse(source.bytes(id, "dict").toString("utf8"));
  const out = [];
  for (let first = 0, number = 0; first < data.rows; first += data.chunk, number++) {
    const rows = Math.min(data.chunk, data.rows - first);
    const bytes = source.bytes(id, `d${number}`);
    let at = 0;
    for (let other = 0; other <= column; other++) {
      const { width } = data.columns[other];
      if (width > 0) {
        if (other === column) {
          for (let row = 0; row < rows; row++) {
            let code = 0;
            for (let plane = 0; plane < width; plane++) code += bytes[at + plane * rows + row] * 256 ** plane;
            out.push(dict[column].values[code]);
          }
        }
        at += rows * width;
        continue;
      }
      for (const kind of ["shown", "raw"]) {
      const lengths = [];
      for (let row = 0; row < rows; row++) lengths.push(bytes[at + row] + bytes[at + rows + row] * 256 + bytes[at + 2 * rows + row] * 65536 + bytes[at + 3 * rows + row] * 16777216);
      at += rows * 4;
      for (const length of lengths) {
        if (other === column && kind === "shown") out.push(length === 4294967295 ? null : bytes.subarray(at, at + length).toString("utf8"));
        if (length !== 4294967295) at += length;
      }
      }
    }
  }
  return out;
}

export const utc = (micros) => {
  const milliseconds = Math.floor(micros / 1000);
  const text = new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ");
  const rest = ((micros % 1e6) + 1e6) % 1e6;
  return rest === 0 ? text : rest % 1000 === 0 ? `${text}.${String(rest / 1000).padStart(3, "0")}` : `${text}.${String(rest).padStart(6, "0")}`;
};

/** First and last microsecond of the range in a SQL text: the upper one is not in it. */
export const timestampsOf = (sql) =>
  [...sql.matchAll(/([<>]=?) TIMESTAMP(?:TZ|\(6\))? '(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\.(\d{3})(\d{3})(?:\+00:00)?'/g)].map(
    ([, sign, day, clock, milli, micro]) => Date.parse(`${day}T${clock}.${milli}Z`) * 1000 + Number(micro) - (sign === "<" ? 1 : 0),
  );
