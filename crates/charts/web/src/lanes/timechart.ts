import type { PageBlocks } from "../data/blocks";
import { Dataset } from "../data/dataset";
import { placeOf } from "../data/index";
import { element, everyFrame, isPrinting, sized, toBlob, whenQuiet } from "../dom";
import type { Data } from "../page";
import type { CardLine, Cell, Chart, Context, Selection, Table, TableColumn, TimeRange } from "../registry";
import { filterCondition, literal, timeCondition, where } from "../shell/sql";
import { View } from "../time/view";
import { durationText, offsetText, Zone } from "../time/zone";
import { AXIS_HEIGHT, drawAxis, drawGrid, referenceBand, References, ticksOf, type Plot } from "./axis";
import { BinCounts, IndexCounts } from "./counts";
import { laneColor, type CountSource, type Frame, type LaneBox, type Painter } from "./frame";
import { Gutter } from "./gutter";
import { Lanes } from "./layout";
import { laneValue, Narrowing } from "./narrow";
import { exportPicture } from "./picture";
import { Overview } from "./overview";
import { Pointer } from "./pointer";
import { read, write } from "./state";
import { layout, rowsTable, type Layout } from "./table";
import { Tools } from "./tools";
import { legend } from "./legend";
import { Steps } from "./steps";

const RIGHT = 10;

export interface Options {
  painter: Painter;
  /** `events`, `points`: what a row is called. */
  noun: string;
  withScale: boolean;
  more?: { column: TableColumn; cell: (row: number) => Cell }[];
  /** Further numbers of the kind, before the picture is complete. */
  load?: (dataset: Dataset) => Promise<void>;
}

/** A chart of lanes along a time axis. What is drawn on a lane is the business of its painter. */
export class TimeChart implements Chart {
  controls: readonly HTMLElement[];
  readonly dataset: Dataset;
  private readonly data: Data;
  private readonly view: View;
  private readonly lanes: Lanes;
  private readonly tools: Tools;
  private readonly narrowing: Narrowing;
  private readonly overview: Overview;
  private readonly references: References;
  private readonly gutter: Gutter;
  private readonly picture: HTMLCanvasElement;
  private readonly surface = element("div", { class: "surface" });
  private readonly scroller = element("div", { class: "lane-scroll" });
  private readonly inner = element("div", { class: "lane-inner" });
  private readonly paper = element("p", { class: "on-paper" });
  private readonly cross = element("div", { class: "cross", hidden: true });
  private readonly form: Layout;
  private readonly steps: Steps;
  private bins: BinCounts | null = null;
  private fine: BinCounts | null = null;
  private left = 120;
  private width = 600;
  private band = 6;
  private levels = 0;
  private viewport = 100;
  private frame: Frame | null = null;
  private modeText = "";
  private hoverRun = 0;
  private overviewKey = "";
  private readonly ask = everyFrame(() => this.draw());
  private readonly tellLater = whenQuiet(120, () => this.tell());

  constructor(
    private readonly context: Context,
    private readonly options: Options,
  ) {
    const data = context.head.data;
    if (!data?.time) throw new Error("this chart has no times");
    this.data = data;
    this.dataset = new Dataset(data, context.blocks as PageBlocks);
    const names = data.lanes?.map((lane) => lane.name) ?? [""];
    this.lanes = new Lanes(names, () => data.lanes?.map((lane) => lane.rows) ?? [], () => this.firsts());
    this.view = this.makeView(data);
    this.references = new References(context.head.refs);
    this.tools = new Tools(this.view, this.lanes, (what) => this.rearranged(what), () => this.selectView(), options.withScale, (mode) => (this.surface.dataset["mode"] = mode));
    this.narrowing = new Narrowing(this.dataset, () => this.narrowed());
    this.overview = new Overview(this.view, context.services);
    this.form = layout(this.dataset, context.services, options.more ?? []);
    this.picture = element("canvas", { role: "application", tabindex: 0, "aria-label": this.label(), "aria-roledescription": "chart" });
    this.gutter = new Gutter(this.inner, this.lanes, data.lane?.name ?? "lane", () => this.rearranged("lanes"));
    this.scroller.append(this.inner);
    this.surface.append(this.picture, this.scroller, this.cross);
    const colors = legend(context, data);
    context.container.append(...(colors ? [colors] : []), this.surface, this.overview.node, this.paper);
    context.container.classList.add("time-chart");
    this.controls = this.tools.nodes;
    if (data.all_rows === 0) {
      const sentence = element("p", { class: "empty-picture" }, `There are no ${options.noun}.`);
      context.container.append(sentence);
      this.surface.hidden = true;
      this.overview.node.hidden = true;
      this.controls = [];
    }
    this.steps = new Steps(this.dataset, this.view, this.lanes, () => this.narrowing.current.mask, (row) => this.showRow(row));
    this.listen();
  }

