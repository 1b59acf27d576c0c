import { button, element, everyFrame } from "../dom";
import type { Cell, Table, TableColumn } from "../registry";

const ROW = 26;
const PAGE = 100_000;
const SPARE = 6;

/** The table below a chart: only the rows that are seen are in the document. Rows beyond a page of 100,000 have pages. */
export class RowTable {
  readonly node: HTMLElement;
  private readonly scroller = element("div", { class: "rows-scroll", tabindex: 0, role: "region", "aria-label": "Rows" });
  private readonly grid = element("table", { class: "rows", role: "grid" });
  private readonly header = element("tr", { "aria-rowindex": 1 });
  private readonly body = element("tbody");
  private readonly pager = element("div", { class: "pager" });
  private table: Table | null = null;
  private page = 0;
  private drawn = "";
  private run = 0;
  private columnsKey = "";
  private readonly ask = everyFrame(() => void this.draw());
  visible = false;
  private wanted = false;
  /** The row that keys go on from, in the whole table. */
  private current = 0;
  /** Whether the current row takes the focus when it is drawn. */
  private focusing = false;

  constructor(
    label: string,
    private readonly activate: (row: number, cells: Cell[], columns: readonly TableColumn[], event: MouseEvent | KeyboardEvent) => void,
  ) {
    this.scroller.setAttribute("aria-label", label);
    this.grid.setAttribute("aria-label", label);
    this.grid.append(element("thead", {}, this.header), this.body);
    this.scroller.append(this.grid);
    this.node = element("div", { class: "rows-frame" }, this.scroller, this.pager);
    this.scroller.addEventListener("scroll", this.ask, { passive: true });
    this.body.addEventListener("keydown", (event) => this.key(event));
    new IntersectionObserver((entries) => {
      this.visible = entries.some((entry) => entry.isIntersecting);
      if (this.visible && this.wanted) this.ask();
    }, { rootMargin: "80px" }).observe(this.scroller);
    new ResizeObserver(this.ask).observe(this.scroller);
  }

  /** Another table; rows stay where they are in the scroll box as far as that is possible. */
  show(table: Table): void {
    this.table = table;
    this.page = Math.min(this.page, Math.max(0, Math.ceil(table.rows / PAGE) - 1));
    this.current = Math.max(0, Math.min(this.current, table.rows - 1));
    if (this.body.contains(document.activeElement)) this.focusing = true;
    this.drawn = "";
    this.run++;
    this.heads(table.columns);
    this.wanted = true;
    if (this.visible) this.ask();
  }

  private heads(columns: readonly TableColumn[]): void {
    const key = columns.map((column) => column.name).join("\u0000");
    if (key === this.columnsKey) return;
    this.columnsKey = key;
    this.header.replaceChildren(...columns.map((column) => element("th", { scope: "col", class: column.numeric === true ? "number" : "" }, column.name)));
    this.grid.setAttribute("aria-colcount", String(columns.length));
  }

  private pages(rows: number): void {
    const pages = Math.ceil(rows / PAGE);
    if (pages < 2) {
      this.pager.replaceChildren();
      return;
    }
    const turn = (by: number) => () => {
      this.page = Math.max(0, Math.min(pages - 1, this.page + by));
      this.current = this.page * PAGE;
      this.scroller.scrollTop = 0;
      this.drawn = "";
      this.ask();
    };
    const first = this.page * PAGE;
    const text = `rows ${(first + 1).toLocaleString("en")} to ${Math.min(rows, first + PAGE).toLocaleString("en")} of ${rows.toLocaleString("en")}`;
    const before = button("‹ Previous", "Previous 100,000 rows", turn(-1));
    const after = button("Next ›", "Next 100,000 rows", turn(1));
    before.disabled = this.page === 0;
    after.disabled = this.page === pages - 1;
    this.pager.replaceChildren(before, element("span", {}, text), after);
  }

