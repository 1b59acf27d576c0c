import type { SourceColumn } from "../page";
import type { Value } from "../registry";
import { valueOf } from "../values";

/** See FORMAT.md. */
export interface MapSpec {
  points: {
    latitude: number[];
    longitude: number[];
    label: (string | null)[];
    raw: (string | null)[];
    count: number[];
    value: (number | null)[];
    first: (number | null)[] | null;
    last: (number | null)[] | null;
    color: (number | null)[] | null;
  };
  colors: string[];
  colors_raw?: (string | null)[];
  label: SourceColumn | null;
  value: SourceColumn | null;
  color: SourceColumn | null;
  time?: SourceColumn | null;
  /** West, south, east, north of what is seen first. */
  view?: [number, number, number, number] | null;
}

/** The value of a place. NULL is a place without a text; a text that is empty has itself as `raw`. */
export function placeValue({ points }: MapSpec, place: number): Value | null {
  const shown = points.label[place] ?? null;
  return shown === "" && (points.raw[place] ?? null) === null ? null : valueOf(shown, points.raw[place]);
}

/** What is written beside a place. */
export const placeName = (spec: MapSpec, place: number): string => (spec.label ? (placeValue(spec, place)?.shown ?? "NULL") : "");

/** 12,345 as 12k: there is no more room in a circle. */
export function compact(value: number): string {
  for (const [unit, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]] as const) {
    if (value >= unit) return `${value >= unit * 10 ? Math.round(value / unit) : Math.round(value / unit * 10) / 10}${letter}`;
  }
  return String(value);
}