  private label(): string {
    const { head } = this.context;
    return `${head.title || head.kind}: ${this.data.all_rows.toLocaleString("en")} ${this.options.noun}. Arrow keys move, plus and minus zoom, Home shows all, full stop and comma go from event to event, S selects the view.`;
  }

  private makeView(data: Data): View {
    const time = data.time!;
    let first = time.start;
    let last = time.end;
    const length = last - first;
    for (const reference of this.context.head.refs) {
      // A reference far away must not squeeze the rows; it is told of in the status line.
      if (reference.time >= time.start - length && reference.time <= time.end + length) {
        first = Math.min(first, reference.time);
        last = Math.max(last, reference.time);
      }
    }
    const pad = Math.max((last - first) * 0.008, last === first ? 500_000 : time.unit);
    const shortest = Math.min(10 * time.unit, last - first + 2 * pad);
    return new View(first - pad, last + pad, shortest, () => this.moved(), () => this.rested());
  }

  private listen(): void {
    this.scroller.addEventListener("scroll", this.ask, { passive: true });
    new Pointer({
      surface: this.surface,
      view: this.view,
      plot: () => ({ left: this.left, width: this.width, top: this.band, height: this.viewport }),
      mode: () => this.tools.mode,
      wheelZooms: () => document.querySelectorAll(".panel").length === 1 || this.surface.contains(document.activeElement),
      hover: (x, y, event) => this.hover(x, y, event),
      leave: () => this.leave(),
      press: (x, y) => this.press(x, y),
      select: (range) => this.context.bus.setTime(range, this.context.head.id),
      whole: () => this.view.whole(),
      scrollBy: (pixels) => (this.scroller.scrollTop += pixels),
    });
    this.picture.addEventListener("keydown", (event) => this.key(event));
  }

  /** First picture from the bins; all others when the rows are decoded. */
  async start(): Promise<void> {
    const { blocks } = this.context;
    const unit = this.dataset.span + 1;
    if (blocks.has("bins")) this.bins = new BinCounts(toCounts(await blocks.bytes("bins")), this.dataset.laneCount, unit);
    this.resize();
    this.draw();
    void this.complete();
  }

  private async complete(): Promise<void> {
    try {
      if (document.readyState === "loading") await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
      const { blocks } = this.context;
      if (blocks.has("fine")) this.fine = new BinCounts(toCounts(await blocks.bytes("fine")), this.dataset.laneCount, this.dataset.span + 1);
      if (this.data.rows > 0) {
        const columns = await this.dataset.load();
        await this.options.load?.(this.dataset);
        this.options.painter.prepare(this.dataset, columns.index);
        const latest = this.options.painter.latest?.();
        if (latest !== undefined) this.view.extend(this.dataset.time.start + latest * this.dataset.time.unit);
        this.narrowing.ready();
        if (this.lanes.sort === "first") this.lanes.arrange("first");
      }
      this.surface.dataset["complete"] = "yes";
      this.ask();
      this.tellLater();
      this.context.services.changed();
    } catch (reason) {
      this.context.services.status(`The rows cannot be read: ${reason instanceof Error ? reason.message : String(reason)}`);
    }
  }

  private firsts(): number[] {
    const { columns } = this.dataset;
    return this.lanes.names.map((_, lane) => {
      if (!columns) return this.bins?.firstSeen(lane) ?? 0;
      let first = Infinity;
      for (let color = 0; color < this.dataset.colorCount; color++) {
        const group = lane * this.dataset.colorCount + color;
        const place = columns.index.begins[group]!;
        if (place < columns.index.begins[group + 1]!) first = Math.min(first, columns.times[columns.index.order[place]!]!);
      }
      return first;
    });
  }

  private counts(): CountSource {
    const { index, mask } = this.narrowing.current;
    const partial = this.data.all_rows > this.data.rows;
    if (index && (mask || !partial)) return new IndexCounts(this.dataset, index);
    return this.fine ?? this.bins ?? { count: () => undefined };
  }

