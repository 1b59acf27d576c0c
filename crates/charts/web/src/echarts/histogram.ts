import type { SourceColumn } from "../page";
import type { CardLine, Chart, Context, Selection } from "../registry";
import { type Run, Bins } from "./bins";
import { logTicks } from "./numbers";
import { shapeOf } from "../shell/palette";
import { timeTicks } from "../time/ticks";
import { Zone } from "../time/zone";
import { client, Drawing, type Hit } from "./engine";
import { Legend, colorOf } from "./legend";
import { condition, hiddenFilter, ignored, numberCell, partValues, plain, tableOf } from "./narrow";

interface Spec {
  edges: number[];
  series: { name: string; raw: string | null; counts: number[] }[];
  scale: "linear" | "log";
  source: SourceColumn;
  color: SourceColumn | null;
  is_time: boolean;
}

interface Frame {
  coord(point: readonly [number, number]): [number, number];
}

const HEIGHT = 330;
const GRID = { left: 64, right: 24, top: 14, bottom: 52 };

const between = (first: number, second: number): Run => [Math.min(first, second), Math.max(first, second)];

const isSame = (left: Run | null, right: Run): boolean => left?.[0] === right[0] && left[1] === right[1];

class Histogram implements Chart {
  private readonly drawing: Drawing;
  private readonly legend: Legend | null;
  private selection: Selection;
  private readonly bins: Bins;
  /** Bins that were chosen; of times only as long as they are the selected time. */
  private chosen: Run | null = null;
  /** Where a drag began, and the bins that it goes over. */
  private dragging: number | null = null;
  private dragged: Run | null = null;
  private readonly up = (event: PointerEvent): void => this.drop(event);
  private readonly cancel = (): void => this.giveUp();

  constructor(private readonly context: Context<Spec>) {
    const spec = context.head.spec;
    this.selection = context.bus.selection;
    this.bins = new Bins(spec.edges);
    const sum = (counts: number[]): string => context.services.formatNumber(counts.reduce((total, count) => total + count, 0));
    this.legend =
      spec.series.length > 1 || spec.color
        ? new Legend(spec.color?.name ?? "parts", spec.series.map((part, at) => ({ text: part.name, note: sum(part.counts), color: at, shape: shapeOf(at) })), () => this.draw())
        : null;
    if (this.legend) context.container.append(this.legend.node);
    this.drawing = new Drawing(context as Context<never>, HEIGHT, `Histogram of ${spec.source.name}. Drag to choose a range, Escape gives it up.`);
    this.drawing.on("globalout", () => context.services.card.hide());
    this.pointers();
    this.draw();
  }

  /** What is chosen now. */
  private get run(): Run | null {
    return this.dragged ?? this.chosen;
  }

  private get parts(): number[] {
    return this.context.head.spec.series.map((_, at) => at).filter((at) => !this.legend?.hidden.has(at));
  }

  private count(bin: number, part?: number): number {
    const { series } = this.context.head.spec;
    return (part === undefined ? this.parts : [part]).reduce((sum, at) => sum + (series[at]?.counts[bin] ?? 0), 0);
  }

