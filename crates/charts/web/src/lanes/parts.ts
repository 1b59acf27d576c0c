import type { Dataset } from "../data/dataset";
import { placeOf } from "../data/index";
import type { Data } from "../page";
import type { Cell, Context, TableColumn, TimeRange } from "../registry";
import type { View } from "../time/view";
import { Zone } from "../time/zone";
import type { Plot, References } from "./axis";
import { IndexCounts, type BinCounts } from "./counts";
import type { CountSource, Painter } from "./frame";
import type { Gutter } from "./gutter";
import type { Lanes } from "./layout";
import type { Narrowing } from "./narrow";
import type { Overview } from "./overview";
import type { Layout } from "./table";
import type { Tools } from "./tools";

export interface Options {
  painter: Painter;
  /** `events`, `points`: what a row is called. */
  noun: string;
  withScale: boolean;
  more?: { column: TableColumn; cell: (row: number) => Cell }[];
  /** Further numbers of the kind, before the picture is complete. */
  load?: (dataset: Dataset) => Promise<void>;
}

/** Where things lie, in CSS pixels. */
export interface Metrics {
  left: number;
  width: number;
  /** Height of the band of reference labels above the lanes. */
  band: number;
  /** Lines of labels in it. */
  levels: number;
  /** Height of the lanes that are seen at once. */
  viewport: number;
}

/** What the parts of a chart with a time axis share. */
export interface Parts {
  readonly context: Context;
  readonly options: Options;
  readonly data: Data;
  readonly dataset: Dataset;
  readonly view: View;
  readonly lanes: Lanes;
  readonly tools: Tools;
  readonly narrowing: Narrowing;
  readonly overview: Overview;
  readonly references: References;
  readonly gutter: Gutter;
  readonly form: Layout;
  readonly surface: HTMLElement;
  readonly picture: HTMLCanvasElement;
  readonly scroller: HTMLElement;
  readonly cross: HTMLElement;
  readonly metrics: Metrics;
  bins: BinCounts | null;
  fine: BinCounts | null;
}

export const plotOf = ({ metrics, view }: Parts): Plot => ({ left: metrics.left, width: metrics.width, from: view.from, to: view.to });

export const zoneOf = (parts: Parts): Zone => Zone.named(parts.context.services.zone());

/** The range that table and SQL are about. */
export const rangeOf = ({ context, view }: Parts): TimeRange => context.bus.selection.time ?? view.range();

/** Counts of what is drawn: of all rows where nothing narrows them, whether they are in detail or not. */
export function countsOf(parts: Parts): CountSource {
  const { index, mask } = parts.narrowing.current;
  const partial = parts.data.all_rows > parts.data.rows;
  if (index && (mask || !partial)) return new IndexCounts(parts.dataset, index);
  return parts.fine ?? parts.bins ?? { count: () => undefined };
}

/** Rows of a range on lanes that are on; infinite while they are not decoded. */
export function countIn(parts: Parts, range: TimeRange, index = parts.narrowing.current.index): number {
  const { times, colorCount } = parts.dataset;
  if (!index || !times) return Infinity;
  const [from, to] = parts.dataset.offsets(range);
  let sum = 0;
  for (let group = 0; group < index.groups; group++) {
    if (!parts.lanes.on[Math.floor(group / colorCount)]) continue;
    sum += placeOf(index, times, group, to) - placeOf(index, times, group, from);
  }
  return sum;
}
