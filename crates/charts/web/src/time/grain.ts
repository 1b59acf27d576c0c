/** How far a number may be from the time in microseconds that it stands for: beyond 2^53 not all of them are numbers. */
export function grain(micros: number): number {
  const size = Math.abs(micros);
  return size <= Number.MAX_SAFE_INTEGER ? 1 : 2 ** (Math.floor(Math.log2(size)) - 52);
}
