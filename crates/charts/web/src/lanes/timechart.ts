import type { PageBlocks } from "../data/blocks";
import { Dataset } from "../data/dataset";
import { element, everyFrame, isPrinting, toBlob, whenQuiet } from "../dom";
import type { Data } from "../page";
import type { Chart, Context, Selection, Table } from "../registry";
import { View } from "../time/view";
import { AXIS_HEIGHT, referenceBand, References } from "./axis";
import { BinCounts } from "./counts";
import { Drawing } from "./drawing";
import { Gutter } from "./gutter";
import { Lanes } from "./layout";
import { legend } from "./legend";
import { foreignTo, Narrowing } from "./narrow";
import { Overview } from "./overview";
import { plotOf, rangeOf, type Options, type Parts } from "./parts";
import { exportPicture } from "./picture";
import { Pointer } from "./pointer";
import { Reader } from "./reader";
import { read, write } from "./state";
import { layout, rowsTable } from "./table";
import { Tools } from "./tools";
import { descriptionText, labelText, statusText, whereText } from "./words";

const RIGHT = 10;
/** Bytes of counts: 2^22 of them are written at most, and some for each lane. */
const MOST_BINS = 1 << 26;

/** A chart of lanes along a time axis. What is drawn on a lane is the business of its painter. */
export class TimeChart implements Chart {
  readonly controls: readonly HTMLElement[];
  private readonly parts: Parts;
  private readonly drawing: Drawing;
  private readonly reader: Reader;
  private readonly inner = element("div", { class: "lane-inner" });
  private readonly paper = element("p", { class: "on-paper" });
  private readonly ask = everyFrame(() => this.draw());
  private readonly tellLater = whenQuiet(120, () => this.tell());

  constructor(context: Context, options: Options) {
    const data = context.head.data;
    if (!data?.time) throw new Error("this chart has no times");
    const dataset = new Dataset(data, context.blocks as PageBlocks);
    const names = data.lanes?.map((lane) => lane.name) ?? [""];
    const lanes = new Lanes(names, () => data.lanes?.map((lane) => lane.rows) ?? [], () => this.firsts());
    const view = makeView(data, context, () => this.moved(), () => this.rested());
    const surface = element("div", { class: "surface" });
    const picture = element("canvas", { role: "application", tabindex: 0, "aria-roledescription": "chart" });
    const scroller = element("div", { class: "lane-scroll" }, this.inner);
    const cross = element("div", { class: "cross", hidden: true });
    const tools = new Tools(view, lanes, (what) => this.rearranged(what), () => this.reader.selectView(), options.withScale, (mode) => (surface.dataset["mode"] = mode));
    this.parts = {
      context, options, data, dataset, view, lanes, tools, surface, picture, scroller, cross,
      narrowing: new Narrowing(dataset, () => this.narrowed()),
      overview: new Overview(view, context.services),
      references: new References(context.head.refs),
      gutter: new Gutter(this.inner, lanes, data.lane?.name ?? "lane", () => this.rearranged("lanes")),
      form: layout(dataset, context.services, options.more ?? []),
      metrics: { left: 120, width: 600, band: 6, levels: 0, viewport: 100 },
      bins: null,
      fine: null,
    };
    this.drawing = new Drawing(this.parts);
    this.reader = new Reader(this.parts, this.drawing);
    picture.setAttribute("aria-label", labelText(this.parts));
    surface.append(picture, scroller, cross);
    this.controls = data.all_rows === 0 ? [] : tools.nodes;
    this.fill();
    this.listen();
  }

  private fill(): void {
    const { context, data, options, surface, overview } = this.parts;
    context.container.classList.add("time-chart");
    if (data.all_rows === 0) {
      surface.hidden = true;
      overview.node.hidden = true;
      context.container.append(surface, element("p", { class: "empty-picture" }, `There are no ${options.noun}.`));
      return;
    }
    const colors = legend(context, data);
    context.container.append(...(colors ? [colors] : []), surface, overview.node, this.paper);
  }

