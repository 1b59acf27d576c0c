import { button, whenQuiet } from "../dom";
import type { Chart, Context, Selection, Table } from "../registry";
import { shapeOf, type Shape } from "../shell/palette";
import { isOf, SOME_TIME, valueOf } from "../values";
import { client, Drawing, type Hit } from "./engine";
import { Links, type GraphSpec } from "./graph-spec";
import { edgeLines, nodeLines } from "./graph-cards";
import { placeLabels, type Side, type Spot } from "./graph-labels";
import { edgeTable } from "./graph-table";
import { Keys } from "./keys";
import { Legend, colorOf } from "./legend";
import { fit, textWidth } from "./measure";
import { condition, ignored, inTime, only, passes } from "./narrow";

/** Shapes as ECharts knows them. */
const SYMBOLS: Readonly<Record<Shape, string>> = {
  diamond: "diamond",
  circle: "circle",
  square: "rect",
  up: "triangle",
  down: "path://M0,0 L100,0 L50,90 Z",
  cross: "path://M35,0 H65 V35 H100 V65 H65 V100 H35 V65 H0 V35 H35 Z",
  bar: "path://M30,0 H70 V100 H30 Z",
};

/** A circle is the quietest shape: the kind with most nodes has it. */
const SHAPES: readonly Shape[] = ["circle", "diamond", "square", "up", "down", "cross", "bar"];
const shapeOfKind = (kind: number): Shape => SHAPES[kind % SHAPES.length] ?? shapeOf(kind);

interface Layout {
  getItemLayout(at: number): unknown;
}

const MARGIN = { left: 40, right: 40, top: 26, bottom: 26 };
/** How much nodes grow when the graph is zoomed. */
const NODE_SCALE = 0.35;
/** Edges beyond which arrows would be all that is seen; then the cards tell the direction. */
const DENSE = 5000;

class GraphChart implements Chart {
  private readonly drawing: Drawing;
  private readonly legend: Legend;
  private readonly links: Links;
  private readonly keys: Keys;
  private selection: Selection;
  private litEdges: boolean[] = [];
  private litNodes: boolean[] = [];
  private focus: number | null = null;
  private names = true;
  private drawn = false;
  private labels = new Map<number, Side>();
  private readonly order: number[];
  private readonly relabel = whenQuiet(140, () => this.draw());
  readonly controls: readonly HTMLElement[];
  /** Where nodes lie, in the units of the drawing; dragging moves them. */
  private readonly x: number[];
  private readonly y: number[];

  constructor(private readonly context: Context<GraphSpec>) {
    const { spec } = context.head;
    this.selection = context.bus.selection;
    this.links = new Links(spec);
    // ECharts scales positions to its box; numbers of the size of pixels keep its rounding small.
    this.x = spec.nodes.x.map((x) => x * 1000);
    this.y = spec.nodes.y.map((y) => y * 1000);
    this.order = spec.nodes.name.map((_, at) => at).sort((a, b) => (spec.nodes.count[b] ?? 0) - (spec.nodes.count[a] ?? 0) || a - b);
    const counts = spec.kinds.map(() => 0);
    for (const kind of spec.nodes.kind) counts[kind] = (counts[kind] ?? 0) + 1;
    this.legend = new Legend(
      "kinds",
      spec.kinds.map((text, kind) => ({ text, note: context.services.formatNumber(counts[kind] ?? 0), color: kind, shape: shapeOfKind(kind) })),
      () => this.draw(),
    );
    context.container.append(this.legend.node);
    this.drawing = new Drawing(context as Context<never>, this.height(), `Graph: ${spec.source.name} to ${spec.target.name}. Arrow keys move, + and - zoom, 0 shows all.`);
    const labels = button("Names", "Show or hide the names of nodes", () => {
      this.names = !this.names;
      labels.setAttribute("aria-pressed", String(this.names));
      this.draw();
    });
    labels.setAttribute("aria-pressed", "true");
    this.keys = new Keys(this.drawing, "series", () => this.reset());
    this.controls = [labels, ...this.keys.buttons()];
    this.listen();
    this.draw();
    // Names need to know where the nodes lie, and they lie where they were drawn.
    this.draw();
  }

