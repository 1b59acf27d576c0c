import { dayText, type Zone } from "./zone";

export interface Tick {
  /** Microseconds. */
  at: number;
  text: string;
  /** The larger unit (day, year), at the first tick and where it changes. */
  context: string;
}

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
  SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY,
];
const MONTHS = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 12_000];
const MONTH_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Stretches of `from` to `to` in which the offset of the zone is one and the same. */
function stretches(from: number, to: number, zone: Zone): [number, number, number][] {
  const found: [number, number, number][] = [];
  const days = Math.min(4000, Math.max(1, Math.ceil((to - from) / DAY)));
  if (!Number.isFinite(days)) return [[from, to, 0]];
  const stride = (to - from) / days;
  let begin = from;
  let offset = zone.offset(from / 1000);
  for (let day = 1; day <= days; day++) {
    const here = from + day * stride;
    const next = zone.offset(here / 1000);
    if (next === offset) continue;
    // Offsets change at whole seconds: the first one that has the new offset.
    let low = Math.floor((here - stride) / SECOND);
    let high = Math.ceil(here / SECOND);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (zone.offset(middle * 1000) === offset) low = middle;
      else high = middle;
    }
    const change = high * SECOND;
    found.push([begin, change, offset * 1000]);
    begin = change;
    offset = next;
  }
  found.push([begin, to, offset * 1000]);
  return found;
}

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

function monthTicks(from: number, to: number, months: number, zone: Zone): Tick[] {
  const first = new Date(from / 1000 + zone.offset(from / 1000));
  let count = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / months) * months;
  const ticks: Tick[] = [];
  for (; ticks.length < 200; count += months) {
    const civil = new Date(0);
    civil.setUTCFullYear(Math.floor(count / 12), ((count % 12) + 12) % 12, 1);
    const at = zone.instant(civil.getTime()) * 1000;
    if (!(at <= to)) break;
    if (at < from) continue;
    const year = String(civil.getUTCFullYear());
    ticks.push(months >= 12 ? { at, text: year, context: "" } : { at, text: MONTH_NAMES[civil.getUTCMonth()] ?? "", context: year });
  }
  return ticks;
}

function stepTick(at: number, local: number, step: number): Tick {
  const civil = new Date(Math.floor(local / 1000));
  const day = dayText(civil);
  if (step >= DAY) return { at, text: `${MONTH_NAMES[civil.getUTCMonth()] ?? ""} ${civil.getUTCDate()}`, context: String(civil.getUTCFullYear()) };
  const minute = `${pad(civil.getUTCHours())}:${pad(civil.getUTCMinutes())}`;
  if (step >= MINUTE) return { at, text: minute, context: day };
  const seconds = pad(civil.getUTCSeconds());
  if (step >= SECOND) return { at, text: `${minute}:${seconds}`, context: day };
  const rest = ((local % SECOND) + SECOND) % SECOND;
  const digits = step >= 1000 ? pad(Math.round(rest / 1000), 3) : pad(Math.round(rest), 6);
  return { at, text: `${seconds}.${digits}`, context: `${day} ${minute}` };
}

/** Ticks at round times of the zone, at most one for every `share` of the range; context only where it is news. */
export function timeTicks(from: number, to: number, most: number, zone: Zone): Tick[] {
  const wanted = (to - from) / Math.max(1, most);
  if (!(wanted > 0)) return [];
  const step = STEPS.find((candidate) => candidate >= wanted);
  let ticks: Tick[] = [];
  if (step === undefined) {
    const months = MONTHS.find((candidate) => candidate * 30 * DAY >= wanted) ?? 12_000;
    ticks = monthTicks(from, to, months, zone);
  } else {
    for (const [begin, end, offset] of stretches(from, to, zone)) {
      // Weeks begin on a Monday: 1970-01-05.
      const origin = step % (7 * DAY) === 0 ? 4 * DAY : 0;
      for (let local = Math.ceil((begin + offset - origin) / step) * step + origin; local - offset <= end; local += step) {
        const at = local - offset;
        if (at === end && end !== to) break;
        ticks.push(stepTick(at, local, step));
        if (ticks.length > 500) break;
      }
    }
  }
  let last = "";
  for (const tick of ticks) {
    const news = tick.context !== last;
    last = tick.context;
    if (!news) tick.context = "";
  }
  return ticks;
}
