import type { Head } from "../page";
import type { Theme } from "../registry";
import { isOf } from "../values";
import type { Column, Rows } from "./model";

const MOST = 11;

/** What colours the boxes: one column, its values that occur most; all others are grey. */
export interface Coloring {
  column: number;
  /** For each code of the column its colour, -1 for grey. */
  colorOf: Int8Array;
  values: { shown: string; color: number; rows: number; code: number }[];
  others: number;
}

export function coloring(rows: Rows, column: number): Coloring | null {
  const source: Column | undefined = rows.columns[column];
  if (!source) return null;
  const counts = new Uint32Array(source.cells.length);
  for (const code of source.codes) counts[code]!++;
  const order = [...counts.keys()].filter((code) => counts[code]! > 0 && source.cells[code] !== null).sort((left, right) => counts[right]! - counts[left]! || left - right);
  const colorOf = new Int8Array(source.cells.length).fill(-1);
  const values = order.slice(0, MOST).map((code, color) => {
    colorOf[code] = color;
    return { shown: source.cells[code]?.shown ?? "", color, rows: counts[code]!, code };
  });
  const others = order.slice(MOST).reduce((sum, code) => sum + counts[code]!, 0);
  return { column, colorOf, values, others };
}

export function boxColor(theme: Theme, rows: Rows, colors: Coloring | null, row: number): string {
  if (!colors || theme.forced) return theme.forced ? theme.text : theme.accent;
  const color = colors.colorOf[rows.columns[colors.column]!.codes[row]!]!;
  return color < 0 ? theme.muted : (theme.categories[color] ?? theme.muted);
}

/** The column that colours first: that of the head, else the label. */
export function firstColumn(head: Head, rows: Rows, label: number): number {
  const color = head.data?.color;
  const found = rows.columns.findIndex((column) => isOf(column, color));
  return found >= 0 ? found : label;
}
