import type { CardLine, Services } from "../registry";
import type { Cluster } from "./cluster";
import type { MapSpec } from "./map-spec";
import { valueOf } from "./narrow";

function seen(spec: MapSpec, services: Services, members: readonly number[]): CardLine[] {
  const { points } = spec;
  const lines: CardLine[] = [];
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const place of members) {
    first = Math.min(first, points.first?.[place] ?? first);
    last = Math.max(last, points.last?.[place] ?? last);
  }
  const { formatTime } = services;
  if (Number.isFinite(first)) lines.push({ name: "first", value: valueOf(formatTime(first), null) });
  if (Number.isFinite(last)) lines.push({ name: "last", value: valueOf(formatTime(last), null) });
  return lines;
}

function sums(spec: MapSpec, services: Services, members: readonly number[]): CardLine[] {
  const { points, value } = spec;
  const { formatNumber } = services;
  const rows = members.reduce((sum, place) => sum + (points.count[place] ?? 0), 0);
  const values = members.map((place) => points.value[place] ?? null).filter((one) => one !== null);
  const lines: CardLine[] = [{ name: "rows", value: valueOf(formatNumber(rows), null) }];
  if (values.length > 0) lines.push({ name: `sum of ${value?.name ?? "values"}`, value: valueOf(formatNumber(values.reduce((sum, one) => sum + one, 0)), null) });
  return lines;
}

function nameLine(spec: MapSpec, place: number): CardLine {
  const { points, label } = spec;
  const where = `${(points.latitude[place] ?? 0).toFixed(3)}, ${(points.longitude[place] ?? 0).toFixed(3)}`;
  const name = points.label[place] ?? "";
  return label ? { name: label.name, value: name ? valueOf(name, points.raw[place]) : null, sql: label.sql } : { name: "position", value: valueOf(where, null) };
}

/** What is said of a place. */
export function placeLines(spec: MapSpec, services: Services, place: number): CardLine[] {
  const { points, colors, color, label } = spec;
  const lines = [nameLine(spec, place)];
  const code = points.color?.[place] ?? null;
  if (color && points.color) lines.push({ name: color.name, value: code === null ? null : valueOf(colors[code] ?? "", spec.colors_raw?.[code]), sql: color.sql });
  lines.push(...sums(spec, services, [place]), ...seen(spec, services, [place]));
  if (label) lines.push({ name: "position", value: valueOf(`${(points.latitude[place] ?? 0).toFixed(3)}, ${(points.longitude[place] ?? 0).toFixed(3)}`, null) });
  return lines;
}

/** What is said of places together: the sums, and the six with most rows. */
export function clusterLines(spec: MapSpec, services: Services, one: Cluster): CardLine[] {
  return [...sums(spec, services, one.members), ...seen(spec, services, one.members), ...one.members.slice(0, 6).map((place) => nameLine(spec, place))];
}
