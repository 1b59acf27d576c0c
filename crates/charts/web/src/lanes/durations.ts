import type { Dataset } from "../data/dataset";
import { placeOf, type RowIndex } from "../data/index";
import { offsetOf, rowColor, xOf, type Frame, type LaneBox, type Painter, type Pick } from "./frame";
import { nearest } from "./events";
import { Sprites } from "./sprites";

const MOST_BARS = 6000;
const LEVELS = 4;
const BLOCK = 256;
const COLUMN = 2;

/** For an index: where each row ends, on which level of its lane it lies, and how to find rows that run at a time. */
class Running {
  /** End of each row, as an offset; its time where it has none. */
  readonly ends: Float64Array;
  readonly level: Uint8Array;
  /** For each run of `BLOCK` places of the order the latest end. */
  private readonly latest: Float64Array;
  /** Ends of each group, sorted. */
  private readonly sorted: Float64Array;
  last = 0;

  constructor(
    private readonly dataset: Dataset,
    readonly index: RowIndex,
  ) {
    const columns = dataset.columns!;
    const rows = index.order.length;
    this.ends = new Float64Array(rows);
    this.level = new Uint8Array(rows);
    this.latest = new Float64Array(Math.ceil(rows / BLOCK)).fill(-1);
    for (let place = 0; place < rows; place++) {
      const row = index.order[place]!;
      const length = columns.ends?.[row] ?? 0;
      const end = columns.times[row]! + (length > 0 ? length - 1 : 0);
      this.ends[place] = end;
      const block = Math.floor(place / BLOCK);
      if (end > this.latest[block]!) this.latest[block] = end;
      if (end > this.last) this.last = end;
    }
    this.sorted = this.ends.slice();
    for (let group = 0; group < index.groups; group++) this.sorted.subarray(index.begins[group], index.begins[group + 1]).sort();
    this.stack();
  }

  /** Bars of a lane that run at the same time lie on different levels, as far as there are any. */
  private stack(): void {
    const { index, dataset } = this;
    const times = dataset.columns!.times;
    for (let lane = 0; lane < dataset.laneCount; lane++) {
      const free = new Float64Array(LEVELS).fill(-1);
      const cursors = Array.from({ length: dataset.colorCount }, (_, color) => index.begins[lane * dataset.colorCount + color]!);
      const stops = cursors.map((_, color) => index.begins[lane * dataset.colorCount + color + 1]!);
      for (;;) {
        let color = -1;
        for (let at = 0; at < cursors.length; at++) {
          if (cursors[at]! >= stops[at]!) continue;
          if (color < 0 || times[index.order[cursors[at]!]!]! < times[index.order[cursors[color]!]!]!) color = at;
        }
        if (color < 0) break;
        const place = cursors[color]!++;
        const begin = times[index.order[place]!]!;
        let level = 0;
        while (level < LEVELS && free[level]! >= begin) level++;
        if (level === LEVELS) level = free.indexOf(Math.min(...free));
        free[level] = Math.max(free[level]!, this.ends[place]!);
        this.level[place] = level;
      }
    }
  }

