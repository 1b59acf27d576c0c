import { use } from "echarts/core";
import {
  BarChart, BoxplotChart, CustomChart, GraphChart, HeatmapChart, LineChart, MapChart, PieChart, RadarChart,
  SankeyChart, ScatterChart, SunburstChart, TreeChart, TreemapChart,
} from "echarts/charts";
import {
  AxisPointerComponent, CalendarComponent, DatasetComponent, DataZoomComponent, GeoComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  MarkPointComponent, PolarComponent, RadarComponent, TimelineComponent, TitleComponent, TooltipComponent, TransformComponent,
  VisualMapComponent,
} from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { init, type EChartsCoreOption, type EChartsType } from "echarts/core";
import { element, toBlob } from "../dom";
import type { Context, Theme } from "../registry";

use([
  BarChart, BoxplotChart, CustomChart, GraphChart, HeatmapChart, LineChart, MapChart, PieChart, RadarChart,
  SankeyChart, ScatterChart, SunburstChart, TreeChart, TreemapChart,
  AxisPointerComponent, CalendarComponent, DatasetComponent, DataZoomComponent, GeoComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  MarkPointComponent, PolarComponent, RadarComponent, TimelineComponent, TitleComponent, TooltipComponent, TransformComponent,
  VisualMapComponent,
  LabelLayout, CanvasRenderer,
]);

export type Option = EChartsCoreOption;

/** The event of zrender that stands behind those of ECharts. */
export interface Pointer {
  offsetX: number;
  offsetY: number;
  event?: unknown;
}

export interface Hit {
  componentType?: string;
  seriesIndex?: number;
  dataIndex?: number;
  dataType?: string;
  event?: Pointer;
}

/** Where the pointer is in the window. */
export function client(hit: Hit): { x: number; y: number; shift: boolean } | null {
  const event = hit.event?.event;
  return event instanceof MouseEvent ? { x: event.clientX, y: event.clientY, shift: event.shiftKey } : null;
}

/** A drawing of ECharts in the container of a chart: no styles in the document, no tooltip, nothing but a canvas. */
export class Drawing {
  readonly node: HTMLDivElement;
  readonly chart: EChartsType;

  constructor(
    private readonly context: Context<never>,
    private high: number,
    label: string,
    /** Colours and the like that options do without; ECharts takes them once. */
    defaults: Record<string, unknown> | null = null,
  ) {
    this.node = element("div", { class: "drawing", role: "application", "aria-label": label, tabindex: 0 });
    this.node.style.height = `${high}px`;
    context.container.append(this.node);
    this.chart = init(this.node, defaults, { renderer: "canvas", width: this.width, height: high });
  }

  get width(): number {
    return Math.max(200, this.context.container.clientWidth || 800);
  }

  get height(): number {
    return this.high;
  }

  get theme(): Theme {
    return this.context.services.theme();
  }

  /** Takes the width of the container, and another height where it is given. */
  resize(high = this.high): void {
    this.high = high;
    this.node.style.height = `${high}px`;
    this.chart.resize({ width: this.width, height: high, silent: true });
  }

  set(option: Option, replace: readonly string[] = []): void {
    this.chart.setOption({ animation: false, backgroundColor: "transparent", textStyle: { fontFamily: this.theme.font, color: this.theme.text }, ...option }, { replaceMerge: [...replace] });
    this.done();
  }

  /** There is a picture: tests and printers wait for this. */
  done(): void {
    this.node.dataset["complete"] = "yes";
  }

  on(event: string, listener: (hit: Hit) => void): void {
    this.chart.on(event, (hit) => listener(hit as Hit));
  }

  png(): Promise<Blob | null> {
    return toBlob(this.chart.renderToCanvas({ pixelRatio: 2, backgroundColor: this.theme.background }));
  }

  destroy(): void {
    this.chart.dispose();
    this.node.remove();
  }
}
