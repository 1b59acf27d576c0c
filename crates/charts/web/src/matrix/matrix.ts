import { element, everyFrame, isPrinting, select, sized, toBlob, button } from "../dom";
import { exportPicture } from "../lanes/picture";
import { shorten } from "../lanes/axis";
import { tickText } from "../lanes/extremes";
import type { MatrixAxis, MatrixSpec } from "../page";
import type { Chart, Context, Selection, Table, Theme } from "../registry";
import { filterCondition, timeCondition, where } from "../shell/sql";
import { filtersOn, SOME_TIME } from "../values";
import { MatrixModel } from "./model";
import { cellDescription, cellLines, cellTable } from "./words";

const NAMES = { count: "count", name: "name", cluster: "similarity" };

interface Place {
  column: number;
  row: number;
}

/** What meets what: a cell for each pair, drawn as coloured cells or as circles. */
export class MatrixChart implements Chart {
  readonly controls: readonly HTMLElement[];
  private readonly spec: MatrixSpec;
  private readonly model: MatrixModel;
  private readonly frame = element("div", { class: "matrix" });
  private readonly space = element("div", { class: "matrix-space" });
  private readonly picture: HTMLCanvasElement;
  private readonly legend = element("div", { class: "matrix-legend", "aria-hidden": "true" });
  private readonly paper = element("p", { class: "on-paper" });
  private circles: boolean;
  private left = 150;
  private top = 100;
  private wide = 24;
  private high = 22;
  private flat = false;
  private at: Place | null = null;
  private readonly ask = everyFrame(() => this.draw());

  constructor(private readonly context: Context<MatrixSpec>) {
    this.spec = context.head.spec;
    this.model = new MatrixModel(this.spec);
    this.circles = this.spec.mark === "circle";
    const label = `${context.head.title || "Matrix"}: ${this.spec.y.name} by ${this.spec.x.name}. Arrow keys go from cell to cell, Enter shows details.`;
    this.picture = element("canvas", { role: "application", tabindex: 0, "aria-label": label, "aria-roledescription": "chart" });
    this.space.append(this.picture);
    this.frame.append(this.space);
    context.container.append(this.frame, this.legend, this.paper);
    this.controls = this.spec.cells.x.length === 0 ? [] : this.tools();
    if (this.spec.cells.x.length === 0) {
      this.frame.hidden = true;
      context.container.append(element("p", { class: "empty-picture" }, "There is nothing that meets anything."));
    }
    this.frame.addEventListener("scroll", () => {
      this.at = null;
      this.ask();
    }, { passive: true });
    this.frame.addEventListener("pointermove", (event) => this.hover(event));
    this.frame.addEventListener("pointerleave", () => this.leave());
    this.frame.addEventListener("click", (event) => this.press(event));
    this.picture.addEventListener("keydown", (event) => this.key(event));
    this.frame.dataset["complete"] = "yes";
    this.resize();
  }

  private tools(): HTMLElement[] {
    const order = (name: string, axis: "x" | "y"): HTMLElement => {
      const side = this.model[axis];
      const choices = side.orders.map((value) => ({ value, text: NAMES[value] }));
      return select(name, choices, side.order, (value) => {
        side.order = side.known(value);
        this.model.arrange();
        this.ask();
        this.context.services.changed();
      });
    };
    const marks = button("circles", "Circles whose size says how much, instead of coloured cells", () => {
      this.circles = !this.circles;
      marks.setAttribute("aria-pressed", String(this.circles));
      this.ask();
    });
    marks.setAttribute("aria-pressed", String(this.circles));
    return [order("Rows by", "y"), order("Columns by", "x"), marks];
  }

  resize(): void {
    const total = this.context.container.clientWidth;
    const context = this.picture.getContext("2d");
    if (!context || total === 0) return;
    const theme = this.context.services.theme();
    context.font = `12px ${theme.font}`;
    const longest = (axis: MatrixAxis): number => Math.max(30, ...axis.values.slice(0, 600).map((text) => context.measureText(text.slice(0, 60)).width));
    const heading = context.measureText(this.heading).width;
    this.left = Math.ceil(Math.min(Math.max(longest(this.spec.y), heading) + 18, total < 600 ? total * 0.34 : 240));
    const columns = Math.max(1, this.model.columns.length);
    const room = total - this.left - 24;
    this.wide = Math.max(18, Math.min(72, Math.floor(room / columns)));
    this.high = this.circles ? Math.max(22, Math.min(34, this.wide)) : 22;
    const names = longest(this.spec.x);
    this.flat = names + 10 <= this.wide;
    this.top = this.flat ? 28 : Math.ceil(Math.min(names, 150) * 0.78) + 22;
    this.ask();
  }

  private get heading(): string {
    return `${this.spec.y.name} ↓  ${this.spec.x.name} →`;
  }

