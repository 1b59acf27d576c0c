import { button, element } from "../dom";
import type { LaneBox } from "./frame";
import type { Lanes } from "./layout";

/** Names of lanes: buttons that turn them on and off. Only those that are seen are in the document. */
export class Gutter {
  private readonly nodes = new Map<number, HTMLElement>();
  private key = "";

  constructor(
    private readonly inner: HTMLElement,
    private readonly lanes: Lanes,
    private readonly what: string,
    private readonly changed: () => void,
  ) {}

  /** `width` is that of the gutter, `color` that of the marks of a lane (null: lanes have none of their own). */
  show(boxes: readonly LaneBox[], width: number, color: (lane: number) => string | null, count: (lane: number) => string): void {
    const key = boxes.map((box) => `${box.lane}:${box.top}:${box.height}:${this.lanes.on[box.lane]}:${color(box.lane)}:${count(box.lane)}`).join("|") + width;
    if (key === this.key) return;
    this.key = key;
    const seen = new Set(boxes.map((box) => box.lane));
    for (const [lane, node] of this.nodes) {
      if (seen.has(lane)) continue;
      node.remove();
      this.nodes.delete(lane);
    }
    for (const box of boxes) {
      const node = this.nodes.get(box.lane) ?? this.make(box.lane);
      this.update(node, box, width, color(box.lane), count(box.lane));
    }
  }

  private make(lane: number): HTMLElement {
    const name = this.lanes.names[lane] || "NULL or empty";
    const toggle = button("", "", (event) => {
      if (event.altKey) this.lanes.solo(lane);
      else this.lanes.toggle(lane);
      this.changed();
    });
    toggle.className = "lane-name";
    const title = `${this.what} ${name}: press to turn off or on; with Alt: only this one`;
    toggle.title = title;
    toggle.append(element("span", { class: "lane-dot", "aria-hidden": "true" }), element("bdi", {}, name), element("span", { class: "lane-count" }));
    const solo = button("only", `Only ${name}; again: all`, () => {
      this.lanes.solo(lane);
      this.changed();
    });
    solo.className = "lane-solo";
    const node = element("div", { class: "lane" }, toggle, solo);
    this.nodes.set(lane, node);
    this.inner.append(node);
    return node;
  }

  private update(node: HTMLElement, box: LaneBox, width: number, color: string | null, count: string): void {
    const on = this.lanes.on[box.lane] === 1;
    node.style.transform = `translateY(${box.top}px)`;
    node.style.height = `${box.height}px`;
    node.style.width = `${width}px`;
    node.classList.toggle("off", !on);
    node.classList.toggle("tall", box.height >= 34);
    const [toggle, ] = node.children;
    toggle?.setAttribute("aria-pressed", String(on));
    const dot = toggle?.querySelector<HTMLElement>(".lane-dot");
    if (dot) {
      dot.hidden = color === null;
      dot.style.background = color ?? "";
    }
    const counter = toggle?.querySelector(".lane-count");
    if (counter && counter.textContent !== count) counter.textContent = count;
  }
}