  /** Corners of the picture in the units of the nodes: as wide and as high as the drawing is, so that circles are circles and nothing moves when kinds are hidden. */
  private corners(): [number, number][] {
    const { x, y } = this.context.head.spec.nodes;
    const bound = (values: number[], pick: (a: number, b: number) => number, start: number): number => values.reduce((a, b) => pick(a, b * 1000), start * 1000);
    const [left, right] = [bound(x, Math.min, 0), bound(x, Math.max, 0)];
    const [top, bottom] = [bound(y, Math.min, 0), bound(y, Math.max, 0)];
    const [width, height] = [this.drawing.width - MARGIN.left - MARGIN.right, this.drawing.height - MARGIN.top - MARGIN.bottom];
    const unit = Math.max((right - left) / width, (bottom - top) / height, 0.001);
    const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
    return [
      [middleX - (width * unit) / 2, middleY - (height * unit) / 2],
      [middleX + (width * unit) / 2, middleY + (height * unit) / 2],
    ];
  }

  /** Nodes have room by their number; those in many rows are larger by area. */
  private size(node: number, most: number): number {
    const { count } = this.context.head.spec.nodes;
    const room = Math.sqrt((this.drawing.width * this.drawing.height) / Math.max(1, count.length));
    const least = Math.max(4, Math.min(12, room * 0.3));
    return least + least * 1.9 * Math.sqrt((count[node] ?? 0) / most);
  }

  /** Names for what is in view now. */
  private place(narrowed: boolean, most: number): Map<number, Side> {
    if (!this.names || !this.drawn) return new Map();
    const { nodes } = this.context.head.spec;
    const pixel = (node: number): unknown => this.drawing.chart.convertToPixel({ seriesId: "graph" }, [this.x[node] ?? 0, this.y[node] ?? 0]);
    const [first, second] = this.corners();
    const ends = [first, second].map((corner) => this.drawing.chart.convertToPixel({ seriesId: "graph" }, corner ?? [0, 0])) as unknown as [number[], number[]] | undefined[];
    if (!ends[0] || !ends[1]) return new Map();
    const zoom = Math.abs((ends[1][0] ?? 0) - (ends[0][0] ?? 0)) / (this.drawing.width - MARGIN.left - MARGIN.right);
    const font = this.drawing.theme.font;
    const spots = new Map<number, Spot>();
    for (const node of this.order) {
      if (this.legend.hidden.has(nodes.kind[node] ?? 0) || (narrowed && !this.litNodes[node])) continue;
      const at = pixel(node);
      if (!Array.isArray(at)) continue;
      const [x, y] = [Number(at[0]), Number(at[1])];
      if (!Number.isFinite(x) || !Number.isFinite(y) || x < -200 || y < -60 || x > this.drawing.width + 200 || y > this.drawing.height + 60) continue;
      spots.set(node, { x, y, radius: (this.size(node, most) / 2) * (1 + (zoom - 1) * NODE_SCALE), width: 0 });
    }
    let left = 700;
    for (const [node, spot] of spots) {
      if (left-- <= 0) break;
      spot.width = textWidth(this.name(node, font), font, 11);
    }
    return placeLabels([...spots.keys()].slice(0, 700), spots, this.drawing.width, this.drawing.height, 220, spots.size > 150 ? 16 : 0);
  }

  private name(node: number, font: string): string {
    return fit(this.context.head.spec.nodes.name[node] || "“”", 210, font, 11);
  }

  private height(): number {
    const count = this.context.head.spec.nodes.name.length;
    const wanted = Math.max(440, Math.min(860, 380 + Math.sqrt(count) * 20));
    return Math.round(Math.min(wanted, Math.max(360, innerHeight * 0.82)));
  }