  private async draw(): Promise<void> {
    const table = this.table;
    if (!table || !this.visible) return;
    const base = this.page * PAGE;
    const here = Math.min(PAGE, table.rows - base);
    const top = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - SPARE);
    const shown = Math.ceil(this.scroller.clientHeight / ROW) + 2 * SPARE;
    const from = Math.max(0, Math.min(top, here - shown));
    const to = Math.min(here, from + shown);
    const key = `${base}/${from}/${to}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const run = this.run;
    let cells: Cell[][] = [];
    try {
      if (to > from) cells = await table.cells(base + from, base + to);
    } catch (reason) {
      if (run !== this.run) return;
      const text = `The rows cannot be read: ${reason instanceof Error ? reason.message : String(reason)}`;
      this.body.replaceChildren(element("tr", {}, element("td", { colspan: Math.max(1, table.columns.length), class: "empty" }, text)));
      return;
    }
    if (run !== this.run || key !== this.drawn) return;
    this.wanted = false;
    this.scroller.style.maxHeight = `${Math.max(96, table.rows * ROW + 32)}px`;
    const focused = this.focusing || this.body.contains(document.activeElement);
    const seen = Math.max(base + from, Math.min(base + to - 1, this.current));
    const rows = cells.map((row, at) => this.row(row, base + from + at, table.columns, base + from + at === seen));
    // Where what has the focus is taken away, browsers scroll to where it was.
    if (focused) this.scroller.focus({ preventScroll: true });
    this.body.replaceChildren(spacer(from, table.columns.length), ...rows, spacer(here - to, table.columns.length));
    this.grid.setAttribute("aria-rowcount", String(table.rows + 1));
    if (table.rows === 0) this.body.replaceChildren(element("tr", {}, element("td", { colspan: Math.max(1, table.columns.length), class: "empty" }, "No rows here")));
    this.pages(table.rows);
    // Rows are made anew as they scroll: the focus stays on the row that had it, as long as it is there.
    if (focused && table.rows > 0) rows[seen - base - from]?.focus({ preventScroll: true });
    if (seen === this.current) this.focusing = false;
  }

  /** Goes to a row of the whole table. */
  private go(number: number): void {
    const rows = this.table?.rows ?? 0;
    if (rows === 0) return;
    this.current = Math.max(0, Math.min(rows - 1, number));
    const page = Math.floor(this.current / PAGE);
    if (page !== this.page) {
      this.page = page;
      this.scroller.scrollTop = 0;
    }
    const top = (this.current - page * PAGE) * ROW;
    const head = this.header.offsetHeight;
    const room = this.scroller.clientHeight - head;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW > this.scroller.scrollTop + room) this.scroller.scrollTop = top + ROW - room;
    this.focusing = true;
    this.drawn = "";
    this.ask();
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW) - 2);
    const rows = this.table?.rows ?? 0;
    const targets: Record<string, number> = {
      ArrowDown: this.current + 1, ArrowUp: this.current - 1, PageDown: this.current + page, PageUp: this.current - page, Home: 0, End: rows - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.go(target);
  }

  private row(cells: Cell[], number: number, columns: readonly TableColumn[], isCurrent: boolean): HTMLTableRowElement {
    const node = element("tr", { "aria-rowindex": number + 2, tabindex: isCurrent ? 0 : -1 });
    cells.forEach((cell, at) => {
      const numeric = columns[at]?.numeric === true;
      const data = element("td", { class: numeric ? "number" : "" });
      if (cell === null) data.append(element("span", { class: "null" }, "NULL"));
      else {
        data.append(element("bdi", {}, cell.shown));
        if (cell.shown.length > 24) data.title = cell.shown;
      }
      node.append(data);
    });
    node.addEventListener("click", (event) => {
      if (getSelection()?.isCollapsed === false) return;
      this.activate(number, cells, columns, event);
    });
    node.addEventListener("focus", () => {
      if (!this.focusing) this.current = number;
    });
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.activate(number, cells, columns, event);
    });
    return node;
  }
}

/** Stands for rows that are not in the document. */
function spacer(rows: number, columns: number): HTMLTableRowElement {
  const cell = element("td", { colspan: Math.max(1, columns) });
  cell.style.height = `${rows * ROW}px`;
  const row = element("tr", { class: "space", "aria-hidden": "true" }, cell);
  row.hidden = rows === 0;
  return row;
}
