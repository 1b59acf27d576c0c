import type { SourceColumn } from "../page";
import type { TimeRange } from "../registry";
import { UNKNOWN } from "../shell/sql";
import { grain } from "../time/grain";
import { literalNumber } from "./numbers";

/** First and last of several bins beside each other. */
export type Run = readonly [number, number];

/** Bins of a histogram: each has its lower edge, the last one also its upper edge. */
export class Bins {
  readonly count: number;

  constructor(readonly edges: readonly number[]) {
    this.count = Math.max(0, edges.length - 1);
  }

  low(bin: number): number {
    return this.edges[bin] ?? 0;
  }

  high(bin: number): number {
    return this.edges[bin + 1] ?? 0;
  }

  isLast(bin: number): boolean {
    return bin === this.count - 1;
  }

  /** The bin of a number; the nearest one of numbers beyond. */
  of(value: number): number {
    let [low, high] = [0, Math.max(0, this.count - 1)];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.low(middle) <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The times of bins, both ends included. */
  times([first, last]: Run): TimeRange {
    const end = Math.ceil(this.high(last));
    return { from: this.low(first), to: this.isLast(last) ? this.high(last) : end - grain(end) };
  }

  /** The bins that have just these times; null where there are none. */
  run(range: TimeRange): Run | null {
    if (this.count === 0) return null;
    const run: Run = [this.of(range.from), this.of(range.to)];
    const { from, to } = this.times(run);
    return from === range.from && to === range.to ? run : null;
  }

  /** Whether a bin has times of the range. */
  meets(bin: number, { from, to }: TimeRange): boolean {
    return this.low(bin) <= to && (this.isLast(bin) ? this.high(bin) >= from : this.high(bin) > from);
  }

  /** Conditions of the numbers in bins. */
  conditions({ sql }: SourceColumn, [first, last]: Run): string[] {
    if (sql === "") return [UNKNOWN];
    return [`${sql} >= ${literalNumber(this.low(first))}`, `${sql} ${this.isLast(last) ? "<=" : "<"} ${literalNumber(this.high(last))}`];
  }
}