  private listen(): void {
    const { card } = this.context.services;
    this.drawing.on("mousemove", (hit) => this.hover(hit));
    this.drawing.on("mouseout", () => card.hide());
    this.drawing.on("globalout", () => card.hide());
    this.drawing.on("mousedown", () => card.hide());
    this.drawing.on("click", (hit) => this.click(hit));
    this.drawing.on("mouseup", (hit) => this.dropped(hit));
    this.drawing.on("graphroam", () => {
      card.hide();
      this.relabel();
    });
  }

  private decide(): void {
    const { nodes, edges, source, target, kinds } = this.context.head.spec;
    const { filters, time, search } = this.selection;
    const applies = filters.some((filter) => isOf(filter, source) || isOf(filter, target));
    const value = nodes.name.map((name, at) => valueOf(name, nodes.raw[at]));
    const isHidden = nodes.kind.map((kind) => this.legend.hidden.has(kind));
    const passing = edges.source.map((from, edge) => {
      const to = edges.target[edge] ?? from;
      if ((edges.first && !inTime(time, edges.first[edge], edges.last?.[edge]))) return false;
      const straight = passes(filters, source, value[from] ?? null) && passes(filters, target, value[to] ?? null);
      if (straight || this.context.head.spec.directed) return straight;
      return passes(filters, source, value[to] ?? null) && passes(filters, target, value[from] ?? null);
    });
    this.litEdges = passing.map((passes, edge) => passes && !isHidden[edges.source[edge] ?? 0] && !isHidden[edges.target[edge] ?? 0]);
    const around = this.focus === null ? null : new Set([this.focus, ...this.links.neighbours(this.focus)]);
    this.litNodes = nodes.name.map((name, at) => {
      if (isHidden[at]) return false;
      if (around && !around.has(at)) return false;
      if (search && !search(name) && !search(kinds[nodes.kind[at] ?? 0] ?? "") && !(nodes.attributes[at] ?? []).some(([, text]) => search(text))) return false;
      const mine = this.links.at[at] ?? [];
      if (mine.length === 0) return !applies && !(time && edges.first);
      // What the legend hides is not there; what is left is not narrowed by that.
      return mine.some((edge) => passing[edge]);
    });
    if (search || around) {
      this.litEdges = this.litEdges.map((lit, edge) => {
        if (!lit) return false;
        const ends = [edges.source[edge] ?? 0, edges.target[edge] ?? 0];
        if (around) return ends.includes(this.focus ?? -1);
        return ends.some((end) => this.litNodes[end]);
      });
    }
  }

