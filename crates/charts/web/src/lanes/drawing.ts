import type { Dataset } from "../data/dataset";
import { sized } from "../dom";
import type { Services } from "../registry";
import type { View } from "../time/view";
import { offsetText } from "../time/zone";
import { AXIS_HEIGHT, drawAxis, drawGrid, ticksOf, type Plot } from "./axis";
import { laneColor, type Frame } from "./frame";
import type { Lanes } from "./layout";
import { countIn, countsOf, plotOf, zoneOf, type Metrics, type Parts } from "./parts";

/** Draws a chart with a time axis. */
export class Drawing {
  /** What was drawn last. */
  frame: Frame | null = null;
  /** How rows are drawn: `density`. */
  words = "";
  private overviewKey = "";
  private maskNumber = 0;
  private lastMask: Uint8Array | null = null;

  private readonly metrics: Metrics;
  private readonly lanes: Lanes;
  private readonly view: View;
  private readonly dataset: Dataset;
  private readonly scroller: HTMLElement;
  private readonly services: Services;

  constructor(private readonly parts: Parts) {
    ({ metrics: this.metrics, lanes: this.lanes, view: this.view, dataset: this.dataset, scroller: this.scroller } = parts);
    this.services = parts.context.services;
  }

  /** The overview is to be drawn again, too. */
  stale(): void {
    this.overviewKey = "";
  }

  private makeFrame(context: CanvasRenderingContext2D): Frame {
    const { index, marked, mask } = this.parts.narrowing.current;
    const scroll = this.scroller.scrollTop;
    const from = this.dataset.offset(this.view.from);
    const to = this.dataset.offset(this.view.to);
    const boxes = this.lanes.between(scroll, scroll + this.metrics.viewport).map((box) => ({ ...box, top: box.top - scroll + this.metrics.band }));
    const lanes = boxes.filter((box) => this.lanes.on[box.lane]);
    const ratio = this.parts.picture.width / Math.max(1, parseFloat(this.parts.picture.style.width));
    const theme = this.services.theme();
    const frame: Frame = { context, theme, dataset: this.dataset, index, marked, narrowed: mask !== null, left: this.metrics.left, width: this.metrics.width, from, to, inView: 0, lanes, counts: countsOf(this.parts), logarithmic: this.parts.tools.logarithmic, ratio };
    frame.inView = countIn(this.parts, this.view.range(), index);
    return frame;
  }

  /** `ratio`: device pixels for each pixel, at least. */
  draw(ratio = 1): void {
    const { painter } = this.parts.options;
    const total = this.parts.context.container.clientWidth;
    if (total === 0) return;
    const bottom = this.metrics.band + this.metrics.viewport;
    const context = sized(this.parts.picture, total, bottom + AXIS_HEIGHT, ratio);
    if (!context) return;
    const frame = this.makeFrame(context);
    this.frame = frame;
    const { theme } = frame;
    context.clearRect(0, 0, total, bottom + AXIS_HEIGHT);
    const plot = plotOf(this.parts);
    const ticks = ticksOf(plot, zoneOf(this.parts));
    context.save();
    context.beginPath();
    context.rect(0, this.metrics.band, total, this.metrics.viewport);
    context.clip();
    this.drawGround(frame, total);
    drawGrid(context, plot, ticks, this.metrics.band, bottom, theme);
    context.beginPath();
    context.rect(this.metrics.left, this.metrics.band, this.metrics.width, this.metrics.viewport);
    context.clip();
    this.words = painter.begin(frame);
    for (const box of frame.lanes) painter.lane(frame, box);
    context.restore();
    this.drawNumbers(frame);
    this.drawSelection(context, plot, bottom, theme.background);
    this.parts.references.draw(context, plot, 0, this.metrics.levels, bottom, theme);
    drawAxis(context, plot, ticks, bottom, theme);
    this.drawZone(context, bottom);
    this.drawOverview(frame, total);
    this.drawNames(frame);
  }

  /** Numbers of the axes of lanes, left of the plot. */
  private drawNumbers(frame: Frame): void {
    const { painter } = this.parts.options;
    if (!painter.axis) return;
    const { context } = frame;
    context.save();
    context.beginPath();
    context.rect(0, this.metrics.band, this.metrics.left, this.metrics.viewport);
    context.clip();
    for (const box of frame.lanes) painter.axis(frame, box);
    context.restore();
  }

