import type { SourceColumn } from "../page";
import type { CardLine, Chart, Context, Selection, Value } from "../registry";
import { valuesOf } from "../values";
import { client, Drawing, type Hit } from "./engine";
import { colorOf } from "./legend";
import { fit } from "./measure";
import { condition, ignored, keptWhole, numberCell, only, passes, plain, tableOf } from "./narrow";

interface Spec {
  nodes: { name: string[]; raw: (string | null)[]; level: number[]; other: boolean[] };
  links: { source: number[]; target: number[]; value: number[]; count: number[] };
  measure: string;
  sources: SourceColumn[];
  pairs: boolean;
}

/** What nodes stand for. The rest of a level is what none of its other nodes is; rows with NULL have no flow. */
function nodeValues({ nodes, links, pairs }: Spec): (Value | null)[] {
  const isSource = new Set(links.source);
  const side = (node: number): number => (pairs ? Number(!isSource.has(node)) : (nodes.level[node] ?? 0));
  const values: (Value | null)[] = nodes.name.map(() => null);
  const sides = new Map<number, number[]>();
  nodes.name.forEach((_, node) => sides.set(side(node), [...(sides.get(side(node)) ?? []), node]));
  for (const places of sides.values()) {
    const rest = places.findIndex((node) => nodes.other[node]);
    const made = valuesOf(places.map((node) => nodes.name[node] ?? ""), places.map((node) => nodes.raw[node]), rest, true);
    places.forEach((node, at) => (values[node] = made[at] ?? null));
  }
  return values;
}

class SankeyChart implements Chart {
  private readonly drawing: Drawing;
  private selection: Selection;
  private readonly levels: number;
  private readonly values: (Value | null)[];
  private litNodes: boolean[] = [];
  private litLinks: boolean[] = [];

  constructor(private readonly context: Context<Spec>) {
    this.selection = context.bus.selection;
    const spec = context.head.spec;
    this.values = nodeValues(spec);
    this.levels = spec.nodes.level.reduce((most, level) => Math.max(most, level + 1), 1);
    this.drawing = new Drawing(context as Context<never>, this.height(), `Flows: ${spec.measure}`);
    this.drawing.on("mousemove", (hit) => this.hover(hit));
    this.drawing.on("mouseout", () => context.services.card.hide());
    this.drawing.on("globalout", () => context.services.card.hide());
    this.drawing.on("click", (hit) => this.click(hit));
    this.draw();
  }

  private height(): number {
    const on = new Map<number, number>();
    for (const level of this.context.head.spec.nodes.level) on.set(level, (on.get(level) ?? 0) + 1);
    return Math.max(300, Math.min(1600, Math.max(0, ...on.values()) * 28 + 90));
  }

  /** The column of a node; a node of pairs may be of either, as its flows say. */
  private column(node: number): SourceColumn | null {
    const { nodes, sources, pairs, links } = this.context.head.spec;
    if (!pairs) return sources[nodes.level[node] ?? 0] ?? null;
    return (links.source.includes(node) ? sources[0] : sources[1]) ?? null;
  }

  private value(node: number): Value | null {
    return this.values[node] ?? null;
  }

  private decide(): void {
    const { nodes, links, sources, pairs } = this.context.head.spec;
    const { filters, search } = this.selection;
    const ok = (node: number, column: SourceColumn | null): boolean => passes(filters, column, this.value(node));
    const mine = links.source.map((from, link) => {
      const to = links.target[link] ?? from;
      return pairs ? ok(from, sources[0] ?? null) && ok(to, sources[1] ?? null) : ok(from, this.column(from)) && ok(to, this.column(to));
    });
    this.litLinks = mine;
    if (search) this.litLinks = mine.map((lit, link) => lit && [links.source[link] ?? 0, links.target[link] ?? 0].some((node) => search(nodes.name[node] ?? "")));
    const lit = new Set<number>();
    this.litLinks.forEach((on, link) => {
      if (!on) return;
      lit.add(links.source[link] ?? 0);
      lit.add(links.target[link] ?? 0);
    });
    this.litNodes = nodes.name.map((_, node) => lit.has(node));
  }

