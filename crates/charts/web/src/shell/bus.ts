import type { Bus, Filter, Selection, TimeRange } from "../registry";
import { filterFor, isOf, isShared } from "../values";
import { type Chosen, chosenIn, difference, filterOf, isAll, isNothing, isOnly, NOTHING, union } from "./chosen";

/** What is chosen after more was. Values of the rest are not taken out of it, as those are that were chosen one by one: "only this" is then only this, and "not this" as before. */
function added(before: Chosen, more: Chosen, only: boolean): Chosen {
  if (!isNothing(difference(more, before))) return union(before, more);
  if (!before.others || more.others) return difference(before, more);
  return only ? more : before;
}

/** A filter with what another one of its column adds or takes away; none where that leaves no row out. */
function joined(filter: Filter | null, more: Filter): Filter[] {
  const after = added(filter ? chosenIn(filter) : NOTHING, chosenIn(more), isOnly(more));
  return isNothing(after) || (isOnly(more) && isAll(after)) ? [] : [filterOf(more, after, isOnly(more))];
}

/** The selection of the page. */
export class PageBus implements Bus {
  selection: Selection = { time: null, filters: [], search: null };
  private readonly listeners = new Set<(selection: Selection) => void>();

  setTime(range: TimeRange | null, _from: string): void {
    const before = this.selection.time;
    if (before?.from === range?.from && before?.to === range?.to) return;
    this.put({ ...this.selection, time: range });
  }

  /** "Only this" of a column that already has one adds its value: a or b. "Not this" stands beside it: both hold. */
  toggle(wanted: Filter): void {
    if (wanted.values.some(isShared)) return;
    const filter = filterFor(wanted, wanted.values, wanted.keep);
    const { filters } = this.selection;
    const twin = filters.find((other) => isOf(other, filter) && isOnly(other) === isOnly(filter));
    this.setFilters(twin ? filters.flatMap((other) => (other === twin ? joined(twin, filter) : [other])) : [...filters, ...joined(null, filter)]);
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
