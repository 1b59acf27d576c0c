import type { SourceColumn } from "./page";
import type { Filter, Value } from "./registry";

/** What the labels of heads stand for: values, NULL, or the rest of a column, that is all values that have no label of their own. */

/** A text, NULL, or the rest. */
export const keyOf = (value: Value | null): string => (value === null ? "0" : value.rest ? "2" : `1${value.raw ?? value.shown}`);

/** Columns are known by their expression; where the engine did not tell it, by their name. */
export const columnKey = ({ name, sql }: SourceColumn): string => (sql === "" ? `0${name}` : `1${sql}`);

export const isOf = (filter: SourceColumn, column: SourceColumn | null | undefined): boolean => !!column && columnKey(filter) === columnKey(column);

/** The filters of these columns: a condition is on columns that a table has. */
export const filtersOn = (filters: readonly Filter[], columns: readonly (SourceColumn | null | undefined)[]): Filter[] => filters.filter((filter) => columns.some((column) => isOf(filter, column)));

/** Stands for times whose column the engine did not tell: they narrow what is seen all the same. */
export const SOME_TIME: SourceColumn = { name: "time", sql: "" };

/** A text of the table that reads so has itself as `raw`. */
export const isRestLabel = (shown: string, raw: string | null | undefined): boolean => (raw ?? null) === null && /^other \([\d,]+\)$/.test(shown);

const isNullLabel = (shown: string | null | undefined, raw: string | null | undefined): boolean =>
  (raw ?? null) === null && (shown === null || shown === undefined || shown === "NULL" || shown === "(none)");

/** A label that stands for one value. */
export function valueOf(shown: string | null | undefined, raw?: string | null): Value | null {
  return isNullLabel(shown, raw) ? null : { shown: shown ?? "", raw: raw ?? null };
}

/**
 * Labels as values. `rest` is the place of the one that stands for all others, -1 where there is none: it knows which values are not in it. With `nullApart` NULL is in none of
 * them, whether it has a label or not.
 */
export function valuesOf(labels: readonly string[], raw: readonly (string | null | undefined)[] | null | undefined, rest: number, nullApart = false): (Value | null)[] {
  const values = labels.map((shown, at) => valueOf(shown, raw?.[at]));
  if (rest < 0 || rest >= labels.length) return values;
  const named = values.filter((_, at) => at !== rest);
  if (nullApart && !named.includes(null)) named.push(null);
  values[rest] = { shown: labels[rest] ?? "", raw: null, rest: named };
  return values;
}

/** A filter without the rest: what is in the rest is what is none of the others. */
export function filterFor(column: SourceColumn, values: readonly (Value | null)[], keep: boolean): Filter {
  const { name, sql } = column;
  const rest = values.find((value) => value?.rest)?.rest;
  if (!rest) return { name, sql, values, keep };
  const chosen = new Set(values.map(keyOf));
  return { name, sql, values: rest.filter((value) => !chosen.has(keyOf(value))), keep: !keep };
}

/** Whether a value passes a filter of its column. Of the rest something passes unless all of it is left out. */
export function passesFilter(filter: Filter, value: Value | null): boolean {
  if (value?.rest) {
    const named = new Set(value.rest.map(keyOf));
    return !filter.keep || filter.values.some((wanted) => !named.has(keyOf(wanted)));
  }
  const key = keyOf(value);
  return filter.values.some((wanted) => keyOf(wanted) === key) === filter.keep;
}

/** Whether a filter names values of the rest: then a chart cannot tell which of its rows pass. */
export function divides(filter: Filter, value: Value | null): boolean {
  if (!value?.rest) return false;
  const named = new Set(value.rest.map(keyOf));
  return filter.values.some((wanted) => !named.has(keyOf(wanted)));
}
