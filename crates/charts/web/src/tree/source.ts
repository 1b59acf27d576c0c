import type { PageBlocks } from "../data/blocks";
import { block, sums, VARINT } from "../data/decode";
import { Details } from "../data/details";
import { colorValue } from "../lanes/narrow";
import type { TreeSpec } from "../page";
import type { Context } from "../registry";
import { grain } from "../time/grain";
import { isOf } from "../values";
import type { Rows } from "./model";

/** All rows of a process tree, in memory. */
export async function readRows(context: Context<TreeSpec>): Promise<Rows> {
  const { head, blocks } = context;
  const data = head.data;
  if (!data) throw new Error("this chart has no rows");
  const count = data.rows;
  if (count === 0) return { depth: new Uint32Array(0), parent: new Uint32Array(0), times: null, columns: data.columns.map(({ name, sql }) => ({ name, sql, codes: new Uint32Array(0), cells: [null] })) };
  const depth = (await blocks.integers("depth", count, 2)).map((level) => Math.max(1, level));
  // A parent stands before its children: so nothing is below itself.
  const parent = (await blocks.integers("parent", count, 4)).map((above, row) => (above > row ? 0 : above));
  const details = new Details(data, blocks as PageBlocks);
  const columns: Rows["columns"] = [];
  for (let at = 0; at < data.columns.length; at++) {
    const { name, sql } = data.columns[at]!;
    columns.push({ name, sql, ...(await details.column(at)) });
  }
  const { color } = data;
  if (color && blocks.has("color") && !columns.some((column) => isOf(color, column))) {
    const codes = Uint32Array.from(await blocks.bytes("color", count), (code) => code + 1);
    columns.push({ name: color.name, sql: color.sql, codes, cells: [null, ...color.values.map((_, code) => colorValue(data, code))] });
  }
  let times: Float64Array | null = null;
  if (data.time && blocks.has("started")) {
    const { start } = data.time;
    times = Float64Array.from(wide(await blocks.bytes("started", count * 8), count), (since) => (since === 0 ? NaN : start + since - 1));
  } else if (data.time && blocks.has("time")) {
    const { start, end, unit } = data.time;
    const offsets = sums(await block((blocks as PageBlocks).text("time"), count * VARINT), count, (end - start + grain(start) + grain(end) - 2) / unit);
    times = Float64Array.from(offsets, (offset) => start + offset * unit);
  }
  return { depth, parent, times, columns };
}

/** Whole numbers in planes of eight bytes. */
function wide(bytes: Uint8Array, count: number): Float64Array {
  if (bytes.length < count * 8) throw new Error("a block ends before its rows do");
  const out = new Float64Array(count);
  for (let plane = 7; plane >= 0; plane--) for (let at = 0; at < count; at++) out[at] = out[at]! * 256 + bytes[plane * count + at]!;
  return out;
}
