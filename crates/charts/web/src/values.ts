import type { SourceColumn } from "./page";
import type { Filter, Value } from "./registry";

/** What the labels of heads stand for: values, NULL, or the rest of a column, that is all values that have no label of their own. */

/** What was made for an object; it is made once. */
export function remembered<Key extends object, Made>(known: WeakMap<Key, Made>, key: Key, make: () => Made): Made {
  let made = known.get(key);
  if (made === undefined) {
    made = make();
    known.set(key, made);
  }
  return made;
}

export type Rest = Value & Required<Pick<Value, "rest">>;

/** Whether it stands for all values that have no label of their own. */
export const isRest = (value: Value | null | undefined): value is Rest => value?.rest !== undefined;

/** Whether it stands for some of them, nobody can tell which: then it gives no filter. */
export const isShared = (value: Value | null | undefined): boolean => value?.shared === true;

/** A text, NULL, or the rest. */
export const keyOf = (value: Value | null): string => (value === null ? "0" : isRest(value) ? "2" : `1${value.raw ?? value.shown}`);

/** Columns are known by their expression; where the engine did not tell it, by their name. */
export const columnKey = ({ name, sql }: SourceColumn): string => (sql === "" ? `0${name}` : `1${sql}`);

export const isOf = (filter: SourceColumn, column: SourceColumn | null | undefined): boolean => !!column && columnKey(filter) === columnKey(column);

/** The filters of these columns: a condition is on columns that a table has. */
export const filtersOn = (filters: readonly Filter[], columns: readonly (SourceColumn | null | undefined)[]): Filter[] => filters.filter((filter) => columns.some((column) => isOf(filter, column)));

/** Stands for times whose column the engine did not tell: they narrow what is seen all the same. */
export const SOME_TIME: SourceColumn = { name: "time", sql: "" };

/** A label of a head. `other`: whether the head says that it stands for the rest; not there where it says nothing. */
export interface Label {
  shown: string;
  raw?: string | null | undefined;
  other?: boolean | undefined;
}

/** Labels that a head has as lists beside each other; `lastIsRest` is what it says of the last one. */
export const labelAt = (shown: readonly string[], raw: readonly (string | null | undefined)[] | null | undefined, lastIsRest: boolean | undefined, at: number): Label => ({
  shown: shown[at] ?? "",
  raw: raw?.[at],
  other: lastIsRest && at === shown.length - 1,
});

export const labelsOf = (shown: readonly string[], raw?: readonly (string | null | undefined)[] | null, lastIsRest?: boolean): Label[] => shown.map((_, at) => labelAt(shown, raw, lastIsRest, at));

/** Where the head does not say it, the label does. A text of the table that reads so has itself as `raw`. */
export const isRestLabel = ({ shown, raw, other }: Label): boolean => other ?? ((raw ?? null) === null && /^other \([\d,]+\)$/.test(shown));

const isNullLabel = (shown: string | null | undefined, raw: string | null | undefined): boolean =>
  (raw ?? null) === null && (shown === null || shown === undefined || shown === "NULL" || shown === "(none)");

/** A label that stands for one value. */
export function valueOf(shown: string | null | undefined, raw?: string | null): Value | null {
  return isNullLabel(shown, raw) ? null : { shown: shown ?? "", raw: raw ?? null };
}

/** Labels as values. The rest knows which values are not in it; with `nullApart` NULL is not, whether it has a label or not. */
export function valuesOf(labels: readonly Label[], nullApart = false): (Value | null)[] {
  const isOther = labels.map(isRestLabel);
  const values = labels.map(({ shown, raw }) => valueOf(shown, raw));
  const others = isOther.filter(Boolean).length;
  if (others === 0) return values;
  const rest = values.filter((_, at) => !isOther[at]);
  if (nullApart && !rest.includes(null)) rest.push(null);
  return values.map((value, at) => (isOther[at] ? { shown: labels[at]!.shown, raw: null, rest, ...(others > 1 ? { shared: true } : {}) } : value));
}

/** A filter without the rest: what is in the rest is what is none of the others. */
export function filterFor({ name, sql }: SourceColumn, values: readonly (Value | null)[], keep: boolean): Filter {
  const rest = values.find(isRest)?.rest;
  if (!rest || values.some(isShared)) return { name, sql, values, keep };
  const chosen = new Set(values.map(keyOf));
  return { name, sql, values: rest.filter((value) => !chosen.has(keyOf(value))), keep: !keep, turned: true };
}

const keysOf = new WeakMap<Filter, ReadonlySet<string>>();
const keysOfRest = new WeakMap<Rest["rest"], ReadonlySet<string>>();
const reached = new WeakMap<Filter, WeakMap<Rest["rest"], boolean>>();

/** Whether a filter names values of a rest. */
function reaches(filter: Filter, { rest }: Rest): boolean {
  const known = remembered(reached, filter, () => new WeakMap<Rest["rest"], boolean>());
  return remembered(known, rest, () => {
    const named = remembered(keysOfRest, rest, () => new Set(rest.map(keyOf)));
    return filter.values.some((wanted) => !named.has(keyOf(wanted)));
  });
}

/** Whether a value passes a filter of its column. Of the rest something passes unless all of it is left out. */
export function passesFilter(filter: Filter, value: Value | null): boolean {
  if (isRest(value)) return !filter.keep || reaches(filter, value);
  return remembered(keysOf, filter, () => new Set(filter.values.map(keyOf))).has(keyOf(value)) === filter.keep;
}

/** Whether a filter names values of the rest: then a chart cannot tell which of its rows pass. */
export const divides = (filter: Filter, value: Value | null): boolean => isRest(value) && reaches(filter, value);

/** Names of the rest where filters name values in it: it is kept whole. */
export function keptWhole(filters: readonly Filter[], column: SourceColumn | null, values: readonly (Value | null)[]): string[] {
  const own = filters.filter((filter) => isOf(filter, column));
  return values.filter((value) => own.some((filter) => divides(filter, value))).map((value) => `${column?.name ?? ""} within ${value?.shown ?? ""}`);
}
