import type { SourceColumn } from "../page";

/** See FORMAT.md. */
export interface MapSpec {
  points: {
    latitude: number[];
    longitude: number[];
    label: string[];
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

/** 12,345 as 12k: there is no more room in a circle. */
export function compact(value: number): string {
  for (const [unit, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]] as const) {
    if (value >= unit) return `${value >= unit * 10 ? Math.round(value / unit) : Math.round(value / unit * 10) / 10}${letter}`;
  }
  return String(value);
}
