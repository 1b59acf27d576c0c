import { button, element, everyFrame, isPrinting, select, toBlob } from "../dom";
import type { TreeSpec } from "../page";
import type { CardLine, Chart, Context, Selection, Table } from "../registry";
import { filterCondition, timeCondition, where } from "../shell/sql";
import { filtersOn } from "../values";
import { boxColor, coloring, firstColumn, type Coloring } from "./colors";
import { Line } from "./line";
import { Minimap } from "./minimap";
import { TreeModel } from "./model";
import { treePicture } from "./picture";
import { readRows } from "./source";
import { legendParts, treeTable } from "./words";

const ROW = 30;
const SPARE = 4;
/** Rows that are printed. */
const PAPER = 250;
/** Boxes beyond this height no browser can scroll to: rows are then spread over it. */
const TALLEST = 8_000_000;

/** Processes, each below the one that started it. */
export class TreeChart implements Chart {
  readonly controls: readonly HTMLElement[];
  private readonly scroller: HTMLElement;
  private readonly inner = element("div", { class: "tree-inner", role: "presentation" });
  private readonly box: HTMLElement;
  private readonly minimap: Minimap;
  private readonly legend = element("div", { class: "legend", role: "group", "aria-label": "Colours" });
  private readonly lines: Line[] = [];
  private readonly paper = element("p", { class: "on-paper" });
  private readonly counter = element("span", { class: "tree-found", role: "status" });
  private colors: Coloring | null;
  private colorColumn: number;
  private current = -1;
  private foldDepth = 0;
  private height = 400;
  private drawnMap = "";
  private readonly ask = everyFrame(() => this.draw());

  constructor(
    private readonly context: Context<TreeSpec>,
    private readonly model: TreeModel,
  ) {
    const { head } = context;
    this.scroller = element("div", { class: "tree-scroll", role: "tree", tabindex: 0, "aria-label": `${head.title || "Process tree"}: ${model.count.toLocaleString("en")} processes` });
    this.scroller.append(this.inner);
    this.minimap = new Minimap((share) => (this.scroller.scrollTop = share * this.scroller.scrollHeight - this.scroller.clientHeight / 2));
    this.box = element("div", { class: "tree-box" }, this.scroller, this.minimap.node);
    this.colorColumn = firstColumn(head, model.rows, head.spec.label);
    this.colors = coloring(model.rows, this.colorColumn);
    context.container.append(this.legend, this.box, this.paper);
    this.controls = model.count === 0 ? [] : this.tools();
    if (model.count === 0) {
      this.box.hidden = true;
      context.container.append(element("p", { class: "empty-picture" }, "There are no processes."));
    }
    this.listen();
    this.resize();
    this.box.dataset["complete"] = "yes";
  }

  private tools(): HTMLElement[] {
    const { rows } = this.model;
    const columns = rows.columns.map((column, at) => ({ value: String(at), text: column.name }));
    const color = select("Colour by", columns, String(this.colorColumn), (value) => {
      this.colorColumn = Number(value);
      this.recolor();
    });
    let deepest = 0;
    for (const depth of rows.depth) if (depth > deepest) deepest = depth;
    const depths = [{ value: "0", text: "all" }, ...Array.from({ length: Math.min(12, Math.max(0, deepest - 1)) }, (_, at) => ({ value: String(at + 1), text: String(at + 1) }))];
    const fold = select("Levels", depths, "0", (value) => {
      this.foldDepth = Number(value);
      this.model.foldTo(this.foldDepth);
      this.changed();
    });
    const before = button("‹", "Match before", () => this.goFound(-1));
    const after = button("›", "Next match", () => this.goFound(1));
    before.setAttribute("aria-label", "Match before");
    after.setAttribute("aria-label", "Next match");
    return [this.counter, element("span", { class: "group" }, before, after), fold, color];
  }