  private get tail(): number {
    // Slanted names reach over the last column.
    return this.flat ? 8 : Math.min(120, this.top * 0.9);
  }

  private draw(ratio = 1): void {
    const total = this.context.container.clientWidth;
    if (total === 0) return;
    const { columns, rows } = this.model;
    const wholeHeight = this.top + rows.length * this.high + 2;
    const height = Math.min(wholeHeight, isPrinting() ? 1800 : Math.max(320, Math.min(680, innerHeight - 240)));
    const wholeWidth = this.left + columns.length * this.wide + this.tail;
    this.paper.textContent = wholeHeight > height || wholeWidth > total + this.tail ? `Not all of ${rows.length} × ${columns.length} fit on paper.` : "";
    this.space.style.width = `${Math.max(total - 16, wholeWidth)}px`;
    this.space.style.height = `${wholeHeight}px`;
    this.frame.style.height = `${height + (wholeWidth > total ? 16 : 2)}px`;
    const width = this.frame.clientWidth;
    const context = sized(this.picture, width, Math.min(height, this.frame.clientHeight), ratio);
    if (!context) return;
    const theme = this.context.services.theme();
    context.clearRect(0, 0, width, height);
    if (rows.length === 0 || columns.length === 0) {
      context.fillStyle = theme.muted;
      context.font = `13px ${theme.font}`;
      context.fillText("Nothing is left here.", 12, 30);
      return;
    }
    this.drawCells(context, theme, width, height);
    this.drawRowNames(context, theme, height);
    this.drawColumnNames(context, theme, width);
    this.drawLegend(theme);
  }

  private range(scroll: number, size: number, room: number, count: number): [number, number] {
    return [Math.max(0, Math.floor(scroll / size)), Math.min(count, Math.ceil((scroll + room) / size))];
  }

