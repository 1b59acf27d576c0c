import type { Dataset } from "../data/dataset";
import type { RowIndex } from "../data/index";
import type { Data } from "../page";
import type { Cell, Filter, Selection, Value } from "../registry";
import { divides, isOf, isRest, labelsOf, passesFilter, remembered, valuesOf } from "../values";

/** Where the values of a filter are: lanes, colours, or a column of details. */
type Place = { of: "lane" } | { of: "color" } | { of: "column"; column: number };

function placeOf(data: Data, filter: Filter): Place | null {
  const inLanes = isOf(filter, data.lane);
  if (inLanes && !laneValues(data).some(isRest)) return { of: "lane" };
  const column = data.columns.findIndex((candidate) => isOf(filter, candidate));
  if (column >= 0) return { of: "column", column };
  // Lanes and colours whose last one stands for the rest come last: the column has all values.
  if (inLanes) return { of: "lane" };
  return isOf(filter, data.color) ? { of: "color" } : null;
}

/** Filters that this data has a column for. */
export const ownOf = (data: Data, filters: readonly Filter[]): Filter[] => filters.filter((filter) => placeOf(data, filter) !== null);

/** Filters that this data has no column for. */
export const foreignTo = (data: Data, filters: readonly Filter[]): string[] => filters.filter((filter) => placeOf(data, filter) === null).map((filter) => filter.name);

const laneLists = new WeakMap<Data, (Value | null)[]>();
const colorLists = new WeakMap<Data, (Value | null)[]>();

const laneValues = (data: Data): (Value | null)[] =>
  remembered(laneLists, data, () => (data.lane ? valuesOf((data.lanes ?? []).map(({ name, raw, other }) => ({ shown: name, raw, other }))) : []));

const colorValues = (data: Data): (Value | null)[] =>
  remembered(colorLists, data, () => (data.color ? valuesOf(labelsOf(data.color.values, data.color.raw, data.color.other)) : []));

export const laneValue = (data: Data, lane: number): Value | null => laneValues(data)[lane] ?? null;

export const colorValue = (data: Data, code: number): Value | null => colorValues(data)[code] ?? null;

export interface Narrowed {
  index: RowIndex | null;
  /** Bytes of the rows that count; null where all do. */
  mask: Uint8Array | null;
  marked: RowIndex | null;
  markedMask: Uint8Array | null;
  /** Lanes and colours of which nobody here can tell which rows pass: they are kept whole. */
  whole: string[];
}

/** From filters and search to the rows that count and those that are highlighted. */
export class Narrowing {
  current: Narrowed = { index: null, mask: null, marked: null, markedMask: null, whole: [] };
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
    const own = ownOf(data, this.filters);
    const whole = own.flatMap((filter) => this.divided(filter));
    const mask = own.length === 0 ? null : await this.filtered(own, alive);
    if (!alive()) return;
    const found = this.search ? await this.found(this.search, mask, alive) : null;
    if (!alive()) return;
    this.busy = false;
    const index = this.dataset.indexOf(mask);
    this.current = { index, mask, marked: found ? this.dataset.indexOf(found) : null, markedMask: found, whole };
    this.done();
  }

  /** Names of the rest where a filter names values in it. */
  private divided(filter: Filter): string[] {
    const { data } = this.dataset;
    const place = placeOf(data, filter);
    if (!place || place.of === "column") return [];
    const values = place.of === "lane" ? laneValues(data) : colorValues(data);
    return values.filter(isRest).filter((rest) => divides(filter, rest)).map(({ shown }) => shown);
  }

  private async filtered(filters: readonly Filter[], alive: () => boolean): Promise<Uint8Array> {
    const rows = this.dataset.data.rows;
    const mask = new Uint8Array(rows).fill(1);
    for (const filter of filters) {
      const hits = new Uint8Array(rows);
      await this.mark(placeOf(this.dataset.data, filter), (cell) => passesFilter(filter, cell), hits, alive);
      if (!alive()) return mask;
      for (let row = 0; row < rows; row++) if (!hits[row]) mask[row] = 0;
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
