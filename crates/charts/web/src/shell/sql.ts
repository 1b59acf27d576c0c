import type { Filter, TimeRange, Value } from "../registry";

/** SQL text of what is selected. Names come quoted from the head; texts are quoted here. */

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const rawOf = (value: Value): string => value.raw ?? value.shown;

/** `TIMESTAMP '2026-05-06 07:08:09.123456'`, in UTC. */
export function timestamp(micros: number): string {
  const milliseconds = Math.floor(micros / 1000);
  const rest = Math.round(micros - milliseconds * 1000);
  const text = new Date(milliseconds).toISOString().slice(0, -1).replace("T", " ");
  return `TIMESTAMP '${text}${String(rest).padStart(3, "0")}'`;
}

/** In place of a condition on a column whose expression the engine did not tell. */
const UNKNOWN = "TRUE /* the SQL of a selected column is not known */";

export function timeCondition(sql: string, range: TimeRange): string {
  if (sql === "") return UNKNOWN;
  return `${sql} BETWEEN ${timestamp(Math.ceil(range.from))} AND ${timestamp(Math.floor(range.to))}`;
}

/** Rows with NULL are among those that are "not this", as in the picture. */
export function filterCondition(filter: Filter): string {
  if (filter.sql === "") return UNKNOWN;
  const texts = filter.values.filter((value): value is Value => value !== null).map((value) => literal(rawOf(value)));
  const withNull = texts.length < filter.values.length;
  const list = texts.length === 1 ? `= ${texts[0]}` : `IN (${texts.join(", ")})`;
  if (filter.keep) {
    if (texts.length === 0) return withNull ? `${filter.sql} IS NULL` : "FALSE";
    const among = `${filter.sql} ${list}`;
    return withNull ? `(${among} OR ${filter.sql} IS NULL)` : among;
  }
  if (texts.length === 0) return withNull ? `${filter.sql} IS NOT NULL` : "TRUE";
  const notAmong = `${filter.sql} ${texts.length === 1 ? `<> ${texts[0]}` : `NOT IN (${texts.join(", ")})`}`;
  return withNull ? notAmong : `(${notAmong} OR ${filter.sql} IS NULL)`;
}

export function where(conditions: readonly string[]): string | null {
  return conditions.length === 0 ? null : `WHERE ${conditions.join("\n  AND ")}`;
}
