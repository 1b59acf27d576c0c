import type { Dataset } from "../data/dataset";
import type { RowIndex } from "../data/index";
import type { Data } from "../page";
import type { Cell, Filter, Selection, Value } from "../registry";
import { keyOf } from "../shell/bus";

/** Where the values of a filter are: lanes, colours, or a column of details. */
type Place = { of: "lane" } | { of: "color" } | { of: "column"; column: number };

function placeOf(data: Data, sql: string): Place | null {
  if (data.lane?.sql === sql) return { of: "lane" };
  const column = data.columns.findIndex((candidate) => candidate.sql === sql);
  if (column >= 0) return { of: "column", column };
  // Colours come last: their last value may be "other", the column has them all.
  if (data.color?.sql === sql) return { of: "color" };
  return null;
}

/** A value of a head: SQL NULL is written as "NULL" without a text of the table. */
const valueOf = (shown: string | undefined, raw: string | null | undefined): Value | null => {
  const own = raw ?? null;
  return shown === "NULL" && own === null ? null : { shown: shown ?? "", raw: own };
};

export const laneValue = (data: Data, lane: number): Value | null => valueOf(data.lanes?.[lane]?.name, data.lanes?.[lane]?.raw);

export const colorValue = (data: Data, code: number): Value | null => valueOf(data.color?.values[code], data.color?.raw[code]);

export interface Narrowed {
  index: RowIndex | null;
  /** Bytes of the rows that count; null where all do. */
  mask: Uint8Array | null;
  marked: RowIndex | null;
  markedMask: Uint8Array | null;
  /** Names of filters that this data has no column for. */
  foreign: string[];
}

/** From filters and search to the rows that count and those that are highlighted. */
export class Narrowing {
  current: Narrowed = { index: null, mask: null, marked: null, markedMask: null, foreign: [] };
  private run = 0;
  private filters: readonly Filter[] = [];
  private search: Selection["search"] = null;
  busy = false;

  constructor(
    private readonly dataset: Dataset,
    private readonly done: () => void,
  ) {}

  /** Rows are decoded: the index of all of them is the first answer. */
  ready(): void {
    this.current = { ...this.current, index: this.dataset.indexOf(null) };
    if (this.filters.length > 0 || this.search) void this.work();
  }

  apply(selection: Selection): void {
    if (selection.filters === this.filters && selection.search === this.search) return;
    this.filters = selection.filters;
    this.search = selection.search;
    if (this.dataset.columns) void this.work();
  }

  private async work(): Promise<void> {
    const run = ++this.run;
    const alive = (): boolean => run === this.run;
    this.busy = true;
    this.done();
    const { data } = this.dataset;
    const foreign = this.filters.filter((filter) => placeOf(data, filter.sql) === null).map((filter) => filter.name);
    const own = this.filters.filter((filter) => placeOf(data, filter.sql) !== null);
    const mask = own.length === 0 ? null : await this.filtered(own, alive);
    if (!alive()) return;
    const found = this.search ? await this.found(this.search, mask, alive) : null;
    if (!alive()) return;
    this.busy = false;
    const index = this.dataset.indexOf(mask);
    this.current = { index, mask, marked: found ? this.dataset.indexOf(found) : null, markedMask: found, foreign };
    this.done();
  }

  private async filtered(filters: readonly Filter[], alive: () => boolean): Promise<Uint8Array> {
    const rows = this.dataset.data.rows;
    const mask = new Uint8Array(rows).fill(1);
    for (const filter of filters) {
      const wanted = new Set(filter.values.map(keyOf));
      const hits = new Uint8Array(rows);
      await this.mark(placeOf(this.dataset.data, filter.sql), (cell) => wanted.has(keyOf(cell)), hits, alive);
      if (!alive()) return mask;
      const keep = filter.keep ? 1 : 0;
      for (let row = 0; row < rows; row++) if (hits[row] !== keep) mask[row] = 0;
    }
    return mask;
  }

  private async mark(place: Place | null, test: (cell: Cell) => boolean, hits: Uint8Array, alive: () => boolean): Promise<void> {
    const { columns, data, details } = this.dataset;
    if (!columns || !place) return;
    if (place.of === "column") {
      await details.mark([place.column], test, hits, alive);
      return;
    }
    const lanes = place.of === "lane";
    const codes = lanes ? columns.lanes : columns.colors;
    if (!codes) return;
    const count = lanes ? this.dataset.laneCount : this.dataset.colorCount;
    const verdict = Array.from({ length: count }, (_, code) => test(lanes ? laneValue(data, code) : colorValue(data, code)));
    for (let row = 0; row < hits.length; row++) if (verdict[codes[row]!]) hits[row] = 1;
  }

  private async found(search: (shown: string) => boolean, mask: Uint8Array | null, alive: () => boolean): Promise<Uint8Array> {
    const { data, details } = this.dataset;
    const hits = new Uint8Array(data.rows);
    const test = (cell: Cell): boolean => cell !== null && search(cell.shown);
    if (data.lane) await this.mark({ of: "lane" }, test, hits, alive);
    if (data.color) await this.mark({ of: "color" }, test, hits, alive);
    await details.mark(data.columns.map((_, column) => column), test, hits, alive);
    if (mask) for (let row = 0; row < hits.length; row++) hits[row]! &= mask[row]!;
    return hits;
  }
}
