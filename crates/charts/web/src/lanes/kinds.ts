import type { Context, Chart } from "../registry";
import { EventPainter } from "./events";
import { TimeChart } from "./timechart";

export async function makeTimeline(context: Context): Promise<Chart> {
  const chart = new TimeChart(context, { painter: new EventPainter(), noun: "events", withScale: true });
  await chart.start();
  return chart;
}