  private plot(): Plot {
    return { left: this.left, width: this.width, from: this.view.from, to: this.view.to };
  }

  private zone(): Zone {
    return Zone.named(this.context.services.zone());
  }

  resize(): void {
    const total = this.context.container.clientWidth;
    if (total === 0) return;
    const context = this.picture.getContext("2d");
    if (!context) return;
    const theme = this.context.services.theme();
    context.font = `13px ${theme.font}`;
    const longest = this.data.lane ? Math.max(0, ...this.lanes.names.slice(0, 400).map((name) => context.measureText(name.slice(0, 60)).width)) : 0;
    const names = this.data.lane ? Math.min(Math.max(96, longest + 64), total < 600 ? total * 0.32 : 240) : 12;
    this.left = Math.round(names + this.options.painter.axisWidth + 6);
    const bar = this.overflowing(total) ? 12 : 0;
    this.width = Math.max(80, total - this.left - RIGHT - bar);
    this.levels = this.references.levels(context, { ...this.plot(), from: this.view.first, to: this.view.last }, theme);
    this.band = referenceBand(this.levels);
    this.placeLanes();
    this.overviewKey = "";
    this.ask();
  }

  private overflowing(_total: number): boolean {
    return this.lanes.height > this.viewport + 1;
  }

  private placeLanes(): void {
    this.lanes.place(this.options.painter.laneHeight(this.lanes.count));
    const most = isPrinting() ? 1800 : Math.max(240, Math.min(640, innerHeight - 300));
    this.viewport = Math.max(40, Math.min(this.lanes.height, most));
    this.paper.textContent = this.lanes.height > this.viewport + 1 ? `Not all of the ${this.lanes.count.toLocaleString("en")} lanes fit on paper.` : "";
    this.inner.style.height = `${this.lanes.height}px`;
    this.scroller.style.top = `${this.band}px`;
    this.scroller.style.height = `${this.viewport}px`;
    this.scroller.classList.toggle("overflowing", this.lanes.height > this.viewport + 1);
    this.surface.style.height = `${this.band + this.viewport + AXIS_HEIGHT}px`;
  }

  private makeFrame(context: CanvasRenderingContext2D): Frame {
    const { index, marked, mask } = this.narrowing.current;
    const scroll = this.scroller.scrollTop;
    const from = this.dataset.offset(this.view.from);
    const to = this.dataset.offset(this.view.to);
    const boxes = this.lanes.between(scroll, scroll + this.viewport).map((box) => ({ ...box, top: box.top - scroll + this.band }));
    const lanes = boxes.filter((box) => this.lanes.on[box.lane]);
    const ratio = this.picture.width / Math.max(1, parseFloat(this.picture.style.width));
    const theme = this.context.services.theme();
    const frame: Frame = { context, theme, dataset: this.dataset, index, marked, narrowed: mask !== null, left: this.left, width: this.width, from, to, inView: 0, lanes, counts: this.counts(), logarithmic: this.tools.logarithmic, ratio };
    frame.inView = this.countIn(from, to + 1e-6, index);
    return frame;
  }

  /** Rows on lanes that are on, from one offset to before another. */
  private countIn(from: number, to: number, index = this.narrowing.current.index): number {
    const times = this.dataset.times;
    if (!index || !times) return Infinity;
    let sum = 0;
    for (let group = 0; group < index.groups; group++) {
      if (!this.lanes.on[Math.floor(group / this.dataset.colorCount)]) continue;
      sum += placeOf(index, times, group, to) - placeOf(index, times, group, from);
    }
    return sum;
  }

  private draw(ratio = 1): void {
    const { painter } = this.options;
    const total = this.context.container.clientWidth;
    if (total === 0) return;
    const bottom = this.band + this.viewport;
    const context = sized(this.picture, total, bottom + AXIS_HEIGHT, ratio);
    if (!context) return;
    const frame = this.makeFrame(context);
    this.frame = frame;
    const { theme } = frame;
    context.clearRect(0, 0, total, bottom + AXIS_HEIGHT);
    const plot = this.plot();
    const ticks = ticksOf(plot, this.zone());
    context.save();
    context.beginPath();
    context.rect(0, this.band, total, this.viewport);
    context.clip();
    this.drawGround(frame, total);
    drawGrid(context, plot, ticks, this.band, bottom, theme);
    context.beginPath();
    context.rect(this.left, this.band, this.width, this.viewport);
    context.clip();
    this.modeText = painter.begin(frame);
    for (const box of frame.lanes) painter.lane(frame, box);
    context.restore();
    this.drawNumbers(frame);
    this.drawSelection(context, plot, bottom, theme.background);
    this.references.draw(context, plot, 0, this.levels, bottom, theme);
    drawAxis(context, plot, ticks, bottom, theme);
    this.drawZone(context, bottom);
    this.drawOverview(frame, total);
    this.drawNames(frame);
    this.tellLater();
  }

