import { button, element } from "../dom";
import type { Filter, Selection } from "../registry";
import type { PageBus } from "./bus";

/** The line of chips: what the page is narrowed to, each with a way out. */
export class FilterBar {
  readonly node = element("div", { class: "filters", role: "group", "aria-label": "Filters", hidden: true });

  constructor(
    private readonly bus: PageBus,
    private readonly timeText: (micros: number) => string,
  ) {
    bus.subscribe((selection) => this.show(selection));
  }

  show(selection: Selection): void {
    const chips: HTMLElement[] = [];
    if (selection.time) {
      const text = `${this.timeText(selection.time.from)} – ${this.timeText(selection.time.to)}`;
      chips.push(this.chip("time", text, true, () => this.bus.setTime(null, "")));
    }
    for (const filter of selection.filters) chips.push(this.chip(filter.name, valuesText(filter), filter.keep, () => this.bus.remove(filter), filter));
    const clear = button("Clear all", "Take all filters away", () => this.bus.clear());
    this.node.hidden = chips.length === 0;
    this.node.replaceChildren(...chips, ...(chips.length > 1 ? [clear] : []));
  }

  private chip(name: string, text: string, keep: boolean, remove: () => void, filter?: Filter): HTMLElement {
    const words = [element("span", { class: "chip-name" }, name), element("span", { class: "chip-sign" }, keep ? "is" : "is not"), element("bdi", { title: text }, text)];
    const close = button("×", `Take away: ${name} ${keep ? "is" : "is not"} ${text.slice(0, 80)}`, remove);
    close.setAttribute("aria-label", close.title);
    const parts: HTMLElement[] = [...words, close];
    if (filter) {
      const turn = button("⇄", keep ? "Turn into “is not”" : "Turn into “is”", () => {
        this.bus.setFilters(this.bus.selection.filters.map((other) => (other === filter ? { name, sql: filter.sql, values: filter.values, keep: !keep } : other)));
      });
      turn.setAttribute("aria-label", turn.title);
      parts.splice(3, 0, turn);
    }
    return element("span", { class: keep ? "chip" : "chip not" }, ...parts);
  }
}

function valuesText(filter: Filter): string {
  if (filter.values.length === 0) return "nothing";
  const texts = filter.values.map((value) => (value === null ? "NULL" : value.shown === "" ? "“”" : value.shown));
  const shown = texts.slice(0, 4).join(" or ");
  return texts.length > 4 ? `${shown} or ${texts.length - 4} more` : shown;
}
