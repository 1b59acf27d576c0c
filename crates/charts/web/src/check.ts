import { isList, MOST_ITEMS } from "./lists";
import { isTidy } from "./shell/sql";
import type { ColorColumn, Data, DetailColumn, Lane, SourceColumn, TimeColumn, ValueColumn } from "./page";

/** Whether the head of a chart is as FORMAT.md has it: what follows relies on it, in loops and in sizes of arrays. */

/** More rows than this a browser cannot hold. */
const MOST_ROWS = 200_000_000;
const MOST_LANES = 65_536;
/** Colours, and what else a legend names. */
const MOST_COLORS = 256;
const MOST_COLUMNS = 10_000;
const MOST_LEVELS = 1001;
/** Two axes of 2,000 values. */
const MOST_CELLS = 4_000_000;

type Unknown = { [key: string]: unknown };

class Fault extends Error {}

function fail(what: string): never {
  throw new Fault(`it is not as charts of huntsql are: ${what}`);
}

function object(value: unknown, what: string): Unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(what);
  return value as Unknown;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isTextOrNull = (value: unknown): boolean => value === null || value === undefined || isText(value);
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isNumberOrNull = (value: unknown): boolean => value === null || isNumber(value);
const isCount = (value: unknown, most: number): value is number => isNumber(value) && Number.isInteger(value) && value >= 0 && value <= most;

function list(value: unknown, what: string, test: (item: unknown) => boolean, most = MOST_ITEMS): unknown[] {
  if (!isList(value, most)) fail(Array.isArray(value) ? `${what} has more than ${most.toLocaleString("en")} items` : what);
  for (const item of value) if (!test(item)) fail(what);
  return value;
}

/** A list beside another one. */
function beside(value: unknown, what: string, test: (item: unknown) => boolean, length: number): void {
  if (list(value, what, test, length).length !== length) fail(what);
}

/** A list that may be missing. */
function besideOrNone(value: unknown, what: string, test: (item: unknown) => boolean, length: number): void {
  if (value !== null && value !== undefined) beside(value, what, test, length);
}

const anything = (): boolean => true;

function source(value: unknown, what: string): SourceColumn {
  const found = object(value, what);
  const { name, sql, zoned } = found;
  if (!isText(name) || !isText(sql)) fail(what);
  // SQL that is copied must be what is read.
  if (!isTidy(sql)) found["sql"] = "";
  return { name, sql: isTidy(sql) ? sql : "", zoned: zoned === true };
}

const optional = <T>(value: unknown, read: (value: unknown) => T): T | null => (value === null || value === undefined ? null : read(value));

function time(value: unknown): TimeColumn {
  const { start, end, unit } = object(value, "time");
  if (!isNumber(start) || !isNumber(end) || !isNumber(unit) || unit < 1 || end < start) fail("time");
  return { ...source(value, "time"), start, end, unit };
}

function lane(value: unknown): Lane {
  const { name, raw, rows, other } = object(value, "lanes");
  if (!isText(name) || !isTextOrNull(raw) || !isNumber(rows)) fail("lanes");
  return { name, raw: (raw ?? null) as string | null, rows, ...(typeof other === "boolean" ? { other } : {}) };
}

function color(value: unknown): ColorColumn {
  const { values, raw, other } = object(value, "color");
  const shown = list(values, "color.values", isText, MOST_COLORS) as string[];
  return { ...source(value, "color"), values: shown, raw: raw ? (list(raw, "color.raw", isTextOrNull, MOST_COLORS) as (string | null)[]) : [], ...(typeof other === "boolean" ? { other } : {}) };
}

function column(value: unknown): DetailColumn {
  const { width } = object(value, "columns");
  if (!isCount(width, 4)) fail("columns: a width is not from 0 to 4");
  return { ...source(value, "columns"), width };
}