  private draw(): void {
    this.decide();
    const { services } = this.context;
    const theme = services.theme();
    const { nodes, links, sources, pairs } = this.context.head.spec;
    const width = this.drawing.width;
    const right = Math.min(260, Math.round(width * 0.22));
    const step = (width - right - 8 - 14) / Math.max(1, this.levels - 1);
    const room = (level: number): number => (level === this.levels - 1 ? right - 12 : Math.min(320, step * 0.62));
    const colors = new Map<string, number>();
    const colorIndex = (node: number): number => {
      const key = nodes.raw[node] ?? nodes.name[node] ?? "";
      const known = colors.get(key);
      if (known !== undefined) return known;
      colors.set(key, colors.size);
      return colors.size - 1;
    };
    const top = pairs ? 12 : 34;
    this.drawing.set(
      {
        title: pairs
          ? []
          : sources.map((source, level) => ({
              id: `t${level}`, text: fit(source.name, room(level), theme.font), top: 4, padding: 0,
              left: 8 + level * step, textStyle: { fontSize: 12, fontWeight: "normal", color: theme.muted },
            })),
        series: [
          {
            id: "sankey", type: "sankey", left: 8, right, top, bottom: 12, nodeWidth: 14, nodeGap: 12, layoutIterations: 48, draggable: true, animation: false, cursor: "pointer",
            nodeAlign: "left",
            emphasis: { focus: "trajectory", lineStyle: { opacity: 0.65 } },
            blur: { itemStyle: { opacity: 0.2 }, lineStyle: { opacity: 0.06 }, label: { opacity: 0.35 } },
            label: {
              color: theme.text, fontSize: 12, textBorderColor: theme.background, textBorderWidth: 3, distance: 6,
              formatter: (item: { name: string }) => fit(nodes.name[Number(item.name)] || "“”", room(nodes.level[Number(item.name)] ?? 0), theme.font),
            },
            labelLayout: { hideOverlap: true },
            data: nodes.name.map((_, node) => ({
              name: String(node), depth: nodes.level[node],
              itemStyle: { color: nodes.other[node] ? theme.muted : colorOf(theme, colorIndex(node)), opacity: this.litNodes[node] ? 1 : 0.2, borderWidth: 0 },
              label: { opacity: this.litNodes[node] ? 1 : 0.4 },
            })),
            links: links.source.map((from, link) => ({
              source: String(from), target: String(links.target[link] ?? 0), value: links.value[link],
              lineStyle: { color: nodes.other[from] ? theme.muted : colorOf(theme, colorIndex(from)), opacity: this.litLinks[link] ? (theme.dark ? 0.38 : 0.3) : 0.05, curveness: 0.5 },
            })),
          },
        ],
      },
      ["title"],
    );
    services.status(`${services.formatNumber(nodes.name.length)} values, ${services.formatNumber(links.value.length)} flows`);
    services.changed();
  }

  private hit(hit: Hit): { node?: number; link?: number } {
    if (hit.componentType !== "series" || hit.dataIndex === undefined) return {};
    return hit.dataType === "edge" ? { link: hit.dataIndex } : { node: hit.dataIndex };
  }

  private line(node: number): CardLine {
    const column = this.column(node);
    return { name: column?.name ?? "value", value: this.value(node), ...(column ? { sql: column.sql } : {}) };
  }

