import type { Head } from "../page";
import type { Theme } from "../registry";
import { shorten } from "./axis";

const TITLE = 34;

/** The picture with a title and the names of the lanes, on its ground: a file that stands alone. */
export function exportPicture(picture: HTMLCanvasElement, theme: Theme, head: Head, names: readonly { text: string; y: number; color: string; alpha: number }[]): HTMLCanvasElement {
  const width = parseFloat(picture.style.width);
  const height = parseFloat(picture.style.height);
  const ratio = Math.max(2, picture.width / width);
  const node = document.createElement("canvas");
  node.width = Math.round(width * ratio);
  node.height = Math.round((height + TITLE) * ratio);
  const context = node.getContext("2d");
  if (!context) return node;
  context.scale(ratio, ratio);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height + TITLE);
  context.fillStyle = theme.text;
  context.font = `600 16px ${theme.font}`;
  context.textBaseline = "middle";
  context.fillText(shorten(context, head.title || head.kind, width - 24), 12, TITLE / 2 + 2);
  context.drawImage(picture, 0, TITLE, width, height);
  context.font = `13px ${theme.font}`;
  for (const name of names) {
    context.globalAlpha = name.alpha;
    context.fillStyle = name.color;
    context.fillRect(8, TITLE + name.y - 5, 3, 10);
    context.fillStyle = theme.text;
    context.fillText(shorten(context, name.text, 200), 18, TITLE + name.y);
  }
  context.globalAlpha = 1;
  return node;
}
