/**
 * Twelve colours after Okabe and Ito, with four hues between theirs. On light ground the bright ones are darker and on dark ground the dark ones
 * lighter, so that each has a contrast of 3:1 at least; where a colour stands for a value, a shape stands for it, too.
 */
export const LIGHT = [
  "#0072b2", "#d55e00", "#00805c", "#b0508f", "#b97900", "#2b8cc4", "#7d7500", "#4a4f57", "#4b3fa8", "#8f2458", "#1d8a7f", "#8a5a2b",
] as const;

export const DARK = [
  "#4fa8e0", "#f5894a", "#33c49b", "#e293c4", "#f0ae2e", "#8fd0f5", "#e6dc5a", "#c3c8d0", "#a69af5", "#e0709f", "#68cfc3", "#cfa273",
] as const;

export type Shape = "diamond" | "circle" | "square" | "up" | "down" | "cross" | "bar";

export const SHAPES: readonly Shape[] = ["diamond", "circle", "square", "up", "down", "cross", "bar"];

export function shapeOf(code: number): Shape {
  return SHAPES[code % SHAPES.length] ?? "diamond";
}

/** Adds a shape to the path of `context`; `size` is half its width. */
export function addShape(context: CanvasRenderingContext2D, shape: Shape, x: number, y: number, size: number): void {
  switch (shape) {
    case "circle":
      context.moveTo(x + size, y);
      context.arc(x, y, size, 0, Math.PI * 2);
      return;
    case "square":
      context.rect(x - size * 0.85, y - size * 0.85, size * 1.7, size * 1.7);
      return;
    case "up":
    case "down": {
      const way = shape === "up" ? 1 : -1;
      context.moveTo(x, y - size * way);
      context.lineTo(x + size, y + size * 0.8 * way);
      context.lineTo(x - size, y + size * 0.8 * way);
      context.closePath();
      return;
    }
    case "cross": {
      const arm = size * 0.36;
      context.rect(x - size, y - arm, size * 2, arm * 2);
      context.rect(x - arm, y - size, arm * 2, size - arm);
      context.rect(x - arm, y + arm, arm * 2, size - arm);
      return;
    }
    case "bar":
      context.rect(x - size * 0.4, y - size * 1.2, size * 0.8, size * 2.4);
      return;
    default:
      context.moveTo(x, y - size - 1);
      context.lineTo(x + size, y);
      context.lineTo(x, y + size + 1);
      context.lineTo(x - size, y);
      context.closePath();
  }
}

function mix(from: readonly [number, number, number], to: readonly [number, number, number], share: number): string {
  const part = (at: 0 | 1 | 2): number => Math.round(from[at] + (to[at] - from[at]) * share);
  return `rgb(${part(0)},${part(1)},${part(2)})`;
}

/** Stops of one hue whose lightness runs one way: readable without colour. */
const LIGHT_STOPS: readonly (readonly [number, number, number])[] = [[226, 238, 248], [151, 196, 228], [62, 142, 196], [16, 92, 152], [6, 40, 84]];
const DARK_STOPS: readonly (readonly [number, number, number])[] = [[30, 44, 62], [30, 84, 132], [40, 132, 190], [112, 190, 230], [232, 246, 255]];

export function sequential(share: number, dark: boolean): string {
  const stops = dark ? DARK_STOPS : LIGHT_STOPS;
  const place = Math.max(0, Math.min(1, share)) * (stops.length - 1);
  const at = Math.min(stops.length - 2, Math.floor(place));
  return mix(stops[at]!, stops[at + 1]!, place - at);
}
