/** A number as SQL reads it. */
export function literalNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : "NULL";
}
