/** A number as SQL reads it. */
export function literalNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : "NULL";
}

/** 1, 2, 5, 10, 20, 50, ... (finer where there are few) from `low` to `high`, or only powers of ten (or every second of them, ...) where there are many. */
export function logTicks(low: number, high: number, most: number): number[] {
  if (!(low > 0) || !(high > low) || !Number.isFinite(high)) return [];
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const decades = last - first + 1;
  const stride = Math.max(1, Math.ceil(decades / Math.max(1, most)));
  const factors = decades <= 3 ? [1, 1.5, 2, 3, 5, 7] : decades * 3 <= most ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = first; power <= last; power += stride) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}
