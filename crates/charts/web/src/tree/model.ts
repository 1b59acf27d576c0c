import type { Head, TreeSpec } from "../page";
import type { Cell, Selection } from "../registry";
import { halfOpen } from "../time/grain";
import { isOf, keptWhole, passesFilter } from "../values";

/** A column of all rows: codes, and what they stand for. */
export interface Column {
  name: string;
  sql: string;
  codes: Uint32Array;
  cells: Cell[];
}

export interface Rows {
  depth: Uint32Array;
  /** Row + 1 of the parent, 0 = none. */
  parent: Uint32Array;
  /** Microseconds; null where no process has a time. */
  times: Float64Array | null;
  columns: Column[];
}

/** Which processes are seen: what is folded, what the selection leaves, what is found. */
export class TreeModel {
  readonly count: number;
  /** Processes below each one. */
  readonly below: Uint32Array;
  readonly folded: Uint8Array;
  /** 1: fulfils the selection; 2: only there because one below does. */
  readonly passing: Uint8Array;
  found: Uint8Array | null = null;
  foundRows: Uint32Array = new Uint32Array(0);
  visible: Uint32Array = new Uint32Array(0);

  constructor(
    readonly rows: Rows,
    private readonly head: Head<TreeSpec>,
  ) {
    this.count = rows.depth.length;
    this.below = new Uint32Array(this.count);
    this.folded = new Uint8Array(this.count);
    this.passing = new Uint8Array(this.count).fill(1);
    for (let row = this.count - 1; row >= 0; row--) {
      const parent = rows.parent[row]!;
      if (parent > 0) this.below[parent - 1]! += this.below[row]! + 1;
    }
    this.list();
  }

  private passes(selection: Selection): Uint8Array | null {
    const { columns, times } = this.rows;
    const tests: ((row: number) => boolean)[] = [];
    for (const filter of selection.filters) {
      const column = columns.find((candidate) => isOf(filter, candidate));
      if (!column) continue;
      const verdict = column.cells.map((cell) => passesFilter(filter, cell));
      tests.push((row) => verdict[column.codes[row]!] === true);
    }
    const { time } = selection;
    if (time && times) {
      const { begin, end } = halfOpen(time);
      tests.push((row) => times[row]! >= begin && times[row]! < end);
    }
    if (tests.length === 0) return null;
    const out = new Uint8Array(this.count);
    for (let row = 0; row < this.count; row++) out[row] = tests.every((test) => test(row)) ? 1 : 0;
    return out;
  }

  /** What of the selection no column here tells. */
  ignored({ filters, time }: Selection): string[] {
    const names = filters.filter((filter) => !this.rows.columns.some((column) => isOf(filter, column))).map((filter) => filter.name);
    const whole = this.rows.columns.flatMap((column) => keptWhole(filters, column, column.cells));
    return [...(time && !this.rows.times ? ["time"] : []), ...names, ...whole];
  }

  select(selection: Selection): void {
    const own = this.passes(selection);
    if (!own) this.passing.fill(1);
    else {
      this.passing.set(own);
      for (let row = this.count - 1; row >= 0; row--) {
        const parent = this.rows.parent[row]!;
        if (this.passing[row] && parent > 0 && !this.passing[parent - 1]) this.passing[parent - 1] = 2;
      }
    }
    this.search(selection.search);
    this.list();
  }

  private search(test: Selection["search"]): void {
    if (!test) {
      this.found = null;
      this.foundRows = new Uint32Array(0);
      return;
    }
    const verdicts = this.rows.columns.map((column) => column.cells.map((cell) => cell !== null && test(cell.shown)));
    const found = new Uint8Array(this.count);
    const rows: number[] = [];
    for (let row = 0; row < this.count; row++) {
      if (this.passing[row] !== 1) continue;
      if (!this.rows.columns.some((column, at) => verdicts[at]?.[column.codes[row]!])) continue;
      found[row] = 1;
      rows.push(row);
    }
    this.found = found;
    this.foundRows = Uint32Array.from(rows);
  }

  /** Works out which rows are seen. */
  list(): void {
    const list = new Uint32Array(this.count);
    let seen = 0;
    for (let row = 0; row < this.count; row++) {
      if (!this.passing[row]) continue;
      list[seen++] = row;
      if (this.folded[row]) row += this.below[row]!;
    }
    this.visible = list.slice(0, seen);
  }

  /** Folds everything at this depth and unfolds what is above; 0 unfolds all. */
  foldTo(depth: number): void {
    for (let row = 0; row < this.count; row++) this.folded[row] = depth > 0 && this.rows.depth[row]! >= depth && this.below[row]! > 0 ? 1 : 0;
    this.list();
  }

  fold(row: number, folded: boolean): void {
    if (this.below[row] === 0) return;
    this.folded[row] = folded ? 1 : 0;
    this.list();
  }

  /** Unfolds all that is above a row, so that it is seen. */
  reveal(row: number): void {
    let above = this.rows.parent[row]!;
    let changed = false;
    while (above > 0) {
      if (this.folded[above - 1]) {
        this.folded[above - 1] = 0;
        changed = true;
      }
      above = this.rows.parent[above - 1]!;
    }
    if (changed) this.list();
  }

  /** Place of a row in the list of those seen; -1 where it is not seen. */
  placeOf(row: number): number {
    let low = 0;
    let high = this.visible.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.visible[middle]! < row) low = middle + 1;
      else high = middle;
    }
    return this.visible[low] === row ? low : -1;
  }

  cell(row: number, column: number): Cell {
    const found = this.rows.columns[column];
    return found ? (found.cells[found.codes[row]!] ?? null) : null;
  }

  text(row: number, column: number): string {
    return this.cell(row, column)?.shown ?? "";
  }

  isInferred(row: number): boolean {
    const column = this.head.spec.flags?.inferred ?? null;
    return column !== null && this.text(row, column) === "true";
  }
}
