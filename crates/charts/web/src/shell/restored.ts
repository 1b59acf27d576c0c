import { isList } from "../lists";
import type { Head } from "../page";
import type { Filter, TimeRange } from "../registry";
import { columnKey } from "../values";

/** What an address says of the selection. An address comes from anybody. */

/** Times of an i64 of microseconds. */
const MOST = 9.3e18;

/** `<from>~<to>`; null for all that is no range of times. */
export function timeOf(text: string | null): TimeRange | null {
  const [first, second, ...more] = (text ?? "").split("~");
  if (!first?.trim() || !second?.trim() || more.length > 0) return null;
  const [from, to] = [Number(first), Number(second)];
  return Math.abs(from) <= MOST && Math.abs(to) <= MOST && from <= to ? { from, to } : null;
}

function isFilter(value: unknown): value is Filter {
  if (typeof value !== "object" || value === null) return false;
  const { name, sql, values, keep } = value as Record<string, unknown>;
  const isValue = (item: unknown): boolean => {
    if (item === null) return true;
    if (typeof item !== "object") return false;
    const { shown, raw } = item as Record<string, unknown>;
    return typeof shown === "string" && (raw === null || typeof raw === "string");
  };
  return typeof name === "string" && typeof sql === "string" && typeof keep === "boolean" && isList(values) && values.every(isValue);
}

/** The filters of an address, on columns that the page has: SQL text comes only from the heads of this page. */
export function filtersOf(text: string | null, charts: readonly Head[]): Filter[] {
  if (!text) return [];
  try {
    const filters: unknown = JSON.parse(text);
    if (!isList(filters)) return [];
    const known = columnsOf(charts);
    const plain = ({ name, sql, values, keep, turned }: Filter): Filter => ({ name, sql, keep, values: values.map((value) => value && { shown: value.shown, raw: value.raw }), ...(turned === true ? { turned } : {}) });
    return filters.filter(isFilter).filter((filter) => known.has(columnKey(filter))).map(plain);
  } catch {
    // An address that somebody has shortened: the page is shown without its filters.
    return [];
  }
}

/** All columns that the heads of a page name. */
function columnsOf(value: unknown, found = new Set<string>(), depth = 0): Set<string> {
  // Long lists hold values, never columns; columns are never deep.
  if (depth > 8 || (Array.isArray(value) && value.length > 2000)) return found;
  if (Array.isArray(value)) for (const item of value) columnsOf(item, found, depth + 1);
  else if (typeof value === "object" && value !== null) {
    const { name, sql } = value as { name?: unknown; sql?: unknown };
    if (typeof name === "string" && typeof sql === "string") found.add(columnKey({ name, sql }));
    for (const item of Object.values(value)) columnsOf(item, found, depth + 1);
  }
  return found;
}