  private drawGround(frame: Frame, total: number): void {
    const { context, theme } = frame;
    const scroll = this.scroller.scrollTop;
    context.strokeStyle = theme.border;
    context.lineWidth = 1;
    context.beginPath();
    for (const box of this.lanes.between(scroll, scroll + this.metrics.viewport)) {
      const y = Math.round(box.top - scroll + this.metrics.band + box.height) - 0.5;
      context.moveTo(this.metrics.left, y);
      context.lineTo(this.metrics.left + this.metrics.width, y);
      if (this.lanes.on[box.lane]) continue;
      context.fillStyle = theme.surface;
      context.fillRect(0, box.top - scroll + this.metrics.band, total, box.height);
    }
    context.stroke();
  }

  private drawSelection(context: CanvasRenderingContext2D, plot: Plot, bottom: number, veil: string): void {
    const range = this.parts.context.bus.selection.time;
    if (!range) return;
    const x = (micros: number): number => plot.left + Math.max(0, Math.min(1, (micros - plot.from) / (plot.to - plot.from))) * plot.width;
    const [from, to] = [x(range.from), x(range.to)];
    context.fillStyle = veil;
    context.globalAlpha = 0.68;
    context.fillRect(plot.left, this.metrics.band, from - plot.left, bottom - this.metrics.band);
    context.fillRect(to, this.metrics.band, plot.left + plot.width - to, bottom - this.metrics.band);
    context.globalAlpha = 1;
    context.strokeStyle = this.services.theme().accent;
    context.strokeRect(Math.round(from) + 0.5, this.metrics.band + 0.5, Math.max(1, Math.round(to - from)), bottom - this.metrics.band - 1);
  }

  private drawZone(context: CanvasRenderingContext2D, bottom: number): void {
    const theme = this.services.theme();
    context.font = `11px ${theme.font}`;
    context.fillStyle = theme.muted;
    context.textAlign = "right";
    const zone = zoneOf(this.parts);
    const text = zone.name === "UTC" ? "UTC" : offsetText(this.view.from, zone);
    if (this.metrics.left > 70) context.fillText(text, this.metrics.left - 10, bottom + 31);
  }

  private drawOverview(frame: Frame, total: number): void {
    const { index, mask } = this.parts.narrowing.current;
    const on = this.lanes.on.join("");
    const key = `${total}/${this.metrics.left}/${this.metrics.width}/${frame.theme.background}/${on}/${index ? 1 : 0}/${mask ? this.numberOf(mask) : 0}`;
    if (key === this.overviewKey) {
      this.parts.overview.place();
      return;
    }
    this.overviewKey = key;
    const source = mask ? frame.counts : (this.parts.bins ?? frame.counts);
    const from = this.dataset.offset(this.view.first);
    const to = this.dataset.offset(this.view.last);
    this.parts.overview.draw(this.metrics.left, this.metrics.width, total, (counts) => {
      if (index && this.parts.options.painter.overview?.({ ...frame, from, to }, this.lanes.on, counts)) return;
      for (let lane = 0; lane < this.lanes.count; lane++) if (this.lanes.on[lane]) source.count(lane, from, to, counts);
    });
    this.parts.overview.select(this.parts.context.bus.selection.time);
  }

  /** Another number for another mask. */
  private numberOf(mask: Uint8Array): number {
    if (mask !== this.lastMask) {
      this.lastMask = mask;
      this.maskNumber++;
    }
    return this.maskNumber;
  }

  private drawNames(frame: Frame): void {
    if (!this.parts.data.lane) return;
    const scroll = this.scroller.scrollTop;
    const spare = 200;
    const boxes = this.lanes.between(scroll - spare, scroll + this.metrics.viewport + spare);
    const coloured = this.parts.data.color !== null;
    const { index, mask } = this.parts.narrowing.current;
    const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
    const count = (lane: number): string => {
      const all = this.parts.data.lanes?.[lane]?.rows ?? 0;
      if (!mask || !index) return compact.format(all);
      const { colorCount } = this.dataset;
      // Rows that are not in detail may pass, too.
      const least = this.parts.data.all_rows > this.parts.data.rows ? "≥" : "";
      return least + compact.format(index.begins[(lane + 1) * colorCount]! - index.begins[lane * colorCount]!);
    };
    this.parts.gutter.show(boxes, this.metrics.left - this.parts.options.painter.axisWidth - 6, (lane) => (coloured ? null : laneColor(frame.theme, lane)), count);
  }

  /** Names of lanes, for a file. */
  names(): { text: string; y: number; color: string; alpha: number }[] {
    const scroll = this.scroller.scrollTop;
    const theme = this.services.theme();
    return this.lanes.between(scroll, scroll + this.metrics.viewport).map((box) => ({
      text: this.lanes.names[box.lane] ?? "",
      y: box.top - scroll + this.metrics.band + box.height / 2,
      color: this.parts.data.color ? theme.text : laneColor(theme, box.lane),
      alpha: this.lanes.on[box.lane] ? 1 : 0.4,
    }));
  }
}
