/**
 * What a kind of chart and the page agree on. Kinds of this bundle and those of echarts.js use the same interface:
 *
 *     window.huntsqlCharts.register("map", make)
 *
 * `make` is called once for each chart of that kind, after its blocks are in the document. It draws into `context.container` (a div of the full
 * width; the kind gives it its height), and returns what the page asks of a chart. The page draws everything around it: title, subtitle, warnings,
 * toolbar, filter bar, table, exports, SQL text.
 */

import type { Head } from "./page";

/** A text as it is shown (defanged, without control characters) and as the table has it; `raw` is null where both are the same. */
export interface Value {
  shown: string;
  raw: string | null;
  /** For a label that stands for all values that have none of their own: those that have one. Such a label is never a value in SQL. */
  rest?: readonly (Value | null)[];
  /** With `rest`, where several labels are for what has none of its own: which values are in this one is not known. */
  shared?: boolean;
}

/** Microseconds since 1970, both included. */
export interface TimeRange {
  from: number;
  to: number;
}

/** Rows whose column has one of the values (`keep`), or none of them. A value of null is SQL NULL. */
export interface Filter {
  name: string;
  sql: string;
  values: readonly (Value | null)[];
  keep: boolean;
  /** The rest was chosen or left out: `values` are what is not in it, and `keep` is turned round. */
  turned?: boolean;
}

/** What the page is narrowed to. Charts dim or leave out what is not in it. */
export interface Selection {
  readonly time: TimeRange | null;
  readonly filters: readonly Filter[];
  /** Text to highlight: tells whether a shown text matches. Null where nothing is searched. */
  readonly search: ((shown: string) => boolean) | null;
}

/** The selection that all charts of a page share. */
export interface Bus {
  readonly selection: Selection;
  /** `from` is the id of the chart; its listeners hear of it, too. */
  setTime(range: TimeRange | null, from: string): void;
  /** Adds "only these" to what may be there, "not these" to what may not; adding what is already there takes it away. */
  toggle(filter: Filter): void;
  /** Takes everything away. */
  clear(): void;
  /** Calls `listener` after each change; the answer ends that. */
  subscribe(listener: (selection: Selection) => void): () => void;
}

/** Colours of now. They change with the theme: read them when drawing, do not keep them. */
export interface Theme {
  readonly dark: boolean;
  readonly forced: boolean;
  readonly background: string;
  readonly surface: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly border: string;
  readonly accent: string;
  readonly danger: string;
  /** Twelve colours that colour-blind readers can tell apart, for categories. */
  readonly categories: readonly string[];
  /** From 0 to 1: few to many. */
  sequential(share: number): string;
  readonly font: string;
}

/** A line of a hover card. With `sql` the card offers "only this" and "not this". */
export interface CardLine {
  name: string;
  value: Value | null;
  sql?: string | undefined;
}

/** The card that says what is under the pointer; one for the page. */
export interface Card {
  /** At a point of the window (`clientX`, `clientY`). `title` may be empty, `note` stands below: "+12 more here". */
  show(clientX: number, clientY: number, title: string, lines: readonly CardLine[], note?: string): void;
  /** Stays where it is when the pointer leaves, so that its buttons can be reached. */
  pin(): void;
  hide(): void;
}

/** What the page does for every chart. */
export interface Services {
  theme(): Theme;
  /** The IANA zone of now. */
  zone(): string;
  /** `2026-05-06 07:08:09.123456` in the zone of now, without trailing zeros below the second. */
  formatTime(micros: number): string;
  formatNumber(value: number): string;
  readonly card: Card;
  /** Says politely, for all readers, what is shown now. */
  status(text: string): void;
  reducedMotion(): boolean;
  /** Tells the page that table, SQL text and description are to be asked for again. Cheap: the page waits until it is quiet. */
  changed(): void;
}

/** A column of the table below a chart. */
export interface TableColumn {
  name: string;
  /** With it, cells offer "only this" and "not this". */
  sql?: string | undefined;
  numeric?: boolean;
}

export type Cell = Value | null;

/** The rows behind what is visible now: the table, and what CSV holds. */
export interface Table {
  columns: readonly TableColumn[];
  rows: number;
  /** Rows `from` (included) to `to` (excluded), each with a cell for each column. */
  cells(from: number, to: number): Promise<Cell[][]> | Cell[][];
}

/** The blocks of one chart, inflated. */
export interface Blocks {
  has(name: string): boolean;
  /** The bytes; fails where there is no such block, or more than `most` of them. */
  bytes(name: string, most?: number): Promise<Uint8Array>;
  /** A block that is JSON. */
  json(name: string): Promise<unknown>;
  /** Planes of 8 bytes. */
  doubles(name: string, count: number): Promise<Float64Array>;
  /** Planes of `width` bytes, at most 4. */
  integers(name: string, count: number, width: number): Promise<Uint32Array>;
}

export interface Context<Spec = unknown> {
  head: Head<Spec>;
  container: HTMLElement;
  blocks: Blocks;
  bus: Bus;
  services: Services;
}

/** A chart, once made. */
export interface Chart {
  /** The container has another width. */
  resize(): void;
  /** Colours, zone or print have changed: draw again. */
  restyle(): void;
  /** The shared selection has changed: dim or leave out what is not in it. */
  select(selection: Selection): void;
  /** What is visible now. */
  table(): Table;
  /** One or two sentences for those who cannot see the picture: what it is, how much, what stands out. */
  describe(): string;
  /** SQL text (`WHERE ...`) for what is visible now; null where there is none beyond the shared selection. */
  where?(): string | null;
  /** What of the selection this chart does not follow: `time`, names of columns. */
  ignores?(selection: Selection): readonly string[];
  /** The picture alone. */
  png(): Promise<Blob | null>;
  /** Buttons and selects that the page puts in the toolbar of the chart. */
  controls?: readonly HTMLElement[];
  /** State for the address of the page, short, and back. */
  state?(): string;
  restore?(state: string): void;
  /** Back to the first view. */
  reset?(): void;
  destroy(): void;
}

export type Make<Spec = unknown> = (context: Context<Spec>) => Chart | Promise<Chart>;

/** What stands in `window.huntsqlCharts`. */
export interface Registry {
  register<Spec>(kind: string, make: Make<Spec>): void;
}

declare global {
  interface Window {
    huntsqlCharts?: Registry;
  }
}

const makers = new Map<string, Make>();
const waiting = new Map<string, ((make: Make) => void)[]>();

export const registry: Registry = {
  register<Spec>(kind: string, make: Make<Spec>): void {
    const known = make as Make;
    makers.set(kind, known);
    for (const resolve of waiting.get(kind) ?? []) resolve(known);
    waiting.delete(kind);
  },
};

/** The maker of a kind, as soon as it is registered. */
export function maker(kind: string): Promise<Make> {
  const known = makers.get(kind);
  if (known) return Promise.resolve(known);
  return new Promise((resolve) => {
    const list = waiting.get(kind) ?? [];
    list.push(resolve);
    waiting.set(kind, list);
  });
}

export function isRegistered(kind: string): boolean {
  return makers.has(kind);
}
