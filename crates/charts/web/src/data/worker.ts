import { block, doubles, planes, sums, varints, type Offsets } from "./decode";
import { buildIndex, type RowIndex } from "./index";

/** What the worker is asked: the texts of blocks, and how to read them. */
export interface Request {
  rows: number;
  /** Units from first to last time. */
  span: number;
  lanes: number;
  colors: number;
  time: string;
  lane: string | null;
  color: string | null;
  end: string | null;
  value: string | null;
}

/** What it answers. */
export interface Columns {
  times: Offsets;
  lanes: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  colors: Uint8Array<ArrayBuffer> | null;
  /** 0 = no end, else 1 + units from time to end. */
  ends: Float64Array<ArrayBuffer> | null;
  values: Float64Array<ArrayBuffer> | null;
  index: RowIndex;
}

/** Infinite numbers have no place on an axis: they are drawn as missing ones are. */
function finite(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  for (let at = 0; at < values.length; at++) if (!Number.isFinite(values[at]!)) values[at] = NaN;
  return values;
}

async function laneCodes(request: Request): Promise<Columns["lanes"]> {
  if (request.lane === null) return new Uint8Array(request.rows);
  const bytes = await block(request.lane);
  if (request.lanes <= 256) return bytes;
  const wide = planes(bytes, request.rows, 2);
  return Uint16Array.from(wide);
}

export async function decode(request: Request): Promise<Columns> {
  const times = sums(await block(request.time), request.rows, request.span);
  const lanes = await laneCodes(request);
  const colors = request.color === null ? null : await block(request.color);
  const ends = request.end === null ? null : varints(await block(request.end), request.rows);
  const values = request.value === null ? null : finite(doubles(await block(request.value), request.rows));
  const grouping = { lanes, colors, laneCount: request.lanes, colorCount: request.colors };
  const index = buildIndex(times, request.span, grouping, null);
  return { times, lanes, colors, ends, values, index };
}

export function transferable(columns: Columns): Transferable[] {
  const { times, lanes, colors, ends, values, index } = columns;
  const arrays = [times, lanes, colors, ends, values, index.order, index.begins, index.starts];
  return arrays.flatMap((array) => (array ? [array.buffer] : []));
}
