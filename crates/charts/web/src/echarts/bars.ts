import type { SourceColumn } from "../page";
import type { CardLine, Chart, Context, Selection, Value } from "../registry";
import { isRest, keptWhole, labelsOf, valuesOf } from "../values";
import { shapeOf } from "../shell/palette";
import { client, Drawing, type Hit } from "./engine";
import { Legend, colorOf } from "./legend";
import { fit, textWidth } from "./measure";
import { condition, hiddenFilter, ignored, numberCell, only, partValues, passes, plain, tableOf } from "./narrow";

interface Part {
  name: string;
  raw: string | null;
  values: (number | null)[];
}

interface Spec {
  labels: string[];
  raw: (string | null)[];
  series: Part[];
  measure: string;
  source: SourceColumn;
  color: SourceColumn | null;
  stacked: boolean;
  other: boolean;
}

const BAR = 24;

class Bars implements Chart {
  private readonly drawing: Drawing;
  private readonly legend: Legend | null;
  private selection: Selection;
  private readonly values: (Value | null)[];
  private readonly parts: (Value | null)[];

  constructor(private readonly context: Context<Spec>) {
    const spec = context.head.spec;
    this.selection = context.bus.selection;
    // Rows without a label have no bar.
    this.values = valuesOf(labelsOf(spec.labels, spec.raw, spec.other), true);
    this.parts = partValues(spec.series.map((part) => part.name), spec.series.map((part) => part.raw));
    this.legend =
      spec.series.length > 1 || spec.color
        ? new Legend(spec.color?.name ?? "parts", spec.series.map((part, at) => ({ text: part.name, note: this.sum(part), color: at, shape: shapeOf(at) })), () => this.draw())
        : null;
    if (this.legend) context.container.append(this.legend.node);
    this.drawing = new Drawing(context as Context<never>, this.height(), `Bars: ${spec.measure} by ${spec.source.name}`);
    this.drawing.on("mousemove", (hit) => this.hover(hit));
    this.drawing.on("mouseout", () => context.services.card.hide());
    this.drawing.on("globalout", () => context.services.card.hide());
    this.drawing.on("click", (hit) => this.click(hit));
    this.draw();
  }

  private sum(part: Part): string {
    return this.context.head.spec.stacked ? this.context.services.formatNumber(part.values.reduce<number>((sum, value) => sum + (value ?? 0), 0)) : "";
  }

  private get shownParts(): number[] {
    return this.context.head.spec.series.map((_, at) => at).filter((at) => !this.legend?.hidden.has(at));
  }

  private height(): number {
    const { labels, series, stacked } = this.context.head.spec;
    const bar = stacked ? BAR : Math.max(BAR, series.length * 9 + 8);
    return Math.max(160, labels.length * bar + 46);
  }

  private isLit(at: number): boolean {
    const spec = this.context.head.spec;
    const { filters, search } = this.selection;
    if (search && !search(spec.labels[at] ?? "")) return false;
    return passes(filters, spec.source, this.values[at] ?? null);
  }

  private total(at: number): number | null {
    const spec = this.context.head.spec;
    const values = this.shownParts.map((part) => spec.series[part]?.values[at] ?? null).filter((value) => value !== null);
    if (values.length === 0) return null;
    return spec.stacked ? values.reduce((sum, value) => sum + value, 0) : values.reduce((most, value) => Math.max(most, value), -Infinity);
  }

  private draw(): void {
    const { head, services } = this.context;
    const spec = head.spec;
    const theme = services.theme();
    this.legend?.paint(theme);
    const room = Math.min(360, Math.round(this.drawing.width * 0.34));
    const names = spec.labels.map((label) => fit(label || "“”", room - 14, theme.font));
    const widest = names.reduce((most, name) => Math.max(most, textWidth(name, theme.font)), 30);
    const lit = spec.labels.map((_, at) => this.isLit(at));
    const parts = this.shownParts;
    const last = parts[parts.length - 1];
    this.drawing.set(
      {
        grid: { left: Math.ceil(widest) + 16, right: 84, top: 4, bottom: 38, containLabel: false, outerBoundsMode: "none" },
        xAxis: {
          type: "value", name: spec.measure, nameLocation: "middle", nameGap: 24, nameTextStyle: { color: theme.muted, fontSize: 12 },
          axisLabel: { color: theme.muted, hideOverlap: true, formatter: (value: number) => services.formatNumber(value) },
          splitLine: { lineStyle: { color: theme.grid } }, axisLine: { show: false }, axisTick: { show: false },
        },
        yAxis: {
          type: "category", inverse: true, data: spec.labels.map((_, at) => String(at)), triggerEvent: true,
          axisLabel: {
            interval: 0, fontSize: 12, margin: 10, formatter: (at: string) => names[Number(at)] ?? "",
            color: (at?: string | number) => (lit[Number(at)] ? theme.text : theme.muted),
          },
          axisLine: { lineStyle: { color: theme.border } }, axisTick: { show: false },
        },
        series: parts.map((part) => ({
          id: `s${part}`, type: "bar", barMaxWidth: 18, barCategoryGap: "28%", ...(spec.stacked ? { stack: "all" } : { barGap: "8%" }), cursor: "pointer",
          emphasis: { focus: spec.series.length > 1 ? "series" : "none", itemStyle: { borderColor: theme.text, borderWidth: 1 } },
          data: spec.labels.map((_, at) => ({
            value: spec.series[part]?.values[at] ?? 0,
            itemStyle: { color: isRest(this.values[at]) && spec.series.length === 1 ? theme.muted : colorOf(theme, part), opacity: lit[at] ? 1 : 0.22 },
          })),
          label: {
            show: spec.stacked ? part === last : parts.length === 1, position: "right", color: theme.muted, fontSize: 12,
            formatter: (item: { dataIndex: number }) => {
              const total = this.total(item.dataIndex);
              return total === null ? "no value" : services.formatNumber(total);
            },
          },
        })),
      },
      ["series"],
    );
    const rests = this.values.filter(isRest).length;
    services.status(`${spec.labels.length - rests} bars${rests > 0 ? " and one for the rest" : ""}`);
    services.changed();
  }

