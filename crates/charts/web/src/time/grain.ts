import type { TimeRange } from "../registry";

/** How far a number may be from the time in microseconds that it stands for: beyond 2^53 not all of them are numbers. */
export function grain(micros: number): number {
  const size = Math.abs(micros);
  return size <= Number.MAX_SAFE_INTEGER ? 1 : 2 ** (Math.floor(Math.log2(size)) - 52);
}

/**
 * A range, both of whose ends are in it, as the first microsecond that is in it and the first one after it. What counts, lists or asks for rows of a
 * range takes these, so that all have the same rows; where not all times are numbers, rather one too many than one too few.
 */
export function halfOpen({ from, to }: TimeRange): { begin: number; end: number } {
  const [first, last] = [Math.ceil(from), Math.floor(to)];
  return { begin: grain(first) > 1 ? first - grain(first) : first, end: last + grain(last) };
}
