import { element, sized } from "../dom";

export interface Mark {
  /** Depth from 1, colour, and whether it stands out. */
  depth: number;
  color: string;
  strong: boolean;
  dim: boolean;
}

const WIDTH = 92;

/** All rows, small; a window that is what is seen. */
export class Minimap {
  readonly node = element("div", { class: "minimap", "aria-hidden": "true" });
  private readonly picture = element("canvas");
  private readonly window = element("div", { class: "minimap-window" });

  constructor(go: (share: number) => void) {
    this.node.append(this.picture, this.window);
    const move = (event: PointerEvent): void => {
      const box = this.node.getBoundingClientRect();
      go(Math.max(0, Math.min(1, (event.clientY - box.top) / box.height)));
    };
    this.node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.node.setPointerCapture(event.pointerId);
      move(event);
    });
    this.node.addEventListener("pointermove", (event) => {
      if (this.node.hasPointerCapture(event.pointerId)) move(event);
    });
  }

  /** One line for each row; where there are more rows than lines, what stands out wins. */
  draw(rows: number, height: number, deepest: number, mark: (place: number) => Mark, found: (from: number, to: number) => number): void {
    const context = sized(this.picture, WIDTH, height);
    if (!context) return;
    context.clearRect(0, 0, WIDTH, height);
    const line = Math.min(4, height / Math.max(1, rows));
    const step = Math.min(7, (WIDTH - 26) / Math.max(1, deepest));
    const lines = Math.min(rows, Math.ceil(height));
    for (let at = 0; at < lines; at++) {
      const from = Math.floor((at * rows) / lines);
      const strong = found(from, Math.floor(((at + 1) * rows) / lines));
      const place = strong >= 0 ? strong : from;
      const { depth, color, strong: bold, dim } = mark(place);
      context.globalAlpha = dim ? 0.25 : 0.85;
      context.fillStyle = color;
      const y = from * line;
      context.fillRect(4 + (depth - 1) * step, y, bold ? WIDTH : 22, Math.max(1, line - (line > 2 ? 1 : 0)));
    }
    context.globalAlpha = 1;
  }

  place(from: number, to: number): void {
    this.window.style.transform = `translateY(${from}px)`;
    this.window.style.height = `${Math.max(6, to - from)}px`;
  }
}
