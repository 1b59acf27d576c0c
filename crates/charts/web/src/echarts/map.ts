import { registerMap } from "echarts/core";
import { everyFrame } from "../dom";
import type { Chart, Context, Selection, Value } from "../registry";
import { cluster, type Cluster } from "./cluster";
import { client, Drawing, type Hit } from "./engine";
import { Keys } from "./keys";
import { Legend } from "./legend";
import { clusterLines, placeLines } from "./map-cards";
import { compact, placeName, placeValue, type MapSpec } from "./map-spec";
import { fit, textWidth } from "./measure";
import { elements, type Mark } from "./marks";
import { condition, hiddenFilter, ignored, inTime, numberCell, only, partValues, passes, tableOf, timeCell } from "./narrow";
import { isRest, keptWhole, SOME_TIME } from "../values";
import { geography, project, type Point } from "./project";

/** How close places are, in pixels, before they are one. */
const REACH = 36;
/** The deepest zoom: a degree is this many pixels. */
const DEEPEST = 40_000;
const WORLD: readonly [Point, Point] = [project(-180, 84), project(180, -58)];

interface Frame {
  coord(point: readonly number[]): [number, number];
}

class MapChart implements Chart {
  private readonly drawing: Drawing;
  private readonly legend: Legend | null;
  private readonly keys: Keys;
  readonly controls: readonly HTMLElement[];
  private selection: Selection;
  private readonly at: Point[];
  private readonly order: number[];
  private readonly colors: (Value | null)[];
  private lit: number[] = [];
  private level = Number.NaN;
  private clusters: Cluster[] = [];
  private shown: { cluster: Cluster; mark: Mark }[] = [];
  private most = 1;
  private readonly moved = everyFrame(() => this.place());

  constructor(private readonly context: Context<MapSpec>) {
    const { points, colors, color } = context.head.spec;
    this.selection = context.bus.selection;
    this.colors = partValues(colors, context.head.spec.colors_raw);
    this.at = points.latitude.map((latitude, place) => project(points.longitude[place] ?? 0, latitude));
    this.order = points.count.map((_, place) => place).sort((a, b) => (points.count[b] ?? 0) - (points.count[a] ?? 0) || a - b);
    this.legend = null;
    if (colors.length > 0) {
      const rows = colors.map(() => 0);
      points.color?.forEach((code, place) => {
        if (code !== null) rows[code] = (rows[code] ?? 0) + (points.count[place] ?? 0);
      });
      this.legend = new Legend(color?.name ?? "colours", colors.map((text, at) => ({ text, note: context.services.formatNumber(rows[at] ?? 0), color: at, shape: "circle" })), () => this.refresh());
      context.container.append(this.legend.node);
    }
    this.drawing = new Drawing(context as Context<never>, this.height(), "Map. Arrow keys move, + and - zoom, 0 shows all.");
    this.keys = new Keys(this.drawing, "geo", () => this.reset());
    this.controls = this.keys.buttons();
    this.listen();
    this.base(true);
    this.refresh();
  }

  private height(): number {
    const width = this.drawing ? this.drawing.width : this.context.container.clientWidth || 800;
    return Math.round(Math.max(300, Math.min((width - 52) * 0.501, innerHeight * 0.8, 760)));
  }

  private listen(): void {
    const { card } = this.context.services;
    this.drawing.on("georoam", () => {
      card.hide();
      this.moved();
    });
    this.drawing.on("mousemove", (hit) => this.hover(hit));
    this.drawing.on("mouseout", () => card.hide());
    this.drawing.on("globalout", () => card.hide());
    this.drawing.on("click", (hit) => this.click(hit));
  }

  /** Land and borders; with `home` the first view, too. */
  private base(home: boolean): void {
    const theme = this.drawing.theme;
    const land = theme.dark ? "#2b3440" : "#e3e7ec";
    const border = theme.dark ? "#465263" : "#ffffff";
    this.drawing.set({
      geo: {
        id: "world", map: "huntsql-world", roam: true, aspectScale: 1, boundingCoords: WORLD, layoutCenter: ["50%", "50%"], layoutSize: this.whole * (WORLD[1][0] - WORLD[0][0]), silent: true, animation: false,
        scaleLimit: { min: 0.9, max: (DEEPEST * 360) / this.drawing.width },
        itemStyle: { areaColor: land, borderColor: theme.dark ? "#3a4656" : "#cfd6de", borderWidth: 0.6 },
        regions: [{ name: "borders", itemStyle: { areaColor: "transparent", borderColor: border, borderWidth: 0.8 } }],
        label: { show: false }, emphasis: { disabled: true }, select: { disabled: true }, tooltip: { show: false },
      },
    });
    if (home) this.show(...this.home());
  }