  private hover(hit: Hit): void {
    const at = client(hit);
    const { node, link } = this.hit(hit);
    if (!at || (node === undefined && link === undefined)) return;
    const { links, measure, nodes } = this.context.head.spec;
    const { card, formatNumber } = this.context.services;
    const number = (name: string, value: number): CardLine => ({ name, value: plain(formatNumber(value)) });
    if (node !== undefined) {
      const sum = (ends: number[], of: number[]): number => ends.reduce((total, end, link) => (end === node ? total + (of[link] ?? 0) : total), 0);
      const lines = [this.line(node)];
      if (links.target.includes(node)) lines.push(number("in", sum(links.target, links.value)));
      if (links.source.includes(node)) lines.push(number("out", sum(links.source, links.value)));
      lines.push(number("rows", Math.max(sum(links.source, links.count), sum(links.target, links.count))));
      card.show(at.x, at.y, "", lines, nodes.other[node] ? "Several values: they cannot be told apart here. Click: only these. Shift+click: keep this card." : "Click: only this. Shift+click: keep this card.");
    } else if (link !== undefined) {
      const lines = [this.line(links.source[link] ?? 0), this.line(links.target[link] ?? 0), number(measure, links.value[link] ?? 0)];
      if (links.value[link] !== links.count[link]) lines.push(number("rows", links.count[link] ?? 0));
      card.show(at.x, at.y, "", lines, "Click: only rows of this flow. Shift+click: keep this card.");
    }
  }

  private click(hit: Hit): void {
    const { node, link } = this.hit(hit);
    const { links } = this.context.head.spec;
    if (client(hit)?.shift) {
      this.hover(hit);
      this.context.services.card.pin();
      return;
    }
    const chosen = node !== undefined ? [node] : link !== undefined ? [links.source[link] ?? 0, links.target[link] ?? 0] : [];
    for (const at of chosen) only(this.context as Context<never>, this.column(at), this.value(at));
  }

  resize(): void {
    this.drawing.resize();
    this.draw();
  }

  restyle(): void {
    this.draw();
  }

  select(selection: Selection): void {
    this.selection = selection;
    this.draw();
  }

  table() {
    const { links, measure } = this.context.head.spec;
    const shown = links.source.map((_, link) => link).filter((link) => this.litLinks[link]);
    shown.sort((a, b) => (links.value[b] ?? 0) - (links.value[a] ?? 0));
    const weighs = links.value.some((value, link) => value !== links.count[link]);
    const columns = [{ name: "from" }, { name: "to" }, { name: measure, numeric: true }, ...(weighs ? [{ name: "rows", numeric: true }] : [])];
    return tableOf(
      columns,
      shown.map((link) => () => [this.value(links.source[link] ?? 0), this.value(links.target[link] ?? 0), numberCell(links.value[link]), ...(weighs ? [numberCell(links.count[link])] : [])]),
    );
  }

  describe(): string {
    const { nodes, links, measure } = this.context.head.spec;
    const top = links.value.reduce((best, value, at) => (value > (links.value[best] ?? 0) ? at : best), 0);
    const name = (node: number | undefined): string => nodes.name[node ?? 0] || "an empty text";
    const lead = links.value.length > 0 ? ` The largest leads from ${name(links.source[top])} to ${name(links.target[top])}: ${this.context.services.formatNumber(links.value[top] ?? 0)}.` : "";
    return `Flows (${measure}) between ${nodes.name.length} values on ${this.levels} levels: ${links.value.length} flows.${lead}`;
  }

  where(): string | null {
    return condition(this.selection, this.context.head.spec.sources, null, []);
  }

  ignores(selection: Selection): readonly string[] {
    const { sources, nodes } = this.context.head.spec;
    const whole = nodes.other.flatMap((other, node) => (other ? keptWhole(selection, this.column(node), [this.value(node)]) : []));
    return [...ignored(selection, sources, false), ...whole];
  }

  png(): Promise<Blob | null> {
    return this.drawing.png();
  }

  reset(): void {
    this.drawing.chart.clear();
    this.draw();
  }

  destroy(): void {
    this.drawing.destroy();
  }
}

export const makeSankey = (context: Context<Spec>): Chart => new SankeyChart(context);