  private listen(): void {
    const { context, view, tools, surface, picture, scroller, metrics } = this.parts;
    scroller.addEventListener("scroll", this.ask, { passive: true });
    new Pointer({
      surface,
      view,
      plot: () => ({ left: metrics.left, width: metrics.width, top: metrics.band, height: metrics.viewport }),
      mode: () => tools.mode,
      // Among other charts a wheel scrolls the page, until somebody works with this one.
      wheelZooms: () => document.querySelectorAll(".panel").length === 1 || surface.contains(document.activeElement),
      hover: (x, y, event) => this.reader.hover(x, y, event),
      leave: () => this.reader.leave(),
      press: (x, y) => this.reader.press(x, y),
      select: (range) => context.bus.setTime(range, context.head.id),
      whole: () => view.whole(),
      scrollBy: (pixels) => (scroller.scrollTop += pixels),
    });
    picture.addEventListener("keydown", (event) => this.reader.key(event));
  }

  /** First picture from the bins; all others when the rows are decoded. */
  async start(): Promise<void> {
    const { context, dataset } = this.parts;
    if (context.blocks.has("bins")) this.parts.bins = await binsOf(context, "bins", dataset);
    this.resize();
    this.draw();
    void this.complete();
  }

  private async complete(): Promise<void> {
    const { context, options, data, dataset, view, lanes, narrowing, surface } = this.parts;
    try {
      if (document.readyState === "loading") await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
      if (context.blocks.has("fine")) this.parts.fine = await binsOf(context, "fine", dataset);
      if (data.rows > 0) {
        const columns = await dataset.load();
        await options.load?.(dataset);
        options.painter.prepare(dataset, columns.index);
        const latest = options.painter.latest?.();
        if (latest !== undefined) view.extend(dataset.time.start + latest * dataset.time.unit);
        narrowing.ready();
        if (lanes.sort === "first") lanes.arrange("first");
      }
      surface.dataset["complete"] = "yes";
      this.ask();
      context.services.changed();
    } catch (reason) {
      const text = reason instanceof Error ? reason.message : String(reason);
      context.container.prepend(element("p", { class: "failure", role: "alert" }, `The rows cannot be read: ${text}`));
      dataset.isUnreadable = true;
      this.tellLater();
    }
  }

  private firsts(): number[] {
    const { dataset, lanes, bins } = this.parts;
    const { columns, colorCount } = dataset;
    return lanes.names.map((_, lane) => {
      if (!columns) return bins?.firstSeen(lane) ?? 0;
      let first = Infinity;
      for (let group = lane * colorCount; group < (lane + 1) * colorCount; group++) {
        const place = columns.index.begins[group]!;
        if (place < columns.index.begins[group + 1]!) first = Math.min(first, columns.times[columns.index.order[place]!]!);
      }
      return first;
    });
  }

  resize(): void {
    const { context, options, data, view, lanes, picture, references, metrics } = this.parts;
    const total = context.container.clientWidth;
    const target = picture.getContext("2d");
    if (total === 0 || !target) return;
    const theme = context.services.theme();
    target.font = `13px ${theme.font}`;
    const longest = data.lane ? Math.max(0, ...lanes.names.slice(0, 400).map((name) => target.measureText(name.slice(0, 60)).width)) : 0;
    const names = data.lane ? Math.min(Math.max(96, longest + 64), total < 600 ? total * 0.32 : 240) : 12;
    this.placeLanes();
    metrics.left = Math.round(names + options.painter.axisWidth + 6);
    const bar = lanes.height > metrics.viewport + 1 ? 12 : 0;
    metrics.width = Math.max(80, total - metrics.left - RIGHT - bar);
    metrics.levels = references.levels(target, { ...plotOf(this.parts), from: view.first, to: view.last }, theme);
    metrics.band = referenceBand(metrics.levels);
    this.placeLanes();
    this.drawing.stale();
    this.ask();
  }