  /** The label of an axis has no index but a text of ours. */
  private row(hit: Hit): number | null {
    if (hit.componentType === "yAxis") {
      const at = Number((hit as { value?: unknown }).value);
      return Number.isInteger(at) ? at : null;
    }
    return hit.componentType === "series" ? (hit.dataIndex ?? null) : null;
  }

  private hover(hit: Hit): void {
    const at = this.row(hit);
    const where = client(hit);
    if (at === null || !where) return;
    const spec = this.context.head.spec;
    const { card, formatNumber } = this.context.services;
    const lines: CardLine[] = [{ name: spec.source.name, value: this.values[at] ?? null, sql: spec.source.sql }];
    const total = this.total(at);
    if (spec.series.length === 1 || spec.stacked) lines.push({ name: spec.measure, value: total === null ? null : plain(formatNumber(total)) });
    if (spec.series.length > 1) {
      for (const part of this.shownParts) {
        const value = spec.series[part]?.values[at] ?? null;
        if (value !== null && value !== 0) lines.push({ name: spec.series[part]?.name || "“”", value: plain(formatNumber(value)) });
      }
    }
    card.show(where.x, where.y, "", lines, isRest(this.values[at]) ? "Several values: they cannot be told apart here. Click: only these. Shift+click: keep this card." : "Click: only this. Shift+click: keep this card.");
  }

  private click(hit: Hit): void {
    const at = this.row(hit);
    if (at === null) return;
    if (client(hit)?.shift) this.context.services.card.pin();
    else only(this.context as Context<never>, this.context.head.spec.source, this.values[at] ?? null);
  }

  resize(): void {
    this.drawing.resize(this.height());
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
    const spec = this.context.head.spec;
    const columns = [{ name: spec.source.name, sql: spec.source.sql }, ...this.shownParts.map((part) => ({ name: spec.series[part]?.name || spec.measure, numeric: true }))];
    const rows = spec.labels.map((_, at) => at).filter((at) => this.isLit(at));
    return tableOf(columns, rows.map((at) => () => [this.values[at] ?? null, ...this.shownParts.map((part) => numberCell(spec.series[part]?.values[at]))]));
  }

  describe(): string {
    const spec = this.context.head.spec;
    const first = this.total(0);
    const lead = spec.labels.length > 0 && first !== null ? ` The first is ${spec.labels[0] || "an empty text"} with ${this.context.services.formatNumber(first)}.` : "";
    return `Bar chart of ${spec.measure} by ${spec.source.name}: ${spec.labels.length} bars.${lead}`;
  }

  where(): string | null {
    return condition(this.selection, [this.context.head.spec.source], null, hiddenFilter(this.context.head.spec.color, this.parts, this.legend?.hidden ?? new Set()));
  }

  ignores(selection: Selection): readonly string[] {
    const { source } = this.context.head.spec;
    return [...ignored(selection, [source], false), ...keptWhole(selection.filters, source, this.values)];
  }

  png(): Promise<Blob | null> {
    return this.drawing.png();
  }

  state(): string {
    return [...(this.legend?.hidden ?? [])].join(".");
  }

  restore(state: string): void {
    this.legend?.restore(state.split(".").filter(Boolean).map(Number));
    this.draw();
  }

  reset(): void {
    this.legend?.restore([]);
    this.draw();
  }

  destroy(): void {
    this.drawing.destroy();
  }
}

export const makeBars = (context: Context<Spec>): Chart => new Bars(context);
