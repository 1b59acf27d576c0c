import { element } from "../dom";
import type { TimeRange } from "../registry";
import type { View } from "../time/view";

export type Mode = "pan" | "zoom" | "select";

export interface PointerTarget {
  surface: HTMLElement;
  view: View;
  /** Left edge and width of the plot within the surface, in CSS pixels. */
  plot(): { left: number; width: number; top: number; height: number };
  mode(): Mode;
  /** Whether a wheel without keys zooms; otherwise it scrolls the page. */
  wheelZooms(): boolean;
  hover(x: number, y: number, event: PointerEvent): void;
  leave(): void;
  press(x: number, y: number): void;
  select(range: TimeRange | null): void;
  whole(): void;
  scrollBy(pixels: number): void;
}

/** What mouse, pen and finger do on a plot. */
export class Pointer {
  private readonly band = element("div", { class: "band", hidden: true });
  private drag: { x: number; y: number; from: number; to: number; kind: Mode; moved: boolean } | null = null;
  private readonly touches = new Map<number, number>();

  constructor(private readonly target: PointerTarget) {
    const { surface } = target;
    surface.append(this.band);
    surface.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    surface.addEventListener("pointerdown", (event) => this.down(event));
    surface.addEventListener("pointermove", (event) => this.move(event));
    surface.addEventListener("pointerup", (event) => this.up(event));
    surface.addEventListener("pointercancel", (event) => this.up(event));
    // Whoever takes the pointer away: what was begun has ended.
    surface.addEventListener("lostpointercapture", (event) => this.giveUp(event.pointerId));
    addEventListener("blur", () => this.giveUp());
    surface.addEventListener("pointerleave", () => this.target.leave());
    surface.addEventListener("dblclick", (event) => {
      if (this.at(event)[0] >= target.plot().left) target.whole();
    });
  }

  private at(event: MouseEvent): [number, number] {
    const box = this.target.surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private timeAt(x: number): number {
    const { left, width } = this.target.plot();
    const { from, to } = this.target.view;
    return from + (Math.max(0, Math.min(width, x - left)) / width) * (to - from);
  }

  private wheel(event: WheelEvent): void {
    const [x] = this.at(event);
    const { left, width } = this.target.plot();
    const { view } = this.target;
    if (x < left) return;
    const scale = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const across = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (event.altKey) {
      event.preventDefault();
      this.target.scrollBy(event.deltaY * scale);
      return;
    }
    if (Math.abs(across) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      if (view.isWhole) return;
      event.preventDefault();
      view.pan(((across * scale) / width) * (view.to - view.from));
      return;
    }
    if (!event.ctrlKey && !event.metaKey && !this.target.wheelZooms()) return;
    event.preventDefault();
    const turn = Math.max(-240, Math.min(240, event.deltaY * scale));
    view.zoom(this.timeAt(x), Math.exp(turn * 0.0025));
  }

  private down(event: PointerEvent): void {
    const [x, y] = this.at(event);
    const { left } = this.target.plot();
    if (event.button !== 0 || x < left || (event.target instanceof Element && event.target.closest("button"))) return;
    this.touches.set(event.pointerId, x);
    const mode = this.target.mode();
    const kind: Mode = event.shiftKey ? "select" : event.ctrlKey || event.metaKey ? "zoom" : mode;
    const { from, to } = this.target.view;
    this.drag = { x, y, from, to, kind, moved: false };
    // From the first moment: a button that is let go outside is let go all the same.
    this.target.surface.setPointerCapture(event.pointerId);
  }

  /** Ends a drag that nobody ended. */
  private giveUp(pointer?: number): void {
    if (pointer === undefined) this.touches.clear();
    else this.touches.delete(pointer);
    const { drag } = this;
    this.drag = null;
    this.band.hidden = true;
    if (drag?.moved && drag.kind === "pan") this.target.view.release();
  }

  private pinch(event: PointerEvent, x: number): boolean {
    if (this.touches.size !== 2) return false;
    const other = [...this.touches].find(([id]) => id !== event.pointerId)?.[1] ?? x;
    const before = this.touches.get(event.pointerId) ?? x;
    this.touches.set(event.pointerId, x);
    const apart = Math.max(10, Math.abs(x - other));
    this.target.view.zoom(this.timeAt((x + other) / 2), Math.max(10, Math.abs(before - other)) / apart);
    return true;
  }

  private move(event: PointerEvent): void {
    const [x, y] = this.at(event);
    if (this.drag && event.pointerType === "mouse" && event.buttons === 0) this.giveUp();
    if (this.touches.has(event.pointerId) && this.pinch(event, x)) return;
    const drag = this.drag;
    if (!drag) {
      this.target.hover(x, y, event);
      return;
    }
    if (!drag.moved) {
      if (Math.abs(x - drag.x) < 4 && Math.abs(y - drag.y) < 4) return;
      drag.moved = true;
      if (drag.kind === "pan") this.target.view.hold();
      this.target.leave();
    }
    const { width, left, top, height } = this.target.plot();
    if (drag.kind === "pan") {
      const by = ((x - drag.x) / width) * (drag.to - drag.from);
      this.target.view.show(drag.from - by, drag.to - by);
      return;
    }
    const low = Math.max(left, Math.min(drag.x, x));
    const high = Math.min(left + width, Math.max(drag.x, x));
    this.band.hidden = false;
    this.band.className = `band ${drag.kind}`;
    this.band.style.transform = `translate(${low}px, ${top}px)`;
    this.band.style.width = `${high - low}px`;
    this.band.style.height = `${height}px`;
  }

  private up(event: PointerEvent): void {
    this.touches.delete(event.pointerId);
    const drag = this.drag;
    this.drag = null;
    this.band.hidden = true;
    if (drag?.moved && drag.kind === "pan") this.target.view.release();
    if (!drag || event.type === "pointercancel") return;
    const [x, y] = this.at(event);
    if (!drag.moved) {
      this.target.press(x, y);
      return;
    }
    if (drag.kind === "pan" || Math.abs(x - drag.x) < 3) return;
    const ends = [this.timeAt(drag.x), this.timeAt(x)].sort((left, right) => left - right) as [number, number];
    if (drag.kind === "zoom") this.target.view.show(ends[0], ends[1]);
    else this.target.select({ from: Math.ceil(ends[0]), to: Math.floor(ends[1]) });
  }
}