  private placeLanes(): void {
    const { options, lanes, scroller, surface, metrics } = this.parts;
    lanes.place(options.painter.laneHeight(lanes.count));
    const most = isPrinting() ? 1800 : Math.max(240, Math.min(640, innerHeight - 300));
    metrics.viewport = Math.max(40, Math.min(lanes.height, most));
    const overflowing = lanes.height > metrics.viewport + 1;
    this.paper.textContent = overflowing ? `Not all of the ${lanes.count.toLocaleString("en")} lanes fit on paper.` : "";
    this.inner.style.height = `${lanes.height}px`;
    scroller.style.top = `${metrics.band}px`;
    scroller.style.height = `${metrics.viewport}px`;
    scroller.classList.toggle("overflowing", overflowing);
    surface.style.height = `${metrics.band + metrics.viewport + AXIS_HEIGHT}px`;
  }

  private draw(): void {
    this.drawing.draw();
    this.tellLater();
  }

  private moved(): void {
    this.reader.leave();
    this.ask();
  }

  private rested(): void {
    this.parts.tools.show();
    this.parts.overview.tell();
    this.parts.context.services.changed();
  }

  private narrowed(): void {
    const { narrowing, options, dataset, context } = this.parts;
    const { index } = narrowing.current;
    if (index) options.painter.prepare(dataset, index);
    this.ask();
    if (!narrowing.busy) context.services.changed();
  }

  private rearranged(what: "sort" | "lanes" | "scale"): void {
    if (what !== "scale") this.placeLanes();
    this.parts.tools.show();
    this.ask();
    this.parts.context.services.changed();
  }

  private tell(): void {
    this.parts.context.services.status(statusText(this.parts, this.drawing.words));
    this.parts.overview.tell();
  }

  restyle(): void {
    this.drawing.stale();
    // At once: who prints does not wait for the next frame.
    this.placeLanes();
    this.draw();
  }

  select(selection: Selection): void {
    this.parts.narrowing.apply(selection);
    this.parts.overview.select(selection.time);
    this.ask();
  }

  table(): Table {
    const { dataset, form, lanes, narrowing } = this.parts;
    // While something is searched the table lists what is found.
    const { mask, markedMask } = narrowing.current;
    return rowsTable(dataset, form, rangeOf(this.parts), lanes.allOn ? null : lanes.on, markedMask ?? mask);
  }

  describe(): string {
    return descriptionText(this.parts);
  }

  where(): string | null {
    return whereText(this.parts);
  }

  ignores(selection: Selection): readonly string[] {
    return foreignTo(this.parts.data, selection.filters);
  }

  async png(): Promise<Blob | null> {
    const { picture, context } = this.parts;
    // A file is looked at larger than the screen has it.
    this.drawing.draw(2);
    const { frame } = this.drawing;
    if (!frame) return null;
    const made = toBlob(exportPicture(picture, frame.theme, context.head, this.drawing.names()));
    this.drawing.draw();
    return made;
  }

  state(): string {
    const { view, lanes, tools } = this.parts;
    return write(view, lanes, tools);
  }

  restore(state: string): void {
    const { view, lanes, tools } = this.parts;
    read(state, view, lanes, tools);
    this.placeLanes();
    this.ask();
  }

  reset(): void {
    const { view, lanes, tools, context } = this.parts;
    lanes.all();
    lanes.arrange("given");
    tools.logarithmic = true;
    view.whole();
    context.bus.clear();
    this.rearranged("lanes");
  }

  destroy(): void {
    this.parts.context.container.replaceChildren();
  }
}

function makeView(data: Data, context: Context, moved: () => void, rested: () => void): View {
  const { start, end, unit } = data.time ?? { start: 0, end: 0, unit: 1 };
  const length = end - start;
  // A reference far away must not squeeze the rows; it is told of in the status line.
  const near = context.head.refs.map((reference) => reference.time).filter((time) => time >= start - length && time <= end + length);
  const first = near.reduce((least, time) => Math.min(least, time), start);
  const last = near.reduce((most, time) => Math.max(most, time), end);
  const pad = Math.max((last - first) * 0.008, last === first ? 500_000 : unit);
  return new View(first - pad, last + pad, Math.min(10 * unit, last - first + 2 * pad), moved, rested);
}

async function binsOf(context: Context, name: string, dataset: Dataset): Promise<BinCounts> {
  const bytes = await context.blocks.bytes(name, MOST_BINS);
  const counts = new Uint32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, Math.floor(bytes.byteLength / 4));
  return new BinCounts(counts, dataset.laneCount, dataset.span + 1);
}
