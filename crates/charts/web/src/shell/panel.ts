import { PageBlocks } from "../data/blocks";
import { button, copy, element, everyFrame, save, whenQuiet } from "../dom";
import type { Head } from "../page";
import { maker, type Cell, type Chart, type Selection, type Services, type TableColumn } from "../registry";
import { grain } from "../time/grain";
import type { PageBus } from "./bus";
import { csv } from "./csv";
import { RowTable } from "./rows";
import { filterCondition, timeCondition, where, withNote } from "./sql";

/** What a panel needs of the page. */
export interface Surroundings {
  bus: PageBus;
  services: Omit<Services, "status" | "changed">;
  /** Whether the heading of the page says what the heading of this chart would say. */
  alone: boolean;
  rowsOpen: boolean;
  saved(id: string): string | null;
  keep(id: string, state: string | null): void;
}

/** So many notices stand above a chart; more are folded, so that the chart is still seen. */
const NOTICES = 4;

const fileName = (head: Head, ending: string): string => {
  const name = (head.title || head.kind).toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60);
  return `${name || head.kind}.${ending}`;
};

/** All that stands around one chart. */
export class Panel {
  readonly node: HTMLElement;
  readonly picture = element("div", { class: "picture" });
  private readonly toolbar = element("div", { class: "toolbar", role: "toolbar", "aria-label": "Tools of this chart" });
  private readonly statusLine = element("p", { class: "status", role: "status" });
  private readonly message = element("p", { class: "message", role: "status" });
  private readonly ignored = element("p", { class: "ignored", hidden: true });
  private readonly sql = element("pre", { class: "sql", tabindex: 0, "aria-label": "SQL condition of what is shown" });
  private readonly summary = element("summary", {}, "Rows");
  private readonly description = element("p", { class: "offscreen" });
  private readonly rows: RowTable;
  private chart: Chart | null = null;
  private lastSql: string | null = null;
  private first: string | null = null;
  private readonly refresh = whenQuiet(180, () => this.tell());

  constructor(
    readonly head: Head,
    private readonly around: Surroundings,
  ) {
    const label = head.title || head.kind.replaceAll("_", " ");
    this.rows = new RowTable(`Rows of ${label}`, (row, cells, columns, event) => this.activate(row, cells, columns, event));
    const heading = element("h2", { id: `title-${head.id}` }, element("bdi", {}, label));
    if (around.alone) heading.className = "offscreen";
    this.description.id = `description-${head.id}`;
    const details = element("details", { class: "rows-box", open: around.rowsOpen }, this.summary, this.rows.node);
    this.node = element(
      "section",
      { class: "panel", "aria-labelledby": heading.id, "aria-describedby": this.description.id, id: head.id },
      element("div", { class: "panel-head" }, element("div", { class: "titles" }, heading, ...subtitle(head)), this.toolbar),
      this.description,
      ...notices(head),
      this.picture,
      this.statusLine,
      this.ignored,
      this.message,
      this.sqlBox(),
      details,
      ...provenance(head),
    );
  }

  private sqlBox(): HTMLElement {
    const press = button("Copy SQL", "Copy the SQL condition of what is shown", () => {
      void copy(this.lastSql ?? "").then((done) => this.say(done ? "SQL copied." : "This browser does not let pages copy; select the text."));
    });
    return element("div", { class: "sql-box" }, this.sql, press);
  }

  private say(text: string): void {
    this.message.textContent = text;
    setTimeout(() => {
      if (this.message.textContent === text) this.message.textContent = "";
    }, 4000);
  }

  async start(): Promise<void> {
    if (this.head.fault !== null) {
      this.fail(this.head.fault);
      return;
    }
    const services: Services = {
      ...this.around.services,
      status: (text) => {
        if (this.statusLine.textContent !== text) this.statusLine.textContent = text;
      },
      changed: () => this.refresh(),
    };
    try {
      const make = await maker(this.head.kind);
      const blocks = new PageBlocks(this.head.id);
      const chart = await make({ head: this.head, container: this.picture, blocks, bus: this.around.bus, services });
      this.chart = chart;
      this.tools(chart);
      this.first = chart.state?.() ?? null;
      const state = this.around.saved(this.head.id);
      if (state !== null) chart.restore?.(state);
      chart.select(this.around.bus.selection);
      let width = 0;
      const resize = everyFrame(() => this.guard(() => chart.resize()));
      new ResizeObserver(() => {
        const now = this.picture.clientWidth;
        if (now !== width && now > 0) {
          width = now;
          resize();
        }
      }).observe(this.picture);
      this.picture.dataset["ready"] = "yes";
      this.refresh();
    } catch (reason) {
      this.fail(reason);
    }
  }

  /** The chart is given up, the page is not. */
  fail(reason: unknown): void {
    const text = reason instanceof Error ? reason.message : String(reason);
    this.chart = null;
    this.toolbar.replaceChildren();
    this.node.classList.add("failed");
    this.picture.replaceChildren(element("p", { class: "failure", role: "alert" }, `This chart cannot be shown: ${text.slice(0, 500)}`));
  }

  /** What one chart throws must not keep the others from being told. */
  private guard(task: () => void): void {
    try {
      task();
    } catch (reason) {
      this.fail(reason);
    }
  }

  /** Goes to the state that the address has now; without one to the first. */
  revisit(): void {
    const chart = this.chart;
    const state = this.around.saved(this.head.id) ?? this.first;
    if (chart?.restore && state !== null && state !== chart.state?.()) this.guard(() => chart.restore?.(state));
    this.refresh();
  }

