import type { ValuesSpec } from "../page";
import type { Chart, Context } from "../registry";
import { SeriesPainter } from "../series/series";
import { DurationPainter } from "./durations";
import { EventPainter } from "./events";
import type { Options } from "./parts";
import { TimeChart } from "./timechart";
import { ValuePainter } from "./values";

async function made(context: Context, options: Options): Promise<Chart> {
  const chart = new TimeChart(context, options);
  await chart.start();
  return chart;
}

export const makeTimeline = (context: Context): Promise<Chart> => made(context, { painter: new EventPainter(), noun: "events", withScale: true });

export const makeDurations = (context: Context): Promise<Chart> => made(context, { painter: new DurationPainter(), noun: "bars", withScale: true });

export const makeValues = (context: Context<ValuesSpec>): Promise<Chart> => made(context, { painter: new ValuePainter(context.head.spec), noun: "values", withScale: false });

export function makeSeries(context: Context): Promise<Chart> {
  const painter = new SeriesPainter();
  const rows = context.head.data?.rows ?? 0;
  return made(context, { painter, noun: "points", withScale: false, more: painter.more(context.blocks), load: () => painter.load(context.blocks, rows) });
}
