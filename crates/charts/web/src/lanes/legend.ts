import { button, element, sized } from "../dom";
import type { Data } from "../page";
import type { Context } from "../registry";
import { addShape, shapeOf } from "../shell/palette";
import { rowColor } from "./frame";
import { colorValue } from "./narrow";

/** What the colours stand for; a press keeps the rows of one value. */
export function legend(context: Context, data: Data): HTMLElement | null {
  const color = data.color;
  if (!color || color.values.length === 0) return null;
  const node = element("div", { class: "legend", role: "group", "aria-label": `Colours: ${color.name}` }, element("span", { class: "legend-name" }, color.name));
  const marks: { picture: HTMLCanvasElement; code: number }[] = [];
  color.values.forEach((shown, code) => {
    const picture = element("canvas", { "aria-hidden": "true" });
    marks.push({ picture, code });
    const entry = button("", `Only rows whose ${color.name} is ${shown}; again: all`, () => {
      context.bus.toggle({ name: color.name, sql: color.sql, values: [colorValue(data, code)], keep: true });
    });
    entry.append(picture, element("bdi", {}, shown || "“”"));
    node.append(entry);
  });
  const paint = (): void => {
    const theme = context.services.theme();
    for (const { picture, code } of marks) {
      const target = sized(picture, 14, 14);
      if (!target) continue;
      target.clearRect(0, 0, 14, 14);
      target.fillStyle = rowColor(theme, 0, code, color);
      target.beginPath();
      addShape(target, shapeOf(code), 7, 7, 5);
      target.fill();
    }
  };
  paint();
  new MutationObserver(paint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return node;
}
