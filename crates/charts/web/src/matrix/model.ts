import type { MatrixAxis, MatrixSpec } from "../page";
import type { Filter, Selection, TimeRange, Value } from "../registry";
import { keyOf } from "../shell/bus";

export type Order = "count" | "name" | "cluster";

export const valueOf = (axis: MatrixAxis, at: number): Value => ({ shown: axis.values[at] ?? "", raw: axis.raw?.[at] ?? null });

/** Which cells there are, in which order rows and columns are, and which of them the selection leaves. */
export class MatrixModel {
  xOrder: Order = "count";
  yOrder: Order = "count";
  /** Indexes of the axes' values in the order shown. */
  columns: number[] = [];
  rows: number[] = [];
  /** Cell of column and row, by `row * columns of the axis + column`. */
  private readonly cellAt = new Map<number, number>();
  private readonly greatest: number;
  private selection: Selection = { time: null, filters: [], search: null };

  constructor(readonly spec: MatrixSpec) {
    const { cells } = spec;
    let greatest = 0;
    for (let cell = 0; cell < cells.x.length; cell++) {
      this.cellAt.set(cells.y[cell]! * spec.x.values.length + cells.x[cell]!, cell);
      greatest = Math.max(greatest, cells.value[cell]!);
    }
    this.greatest = greatest;
    const first = spec.sort === "name" ? "name" : spec.sort === "similarity" || spec.sort === "cluster" ? "cluster" : "count";
    this.xOrder = first;
    this.yOrder = first;
    this.arrange();
  }

  select(selection: Selection): void {
    this.selection = selection;
    this.arrange();
  }

  arrange(): void {
    this.columns = this.passing(this.spec.x, this.spec.x_orders[this.xOrder]);
    this.rows = this.passing(this.spec.y, this.spec.y_orders[this.yOrder]);
  }

  private passing(axis: MatrixAxis, order: readonly number[] | undefined): number[] {
    const list = order && order.length === axis.values.length ? [...order] : axis.values.map((_, at) => at);
    const filters = this.selection.filters.filter((filter) => filter.sql === axis.sql);
    if (filters.length === 0) return list;
    const tests = filters.map((filter: Filter) => ({ keys: new Set(filter.values.map(keyOf)), keep: filter.keep }));
    return list.filter((at) => tests.every((test) => test.keys.has(keyOf(valueOf(axis, at))) === test.keep));
  }

  cell(column: number, row: number): number | undefined {
    return this.cellAt.get(row * this.spec.x.values.length + column);
  }

  /** From 0 to 1: how strong a value is drawn. */
  share(value: number): number {
    const { scale } = this.spec;
    if (!(this.greatest > 0) || !(value > 0)) return 0;
    if (scale === "linear") return value / this.greatest;
    const share = Math.log1p(value) / Math.log1p(this.greatest);
    return scale === "inverse" ? Math.max(0.06, 1 - share + Math.log1p(1) / Math.log1p(this.greatest) / 2) : share;
  }

  get most(): number {
    return this.greatest;
  }

  /** Whether rows behind a cell may lie in the selected time. */
  inTime(cell: number): boolean {
    const range: TimeRange | null = this.selection.time;
    const { first, last } = this.spec;
    if (!range || !first || !last) return true;
    return first[cell]! <= range.to && last[cell]! >= range.from;
  }

  found(text: string): boolean {
    return this.selection.search === null || this.selection.search(text);
  }

  get searching(): boolean {
    return this.selection.search !== null;
  }

  /** Cells of rows and columns that are shown, strongest first. */
  visible(): number[] {
    const columns = new Set(this.columns);
    const rows = new Set(this.rows);
    const { cells } = this.spec;
    const list = cells.x.map((_, cell) => cell).filter((cell) => columns.has(cells.x[cell]!) && rows.has(cells.y[cell]!) && this.inTime(cell));
    return list.sort((left, right) => cells.value[right]! - cells.value[left]! || left - right);
  }
}