  /** Numbers of the axes of lanes, left of the plot. */
  private drawNumbers(frame: Frame): void {
    const { painter } = this.options;
    if (!painter.axis) return;
    const { context } = frame;
    context.save();
    context.beginPath();
    context.rect(0, this.band, this.left, this.viewport);
    context.clip();
    for (const box of frame.lanes) painter.axis(frame, box);
    context.restore();
  }

  private drawGround(frame: Frame, total: number): void {
    const { context, theme } = frame;
    const scroll = this.scroller.scrollTop;
    context.strokeStyle = theme.border;
    context.lineWidth = 1;
    context.beginPath();
    for (const box of this.lanes.between(scroll, scroll + this.viewport)) {
      const y = Math.round(box.top - scroll + this.band + box.height) - 0.5;
      context.moveTo(this.left, y);
      context.lineTo(this.left + this.width, y);
      if (this.lanes.on[box.lane]) continue;
      context.fillStyle = theme.surface;
      context.fillRect(0, box.top - scroll + this.band, total, box.height);
    }
    context.stroke();
  }

  private drawSelection(context: CanvasRenderingContext2D, plot: Plot, bottom: number, veil: string): void {
    const range = this.context.bus.selection.time;
    if (!range) return;
    const x = (micros: number): number => plot.left + Math.max(0, Math.min(1, (micros - plot.from) / (plot.to - plot.from))) * plot.width;
    const [from, to] = [x(range.from), x(range.to)];
    context.fillStyle = veil;
    context.globalAlpha = 0.68;
    context.fillRect(plot.left, this.band, from - plot.left, bottom - this.band);
    context.fillRect(to, this.band, plot.left + plot.width - to, bottom - this.band);
    context.globalAlpha = 1;
    context.strokeStyle = this.context.services.theme().accent;
    context.strokeRect(Math.round(from) + 0.5, this.band + 0.5, Math.max(1, Math.round(to - from)), bottom - this.band - 1);
  }

  private drawZone(context: CanvasRenderingContext2D, bottom: number): void {
    const theme = this.context.services.theme();
    context.font = `11px ${theme.font}`;
    context.fillStyle = theme.muted;
    context.textAlign = "right";
    const zone = this.zone();
    const text = zone.name === "UTC" ? "UTC" : offsetText(this.view.from, zone);
    if (this.left > 70) context.fillText(text, this.left - 10, bottom + 31);
  }

  private drawOverview(frame: Frame, total: number): void {
    const { index, mask } = this.narrowing.current;
    const on = this.lanes.on.join("");
    const key = `${total}/${this.left}/${this.width}/${frame.theme.background}/${on}/${index ? 1 : 0}/${mask ? this.hoverMask(mask) : 0}`;
    if (key === this.overviewKey) {
      this.overview.place();
      return;
    }
    this.overviewKey = key;
    const source = mask ? frame.counts : (this.bins ?? frame.counts);
    const from = this.dataset.offset(this.view.first);
    const to = this.dataset.offset(this.view.last);
    this.overview.draw(this.left, this.width, total, (counts) => {
      if (index && this.options.painter.overview?.({ ...frame, from, to }, this.lanes.on, counts)) return;
      for (let lane = 0; lane < this.lanes.count; lane++) if (this.lanes.on[lane]) source.count(lane, from, to, counts);
    });
    this.overview.select(this.context.bus.selection.time);
  }

  private maskNumber = 0;
  private lastMask: Uint8Array | null = null;

  /** Another number for another mask. */
  private hoverMask(mask: Uint8Array): number {
    if (mask !== this.lastMask) {
      this.lastMask = mask;
      this.maskNumber++;
    }
    return this.maskNumber;
  }