  private listen(): void {
    this.scroller.addEventListener("scroll", this.ask, { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    this.inner.addEventListener("click", (event) => this.press(event));
    this.inner.addEventListener("dblclick", (event) => {
      const line = this.lineAt(event);
      if (line) this.fold(line.row, !this.model.folded[line.row]);
    });
    this.inner.addEventListener("pointermove", (event) => this.hover(event));
    this.inner.addEventListener("pointerleave", () => this.context.services.card.hide());
  }

  private lineAt(event: Event): Line | null {
    const node = event.target instanceof Element ? event.target.closest(".tree-row") : null;
    return this.lines.find((line) => line.node === node && line.row >= 0) ?? null;
  }

  private press(event: MouseEvent): void {
    const line = this.lineAt(event);
    if (!line) return;
    this.current = line.row;
    if (event.target === line.toggle) this.fold(line.row, !this.model.folded[line.row]);
    else if (event.detail < 2) {
      this.show(line.row, event.clientX, event.clientY);
      this.context.services.card.pin();
    }
    this.ask();
  }

  private hover(event: PointerEvent): void {
    const line = this.lineAt(event);
    if (line) this.show(line.row, event.clientX, event.clientY);
    else this.context.services.card.hide();
  }

  private cardLines(row: number): CardLine[] {
    const { rows } = this.model;
    const lines: CardLine[] = [];
    const time = rows.times?.[row];
    if (time !== undefined && !Number.isNaN(time)) lines.push({ name: this.context.head.data?.time?.name ?? "time", value: { shown: this.context.services.formatTime(time), raw: null } });
    rows.columns.forEach((column, at) => lines.push({ name: column.name, value: this.model.cell(row, at), sql: column.sql }));
    const below = this.model.below[row]!;
    if (below > 0) lines.push({ name: "below it", value: { shown: `${below.toLocaleString("en")} processes`, raw: null } });
    return lines;
  }

  private show(row: number, clientX: number, clientY: number): void {
    const note = this.model.isInferred(row) ? "not in the data: made up because others name it as their parent" : "";
    this.context.services.card.show(clientX, clientY, "", this.cardLines(row), note);
  }

  private fold(row: number, folded: boolean): void {
    this.model.fold(row, folded);
    this.changed();
  }

  /** Rows are others than before. */
  private changed(): void {
    this.resize();
    this.context.services.changed();
  }

  private recolor(): void {
    this.colors = coloring(this.model.rows, this.colorColumn);
    this.drawnMap = "";
    this.explainColors();
    this.ask();
    this.context.services.changed();
  }

  private explainColors(): void {
    const { services, bus } = this.context;
    this.legend.replaceChildren(...legendParts(this.model, this.colors, services.theme(), bus));
  }

  resize(): void {
    const rows = this.model.visible.length;
    const most = isPrinting() ? PAPER * ROW : Math.max(300, Math.min(720, innerHeight - 260));
    this.height = Math.max(rows === 0 ? 40 : 60, Math.min(rows * ROW + 2, most));
    this.paper.textContent = rows > PAPER ? `${(rows - PAPER).toLocaleString("en")} more processes do not fit on paper.` : "";
    this.box.style.height = `${this.height}px`;
    this.inner.style.height = `${Math.min(TALLEST, rows * ROW)}px`;
    this.drawnMap = "";
    this.explainColors();
    this.ask();
  }

  /** First row that is seen, and where it lies. */
  private window(): { first: number; shift: number; scale: number } {
    const rows = this.model.visible.length;
    const tall = rows * ROW;
    if (tall <= TALLEST) return { first: Math.floor(this.scroller.scrollTop / ROW), shift: 0, scale: 1 };
    const scale = (tall - this.height) / (TALLEST - this.height);
    const virtual = this.scroller.scrollTop * scale;
    return { first: Math.floor(virtual / ROW), shift: this.scroller.scrollTop - virtual, scale };
  }

  private draw(): void {
    const { model } = this;
    const theme = this.context.services.theme();
    const { first, shift, scale } = this.window();
    const from = Math.max(0, first - SPARE);
    const wanted = Math.ceil(this.height / ROW) + 2 * SPARE;
    while (this.lines.length < wanted) {
      const line = new Line(`${this.context.head.id}-row-${this.lines.length}`);
      this.lines.push(line);
      this.inner.append(line.node);
    }
    const { label, detail } = this.context.head.spec;
    const { times } = model.rows;
    this.lines.forEach((line, at) => {
      // A line keeps its row while it is seen: only what comes into view is written anew.
      const place = from + ((((at - from) % this.lines.length) + this.lines.length) % this.lines.length);
      const row = model.visible[place];
      if (row === undefined || at >= wanted + this.lines.length) {
        line.hide();
        return;
      }
      const time = times?.[row];
      line.fill(row, {
        top: place * ROW + shift,
        label: model.text(row, label) || "(no name)",
        detail: detail.map((column) => model.text(row, column)).filter((text) => text !== "").join("   "),
        time: time === undefined || Number.isNaN(time) ? "" : this.context.services.formatTime(time),
        depth: model.rows.depth[row]!,
        below: model.below[row]!,
        folded: model.folded[row] === 1,
        color: boxColor(theme, model.rows, this.colors, row),
        dim: model.passing[row] === 2 || (model.found !== null && !model.found[row]),
        found: model.found?.[row] === 1,
        current: row === this.current,
        inferred: model.isInferred(row),
      });
    });
    const active = this.lines.find((line) => line.row === this.current && line.row >= 0);
    if (active) this.scroller.setAttribute("aria-activedescendant", active.node.id);
    else this.scroller.removeAttribute("aria-activedescendant");
    this.drawMap(theme.background, (this.scroller.scrollTop * scale) / ROW);
  }

  private drawMap(key: string, firstRow: number): void {
    const { model } = this;
    const rows = model.visible.length;
    const theme = this.context.services.theme();
    const line = Math.min(4, this.height / Math.max(1, rows));
    const now = `${key}/${rows}/${this.height}/${model.foundRows.length}`;
    if (now !== this.drawnMap) {
      this.drawnMap = now;
      const deepest = Math.max(1, this.context.head.spec.max_depth);
      const found = (from: number, to: number): number => {
        if (!model.found) return -1;
        for (let place = from; place < to; place++) if (model.found[model.visible[place]!]) return place;
        return -1;
      };
      this.minimap.draw(rows, this.height, deepest, (place) => {
        const row = model.visible[place]!;
        const strong = model.found?.[row] === 1;
        return { depth: model.rows.depth[row]!, color: boxColor(theme, model.rows, this.colors, row), strong, dim: model.found !== null && !strong };
      }, found);
    }
    this.minimap.place(firstRow * line, (firstRow + this.height / ROW) * line);
  }

  /** Goes to a row: it is seen, and it is the current one. */
  private go(row: number): void {
    this.current = row;
    this.model.reveal(row);
    const place = this.model.placeOf(row);
    this.inner.style.height = `${Math.min(TALLEST, this.model.visible.length * ROW)}px`;
    const { scale } = this.window();
    const top = (place * ROW) / scale;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top - (scale > 1 ? this.height / 2 : 0);
    else if (top + ROW > this.scroller.scrollTop + this.height - 4) this.scroller.scrollTop = top - this.height + ROW + 4;
    this.ask();
    this.context.services.status(this.words(row));
  }

  private words(row: number): string {
    const parts = this.cardLines(row).map((line) => `${line.name} ${line.value?.shown ?? "NULL"}`);
    return `level ${this.model.rows.depth[row]}, ${parts.join(", ")}`;
  }

  private goFound(by: 1 | -1): void {
    const { foundRows } = this.model;
    if (foundRows.length === 0) return;
    const next = by > 0 ? foundRows.find((row) => row > this.current) : foundRows.findLast((row) => row < this.current);
    const row = next ?? (by > 0 ? foundRows[0]! : foundRows.at(-1)!);
    this.go(row);
    this.count();
  }

  private count(): void {
    const { foundRows, found } = this.model;
    const at = foundRows.indexOf(this.current);
    this.counter.textContent = found === null ? "" : at >= 0 ? `${(at + 1).toLocaleString("en")} of ${foundRows.length.toLocaleString("en")}` : `${foundRows.length.toLocaleString("en")} found`;
  }

  private key(event: KeyboardEvent): void {
    const { model } = this;
    const place = model.placeOf(this.current);
    const step = Math.max(1, Math.floor(this.height / ROW) - 1);
    const to = (target: number): void => {
      const row = model.visible[Math.max(0, Math.min(model.visible.length - 1, target))];
      if (row !== undefined) this.go(row);
    };
    const actions: Record<string, () => void> = {
      ArrowDown: () => to(place + 1),
      ArrowUp: () => to(place - 1),
      PageDown: () => to(place + step),
      PageUp: () => to(place - step),
      Home: () => to(0),
      End: () => to(model.visible.length - 1),
      ArrowRight: () => (model.folded[this.current] ? this.fold(this.current, false) : model.below[this.current]! > 0 ? to(place + 1) : undefined),
      ArrowLeft: () => {
        const parent = model.rows.parent[this.current] ?? 0;
        if (this.current >= 0 && model.below[this.current]! > 0 && !model.folded[this.current]) this.fold(this.current, true);
        else if (parent > 0) this.go(parent - 1);
      },
      Enter: () => {
        const line = this.lines.find((candidate) => candidate.row === this.current);
        if (!line || this.current < 0) return;
        const box = line.node.getBoundingClientRect();
        this.show(this.current, box.left + 120, box.bottom);
        this.context.services.card.pin();
      },
      n: () => this.goFound(1),
      N: () => this.goFound(-1),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }

  restyle(): void {
    this.resize();
    this.draw();
  }

  select(selection: Selection): void {
    this.model.select(selection);
    this.resize();
    const first = this.model.foundRows[0];
    if (selection.search && first !== undefined && !this.model.found?.[this.current]) this.go(first);
    this.count();
    this.tell();
  }

  private tell(): void {
    this.context.services.status(`${this.model.visible.length.toLocaleString("en")} of ${this.model.count.toLocaleString("en")} processes listed`);
  }

  table(): Table {
    return treeTable(this.model, this.context);
  }

  describe(): string {
    const { model } = this;
    let roots = 0;
    for (const depth of model.rows.depth) if (depth === 1) roots++;
    return `${model.count.toLocaleString("en")} processes in ${roots.toLocaleString("en")} trees, at most ${this.context.head.spec.max_depth} levels deep. Arrow keys walk through the tree, left and right fold and unfold, Enter shows all columns.`;
  }

  where(): string | null {
    const { time, filters } = this.context.bus.selection;
    const column = this.model.rows.times ? this.context.head.data?.time : null;
    return where([...(time && column ? [timeCondition(column, time)] : []), ...filtersOn(filters, this.model.rows.columns).map(filterCondition)]);
  }

  ignores(selection: Selection): readonly string[] {
    return this.model.ignored(selection);
  }

  async png(): Promise<Blob | null> {
    const { model, context } = this;
    const theme = context.services.theme();
    const { first } = this.window();
    const detail = (row: number): string => context.head.spec.detail.map((column) => model.text(row, column)).filter((text) => text !== "").join("   ");
    const entries = (this.colors?.values ?? []).map((value) => ({ text: value.shown, color: theme.categories[value.color] ?? theme.muted, shape: "square" as const }));
    const node = treePicture(theme, context.head, model.visible.subarray(first), this.context.container.clientWidth, entries, (row) => ({
      depth: model.rows.depth[row]!, label: model.text(row, context.head.spec.label), detail: detail(row), color: boxColor(theme, model.rows, this.colors, row), dim: model.passing[row] === 2,
    }));
    return toBlob(node);
  }

  state(): string {
    return `color:${this.colorColumn};levels:${this.foldDepth}`;
  }

  restore(state: string): void {
    for (const part of state.split(";")) {
      const [key, value] = part.split(":");
      const number = Number(value);
      if (!Number.isInteger(number) || number < 0) continue;
      if (key === "color" && number < this.model.rows.columns.length) this.colorColumn = number;
      if (key === "levels") this.foldDepth = number;
    }
    const fields = this.controls.flatMap((node) => [...node.querySelectorAll("select")]);
    const [levels, color] = fields;
    if (levels) levels.value = String(this.foldDepth);
    if (color) color.value = String(this.colorColumn);
    this.model.foldTo(this.foldDepth);
    this.recolor();
    this.resize();
  }

  reset(): void {
    this.foldDepth = 0;
    this.model.foldTo(0);
    this.context.bus.clear();
    this.scroller.scrollTop = 0;
    this.current = -1;
    this.changed();
  }

  destroy(): void {
    this.context.container.replaceChildren();
  }
}

export async function makeTree(context: Context<TreeSpec>): Promise<Chart> {
  const rows = await readRows(context);
  return new TreeChart(context, new TreeModel(rows, context.head));
}
