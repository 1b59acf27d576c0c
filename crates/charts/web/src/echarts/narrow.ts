import type { SourceColumn } from "../page";
import type { Context, Filter, Selection, Table, TableColumn, TimeRange, Value, Cell } from "../registry";
import { filterCondition, timeCondition, where } from "../shell/sql";

export const valueOf = (shown: string, raw: string | null | undefined): Value => ({ shown, raw: raw ?? null });

const actual = (value: Value): string => value.raw ?? value.shown;

/** Whether a value (null: SQL NULL) passes the filters of its column. */
export function passes(filters: readonly Filter[], column: SourceColumn | null, value: Value | null): boolean {
  if (!column) return true;
  for (const filter of filters) {
    if (filter.sql !== column.sql) continue;
    const known = filter.values.some((other) => (value === null || other === null ? value === other : actual(other) === actual(value)));
    if (known !== filter.keep) return false;
  }
  return true;
}

/** Whether something that was seen from `first` to `last` may have rows in the range. */
export function inTime(range: TimeRange | null, first: number | null | undefined, last: number | null | undefined): boolean {
  if (!range) return true;
  if (first === null || first === undefined) return false;
  return first <= range.to && (last ?? first) >= range.from;
}

/** Whether a column has a filter, and this value is one of those to keep. */
export function isKept(filters: readonly Filter[], column: SourceColumn | null): boolean {
  return column !== null && filters.some((filter) => filter.sql === column.sql);
}

/** "Only this"; again: all. */
export function only(context: Context<never>, column: SourceColumn | null, value: Value | null): void {
  if (column) context.bus.toggle({ name: column.name, sql: column.sql, values: [value], keep: true });
}

/** The condition of the shared selection and of what this chart adds. */
export function condition(selection: Selection, time: SourceColumn | null | undefined, own: readonly (string | Filter)[]): string | null {
  const times = selection.time && time ? [timeCondition(time.sql, selection.time)] : [];
  return where([...times, ...selection.filters.map(filterCondition), ...own.map((part) => (typeof part === "string" ? part : filterCondition(part)))]);
}

/** A table of rows that are at hand. */
export function tableOf(columns: readonly TableColumn[], rows: readonly (() => Cell[])[]): Table {
  return { columns, rows: rows.length, cells: (from, to) => rows.slice(from, to).map((row) => row()) };
}

export const numberCell = (value: number | null | undefined): Cell => (value === null || value === undefined ? null : { shown: String(Number(value.toPrecision(12))), raw: null });

export function timeCell(context: Context<never>, micros: number | null | undefined): Cell {
  return micros === null || micros === undefined ? null : { shown: context.services.formatTime(micros), raw: null };
}

/**
 * What to leave out where parts of a chart are hidden: values of a column, null for NULL. A colour that several values share is not among them:
 * the page does not know which they are.
 */
export function hiddenFilter(column: SourceColumn | null, names: readonly string[], raw: readonly (string | null | undefined)[], hidden: ReadonlySet<number>): Filter[] {
  if (!column || hidden.size === 0) return [];
  const values: (Value | null)[] = [];
  names.forEach((name, at) => {
    const made = (raw[at] ?? null) === null;
    if (!hidden.has(at) || (made && at === 11 && /^other \([\d,]+\)$/.test(name))) return;
    values.push(made && name === "(none)" && at === names.length - 1 ? null : valueOf(name, raw[at]));
  });
  return values.length > 0 ? [{ ...column, values, keep: false }] : [];
}
