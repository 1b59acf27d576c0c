import type { Offsets } from "./decode";

/**
 * Where the rows of each group (lane, or lane and colour) are in time. Answers "how many rows of this group before that time" exactly, in a few
 * steps, whatever the number of rows: so a picture costs as much as it has pixels.
 */
export interface RowIndex {
  groups: number;
  bins: number;
  /** Bins per unit of time. */
  scale: number;
  /** Rows, group by group, by time in each. */
  order: Uint32Array<ArrayBuffer>;
  /** For each group, where it begins in `order`; one more for the end. */
  begins: Uint32Array<ArrayBuffer>;
  /** For each group and bin, where the bin begins in `order`; one more bin for the end. */
  starts: Uint32Array<ArrayBuffer>;
}

export interface Grouping {
  lanes: Uint8Array | Uint16Array;
  colors: Uint8Array | null;
  laneCount: number;
  colorCount: number;
}

export const MASK_ALL = null;

/** How fine: at most eight million bins in all, so that many lanes do not take all memory, and not many more than there are rows. */
function binsFor(groups: number, rows: number): number {
  let bins = 65536;
  while (bins > 1 && groups * bins > Math.min(8_388_608, Math.max(4096, rows * 8))) bins /= 2;
  return bins;
}

/** `mask` has a byte a row, 1 for the rows that count; null: all count. */
export function buildIndex(times: Offsets, span: number, grouping: Grouping, mask: Uint8Array | null): RowIndex {
  const { lanes, colors, laneCount, colorCount } = grouping;
  const groups = laneCount * colorCount;
  const rows = times.length;
  let counting = rows;
  if (mask) {
    counting = 0;
    for (const byte of mask) counting += byte;
  }
  const bins = binsFor(groups, counting);
  const scale = bins / (span + 1);
  const starts = new Uint32Array(groups * (bins + 1));
  const stride = bins + 1;
  const groupOf = (row: number): number => (colors ? lanes[row]! * colorCount + colors[row]! : lanes[row]! * colorCount);
  let counted = 0;
  for (let row = 0; row < rows; row++) {
    if (mask && !mask[row]) continue;
    counted++;
    starts[groupOf(row) * stride + Math.min(bins - 1, Math.floor(times[row]! * scale))]!++;
  }
  const begins = new Uint32Array(groups + 1);
  let sum = 0;
  for (let group = 0; group < groups; group++) {
    begins[group] = sum;
    const at = group * stride;
    for (let bin = 0; bin <= bins; bin++) {
      const here = starts[at + bin]!;
      starts[at + bin] = sum;
      sum += here;
    }
  }
  begins[groups] = sum;
  const order = new Uint32Array(counted);
  const next = begins.slice(0, groups);
  for (let row = 0; row < rows; row++) {
    if (mask && !mask[row]) continue;
    order[next[groupOf(row)]!++] = row;
  }
  return { groups, bins, scale, order, begins, starts };
}

/** Place in `order` of the first row of `group` that is not before `time` (an offset in units). */
export function placeOf(index: RowIndex, times: Offsets, group: number, time: number): number {
  if (!(time > 0)) return index.begins[group]!;
  const bin = Math.floor(time * index.scale);
  if (bin >= index.bins) {
    // The last bin ends with the last row; past it nothing is left.
    return lowerBound(index, times, index.starts[group * (index.bins + 1) + index.bins - 1]!, index.begins[group + 1]!, time);
  }
  const at = group * (index.bins + 1) + bin;
  return lowerBound(index, times, index.starts[at]!, index.starts[at + 1]!, time);
}

function lowerBound(index: RowIndex, times: Offsets, from: number, to: number, time: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[index.order[middle]!]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Row of the first time that is not before `time`. */
export function rowAt(times: Offsets, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds to `counts` the rows of `group` in each of `counts.length` equal parts from `from` to `to` (excluded). */
export function countInto(index: RowIndex, times: Offsets, group: number, from: number, to: number, counts: Uint32Array | Float64Array): void {
  const parts = counts.length;
  const step = (to - from) / parts;
  let before = placeOf(index, times, group, from);
  const end = index.begins[group + 1]!;
  if (before === end) return;
  for (let part = 0; part < parts; part++) {
    const place = placeOf(index, times, group, part + 1 === parts ? to : from + (part + 1) * step);
    counts[part]! += place - before;
    before = place;
    if (before === end) return;
  }
}
