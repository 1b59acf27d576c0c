import { button, copy, element } from "../dom";
import type { Bus, Card, CardLine } from "../registry";
import { isShared } from "../values";

/** One card for the page; on a click it stays, and its values can be made filters. */
export class HoverCard implements Card {
  private readonly node = element("div", { class: "card", role: "group", "aria-label": "Details", hidden: true });
  private pinned = false;
  private at: [number, number] = [0, 0];
  private returnTo: HTMLElement | null = null;

  constructor(private readonly bus: Bus) {
    document.body.append(this.node);
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.pinned) {
        event.stopPropagation();
        this.unpin();
      }
    }, true);
    addEventListener("pointerdown", (event) => {
      if (this.pinned && event.target instanceof Node && !this.node.contains(event.target)) this.unpin();
    }, true);
    addEventListener("scroll", () => this.hide(), { capture: true, passive: true });
  }

  get isPinned(): boolean {
    return this.pinned;
  }

  show(clientX: number, clientY: number, title: string, lines: readonly CardLine[], note = ""): void {
    if (this.pinned) return;
    const list = element("dl");
    for (const line of lines) {
      list.append(element("dt", {}, line.name), this.value(line));
    }
    const parts: Node[] = [];
    if (title) parts.push(element("div", { class: "card-title" }, element("bdi", {}, title)));
    if (lines.length > 0) parts.push(list);
    if (note) parts.push(element("div", { class: "card-note" }, note));
    this.node.replaceChildren(...parts);
    this.node.hidden = false;
    this.at = [clientX, clientY];
    this.place();
  }

  private value(line: CardLine): HTMLElement {
    const { value } = line;
    const text = value === null ? element("span", { class: "null" }, "NULL") : element("bdi", {}, value.shown === "" ? "“”" : value.shown);
    return element("dd", {}, text, ...(line.sql === undefined || isShared(value) ? [] : [this.actions(line)]));
  }

  private actions(line: CardLine): HTMLElement {
    const { name, value, sql } = line;
    const filter = (keep: boolean) => () => {
      this.unpin();
      this.bus.toggle({ name, sql: sql ?? name, values: [value], keep });
    };
    const text = value === null ? "NULL" : (value.raw ?? value.shown);
    return element(
      "span",
      { class: "card-actions" },
      button("only", `Only rows whose ${name} is this`, filter(true)),
      button("not", `Not the rows whose ${name} is this`, filter(false)),
      button("copy", "Copy the value as it is in the table", () => void copy(text)),
    );
  }

  private place(): void {
    const [x, y] = this.at;
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const left = x + 16 + width > innerWidth ? x - 16 - width : x + 16;
    const top = y + 16 + height > innerHeight ? y - 12 - height : y + 16;
    this.node.style.transform = `translate(${Math.max(6, Math.round(left))}px, ${Math.max(6, Math.round(top))}px)`;
  }

  pin(): void {
    if (this.node.hidden || this.pinned) return;
    this.pinned = true;
    this.node.classList.add("pinned");
    this.returnTo = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    const close = button("×", "Close (Esc)", () => this.unpin());
    close.className = "card-close";
    close.setAttribute("aria-label", "Close");
    this.node.append(close);
    this.place();
    close.focus({ preventScroll: true });
  }

  private unpin(): void {
    this.pinned = false;
    this.node.classList.remove("pinned");
    this.node.hidden = true;
    this.returnTo?.focus({ preventScroll: true });
    this.returnTo = null;
  }

  hide(): void {
    if (!this.pinned) this.node.hidden = true;
  }
}
