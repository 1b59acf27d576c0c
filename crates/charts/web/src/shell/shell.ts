import { canInflate } from "../data/decode";
import { button, element, select } from "../dom";
import type { Head, Page } from "../page";
import { isRegistered, type Services } from "../registry";
import { timeText, Zone } from "../time/zone";
import { Address } from "./address";
import { PageBus } from "./bus";
import { HoverCard } from "./card";
import { FilterBar } from "./filters";
import { Panel, provenanceList } from "./panel";
import { filtersOf, timeOf } from "./restored";
import { SearchBox, searchTest } from "./search";
import { Themes, type Choice } from "./theme";
import { zoneSelect, type ZoneField } from "./zones";

const numbers = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });

/** The page: header, filters, panels, and what the panels share. */
export class Shell {
  private readonly address = new Address(() => this.revisit());
  private readonly bus = new PageBus();
  private readonly card = new HoverCard(this.bus);
  private readonly themes: Themes;
  private readonly motion = matchMedia("(prefers-reduced-motion: reduce)");
  private readonly panels: Panel[] = [];
  private readonly filters: FilterBar;
  private zone: Zone;
  /** The zone in which times are shown first: that of the first chart that has one of its own. */
  private readonly own: string;
  private box!: SearchBox;
  private zones!: ZoneField;
  private themeField!: HTMLSelectElement;
  private started = new Set<Panel>();

  constructor(
    private readonly page: Page,
    private readonly root: HTMLElement,
  ) {
    this.own = page.charts.map((head) => Zone.named(head.zone).name).find((name) => name !== "UTC") ?? "UTC";
    this.zone = Zone.named(this.address.get("zone") ?? this.own);
    this.themes = new Themes(this.themeChoice(), () => this.restyle());
    this.filters = new FilterBar(this.bus, (micros) => timeText(micros, this.zone));
    this.themes.apply();
    this.build(this.own);
    this.restore();
    this.bus.subscribe((selection) => {
      this.address.set("time", selection.time ? `${selection.time.from}~${selection.time.to}` : null);
      this.address.set("filters", selection.filters.length > 0 ? JSON.stringify(selection.filters) : null);
      for (const panel of this.panels) panel.select(selection);
    });
  }

  private themeChoice(): Choice {
    const choice = this.address.get("theme") ?? this.page.theme;
    return choice === "light" || choice === "dark" ? choice : "auto";
  }

  private build(own: string): void {
    const search = { text: this.address.get("find") ?? "", regex: this.address.get("regex") === "1" };
    this.box = new SearchBox(search, (state, test) => {
      this.address.set("find", state.text);
      this.address.set("regex", state.regex && state.text ? "1" : null);
      this.bus.setSearch(test);
    });
    const test = searchTest(search);
    if (test && !(test instanceof Error)) this.bus.setSearch(test);
    const theme = select("Theme", [{ value: "auto", text: "System" }, { value: "light", text: "Light" }, { value: "dark", text: "Dark" }], this.themes.choice, (value) => {
      this.address.set("theme", value === this.page.theme ? null : value);
      this.themes.set(value === "light" || value === "dark" ? value : "auto");
    });
    this.themeField = theme.querySelector("select")!;
    this.zones = zoneSelect(this.zone.name, own, (name) => {
      this.zone = Zone.named(name);
      this.address.set("zone", name === own ? null : name);
      this.filters.show(this.bus.selection);
      this.restyle();
    });
    const print = button("Print", "Print this page, or save it as PDF", () => window.print());
    const title = this.page.title || this.page.charts[0]?.title || "huntsql";
    const header = element("header", { class: "page-head" }, element("h1", {}, element("bdi", {}, title)), element("div", { class: "page-tools" }, this.box.node, this.zones.node, theme, print));
    const main = element("main", {});
    for (const head of this.page.charts) {
      try {
        const panel = new Panel(head, this.surroundings(head, title));
        this.panels.push(panel);
        main.append(panel.node);
      } catch (reason) {
        main.append(element("p", { class: "failure", role: "alert" }, `A chart cannot be shown: ${String(reason).slice(0, 500)}`));
      }
    }
    if (this.page.charts.length === 0) main.append(element("p", { class: "failure" }, "This page has no charts."));
    this.root.replaceChildren(element("div", { class: "page-top" }, header, this.filters.node), main, this.footer());
  }

  private footer(): HTMLElement {
    const parts: HTMLElement[] = [element("p", {}, `Made by ${this.page.generator}. This file is complete: it asks nothing of any network.`)];
    if (this.page.provenance.length > 0) parts.unshift(element("details", { class: "provenance", open: true }, element("summary", {}, "Provenance"), provenanceList(this.page.provenance)));
    return element("footer", {}, ...parts);
  }

  private surroundings(head: Head, title: string): ConstructorParameters<typeof Panel>[1] {
    const services: Omit<Services, "status" | "changed"> = {
      theme: () => this.themes.get(),
      zone: () => this.zone.name,
      formatTime: (micros) => timeText(micros, this.zone),
      formatNumber: (value) => numbers.format(value),
      card: this.card,
      reducedMotion: () => this.motion.matches,
    };
    const alone = this.page.charts.length === 1 && (head.title === title || head.title === "");
    const rowsOpen = this.page.charts.length === 1 || head === this.page.charts[0];
    return { bus: this.bus, services, alone, rowsOpen, saved: (id) => this.address.get(id), keep: (id, state) => this.address.set(id, state) };
  }

  private restore(): void {
    // Both are read before either is said: what is said is written to the address again.
    const time = timeOf(this.address.get("time"));
    const filters = filtersOf(this.address.get("filters"), this.page.charts);
    this.bus.setTime(time, "");
    this.bus.setFilters(filters);
    this.filters.show(this.bus.selection);
  }

  /** The address is another one: the page is what it says. */
  private revisit(): void {
    const find = this.address.get("find") ?? "";
    const regex = this.address.get("regex") === "1";
    this.zone = Zone.named(this.address.get("zone") ?? this.own);
    this.zones.set(this.zone.name);
    this.themes.set(this.themeChoice());
    this.themeField.value = this.themes.choice;
    for (const panel of this.panels) panel.revisit();
    this.restore();
    this.box.set(find, regex);
    this.restyle();
  }

  /** Starts the charts whose first picture needs no more than what is before the script. */
  startEarly(): void {
    if (!canInflate()) {
      for (const panel of this.panels) panel.fail("this browser is too old: it cannot unpack the data (DecompressionStream “deflate-raw”: Chrome and Edge 103, Firefox 113, Safari 16.4)");
      this.panels.forEach((panel) => this.started.add(panel));
      return;
    }
    for (const panel of this.panels) {
      if (panel.head.data?.time && isRegistered(panel.head.kind) && panel.head.kind !== "process_tree" && panel.head.kind !== "series") this.start(panel);
    }
  }

  /** Starts all others. */
  startAll(): void {
    for (const panel of this.panels) {
      // All scripts of the page have run: nobody else will draw it.
      if (!isRegistered(panel.head.kind) && !this.started.has(panel)) {
        this.started.add(panel);
        panel.fail(panel.head.kind === "" ? "it does not say of what kind it is" : `this page has no script for charts of the kind “${panel.head.kind.slice(0, 80)}”`);
      } else this.start(panel);
    }
  }

  private start(panel: Panel): void {
    if (this.started.has(panel)) return;
    this.started.add(panel);
    void panel.start();
  }

  private restyle(): void {
    for (const panel of this.panels) panel.restyle();
  }
}
