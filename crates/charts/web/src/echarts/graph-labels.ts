export type Side = "right" | "left" | "top" | "bottom";

export interface Spot {
  x: number;
  y: number;
  /** Half the size of the node, in pixels. */
  radius: number;
  width: number;
}

type Box = readonly [number, number, number, number];

const CELL = 48;
const HEIGHT = 14;

/** Boxes by squares, so that thousands of them can be asked. */
class Boxes {
  private readonly squares = new Map<number, Box[]>();

  private *keys(box: Box): Generator<number> {
    for (let x = Math.floor(box[0] / CELL); x <= Math.floor(box[2] / CELL); x++) {
      for (let y = Math.floor(box[1] / CELL); y <= Math.floor(box[3] / CELL); y++) yield x * 100_003 + y;
    }
  }

  add(box: Box): void {
    for (const key of this.keys(box)) {
      const list = this.squares.get(key);
      if (list) list.push(box);
      else this.squares.set(key, [box]);
    }
  }

  meets(box: Box): boolean {
    for (const key of this.keys(box)) {
      for (const other of this.squares.get(key) ?? []) {
        if (box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]) return true;
      }
    }
    return false;
  }
}

function boxOf(spot: Spot, side: Side): Box {
  const gap = spot.radius + 3;
  if (side === "right") return [spot.x + gap, spot.y - HEIGHT / 2, spot.x + gap + spot.width, spot.y + HEIGHT / 2];
  if (side === "left") return [spot.x - gap - spot.width, spot.y - HEIGHT / 2, spot.x - gap, spot.y + HEIGHT / 2];
  const [top, left] = [side === "top" ? spot.y - gap - HEIGHT : spot.y + gap, spot.x - spot.width / 2];
  return [left, top, left + spot.width, top + HEIGHT];
}

/**
 * Which nodes have their name beside them, and on which side: names cover neither nodes nor one another, and end where the picture ends. `order` has the
 * nodes by weight; `spots` those that can be seen. The first `leading` may cover nodes: in a crowd it is them one looks for.
 */
export function placeLabels(order: readonly number[], spots: ReadonlyMap<number, Spot>, width: number, height: number, most: number, leading: number): Map<number, Side> {
  const boxes = new Boxes();
  const names = new Boxes();
  for (const { x, y, radius } of spots.values()) {
    const half = radius * 0.8;
    boxes.add([x - half, y - half, x + half, y + half]);
  }
  const placed = new Map<number, Side>();
  let rank = 0;
  for (const node of order) {
    rank += 1;
    if (placed.size >= most) break;
    const spot = spots.get(node);
    if (!spot || spot.x < 0 || spot.y < 0 || spot.x > width || spot.y > height) continue;
    for (const side of ["right", "left", "bottom", "top"] as const) {
      const box = boxOf(spot, side);
      if (box[0] < 0 || box[2] > width || box[1] < 0 || box[3] > height || names.meets(box) || (rank > leading && boxes.meets(box))) continue;
      names.add(box);
      placed.set(node, side);
      break;
    }
  }
  return placed;
}
