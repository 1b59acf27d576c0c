import type { Dataset } from "../data/dataset";
import { placeOf, type RowIndex } from "../data/index";
import type { ValuesSpec } from "../page";
import { addShape, shapeOf } from "../shell/palette";
import { Extremes, niceScale, tickText, type Scale } from "./extremes";
import { nearest } from "./events";
import { laneColor, rowColor, xOf, type Frame, type LaneBox, type Painter, type Pick } from "./frame";

const PAD = 8;

/** Values on lanes, each with an axis of its own (or one for all): bars from zero, lines, or points. */
export class ValuePainter implements Painter {
  readonly axisWidth = 52;
  protected extremes: Extremes | null = null;
  protected scales: Scale[] = [];
  private pointsDrawn = false;

  constructor(protected readonly spec: ValuesSpec) {}

  laneHeight(lanes: number): number {
    if (lanes === 1) return 280;
    return lanes <= 4 ? 130 : lanes <= 10 ? 86 : 64;
  }

  prepare(dataset: Dataset, index: RowIndex): void {
    const values = dataset.columns?.values;
    if (!values) return;
    this.extremes = new Extremes(index.order, values);
    const ranges = Array.from({ length: dataset.laneCount }, (_, lane) => this.rangeOf(dataset, index, lane));
    const all = ranges.reduce(([low, high], range) => [Math.min(low, range[0]), Math.max(high, range[1])], [Infinity, -Infinity]);
    const wanted = dataset.laneCount === 1 ? 5 : dataset.laneCount <= 4 ? 3 : 2;
    this.scales = ranges.map((range) => {
      const [low, high] = this.spec.shared_axis ? all : range;
      return niceScale(low, high, wanted);
    });
  }

  protected rangeOf(dataset: Dataset, index: RowIndex, lane: number): [number, number] {
    const range: [number, number] = [Infinity, -Infinity];
    this.extremes?.of(index.begins[lane * dataset.colorCount]!, index.begins[(lane + 1) * dataset.colorCount]!, range);
    if (this.spec.mark === "bar" && range[1] >= range[0]) return [Math.min(0, range[0]), Math.max(0, range[1])];
    return range;
  }

  begin(frame: Frame): string {
    this.pointsDrawn = frame.inView <= 6000;
    return this.pointsDrawn ? "each value drawn" : "least to greatest of each pixel";
  }

  /** The greatest values of lanes that are on, one upon the other. */
  overview(frame: Frame, on: Uint8Array, heights: Float64Array): boolean {
    const { index, dataset } = frame;
    const { times } = dataset;
    if (!index || !times || !this.extremes) return false;
    const step = (frame.to - frame.from) / heights.length;
    const range: [number, number] = [0, 0];
    for (let group = 0; group < index.groups; group++) {
      const lane = Math.floor(group / dataset.colorCount);
      const scale = this.scales[lane];
      if (!on[lane] || !scale) continue;
      let before = placeOf(index, times, group, frame.from);
      for (let column = 0; column < heights.length; column++) {
        const place = placeOf(index, times, group, frame.from + (column + 1) * step);
        this.extremes.of(before, place, range);
        if (range[1] >= range[0]) heights[column]! += ((range[1] - scale.low) / (scale.high - scale.low)) ** 2;
        before = place;
      }
    }
    return true;
  }

  yOf(box: LaneBox, value: number): number {
    const scale = this.scales[box.lane];
    if (!scale) return box.top + box.height - PAD;
    return box.top + box.height - PAD - ((value - scale.low) / (scale.high - scale.low)) * (box.height - 2 * PAD);
  }

  axis(frame: Frame, box: LaneBox): void {
    const { context, theme } = frame;
    const scale = this.scales[box.lane];
    if (!scale) return;
    context.font = `11px ${theme.font}`;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillStyle = theme.muted;
    let before = Infinity;
    for (const tick of scale.ticks) {
      const y = this.yOf(box, tick);
      if (before - y < 12) continue;
      before = y;
      if (y > box.top + 4 && y < box.top + box.height - 2) context.fillText(tickText(tick), frame.left - 6, y);
    }
  }

  protected lines(frame: Frame, box: LaneBox): void {
    const { context, theme } = frame;
    const scale = this.scales[box.lane];
    if (!scale) return;
    context.strokeStyle = theme.grid;
    context.beginPath();
    for (const tick of scale.ticks) {
      const y = Math.round(this.yOf(box, tick)) + 0.5;
      context.moveTo(frame.left, y);
      context.lineTo(frame.left + frame.width, y);
    }
    context.stroke();
    if (scale.low >= 0 || scale.high <= 0) return;
    const zero = Math.round(this.yOf(box, 0)) + 0.5;
    context.strokeStyle = theme.muted;
    context.beginPath();
    context.moveTo(frame.left, zero);
    context.lineTo(frame.left + frame.width, zero);
    context.stroke();
  }

  lane(frame: Frame, box: LaneBox): void {
    this.lines(frame, box);
    const { context, index } = frame;
    if (!index) return;
    context.globalAlpha = frame.marked ? 0.2 : 0.9;
    this.marks(frame, box, index, this.extremes);
    if (frame.marked) {
      context.globalAlpha = 1;
      this.marks(frame, box, frame.marked, null);
    }
    context.globalAlpha = 1;
  }

