import type { CardLine, Services, Value } from "../registry";
import type { Cluster } from "./cluster";
import { placeValue, type MapSpec } from "./map-spec";
import { plain } from "./narrow";

function seen(spec: MapSpec, services: Services, members: readonly number[]): CardLine[] {
  const { points } = spec;
  const lines: CardLine[] = [];
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const place of members) {
    first = Math.min(first, points.first?.[place] ?? first);
    last = Math.max(last, points.last?.[place] ?? last);
  }
  const { formatTime } = services;
  if (Number.isFinite(first)) lines.push({ name: "first", value: plain(formatTime(first)) });
  if (Number.isFinite(last)) lines.push({ name: "last", value: plain(formatTime(last)) });
  return lines;
}

function sums(spec: MapSpec, services: Services, members: readonly number[]): CardLine[] {
  const { points, value } = spec;
  const { formatNumber } = services;
  const rows = members.reduce((sum, place) => sum + (points.count[place] ?? 0), 0);
  const values = members.map((place) => points.value[place] ?? null).filter((one) => one !== null);
  const lines: CardLine[] = [{ name: "rows", value: plain(formatNumber(rows)) }];
  if (values.length > 0) lines.push({ name: `sum of ${value?.name ?? "values"}`, value: plain(formatNumber(values.reduce((sum, one) => sum + one, 0))) });
  return lines;
}

function nameLine(spec: MapSpec, place: number): CardLine {
  const { points, label } = spec;
  const where = `${(points.latitude[place] ?? 0).toFixed(3)}, ${(points.longitude[place] ?? 0).toFixed(3)}`;
  return label ? { name: label.name, value: placeValue(spec, place), sql: label.sql } : { name: "position", value: plain(where) };
}

/** What is said of a place. */
export function placeLines(spec: MapSpec, services: Services, place: number, colors: readonly (Value | null)[]): CardLine[] {
  const { points, color, label } = spec;
  const lines = [nameLine(spec, place)];
  const code = points.color?.[place] ?? null;
  if (color && points.color) lines.push({ name: color.name, value: code === null ? null : (colors[code] ?? null), sql: color.sql });
  lines.push(...sums(spec, services, [place]), ...seen(spec, services, [place]));
  if (label) lines.push({ name: "position", value: plain(`${(points.latitude[place] ?? 0).toFixed(3)}, ${(points.longitude[place] ?? 0).toFixed(3)}`) });
  return lines;
}

/** What is said of places together: the sums, and the six with most rows. */
export function clusterLines(spec: MapSpec, services: Services, one: Cluster): CardLine[] {
  return [...sums(spec, services, one.members), ...seen(spec, services, one.members), ...one.members.slice(0, 6).map((place) => nameLine(spec, place))];
}
