import type { Data } from "../page";
import type { Cell } from "../registry";
import { isList } from "../lists";
import type { PageBlocks } from "./blocks";
import { ByteCache } from "./cache";
import { planes } from "./decode";

interface Dictionary {
  values: (string | null)[];
  raw: Record<string, string>;
}

/** A chunk of rows: codes are read from the bytes only when they are asked for. */
export interface Chunk {
  first: number;
  rows: number;
  bytes: Uint8Array;
  /** Where each column begins. */
  at: number[];
  /** For columns with texts in place: those that are shown, and the values of the table behind those that have one. */
  texts: ({ shown: Run; raw: Run } | null)[];
}

/** Texts one after the other: where each begins, and its length (`NONE` = there is none). */
interface Run {
  begins: Uint32Array;
  lengths: Uint32Array;
}

const NONE = 4294967295;
/** Bytes of chunks that are kept. */
const KEPT = 1 << 28;

const runBytes = ({ begins, lengths }: Run): number => begins.byteLength + lengths.byteLength;

const chunkBytes = ({ bytes, texts }: Chunk): number => texts.reduce((sum, both) => sum + (both ? runBytes(both.shown) + runBytes(both.raw) : 0), bytes.byteLength);

/** The columns that are shown of a row; chunks are inflated when somebody looks at them, and the last ones are kept. */
export class Details {
  private dictionaries: Promise<(Dictionary | null)[]> | null = null;
  private readonly chunks = new ByteCache<number, Chunk>(KEPT, chunkBytes);
  private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(
    private readonly data: Data,
    private readonly blocks: PageBlocks,
  ) {}

  get chunkRows(): number {
    return Math.max(1, this.data.chunk);
  }

  get chunkCount(): number {
    return Math.ceil(this.data.rows / this.chunkRows);
  }

  dictionary(): Promise<(Dictionary | null)[]> {
    this.dictionaries ??= this.blocks.has("dict")
      ? this.blocks.json("dict").then((json) => this.checked(json))
      : Promise.resolve(this.data.columns.map(() => null));
    return this.dictionaries;
  }

  private checked(json: unknown): (Dictionary | null)[] {
    const found = isList(json) ? json : [];
    return this.data.columns.map(({ width }, at) => {
      if (width === 0) return null;
      const { values, raw } = (found[at] ?? {}) as { values?: unknown; raw?: unknown };
      if (!isList(values) || !values.every((text) => text === null || typeof text === "string")) throw new Error("block dict has not all texts of the columns");
      return { values, raw: (typeof raw === "object" && raw !== null ? raw : {}) as Record<string, string> };
    });
  }

  /** `passing`: all chunks are gone through; those that are looked at stay. */
  private chunk(number: number, passing = false): Promise<Chunk> {
    return this.chunks.get(number, () => this.load(number), passing);
  }

  /** Bytes of the codes of a row; nothing where the columns have texts in place, too, and nobody knows how long they are. */
  private get rowBytes(): number | undefined {
    const { columns } = this.data;
    return columns.some(({ width }) => width === 0) ? undefined : columns.reduce((sum, { width }) => sum + width, 0);
  }

  private async load(number: number): Promise<Chunk> {
    const first = number * this.chunkRows;
    const rows = Math.min(this.chunkRows, this.data.rows - first);
    const { rowBytes } = this;
    const bytes = await this.blocks.bytes(`d${number}`, rowBytes === undefined ? undefined : rows * rowBytes);
    const at: number[] = [];
    const texts: Chunk["texts"] = [];
    let here = 0;
    for (const column of this.data.columns) {
      at.push(here);
      if (column.width > 0) {
        texts.push(null);
        here += rows * column.width;
        continue;
      }
      const shown = run(bytes, rows, here);
      const raw = run(bytes, rows, shown.end);
      here = raw.end;
      texts.push({ shown, raw });
    }
    if (here > bytes.length) throw new Error(`block d${number} ends before its rows do`);
    return { first, rows, bytes, at, texts };
  }

  code(chunk: Chunk, column: number, row: number): number {
    const width = this.data.columns[column]!.width;
    let code = 0;
    let at = chunk.at[column]! + row;
    for (let plane = 0; plane < width; plane++) {
      code |= chunk.bytes[at]! << (8 * plane);
      at += chunk.rows;
    }
    return code >>> 0;
  }

  /** A cell whose text is in place. */
  private placed(chunk: Chunk, column: number, row: number): Cell {
    const texts = chunk.texts[column];
    const read = ({ begins, lengths }: Run): string | null => {
      if (lengths[row] === NONE) return null;
      const begin = begins[row]!;
      return this.decoder.decode(chunk.bytes.subarray(begin, begin + lengths[row]!));
    };
    const shown = texts ? read(texts.shown) : null;
    return shown === null || !texts ? null : { shown, raw: read(texts.raw) };
  }

