import type { Data, TimeColumn } from "../page";
import type { TimeRange } from "../registry";
import { grain, halfOpen } from "../time/grain";
import type { PageBlocks } from "./blocks";
import type { Offsets } from "./decode";
import { Details } from "./details";
import { buildIndex, type RowIndex } from "./index";
import { decode, type Columns, type Request } from "./worker";

declare const WORKER_SOURCE: string;

/** Rows in memory: numbers of all rows, and what is shown of a row when somebody looks at it. */
export class Dataset {
  readonly details: Details;
  readonly laneCount: number;
  readonly colorCount: number;
  columns: Columns | null = null;
  /** Whether there will never be any. */
  isUnreadable = false;

  constructor(
    readonly data: Data,
    private readonly blocks: PageBlocks,
  ) {
    this.details = new Details(data, blocks);
    this.laneCount = Math.max(1, data.lanes?.length ?? 1);
    this.colorCount = Math.max(1, data.color?.values.length ?? 1);
  }

  get time(): TimeColumn {
    const time = this.data.time;
    if (!time) throw new Error("this chart has no times");
    return time;
  }

  get span(): number {
    const { start, end, unit } = this.time;
    // Far from 1970 both ends are only nearly what they are: rows may lie a little beyond.
    const spare = grain(start) + grain(end) - 2;
    return Math.max(0, Math.round((end - start + spare) / unit));
  }

  get times(): Offsets | null {
    return this.columns?.times ?? null;
  }

  /** Microseconds of a row. */
  timeOf(row: number): number {
    return this.time.start + (this.columns?.times[row] ?? 0) * this.time.unit;
  }

  /** Microseconds of the end of a row; null where it has none. */
  endOf(row: number): number | null {
    const length = this.columns?.ends?.[row] ?? 0;
    return length === 0 ? null : this.timeOf(row) + (length - 1) * this.time.unit;
  }

  /** Microseconds as an offset in units, not rounded. */
  offset(micros: number): number {
    return (micros - this.time.start) / this.time.unit;
  }

  /** Offsets between which the rows of a range are: from the first to before the second. */
  offsets(range: TimeRange): [number, number] {
    const { begin, end } = halfOpen(range);
    const [low, high] = [this.offset(begin), this.offset(end)];
    // Offsets on an axis that is long enough are not all numbers either.
    return [low - (grain(low) - 1), high + (grain(high) - 1)];
  }

  /** Decodes in a worker; on this thread where a page may have none. */
  async load(): Promise<Columns> {
    const request: Request = {
      rows: this.data.rows,
      span: this.span,
      lanes: this.laneCount,
      colors: this.colorCount,
      time: this.blocks.take("time"),
      lane: this.blocks.has("lane") ? this.blocks.take("lane") : null,
      color: this.blocks.has("color") ? this.blocks.take("color") : null,
      end: this.blocks.has("end") ? this.blocks.take("end") : null,
      value: this.blocks.has("value") ? this.blocks.take("value") : null,
    };
    this.columns = request.rows < 20_000 ? await decode(request) : await inWorker(request);
    return this.columns;
  }

  /** An index of the rows in `mask`. */
  indexOf(mask: Uint8Array | null): RowIndex | null {
    const columns = this.columns;
    if (!columns) return null;
    if (!mask) return columns.index;
    const grouping = { lanes: columns.lanes, colors: columns.colors, laneCount: this.laneCount, colorCount: this.colorCount };
    return buildIndex(columns.times, this.span, grouping, mask);
  }
}

async function inWorker(request: Request): Promise<Columns> {
  let address: string | null = null;
  try {
    address = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" }));
    return await askWorker(startWorker(address), request);
  } catch (reason) {
    if (reason instanceof WorkerMissing) return decode(request);
    throw reason;
  } finally {
    if (address) URL.revokeObjectURL(address);
  }
}

class WorkerMissing extends Error {}

function startWorker(address: string): Worker {
  try {
    return new Worker(address);
  } catch (reason) {
    throw new WorkerMissing(String(reason));
  }
}

function askWorker(worker: Worker, request: Request): Promise<Columns> {
  return new Promise((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<{ columns?: Columns; error?: string }>) => {
      worker.terminate();
      if (event.data.columns) resolve(event.data.columns);
      else reject(new Error(event.data.error ?? "the rows could not be read"));
    };
    worker.onerror = (event) => {
      worker.terminate();
      reject(new WorkerMissing(event.message));
    };
    worker.postMessage(request);
  });
}