  private draw(): void {
    this.decide();
    const { nodes, edges, directed } = this.context.head.spec;
    const { services } = this.context;
    const theme = services.theme();
    this.legend.paint(theme);
    const count = nodes.name.length;
    const largest = (counts: readonly number[]): number => counts.reduce((most, count) => Math.max(most, count), 1);
    const most = largest(nodes.count);
    const mostEdge = largest(edges.count);
    const scale = Math.max(0.45, Math.min(1, 14 / Math.sqrt(Math.max(1, count))));
    const narrowed = this.litNodes.some((lit, at) => !lit && !this.legend.hidden.has(nodes.kind[at] ?? 0));
    this.labels = this.place(narrowed, most);
    const isDense = edges.count.length > DENSE;
    const arrows = directed && !isDense;
    const shown = nodes.name.map((_, at) => at).filter((at) => !this.legend.hidden.has(nodes.kind[at] ?? 0));
    const faint = theme.dark ? 0.14 : 0.16;
    this.drawing.set(
      {
        series: [
          {
            id: "graph", type: "graph", layout: "none", roam: true, draggable: true, ...MARGIN, nodeScaleRatio: NODE_SCALE, scaleLimit: { min: 0.4, max: 40 }, z: 2,
            cursor: "pointer", animation: false, legendHoverLink: false, autoCurveness: arrows, edgeSymbol: arrows ? ["none", "arrow"] : ["none", "none"],
            emphasis: { focus: "adjacency", scale: 1.15, label: { show: true, fontWeight: "bold" }, lineStyle: { width: 3, opacity: 0.95 } },
            blur: { itemStyle: { opacity: 0.14 }, lineStyle: { opacity: 0.04 }, label: { opacity: 0.12 } },
            data: [...shown.map((at) => {
              const rows = nodes.count[at] ?? 0;
              const kind = nodes.kind[at] ?? 0;
              const lit = this.litNodes[at] ?? false;
              return {
                id: String(at), name: String(at), x: this.x[at], y: this.y[at], value: rows, symbol: SYMBOLS[shapeOfKind(kind)], symbolSize: this.size(at, most),
                itemStyle: { color: colorOf(theme, kind), opacity: lit ? 1 : faint, borderColor: at === this.focus ? theme.text : theme.background, borderWidth: at === this.focus ? 2.5 : 1 },
                label: {
                  show: this.labels.has(at), position: this.labels.get(at) ?? "right", distance: 3, fontSize: 11, color: theme.text, textBorderColor: theme.background, textBorderWidth: 3,
                  formatter: () => this.name(at, theme.font),
                },
                emphasis: { label: { formatter: () => fit(nodes.name[at] || "“”", 420, theme.font, 11) } },
              };
            }), ...this.corners().map(([x, y], at) => ({ id: `corner${at}`, name: `corner${at}`, x, y, symbol: "none", symbolSize: 0, silent: true, label: { show: false } }))],
            links: edges.source
              .map((from, edge) => ({ from, to: edges.target[edge] ?? from, edge }))
              .filter(({ from, to }) => !this.legend.hidden.has(nodes.kind[from] ?? 0) && !this.legend.hidden.has(nodes.kind[to] ?? 0))
              .map(({ from, to, edge }) => {
                const rows = edges.count[edge] ?? 1;
                const lit = this.litEdges[edge] ?? false;
                const width = (0.8 + 4.2 * (Math.log1p(rows) / Math.log1p(mostEdge))) * Math.max(0.55, scale);
                return {
                  id: `e${edge}`, source: String(from), target: String(to), value: edge, symbolSize: arrows ? [0, Math.max(4, 3 + width * 1.6)] : 0,
                  lineStyle: { color: lit && narrowed ? theme.text : theme.muted, width, opacity: lit ? (narrowed ? 0.62 : isDense ? 0.16 : count > 1000 ? 0.28 : 0.42) : 0.05, curveness: from === to ? 0.4 : arrows ? 0.06 : 0 },
                };
              }),
          },
        ],
      },
    );
    this.drawn = true;
    const lit = this.litNodes.filter(Boolean).length;
    const hint = directed && isDense ? "; arrows are left out, the cards tell directions" : "";
    services.status((lit === count ? `${services.formatNumber(count)} nodes, ${services.formatNumber(edges.count.length)} edges` : `${services.formatNumber(lit)} of ${services.formatNumber(count)} nodes`) + hint);
    services.changed();
  }

  /** The number of a node or edge in the spec. */
  private hit(hit: Hit): { node?: number; edge?: number } {
    const data = (hit as { data?: { id?: unknown; value?: unknown } }).data;
    if (hit.componentType !== "series" || !data) return {};
    if (hit.dataType === "node") return Number.isInteger(Number(data.id)) ? { node: Number(data.id) } : {};
    return hit.dataType === "edge" ? { edge: Number(data.value) } : {};
  }

  private hover(hit: Hit): void {
    const at = client(hit);
    const { node, edge } = this.hit(hit);
    if (!at) return;
    const { services } = this.context;
    if (node !== undefined) services.card.show(at.x, at.y, "", nodeLines(this.context.head.spec, this.links, services, node), this.nodeNote(node));
    else if (edge !== undefined) services.card.show(at.x, at.y, "", edgeLines(this.context.head.spec, services, edge), "Shift+click: keep this card.");
    else services.card.hide();
  }