  /** All columns of a row. */
  async row(row: number): Promise<Cell[]> {
    const dictionaries = await this.dictionary();
    const chunk = await this.chunk(Math.floor(row / this.chunkRows));
    const at = row - chunk.first;
    return this.data.columns.map((_, column) => this.cell(chunk, dictionaries, column, at));
  }

  /** All columns of several rows; rows beside each other cost one look-up of their chunk. */
  async rows(rows: ArrayLike<number>): Promise<Cell[][]> {
    const dictionaries = await this.dictionary();
    const out: Cell[][] = [];
    let chunk: Chunk | null = null;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at]!;
      if (!chunk || row < chunk.first || row >= chunk.first + chunk.rows) chunk = await this.chunk(Math.floor(row / this.chunkRows));
      const here: Chunk = chunk;
      out.push(this.data.columns.map((_, column) => this.cell(here, dictionaries, column, row - here.first)));
    }
    return out;
  }

  private cell(chunk: Chunk, dictionaries: (Dictionary | null)[], column: number, row: number): Cell {
    if (chunk.texts[column]) return this.placed(chunk, column, row);
    return fromDictionary(dictionaries[column] ?? null, this.code(chunk, column, row));
  }

  /** All rows of a column as codes; for columns with texts in place, codes of a dictionary made here. For data sets that fit in memory. */
  async column(column: number): Promise<{ codes: Uint32Array; cells: Cell[] }> {
    const codes = new Uint32Array(this.data.rows);
    const dictionaries = await this.dictionary();
    const dictionary = dictionaries[column];
    const cells: Cell[] = dictionary ? dictionary.values.map((_, code) => fromDictionary(dictionary, code)) : [null];
    const known = new Map<string, number>();
    for (let number = 0; number < this.chunkCount; number++) {
      const chunk = await this.chunk(number, true);
      for (let row = 0; row < chunk.rows; row++) {
        if (dictionary) {
          codes[chunk.first + row] = this.code(chunk, column, row);
          continue;
        }
        const cell = this.placed(chunk, column, row);
        if (cell === null) continue;
        // Two values of the table may be shown as the same text.
        const key = `${cell.shown}\u0000${cell.raw ?? cell.shown}`;
        let code = known.get(key);
        if (code === undefined) {
          code = cells.length;
          known.set(key, code);
          cells.push(cell);
        }
        codes[chunk.first + row] = code;
      }
    }
    return { codes, cells };
  }

  /**
   * Marks in `mask` the rows of which a column fulfils `test`. Dictionaries are tested once for each text, not once for each row. Gives way to the
   * page between chunks; `alive` ends it early.
   */
  async mark(columns: readonly number[], test: (cell: Cell, column: number) => boolean, mask: Uint8Array, alive: () => boolean): Promise<boolean> {
    const dictionaries = await this.dictionary();
    const verdicts = columns.map((column) => {
      const dictionary = dictionaries[column];
      if (!dictionary) return null;
      const verdict = new Uint8Array(dictionary.values.length);
      for (let code = 0; code < verdict.length; code++) verdict[code] = test(fromDictionary(dictionary, code), column) ? 1 : 0;
      return verdict;
    });
    if (verdicts.every((verdict) => verdict !== null && !verdict.includes(1))) return true;
    for (let number = 0; number < this.chunkCount; number++) {
      const chunk = await this.chunk(number, true);
      if (!alive()) return false;
      columns.forEach((column, at) => this.markChunk(chunk, column, verdicts[at] ?? null, test, mask));
      if (number % 8 === 7) await new Promise((resolve) => setTimeout(resolve, 0));
      if (!alive()) return false;
    }
    return true;
  }

  private markChunk(chunk: Chunk, column: number, verdict: Uint8Array | null, test: (cell: Cell, column: number) => boolean, mask: Uint8Array): void {
    if (verdict) {
      if (!verdict.includes(1)) return;
      for (let row = 0; row < chunk.rows; row++) {
        if (verdict[this.code(chunk, column, row)]) mask[chunk.first + row] = 1;
      }
      return;
    }
    for (let row = 0; row < chunk.rows; row++) {
      if (mask[chunk.first + row]) continue;
      if (test(this.placed(chunk, column, row), column)) mask[chunk.first + row] = 1;
    }
  }
}

/** A run of texts in place. */
function run(bytes: Uint8Array, rows: number, from: number): Run & { end: number } {
  const lengths = planes(bytes, rows, 4, from);
  let end = from + rows * 4;
  const begins = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    begins[row] = end;
    if (lengths[row] !== NONE) end += lengths[row]!;
  }
  if (end > bytes.length) throw new Error("a text ends after its block does");
  return { begins, lengths, end };
}

function fromDictionary(dictionary: Dictionary | null, code: number): Cell {
  const shown = dictionary?.values[code];
  if (shown === null || shown === undefined) return null;
  const raw = dictionary?.raw[String(code)];
  return { shown, raw: typeof raw === "string" ? raw : null };
}
