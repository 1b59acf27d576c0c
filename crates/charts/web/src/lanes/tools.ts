import { button, element, select } from "../dom";
import type { Lanes, Sort } from "./layout";
import type { Mode } from "./pointer";
import type { View } from "../time/view";

/** The buttons of a chart with a time axis. */
export class Tools {
  readonly nodes: HTMLElement[] = [];
  mode: Mode = "pan";
  logarithmic = true;
  private readonly back: HTMLButtonElement;
  private readonly forward: HTMLButtonElement;
  private readonly modes = new Map<Mode, HTMLButtonElement>();
  private readonly all: HTMLButtonElement;
  private readonly sort: HTMLSelectElement | null;
  private readonly scale: HTMLButtonElement;

  constructor(
    private readonly view: View,
    private readonly lanes: Lanes,
    private readonly changed: (what: "sort" | "lanes" | "scale") => void,
    filterToView: () => void,
    withScale: boolean,
    private readonly modeChanged: (mode: Mode) => void,
  ) {
    const names: [Mode, string, string][] = [
      ["pan", "Pan", "Drag moves the view"],
      ["zoom", "Zoom", "Drag a box to zoom into it (or hold Ctrl)"],
      ["select", "Select", "Drag selects a time range for all charts and tables (or hold Shift)"],
    ];
    const group = element("span", { class: "group", role: "group", "aria-label": "What dragging does" });
    for (const [mode, text, title] of names) {
      const node = button(text, title, () => this.choose(mode));
      this.modes.set(mode, node);
      group.append(node);
    }
    this.back = button("‹", "Back to the view before (Backspace)", () => view.back());
    this.forward = button("›", "Forward again", () => view.forward());
    this.back.setAttribute("aria-label", "View before");
    this.forward.setAttribute("aria-label", "View after");
    const narrow = button("Select view", "Narrow all charts and tables to the time that is in view (S)", filterToView);
    this.nodes.push(group, element("span", { class: "group" }, this.back, this.forward), narrow);
    this.all = button("All lanes", "Turn all lanes on", () => {
      lanes.all();
      this.changed("lanes");
    });
    this.scale = button("log", "Heights by logarithm of the count; press for straight heights", () => {
      this.logarithmic = !this.logarithmic;
      this.changed("scale");
      this.show();
    });
    if (withScale) this.nodes.push(this.scale);
    this.sort = null;
    if (lanes.count > 1) {
      const choices = [{ value: "given", text: "as given" }, { value: "count", text: "count" }, { value: "first", text: "first seen" }, { value: "name", text: "name" }];
      const label = select("Lanes by", choices, "given", (value) => {
        lanes.arrange(value as Sort);
        this.changed("sort");
      });
      this.sort = label.querySelector("select");
      this.nodes.push(label, this.all);
    }
    this.choose("pan");
    this.show();
  }

  choose(mode: Mode): void {
    this.mode = mode;
    for (const [name, node] of this.modes) node.setAttribute("aria-pressed", String(name === mode));
    this.modeChanged(mode);
  }

  show(): void {
    this.back.disabled = !this.view.canGoBack;
    this.forward.disabled = !this.view.canGoForward;
    this.all.disabled = this.lanes.allOn;
    this.scale.setAttribute("aria-pressed", String(this.logarithmic));
    if (this.sort && this.sort.value !== this.lanes.sort) this.sort.value = this.lanes.sort;
  }
}
