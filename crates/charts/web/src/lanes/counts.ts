import type { Dataset } from "../data/dataset";
import { countInto, type RowIndex } from "../data/index";
import type { CountSource } from "./frame";

/** Counts of all rows from the bins of the page: what there is before rows are decoded, and all there is of rows that are not in detail. */
export class BinCounts implements CountSource {
  private readonly perLane: number;

  constructor(
    private readonly bins: Uint32Array,
    lanes: number,
    /** Units from the first time to the end of the last unit. */
    private readonly length: number,
  ) {
    this.perLane = Math.floor(bins.length / lanes);
  }

  count(lane: number, from: number, to: number, counts: Float64Array): void {
    const perUnit = this.perLane / this.length;
    const step = (to - from) / counts.length;
    const base = lane * this.perLane;
    for (let part = 0; part < counts.length; part++) {
      const low = Math.max(0, (from + part * step) * perUnit);
      const high = Math.min(this.perLane, (from + (part + 1) * step) * perUnit);
      if (high <= low) continue;
      // A bin that lies in several parts is shared between them: no row is lost, none is counted twice.
      let sum = 0;
      for (let bin = Math.floor(low); bin < high; bin++) {
        const share = Math.min(high, bin + 1) - Math.max(low, bin);
        sum += this.bins[base + bin]! * share;
      }
      counts[part]! += sum;
    }
  }

  total(lane: number): number {
    let sum = 0;
    for (let bin = lane * this.perLane; bin < (lane + 1) * this.perLane; bin++) sum += this.bins[bin]!;
    return sum;
  }

  /** First bin with rows, as an offset. */
  firstSeen(lane: number): number {
    for (let bin = 0; bin < this.perLane; bin++) if (this.bins[lane * this.perLane + bin]) return (bin * this.length) / this.perLane;
    return Infinity;
  }
}

/** Exact counts of the rows of an index. */
export class IndexCounts implements CountSource {
  constructor(
    private readonly dataset: Dataset,
    private readonly index: RowIndex,
  ) {}

  count(lane: number, from: number, to: number, counts: Float64Array): void {
    const times = this.dataset.times;
    if (!times) return;
    for (let color = 0; color < this.dataset.colorCount; color++) {
      countInto(this.index, times, lane * this.dataset.colorCount + color, from, to, counts);
    }
  }
}
