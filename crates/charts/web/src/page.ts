/** What a page holds: see FORMAT.md. */

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
}

export interface Lane {
  name: string;
  raw: string | null;
  rows: number;
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
  cells: { x: number[]; y: number[]; value: number[]; count: number[] };
  scale: "linear" | "log" | "inverse";
  mark: "cell" | "circle";
  sort?: string;
  first: number[] | null;
  last: number[] | null;
  x_orders: MatrixOrders;
  y_orders: MatrixOrders;
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

type Loose<T> = { [Key in keyof T]?: T[Key] | null };

const list = <T>(value: readonly T[] | null | undefined): T[] => (Array.isArray(value) ? [...value] : []);

function dataOf(data: Loose<Data> | null | undefined): Data | null {
  if (!data) return null;
  return {
    rows: data.rows ?? 0,
    all_rows: data.all_rows ?? data.rows ?? 0,
    time: data.time ?? null,
    lanes: data.lanes ?? null,
    lane: data.lane ?? null,
    color: data.color ? { ...data.color, raw: data.color.raw ?? [] } : null,
    value: data.value ?? null,
    end: data.end ?? null,
    columns: list(data.columns),
    chunk: data.chunk ?? 65_536,
  };
}

/** A page in which all that may be missing is there: keys that are not written are null. */
export function readPage(text: string): Page {
  const page = JSON.parse(text) as Loose<Page>;
  const heads = list(page.charts).map((head: Loose<Head>, at): Head => ({
    kind: head.kind ?? "",
    id: head.id ?? `c${at}`,
    title: head.title ?? "",
    subtitle: head.subtitle ?? "",
    rows_in: head.rows_in ?? 0,
    rows_drawn: head.rows_drawn ?? 0,
    warnings: list(head.warnings),
    zone: head.zone ?? "UTC",
    refs: list(head.refs),
    provenance: list(head.provenance),
    data: dataOf(head.data),
    spec: head.spec ?? {},
  }));
  return {
    version: page.version ?? 0,
    generator: page.generator ?? "huntsql",
    title: page.title ?? "",
    theme: page.theme ?? "auto",
    charts: heads,
    provenance: list(page.provenance),
  };
}
