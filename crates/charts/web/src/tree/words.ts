import { button, element } from "../dom";
import type { TreeSpec } from "../page";
import type { Bus, Cell, Context, Table, Theme } from "../registry";
import type { Coloring } from "./colors";
import type { TreeModel } from "./model";

/** What the colours stand for; a press keeps the processes of one value. */
export function legendParts(model: TreeModel, colors: Coloring | null, theme: Theme, bus: Bus): HTMLElement[] {
  const column = colors ? model.rows.columns[colors.column] : undefined;
  if (!colors || !column || colors.values.length === 0) {
    return [];
  }
  const entries = colors.values.map((value) => {
    const dot = element("span", { class: "dot", "aria-hidden": "true" });
    dot.style.background = theme.categories[value.color] ?? theme.muted;
    const press = button("", `Only ${column.name} ${value.shown}; again: all`, () => {
      bus.toggle({ name: column.name, sql: column.sql, values: [column.cells[value.code] ?? null], keep: true });
    });
    press.append(dot, element("bdi", {}, value.shown || "“”"), element("span", { class: "lane-count" }, value.rows.toLocaleString("en")));
    return press;
  });
  const others = colors.others > 0 ? [element("span", { class: "legend-name" }, `${colors.others.toLocaleString("en")} with other values are grey`)] : [];
  return [element("span", { class: "legend-name" }, column.name), ...entries, ...others];
}

/** Processes that are listed and found. */
export function treeTable(model: TreeModel, context: Context<TreeSpec>): Table {
  const { times } = model.rows;
  const time = context.head.data?.time;
  const list = model.visible.filter((row) => model.passing[row] === 1 && (model.found === null || model.found[row] === 1));
  const columns = [{ name: "level", numeric: true }, ...(times && time ? [{ name: time.name }] : []), ...model.rows.columns.map(({ name, sql }) => ({ name, sql }))];
  const row = (at: number): Cell[] => [
    { shown: String(model.rows.depth[at]), raw: null },
    ...(times && time ? [Number.isNaN(times[at]!) ? null : { shown: context.services.formatTime(times[at]!), raw: null }] : []),
    ...model.rows.columns.map((_, column) => model.cell(at, column)),
  ];
  return { columns, rows: list.length, cells: (from, to) => Array.from(list.subarray(from, to), row) };
}