  private drawNames(frame: Frame): void {
    if (!this.data.lane) return;
    const scroll = this.scroller.scrollTop;
    const spare = 200;
    const boxes = this.lanes.between(scroll - spare, scroll + this.viewport + spare);
    const coloured = this.data.color !== null;
    const { index, mask } = this.narrowing.current;
    const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
    const count = (lane: number): string => {
      const all = this.data.lanes?.[lane]?.rows ?? 0;
      if (!mask || !index) return compact.format(all);
      const { colorCount } = this.dataset;
      return compact.format(index.begins[(lane + 1) * colorCount]! - index.begins[lane * colorCount]!);
    };
    this.gutter.show(boxes, this.left - this.options.painter.axisWidth - 6, (lane) => (coloured ? null : laneColor(frame.theme, lane)), count);
  }

  private moved(): void {
    this.context.services.card.hide();
    this.cross.hidden = true;
    this.ask();
  }

  private rested(): void {
    this.tools.show();
    this.overview.tell();
    this.context.services.changed();
  }

  private narrowed(): void {
    const { index } = this.narrowing.current;
    if (index) this.options.painter.prepare(this.dataset, index);
    this.ask();
    this.tellLater();
    if (!this.narrowing.busy) this.context.services.changed();
  }

  private rearranged(what: "sort" | "lanes" | "scale"): void {
    if (what !== "scale") this.placeLanes();
    this.tools.show();
    this.ask();
    this.context.services.changed();
  }

  private selectView(): void {
    this.context.bus.setTime({ from: Math.ceil(this.view.from), to: Math.floor(this.view.to) }, this.context.head.id);
  }

  /** The range that table and SQL are about. */
  private range(): TimeRange {
    return this.context.bus.selection.time ?? this.view.range();
  }

  private tell(): void {
    const { formatTime, status } = this.context.services;
    const { from, to } = this.view;
    const parts: string[] = [];
    if (this.data.rows > 0 && !this.dataset.columns) parts.push("reading the rows…");
    else if (this.narrowing.busy) parts.push("searching…");
    const inView = this.countIn(this.dataset.offset(from), this.dataset.offset(Math.floor(to)) + 1e-6);
    if (this.data.all_rows === 0) {
      status("");
      return;
    }
    if (Number.isFinite(inView)) parts.push(`${this.inViewText(inView)} in view`);
    // Edges of the view are no times of rows: digits that nobody can see in the picture are left out.
    const grain = to - from > 600_000_000 ? 1_000_000 : to - from > 1_000_000 ? 1000 : 1;
    const edge = (micros: number): string => formatTime(Math.round(micros / grain) * grain);
    parts.push(`${edge(from)} – ${edge(to)} (${durationText(to - from)})`);
    const { marked, foreign } = this.narrowing.current;
    if (marked) parts.push(`${this.countIn(this.dataset.offset(from), this.dataset.offset(to), marked).toLocaleString("en")} highlighted`);
    if (this.modeText) parts.push(this.modeText);
    if (foreign.length > 0) parts.push(`not narrowed by ${foreign.join(", ")}: no such column here`);
    const outside = this.context.head.refs.filter((reference) => reference.time < this.view.first || reference.time > this.view.last).length;
    if (outside > 0) parts.push(`${outside} reference ${outside === 1 ? "line lies" : "lines lie"} outside of the time axis`);
    status(parts.join(" · "));
    this.overview.tell();
  }

  /** `12 of 1,000 events`; where not all rows are in detail, about how many of all, and how many of them are. */
  private inViewText(inView: number): string {
    const { data, options } = this;
    if (data.all_rows === data.rows || this.narrowing.current.mask) return `${inView.toLocaleString("en")} of ${data.rows.toLocaleString("en")} ${options.noun}`;
    const counts = new Float64Array(1);
    const source = this.counts();
    for (let lane = 0; lane < this.lanes.count; lane++) {
      if (this.lanes.on[lane]) source.count(lane, this.dataset.offset(this.view.from), this.dataset.offset(this.view.to), counts);
    }
    return `about ${Math.round(counts[0]!).toLocaleString("en")} of ${data.all_rows.toLocaleString("en")} ${options.noun} (${inView.toLocaleString("en")} in detail)`;
  }

  private laneAt(y: number): LaneBox | null {
    if (y < this.band || y >= this.band + this.viewport) return null;
    return this.frame?.lanes.find((box) => y >= box.top && y < box.top + box.height) ?? null;
  }

