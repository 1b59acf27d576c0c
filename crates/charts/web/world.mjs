// Natural Earth 1:110m, from npm world-atlas, becomes crates/charts/src/world/world.bin. Run by hand where the data changes:
//   node world.mjs
//
// world.bin: a varint with the number of rings, then each ring: a varint with the number of its points, then for each point the difference of its
// longitude and latitude to the point before, in hundredths of a degree, as zigzag varints; then the same for the lines of borders.
// Rings and lines lie between -180 and 180; a ring with its inside on the left is land, a ring the other way round is a hole in the ring before it.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const STEPS = 100;
const require = createRequire(import.meta.url);
const atlas = JSON.parse(readFileSync(require.resolve("world-atlas/countries-110m.json"), "utf8"));

/** Arcs in degrees. */
const arcs = atlas.arcs.map((arc) => {
  let [x, y] = [0, 0];
  const { scale, translate } = atlas.transform;
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
});

const arcPoints = (index) => (index >= 0 ? arcs[index] : arcs[~index].slice().reverse());

/** A chain of arcs, each of which begins where the last one ends. */
const chain = (indexes) => indexes.flatMap((index, at) => arcPoints(index).slice(at === 0 ? 0 : 1));

/** Longitudes go on where they leap from one side of the date line to the other. */
function unwrap(points) {
  let turns = 0;
  return points.map(([x, y], at) => {
    if (at > 0) {
      const step = x - points[at - 1][0];
      if (step > 180) turns -= 360;
      if (step < -180) turns += 360;
    }
    return [x + turns, y];
  });
}

/** What of a ring lies on one side of a meridian (Sutherland and Hodgman). */
function clip(ring, meridian, inside) {
  const result = [];
  ring.forEach((point, at) => {
    const before = ring[(at + ring.length - 1) % ring.length];
    if (inside(point[0]) !== inside(before[0])) {
      const share = (meridian - before[0]) / (point[0] - before[0]);
      result.push([meridian, before[1] + share * (point[1] - before[1])]);
    }
    if (inside(point[0])) result.push(point);
  });
  return result;
}

/** A ring as rings between -180 and 180. */
function cutRing(points) {
  let ring = unwrap(points);
  const turn = ring.at(-1)[0] - ring[0][0];
  ring = ring.slice(0, -1);
  if (Math.abs(turn) > 1) {
    // It goes around a pole: the south pole, since there is land there.
    const end = [ring[0][0] + turn, ring[0][1]];
    ring.push(end, [end[0], -90], [ring[0][0], -90]);
  }
  const pieces = [];
  for (const shift of [-360, 0, 360]) {
    const moved = ring.map(([x, y]) => [x + shift, y]);
    const piece = clip(clip(moved, -180, (x) => x >= -180), 180, (x) => x <= 180);
    if (piece.length >= 3) pieces.push(piece);
  }
  return pieces;
}

/** A line as lines between -180 and 180. */
function cutLine(points) {
  const lines = [[]];
  points.forEach((point, at) => {
    if (at > 0 && Math.abs(point[0] - points[at - 1][0]) > 180) lines.push([]);
    lines.at(-1).push(point);
  });
  return lines.filter((line) => line.length > 1);
}

const quantize = (points) =>
  points.map(([x, y]) => [Math.round(x * STEPS), Math.round(y * STEPS)]).filter(([x, y], at, all) => at === 0 || x !== all[at - 1][0] || y !== all[at - 1][1]);

const area = (ring) => ring.reduce((sum, [x, y], at) => sum + ring[(at + ring.length - 1) % ring.length][0] * y - x * ring[(at + ring.length - 1) % ring.length][1], 0);

const rings = [];
for (const polygon of atlas.objects.land.geometries.flatMap((geometry) => (geometry.type === "Polygon" ? [geometry.arcs] : geometry.arcs))) {
  polygon.forEach((indexes, at) => {
    for (const piece of cutRing(chain(indexes)).map(quantize)) {
      if (piece.length < 3 || area(piece) === 0) continue;
      rings.push(area(piece) > 0 === (at === 0) ? piece : piece.reverse());
    }
  });
}

// A border is an arc that two countries share.
const uses = new Map();
for (const geometry of atlas.objects.countries.geometries) {
  for (const index of new Set(geometry.arcs.flat(geometry.type === "Polygon" ? 1 : 2).map((index) => (index < 0 ? ~index : index)))) {
    uses.set(index, (uses.get(index) ?? 0) + 1);
  }
}
const borders = [...uses].filter(([, count]) => count > 1).flatMap(([index]) => cutLine(arcs[index])).map(quantize).filter((line) => line.length > 1);

const bytes = [];
const varint = (value) => {
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  bytes.push(value);
};
const zigzag = (value) => varint(value < 0 ? -value * 2 - 1 : value * 2);
for (const lists of [rings, borders]) {
  varint(lists.length);
  for (const points of lists) {
    varint(points.length);
    let before = [0, 0];
    for (const point of points) {
      zigzag(point[0] - before[0]);
      zigzag(point[1] - before[1]);
      before = point;
    }
  }
}
writeFileSync(new URL("../src/world/world.bin", import.meta.url), Uint8Array.from(bytes));
process.stdout.write(`${rings.length} rings, ${borders.length} borders, ${bytes.length} bytes\n`);
