import { block, codes, doubles, planes, sums, VARINT, varints, type Offsets } from "./decode";
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
  const { lane, lanes, rows } = request;
  if (lane === null) return new Uint8Array(rows);
  const bytes = await block(lane, rows * 2);
  return lanes <= 256 ? codes(bytes, rows, lanes) : codes(Uint16Array.from(planes(bytes, rows, 2)), rows, lanes);
}

export async function decode(request: Request): Promise<Columns> {
  const { rows, span } = request;
  const times = sums(await block(request.time, rows * VARINT), rows, span);
  const lanes = await laneCodes(request);
  const colors = request.color === null ? null : codes(await block(request.color, rows), rows, request.colors);
  const ends = request.end === null ? null : varints(await block(request.end, rows * VARINT), rows);
  const values = request.value === null ? null : finite(doubles(await block(request.value, rows * 8), rows));
  const grouping = { lanes, colors, laneCount: request.lanes, colorCount: request.colors };
  const index = buildIndex(times, span, grouping, null);
  return { times, lanes, colors, ends, values, index };
}

export function transferable(columns: Columns): Transferable[] {
  const { times, lanes, colors, ends, values, index } = columns;
  const arrays = [times, lanes, colors, ends, values, index.order, index.begins, index.starts];
  return arrays.flatMap((array) => (array ? [array.buffer] : []));
}
