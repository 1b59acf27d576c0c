import { button, element, sized } from "../dom";
import type { Theme } from "../registry";
import { addShape, type Shape } from "../shell/palette";

export interface LegendEntry {
  text: string;
  note: string;
  color: number;
  shape: Shape;
}

/** The colour of a number: there are twelve. */
export function colorOf(theme: Theme, code: number | null | undefined): string {
  if (code === null || code === undefined) return theme.muted;
  return theme.categories[code % theme.categories.length] ?? theme.accent;
}

/** What colours and shapes stand for. A press hides one and shows it again; with Alt it is the only one. */
export class Legend {
  readonly node: HTMLElement;
  readonly hidden = new Set<number>();
  private readonly buttons: HTMLButtonElement[] = [];
  private readonly marks: HTMLCanvasElement[] = [];

  constructor(
    name: string,
    private readonly entries: readonly LegendEntry[],
    private readonly changed: () => void,
  ) {
    this.node = element("div", { class: "legend", role: "group", "aria-label": `Legend: ${name}` }, element("span", { class: "legend-name" }, name));
    entries.forEach((entry, at) => {
      const mark = element("canvas", { "aria-hidden": "true" });
      const press = button("", `Hide or show: ${entry.text || "“”"}. With Alt: only this.`, (event) => this.press(at, event.altKey));
      press.append(mark, element("bdi", {}, entry.text || "“”"), element("span", { class: "legend-name" }, entry.note));
      press.setAttribute("aria-pressed", "true");
      this.buttons.push(press);
      this.marks.push(mark);
      this.node.append(press);
    });
  }

  private press(at: number, alone: boolean): void {
    const others = this.entries.map((_, other) => other).filter((other) => other !== at);
    if (alone) {
      const isAlone = !this.hidden.has(at) && others.every((other) => this.hidden.has(other));
      this.hidden.clear();
      if (!isAlone) for (const other of others) this.hidden.add(other);
    } else if (!this.hidden.delete(at)) this.hidden.add(at);
    this.show();
    this.changed();
  }

  private show(): void {
    this.buttons.forEach((press, at) => {
      press.setAttribute("aria-pressed", String(!this.hidden.has(at)));
      press.style.opacity = this.hidden.has(at) ? "0.55" : "";
      press.style.textDecoration = this.hidden.has(at) ? "line-through" : "";
    });
  }

  restore(hidden: readonly number[]): void {
    this.hidden.clear();
    for (const at of hidden) if (at >= 0 && at < this.entries.length) this.hidden.add(at);
    this.show();
  }

  paint(theme: Theme): void {
    this.entries.forEach((entry, at) => {
      // Pressed is the usual state here: it needs no colour of its own.
      const press = this.buttons[at]!;
      press.style.background = "none";
      press.style.borderColor = "transparent";
      press.style.color = theme.text;
      const target = sized(this.marks[at]!, 14, 14);
      if (!target) return;
      target.clearRect(0, 0, 14, 14);
      target.fillStyle = colorOf(theme, entry.color);
      target.beginPath();
      addShape(target, entry.shape, 7, 7, 5);
      target.fill();
    });
  }
}
