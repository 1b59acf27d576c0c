const zones = new Map<string, Zone>();

const QUARTER = 900_000;
/** Beyond these milliseconds there are no dates; a quarter hour is left for the end of the last one. */
const MOST = 8.64e15 - QUARTER;

/** Civil time of a zone. Rules come from the browser. Today they change at quarter hours, so offsets are kept by quarter hour where they are the same in all of it; old ones change at any second. */
export class Zone {
  private readonly parts: Intl.DateTimeFormat | null;
  private readonly offsets = new Map<number, number>();

  private constructor(readonly name: string) {
    this.parts =
      name === "UTC"
        ? null
        : new Intl.DateTimeFormat("en-US", {
            timeZone: name,
            hourCycle: "h23",
            era: "short",
            year: "numeric",
            month: "numeric",
            day: "numeric",
            hour: "numeric",
            minute: "numeric",
            second: "numeric",
          });
  }

  /** The zone of that name; UTC where this browser does not know it. */
  static named(name: string): Zone {
    let zone = zones.get(name);
    if (!zone) {
      try {
        zone = new Zone(name === "Etc/UTC" ? "UTC" : name);
      } catch {
        zone = new Zone("UTC");
      }
      zones.set(name, zone);
    }
    return zone;
  }

  static isKnown(name: string): boolean {
    try {
      return new Intl.DateTimeFormat("en-US", { timeZone: name }) instanceof Intl.DateTimeFormat;
    } catch {
      return false;
    }
  }

  /** Milliseconds that civil time is ahead of UTC at an instant in milliseconds. */
  offset(milliseconds: number): number {
    if (!this.parts || Number.isNaN(milliseconds)) return 0;
    const near = Math.max(-MOST, Math.min(MOST, milliseconds));
    const quarter = Math.floor(near / QUARTER);
    let known = this.offsets.get(quarter);
    if (known === undefined) {
      const first = this.offsetAt(quarter * QUARTER);
      known = first === this.offsetAt(quarter * QUARTER + QUARTER - 1000) ? first : NaN;
      if (this.offsets.size > 20_000) this.offsets.clear();
      this.offsets.set(quarter, known);
    }
    return Number.isNaN(known) ? this.offsetAt(Math.floor(near / 1000) * 1000) : known;
  }

  /** As the browser has it, at a whole second. */
  private offsetAt(instant: number): number {
    const fields: Record<string, number> = {};
    let before = false;
    for (const part of this.parts?.formatToParts(instant) ?? []) {
      if (part.type === "era") before = part.value.startsWith("B");
      else fields[part.type] = Number(part.value);
    }
    const year = before ? 1 - (fields["year"] ?? 0) : (fields["year"] ?? 0);
    const civil = new Date(0);
    civil.setUTCFullYear(year, (fields["month"] ?? 1) - 1, fields["day"] ?? 1);
    civil.setUTCHours(fields["hour"] ?? 0, fields["minute"] ?? 0, fields["second"] ?? 0, 0);
    const offset = civil.getTime() - instant;
    return Number.isFinite(offset) ? offset : 0;
  }

  /** The instant at which clocks of the zone show a civil time (milliseconds as if it were UTC); the first one where there are two. */
  instant(civil: number): number {
    const early = civil - this.offset(civil - 86_400_000);
    if (early + this.offset(early) === civil) return early;
    return civil - this.offset(civil - this.offset(civil));
  }
}

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

/** Fraction of a second: without, milliseconds, or microseconds, whatever says it all. */
function fraction(micros: number): string {
  const rest = ((micros % 1_000_000) + 1_000_000) % 1_000_000;
  if (rest === 0) return "";
  return rest % 1000 === 0 ? `.${pad(rest / 1000, 3)}` : `.${pad(rest, 6)}`;
}

function year(date: Date): string {
  const value = date.getUTCFullYear();
  return value < 0 || value > 9999 ? `${value < 0 ? "-" : "+"}${pad(Math.abs(value), 6)}` : pad(value, 4);
}

export function dayText(date: Date): string {
  return `${year(date)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
}

/** `2026-05-06 07:08:09.123` as clocks of the zone show it. */
export function timeText(micros: number, zone: Zone): string {
  const whole = Math.round(micros);
  const milliseconds = Math.floor(whole / 1000);
  const civil = new Date(milliseconds + zone.offset(milliseconds));
  if (Number.isNaN(civil.getTime())) return String(whole);
  const clock = `${pad(civil.getUTCHours())}:${pad(civil.getUTCMinutes())}:${pad(civil.getUTCSeconds())}`;
  return `${dayText(civil)} ${clock}${fraction(whole)}`;
}

/** `UTC+02:00`, or `UTC` where there is no offset; with seconds where clocks had them. */
export function offsetText(micros: number, zone: Zone): string {
  const seconds = Math.round(zone.offset(micros / 1000) / 1000);
  if (seconds === 0) return "UTC";
  const size = Math.abs(seconds);
  const rest = size % 60 === 0 ? "" : `:${pad(size % 60)}`;
  return `UTC${seconds < 0 ? "−" : "+"}${pad(Math.floor(size / 3600))}:${pad(Math.floor(size / 60) % 60)}${rest}`;
}

/** `2d 3h`, `4.2 s`, `17 µs`: two units at most. */
export function durationText(micros: number): string {
  const size = Math.abs(micros);
  if (size < 1000) return `${Math.round(size)} µs`;
  if (size < 1_000_000) return `${Number((size / 1000).toPrecision(3))} ms`;
  const seconds = size / 1_000_000;
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  const units: [string, number][] = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]];
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const [name, length] of units) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${name}`);
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}
