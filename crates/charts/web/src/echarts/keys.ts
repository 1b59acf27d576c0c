import { button } from "../dom";
import type { Drawing } from "./engine";

/** What a pointer does to a map or graph, by keys: arrows move, + and - zoom, 0 and Home show all. */
export class Keys {
  private readonly listener = (event: KeyboardEvent): void => this.press(event);

  constructor(
    private readonly drawing: Drawing,
    private readonly kind: "geo" | "series",
    private readonly home: () => void,
  ) {
    drawing.node.addEventListener("keydown", this.listener);
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    const middle = { originX: this.drawing.width / 2, originY: this.drawing.height / 2 };
    if (way) this.roam({ dx: way[0], dy: way[1] });
    else if (event.key === "+" || event.key === "=") this.roam({ zoom: 1.25, ...middle });
    else if (event.key === "-" || event.key === "_") this.roam({ zoom: 0.8, ...middle });
    else if (event.key === "0" || event.key === "Home") this.home();
    else return;
    event.preventDefault();
  }

  /** For those who have neither a wheel nor the keys at hand. */
  buttons(): HTMLButtonElement[] {
    const middle = () => ({ originX: this.drawing.width / 2, originY: this.drawing.height / 2 });
    const zoom = (text: string, label: string, factor: number): HTMLButtonElement => {
      const node = button(text, label, () => this.roam({ zoom: factor, ...middle() }));
      node.setAttribute("aria-label", label);
      return node;
    };
    return [zoom("+", "Zoom in", 1.5), zoom("−", "Zoom out", 1 / 1.5)];
  }

  /** As ECharts itself asks for it when a wheel turns. */
  roam(by: Record<string, number | undefined>): void {
    this.drawing.chart.dispatchAction(this.kind === "geo" ? { type: "geoRoam", componentType: "geo", geoId: "world", ...by } : { type: "graphRoam", seriesId: "graph", ...by });
  }

  destroy(): void {
    this.drawing.node.removeEventListener("keydown", this.listener);
  }
}
