import { isList } from "../lists";

/** Miller's cylindrical projection: close to Mercator where people live, and with poles. Both axes in degrees of the equator. */

export type Point = [number, number];

const DEGREE = Math.PI / 180;

export function project(longitude: number, latitude: number): Point {
  const bounded = Math.max(-90, Math.min(90, latitude));
  return [longitude, (1.25 * Math.log(Math.tan(Math.PI / 4 + 0.4 * bounded * DEGREE))) / DEGREE];
}

/** Rings and lines of the block `world`, projected. */
export function unpack(lists: unknown, place: (longitude: number, latitude: number) => Point = project): Point[][] {
  if (!isList(lists)) return [];
  return lists.map((points: unknown) => {
    let [x, y] = [0, 0];
    return (isList(points) ? points : []).map((step: unknown) => {
      const [dx, dy] = step as Point;
      x += dx;
      y += dy;
      return place(x / 100, y / 100);
    });
  });
}

/** Above zero where a ring turns left. */
export function turn(ring: readonly Point[]): number {
  let sum = 0;
  ring.forEach(([x, y], at) => {
    const [beforeX, beforeY] = ring[(at + ring.length - 1) % ring.length] ?? [x, y];
    sum += beforeX * y - x * beforeY;
  });
  return sum;
}

interface Feature {
  type: "Feature";
  properties: { name: string };
  geometry: unknown;
}

/** Degrees as they are. */
export const plain = (longitude: number, latitude: number): Point => [longitude, latitude];

/** The world as ECharts takes it: positions are projected already, for options they are `plain`. */
export function geography(block: unknown, place: typeof project = project): { type: "FeatureCollection"; features: Feature[] } {
  const { land, borders } = (block ?? {}) as { land?: unknown; borders?: unknown };
  const polygons: Point[][][] = [];
  for (const ring of unpack(land, place)) {
    const [first] = ring;
    if (!first) continue;
    const closed = [...ring, first];
    if (turn(ring) < 0) polygons[polygons.length - 1]?.push(closed);
    else polygons.push([closed]);
  }
  const feature = (name: string, type: string, coordinates: unknown): Feature => ({ type: "Feature", properties: { name }, geometry: { type, coordinates } });
  return { type: "FeatureCollection", features: [feature("land", "MultiPolygon", polygons), feature("borders", "MultiLineString", unpack(borders, place))] };
}
