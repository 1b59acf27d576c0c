import type { Dataset } from "../data/dataset";
import { placeOf, type RowIndex } from "../data/index";
import { shapeOf } from "../shell/palette";
import { rowColor, offsetOf, xOf, type Frame, type LaneBox, type Painter, type Pick } from "./frame";
import { Sprites } from "./sprites";

/** So many marks are drawn one by one; beyond, their density says more. */
const MOST_MARKS = 6000;
/** Width of a column of the density, in CSS pixels. */
const COLUMN = 2;
const PAD = 4;

/** Events: density far away, marks close by. */
export class EventPainter implements Painter {
  readonly axisWidth = 0;
  private readonly sprites = new Sprites();
  private marks = false;
  private size = 5;
  private highest = 1;
  private total = new Float64Array(0);

  laneHeight(lanes: number): number {
    if (lanes === 1) return 120;
    if (lanes <= 6) return 56;
    return lanes <= 16 ? 38 : lanes <= 40 ? 30 : 26;
  }

  prepare(): void {}

  begin(frame: Frame): string {
    this.marks = frame.index !== null && frame.inView <= MOST_MARKS;
    this.size = frame.inView < 400 ? 5 : frame.inView < 2000 ? 4 : 3;
    if (this.marks) {
      this.sprites.use(frame.ratio);
      return "each event drawn";
    }
    const columns = Math.max(1, Math.floor(frame.width / COLUMN));
    if (this.total.length !== columns) this.total = new Float64Array(columns);
    this.highest = 1;
    for (const box of frame.lanes) {
      this.total.fill(0);
      frame.counts.count(box.lane, frame.from, frame.to, this.total);
      for (const count of this.total) if (count > this.highest) this.highest = count;
    }
    return "density";
  }

  lane(frame: Frame, box: LaneBox): void {
    if (this.marks && frame.index) this.drawMarks(frame, box);
    else this.drawDensity(frame, box);
  }

  private drawMarks(frame: Frame, box: LaneBox): void {
    const { context, index } = frame;
    if (!index) return;
    context.globalAlpha = frame.marked ? 0.22 : 0.85;
    this.marksOf(frame, box, index);
    if (frame.marked) {
      context.globalAlpha = 1;
      this.marksOf(frame, box, frame.marked);
    }
    context.globalAlpha = 1;
  }

  private marksOf(frame: Frame, box: LaneBox, index: RowIndex): void {
    const { dataset, context } = frame;
    const times = dataset.times;
    if (!times) return;
    const coloured = dataset.data.color !== null;
    const margin = ((this.size + 1) / frame.width) * (frame.to - frame.from);
    const y = box.top + box.height / 2;
    for (let color = 0; color < dataset.colorCount; color++) {
      const group = box.lane * dataset.colorCount + color;
      const begin = placeOf(index, times, group, frame.from - margin);
      const end = placeOf(index, times, group, frame.to + margin);
      if (begin === end) continue;
      const sprite = this.sprites.get(coloured ? shapeOf(color) : "diamond", rowColor(frame.theme, box.lane, color, dataset.data.color), this.size);
      // Colours of one lane lie a little above each other, so that none hides another.
      const shift = coloured && dataset.colorCount > 1 ? ((color + 0.5) / dataset.colorCount - 0.5) * (box.height - 2 * this.size - 6) : 0;
      let last = -1;
      for (let place = begin; place < end; place++) {
        const x = Math.round(xOf(frame, times[index.order[place]!]!) * 2) / 2;
        if (x === last) continue;
        last = x;
        sprite.draw(context, x, y + shift);
      }
    }
  }

  private drawDensity(frame: Frame, box: LaneBox): void {
    const { context, dataset } = frame;
    this.total.fill(0);
    frame.counts.count(box.lane, frame.from, frame.to, this.total);
    const coloured = dataset.data.color !== null;
    context.globalAlpha = frame.marked ? 0.25 : 0.9;
    if (coloured && frame.index && dataset.times && (frame.narrowed || dataset.data.all_rows === dataset.data.rows)) {
      this.drawStack(frame, box, frame.index);
    } else {
      context.fillStyle = coloured ? frame.theme.muted : rowColor(frame.theme, box.lane, 0, null);
      this.columns(frame, box, this.total);
    }
    if (frame.marked) {
      context.globalAlpha = 1;
      this.drawStack(frame, box, frame.marked);
    }
    context.globalAlpha = 1;
  }