  /** Rows of a group that ended before an offset. */
  private endedBefore(group: number, offset: number): number {
    const begin = this.index.begins[group]!;
    let low = begin;
    let high = this.index.begins[group + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sorted[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low - begin;
  }

  /** Rows of a lane that run at some time from `from` to before `to`. */
  count(lane: number, from: number, to: number): number {
    const times = this.dataset.times!;
    let sum = 0;
    for (let color = 0; color < this.dataset.colorCount; color++) {
      const group = lane * this.dataset.colorCount + color;
      sum += placeOf(this.index, times, group, to) - this.index.begins[group]! - this.endedBefore(group, from);
    }
    return sum;
  }

  /** Calls `visit` for each place of a lane that runs at some time from `from` to `to`. */
  each(lane: number, from: number, to: number, visit: (place: number, color: number) => void): void {
    const times = this.dataset.times!;
    for (let color = 0; color < this.dataset.colorCount; color++) {
      const group = lane * this.dataset.colorCount + color;
      const stop = placeOf(this.index, times, group, to);
      let place = this.index.begins[group]!;
      while (place < stop) {
        const block = Math.floor(place / BLOCK);
        const blockEnd = Math.min(stop, (block + 1) * BLOCK);
        if (this.latest[block]! >= from) for (; place < blockEnd; place++) if (this.ends[place]! >= from) visit(place, color);
        place = blockEnd;
      }
    }
  }
}

/** Bars from a time to an end; far away, how many run at once. */
export class DurationPainter implements Painter {
  readonly axisWidth = 0;
  private running: Running | null = null;
  private marked: Running | null = null;
  private readonly sprites = new Sprites();
  private bars = false;
  private highest = 1;

  laneHeight(lanes: number): number {
    return lanes === 1 ? 140 : lanes <= 8 ? 58 : lanes <= 20 ? 44 : 34;
  }

  prepare(dataset: Dataset, index: RowIndex): void {
    if (this.running?.index !== index) this.running = new Running(dataset, index);
  }

  latest(): number {
    return this.running?.last ?? 0;
  }

  begin(frame: Frame): string {
    this.sprites.use(frame.ratio);
    this.marked = frame.marked ? (this.marked?.index === frame.marked ? this.marked : new Running(frame.dataset, frame.marked)) : null;
    const running = this.running;
    if (!running) return "density";
    let sum = 0;
    for (const box of frame.lanes) sum += running.count(box.lane, frame.from, frame.to);
    this.bars = sum <= MOST_BARS;
    if (this.bars) return "each bar drawn";
    this.highest = 1;
    const columns = Math.floor(frame.width / COLUMN);
    const step = (frame.to - frame.from) / columns;
    for (const box of frame.lanes) {
      for (let column = 0; column < columns; column++) {
        this.highest = Math.max(this.highest, running.count(box.lane, frame.from + column * step, frame.from + (column + 1) * step));
      }
    }
    return "density: how many run at once";
  }

  lane(frame: Frame, box: LaneBox): void {
    const { running, marked } = this;
    if (!running) return;
    const { context } = frame;
    context.globalAlpha = marked ? 0.22 : 0.85;
    this.draw(frame, box, running);
    if (marked) {
      context.globalAlpha = 1;
      this.draw(frame, box, marked);
    }
    context.globalAlpha = 1;
  }

  private draw(frame: Frame, box: LaneBox, running: Running): void {
    if (this.bars) this.drawBars(frame, box, running);
    else this.drawDensity(frame, box, running);
  }

  private levelBox(box: LaneBox, level: number): { y: number; height: number } {
    const pad = 4;
    const height = (box.height - 2 * pad) / LEVELS;
    return { y: box.top + pad + level * height, height: Math.max(3, height - 2) };
  }

  private drawBars(frame: Frame, box: LaneBox, running: Running): void {
    const { context, dataset, theme } = frame;
    const columns = dataset.columns!;
    const right = frame.left + frame.width;
    running.each(box.lane, frame.from, frame.to, (place, color) => {
      const row = running.index.order[place]!;
      const tint = rowColor(theme, box.lane, color, dataset.data.color);
      const { y, height } = this.levelBox(box, running.level[place]!);
      const x = xOf(frame, columns.times[row]!);
      if ((columns.ends?.[row] ?? 0) === 0) {
        this.sprites.get("diamond", tint, 4).draw(context, x, y + height / 2);
        return;
      }
      const begin = Math.max(frame.left - 4, x);
      const end = Math.min(right + 4, xOf(frame, running.ends[place]!));
      context.fillStyle = tint;
      context.fillRect(begin, y, Math.max(2, end - begin), height);
      // Ends stand out, so that bars one after the other are not one.
      if (end - begin > 6) {
        context.fillStyle = theme.background;
        context.fillRect(end - 1, y, 1, height);
      }
    });
  }

  private drawDensity(frame: Frame, box: LaneBox, running: Running): void {
    const { context, theme, dataset } = frame;
    context.fillStyle = dataset.data.color ? theme.muted : rowColor(theme, box.lane, 0, null);
    const columns = Math.floor(frame.width / COLUMN);
    const step = (frame.to - frame.from) / columns;
    const room = box.height - 5;
    for (let column = 0; column < columns; column++) {
      const count = running.count(box.lane, frame.from + column * step, frame.from + (column + 1) * step);
      if (count === 0) continue;
      const share = frame.logarithmic ? Math.log1p(count) / Math.log1p(this.highest) : count / this.highest;
      const high = Math.max(1.5, share * room);
      context.fillRect(frame.left + column * COLUMN, box.top + box.height - 1 - high, COLUMN, high);
    }
  }

  pick(frame: Frame, box: LaneBox, x: number, y: number): Pick | null {
    const running = this.marked ?? this.running;
    const times = frame.dataset.times;
    if (!running || !times) return null;
    const at = offsetOf(frame, x);
    const reach = offsetOf(frame, x + 4) - at;
    let best: Pick | null = null;
    let distance = Infinity;
    let here = 0;
    running.each(box.lane, at - reach, at + reach, (place) => {
      here++;
      const level = this.levelBox(box, running.level[place]!);
      const away = this.bars ? Math.abs(level.y + level.height / 2 - y) : 0;
      const row = running.index.order[place]!;
      const score = away * 1000 + Math.abs(xOf(frame, times[row]!) - x) / 1000;
      if (score >= distance) return;
      distance = score;
      best = { row, x, y: level.y, here: 0 };
    });
    const found = best as Pick | null;
    if (!found) return nearest(frame, running.index, box, x, 6);
    return { ...found, here };
  }
}
