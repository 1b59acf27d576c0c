import type { Dataset } from "../data/dataset";
import type { CardLine, Services } from "../registry";
import type { View } from "../time/view";
import { durationText } from "../time/zone";
import type { Drawing } from "./drawing";
import type { LaneBox } from "./frame";
import type { Lanes } from "./layout";
import { plotOf, type Metrics, type Parts } from "./parts";
import { Steps } from "./steps";

/** What happens when somebody points at a chart with a time axis, or uses keys on it. */
export class Reader {
  private readonly steps: Steps;
  private run = 0;
  private readonly metrics: Metrics;
  private readonly lanes: Lanes;
  private readonly view: View;
  private readonly dataset: Dataset;
  private readonly scroller: HTMLElement;
  private readonly services: Services;

  constructor(
    private readonly parts: Parts,
    private readonly drawing: Drawing,
  ) {
    ({ metrics: this.metrics, lanes: this.lanes, view: this.view, dataset: this.dataset, scroller: this.scroller } = parts);
    this.services = parts.context.services;
    this.steps = new Steps(parts.dataset, parts.view, parts.lanes, () => parts.narrowing.current.mask, (row) => this.showRow(row));
  }

  /** Narrows the page to what is in view. */
  selectView(): void {
    const { context, view } = this.parts;
    context.bus.setTime({ from: Math.ceil(view.from), to: Math.floor(view.to) }, context.head.id);
  }

  private laneAt(y: number): LaneBox | null {
    if (y < this.metrics.band || y >= this.metrics.band + this.metrics.viewport) return null;
    return this.drawing.frame?.lanes.find((box) => y >= box.top && y < box.top + box.height) ?? null;
  }

  hover(x: number, y: number, event: PointerEvent): void {
    const run = ++this.run;
    const { card } = this.services;
    if (event.target instanceof Element && event.target.closest("button")) {
      this.leave();
      return;
    }
    if (this.hoverReference(x, y, event)) return;
    const frame = this.drawing.frame;
    const box = frame && x >= this.metrics.left && x <= this.metrics.left + this.metrics.width ? this.laneAt(y) : null;
    const pick = frame && box ? this.parts.options.painter.pick(frame, box, x, y) : null;
    if (!box || !pick) {
      card.hide();
      this.parts.cross.hidden = true;
      return;
    }
    this.markColumn(pick.x);
    void this.describeRow(pick.row, pick.here, () => run === this.run, event.clientX, event.clientY);
  }

  private hoverReference(x: number, y: number, event: PointerEvent): boolean {
    if (y >= this.metrics.band) return false;
    const near = this.parts.references.near(plotOf(this.parts), x, 6);
    if (near.length === 0) return false;
    const lines = near.slice(0, 8).map((reference) => ({ name: this.services.formatTime(reference.time), value: { shown: reference.label, raw: null } }));
    this.services.card.show(event.clientX, event.clientY, "", lines, near.length > 8 ? `+${near.length - 8} more here` : "");
    return true;
  }

  private markColumn(x: number): void {
    this.parts.cross.hidden = false;
    this.parts.cross.style.transform = `translate(${Math.round(x)}px, ${this.metrics.band}px)`;
    this.parts.cross.style.height = `${this.metrics.viewport}px`;
  }

  private async describeRow(row: number, here: number, alive: () => boolean, clientX: number, clientY: number): Promise<void> {
    const { card } = this.services;
    const details = await this.dataset.details.row(row);
    if (!alive()) return;
    const cells = this.parts.form.cells(row, details);
    const lines: CardLine[] = cells.map((value, at) => ({ name: this.parts.form.columns[at]?.name ?? "", value, sql: this.parts.form.columns[at]?.sql }));
    const end = this.dataset.endOf(row);
    if (end !== null) lines.splice(3, 0, { name: "lasts", value: { shown: durationText(end - this.dataset.timeOf(row)), raw: null } });
    const partial = this.parts.data.all_rows > this.parts.data.rows;
    const note = here > 1 ? `+${(here - 1).toLocaleString("en")} more ${partial ? "in detail " : ""}here` : "";
    card.show(clientX, clientY, "", lines, note);
  }

  leave(): void {
    this.run++;
    this.parts.cross.hidden = true;
    this.services.card.hide();
  }

  press(x: number, y: number): void {
    this.parts.picture.focus({ preventScroll: true });
    const box = this.laneAt(y);
    const pick = this.drawing.frame && box && x >= this.metrics.left ? this.parts.options.painter.pick(this.drawing.frame, box, x, y) : null;
    if (pick) this.services.card.pin();
  }

  /** Shows a row that keys have gone to: mark, card, and words for those who cannot see them. */
  private showRow(row: number): void {
    const at = this.dataset.timeOf(row);
    if (at < this.view.from || at > this.view.to) this.view.show(at - (this.view.to - this.view.from) / 2, at + (this.view.to - this.view.from) / 2);
    const lane = this.dataset.columns?.lanes[row] ?? 0;
    const top = this.lanes.tops[lane]!;
    if (top < this.scroller.scrollTop || top + 40 > this.scroller.scrollTop + this.metrics.viewport) this.scroller.scrollTop = top - this.metrics.viewport / 2;
    const plot = plotOf(this.parts);
    const x = plot.left + ((at - plot.from) / (plot.to - plot.from)) * plot.width;
    const y = this.metrics.band + top - this.scroller.scrollTop + this.lanes.heightOf(lane) / 2;
    const box = this.parts.surface.getBoundingClientRect();
    const run = ++this.run;
    requestAnimationFrame(() => {
      this.markColumn(x);
      void this.describeRow(row, 1, () => run === this.run, box.left + x, box.top + y);
      void this.dataset.details.row(row).then((details) => {
        const words = this.parts.form.cells(row, details).map((cell, at2) => `${this.parts.form.columns[at2]?.name ?? ""} ${cell === null ? "NULL" : cell.shown}`);
        if (run === this.run) this.services.status(words.join(", "));
      });
    });
  }

  key(event: KeyboardEvent): void {
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
      Escape: () => this.parts.context.bus.setTime(null, this.parts.context.head.id),
      ".": () => this.steps.go(1),
      ",": () => this.steps.go(-1),
      Enter: () => this.services.card.pin(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}