  private heightOf(count: number, frame: Frame, room: number): number {
    if (count <= 0) return 0;
    const share = frame.logarithmic ? Math.log1p(count) / Math.log1p(this.highest) : count / this.highest;
    return Math.max(1.5, share * room);
  }

  private columns(frame: Frame, box: LaneBox, counts: Float64Array): void {
    const room = box.height - PAD;
    const bottom = box.top + box.height - 1;
    const { context, left } = frame;
    for (let column = 0; column < counts.length; column++) {
      const count = counts[column]!;
      if (count === 0) continue;
      const high = this.heightOf(count, frame, room);
      context.fillRect(left + column * COLUMN, bottom - high, COLUMN, high);
    }
  }

  /** Height says how many in all, the parts say of which colour. */
  private drawStack(frame: Frame, box: LaneBox, index: RowIndex): void {
    const { context, dataset, left } = frame;
    const times = dataset.times;
    if (!times) return;
    const colors = dataset.colorCount;
    const sums = new Float64Array(this.total.length);
    const done = new Float64Array(this.total.length);
    const parts: Float64Array[] = [];
    for (let color = 0; color < colors; color++) {
      const part = new Float64Array(this.total.length);
      countParts(dataset, index, box.lane * colors + color, frame, part);
      for (let column = 0; column < part.length; column++) sums[column]! += part[column]!;
      parts.push(part);
    }
    const room = box.height - PAD;
    const bottom = box.top + box.height - 1;
    parts.forEach((part, color) => {
      context.fillStyle = rowColor(frame.theme, box.lane, color, dataset.data.color);
      for (let column = 0; column < part.length; column++) {
        const count = part[column]!;
        if (count === 0) continue;
        const sum = sums[column]!;
        const whole = this.heightOf(sum, frame, room);
        const low = (done[column]! / sum) * whole;
        const high = (count / sum) * whole;
        done[column]! += count;
        context.fillRect(left + column * COLUMN, bottom - low - high, COLUMN, high);
      }
    });
  }

  pick(frame: Frame, box: LaneBox, x: number): Pick | null {
    const index = frame.marked ?? frame.index;
    if (!index) return null;
    return nearest(frame, index, box, x, this.marks ? this.size + 4 : 4);
  }
}

function countParts(dataset: Dataset, index: RowIndex, group: number, frame: Frame, counts: Float64Array): void {
  const times = dataset.times;
  if (!times) return;
  const step = (frame.to - frame.from) / counts.length;
  let before = placeOf(index, times, group, frame.from);
  for (let part = 0; part < counts.length; part++) {
    const place = placeOf(index, times, group, frame.from + (part + 1) * step);
    counts[part] = place - before;
    before = place;
  }
}

/** The row of a lane that is nearest to `x`, and how many are within `reach` pixels. */
export function nearest(frame: Frame, index: RowIndex, box: LaneBox, x: number, reach: number): Pick | null {
  const { dataset } = frame;
  const times = dataset.times;
  if (!times) return null;
  const at = offsetOf(frame, x);
  const low = offsetOf(frame, x - reach);
  const high = offsetOf(frame, x + reach);
  let best = -1;
  let distance = Infinity;
  let here = 0;
  for (let color = 0; color < dataset.colorCount; color++) {
    const group = box.lane * dataset.colorCount + color;
    const begin = placeOf(index, times, group, low);
    const end = placeOf(index, times, group, high);
    here += end - begin;
    const middle = placeOf(index, times, group, at);
    for (const place of [middle - 1, middle]) {
      if (place < begin || place >= end) continue;
      const row = index.order[place]!;
      const away = Math.abs(times[row]! - at);
      if (away < distance) {
        distance = away;
        best = row;
      }
    }
  }
  if (best < 0) return null;
  return { row: best, x: xOf(frame, times[best]!), y: box.top + box.height / 2, here };
}
