import type { Cell, Table } from "../registry";

/** What a spreadsheet takes for the begin of a formula, after what it may take for the begin of a cell. */
const FORMULA = /(^|[;\t\r\n])([^\S\t\r\n]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

/** A cell that a spreadsheet would read as a formula gets an apostrophe first; so does what it would read as a cell of its own, were semicolons or tabs between cells. */
export function csvCell(text: string): string {
  const guarded = text.replace(FORMULA, "$1$2'");
  const safe = /^[\t\r]/.test(text) ? `'${guarded}` : guarded;
  return /[",;\t\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const number = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** Numbers of columns that are numbers stay numbers: -5 is no formula there. */
function textOf(cell: Cell, numeric: boolean, raw: boolean): string {
  if (cell === null) return "";
  const text = raw ? (cell.raw ?? cell.shown) : cell.shown;
  return numeric && number.test(text) ? text : csvCell(text);
}

/** All rows of the table, piece by piece so that the page stays alive. */
export async function csv(table: Table, raw: boolean, progress: (share: number) => void): Promise<Blob> {
  const pieces: string[] = [`${table.columns.map((column) => csvCell(column.name)).join(",")}\r\n`];
  const step = 16_384;
  for (let from = 0; from < table.rows; from += step) {
    const cells = await table.cells(from, Math.min(table.rows, from + step));
    pieces.push(cells.map((row) => `${row.map((cell, at) => textOf(cell, table.columns[at]?.numeric === true, raw)).join(",")}\r\n`).join(""));
    progress(from / table.rows);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return new Blob(pieces, { type: "text/csv;charset=utf-8" });
}
