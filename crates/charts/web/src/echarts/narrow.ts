import type { SourceColumn } from "../page";
import type { Context, Filter, Selection, Table, TableColumn, TimeRange, Value, Cell } from "../registry";
import { filterCondition, timeCondition, where } from "../shell/sql";
import { filterFor, filtersOn, isOf, labelsOf, passesFilter, valuesOf } from "../values";

/** A text that is said, whatever it says. */
export const plain = (shown: string): Value => ({ shown, raw: null });

/** Whether a value (null: SQL NULL) passes the filters of its column. */
export function passes(filters: readonly Filter[], column: SourceColumn | null, value: Value | null): boolean {
  return !column || filters.every((filter) => !isOf(filter, column) || passesFilter(filter, value));
}

/** What of the selection none of these columns tells; `timed`: whether anything has a time. */
export function ignored({ filters, time }: Selection, columns: readonly (SourceColumn | null | undefined)[], timed: boolean): string[] {
  const names = filters.filter((filter) => !columns.some((column) => isOf(filter, column))).map((filter) => filter.name);
  return time && !timed ? ["time", ...names] : names;
}

/** What the labels of colours or parts stand for. Here NULL has no colour of its own, or is named apart. */
export const partValues = (names: readonly string[], raw: readonly (string | null | undefined)[] | undefined): (Value | null)[] => valuesOf(labelsOf(names, raw), true);

/** Whether something that was seen from `first` to `last` may have rows in the range. */
export function inTime(range: TimeRange | null, first: number | null | undefined, last: number | null | undefined): boolean {
  if (!range) return true;
  if (first === null || first === undefined) return false;
  return first <= range.to && (last ?? first) >= range.from;
}

/** "Only this"; again: all. */
export function only(context: Context<never>, column: SourceColumn | null, value: Value | null): void {
  if (column) context.bus.toggle({ name: column.name, sql: column.sql, values: [value], keep: true });
}

/** The condition of what the chart follows of the shared selection, and of what it adds. */
export function condition(selection: Selection, columns: readonly (SourceColumn | null | undefined)[], time: SourceColumn | null | undefined, own: readonly (string | Filter)[]): string | null {
  const times = selection.time && time ? [timeCondition(time, selection.time)] : [];
  return where([...times, ...filtersOn(selection.filters, columns).map(filterCondition), ...own.map((part) => (typeof part === "string" ? part : filterCondition(part)))]);
}

/** A table of rows that are at hand. */
export function tableOf(columns: readonly TableColumn[], rows: readonly (() => Cell[])[]): Table {
  return { columns, rows: rows.length, cells: (from, to) => rows.slice(from, to).map((row) => row()) };
}

export const numberCell = (value: number | null | undefined): Cell => (value === null || value === undefined ? null : { shown: String(Number(value.toPrecision(12))), raw: null });

export function timeCell(context: Context<never>, micros: number | null | undefined): Cell {
  return micros === null || micros === undefined ? null : { shown: context.services.formatTime(micros), raw: null };
}

/** What to leave out where parts of a chart are hidden: values of a column, null for NULL. */
export function hiddenFilter(column: SourceColumn | null, values: readonly (Value | null)[], hidden: ReadonlySet<number>): Filter[] {
  const wanted = values.filter((_, at) => hidden.has(at));
  return column && wanted.length > 0 ? [filterFor(column, wanted, false)] : [];
}
