import type { Dataset } from "../data/dataset";
import { placeOf, type RowIndex } from "../data/index";
import type { Blocks, Cell, TableColumn } from "../registry";
import { Extremes } from "../lanes/extremes";
import { xOf, type Frame, type LaneBox } from "../lanes/frame";
import { spread, strokeLine, ValuePainter } from "../lanes/values";

const SPIKE = 1;

/** What was observed, what was expected, the band of what is usual, and what is not. */
export class SeriesPainter extends ValuePainter {
  private baseline: Float64Array | null = null;
  private low: Float64Array | null = null;
  private high: Float64Array | null = null;
  private score: Float64Array | null = null;
  private anomaly: Uint8Array | null = null;
  private bands: { low: Extremes; high: Extremes } | null = null;

  constructor() {
    super({ mark: "line", shared_axis: false });
  }

  override laneHeight(lanes: number): number {
    if (lanes === 1) return 340;
    return lanes <= 3 ? 190 : lanes <= 8 ? 130 : 96;
  }

  async load(blocks: Blocks, rows: number): Promise<void> {
    const doubles = async (name: string): Promise<Float64Array | null> => (blocks.has(name) ? blocks.doubles(name, rows) : null);
    this.baseline = await doubles("baseline");
    this.low = await doubles("low");
    this.high = await doubles("high");
    this.score = await doubles("score");
    this.anomaly = blocks.has("anomaly") ? await blocks.bytes("anomaly", rows) : null;
  }

  override prepare(dataset: Dataset, index: RowIndex): void {
    super.prepare(dataset, index);
    if (this.low && this.high) this.bands = { low: new Extremes(index.order, this.low), high: new Extremes(index.order, this.high) };
  }

  protected override rangeOf(dataset: Dataset, index: RowIndex, lane: number): [number, number] {
    const range = super.rangeOf(dataset, index, lane);
    for (const values of [this.baseline, this.low, this.high]) {
      if (!values) continue;
      const other: [number, number] = [0, 0];
      new Extremes(index.order, values).of(index.begins[lane]!, index.begins[lane + 1]!, other);
      range[0] = Math.min(range[0], other[0]);
      range[1] = Math.max(range[1], other[1]);
    }
    return range;
  }

  override begin(frame: Frame): string {
    super.begin(frame);
    return this.anomaly ? "▲ spike, ▼ dip; dashed: expected; band: usual" : "";
  }

  override lane(frame: Frame, box: LaneBox): void {
    this.lines(frame, box);
    const { index, context, dataset } = frame;
    const { times } = dataset;
    const values = dataset.columns?.values;
    if (!index || !times || !values) return;
    const group = box.lane;
    const begin = Math.max(index.begins[group]!, placeOf(index, times, group, frame.from) - 1);
    const end = Math.min(index.begins[group + 1]!, placeOf(index, times, group, frame.to) + 1);
    const tint = this.tint(frame, box.lane);
    this.drawBand(frame, box, begin, end, tint);
    const at = (row: number): number => times[row]!;
    context.lineJoin = "round";
    context.globalAlpha = frame.marked ? 0.35 : 1;
    context.strokeStyle = tint;
    context.fillStyle = tint;
    context.lineWidth = end - begin > frame.width ? 1 : 1.6;
    if (end - begin <= Math.max(4000, frame.width * 3)) strokeLine(frame, index, begin, end, (row) => this.yOf(box, values[row]!), at);
    else if (this.extremes) {
      spread(frame, index, group, this.extremes, (x, low, high) => {
        const top = this.yOf(box, high);
        context.fillRect(x, top, 1, Math.max(1.5, this.yOf(box, low) - top));
      });
    }
    context.globalAlpha = 1;
    if (this.baseline && end - begin < 20_000) {
      const baseline = this.baseline;
      context.strokeStyle = frame.theme.text;
      context.setLineDash([5, 4]);
      context.lineWidth = 1;
      context.globalAlpha = 0.8;
      strokeLine(frame, index, begin, end, (row) => this.yOf(box, baseline[row]!), at);
      context.setLineDash([]);
      context.globalAlpha = 1;
    }
    context.lineWidth = 1;
    this.drawAnomalies(frame, box, frame.marked ?? index);
  }

