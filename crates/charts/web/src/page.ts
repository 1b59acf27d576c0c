/** What a page holds: see FORMAT.md. */

import { checkSpec, readData } from "./check";
import { isList, MOST_ITEMS } from "./lists";

export interface Reference {
  time: number;
  label: string;
}

export interface Named {
  name: string;
  value: string;
}

export interface SourceColumn {
  name: string;
  sql: string;
  /** Whether it is a time with a zone. */
  zoned?: boolean;
}

export interface Lane {
  name: string;
  raw: string | null;
  rows: number;
  /** Whether it stands for all values that have no lane of their own. */
  other?: boolean;
}

export interface TimeColumn extends SourceColumn {
  start: number;
  end: number;
  unit: number;
}

export interface ColorColumn extends SourceColumn {
  values: string[];
  raw: (string | null)[];
  /** Whether the last value stands for all that have no colour of their own. */
  other?: boolean;
}

export interface ValueColumn extends SourceColumn {
  min: number;
  max: number;
}

export interface DetailColumn extends SourceColumn {
  width: number;
}

export interface Data {
  rows: number;
  all_rows: number;
  time: TimeColumn | null;
  lanes: Lane[] | null;
  lane: SourceColumn | null;
  color: ColorColumn | null;
  value: ValueColumn | null;
  end: SourceColumn | null;
  columns: DetailColumn[];
  chunk: number;
}

export interface Head<Spec = unknown> {
  kind: string;
  id: string;
  title: string;
  subtitle: string;
  rows_in: number;
  rows_drawn: number;
  warnings: string[];
  zone: string;
  refs: Reference[];
  provenance: Named[];
  data: Data | null;
  spec: Spec;
  /** Why this chart cannot be shown. */
  fault: string | null;
}

export interface Page {
  version: number;
  generator: string;
  title: string;
  theme: "auto" | "light" | "dark";
  charts: Head[];
  provenance: Named[];
}

export interface MatrixAxis extends SourceColumn {
  values: string[];
  raw: (string | null)[];
  /** Whether the last value stands for all that have no place of their own. */
  other?: boolean;
}

export interface MatrixOrders {
  count: number[];
  name: number[];
  cluster: number[];
}

export interface MatrixSpec {
  x: MatrixAxis;
  y: MatrixAxis;
  measure: string;
  cells: { x: number[]; y: number[]; value: (number | null)[]; count: number[] };
  scale: "linear" | "log" | "inverse";
  mark: "cell" | "circle";
  sort?: string;
  /** What `first` and `last` are times of. */
  time?: SourceColumn | null;
  first: (number | null)[] | null;
  last: (number | null)[] | null;
  x_orders: Partial<MatrixOrders> | null;
  y_orders: Partial<MatrixOrders> | null;
}

export interface TreeSpec {
  label: number;
  detail: number[];
  flags: { inferred: number | null };
  max_depth: number;
}

export interface ValuesSpec {
  mark: "bar" | "line" | "points";
  shared_axis: boolean;
}

/** Texts and numbers of a page are written by anybody: a report takes charts that others have made. */

type Unknown = { [key: string]: unknown };

const object = (value: unknown): Unknown => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Unknown) : {});
const text = (value: unknown, otherwise = ""): string => (typeof value === "string" ? value : otherwise);
function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) return [];
  if (!isList(value)) throw new Error(`a list has more than ${MOST_ITEMS.toLocaleString("en")} items`);
  return value;
}
const number = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);
const texts = (value: unknown): string[] => list(value).filter((item) => typeof item === "string");

function references(value: unknown): Reference[] {
  return list(value).map(object).filter(({ time, label }) => typeof time === "number" && Number.isFinite(time) && typeof label === "string") as unknown as Reference[];
}

function named(value: unknown): Named[] {
  return list(value).map(object).map((entry) => ({ name: text(entry["name"]), value: text(entry["value"]) }));
}

function readHead(value: unknown, at: number): Head {
  const head = object(value);
  const made: Head = {
    kind: text(head["kind"]),
    id: text(head["id"], `c${at}`),
    title: text(head["title"]),
    subtitle: text(head["subtitle"]),
    rows_in: number(head["rows_in"]),
    rows_drawn: number(head["rows_drawn"]),
    warnings: [],
    zone: text(head["zone"], "UTC"),
    refs: [],
    provenance: [],
    data: null,
    spec: object(head["spec"]),
    fault: null,
  };
  try {
    made.warnings = texts(head["warnings"]);
    made.refs = references(head["refs"]);
    made.provenance = named(head["provenance"]);
    made.data = readData(head["data"]);
    checkSpec(made.kind, made.spec);
  } catch (reason) {
    made.fault = reason instanceof Error ? reason.message : String(reason);
  }
  return made;
}

/** A page in which all that may be missing is there. A chart that is not as FORMAT.md has it says so in `fault`; the others are shown. */
export function readPage(source: string): Page {
  const page = object(JSON.parse(source));
  const theme = page["theme"];
  return {
    version: number(page["version"]),
    generator: text(page["generator"], "huntsql"),
    title: text(page["title"]),
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    charts: list(page["charts"]).map(readHead),
    provenance: named(page["provenance"]),
  };
}