  private tools(chart: Chart): void {
    const reset = chart.reset ? [button("Reset", "Back to the first view (Home)", () => chart.reset?.())] : [];
    const png = button("PNG", "Save the picture", () => {
      const failed = (reason: unknown): void => this.say(`The picture cannot be saved: ${String(reason)}`);
      void chart.png().then((blob) => (blob ? save(blob, fileName(this.head, "png")) : this.say("There is no picture to save.")), failed);
    });
    const shown = button("CSV", "Save the rows below as CSV, as they are shown. With Alt: with the values as they are in the table.", (event) => void this.export(event.altKey));
    const raw = button("CSV, raw", "Save the rows below as CSV, with the values as they are in the table (not defanged)", () => void this.export(true));
    this.toolbar.append(...(chart.controls ?? []), ...reset, element("span", { class: "group" }, png, shown, raw));
  }

  private async export(raw: boolean): Promise<void> {
    const table = this.chart?.table();
    if (!table) return;
    let blob: Blob;
    try {
      blob = await csv(table, raw, (share) => this.say(`CSV: ${Math.round(share * 100)} %`));
    } catch (reason) {
      this.say(`The rows cannot be saved: ${String(reason)}`);
      return;
    }
    save(blob, fileName(this.head, "csv"));
    this.say(`CSV saved: ${table.rows.toLocaleString("en")} rows${this.isPartial ? " in detail" : ""}.`);
  }

  private activate(row: number, cells: Cell[], columns: readonly TableColumn[], event: MouseEvent | KeyboardEvent): void {
    const box = event.target instanceof Element ? event.target.getBoundingClientRect() : this.node.getBoundingClientRect();
    const [x, y] = event instanceof MouseEvent && event.detail > 0 ? [event.clientX, event.clientY] : [box.left + 20, box.bottom];
    const lines = cells.map((value, at) => ({ name: columns[at]?.name ?? "", value, sql: columns[at]?.sql }));
    this.around.services.card.hide();
    this.around.services.card.show(x, y, "", lines, `row ${(row + 1).toLocaleString("en")} of the rows below`);
    this.around.services.card.pin();
  }

  /** Whether the table and counts under filters are of fewer rows than there are. */
  private get isPartial(): boolean {
    const { data } = this.head;
    return data !== null && data.all_rows > data.rows;
  }

  private tell(): void {
    const chart = this.chart;
    if (chart) this.guard(() => this.tellOf(chart));
  }

  private tellOf(chart: Chart): void {
    const { selection } = this.around.bus;
    this.description.textContent = chart.describe();
    const table = chart.table();
    const found = selection.search !== null && this.head.data !== null;
    this.summary.textContent = `Rows${this.isPartial ? " in detail" : ""} (${table.rows.toLocaleString("en")})${found ? " that are highlighted" : ""}`;
    this.rows.show(table);
    const ignored = [...new Set(chart.ignores?.(selection) ?? [])];
    this.ignored.hidden = ignored.length === 0;
    this.ignored.textContent = ignored.length === 0 ? "" : `This chart is not narrowed by the selection: ${ignored.join(", ")}.`;
    this.lastSql = withNote(chart.where ? chart.where() : this.sharedWhere(), selection.search !== null);
    this.sql.textContent = this.lastSql ?? "no condition: everything is shown";
    this.sql.classList.toggle("none", this.lastSql === null);
    this.around.keep(this.head.id, chart.state?.() ?? null);
  }

  private sharedWhere(): string | null {
    const { time, filters } = this.around.bus.selection;
    const column = this.head.data?.time;
    return where([...(time && column ? [timeCondition(column, time)] : []), ...filters.map(filterCondition)]);
  }

  select(selection: Selection): void {
    this.guard(() => this.chart?.select(selection));
    this.refresh();
  }

  restyle(): void {
    this.guard(() => this.chart?.restyle());
    this.refresh();
  }
}

function subtitle(head: Head): HTMLElement[] {
  return head.subtitle ? [element("p", { class: "subtitle" }, head.subtitle)] : [];
}

function notices(head: Head): HTMLElement[] {
  const texts = [...head.warnings];
  const data = head.data;
  if (data && data.all_rows > data.rows) {
    const whole = head.kind === "timeline" ? "density is complete as long as no filter narrows it" : "the picture is of these";
    texts.unshift(`Showing ${data.rows.toLocaleString("en")} of ${data.all_rows.toLocaleString("en")} in detail; ${whole}.`);
  }
  const far = data?.time ? Math.max(grain(data.time.start), grain(data.time.end)) : 1;
  if (far > 1) texts.unshift(`Times this far from 1970 are shown to within ${far.toLocaleString("en")} µs.`);
  if (texts.length === 0) return [];
  const items = texts.map((text) => element("li", {}, element("bdi", {}, text)));
  const list = (part: HTMLElement[]): HTMLElement => element("ul", { class: "notices", "aria-label": "Notices" }, ...part);
  if (items.length <= NOTICES) return [list(items)];
  const rest = items.splice(NOTICES - 1);
  return [list(items), element("details", { class: "more-notices" }, element("summary", {}, `${rest.length} more notices`), list(rest))];
}

function provenance(head: Head): HTMLElement[] {
  if (head.provenance.length === 0) return [];
  return [element("details", { class: "provenance" }, element("summary", {}, "Where this comes from"), provenanceList(head.provenance))];
}

export function provenanceList(entries: readonly { name: string; value: string }[]): HTMLElement {
  const list = element("dl");
  for (const { name, value } of entries) list.append(element("dt", {}, name), element("dd", {}, element("bdi", {}, value)));
  return list;
}