  private pointers(): void {
    const zr = this.drawing.chart.getZr();
    zr.on("mousemove", (event) => this.move(event));
    zr.on("mousedown", (event) => {
      this.dragging = this.binAt(event.offsetX, event.offsetY);
      this.context.services.card.hide();
    });
    addEventListener("pointerup", this.up);
    // What was begun ends, whoever takes the pointer away.
    addEventListener("pointercancel", this.cancel);
    addEventListener("blur", this.cancel);
    this.drawing.node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.choose(null);
    });
  }

  private binAt(x: number, y: number, anywhere = false): number | null {
    const inside = x >= GRID.left && x <= this.drawing.width - GRID.right && y >= GRID.top && y <= HEIGHT - GRID.bottom + 24;
    if (!inside && !anywhere) return null;
    const at = this.drawing.chart.convertFromPixel({ xAxisIndex: 0 }, x);
    return typeof at !== "number" || this.bins.count === 0 ? null : this.bins.of(at);
  }

  private move(event: { offsetX: number; offsetY: number; event?: unknown }): void {
    // The button was let go where nobody told.
    if (event.event instanceof MouseEvent && event.event.buttons === 0) this.giveUp();
    const bin = this.binAt(event.offsetX, event.offsetY, this.dragging !== null);
    if (this.dragging !== null && bin !== null) {
      const run = between(this.dragging, bin);
      if (!isSame(this.dragged, run)) {
        this.dragged = run;
        this.draw();
      }
      return;
    }
    if (bin === null) this.context.services.card.hide();
    else this.hover(bin, { event });
  }

  /** A drag that nobody ended: as it was before. */
  private giveUp(): void {
    if (this.dragging === null) return;
    this.dragging = null;
    this.dragged = null;
    this.draw();
  }

  private drop(event: PointerEvent): void {
    if (this.dragging === null) return;
    const box = this.drawing.node.getBoundingClientRect();
    const bin = this.binAt(event.clientX - box.left, event.clientY - box.top, true);
    const from = this.dragging;
    this.dragging = null;
    this.dragged = null;
    if (bin === null) return;
    const run = between(from, bin);
    this.choose(bin === from && isSame(this.chosen, run) ? null : run);
  }

  private choose(run: Run | null): void {
    this.chosen = run;
    if (this.context.head.spec.is_time) this.context.bus.setTime(run && this.bins.times(run), this.context.head.id);
    this.draw();
  }

  private isLit(bin: number): boolean {
    const { time } = this.selection;
    if (this.context.head.spec.is_time && !this.dragged) return !time || this.bins.meets(bin, time);
    return !this.run || (bin >= this.run[0] && bin <= this.run[1]);
  }

  private edge(value: number): string {
    return this.context.head.spec.is_time ? this.context.services.formatTime(value) : this.context.services.formatNumber(value);
  }

  private draw(): void {
    const { services, head } = this.context;
    const spec = head.spec;
    const theme = services.theme();
    this.legend?.paint(theme);
    const { edges } = spec;
    const [low, high] = [edges[0] ?? 0, edges[edges.length - 1] ?? 1];
    const parts = this.parts;
    const ticks = spec.is_time ? timeTicks(low, high, Math.max(2, Math.floor(this.drawing.width / 110)), Zone.named(services.zone())) : [];
    const marks = spec.is_time ? ticks.map((tick) => tick.at) : spec.scale === "log" ? logTicks(low, high, this.drawing.width / 70) : null;
    const text = new Map(ticks.map((tick) => [tick.at, tick.context ? `${tick.text}\n${tick.context}` : tick.text]));
    // Parts stand upon each other.
    const tops = new Array<number>(this.bins.count).fill(0);
    const boxes = parts.map((part) => tops.map((low, bin) => [edges[bin] ?? 0, edges[bin + 1] ?? 0, low, (tops[bin] = low + this.count(bin, part))]));
    const tallest = tops.reduce((most, top) => Math.max(most, top), 1);
    this.drawing.set(
      {
        grid: { ...GRID, outerBoundsMode: "none" },
        xAxis: {
          type: spec.scale === "log" ? "log" : "value", min: low, max: high, name: spec.source.name, nameLocation: "middle", nameGap: 34, nameTextStyle: { color: theme.muted, fontSize: 12 },
          axisLabel: {
            color: theme.muted, hideOverlap: true, lineHeight: 15, alignMinLabel: spec.is_time ? "left" : undefined, alignMaxLabel: spec.is_time ? "right" : undefined,
            ...(marks ? { customValues: marks } : { showMinLabel: false, showMaxLabel: false }),
            formatter: (at: number) => (spec.is_time ? (text.get(at) ?? "") : services.formatNumber(at)),
          },
          axisTick: { lineStyle: { color: theme.border }, ...(marks ? { customValues: marks } : {}) },
          axisLine: { lineStyle: { color: theme.border } }, splitLine: { show: false },
        },
        yAxis: {
          type: "value", min: 0, max: tallest * 1.04, minInterval: 1, axisLabel: { color: theme.muted, showMaxLabel: false, formatter: (count: number) => services.formatNumber(count) },
          splitLine: { showMaxLine: false, lineStyle: { color: theme.grid } }, axisLine: { show: false }, axisTick: { show: false },
        },
        series: parts.map((part, at) => ({
          id: `s${part}`, type: "custom", clip: true, animation: false, silent: true, encode: { x: [0, 1], y: 3 }, itemStyle: { color: colorOf(theme, part) },
          data: boxes[at] ?? [],
          renderItem: (params: { dataIndex: number }, api: Frame & { value(at: number): number }) => {
            const [left, top] = api.coord([api.value(0), api.value(3)]);
            const [right, bottom] = api.coord([api.value(1), api.value(2)]);
            const gap = right - left > 5 ? 1 : 0;
            return {
              type: "rect",
              shape: { x: left + gap / 2, y: top, width: Math.max(0.5, right - left - gap), height: Math.max(0, bottom - top) },
              style: { fill: colorOf(theme, part), opacity: this.isLit(params.dataIndex) ? 1 : 0.25 },
            };
          },
        })),
      },
      ["series"],
    );
    services.status(this.status());
    services.changed();
  }

  private status(): string {
    const { services, head } = this.context;
    const { bins, run } = this;
    if (!run) return `${services.formatNumber(bins.count)} bins`;
    let rows = 0;
    for (let bin = run[0]; bin <= run[1]; bin++) rows += this.count(bin);
    return `${head.spec.source.name} from ${this.edge(bins.low(run[0]))} to ${this.edge(bins.high(run[1]))}: ${services.formatNumber(rows)} rows`;
  }

  private hover(bin: number, hit: Hit): void {
    const at = client(hit);
    if (!at) return;
    const { spec } = this.context.head;
    const { card, formatNumber } = this.context.services;
    const lines: CardLine[] = [
      { name: "from", value: plain(this.edge(this.bins.low(bin))) },
      { name: this.bins.isLast(bin) ? "to, included" : "to below", value: plain(this.edge(this.bins.high(bin))) },
      { name: "rows", value: plain(formatNumber(this.count(bin))) },
    ];
    if (spec.series.length > 1) {
      for (const part of this.parts) {
        const count = this.count(bin, part);
        if (count > 0) lines.push({ name: spec.series[part]?.name || "“”", value: plain(formatNumber(count)) });
      }
    }
    card.show(at.x, at.y, spec.source.name, lines, "Drag: choose a range.");
  }

  resize(): void {
    this.drawing.resize();
    this.draw();
  }

  restyle(): void {
    this.draw();
  }

  select(selection: Selection): void {
    this.selection = selection;
    if (this.context.head.spec.is_time) this.chosen = selection.time && this.bins.run(selection.time);
    this.draw();
  }

  table() {
    const { spec } = this.context.head;
    const columns = [{ name: `${spec.source.name} from` }, { name: "to" }, { name: "rows", numeric: true }, ...(spec.series.length > 1 ? this.parts.map((part) => ({ name: spec.series[part]?.name ?? "", numeric: true })) : [])];
    const bins = Array.from({ length: this.bins.count }, (_, bin) => bin).filter((bin) => this.isLit(bin));
    return tableOf(
      columns,
      bins.map((bin) => () => [
        plain(this.edge(this.bins.low(bin))),
        plain(this.edge(this.bins.high(bin))),
        numberCell(this.count(bin)),
        ...(spec.series.length > 1 ? this.parts.map((part) => numberCell(this.count(bin, part))) : []),
      ]),
    );
  }

  describe(): string {
    const { spec } = this.context.head;
    let top = 0;
    const { bins } = this;
    for (let bin = 1; bin < bins.count; bin++) if (this.count(bin) > this.count(top)) top = bin;
    const lead = bins.count > 0 ? ` Most rows, ${this.context.services.formatNumber(this.count(top))}, lie from ${this.edge(bins.low(top))} to ${this.edge(bins.high(top))}.` : "";
    return `Histogram of ${spec.source.name} in ${bins.count} bins.${lead}`;
  }

  where(): string | null {
    const { spec } = this.context.head;
    // The times of bins are the selected time.
    const own = this.run && !spec.is_time ? this.bins.conditions(spec.source, this.run) : [];
    const hidden = hiddenFilter(spec.color, partValues(spec.series.map((part) => part.name), spec.series.map((part) => part.raw)), this.legend?.hidden ?? new Set());
    return condition(this.selection, [], spec.is_time ? spec.source : null, [...own, ...hidden]);
  }

  ignores(selection: Selection): readonly string[] {
    return ignored(selection, [], this.context.head.spec.is_time);
  }

  png(): Promise<Blob | null> {
    return this.drawing.png();
  }

  state(): string {
    return [...(this.legend?.hidden ?? [])].join(".");
  }

  restore(state: string): void {
    this.legend?.restore(state.split(".").filter(Boolean).map(Number));
    this.draw();
  }

  reset(): void {
    this.legend?.restore([]);
    this.choose(null);
  }

  destroy(): void {
    removeEventListener("pointerup", this.up);
    removeEventListener("pointercancel", this.cancel);
    removeEventListener("blur", this.cancel);
    this.drawing.destroy();
  }
}

export const makeHistogram = (context: Context<Spec>): Chart => new Histogram(context);
