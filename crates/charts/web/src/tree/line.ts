import { element } from "../dom";

/** The elements of one row; made once and used for other rows as the list scrolls. */
export class Line {
  readonly node: HTMLElement;
  readonly toggle = element("span", { class: "tree-toggle", "aria-hidden": "true" });
  private readonly indent = element("span", { class: "tree-indent", "aria-hidden": "true" });
  private readonly box = element("span", { class: "tree-node" });
  private readonly label = element("bdi", { class: "tree-label" });
  private readonly details = element("bdi", { class: "tree-detail" });
  private readonly more = element("span", { class: "tree-more" });
  private readonly time = element("span", { class: "tree-time" });
  row = -1;

  constructor(number: string) {
    this.box.append(this.label, this.details, this.more, this.time);
    this.node = element("div", { class: "tree-row", role: "treeitem", id: number }, this.indent, this.toggle, this.box);
  }

  fill(row: number, text: LineText): void {
    this.row = row;
    const { node } = this;
    node.style.transform = `translateY(${text.top}px)`;
    node.hidden = false;
    set(this.label, text.label);
    set(this.details, text.detail);
    set(this.more, text.folded ? `+${text.below.toLocaleString("en")}` : "");
    set(this.time, text.time);
    set(this.toggle, text.below === 0 ? "" : text.folded ? "▸" : "▾");
    this.indent.style.width = `${(text.depth - 1) * 18}px`;
    this.box.style.borderLeftColor = text.color;
    node.className = `tree-row${text.dim ? " dim" : ""}${text.found ? " found" : ""}${text.current ? " current" : ""}${text.inferred ? " inferred" : ""}`;
    node.setAttribute("aria-level", String(text.depth));
    node.setAttribute("aria-selected", String(text.current));
    if (text.below > 0) node.setAttribute("aria-expanded", String(!text.folded));
    else node.removeAttribute("aria-expanded");
  }

  hide(): void {
    this.row = -1;
    this.node.hidden = true;
    this.node.className = "tree-row";
  }
}

export interface LineText {
  top: number;
  label: string;
  detail: string;
  time: string;
  depth: number;
  below: number;
  folded: boolean;
  color: string;
  dim: boolean;
  found: boolean;
  current: boolean;
  inferred: boolean;
}

function set(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
