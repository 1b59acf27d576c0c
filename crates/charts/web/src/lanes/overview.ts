import { element, sized } from "../dom";
import type { Services } from "../registry";
import type { View } from "../time/view";

const HEIGHT = 44;

/** The whole time axis, small, and on it a brush that is the view. */
export class Overview {
  readonly node = element("div", { class: "overview" });
  private readonly picture = element("canvas", { "aria-hidden": "true" });
  private readonly brush = element("div", { class: "brush" });
  private readonly chosen = element("div", { class: "chosen", hidden: true });
  private readonly low: HTMLElement;
  private readonly high: HTMLElement;
  private left = 0;
  private width = 1;

  constructor(
    private readonly view: View,
    private readonly services: Services,
  ) {
    this.low = this.handle("Begin of the view", "from");
    this.high = this.handle("End of the view", "to");
    this.brush.append(this.low, this.high);
    this.node.append(this.picture, this.chosen, this.brush);
    this.node.addEventListener("pointerdown", (event) => this.grab(event));
  }

  private handle(label: string, side: "from" | "to"): HTMLElement {
    const node = element("div", { class: `handle ${side}`, role: "slider", tabindex: 0, "aria-label": label });
    node.addEventListener("keydown", (event) => {
      const step = ((this.view.last - this.view.first) / 100) * (event.shiftKey ? 5 : 1);
      const by = event.key === "ArrowLeft" || event.key === "ArrowDown" ? -step : event.key === "ArrowRight" || event.key === "ArrowUp" ? step : 0;
      if (by === 0) return;
      event.preventDefault();
      event.stopPropagation();
      if (side === "from") this.view.show(Math.min(this.view.from + by, this.view.to - step / 5), this.view.to);
      else this.view.show(this.view.from, Math.max(this.view.to + by, this.view.from + step / 5));
    });
    return node;
  }

  private xOf(micros: number): number {
    const { first, last } = this.view;
    return ((micros - first) / (last - first)) * this.width;
  }

  private timeAt(clientX: number): number {
    const { first, last } = this.view;
    const x = clientX - this.node.getBoundingClientRect().left - this.left;
    return first + (Math.max(0, Math.min(this.width, x)) / this.width) * (last - first);
  }

  private grab(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    const begin = this.timeAt(event.clientX);
    const { from, to } = this.view;
    const target = event.target;
    this.view.hold();
    const { pointerId } = event;
    const move = (now: PointerEvent): void => {
      if (now.pointerId !== pointerId) return;
      if (now.pointerType === "mouse" && now.buttons === 0) {
        up();
        return;
      }
      const here = this.timeAt(now.clientX);
      if (target === this.low) this.view.show(Math.min(here, to), Math.max(here, to));
      else if (target === this.high) this.view.show(Math.min(from, here), Math.max(from, here));
      else if (target === this.brush && !this.view.isWhole) this.view.show(from + here - begin, to + here - begin);
      else if (Math.abs(now.clientX - event.clientX) > 3) this.view.show(begin, here);
    };
    const endings = ["pointerup", "pointercancel", "lostpointercapture"] as const;
    const up = (): void => {
      removeEventListener("blur", up);
      this.node.removeEventListener("pointermove", move);
      for (const ending of endings) this.node.removeEventListener(ending, up);
      this.view.release();
    };
    this.node.setPointerCapture(pointerId);
    addEventListener("blur", up);
    this.node.addEventListener("pointermove", move);
    for (const ending of endings) this.node.addEventListener(ending, up);
    if (target === this.low || target === this.high) (target as HTMLElement).focus();
  }

  /** Draws the counts: heights by their root, so that bursts do not flatten the rest. */
  draw(left: number, width: number, total: number, count: (counts: Float64Array) => void): void {
    this.left = left;
    this.width = width;
    this.node.style.height = `${HEIGHT}px`;
    const context = sized(this.picture, total, HEIGHT);
    if (!context) return;
    const theme = this.services.theme();
    context.clearRect(0, 0, total, HEIGHT);
    context.fillStyle = theme.surface;
    context.fillRect(left, 0, width, HEIGHT);
    const counts = new Float64Array(Math.max(1, Math.floor(width / 2)));
    count(counts);
    let highest = 1e-9;
    for (const value of counts) if (value > highest) highest = value;
    context.fillStyle = theme.muted;
    context.globalAlpha = 0.65;
    for (let column = 0; column < counts.length; column++) {
      const value = counts[column]!;
      if (value <= 0) continue;
      const high = Math.max(1, Math.sqrt(value / highest) * (HEIGHT - 4));
      context.fillRect(left + column * 2, HEIGHT - high, 2, high);
    }
    context.globalAlpha = 1;
    this.place();
  }

  /** Puts the brush where the view is. */
  place(): void {
    const from = this.xOf(this.view.from);
    const to = this.xOf(this.view.to);
    const width = Math.max(6, to - from);
    this.brush.style.transform = `translateX(${this.left + Math.min(from, this.width - width)}px)`;
    this.brush.style.width = `${width}px`;
  }

  /** Values for screen readers: when the view has come to rest. */
  tell(): void {
    const { first, last, from, to } = this.view;
    for (const [node, value] of [[this.low, from], [this.high, to]] as const) {
      node.setAttribute("aria-valuemin", "0");
      node.setAttribute("aria-valuemax", "1000");
      node.setAttribute("aria-valuenow", String(Math.round(((value - first) / (last - first)) * 1000)));
      node.setAttribute("aria-valuetext", this.services.formatTime(value));
    }
  }

  select(range: { from: number; to: number } | null): void {
    this.chosen.hidden = range === null;
    if (!range) return;
    const from = Math.max(0, this.xOf(range.from));
    const to = Math.min(this.width, this.xOf(range.to));
    this.chosen.style.transform = `translateX(${this.left + from}px)`;
    this.chosen.style.width = `${Math.max(2, to - from)}px`;
  }
}
