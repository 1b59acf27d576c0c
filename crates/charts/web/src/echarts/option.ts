import { registerMap } from "echarts/core";
import { element } from "../dom";
import type { Cell, Chart, Context, Selection } from "../registry";
import { Drawing } from "./engine";
import { condition, ignored, tableOf } from "./narrow";
import { geography, plain } from "./project";
import { sanitize, type Json, type Sanitized } from "./sanitize";

interface Spec {
  option: Json;
  height?: number;
}

type Object_ = { [key: string]: Json };

const isObject = (value: unknown): value is Object_ => typeof value === "object" && value !== null && !Array.isArray(value);

/** An option that somebody wrote, made harmless and given the colours of the page. */
class OptionChart implements Chart {
  private drawing: Drawing;
  private readonly height: number;
  private readonly clean: Sanitized;
  private readonly failure = element("p", { class: "failure", role: "alert" });

  constructor(private readonly context: Context<Spec>) {
    this.clean = sanitize(context.head.spec.option);
    if (this.clean.removed.length > 0) {
      const list = this.clean.removed.slice(0, 12).join(", ");
      const more = this.clean.removed.length > 12 ? ` and ${this.clean.removed.length - 12} more` : "";
      context.container.append(element("p", { class: "subtitle" }, element("bdi", {}, `Left out of this option, because pages load and link nothing: ${list}${more}.`)));
    }
    this.height = Math.max(160, Math.min(2400, Number(context.head.spec.height) || 460));
    this.drawing = this.begin();
    this.draw();
  }

  private begin(): Drawing {
    return new Drawing(this.context as Context<never>, this.height, this.context.head.title || "Chart", this.colors());
  }

  private colors(): Record<string, unknown> {
    const theme = this.context.services.theme();
    const axis = {
      axisLine: { lineStyle: { color: theme.border } }, axisTick: { lineStyle: { color: theme.border } }, axisLabel: { color: theme.muted }, nameTextStyle: { color: theme.muted },
      splitLine: { lineStyle: { color: [theme.grid] } }, splitArea: { show: false },
    };
    return {
      darkMode: theme.dark, color: [...theme.categories], backgroundColor: "transparent", textStyle: { fontFamily: theme.font },
      title: { textStyle: { color: theme.text }, subtextStyle: { color: theme.muted } },
      legend: { textStyle: { color: theme.text }, pageTextStyle: { color: theme.muted } },
      tooltip: { backgroundColor: theme.surface, borderColor: theme.border, textStyle: { color: theme.text } },
      visualMap: { textStyle: { color: theme.text }, inRange: { color: [0.05, 0.35, 0.65, 1].map((share) => theme.sequential(share)) } },
      calendar: { itemStyle: { color: theme.surface, borderColor: theme.grid }, splitLine: { lineStyle: { color: theme.border } }, dayLabel: { color: theme.muted }, monthLabel: { color: theme.muted }, yearLabel: { color: theme.muted } },
      categoryAxis: axis, valueAxis: axis, logAxis: axis, timeAxis: axis,
      radar: { axisName: { color: theme.muted }, axisLine: { lineStyle: { color: theme.border } }, splitLine: { lineStyle: { color: theme.grid } }, splitArea: { show: false } },
      timeline: { label: { color: theme.muted }, lineStyle: { color: theme.border }, controlStyle: { color: theme.muted, borderColor: theme.muted } },
      treemap: { itemStyle: { borderColor: theme.background }, breadcrumb: { itemStyle: { color: theme.surface, borderColor: theme.border, textStyle: { color: theme.text } } } },
      ...Object.fromEntries(["pie", "tree", "sankey", "graph"].map((type) => [type, { label: { color: theme.text } }])),
    };
  }

  private draw(): void {
    const { services } = this.context;
    try {
      const animation = services.reducedMotion() ? { animation: false } : {};
      this.drawing.chart.setOption({ ...this.clean.option, ...animation }, { notMerge: true });
      this.failure.remove();
      this.drawing.done();
    } catch (reason) {
      this.failure.textContent = `ECharts cannot draw this option: ${reason instanceof Error ? reason.message : String(reason)}`;
      this.context.container.prepend(this.failure);
    }
    services.status(this.series().length > 0 ? "" : "This option draws nothing: it has no series.");
    services.changed();
  }

  static async make(context: Context<Spec>): Promise<Chart> {
    if (context.blocks.has("world")) registerMap("world", geography(await context.blocks.json("world"), plain) as Parameters<typeof registerMap>[1]);
    return new OptionChart(context);
  }

  resize(): void {
    this.drawing.resize();
  }

  restyle(): void {
    this.drawing.destroy();
    this.drawing = this.begin();
    this.draw();
  }

  select(_selection: Selection): void {
    // An option says nothing of columns: there is nothing to narrow.
  }

  /** The rows of the first dataset, else of the first series. */
  table() {
    const { option } = this.clean;
    const base = isObject(option["baseOption"]) ? option["baseOption"] : option;
    const first = (value: Json | undefined): Object_ | null => {
      const entry = Array.isArray(value) ? value[0] : value;
      return isObject(entry) ? entry : null;
    };
    const frame = first(option["options"]) ?? {};
    const source = first(base["dataset"])?.["source"] ?? first(base["series"])?.["data"] ?? first(frame["dataset"])?.["source"] ?? first(frame["series"])?.["data"] ?? [];
    const rows: Json[] = Array.isArray(source) ? source : [];
    const dimensions = first(base["dataset"])?.["dimensions"];
    const named = Array.isArray(dimensions) ? dimensions.map((dimension) => (isObject(dimension) ? dimension["name"] : dimension)) : [];
    const names: string[] = [];
    const nameOf = (at: number): string => {
      const name = named[at];
      return typeof name === "string" && name !== "" ? name : `value ${at + 1}`;
    };
    for (const row of rows) {
      const keys = isObject(row) ? Object.keys(row) : Array.isArray(row) ? row.map((_, at) => nameOf(at)) : ["value"];
      for (const key of keys) if (!names.includes(key) && names.length < 60) names.push(key);
    }
    const cell = (row: Json, name: string, at: number): Cell => {
      const value = isObject(row) ? (Object.hasOwn(row, name) ? row[name] : null) : Array.isArray(row) ? row[at] : row;
      if (value === null || value === undefined) return null;
      return { shown: typeof value === "string" ? value : JSON.stringify(value), raw: null };
    };
    return tableOf(names.map((name) => ({ name })), rows.map((row) => () => names.map((name, at) => cell(row, name, at))));
  }

  private series(): Object_[] {
    const { option } = this.clean;
    const base = isObject(option["baseOption"]) ? option["baseOption"] : option;
    return (Array.isArray(base["series"]) ? base["series"] : [base["series"] ?? null]).filter(isObject);
  }

  describe(): string {
    const series = this.series();
    const types = [...new Set(series.map((one) => String(one["type"] ?? "series")))].join(", ");
    return `Chart of ${series.length} series${types ? ` (${types})` : ""}.`;
  }

  where(): string | null {
    return condition(this.context.bus.selection, [], null, []);
  }

  ignores(selection: Selection): readonly string[] {
    return ignored(selection, [], false);
  }

  png(): Promise<Blob | null> {
    return this.drawing.png();
  }

  reset(): void {
    this.draw();
  }

  destroy(): void {
    this.drawing.destroy();
  }
}

export const makeOption = (context: Context<Spec>): Promise<Chart> => OptionChart.make(context);
