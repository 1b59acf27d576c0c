import { filterCondition, timeCondition, where } from "../shell/sql";
import { filterFor } from "../values";
import { durationText } from "../time/zone";
import { laneValue, ownOf } from "./narrow";
import { countIn, countsOf, rangeOf, type Parts } from "./parts";

/** What is said of a chart with a time axis: below it, to screen readers, in SQL. */

/** The status line. `mode`: how rows are drawn. */
export function statusText(parts: Parts, mode: string): string {
  const { data, dataset, narrowing, view, context } = parts;
  if (data.all_rows === 0) return "";
  const { from, to } = view;
  const words: string[] = [];
  if (data.rows > 0 && !dataset.columns) words.push(dataset.isUnreadable ? "the rows cannot be read" : "reading the rows…");
  else if (narrowing.busy) words.push("searching…");
  const inView = countIn(parts, view.range());
  if (Number.isFinite(inView)) words.push(`${inViewText(parts, inView)} in view`);
  // Edges of the view are no times of rows: digits that nobody can see in the picture are left out.
  const grain = to - from > 600_000_000 ? 1_000_000 : to - from > 1_000_000 ? 1000 : 1;
  const edge = (micros: number): string => context.services.formatTime(Math.round(micros / grain) * grain);
  words.push(`${edge(from)} – ${edge(to)} (${durationText(to - from)})`);
  const { marked, mask, whole } = narrowing.current;
  const partial = data.all_rows > data.rows;
  if (marked) words.push(`${countIn(parts, view.range(), marked).toLocaleString("en")} highlighted${partial ? " of the rows in detail" : ""}`);
  // Only the density of events is of all rows, and only as long as nothing narrows it.
  if (mode) words.push(partial && (mask || context.head.kind !== "timeline") ? `${mode}, of the rows in detail` : mode);
  if (whole.length > 0) words.push(`kept whole, because it is not known which rows of it pass: ${whole.join(", ")}`);
  const outside = context.head.refs.filter((reference) => reference.time < view.first || reference.time > view.last).length;
  if (outside > 0) words.push(`${outside} reference ${outside === 1 ? "line lies" : "lines lie"} outside of the time axis`);
  return words.join(" · ");
}

/** `12 of 1,000 events`; where not all rows are in detail, how many of these, or about how many of all. */
function inViewText(parts: Parts, inView: number): string {
  const { data, options, dataset, view, lanes, narrowing } = parts;
  if (data.all_rows > data.rows && narrowing.current.mask) return `${inView.toLocaleString("en")} of the ${data.rows.toLocaleString("en")} ${options.noun} in detail (of ${data.all_rows.toLocaleString("en")})`;
  if (data.all_rows === data.rows) return `${inView.toLocaleString("en")} of ${data.rows.toLocaleString("en")} ${options.noun}`;
  const counts = new Float64Array(1);
  const source = countsOf(parts);
  for (let lane = 0; lane < lanes.count; lane++) if (lanes.on[lane]) source.count(lane, ...dataset.offsets(view.range()), counts);
  return `about ${Math.round(counts[0]!).toLocaleString("en")} of ${data.all_rows.toLocaleString("en")} ${options.noun} (${inView.toLocaleString("en")} in detail)`;
}

export function labelText({ context, data, options }: Parts): string {
  const { head } = context;
  const keys = "Arrow keys move, plus and minus zoom, Home shows all, full stop and comma go from row to row, S selects the view.";
  return `${head.title || head.kind}: ${data.all_rows.toLocaleString("en")} ${options.noun}. ${keys}`;
}

export function descriptionText({ context, data, options }: Parts): string {
  const { formatTime } = context.services;
  const time = data.time;
  if (!time || data.all_rows === 0) return `There are no ${options.noun}.`;
  const lanes = data.lanes ?? [];
  const most = [...lanes].sort((left, right) => right.rows - left.rows).slice(0, 3);
  const counts = most.map((lane) => `${lane.name || "empty"} (${lane.rows.toLocaleString("en")})`).join(", ");
  const names = data.lane ? ` in ${lanes.length} lanes by ${data.lane.name}; most: ${counts}` : "";
  return `${data.all_rows.toLocaleString("en")} ${options.noun} from ${formatTime(time.start)} to ${formatTime(time.end)}${names}. ${options.painter.describe?.() ?? ""}The table below holds ${data.all_rows > data.rows ? `the ${data.rows.toLocaleString("en")} rows that are here in detail` : "the same rows"}.`;
}

export function whereText(parts: Parts): string | null {
  const { context, data, view, lanes } = parts;
  const { selection } = context.bus;
  const conditions: string[] = [];
  if (data.time && (selection.time || !view.isWhole)) conditions.push(timeCondition(data.time, rangeOf(parts)));
  if (data.lane && !lanes.allOn) {
    const on = [...lanes.on.keys()].filter((lane) => lanes.on[lane] === 1);
    const off = [...lanes.on.keys()].filter((lane) => lanes.on[lane] === 0);
    const keep = on.length <= off.length;
    conditions.push(filterCondition(filterFor(data.lane, (keep ? on : off).map((lane) => laneValue(data, lane)), keep)));
  }
  conditions.push(...ownOf(data, selection.filters).map(filterCondition));
  return where(conditions);
}
