/** Elements are made here and nowhere else: text goes in as text. */

type Attributes = Record<string, string | number | boolean>;

function decorate(node: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "style" || name.startsWith("on")) throw new Error(`attribute ${name} is not for pages`);
    if (value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  decorate(node, attributes);
  node.append(...children);
  return node;
}

export function button(text: string, title: string, press: (event: MouseEvent) => void): HTMLButtonElement {
  const node = element("button", { type: "button", title }, text);
  node.addEventListener("click", press);
  return node;
}

export interface Choice {
  value: string;
  text: string;
}

export function select(label: string, choices: readonly Choice[], chosen: string, change: (value: string) => void): HTMLLabelElement {
  const node = element("select", {}, ...choices.map((choice) => element("option", { value: choice.value }, choice.text)));
  node.value = chosen;
  node.addEventListener("change", () => change(node.value));
  return element("label", {}, element("span", {}, label), node);
}

export function canvas(label: string): HTMLCanvasElement {
  return element("canvas", label ? { role: "application", "aria-label": label, tabindex: 0 } : { "aria-hidden": "true" });
}

/** Gives a canvas its size in device pixels and a context in CSS pixels. */
export function sized(node: HTMLCanvasElement, width: number, height: number, least = 1): CanvasRenderingContext2D | null {
  const ratio = Math.min(3, Math.max(least, window.devicePixelRatio || 1));
  const wide = Math.max(1, Math.round(width * ratio));
  const high = Math.max(1, Math.round(height * ratio));
  if (node.width !== wide) node.width = wide;
  if (node.height !== high) node.height = high;
  node.style.width = `${width}px`;
  node.style.height = `${height}px`;
  const context = node.getContext("2d", { alpha: true });
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** Runs `task` in the next frame, once, however often it is asked for. */
export function everyFrame(task: () => void): () => void {
  let asked = 0;
  return () => {
    if (asked) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      task();
    });
  };
}

/** Runs `task` when nothing has asked for it for a while. */
export function whenQuiet(milliseconds: number, task: () => void): () => void {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(task, milliseconds);
  };
}

export function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = element("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Puts text on the clipboard; where that is not allowed (file://, old browsers), through a selected field. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = element("textarea", { "aria-hidden": "true", class: "offscreen" });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

/** Whether the page is being printed: then nothing scrolls, and what does not fit must be said. */
export const isPrinting = (): boolean => document.documentElement.dataset["print"] === "yes";

export function toBlob(node: HTMLCanvasElement): Promise<Blob | null> {
  return new Promise((resolve) => node.toBlob(resolve, "image/png"));
}