  private hover(x: number, y: number, event: PointerEvent): void {
    const run = ++this.hoverRun;
    const { card } = this.context.services;
    if (event.target instanceof Element && event.target.closest("button")) {
      this.leave();
      return;
    }
    if (this.hoverReference(x, y, event)) return;
    const frame = this.frame;
    const box = frame && x >= this.left && x <= this.left + this.width ? this.laneAt(y) : null;
    const pick = frame && box ? this.options.painter.pick(frame, box, x, y) : null;
    if (!box || !pick) {
      card.hide();
      this.cross.hidden = true;
      return;
    }
    this.markColumn(pick.x);
    void this.describeRow(pick.row, pick.here, () => run === this.hoverRun, event.clientX, event.clientY);
  }

  private hoverReference(x: number, y: number, event: PointerEvent): boolean {
    if (y >= this.band) return false;
    const near = this.references.near(this.plot(), x, 6);
    if (near.length === 0) return false;
    const lines = near.slice(0, 8).map((reference) => ({ name: this.context.services.formatTime(reference.time), value: { shown: reference.label, raw: null } }));
    this.context.services.card.show(event.clientX, event.clientY, "", lines, near.length > 8 ? `+${near.length - 8} more here` : "");
    return true;
  }

  private markColumn(x: number): void {
    this.cross.hidden = false;
    this.cross.style.transform = `translate(${Math.round(x)}px, ${this.band}px)`;
    this.cross.style.height = `${this.viewport}px`;
  }

  private async describeRow(row: number, here: number, alive: () => boolean, clientX: number, clientY: number): Promise<void> {
    const { card } = this.context.services;
    const details = await this.dataset.details.row(row);
    if (!alive()) return;
    const cells = this.form.cells(row, details);
    const lines: CardLine[] = cells.map((value, at) => ({ name: this.form.columns[at]?.name ?? "", value, sql: this.form.columns[at]?.sql }));
    const end = this.dataset.endOf(row);
    if (end !== null) lines.splice(3, 0, { name: "lasts", value: { shown: durationText(end - this.dataset.timeOf(row)), raw: null } });
    const note = here > 1 ? `+${(here - 1).toLocaleString("en")} more here` : "";
    card.show(clientX, clientY, "", lines, note);
  }

  private leave(): void {
    this.hoverRun++;
    this.cross.hidden = true;
    this.context.services.card.hide();
  }

  private press(x: number, y: number): void {
    this.picture.focus({ preventScroll: true });
    const box = this.laneAt(y);
    const pick = this.frame && box && x >= this.left ? this.options.painter.pick(this.frame, box, x, y) : null;
    if (pick) this.context.services.card.pin();
  }

