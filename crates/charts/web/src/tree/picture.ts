import { shorten } from "../lanes/axis";
import type { Head } from "../page";
import type { Theme } from "../registry";

const ROW = 26;
const TITLE = 40;
const MOST = 400;

export interface PictureLine {
  depth: number;
  label: string;
  detail: string;
  color: string;
  dim: boolean;
}

/** The rows from the first that is seen, as a picture; how many are not on it is written below. */
export function treePicture(theme: Theme, head: Head, rows: Uint32Array, width: number, line: (row: number) => PictureLine): HTMLCanvasElement {
  const shown = rows.subarray(0, MOST);
  const rest = rows.length - shown.length;
  const height = TITLE + shown.length * ROW + (rest > 0 ? ROW : 8);
  const ratio = shown.length > 120 ? 1 : 2;
  const node = document.createElement("canvas");
  node.width = width * ratio;
  node.height = height * ratio;
  const context = node.getContext("2d");
  if (!context) return node;
  context.scale(ratio, ratio);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height);
  context.textBaseline = "middle";
  context.fillStyle = theme.text;
  context.font = `600 16px ${theme.font}`;
  context.fillText(shorten(context, head.title || "Process tree", width - 24), 12, TITLE / 2);
  shown.forEach((row, at) => {
    const { depth, label, detail, color, dim } = line(row);
    const x = 12 + (depth - 1) * 18;
    const y = TITLE + at * ROW;
    context.globalAlpha = dim ? 0.45 : 1;
    context.fillStyle = theme.surface;
    context.fillRect(x, y + 2, width - x - 12, ROW - 4);
    context.fillStyle = color;
    context.fillRect(x, y + 2, 4, ROW - 4);
    context.fillStyle = theme.text;
    context.font = `600 13px ${theme.font}`;
    const name = shorten(context, label, 260);
    context.fillText(name, x + 12, y + ROW / 2);
    const used = context.measureText(name).width;
    context.font = `12px ${theme.font}`;
    context.fillStyle = theme.muted;
    context.fillText(shorten(context, detail, Math.max(20, width - x - used - 50)), x + 24 + used, y + ROW / 2);
  });
  context.globalAlpha = 1;
  if (rest > 0) {
    context.fillStyle = theme.muted;
    context.fillText(`and ${rest.toLocaleString("en")} more processes`, 12, height - ROW / 2);
  }
  return node;
}