  private drawCells(context: CanvasRenderingContext2D, theme: Theme, width: number, height: number): void {
    const { scrollLeft, scrollTop } = this.frame;
    const { columns, rows } = this.model;
    const [firstRow, lastRow] = this.range(scrollTop, this.high, height - this.top, rows.length);
    const [firstColumn, lastColumn] = this.range(scrollLeft, this.wide, width - this.left, columns.length);
    context.save();
    context.beginPath();
    context.rect(this.left, this.top, width - this.left, height - this.top);
    context.clip();
    if (this.at) {
      context.fillStyle = theme.surface;
      context.fillRect(this.left, this.top + this.at.row * this.high - scrollTop, columns.length * this.wide, this.high);
      context.fillRect(this.left + this.at.column * this.wide - scrollLeft, this.top, this.wide, rows.length * this.high);
    }
    context.strokeStyle = theme.grid;
    context.beginPath();
    for (let row = firstRow; row <= lastRow; row++) {
      const y = this.top + row * this.high - scrollTop - 0.5;
      context.moveTo(this.left, y);
      context.lineTo(this.left + columns.length * this.wide - scrollLeft, y);
    }
    for (let column = firstColumn; column <= lastColumn; column++) {
      const x = this.left + column * this.wide - scrollLeft - 0.5;
      context.moveTo(x, this.top);
      context.lineTo(x, this.top + rows.length * this.high - scrollTop);
    }
    context.stroke();
    const text = !this.circles && this.wide >= 44;
    context.font = `11px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let row = firstRow; row < lastRow; row++) {
      for (let column = firstColumn; column < lastColumn; column++) {
        const cell = this.model.cell(columns[column]!, rows[row]!);
        if (cell === undefined) continue;
        this.drawCell(context, theme, cell, this.left + column * this.wide - scrollLeft, this.top + row * this.high - scrollTop, text);
      }
    }
    if (this.at && this.model.cell(columns[this.at.column]!, rows[this.at.row]!) !== undefined) {
      context.strokeStyle = theme.text;
      context.lineWidth = 1.5;
      context.strokeRect(this.left + this.at.column * this.wide - scrollLeft + 0.5, this.top + this.at.row * this.high - scrollTop + 0.5, this.wide - 2, this.high - 2);
      context.lineWidth = 1;
    }
    context.restore();
  }

  private drawCell(context: CanvasRenderingContext2D, theme: Theme, cell: number, x: number, y: number, text: boolean): void {
    const { spec, model } = this;
    const value = spec.cells.value[cell] ?? NaN;
    const share = model.share(value);
    const found = !model.searching || model.found(spec.x.values[spec.cells.x[cell]!] ?? "") || model.found(spec.y.values[spec.cells.y[cell]!] ?? "");
    context.globalAlpha = found && model.inTime(cell) ? 1 : 0.15;
    if (this.circles) {
      const radius = Math.max(1.5, Math.sqrt(share) * (Math.min(this.wide, this.high) / 2 - 1.5));
      context.fillStyle = theme.forced ? theme.text : (theme.categories[0] ?? theme.accent);
      context.beginPath();
      context.arc(x + this.wide / 2, y + this.high / 2, radius, 0, Math.PI * 2);
      context.fill();
    } else {
      context.fillStyle = theme.forced ? theme.text : theme.sequential(share);
      context.fillRect(x, y, this.wide - 1, this.high - 1);
      if (text && Number.isFinite(value)) {
        context.fillStyle = share > 0.5 !== theme.dark ? "#ffffff" : theme.dark && share > 0.5 ? "#0b1118" : theme.text;
        context.fillText(tickText(value), x + this.wide / 2, y + this.high / 2 + 0.5);
      }
    }
    context.globalAlpha = 1;
  }

  private drawRowNames(context: CanvasRenderingContext2D, theme: Theme, height: number): void {
    const { rows } = this.model;
    const [first, last] = this.range(this.frame.scrollTop, this.high, height - this.top, rows.length);
    context.save();
    context.beginPath();
    context.rect(0, this.top, this.left, height - this.top);
    context.clip();
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (let row = first; row < last; row++) {
      const name = this.spec.y.values[rows[row]!] ?? "";
      this.name(context, theme, name, this.at?.row === row);
      context.fillText(shorten(context, name || "“”", this.left - 14), this.left - 8, this.top + (row + 0.5) * this.high - this.frame.scrollTop);
    }
    context.restore();
  }

  private name(context: CanvasRenderingContext2D, theme: Theme, name: string, here: boolean): void {
    const found = this.model.searching && this.model.found(name);
    context.font = `${here || found ? "600 " : ""}12px ${theme.font}`;
    context.fillStyle = found ? theme.accent : here ? theme.text : theme.muted;
  }

  private drawColumnNames(context: CanvasRenderingContext2D, theme: Theme, width: number): void {
    const { columns } = this.model;
    const [first, last] = this.range(this.frame.scrollLeft, this.wide, width - this.left, columns.length);
    context.save();
    context.beginPath();
    context.rect(this.left - 4, 0, width - this.left + 4, this.top);
    context.clip();
    context.textBaseline = "middle";
    for (let column = first; column < last; column++) {
      const name = this.spec.x.values[columns[column]!] ?? "";
      this.name(context, theme, name, this.at?.column === column);
      const x = this.left + (column + 0.5) * this.wide - this.frame.scrollLeft;
      context.save();
      context.translate(x, this.top - 8);
      if (!this.flat) context.rotate(-0.9);
      context.textAlign = this.flat ? "center" : "left";
      context.fillText(shorten(context, name || "“”", this.flat ? this.wide - 6 : 150), 0, 0);
      context.restore();
    }
    context.restore();
    context.font = `11px ${theme.font}`;
    context.fillStyle = theme.muted;
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    context.fillText(shorten(context, this.heading, this.left - 10), 4, this.top - 6);
  }

  private drawLegend(theme: Theme): void {
    const key = `${theme.background}/${this.circles}`;
    if (this.legend.dataset["key"] === key) return;
    this.legend.dataset["key"] = key;
    const { measure, scale } = this.spec;
    const words = scale === "inverse" ? "rare is strong" : scale === "log" ? "by logarithm" : "straight";
    const ramp = element("span", { class: "ramp" });
    if (!this.circles) {
      const stops = Array.from({ length: 9 }, (_, at) => theme.sequential(scale === "inverse" ? 1 - at / 8 : at / 8));
      ramp.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
      this.legend.replaceChildren(element("span", {}, `${measure} (${words})`), element("span", {}, scale === "linear" ? "0" : "1"), ramp, element("span", {}, tickText(this.model.most)));
      return;
    }
    this.legend.replaceChildren(element("span", {}, `area: ${measure} (${words}), up to ${tickText(this.model.most)}`));
  }

  private placeOf(event: MouseEvent): Place | null {
    const box = this.picture.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    if (x > box.width || y > box.height) return null;
    const column = x < this.left ? -1 : Math.floor((x - this.left + this.frame.scrollLeft) / this.wide);
    const row = y < this.top ? -1 : Math.floor((y - this.top + this.frame.scrollTop) / this.high);
    if (column >= this.model.columns.length || row >= this.model.rows.length || (column < 0 && row < 0)) return null;
    return { column, row };
  }

  private hover(event: PointerEvent): void {
    const place = this.placeOf(event);
    if (place?.column === this.at?.column && place?.row === this.at?.row && place) {
      if (place.column >= 0 && place.row >= 0) this.show(place, event.clientX, event.clientY);
      return;
    }
    this.at = place;
    this.ask();
    if (place && place.column >= 0 && place.row >= 0) this.show(place, event.clientX, event.clientY);
    else this.showName(place, event);
  }

  private showName(place: Place | null, event: PointerEvent): void {
    const { card } = this.context.services;
    if (!place) {
      card.hide();
      return;
    }
    const axis = place.row >= 0 ? this.spec.y : this.spec.x;
    const at = place.row >= 0 ? this.model.rows[place.row]! : this.model.columns[place.column]!;
    card.show(event.clientX, event.clientY, "", [{ name: axis.name, value: (place.row >= 0 ? this.model.y : this.model.x).values[at] ?? null, sql: axis.sql }], "press to pick");
  }

  private show(place: Place, clientX: number, clientY: number): void {
    const { services } = this.context;
    services.card.show(clientX, clientY, "", cellLines(this.model, services, place));
  }

  private leave(): void {
    this.at = null;
    this.context.services.card.hide();
    this.ask();
  }

  private press(event: MouseEvent): void {
    this.picture.focus({ preventScroll: true });
    if (this.placeOf(event)) this.context.services.card.pin();
  }

  private key(event: KeyboardEvent): void {
    const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    const { columns, rows } = this.model;
    if (event.key === "Enter" && this.at) {
      event.preventDefault();
      this.context.services.card.pin();
      return;
    }
    if (!step || columns.length === 0 || rows.length === 0) return;
    event.preventDefault();
    const from = this.at ?? { column: -step[0], row: -step[1] };
    const place = { column: Math.max(0, Math.min(columns.length - 1, from.column + step[0])), row: Math.max(0, Math.min(rows.length - 1, from.row + step[1])) };
    const x = place.column * this.wide;
    const y = place.row * this.high;
    const { clientWidth, clientHeight } = this.frame;
    if (x < this.frame.scrollLeft || x + this.wide > this.frame.scrollLeft + clientWidth - this.left) this.frame.scrollLeft = x - 40;
    if (y < this.frame.scrollTop || y + this.high > this.frame.scrollTop + clientHeight - this.top) this.frame.scrollTop = y - 40;
    requestAnimationFrame(() => {
      this.at = place;
      this.draw();
      const box = this.picture.getBoundingClientRect();
      this.show(place, box.left + this.left + x - this.frame.scrollLeft + this.wide / 2, box.top + this.top + y - this.frame.scrollTop + this.high / 2);
      const words = (cellLines(this.model, this.context.services, place)).map((line) => `${line.name} ${line.value?.shown ?? "NULL"}`);
      this.context.services.status(words.join(", "));
    });
  }

  restyle(): void {
    this.draw();
  }

  select(selection: Selection): void {
    this.model.select(selection);
    this.resize();
    this.tell();
  }

  private tell(): void {
    const { columns, rows } = this.model;
    this.context.services.status(`${rows.length.toLocaleString("en")} × ${columns.length.toLocaleString("en")}, ${this.model.visible().length.toLocaleString("en")} cells · ${this.spec.measure}`);
  }

  table(): Table {
    return cellTable(this.model, this.context.services);
  }

  describe(): string {
    return cellDescription(this.model, this.context.services);
  }

  where(): string | null {
    const { time, filters } = this.context.bus.selection;
    const column = this.spec.time ?? SOME_TIME;
    return where([...(time && this.spec.first ? [timeCondition(column, time)] : []), ...filtersOn(filters, [this.spec.x, this.spec.y]).map(filterCondition)]);
  }

  ignores(selection: Selection): readonly string[] {
    return this.model.ignored(selection);
  }

  async png(): Promise<Blob | null> {
    this.draw(2);
    const picture = toBlob(exportPicture(this.picture, this.context.services.theme(), this.context.head, []));
    this.draw();
    return picture;
  }

  state(): string {
    return [`x:${this.model.x.order}`, `y:${this.model.y.order}`, this.circles ? "circles" : "cells"].join(";");
  }

  restore(state: string): void {
    for (const part of state.split(";")) {
      const [key, value] = part.split(":");
      if (key === "x" || key === "y") this.model[key].order = this.model[key].known(value);
      if (key === "circles" || key === "cells") this.circles = key === "circles";
    }
    this.model.arrange();
    this.showControls();
    this.resize();
  }

  private showControls(): void {
    const [rows, columns, marks] = this.controls;
    const set = (node: HTMLElement | undefined, value: string): void => {
      const field = node?.querySelector("select");
      if (field) field.value = value;
    };
    set(rows, this.model.y.order);
    set(columns, this.model.x.order);
    marks?.setAttribute("aria-pressed", String(this.circles));
  }

  reset(): void {
    this.model.reset();
    this.circles = this.spec.mark === "circle";
    this.showControls();
    this.context.bus.clear();
    this.frame.scrollTo(0, 0);
    this.resize();
    this.context.services.changed();
  }

  destroy(): void {
    this.context.container.replaceChildren();
  }
}

export const makeMatrix = (context: Context<MatrixSpec>): Chart => new MatrixChart(context);
