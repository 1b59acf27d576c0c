import type { CardLine, Cell, Services, Table } from "../registry";
import type { MatrixModel } from "./model";

/** What is said of a matrix: on the card, in the table, to screen readers. */

/** Lines of the card of a cell; columns and rows as they are shown. */
export function cellLines(model: MatrixModel, services: Services, place: { column: number; row: number }): CardLine[] {
  const column = model.columns[place.column]!;
  const row = model.rows[place.row]!;
  const cell = model.cell(column, row);
  const { x, y, cells, measure, first, last } = model.spec;
  const lines: CardLine[] = [
    { name: y.name, value: model.y.values[row] ?? null, sql: y.sql },
    { name: x.name, value: model.x.values[column] ?? null, sql: x.sql },
  ];
  const plain = (name: string, shown: string): void => void lines.push({ name, value: { shown, raw: null } });
  if (cell === undefined) {
    plain(measure, "none");
    return lines;
  }
  const value = cells.value[cell] ?? null;
  if (value === null) lines.push({ name: measure, value: null });
  else plain(measure, services.formatNumber(value));
  if (cells.value[cell] !== cells.count[cell]) plain("rows", services.formatNumber(cells.count[cell]!));
  for (const [name, time] of [["first", first?.[cell] ?? null], ["last", last?.[cell] ?? null]] as const) {
    if (time !== null) plain(name, services.formatTime(time));
  }
  return lines;
}

/** All cells that are shown, the strongest first. */
export function cellTable(model: MatrixModel, services: Services): Table {
  const { x, y, cells, measure, first, last } = model.spec;
  const list = model.visible();
  const counted = cells.value.some((value, cell) => value !== cells.count[cell]);
  const number = (value: number | null): Cell => (value === null ? null : { shown: String(value), raw: null });
  const time = (value: number | null | undefined): Cell => (value === undefined || value === null ? null : { shown: services.formatTime(value), raw: null });
  const columns = [{ name: y.name, sql: y.sql }, { name: x.name, sql: x.sql }, { name: measure, numeric: true }, ...(counted ? [{ name: "rows", numeric: true }] : []), ...(first && last ? [{ name: "first" }, { name: "last" }] : [])];
  const row = (cell: number): Cell[] => [
    model.y.values[cells.y[cell]!] ?? null, model.x.values[cells.x[cell]!] ?? null, number(cells.value[cell]!),
    ...(counted ? [number(cells.count[cell]!)] : []), ...(first && last ? [time(first[cell]), time(last[cell])] : []),
  ];
  return { columns, rows: list.length, cells: (from, to) => list.slice(from, to).map(row) };
}

export function cellDescription(model: MatrixModel, services: Services): string {
  const { x, y, measure, cells } = model.spec;
  const [top] = model.visible();
  const strongest = top === undefined ? "" : ` Most: ${y.values[cells.y[top]!]} with ${x.values[cells.x[top]!]}, ${services.formatNumber(cells.value[top] ?? 0)}.`;
  return `Matrix of ${y.values.length} values of ${y.name} and ${x.values.length} of ${x.name}: ${measure}.${strongest} The table below holds all cells.`;
}