  /** Pixels of a degree where the whole world is seen: one scale for both axes. */
  private get whole(): number {
    const [[west, north], [east, south]] = WORLD;
    return Math.min((this.drawing.width - 52) / (east - west), this.drawing.height / (north - south));
  }

  /** Corners of what is seen first. */
  private home(): [Point, Point] {
    const view = this.context.head.spec.view;
    if (!view || view.some((edge) => !Number.isFinite(edge)) || view[2] - view[0] > 200 || view[2] <= view[0] || view[3] <= view[1]) return [...WORLD];
    return [project(view[0], view[3]), project(view[2], view[1])];
  }

  /** Moves so that a rectangle fills the picture. */
  private show([left, top]: Point, [right, bottom]: Point, room = 1.15): void {
    const [west] = WORLD[0];
    const [east] = WORLD[1];
    const wanted = Math.min(this.drawing.width / Math.max(1e-6, (right - left) * room), this.drawing.height / Math.max(1e-6, (top - bottom) * room), DEEPEST / 2);
    const zoom = left === west && right === east ? 1 : Math.max(1, wanted / this.whole);
    this.drawing.chart.setOption({ geo: { id: "world", zoom, center: [(left + right) / 2, (top + bottom) / 2] } });
  }

  private pixel(point: Point): [number, number] {
    const found = this.drawing.chart.convertToPixel({ geoId: "world" }, point);
    return Array.isArray(found) ? [Number(found[0]), Number(found[1])] : [0, 0];
  }

  /** Pixels of a degree. */
  private get scale(): number {
    return Math.max(1e-6, (this.pixel([1, 0])[0] - this.pixel([0, 0])[0]));
  }

  /** Which places pass the selection. */
  private refresh(): void {
    const { spec } = this.context.head;
    const { points, label, color } = spec;
    const { filters, time } = this.selection;
    this.lit = this.order.filter((place) => {
      const code = points.color?.[place] ?? null;
      if (code !== null && this.legend?.hidden.has(code)) return false;
      if (points.first && !inTime(time, points.first[place], points.last?.[place])) return false;
      if (!passes(filters, label, placeValue(spec, place))) return false;
      return passes(filters, color, code === null ? null : (this.colors[code] ?? null));
    });
    this.level = Number.NaN;
    this.place();
  }

  /** Clusters of this zoom, and marks of what is in view. */
  private place(): void {
    const scale = this.scale;
    const level = Math.round(Math.log2(scale) * 2) / 2;
    const { points } = this.context.head.spec;
    if (level !== this.level) {
      this.level = level;
      this.clusters = cluster(this.lit, this.at, points.count, REACH / 2 ** level);
      this.most = this.clusters.reduce((most, one) => Math.max(most, one.rows), 1);
    }
    const margin = 60;
    const seen = this.clusters.filter((one) => {
      const [x, y] = this.pixel(one.at);
      return x > -margin && y > -margin && x < this.drawing.width + margin && y < this.drawing.height + margin;
    });
    // What is large is drawn last, over the others.
    seen.sort((a, b) => a.rows - b.rows);
    this.shown = seen.map((one) => ({ cluster: one, mark: this.mark(one) }));
    this.label();
    this.draw();
  }

  private mark(one: Cluster): Mark {
    const { points } = this.context.head.spec;
    const search = this.selection.search;
    const rows = new Map<number | null, number>();
    for (const place of one.members) {
      const code = points.color?.[place] ?? null;
      rows.set(code, (rows.get(code) ?? 0) + (points.count[place] ?? 0));
    }
    const isCluster = one.members.length > 1;
    const share = Math.log1p(one.rows) / Math.log1p(this.most);
    const found = search !== null && one.members.some((place) => search(placeName(this.context.head.spec, place)));
    const parts = [...rows].map(([color, count]) => ({ color: points.color ? color : 0, rows: count })).sort((a, b) => (a.color ?? 99) - (b.color ?? 99));
    return { at: one.at, radius: isCluster ? 11 + 11 * share : 3.5 + 6 * share, parts, text: isCluster ? compact(one.rows) : "", isCluster, lit: search === null || found, found };
  }

