/**
 * Makes an option of ECharts harmless: nothing is loaded, nothing is linked, no HTML is built from data. What is taken out is said.
 *
 * An option is JSON, so there are no functions in it; but ECharts has options that load images, open addresses and build a tooltip as HTML.
 */

import { MOST_ITEMS } from "../lists";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Never of use in a page that nobody configures further: each loads, links, writes files, or reaches into objects. */
const DROPPED = new Set(["__proto__", "constructor", "prototype", "toolbox", "graphic", "link", "sublink", "image", "extraCssText", "className", "appendTo", "appendToBody", "brush"]);
const DEEPEST = 60;
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;
/** What loads something where a text stands for a picture. */
const LOADS = /^\s*(image:\/\/|path:\/\/|url\()/i;
/** A picture as text where it stands for a shape: `data:` and addresses are no shapes either. */
const SHAPES = /^(symbol|icon|decal|playIcon|stopIcon|nextIcon|prevIcon|handleIcon|pageIcons)$/i;

export interface Sanitized {
  option: { [key: string]: Json };
  /** Paths of what was taken out: `title.link`. */
  removed: string[];
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

/** A colour that is an image. */
const isPattern = (value: Json): boolean => isObject(value) && "image" in value;

class Sanitizer {
  readonly removed = new Set<string>();

  value(value: Json, path: string, depth: number): Json {
    if (depth > DEEPEST) {
      this.removed.add(`${path} (nested too deep)`);
      return null;
    }
    if (typeof value === "string") return this.text(value, path);
    if (Array.isArray(value)) return this.items(value, path).filter((entry) => !/colou?r$/i.test(path) || !isPattern(entry)).map((entry) => this.value(entry, path, depth + 1));
    if (isObject(value)) return this.object(value, path, depth);
    return value;
  }

  private items(list: Json[], path: string): Json[] {
    if (list.length <= MOST_ITEMS) return list;
    this.removed.add(`${path} (items beyond ${MOST_ITEMS.toLocaleString("en")})`);
    return list.slice(0, MOST_ITEMS);
  }

  /** A space in front makes it a text again. */
  private text(value: string, path: string): string {
    // A text that turns the text beside it round shows something else than it says.
    const straight = value.replace(TURNS, "\ufffd");
    if (!LOADS.test(straight)) return straight;
    this.removed.add(`${path} (a picture)`);
    return ` ${straight.trimStart()}`;
  }

  object(value: { [key: string]: Json }, path: string, depth: number): { [key: string]: Json } {
    const clean: { [key: string]: Json } = {};
    for (const [key, entry] of Object.entries(value)) {
      const here = path ? `${path}.${key}` : key;
      if (DROPPED.has(key)) {
        this.removed.add(here);
        continue;
      }
      if (key === "renderMode" || (key === "renderer" && typeof entry === "string")) continue;
      if (SHAPES.test(key) && typeof entry === "string" && /^\s*(image:|path:|data:|https?:|\/\/|url\()/i.test(entry)) {
        this.removed.add(here);
        continue;
      }
      if (/colou?r$/i.test(key) && isPattern(entry)) {
        this.removed.add(`${here}.image`);
        continue;
      }
      if (path.endsWith("dataset") && key === "source") clean[key] = this.rows(entry, here);
      else if (key === "nodeClick" && entry === "link") clean[key] = false;
      else if (key === "tooltip") clean[key] = this.tooltip(entry, here, depth);
      else clean[key] = this.value(entry, here, depth + 1);
    }
    return clean;
  }

  /** Rows of a dataset: lists, or objects whose keys are columns (one may be called "link"). Cells are texts and numbers, and nothing else. */
  private rows(value: Json, path: string): Json {
    const cell = (entry: Json): Json => (typeof entry === "string" ? this.text(entry, path) : Array.isArray(entry) || isObject(entry) ? this.text(JSON.stringify(entry), path) : entry);
    const fields = (row: { [key: string]: Json }, read: (entry: Json) => Json): Json =>
      Object.fromEntries(Object.entries(row).filter(([key]) => key !== "__proto__").map(([key, entry]) => [key, read(entry)]));
    const row = (entry: Json): Json => (Array.isArray(entry) ? this.items(entry, path).map(cell) : isObject(entry) ? fields(entry, cell) : cell(entry));
    if (Array.isArray(value)) return this.items(value, path).map(row);
    // Columns beside each other.
    return isObject(value) ? fields(value, (column) => (Array.isArray(column) ? this.items(column, path).map(cell) : cell(column))) : cell(value);
  }

  private tooltip(value: Json, path: string, depth: number): Json {
    if (Array.isArray(value)) return this.items(value, path).map((entry) => this.tooltip(entry, path, depth + 1));
    if (!isObject(value)) return value;
    return { ...this.object(value, path, depth + 1), renderMode: "richText" };
  }
}

const withTooltip = (option: { [key: string]: Json }): { [key: string]: Json } => ({
  ...option,
  tooltip: option["tooltip"] ?? { trigger: "item", confine: true, renderMode: "richText" },
});

export function sanitize(option: Json): Sanitized {
  const sanitizer = new Sanitizer();
  if (!isObject(option)) return { option: {}, removed: ["the option is not an object"] };
  let clean = sanitizer.object(option, "", 0);
  const base = clean["baseOption"];
  clean = isObject(base) ? { ...clean, baseOption: withTooltip(base) } : withTooltip(clean);
  return { option: clean, removed: [...sanitizer.removed] };
}
