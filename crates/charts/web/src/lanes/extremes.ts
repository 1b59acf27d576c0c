/** Least and greatest of any run of numbers, without reading all of them. NaN are left out. */
export class Extremes {
  private readonly low: Float64Array;
  private readonly high: Float64Array;

  constructor(
    private readonly order: Uint32Array,
    private readonly values: Float64Array,
  ) {
    const blocks = Math.ceil(order.length / 64);
    this.low = new Float64Array(blocks).fill(Infinity);
    this.high = new Float64Array(blocks).fill(-Infinity);
    for (let place = 0; place < order.length; place++) {
      const value = values[order[place]!]!;
      const block = place >>> 6;
      if (value < this.low[block]!) this.low[block] = value;
      if (value > this.high[block]!) this.high[block] = value;
    }
  }

  /** `[Infinity, -Infinity]` where there is no number. */
  of(from: number, to: number, out: [number, number]): void {
    let low = Infinity;
    let high = -Infinity;
    let place = from;
    while (place < to) {
      if ((place & 63) === 0 && place + 64 <= to) {
        const block = place >>> 6;
        if (this.low[block]! < low) low = this.low[block]!;
        if (this.high[block]! > high) high = this.high[block]!;
        place += 64;
        continue;
      }
      const value = this.values[this.order[place]!]!;
      if (value < low) low = value;
      if (value > high) high = value;
      place++;
    }
    out[0] = low;
    out[1] = high;
  }
}

export interface Scale {
  low: number;
  high: number;
  ticks: number[];
}

/** A scale from `low` to `high` with round ticks, about `wanted` of them. */
export function niceScale(low: number, high: number, wanted: number): Scale {
  if (!(high > low)) {
    // Next to nothing has no tenth.
    const pad = Math.abs(low) > 1e-300 ? Math.abs(low) * 0.1 : 1;
    return niceScale(Number.isFinite(low) ? low - pad : 0, Number.isFinite(low) ? low + pad : 1, wanted);
  }
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step); tick <= Math.floor(high / step) && ticks.length < 50; tick++) ticks.push(tick * step);
  return { low, high, ticks };
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });

export function tickText(value: number): string {
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e15)) return value.toExponential(1);
  return compact.format(Number(value.toPrecision(12)));
}
