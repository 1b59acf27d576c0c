import type { Point } from "./project";

export interface Cluster {
  /** The places in it, those with most rows first. */
  members: number[];
  at: Point;
  rows: number;
}

/**
 * Joins places that are closer than `radius`: the one with most rows takes its neighbours, then the next that is left. `order` has the places by rows.
 * Places at the very same spot stay together however close the view is.
 */
export function cluster(order: readonly number[], at: readonly Point[], rows: readonly number[], radius: number): Cluster[] {
  const first = gather(order, at, rows, radius);
  // The middle of a cluster lies off its largest place, towards the others: what now covers one another is joined once more.
  const sums = first.map((one) => one.rows);
  const bySum = first.map((_, one) => one).sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0) || a - b);
  const second = gather(bySum, first.map((one) => one.at), sums, radius * 0.85);
  return second.map(({ members, at, rows: sum }) => {
    const places = members.flatMap((one) => first[one]?.members ?? []);
    places.sort((a, b) => (rows[b] ?? 0) - (rows[a] ?? 0) || a - b);
    return { members: places, at, rows: sum };
  });
}

const NEXT = [-1, 0, 1];

function gather(order: readonly number[], at: readonly Point[], rows: readonly number[], radius: number): Cluster[] {
  const cell = (value: number): number => Math.floor(value / radius);
  const key = (column: number, row: number): string => `${column}:${row}`;
  const grid = new Map<string, number[]>();
  for (const place of order) {
    const [x, y] = at[place] ?? [0, 0];
    const name = key(cell(x), cell(y));
    const list = grid.get(name);
    if (list) list.push(place);
    else grid.set(name, [place]);
  }
  const taken = new Set<number>();
  const clusters: Cluster[] = [];
  for (const place of order) {
    if (taken.has(place)) continue;
    const [x, y] = at[place] ?? [0, 0];
    const members: number[] = [place];
    taken.add(place);
    for (const across of NEXT) {
      for (const down of NEXT) {
        // So far out that a step leads nowhere a cell is met several times.
        for (const other of grid.get(key(cell(x) + across, cell(y) + down)) ?? []) {
          const [otherX, otherY] = at[other] ?? [0, 0];
          if (taken.has(other) || !(Math.hypot(otherX - x, otherY - y) <= radius)) continue;
          taken.add(other);
          members.push(other);
        }
      }
    }
    let [sum, meanX, meanY] = [0, 0, 0];
    for (const member of members) {
      const weight = Math.max(1, rows[member] ?? 1);
      const [memberX, memberY] = at[member] ?? [x, y];
      sum += rows[member] ?? 0;
      meanX += memberX * weight;
      meanY += memberY * weight;
    }
    const weights = members.reduce((total, member) => total + Math.max(1, rows[member] ?? 1), 0);
    members.sort((a, b) => (rows[b] ?? 0) - (rows[a] ?? 0) || a - b);
    clusters.push({ members, at: [meanX / weights, meanY / weights], rows: sum });
  }
  return clusters;
}
