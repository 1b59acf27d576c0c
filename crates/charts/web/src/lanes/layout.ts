import type { LaneBox } from "./frame";

export type Sort = "given" | "count" | "first" | "name";

export const HIDDEN_HEIGHT = 18;

/** Which lanes there are, in which order, which of them are on, and where they lie. */
export class Lanes {
  readonly on: Uint8Array;
  order: number[];
  sort: Sort = "given";
  tops: Float64Array;
  height = 0;
  private laneHeight = 36;

  constructor(
    readonly names: readonly string[],
    private readonly counts: () => readonly number[],
    private readonly firsts: () => readonly number[],
  ) {
    this.on = new Uint8Array(names.length).fill(1);
    this.order = names.map((_, lane) => lane);
    this.tops = new Float64Array(names.length);
  }

  get count(): number {
    return this.names.length;
  }

  get onCount(): number {
    let sum = 0;
    for (const value of this.on) sum += value;
    return sum;
  }

  get allOn(): boolean {
    return this.onCount === this.count;
  }

  /** The last lane that is on stays on: an empty picture tells nothing. */
  toggle(lane: number): void {
    if (this.on[lane] && this.onCount === 1) this.on.fill(1);
    else this.on[lane] = this.on[lane] ? 0 : 1;
  }

  /** Only this lane; again: all. */
  solo(lane: number): void {
    if (this.on[lane] && this.onCount === 1) {
      this.on.fill(1);
      return;
    }
    this.on.fill(0);
    this.on[lane] = 1;
  }

  all(): void {
    this.on.fill(1);
  }

  arrange(sort: Sort): void {
    this.sort = sort;
    const lanes = this.names.map((_, lane) => lane);
    const counts = this.counts();
    const firsts = this.firsts();
    const name = (lane: number): string => this.names[lane] ?? "";
    const collator = new Intl.Collator("en", { numeric: true });
    if (sort === "count") lanes.sort((left, right) => (counts[right] ?? 0) - (counts[left] ?? 0) || left - right);
    if (sort === "first") lanes.sort((left, right) => (firsts[left] ?? 0) - (firsts[right] ?? 0) || left - right);
    if (sort === "name") lanes.sort((left, right) => collator.compare(name(left), name(right)) || left - right);
    this.order = lanes;
  }

  place(laneHeight: number): void {
    this.laneHeight = laneHeight;
    let top = 0;
    for (const lane of this.order) {
      this.tops[lane] = top;
      top += this.on[lane] ? laneHeight : HIDDEN_HEIGHT;
    }
    this.height = top;
  }

  heightOf(lane: number): number {
    return this.on[lane] ? this.laneHeight : HIDDEN_HEIGHT;
  }

  /** Lanes that lie between two heights, on or off. */
  between(from: number, to: number): LaneBox[] {
    const boxes: LaneBox[] = [];
    let low = 0;
    let high = this.order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const lane = this.order[middle]!;
      if (this.tops[lane]! + this.heightOf(lane) <= from) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < this.order.length; at++) {
      const lane = this.order[at]!;
      const top = this.tops[lane]!;
      if (top >= to) break;
      boxes.push({ lane, top, height: this.heightOf(lane) });
    }
    return boxes;
  }
}