/** The rows of a head. */
export function readData(value: unknown): Data | null {
  if (value === null || value === undefined) return null;
  const data = object(value, "data");
  const { rows, lanes, columns } = data;
  const all = data["all_rows"] ?? rows;
  const chunk = data["chunk"] ?? 65_536;
  if (!isCount(rows, MOST_ROWS)) fail("rows");
  if (!isCount(all, Number.MAX_SAFE_INTEGER) || all < rows) fail("all_rows");
  if (!isCount(chunk, MOST_ROWS) || chunk < 1) fail("chunk");
  const laneList = optional(lanes, (list_) => list(list_, "lanes", anything, MOST_LANES).map(lane));
  if (laneList?.length === 0 && rows > 0) fail("lanes");
  const valueOf = (entry: unknown): ValueColumn => {
    const { min, max } = object(entry, "value");
    return { ...source(entry, "value"), min: isNumber(min) ? min : 0, max: isNumber(max) ? max : 0 };
  };
  return {
    rows,
    all_rows: all,
    time: optional(data["time"], time),
    lanes: laneList,
    lane: optional(data["lane"], (entry) => source(entry, "lane")),
    color: optional(data["color"], color),
    value: optional(data["value"], valueOf),
    end: optional(data["end"], (entry) => source(entry, "end")),
    columns: list(columns ?? [], "columns", anything, MOST_COLUMNS).map(column),
    chunk,
  };
}

const isPlace = (count: number) => (value: unknown): boolean => isCount(value, count - 1);

function checkMatrix(spec: Unknown): void {
  const sizes = ["x", "y"].map((axis) => {
    source(spec[axis], axis);
    const { values, raw } = object(spec[axis], axis);
    const shown = list(values, `${axis}.values`, isText);
    besideOrNone(raw, `${axis}.raw`, isTextOrNull, shown.length);
    return shown.length;
  }) as [number, number];
  const cells = object(spec["cells"], "cells");
  const count = list(cells["x"], "cells.x", isPlace(sizes[0]), MOST_CELLS).length;
  beside(cells["y"], "cells.y", isPlace(sizes[1]), count);
  beside(cells["value"], "cells.value", isNumberOrNull, count);
  beside(cells["count"], "cells.count", isNumber, count);
  for (const key of ["first", "last"]) besideOrNone(spec[key], key, isNumberOrNull, count);
  if (!isText(spec["measure"])) fail("measure");
  optional(spec["time"], (entry) => source(entry, "time"));
}

function checkTree(spec: Unknown): void {
  if (!isCount(spec["label"], MOST_COLUMNS)) fail("label");
  list(spec["detail"], "detail", (item) => isCount(item, MOST_COLUMNS), MOST_COLUMNS);
  if (!isCount(spec["max_depth"], 65_536)) fail("max_depth");
}

function checkBars(spec: Unknown): void {
  const labels = list(spec["labels"], "labels", isText).length;
  beside(spec["raw"], "raw", isTextOrNull, labels);
  for (const part of list(spec["series"], "series", anything, MOST_COLORS)) {
    const { name, raw, values } = object(part, "series");
    if (!isText(name) || !isTextOrNull(raw)) fail("series");
    beside(values, "series.values", isNumberOrNull, labels);
  }
  if (!isText(spec["measure"])) fail("measure");
  source(spec["source"], "source");
  optional(spec["color"], (entry) => source(entry, "color"));
}

function checkHistogram(spec: Unknown): void {
  const edges = list(spec["edges"], "edges", isNumber) as number[];
  edges.forEach((edge, at) => {
    if (at > 0 && edge < edges[at - 1]!) fail("edges");
  });
  for (const part of list(spec["series"], "series", anything, MOST_COLORS)) {
    const { name, raw, counts } = object(part, "series");
    if (!isText(name) || !isTextOrNull(raw)) fail("series");
    beside(counts, "series.counts", isNumber, Math.max(0, edges.length - 1));
  }
  source(spec["source"], "source");
  optional(spec["color"], (entry) => source(entry, "color"));
}

