import type { CardLine, Chart, Context, Selection } from "../registry";
import { isRest, isShared, keptWhole } from "../values";
import { client, Drawing, type Hit } from "./engine";
import { colorOf } from "./legend";
import { fit } from "./measure";
import { condition, ignored, numberCell, only, passes, plain, tableOf } from "./narrow";
import { type End, Ends, type SankeySpec } from "./sankey-spec";

const SEVERAL = "Several values: they cannot be told apart here.";
const UNKNOWN = "Which values these are is not known: they give no filter.";

class SankeyChart implements Chart {
  private readonly drawing: Drawing;
  private selection: Selection;
  private readonly levels: number;
  private readonly ends: Ends;
  private litNodes: boolean[] = [];
  private litLinks: boolean[] = [];

  constructor(private readonly context: Context<SankeySpec>) {
    this.selection = context.bus.selection;
    const spec = context.head.spec;
    this.ends = new Ends(spec);
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

  /** The two ends of a flow. */
  private endsOf(link: number): [End, End] {
    const { source, target } = this.context.head.spec.links;
    return [this.ends.source(source[link] ?? 0), this.ends.target(target[link] ?? 0)];
  }

  private decide(): void {
    const { nodes, links } = this.context.head.spec;
    const { filters, search } = this.selection;
    const all = nodes.name.map((_, node) => node);
    const ok = ({ column, value }: End): boolean => passes(filters, column, value);
    const begins = all.map((node) => ok(this.ends.source(node)));
    const ends = all.map((node) => ok(this.ends.target(node)));
    const found = all.map((node) => !search || search(nodes.name[node] ?? ""));
    const lit = new Set<number>();
    this.litLinks = links.source.map((from, link) => {
      const to = links.target[link] ?? from;
      const isLit = begins[from] === true && ends[to] === true && (found[from] === true || found[to] === true);
      if (isLit) lit.add(from).add(to);
      return isLit;
    });
    this.litNodes = all.map((node) => lit.has(node));
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
              itemStyle: { color: this.isRest(node) ? theme.muted : colorOf(theme, colorIndex(node)), opacity: this.litNodes[node] ? 1 : 0.2, borderWidth: 0 },
              label: { opacity: this.litNodes[node] ? 1 : 0.4 },
            })),
            links: links.source.map((from, link) => ({
              source: String(from), target: String(links.target[link] ?? 0), value: links.value[link],
              lineStyle: { color: this.isRest(from) ? theme.muted : colorOf(theme, colorIndex(from)), opacity: this.litLinks[link] ? (theme.dark ? 0.38 : 0.3) : 0.05, curveness: 0.5 },
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

  private isRest(node: number): boolean {
    return this.ends.of(node).some(({ value }) => isRest(value));
  }

  private line({ column, value }: End): CardLine {
    return { name: column?.name ?? "value", value, ...(column ? { sql: column.sql } : {}) };
  }

  /** What a click does; `click` says it where it makes filters of all ends. */
  private note(ends: readonly End[], click: string): string {
    return `${ends.some(({ value }) => isShared(value)) ? UNKNOWN : click} Shift+click: keep this card.`;
  }

  private hover(hit: Hit): void {
    const at = client(hit);
    const { node, link } = this.hit(hit);
    if (!at || (node === undefined && link === undefined)) return;
    const { links, measure } = this.context.head.spec;
    const { card, formatNumber } = this.context.services;
    const number = (name: string, value: number): CardLine => ({ name, value: plain(formatNumber(value)) });
    if (node !== undefined) {
      const sum = (ends: number[], of: number[]): number => ends.reduce((total, end, link) => (end === node ? total + (of[link] ?? 0) : total), 0);
      const ends = this.ends.of(node);
      const lines = ends.map((end) => this.line(end));
      if (this.ends.isTarget[node]) lines.push(number("in", sum(links.target, links.value)));
      if (this.ends.isSource[node]) lines.push(number("out", sum(links.source, links.value)));
      lines.push(number("rows", Math.max(sum(links.source, links.count), sum(links.target, links.count))));
      card.show(at.x, at.y, "", lines, this.note(ends.slice(0, 1), this.isRest(node) ? `${SEVERAL} Click: only these.` : "Click: only this."));
    } else if (link !== undefined) {
      const ends = this.endsOf(link);
      const lines = [...ends.map((end) => this.line(end)), number(measure, links.value[link] ?? 0)];
      if (links.value[link] !== links.count[link]) lines.push(number("rows", links.count[link] ?? 0));
      card.show(at.x, at.y, "", lines, this.note(ends, "Click: only rows of this flow."));
    }
  }

  private click(hit: Hit): void {
    const { node, link } = this.hit(hit);
    // A node of pairs that is a value of both columns is taken for a source; its card has both.
    const chosen = node !== undefined ? this.ends.of(node).slice(0, 1) : link !== undefined ? this.endsOf(link) : [];
    if (client(hit)?.shift || chosen.some(({ value }) => isShared(value))) {
      this.hover(hit);
      this.context.services.card.pin();
      return;
    }
    for (const { column, value } of chosen) only(this.context as Context<never>, column, value);
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
      shown.map((link) => () => [...this.endsOf(link).map(({ value }) => value), numberCell(links.value[link]), ...(weighs ? [numberCell(links.count[link])] : [])]),
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
    const ends = nodes.name.flatMap((_, node) => this.ends.of(node)).filter(({ value }) => isRest(value));
    const whole = ends.flatMap(({ column, value }) => keptWhole(selection.filters, column, [value]));
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

export const makeSankey = (context: Context<SankeySpec>): Chart => new SankeyChart(context);