  private drawBand(frame: Frame, box: LaneBox, begin: number, end: number, tint: string): void {
    const { low, high, bands } = this;
    const { context, index, dataset } = frame;
    if (!low || !high || !index || end - begin < 1) return;
    context.fillStyle = tint;
    context.globalAlpha = frame.theme.dark ? 0.24 : 0.16;
    if (end - begin > frame.width * 3 && bands) {
      const tops = new Map<number, number>();
      spread(frame, index, box.lane, bands.high, (x, _, most) => tops.set(x, this.yOf(box, most)));
      spread(frame, index, box.lane, bands.low, (x, least) => {
        const top = tops.get(x);
        if (top !== undefined) context.fillRect(x, top, 1, Math.max(1, this.yOf(box, least) - top));
      });
    } else {
      const times = dataset.times!;
      let path: [number, number, number][] = [];
      const close = (): void => {
        if (path.length === 0) return;
        context.beginPath();
        for (const [x, top] of path) context.lineTo(x, top);
        for (const [x, , bottom] of path.reverse()) context.lineTo(x, bottom);
        context.closePath();
        context.fill();
        path = [];
      };
      for (let place = begin; place < end; place++) {
        const row = index.order[place]!;
        if (Number.isNaN(low[row]!) || Number.isNaN(high[row]!)) close();
        else path.push([xOf(frame, times[row]!), this.yOf(box, high[row]!), this.yOf(box, low[row]!)]);
      }
      close();
    }
    context.globalAlpha = 1;
  }

  private drawAnomalies(frame: Frame, box: LaneBox, index: RowIndex): void {
    const { anomaly } = this;
    const { context, dataset, theme } = frame;
    const times = dataset.times!;
    const values = dataset.columns!.values!;
    if (!anomaly) return;
    const end = placeOf(index, times, box.lane, frame.to);
    let last = -Infinity;
    for (let place = placeOf(index, times, box.lane, frame.from); place < end; place++) {
      const row = index.order[place]!;
      const kind = anomaly[row]!;
      if (kind === 0 || Number.isNaN(values[row]!)) continue;
      const x = xOf(frame, times[row]!);
      if (x - last < 1) continue;
      last = x;
      const way = kind === SPIKE ? -1 : 1;
      const y = Math.max(box.top + 7, Math.min(box.top + box.height - 7, this.yOf(box, values[row]!) + way * 7));
      context.fillStyle = kind === SPIKE ? theme.danger : theme.accent;
      context.strokeStyle = theme.background;
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x, y + way * 6);
      context.lineTo(x + 5.5, y - way * 4);
      context.lineTo(x - 5.5, y - way * 4);
      context.closePath();
      context.fill();
      context.stroke();
      context.lineWidth = 1;
    }
  }

  override pick(frame: Frame, box: LaneBox, x: number, y: number): ReturnType<ValuePainter["pick"]> {
    const near = super.pick(frame, box, x, y);
    return near ? { ...near, here: 1 } : null;
  }

  describe(): string {
    if (!this.anomaly) return "";
    let spikes = 0;
    let dips = 0;
    for (const kind of this.anomaly) {
      if (kind === SPIKE) spikes++;
      else if (kind !== 0) dips++;
    }
    return `${spikes.toLocaleString("en")} spikes and ${dips.toLocaleString("en")} dips. `;
  }

  /** Columns of the table: there before the numbers are. */
  more(blocks: Blocks): { column: TableColumn; cell: (row: number) => Cell }[] {
    const number = (name: string, values: () => Float64Array | null): { column: TableColumn; cell: (row: number) => Cell }[] =>
      blocks.has(name)
        ? [{
            column: { name, numeric: true },
            cell: (row) => {
              const value = values()?.[row] ?? NaN;
              return Number.isNaN(value) ? null : { shown: String(Number(value.toPrecision(10))), raw: null };
            },
          }]
        : [];
    return [
      ...number("baseline", () => this.baseline),
      ...number("low", () => this.low),
      ...number("high", () => this.high),
      ...number("score", () => this.score),
      { column: { name: "anomaly" }, cell: (row) => ({ shown: ["", "spike", "dip"][this.anomaly?.[row] ?? 0] ?? "", raw: null }) },
    ];
  }
}
