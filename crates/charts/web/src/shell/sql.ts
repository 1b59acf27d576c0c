import type { SourceColumn } from "../page";
import type { Filter, TimeRange, Value } from "../registry";
import { halfOpen } from "../time/grain";
import { filterFor, isShared } from "../values";
import { HIDDEN } from "./hidden";

/** SQL text of what is selected, for both engines. Names come quoted from the head; texts are quoted here. */

/** Whether all of an expression is seen. */
export const isTidy = (sql: string): boolean => !HIDDEN.test(sql.replace(/[\t\r\n]/g, ""));

/** A text in quotes; what is not seen in it is written as `chr(n)`. */
export function literal(text: string): string {
  const parts: string[] = [];
  let plain = "";
  const close = (): void => {
    if (plain !== "") parts.push(`'${plain}'`);
    plain = "";
  };
  for (const character of text) {
    if (HIDDEN.test(character)) {
      close();
      parts.push(`chr(${character.codePointAt(0)})`);
    } else plain += character === "'" ? "''" : character;
  }
  close();
  return parts.length === 0 ? "''" : parts.join(" || ");
}

const rawOf = (value: Value): string => value.raw ?? value.shown;

/** What a literal without a precision may be: DataFusion counts nanoseconds in it. */
const NANOSECONDS: readonly [number, number] = [Date.UTC(1677, 8, 22) * 1000, Date.UTC(2262, 3, 11) * 1000];
/** Years 1 to 9999: no engine reads more digits in the same way. */
const YEARS: readonly [number, number] = [-62_135_596_800_000_000, 253_402_300_799_999_000];

/** `TIMESTAMP '2026-05-06 07:08:09.123456'` in UTC; null where the engines read no such time. */
export function timestamp(micros: number, zoned = false): string | null {
  const whole = Math.round(micros);
  if (!(whole >= YEARS[0] && whole <= YEARS[1])) return null;
  const milliseconds = Math.floor(whole / 1000);
  const rest = whole - milliseconds * 1000;
  const text = `${new Date(milliseconds).toISOString().slice(0, -1).replace("T", " ")}${String(Math.max(0, Math.min(999, rest))).padStart(3, "0")}`;
  const near = whole >= NANOSECONDS[0] && whole <= NANOSECONDS[1];
  if (zoned) return near ? `TIMESTAMPTZ '${text}+00:00'` : null;
  return near ? `TIMESTAMP '${text}'` : `TIMESTAMP(6) '${text}'`;
}

/** In place of a condition on a column whose expression the engine did not tell. */
export const UNKNOWN = "TRUE /* the SQL of a selected column is not known */";
/** In place of a condition on a label whose values nobody knows. */
const VAGUE = "TRUE /* which values some of the labels stand for is not known */";
const FAR = "TRUE /* the selected time is one that SQL engines do not read */";

/** From the first to the last microsecond, both included. */
export function timeCondition(column: SourceColumn, range: TimeRange): string {
  if (column.sql === "") return UNKNOWN;
  const { begin, end } = halfOpen(range);
  const from = timestamp(begin, column.zoned);
  const to = timestamp(end, column.zoned);
  const conditions = [...(from ? [`${column.sql} >= ${from}`] : []), ...(to ? [`${column.sql} < ${to}`] : [])];
  if (!from || !to) conditions.push(FAR);
  return conditions.join(" AND ");
}

/** Rows with NULL are among those that are "not this", as in the picture. */
export function filterCondition(wanted: Filter): string {
  if (wanted.sql === "") return UNKNOWN;
  if (wanted.values.some(isShared)) return VAGUE;
  const filter = filterFor(wanted, wanted.values, wanted.keep);
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

/** The condition with what it does not say. A comment has no words of data in it: they might end it. */
export function withNote(condition: string | null, searching: boolean): string | null {
  return searching ? `${condition ?? "WHERE TRUE"}\n/* the highlighted text is not part of this condition */` : condition;
}
