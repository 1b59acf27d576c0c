import { PageBlocks } from "../data/blocks";
import { button, copy, element, everyFrame, save, whenQuiet } from "../dom";
import type { Head } from "../page";
import { maker, type Cell, type Chart, type Selection, type Services, type TableColumn } from "../registry";
import type { PageBus } from "./bus";
import { csv } from "./csv";
import { RowTable } from "./rows";
import { filterCondition, timeCondition, where } from "./sql";

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
  private readonly sql = element("pre", { class: "sql", tabindex: 0, "aria-label": "SQL condition of what is shown" });
  private readonly summary = element("summary", {}, "Rows");
  private readonly description = element("p", { class: "offscreen" });
  private readonly rows: RowTable;
  private chart: Chart | null = null;
  private lastSql: string | null = null;
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
      const state = this.around.saved(this.head.id);
      if (state !== null) chart.restore?.(state);
      chart.select(this.around.bus.selection);
      let width = 0;
      const resize = everyFrame(() => chart.resize());
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

  fail(reason: unknown): void {
    const text = reason instanceof Error ? reason.message : String(reason);
    this.picture.replaceChildren(element("p", { class: "failure", role: "alert" }, `This chart cannot be shown: ${text}`));
  }

  private tools(chart: Chart): void {
    const reset = chart.reset ? [button("Reset", "Back to the first view (Home)", () => chart.reset?.())] : [];
    const png = button("PNG", "Save the picture", () => {
      void chart.png().then((blob) => (blob ? save(blob, fileName(this.head, "png")) : this.say("There is no picture to save.")));
    });
    const shown = button("CSV", "Save the rows below as CSV, as they are shown. With Alt: with the values as they are in the table.", (event) => void this.export(event.altKey));
    const raw = button("CSV, raw", "Save the rows below as CSV, with the values as they are in the table (not defanged)", () => void this.export(true));
    this.toolbar.append(...(chart.controls ?? []), ...reset, element("span", { class: "group" }, png, shown, raw));
  }

  private async export(raw: boolean): Promise<void> {
    const table = this.chart?.table();
    if (!table) return;
    const blob = await csv(table, raw, (share) => this.say(`CSV: ${Math.round(share * 100)} %`));
    save(blob, fileName(this.head, "csv"));
    this.say(`CSV saved: ${table.rows.toLocaleString("en")} rows.`);
  }

  private activate(row: number, cells: Cell[], columns: readonly TableColumn[], event: MouseEvent | KeyboardEvent): void {
    const box = event.target instanceof Element ? event.target.getBoundingClientRect() : this.node.getBoundingClientRect();
    const [x, y] = event instanceof MouseEvent && event.detail > 0 ? [event.clientX, event.clientY] : [box.left + 20, box.bottom];
    const lines = cells.map((value, at) => ({ name: columns[at]?.name ?? "", value, sql: columns[at]?.sql }));
    this.around.services.card.hide();
    this.around.services.card.show(x, y, "", lines, `row ${(row + 1).toLocaleString("en")} of the rows below`);
    this.around.services.card.pin();
  }

  private tell(): void {
    const chart = this.chart;
    if (!chart) return;
    this.description.textContent = chart.describe();
    const table = chart.table();
    const found = this.around.bus.selection.search !== null && this.head.data !== null;
    this.summary.textContent = `Rows (${table.rows.toLocaleString("en")})${found ? " that are highlighted" : ""}`;
    this.rows.show(table);
    this.lastSql = chart.where ? chart.where() : this.sharedWhere();
    this.sql.textContent = this.lastSql ?? "no condition: everything is shown";
    this.sql.classList.toggle("none", this.lastSql === null);
    this.around.keep(this.head.id, chart.state?.() ?? null);
  }

  private sharedWhere(): string | null {
    const { time, filters } = this.around.bus.selection;
    const sql = this.head.data?.time?.sql;
    return where([...(time && sql !== undefined ? [timeCondition(sql, time)] : []), ...filters.map(filterCondition)]);
  }

  select(selection: Selection): void {
    this.chart?.select(selection);
    this.refresh();
  }

  restyle(): void {
    this.chart?.restyle();
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
    texts.unshift(`Showing ${data.rows.toLocaleString("en")} of ${data.all_rows.toLocaleString("en")} in detail; density is complete.`);
  }
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