  private nodeNote(node: number): string {
    const column = this.links.isSource[node] || this.links.isTarget[node];
    return column ? "Click: only this. Alt+click: its neighbours. Shift+click: keep this card." : "Shift+click: keep this card.";
  }

  private click(hit: Hit): void {
    const { node, edge } = this.hit(hit);
    if (node === undefined && edge === undefined) return;
    const { spec } = this.context.head;
    const event = hit.event?.event;
    if (event instanceof MouseEvent && event.shiftKey) {
      this.hover(hit);
      this.context.services.card.pin();
    } else if (node !== undefined && event instanceof MouseEvent && event.altKey) {
      this.focus = this.focus === node ? null : node;
      this.draw();
    } else if (node !== undefined) {
      const value = valueOf(spec.nodes.name[node] ?? "", spec.nodes.raw[node]);
      if (this.links.isSource[node]) only(this.context as Context<never>, spec.source, value);
      else if (this.links.isTarget[node]) only(this.context as Context<never>, spec.target, value);
    }
  }

  /** A node was dragged: it stays there when the graph is drawn again. */
  private dropped(hit: Hit): void {
    const { node } = this.hit(hit);
    if (node === undefined) return;
    const model = this.drawing.chart as unknown as { getModel(): { getSeriesByIndex(at: number): { getData(): Layout } | undefined } };
    const layout = model.getModel().getSeriesByIndex(0)?.getData().getItemLayout(hit.dataIndex ?? -1);
    if (Array.isArray(layout) && typeof layout[0] === "number" && typeof layout[1] === "number") {
      this.x[node] = layout[0];
      this.y[node] = layout[1];
    }
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

  table(): Table {
    const alone = this.litNodes.map((lit, node) => (lit && (this.links.at[node] ?? []).length === 0 ? node : -1)).filter((node) => node >= 0);
    const edges = this.litEdges.map((lit, edge) => (lit ? edge : -1)).filter((edge) => edge >= 0);
    return edgeTable(this.context as Context<never>, this.context.head.spec, edges, alone);
  }

  describe(): string {
    const { nodes, edges, kinds } = this.context.head.spec;
    const { formatNumber } = this.context.services;
    const lit = this.litNodes.filter(Boolean).length;
    let top = 0;
    nodes.count.forEach((count, at) => {
      if (count > (nodes.count[top] ?? 0)) top = at;
    });
    const lead = nodes.name.length > 0 ? ` In most rows: ${nodes.name[top] || "an empty text"} (${formatNumber(nodes.count[top] ?? 0)}).` : "";
    return `Graph of ${formatNumber(nodes.name.length)} nodes of ${kinds.length} kinds (${kinds.join(", ")}) and ${formatNumber(edges.count.length)} edges; ${formatNumber(lit)} nodes are shown.${lead}`;
  }

  where(): string | null {
    const { source, target, edges, time } = this.context.head.spec;
    return condition(this.selection, [source, target], edges.first ? (time ?? SOME_TIME) : null, []);
  }

  ignores(selection: Selection): readonly string[] {
    const { source, target, edges } = this.context.head.spec;
    return ignored(selection, [source, target], edges.first !== null && edges.first !== undefined);
  }

  png(): Promise<Blob | null> {
    return this.drawing.png();
  }

  state(): string {
    return [...this.legend.hidden].join(".");
  }

  restore(state: string): void {
    this.legend.restore(state.split(".").filter(Boolean).map(Number));
    this.draw();
  }

  reset(): void {
    const { x, y } = this.context.head.spec.nodes;
    x.forEach((place, at) => {
      this.x[at] = place * 1000;
      this.y[at] = (y[at] ?? 0) * 1000;
    });
    this.focus = null;
    this.legend.restore([]);
    this.drawing.chart.setOption({ series: [{ id: "graph", zoom: 1, center: null }] });
    this.draw();
  }

  destroy(): void {
    this.keys.destroy();
    this.drawing.destroy();
  }
}

export const makeGraph = (context: Context<GraphSpec>): Chart => new GraphChart(context);
