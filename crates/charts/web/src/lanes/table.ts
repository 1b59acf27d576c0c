import type { Dataset } from "../data/dataset";
import { rowAt } from "../data/index";
import type { Cell, Services, Table, TableColumn, TimeRange } from "../registry";
import { columnKey, isOf } from "../values";
import { colorValue, laneValue } from "./narrow";

/** What is in the table: time, lane, what the kind adds, then the columns that are not there yet. */
export interface Layout {
  columns: TableColumn[];
  cells(row: number, details: Cell[]): Cell[];
}

const plain = (shown: string): Cell => ({ shown, raw: null });

export function layout(dataset: Dataset, services: Services, more: readonly { column: TableColumn; cell: (row: number) => Cell }[]): Layout {
  const { data } = dataset;
  const columns: TableColumn[] = [{ name: data.time?.name ?? "time" }];
  const first: ((row: number) => Cell)[] = [(row) => plain(services.formatTime(dataset.timeOf(row)))];
  if (data.lane) {
    columns.push({ name: data.lane.name, sql: data.lane.sql });
    first.push((row) => laneValue(data, dataset.columns?.lanes[row] ?? 0));
  }
  if (data.end) {
    columns.push({ name: data.end.name });
    first.push((row) => {
      const end = dataset.endOf(row);
      return end === null ? null : plain(services.formatTime(end));
    });
  }
  if (data.value) {
    columns.push({ name: data.value.name, numeric: true });
    first.push((row) => {
      const value = dataset.columns?.values?.[row] ?? NaN;
      return Number.isNaN(value) ? null : plain(String(value));
    });
  }
  for (const { column, cell } of more) {
    columns.push(column);
    first.push(cell);
  }
  const known = new Set([data.time, data.lane, data.end, data.value].filter((column) => column !== null).map(columnKey));
  const rest = data.columns.map((_, at) => at).filter((at) => !known.has(columnKey(data.columns[at]!)));
  const { color } = data;
  if (color && !rest.some((at) => isOf(color, data.columns[at])) && !known.has(columnKey(color))) {
    columns.push({ name: color.name, sql: color.sql });
    first.push((row) => colorValue(data, dataset.columns?.colors?.[row] ?? 0));
  }
  for (const at of rest) {
    const column = data.columns[at];
    if (column) columns.push({ name: column.name, sql: column.sql });
  }
  return { columns, cells: (row, details) => [...first.map((make) => make(row)), ...rest.map((at) => details[at] ?? null)] };
}

/** Rows of a time range on lanes that are on. Which rows these are is only worked out when somebody looks. */
export function rowsTable(dataset: Dataset, form: Layout, range: TimeRange, on: Uint8Array | null, mask: Uint8Array | null): Table {
  const { columns } = dataset;
  if (!columns) return { columns: form.columns, rows: 0, cells: () => [] };
  const [low, high] = dataset.offsets(range).map((offset) => rowAt(columns.times, offset)) as [number, number];
  const passes = (row: number): boolean => (!mask || mask[row] === 1) && (!on || on[columns.lanes[row]!] === 1);
  const all = !mask && !on;
  let rows = Math.max(0, high - low);
  if (!all) {
    rows = 0;
    for (let row = low; row < high; row++) if (passes(row)) rows++;
  }
  let list: Uint32Array | null = null;
  const numbers = (): Uint32Array => {
    if (list) return list;
    list = new Uint32Array(rows);
    let at = 0;
    for (let row = low; row < high; row++) if (passes(row)) list[at++] = row;
    return list;
  };
  const cells = async (from: number, to: number): Promise<Cell[][]> => {
    const wanted = all ? Array.from({ length: to - from }, (_, at) => low + from + at) : numbers().subarray(from, to);
    const details = await dataset.details.rows(wanted);
    return details.map((row, at) => form.cells(wanted[at]!, row));
  };
  return { columns: form.columns, rows, cells };
}
