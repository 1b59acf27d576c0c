import type { TimeRange } from "../registry";

/** Which part of the time axis is seen, and which parts were seen before. */
export class View {
  from: number;
  to: number;
  private readonly past: TimeRange[] = [];
  private readonly future: TimeRange[] = [];
  private settled: TimeRange;
  private timer = 0;
  private held = false;

  constructor(
    readonly first: number,
    public last: number,
    /** The shortest range: ten units of the times. */
    private readonly shortest: number,
    private readonly changed: () => void,
    /** Called when a movement has come to rest. */
    private readonly rested: () => void,
  ) {
    this.from = first;
    this.to = last;
    this.settled = this.range();
  }

  /** The axis is longer than was known: bars end after the last one begins. */
  extend(last: number): void {
    if (last <= this.last) return;
    const whole = this.isWhole;
    this.last = last + (last - this.first) * 0.008;
    if (whole) this.begin(this.first, this.last);
  }

  range(): TimeRange {
    return { from: this.from, to: this.to };
  }

  get isWhole(): boolean {
    return this.from <= this.first && this.to >= this.last;
  }

  /** Goes there, within the axis. A movement of many steps is one entry of the history. */
  show(from: number, to: number): void {
    let low = Math.min(from, to);
    let high = Math.max(from, to);
    if (high - low < this.shortest) {
      const middle = (low + high) / 2;
      low = middle - this.shortest / 2;
      high = middle + this.shortest / 2;
    }
    const length = Math.min(high - low, this.last - this.first);
    if (low < this.first) {
      low = this.first;
      high = low + length;
    }
    if (high > this.last) {
      high = this.last;
      low = high - length;
    }
    if (low === this.from && high === this.to) return;
    this.from = low;
    this.to = high;
    this.changed();
    clearTimeout(this.timer);
    if (!this.held) this.timer = window.setTimeout(() => this.settle(), 350);
  }

  /** Until `release` all is one movement, however slow. */
  hold(): void {
    if (this.timer) this.settle();
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.settle();
  }

  zoom(around: number, factor: number): void {
    this.show(around - (around - this.from) * factor, around + (this.to - around) * factor);
  }

  pan(by: number): void {
    this.show(this.from + by, this.to + by);
  }

  whole(): void {
    this.show(this.first, this.last);
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.settled.from === this.from && this.settled.to === this.to) return;
    this.past.push(this.settled);
    if (this.past.length > 200) this.past.shift();
    this.future.length = 0;
    this.settled = this.range();
    this.rested();
  }

  get canGoBack(): boolean {
    return this.past.length > 0;
  }

  get canGoForward(): boolean {
    return this.future.length > 0;
  }

  back(): void {
    if (this.timer) this.settle();
    this.travel(this.past, this.future);
  }

  forward(): void {
    this.travel(this.future, this.past);
  }

  private travel(source: TimeRange[], target: TimeRange[]): void {
    const there = source.pop();
    if (!there) return;
    target.push(this.settled);
    this.settled = there;
    this.from = there.from;
    this.to = there.to;
    this.changed();
    this.rested();
  }

  /** Without history: for a state that comes with the address of the page. */
  begin(from: number, to: number): void {
    this.show(from, to);
    clearTimeout(this.timer);
    this.timer = 0;
    this.settled = this.range();
  }
}
