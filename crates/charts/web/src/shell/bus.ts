import type { Bus, Filter, Selection, TimeRange } from "../registry";
import { filterFor, isOf, keyOf } from "../values";

const sameValues = (left: Filter, right: Filter): boolean =>
  left.values.length === right.values.length && left.values.every((value, at) => keyOf(value) === keyOf(right.values[at] ?? null));

/** The selection of the page. */
export class PageBus implements Bus {
  selection: Selection = { time: null, filters: [], search: null };
  private readonly listeners = new Set<(selection: Selection) => void>();

  setTime(range: TimeRange | null, _from: string): void {
    const before = this.selection.time;
    if (before?.from === range?.from && before?.to === range?.to) return;
    this.put({ ...this.selection, time: range });
  }

  /** "Only this" of a column that already has one adds its value: a or b. */
  toggle(wanted: Filter): void {
    const filter = filterFor(wanted, wanted.values, wanted.keep);
    const filters = this.selection.filters;
    const twin = filters.find((other) => isOf(other, filter) && other.keep === filter.keep);
    if (!twin) {
      this.put({ ...this.selection, filters: [...filters, filter] });
      return;
    }
    if (sameValues(twin, filter)) {
      this.put({ ...this.selection, filters: filters.filter((other) => other !== twin) });
      return;
    }
    const known = new Set(twin.values.map(keyOf));
    const added = filter.values.filter((value) => !known.has(keyOf(value)));
    const gone = new Set(added.length === 0 ? filter.values.map(keyOf) : []);
    const values = [...twin.values.filter((value) => !gone.has(keyOf(value))), ...added];
    this.put({ ...this.selection, filters: filters.map((other) => (other === twin ? { ...twin, values } : other)) });
  }

  remove(filter: Filter): void {
    this.put({ ...this.selection, filters: this.selection.filters.filter((other) => other !== filter) });
  }

  setFilters(filters: readonly Filter[]): void {
    this.put({ ...this.selection, filters });
  }

  setSearch(search: Selection["search"]): void {
    if (search === this.selection.search) return;
    this.put({ ...this.selection, search });
  }

  clear(): void {
    this.put({ ...this.selection, time: null, filters: [] });
  }

  subscribe(listener: (selection: Selection) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private put(selection: Selection): void {
    this.selection = selection;
    for (const listener of [...this.listeners]) listener(selection);
  }
}
