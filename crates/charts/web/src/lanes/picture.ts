import type { Head } from "../page";
import type { Theme } from "../registry";
import { addShape, shapeOf, type Shape } from "../shell/palette";
import { shorten } from "./axis";
import { rowColor } from "./frame";

const TITLE = 34;
const LEGEND = 24;

export interface Entry {
  text: string;
  color: string;
  shape: Shape;
}

/** What the colours of a picture stand for, on one line; those that have no room are counted. */
export function drawLegend(context: CanvasRenderingContext2D, theme: Theme, entries: readonly Entry[], left: number, y: number, width: number): void {
  context.font = `12px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  let x = left;
  for (const [at, entry] of entries.entries()) {
    const text = shorten(context, entry.text, 180);
    const room = context.measureText(text).width + 34;
    if (x + room > left + width - 60 && at < entries.length - 1) {
      context.fillStyle = theme.muted;
      context.fillText(`+${entries.length - at} more`, x, y);
      return;
    }
    context.fillStyle = entry.color;
    context.beginPath();
    addShape(context, entry.shape, x + 6, y, 5);
    context.fill();
    context.fillStyle = theme.text;
    context.fillText(text, x + 16, y);
    x += room;
  }
}

/** The picture with a title, the names of the lanes and what colours mean, on its ground: a file that stands alone. */
export function exportPicture(picture: HTMLCanvasElement, theme: Theme, head: Head, names: readonly { text: string; y: number; color: string; alpha: number }[]): HTMLCanvasElement {
  const width = parseFloat(picture.style.width);
  const height = parseFloat(picture.style.height);
  const ratio = Math.max(2, picture.width / width);
  const color = head.data?.color ?? null;
  const entries = color ? color.values.map((text, code): Entry => ({ text, color: rowColor(theme, 0, code, color), shape: shapeOf(code) })) : [];
  const top = TITLE + (entries.length > 0 ? LEGEND : 0);
  const node = document.createElement("canvas");
  node.width = Math.round(width * ratio);
  node.height = Math.round((height + top) * ratio);
  const context = node.getContext("2d");
  if (!context) return node;
  context.scale(ratio, ratio);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height + top);
  context.fillStyle = theme.text;
  context.font = `600 16px ${theme.font}`;
  context.textBaseline = "middle";
  context.fillText(shorten(context, head.title || head.kind, width - 24), 12, TITLE / 2 + 2);
  drawLegend(context, theme, entries, 12, TITLE + LEGEND / 2 - 2, width - 24);
  context.drawImage(picture, 0, top, width, height);
  context.font = `13px ${theme.font}`;
  for (const name of names) {
    context.globalAlpha = name.alpha;
    context.fillStyle = name.color;
    context.fillRect(8, top + name.y - 5, 3, 10);
    context.fillStyle = theme.text;
    context.fillText(shorten(context, name.text, 200), 18, top + name.y);
  }
  context.globalAlpha = 1;
  return node;
}
