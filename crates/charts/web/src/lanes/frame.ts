import type { Dataset } from "../data/dataset";
import type { RowIndex } from "../data/index";
import type { ColorColumn } from "../page";
import type { Theme } from "../registry";
import { isRestLabel, labelAt } from "../values";

/** What is true while one picture is drawn. Times are offsets in units from the first time of the data. */
export interface Frame {
  context: CanvasRenderingContext2D;
  theme: Theme;
  dataset: Dataset;
  /** Rows that count; null while they are not decoded. */
  index: RowIndex | null;
  /** Rows that are highlighted; null where nothing is searched. */
  marked: RowIndex | null;
  /** Whether `index` leaves rows out. */
  narrowed: boolean;
  left: number;
  width: number;
  from: number;
  to: number;
  /** Rows on the lanes that are on, within the view. */
  inView: number;
  /** Lanes that are on and within the scroll box. */
  lanes: LaneBox[];
  counts: CountSource;
  logarithmic: boolean;
  ratio: number;
}

export interface LaneBox {
  lane: number;
  top: number;
  height: number;
}

export interface CountSource {
  /** Adds the rows of a lane to each of `counts`, parts of equal width of the view. */
  count(lane: number, from: number, to: number, counts: Float64Array): void;
}

/** A row under the pointer, and how many are there. */
export interface Pick {
  row: number;
  x: number;
  y: number;
  here: number;
}

/** How rows of a lane are drawn. */
export interface Painter {
  laneHeight(lanes: number): number;
  /** Space for numbers left of the plot. */
  readonly axisWidth: number;
  /** Numbers are decoded, or are others than before. */
  prepare(dataset: Dataset, index: RowIndex): void;
  /** `points`, `density`: for the status line. */
  begin(frame: Frame): string;
  lane(frame: Frame, box: LaneBox): void;
  /** Numbers left of the plot. */
  axis?(frame: Frame, box: LaneBox): void;
  pick(frame: Frame, box: LaneBox, x: number, y: number): Pick | null;
  /** Heights for the overview, where counts say little. False: counts will do. */
  overview?(frame: Frame, on: Uint8Array, heights: Float64Array): boolean;
  /** A sentence for those who cannot see the picture. */
  describe?(): string;
  /** Latest time that is drawn, as an offset, where that is not the time of the last row. */
  latest?(): number;
}

export const xOf = (frame: Frame, offset: number): number => frame.left + ((offset - frame.from) / (frame.to - frame.from)) * frame.width;

export const offsetOf = (frame: Frame, x: number): number => frame.from + ((x - frame.left) / frame.width) * (frame.to - frame.from);

/** Colour of a lane where no column colours the rows. */
export function laneColor(theme: Theme, lane: number): string {
  if (theme.forced) return theme.text;
  return theme.categories[lane % theme.categories.length] ?? theme.accent;
}

export function rowColor(theme: Theme, lane: number, code: number, color: ColorColumn | null): string {
  if (color && isRestLabel(labelAt(color.values, color.raw, color.other, code))) return theme.muted;
  return laneColor(theme, color ? code : lane);
}