function checkSankey(spec: Unknown): void {
  const nodes = object(spec["nodes"], "nodes");
  const count = list(nodes["name"], "nodes.name", isText).length;
  beside(nodes["raw"], "nodes.raw", isTextOrNull, count);
  beside(nodes["level"], "nodes.level", (level) => isCount(level, MOST_LEVELS - 1), count);
  beside(nodes["other"], "nodes.other", (other) => typeof other === "boolean", count);
  const links = object(spec["links"], "links");
  const flows = list(links["source"], "links.source", isPlace(count)).length;
  beside(links["target"], "links.target", isPlace(count), flows);
  beside(links["value"], "links.value", isNumberOrNull, flows);
  beside(links["count"], "links.count", isNumber, flows);
  if (!isText(spec["measure"])) fail("measure");
  list(spec["sources"], "sources", anything, MOST_LEVELS).forEach((entry) => source(entry, "sources"));
}

function checkGraph(spec: Unknown): void {
  const nodes = object(spec["nodes"], "nodes");
  const kinds = list(spec["kinds"], "kinds", isText, MOST_COLORS).length;
  const count = list(nodes["name"], "nodes.name", isText).length;
  beside(nodes["raw"], "nodes.raw", isTextOrNull, count);
  beside(nodes["kind"], "nodes.kind", isPlace(Math.max(1, kinds)), count);
  for (const key of ["count", "x", "y"]) beside(nodes[key], `nodes.${key}`, isNumber, count);
  beside(nodes["attributes"], "nodes.attributes", (entry) => isList(entry) && entry.every((pair) => Array.isArray(pair) && isText(pair[1])), count);
  list(spec["attributes"], "attributes", isText);
  const edges = object(spec["edges"], "edges");
  const lines = list(edges["source"], "edges.source", isPlace(count)).length;
  beside(edges["target"], "edges.target", isPlace(count), lines);
  beside(edges["count"], "edges.count", isNumber, lines);
  beside(edges["value"], "edges.value", isNumberOrNull, lines);
  beside(edges["label"], "edges.label", isTextOrNull, lines);
  for (const key of ["first", "last"]) besideOrNone(edges[key], `edges.${key}`, isNumberOrNull, lines);
  for (const key of ["source", "target"]) source(spec[key], key);
  optional(spec["time"], (entry) => source(entry, "time"));
}

function checkMap(spec: Unknown): void {
  const points = object(spec["points"], "points");
  const count = list(points["latitude"], "points.latitude", isNumber).length;
  beside(points["longitude"], "points.longitude", isNumber, count);
  beside(points["label"], "points.label", isTextOrNull, count);
  beside(points["raw"], "points.raw", isTextOrNull, count);
  beside(points["count"], "points.count", isNumber, count);
  beside(points["value"], "points.value", isNumberOrNull, count);
  const colors = list(spec["colors"], "colors", isText, MOST_COLORS).length;
  besideOrNone(spec["colors_raw"], "colors_raw", isTextOrNull, colors);
  for (const key of ["first", "last"]) besideOrNone(points[key], `points.${key}`, isNumberOrNull, count);
  besideOrNone(points["color"], "points.color", (code) => code === null || isCount(code, colors - 1), count);
  besideOrNone(spec["view"], "view", isNumberOrNull, 4);
  for (const key of ["label", "value", "color", "time"]) optional(spec[key], (entry) => source(entry, key));
}

const CHECKS: Readonly<Record<string, (spec: Unknown) => void>> = {
  matrix: checkMatrix,
  process_tree: checkTree,
  bars: checkBars,
  histogram: checkHistogram,
  sankey: checkSankey,
  graph: checkGraph,
  map: checkMap,
};

/** Fails where the spec of a kind is not as its drawing relies on. */
export function checkSpec(kind: string, spec: unknown): void {
  if (Object.hasOwn(CHECKS, kind)) CHECKS[kind]!(object(spec, "spec"));
}
