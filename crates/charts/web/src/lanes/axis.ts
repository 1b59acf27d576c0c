import type { Reference } from "../page";
import type { Theme } from "../registry";
import { timeTicks, type Tick } from "../time/ticks";
import type { Zone } from "../time/zone";

export const AXIS_HEIGHT = 36;
const LABEL_HEIGHT = 15;
const MOST_LEVELS = 4;

export interface Plot {
  left: number;
  width: number;
  from: number;
  to: number;
}

const place = (plot: Plot, micros: number): number => plot.left + ((micros - plot.from) / (plot.to - plot.from)) * plot.width;

export function ticksOf(plot: Plot, zone: Zone): Tick[] {
  return timeTicks(plot.from, plot.to, plot.width / 58, zone);
}

export function drawGrid(context: CanvasRenderingContext2D, plot: Plot, ticks: readonly Tick[], top: number, bottom: number, theme: Theme): void {
  context.strokeStyle = theme.grid;
  context.lineWidth = 1;
  context.beginPath();
  for (const tick of ticks) {
    const x = Math.round(place(plot, tick.at)) + 0.5;
    context.moveTo(x, top);
    context.lineTo(x, bottom);
  }
  context.stroke();
}

/** Times below the plot: a line of small units, and below it a line of large units where they change. */
export function drawAxis(context: CanvasRenderingContext2D, plot: Plot, ticks: readonly Tick[], top: number, theme: Theme): void {
  context.textBaseline = "alphabetic";
  context.textAlign = "center";
  context.font = `11.5px ${theme.font}`;
  const right = plot.left + plot.width;
  let end = -Infinity;
  let contextEnd = -Infinity;
  context.strokeStyle = theme.border;
  context.beginPath();
  context.moveTo(plot.left, top + 0.5);
  context.lineTo(right, top + 0.5);
  context.stroke();
  for (const tick of ticks) {
    const x = place(plot, tick.at);
    const width = context.measureText(tick.text).width;
    if (x - width / 2 < end + 8 || x - width / 2 < 0 || x + width / 2 > right + 8) continue;
    context.fillStyle = theme.muted;
    context.fillText(tick.text, x, top + 15);
    end = x + width / 2;
  }
  context.font = `600 11.5px ${theme.font}`;
  context.textAlign = "left";
  ticks.forEach((tick, at) => {
    if (!tick.context) return;
    const width = context.measureText(tick.context).width;
    const x = Math.min(Math.max(plot.left, place(plot, tick.at) - (at === 0 ? width / 2 : 14)), right - width);
    // The first one yields to a change that follows closely: the change is news.
    const next = ticks.slice(at + 1).find((other) => other.context);
    if (at === 0 && next && place(plot, next.at) - 14 < x + width + 10) return;
    if (x < contextEnd + 10) return;
    context.fillStyle = theme.text;
    context.fillText(tick.context, x, top + 31);
    contextEnd = x + width;
  });
}

/** Reference lines whose labels are stacked, so that none covers another. Far too many labels are counted, not dropped. */
export class References {
  private sorted: { at: number; label: string; width: number }[] = [];
  private font = "";

  constructor(private readonly references: readonly Reference[]) {}

  /** How many lines of labels are needed at full width. */
  levels(context: CanvasRenderingContext2D, plot: Plot, theme: Theme): number {
    if (this.references.length === 0) return 0;
    this.measure(context, theme);
    return this.stack(plot).reduce((most, label) => Math.max(most, Math.min(MOST_LEVELS, label.level + 1)), 1);
  }

  private measure(context: CanvasRenderingContext2D, theme: Theme): void {
    const font = `600 11.5px ${theme.font}`;
    context.font = font;
    if (this.font === font && this.sorted.length > 0) return;
    this.font = font;
    this.sorted = this.references.map((reference) => {
      const label = shorten(context, reference.label, 220);
      return { at: reference.time, label, width: context.measureText(label).width };
    });
  }

  private stack(plot: Plot): { x: number; text: string; left: number; level: number }[] {
    const ends = new Array<number>(MOST_LEVELS).fill(-Infinity);
    const out: { x: number; text: string; left: number; level: number }[] = [];
    for (const { at, label, width } of this.sorted) {
      if (at < plot.from || at > plot.to) continue;
      const x = place(plot, at);
      const left = x + 4 + width > plot.left + plot.width + 8 ? Math.max(4, x - 4 - width) : x + 4;
      const level = ends.findIndex((end) => end + 8 < left);
      if (level < 0) {
        out.push({ x, text: "", left, level: MOST_LEVELS });
        continue;
      }
      ends[level] = left + width;
      out.push({ x, text: label, left, level });
    }
    return out;
  }

  draw(context: CanvasRenderingContext2D, plot: Plot, top: number, levels: number, bottom: number, theme: Theme): void {
    if (this.references.length === 0) return;
    this.measure(context, theme);
    context.font = this.font;
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    let unnamed = 0;
    for (const { x, text, left, level } of this.stack(plot)) {
      const line = top + (Math.min(level, levels - 1) + 1) * LABEL_HEIGHT - 12;
      const at = Math.round(x) + 0.5;
      context.strokeStyle = theme.danger;
      context.setLineDash([5, 3]);
      context.beginPath();
      context.moveTo(at, line);
      context.lineTo(at, bottom);
      context.stroke();
      context.setLineDash([]);
      if (level >= levels || !text) {
        unnamed++;
        continue;
      }
      context.fillStyle = theme.danger;
      context.fillText(text, left, top + (level + 1) * LABEL_HEIGHT - 3);
    }
    if (unnamed > 0) {
      const text = `+${unnamed} labels: zoom in`;
      context.textAlign = "right";
      context.fillStyle = theme.danger;
      context.fillText(text, plot.left - 8, top + LABEL_HEIGHT - 3);
    }
  }

  /** References within `reach` pixels of `x`. */
  near(plot: Plot, x: number, reach: number): Reference[] {
    return this.references.filter((reference) => Math.abs(place(plot, reference.time) - x) <= reach);
  }
}

export const referenceBand = (levels: number): number => (levels === 0 ? 6 : levels * LABEL_HEIGHT + 4);

export function shorten(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let low = 0;
  let high = Math.min(text.length, 400);
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}