  private marks(frame: Frame, box: LaneBox, index: RowIndex, extremes: Extremes | null): void {
    const { dataset, theme, context } = frame;
    const { times } = dataset;
    const values = dataset.columns?.values;
    if (!times || !values) return;
    const coloured = dataset.data.color !== null;
    const margin = (6 / frame.width) * (frame.to - frame.from);
    for (let color = 0; color < dataset.colorCount; color++) {
      const group = box.lane * dataset.colorCount + color;
      // A line goes on to the rows just outside of the view.
      const begin = Math.max(index.begins[group]!, placeOf(index, times, group, frame.from - margin) - (this.spec.mark === "line" ? 1 : 0));
      const end = Math.min(index.begins[group + 1]!, placeOf(index, times, group, frame.to + margin) + (this.spec.mark === "line" ? 1 : 0));
      if (begin >= end) continue;
      context.fillStyle = rowColor(theme, box.lane, color, dataset.data.color);
      context.strokeStyle = context.fillStyle;
      const few = end - begin <= Math.max(2000, frame.width * 2);
      if (few) this.each(frame, box, index, begin, end, color, coloured);
      else spread(frame, index, group, extremes ?? new Extremes(index.order, values), (x, low, high) => this.column(frame, box, x, low, high));
    }
  }

  private column(frame: Frame, box: LaneBox, x: number, low: number, high: number): void {
    const top = this.yOf(box, this.spec.mark === "bar" ? Math.max(0, high) : high);
    const bottom = this.yOf(box, this.spec.mark === "bar" ? Math.min(0, low) : low);
    frame.context.fillRect(x, top, 1, Math.max(1.5, bottom - top));
  }

  private each(frame: Frame, box: LaneBox, index: RowIndex, begin: number, end: number, color: number, coloured: boolean): void {
    const { context, dataset } = frame;
    const times = dataset.times!;
    const values = dataset.columns!.values!;
    const count = end - begin;
    const size = count < 150 ? 3.5 : count < 600 ? 2.5 : 1.8;
    if (this.spec.mark === "line") {
      strokeLine(frame, index, begin, end, (row) => this.yOf(box, values[row]!), (row) => times[row]!);
      if (count > frame.width / 8) return;
    }
    if (this.spec.mark === "bar") {
      const zero = this.yOf(box, 0);
      const wide = Math.max(1, Math.min(7, (frame.width / Math.max(1, count)) * 0.6));
      for (let place = begin; place < end; place++) {
        const row = index.order[place]!;
        const value = values[row]!;
        if (Number.isNaN(value)) continue;
        const y = this.yOf(box, value);
        context.fillRect(xOf(frame, times[row]!) - wide / 2, Math.min(y, zero), wide, Math.max(1, Math.abs(zero - y)));
      }
      return;
    }
    context.beginPath();
    for (let place = begin; place < end; place++) {
      const row = index.order[place]!;
      const value = values[row]!;
      if (!Number.isNaN(value)) addShape(context, coloured ? shapeOf(color) : "circle", xOf(frame, times[row]!), this.yOf(box, value), coloured ? size + 1 : size);
    }
    context.fill();
  }

  pick(frame: Frame, box: LaneBox, x: number, y: number): Pick | null {
    const index = frame.marked ?? frame.index;
    const { times } = frame.dataset;
    const values = frame.dataset.columns?.values;
    if (!index || !times || !values) return null;
    if (!this.pointsDrawn || this.spec.mark === "line") return nearest(frame, index, box, x, this.spec.mark === "line" ? 24 : 5);
    let best: Pick | null = null;
    let distance = 12;
    let here = 0;
    for (let color = 0; color < frame.dataset.colorCount; color++) {
      const group = box.lane * frame.dataset.colorCount + color;
      const perPixel = (frame.to - frame.from) / frame.width;
      const at = frame.from + (x - frame.left) * perPixel;
      const end = placeOf(index, times, group, at + 8 * perPixel);
      for (let place = placeOf(index, times, group, at - 8 * perPixel); place < end; place++) {
        const row = index.order[place]!;
        const px = xOf(frame, times[row]!);
        const py = this.yOf(box, values[row]!);
        const inside = this.spec.mark === "bar" && y >= Math.min(py, this.yOf(box, 0)) - 4;
        const away = Math.hypot(px - x, inside ? 0 : py - y);
        if (away <= 6) here++;
        if (away >= distance) continue;
        distance = away;
        best = { row, x: px, y: py, here: 0 };
      }
    }
    const found = best as Pick | null;
    return found ? { ...found, here } : null;
  }

  protected tint(frame: Frame, lane: number): string {
    return laneColor(frame.theme, lane);
  }
}

/** A line through places of an order; numbers that are missing interrupt it. */
export function strokeLine(frame: Frame, index: RowIndex, begin: number, end: number, y: (row: number) => number, at: (row: number) => number): void {
  const { context } = frame;
  context.beginPath();
  let open = false;
  for (let place = begin; place < end; place++) {
    const row = index.order[place]!;
    const here = y(row);
    if (Number.isNaN(here)) {
      open = false;
      continue;
    }
    const x = xOf(frame, at(row));
    if (open) context.lineTo(x, here);
    else context.moveTo(x, here);
    open = true;
  }
  context.stroke();
}

/** For each pixel with numbers of a group: their least and greatest. */
export function spread(frame: Frame, index: RowIndex, group: number, extremes: Extremes, visit: (x: number, low: number, high: number) => void): void {
  const times = frame.dataset.times!;
  const columns = Math.floor(frame.width);
  const step = (frame.to - frame.from) / columns;
  const range: [number, number] = [0, 0];
  let before = placeOf(index, times, group, frame.from);
  for (let column = 0; column < columns; column++) {
    const place = placeOf(index, times, group, frame.from + (column + 1) * step);
    if (place > before) {
      extremes.of(before, place, range);
      if (range[1] >= range[0]) visit(frame.left + column, range[0], range[1]);
    }
    before = place;
  }
}