  /** Shows a row that keys have gone to: mark, card, and words for those who cannot see them. */
  private showRow(row: number): void {
    const at = this.dataset.timeOf(row);
    if (at < this.view.from || at > this.view.to) this.view.show(at - (this.view.to - this.view.from) / 2, at + (this.view.to - this.view.from) / 2);
    const lane = this.dataset.columns?.lanes[row] ?? 0;
    const top = this.lanes.tops[lane]!;
    if (top < this.scroller.scrollTop || top + 40 > this.scroller.scrollTop + this.viewport) this.scroller.scrollTop = top - this.viewport / 2;
    const plot = this.plot();
    const x = plot.left + ((at - plot.from) / (plot.to - plot.from)) * plot.width;
    const y = this.band + top - this.scroller.scrollTop + this.lanes.heightOf(lane) / 2;
    const box = this.surface.getBoundingClientRect();
    const run = ++this.hoverRun;
    requestAnimationFrame(() => {
      this.markColumn(x);
      void this.describeRow(row, 1, () => run === this.hoverRun, box.left + x, box.top + y);
      void this.dataset.details.row(row).then((details) => {
        const words = this.form.cells(row, details).map((cell, at2) => `${this.form.columns[at2]?.name ?? ""} ${cell === null ? "NULL" : cell.shown}`);
        if (run === this.hoverRun) this.context.services.status(words.join(", "));
      });
    });
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (this.view.to - this.view.from) / (event.shiftKey ? 2 : 10);
    const middle = (this.view.from + this.view.to) / 2;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => this.view.pan(-step),
      ArrowRight: () => this.view.pan(step),
      ArrowUp: () => (this.scroller.scrollTop -= 40),
      ArrowDown: () => (this.scroller.scrollTop += 40),
      "+": () => this.view.zoom(middle, 0.7),
      "=": () => this.view.zoom(middle, 0.7),
      "-": () => this.view.zoom(middle, 1 / 0.7),
      Home: () => this.view.whole(),
      Backspace: () => this.view.back(),
      s: () => this.selectView(),
      Escape: () => this.context.bus.setTime(null, this.context.head.id),
      ".": () => this.steps.go(1),
      ",": () => this.steps.go(-1),
      Enter: () => this.context.services.card.pin(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  restyle(): void {
    this.overviewKey = "";
    // At once: who prints does not wait for the next frame.
    this.placeLanes();
    this.draw();
  }

  select(selection: Selection): void {
    this.narrowing.apply(selection);
    this.overview.select(selection.time);
    this.ask();
  }

  table(): Table {
    // While something is searched the table lists what is found.
    const { mask, markedMask } = this.narrowing.current;
    return rowsTable(this.dataset, this.form, this.range(), this.lanes.allOn ? null : this.lanes.on, markedMask ?? mask);
  }

  describe(): string {
    const { formatTime } = this.context.services;
    const time = this.data.time!;
    const lanes = this.data.lanes ?? [];
    const top = [...lanes].sort((left, right) => right.rows - left.rows).slice(0, 3);
    const names = this.data.lane ? ` in ${lanes.length} lanes by ${this.data.lane.name}; most: ${top.map((lane) => `${lane.name || "empty"} (${lane.rows.toLocaleString("en")})`).join(", ")}` : "";
    return `${this.data.all_rows.toLocaleString("en")} ${this.options.noun} from ${formatTime(time.start)} to ${formatTime(time.end)}${names}. ${this.options.painter.describe?.() ?? ""}The table below holds the same rows.`;
  }

  where(): string | null {
    const { bus } = this.context;
    const conditions: string[] = [];
    const time = this.data.time!;
    if (bus.selection.time || !this.view.isWhole) conditions.push(timeCondition(time.sql, this.range()));
    if (this.data.lane && !this.lanes.allOn) conditions.push(this.lanesCondition(this.data.lane.sql));
    conditions.push(...bus.selection.filters.map(filterCondition));
    return where(conditions);
  }

  private lanesCondition(sql: string): string {
    const name = (lane: number): string => {
      const value = laneValue(this.data, lane);
      return literal(value.raw ?? value.shown);
    };
    const lanes = this.lanes.names.map((_, lane) => lane);
    const on = lanes.filter((lane) => this.lanes.on[lane] === 1);
    const off = lanes.filter((lane) => this.lanes.on[lane] === 0);
    if (on.length <= off.length) return `${sql} IN (${on.map(name).join(", ")})`;
    return `(${sql} NOT IN (${off.map(name).join(", ")}) OR ${sql} IS NULL)`;
  }

  async png(): Promise<Blob | null> {
    // A file is looked at larger than the screen has it.
    this.draw(2);
    const { theme } = this.frame ?? {};
    if (!theme) return null;
    const picture = toBlob(exportPicture(this.picture, theme, this.context.head, this.pictureNames()));
    this.draw();
    return picture;
  }

  private pictureNames(): { text: string; y: number; color: string; alpha: number }[] {
    const scroll = this.scroller.scrollTop;
    const theme = this.context.services.theme();
    return this.lanes.between(scroll, scroll + this.viewport).map((box) => ({
      text: this.lanes.names[box.lane] ?? "",
      y: box.top - scroll + this.band + box.height / 2,
      color: this.data.color ? theme.text : laneColor(theme, box.lane),
      alpha: this.lanes.on[box.lane] ? 1 : 0.4,
    }));
  }

  state(): string {
    return write(this.view, this.lanes, this.tools);
  }

  restore(state: string): void {
    read(state, this.view, this.lanes, this.tools);
    this.placeLanes();
    this.ask();
  }

  reset(): void {
    this.lanes.all();
    this.lanes.arrange("given");
    this.tools.logarithmic = true;
    this.view.whole();
    this.context.bus.clear();
    this.rearranged("lanes");
  }

  destroy(): void {
    this.context.container.replaceChildren();
  }
}

function toCounts(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, Math.floor(bytes.byteLength / 4));
}

