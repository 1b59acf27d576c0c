import type { Theme } from "../registry";
import { colorOf } from "./legend";

/** What is drawn for a place or several: sizes in pixels. */
export interface Mark {
  at: [number, number];
  radius: number;
  /** Rows by colour; null where there are none. */
  parts: { color: number | null; rows: number }[];
  /** Text in the middle of a cluster, beside a place. */
  text: string;
  isCluster: boolean;
  lit: boolean;
  found: boolean;
}

/** Elements of ECharts for one mark: a ring of its colours around a number, or a dot. */
export function elements(mark: Mark, at: readonly [number, number], theme: Theme): unknown {
  const [x, y] = at;
  const opacity = mark.lit ? 1 : 0.16;
  const children: unknown[] = [];
  if (mark.found) children.push({ type: "circle", shape: { cx: x, cy: y, r: mark.radius + 5 }, style: { fill: "none", stroke: theme.text, lineWidth: 1.5, opacity }, silent: true });
  if (!mark.isCluster) {
    children.push({ type: "circle", shape: { cx: x, cy: y, r: mark.radius }, style: { fill: colorOf(theme, mark.parts[0]?.color ?? 0), stroke: theme.background, lineWidth: 1.2, opacity: opacity * 0.92 } });
    if (mark.text) {
      children.push({
        type: "text", silent: true,
        style: { text: mark.text, x: x + mark.radius + 4, y, verticalAlign: "middle", fill: theme.text, fontSize: 11, fontFamily: theme.font, stroke: theme.background, lineWidth: 3, opacity },
      });
    }
    return { type: "group", children };
  }
  const ring = Math.max(3.5, mark.radius * 0.24);
  children.push({ type: "circle", shape: { cx: x, cy: y, r: mark.radius + 1.5 }, style: { fill: theme.background, opacity, shadowBlur: 5, shadowColor: "rgba(0,0,0,0.3)" } });
  const total = mark.parts.reduce((sum, part) => sum + part.rows, 0) || 1;
  let angle = -Math.PI / 2;
  for (const part of mark.parts) {
    const next = angle + (part.rows / total) * Math.PI * 2;
    children.push({
      type: "sector", shape: { cx: x, cy: y, r: mark.radius, r0: mark.radius - ring, startAngle: angle, endAngle: next, clockwise: true },
      style: { fill: colorOf(theme, part.color ?? 0), opacity },
    });
    angle = next;
  }
  children.push({
    type: "text", silent: true,
    style: { text: mark.text, x, y: y + 0.5, align: "center", verticalAlign: "middle", fill: theme.text, fontSize: mark.radius > 17 ? 12 : 11, fontWeight: 600, fontFamily: theme.font, opacity },
  });
  return { type: "group", children };
}