  /** Names beside places, where there is room for them. */
  private label(): void {
    const taken = this.shown.map(({ mark }) => {
      const [x, y] = this.pixel(mark.at);
      return [x - mark.radius, y - mark.radius, x + mark.radius, y + mark.radius] as const;
    });
    const boxes = [...taken];
    for (let at = this.shown.length - 1, left = 120; at >= 0 && left > 0; at--, left--) {
      const { mark, cluster: one } = this.shown[at]!;
      const name = placeName(this.context.head.spec, one.members[0] ?? 0);
      if (mark.isCluster || !name || !mark.lit) continue;
      const font = this.drawing.theme.font;
      const text = fit(name, 170, font, 11);
      const [x, y] = this.pixel(mark.at);
      const box = [x + mark.radius + 1, y - 7, x + mark.radius + 8 + textWidth(text, font, 11), y + 7] as const;
      if (box[2] > this.drawing.width || boxes.some((other) => other !== taken[at] && box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      boxes.push(box);
      mark.text = text;
    }
  }

  private draw(): void {
    const { services } = this.context;
    const theme = services.theme();
    this.legend?.paint(theme);
    this.drawing.set(
      {
        series: [
          {
            id: "places", type: "custom", coordinateSystem: "geo", geoId: "world", animation: false, cursor: "pointer", z: 5,
            emphasis: { disabled: true },
            data: this.shown.map(({ mark }) => [mark.at[0], mark.at[1]]),
            renderItem: (params: { dataIndex: number }, api: Frame) => {
              const mark = this.shown[params.dataIndex]?.mark;
              return mark ? elements(mark, api.coord(mark.at), theme) : undefined;
            },
          },
        ],
      },
      ["series"],
    );
    const all = this.at.length;
    services.status(this.lit.length === all ? `${services.formatNumber(all)} places` : `${services.formatNumber(this.lit.length)} of ${services.formatNumber(all)} places`);
    services.changed();
  }

  private hover(hit: Hit): void {
    const at = client(hit);
    const one = hit.componentType === "series" ? this.shown[hit.dataIndex ?? -1]?.cluster : undefined;
    if (!at || !one) return;
    const { card } = this.context.services;
    const [first] = one.members;
    if (one.members.length === 1 && first !== undefined) card.show(at.x, at.y, "", placeLines(this.context.head.spec, this.context.services, first, this.colors), this.context.head.spec.label ? "Click: only this. Shift+click: keep this card." : "Shift+click: keep this card.");
    else card.show(at.x, at.y, `${this.context.services.formatNumber(one.members.length)} places`, clusterLines(this.context.head.spec, this.context.services, one), this.clusterNote(one));
  }

  private clusterNote(one: Cluster): string {
    const more = one.members.length > 6 ? `+${this.context.services.formatNumber(one.members.length - 6)} more here. ` : "";
    return `${more}${this.opens(one) ? "Click: zoom in. " : ""}Shift+click: keep this card.`;
  }

  /** Whether a closer view would show more of it. */
  private opens(one: Cluster): boolean {
    const [x, y] = this.at[one.members[0] ?? 0] ?? [0, 0];
    const spread = one.members.reduce((most, place) => Math.max(most, Math.hypot((this.at[place]?.[0] ?? x) - x, (this.at[place]?.[1] ?? y) - y)), 0);
    return spread * DEEPEST > REACH * 2 && this.scale < DEEPEST * 0.9;
  }

  private click(hit: Hit): void {
    const one = hit.componentType === "series" ? this.shown[hit.dataIndex ?? -1]?.cluster : undefined;
    const [first] = one?.members ?? [];
    if (!one || first === undefined) return;
    const { spec } = this.context.head;
    const { label } = spec;
    const isAlone = one.members.length === 1;
    if (client(hit)?.shift || (!isAlone && !this.opens(one)) || (isAlone && !label)) {
      this.hover(hit);
      this.context.services.card.pin();
    } else if (isAlone) {
      only(this.context as Context<never>, label, placeValue(spec, first));
    } else this.open(one);
  }

  private open(one: Cluster): void {
    this.context.services.card.hide();
    const xs = one.members.map((place) => this.at[place]?.[0] ?? 0);
    const ys = one.members.map((place) => this.at[place]?.[1] ?? 0);
    const bound = (values: number[], pick: (a: number, b: number) => number): number => values.reduce((a, b) => pick(a, b));
    const least = this.drawing.width / this.scale / 8;
    const [left, right] = [bound(xs, Math.min), bound(xs, Math.max)];
    const [bottom, top] = [bound(ys, Math.min), bound(ys, Math.max)];
    // At least twice as close as before, at most eight times.
    const grow = Math.max(0, (least - (right - left)) / 2);
    this.show([left - grow, top], [right + grow, bottom], 1.4);
    this.place();
  }

  resize(): void {
    this.drawing.resize(this.height());
    this.base(false);
    this.refresh();
  }

  restyle(): void {
    this.base(false);
    this.draw();
  }

  select(selection: Selection): void {
    this.selection = selection;
    this.refresh();
  }

  table() {
    const { spec } = this.context.head;
    const { points, color, label, value } = spec;
    const context = this.context as Context<never>;
    const visible = new Set(this.shown.flatMap(({ cluster: one }) => one.members));
    const rows = this.lit.filter((place) => visible.has(place));
    const columns = [
      ...(label ? [{ name: label.name, sql: label.sql }] : []),
      ...(color ? [{ name: color.name, sql: color.sql }] : []),
      { name: "rows", numeric: true },
      ...(value ? [{ name: `sum of ${value.name}`, numeric: true }] : []),
      ...(points.first ? [{ name: "first" }, { name: "last" }] : []),
      { name: "latitude", numeric: true },
      { name: "longitude", numeric: true },
    ];
    return tableOf(
      columns,
      rows.map((place) => () => {
        const code = points.color?.[place] ?? null;
        return [
          ...(label ? [placeValue(spec, place)] : []),
          ...(color ? [code === null ? null : (this.colors[code] ?? null)] : []),
          numberCell(points.count[place]),
          ...(value ? [numberCell(points.value[place])] : []),
          ...(points.first ? [timeCell(context, points.first[place]), timeCell(context, points.last?.[place])] : []),
          numberCell(points.latitude[place]),
          numberCell(points.longitude[place]),
        ];
      }),
    );
  }

  describe(): string {
    const { points } = this.context.head.spec;
    const { formatNumber } = this.context.services;
    const [top] = this.order;
    const lead = top === undefined ? "" : ` Most rows, ${formatNumber(points.count[top] ?? 0)}: ${placeName(this.context.head.spec, top) || `${points.latitude[top]}, ${points.longitude[top]}`}.`;
    return `Map of ${formatNumber(points.count.length)} places, ${formatNumber(this.lit.length)} of them pass the filters.${lead}`;
  }

  where(): string | null {
    const { color, label, points, time } = this.context.head.spec;
    return condition(this.selection, [label, color], points.first ? (time ?? SOME_TIME) : null, hiddenFilter(color, this.colors, this.legend?.hidden ?? new Set()));
  }

  ignores(selection: Selection): readonly string[] {
    const { color, label, points } = this.context.head.spec;
    const whole = points.color?.some((code) => isRest(this.colors[code ?? -1])) ? keptWhole(selection.filters, color, this.colors) : [];
    return [...ignored(selection, [label, color], Boolean(points.first)), ...whole];
  }

  png(): Promise<Blob | null> {
    return this.drawing.png();
  }

  state(): string {
    return [...(this.legend?.hidden ?? [])].join(".");
  }

  restore(state: string): void {
    this.legend?.restore(state.split(".").filter(Boolean).map(Number));
    this.refresh();
  }

  reset(): void {
    this.legend?.restore([]);
    this.show(...this.home());
    this.refresh();
  }

  destroy(): void {
    this.keys.destroy();
    this.drawing.destroy();
  }
}

export const makeMap = async (context: Context<MapSpec>): Promise<Chart> => {
  const world = context.blocks.has("world") ? await context.blocks.json("world") : {};
  registerMap("huntsql-world", geography(world) as Parameters<typeof registerMap>[1]);
  return new MapChart(context);
};
