import type { MatrixAxis, MatrixOrders, MatrixSpec } from "../page";
import type { Filter, Selection, TimeRange, Value } from "../registry";
import { isOf, keptWhole, labelsOf, passesFilter, valuesOf } from "../values";

export type Order = "count" | "name" | "cluster";

const ORDERS: readonly Order[] = ["count", "name", "cluster"];

/** Whether a list has each place of an axis once. */
function isOrder(list: unknown, length: number): list is number[] {
  if (!Array.isArray(list) || list.length !== length) return false;
  const seen = new Set<unknown>(list);
  return seen.size === length && list.every((at) => Number.isInteger(at) && at >= 0 && at < length);
}

/** One axis: its values, and the orders that it may be in. */
export class Side {
  readonly values: (Value | null)[];
  /** Orders that the page has. */
  readonly orders: readonly Order[];
  order: Order;

  constructor(
    readonly axis: MatrixAxis,
    private readonly lists: Partial<MatrixOrders> | null | undefined,
    first: string | undefined,
  ) {
    // Rows with NULL have no cell.
    this.values = valuesOf(labelsOf(axis.values, axis.raw, axis.other), true);
    const found = ORDERS.filter((order) => isOrder(lists?.[order], axis.values.length));
    this.orders = found.length > 0 ? found : ["count"];
    this.order = this.known(first === "similarity" ? "cluster" : first);
  }

  /** That order; the first one that there is where there is no such. */
  known(order: string | undefined): Order {
    return this.orders.find((other) => other === order) ?? this.orders[0]!;
  }

  /** Places in order; as they are given where there is none. */
  get places(): number[] {
    const list = this.lists?.[this.order];
    return isOrder(list, this.axis.values.length) ? [...list] : this.axis.values.map((_, at) => at);
  }
}

/** Which cells there are, in which order rows and columns are, and which of them the selection leaves. */
export class MatrixModel {
  readonly x: Side;
  readonly y: Side;
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
    this.x = new Side(spec.x, spec.x_orders, spec.sort);
    this.y = new Side(spec.y, spec.y_orders, spec.sort);
    this.arrange();
  }

  select(selection: Selection): void {
    this.selection = selection;
    this.arrange();
  }

  /** Back to the orders of the first picture. */
  reset(): void {
    for (const side of [this.x, this.y]) side.order = side.known(this.spec.sort === "similarity" ? "cluster" : this.spec.sort);
    this.arrange();
  }

  arrange(): void {
    this.columns = this.passing(this.x);
    this.rows = this.passing(this.y);
  }

  private passing({ axis, places, values }: Side): number[] {
    const filters = this.selection.filters.filter((filter: Filter) => isOf(filter, axis));
    return filters.length === 0 ? places : places.filter((at) => filters.every((filter) => passesFilter(filter, values[at] ?? null)));
  }

  /** What of the selection no cell tells. */
  ignored({ filters, time }: Selection): string[] {
    const names = filters.filter((filter) => !isOf(filter, this.spec.x) && !isOf(filter, this.spec.y)).map((filter) => filter.name);
    const whole = [this.x, this.y].flatMap(({ axis, values }) => keptWhole(filters, axis, values));
    return [...(time && !this.spec.first ? ["time"] : []), ...names, ...whole];
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
    const [from, to] = [first[cell] ?? null, last[cell] ?? null];
    return from !== null && to !== null && from <= range.to && to >= range.from;
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
