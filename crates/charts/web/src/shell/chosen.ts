import type { SourceColumn } from "../page";
import type { Filter, Value } from "../registry";
import { keyOf } from "../values";

/** What was chosen of a column, for "only these" or for "not these": the values of a list, or with `others` all but these. */
export interface Chosen {
  values: readonly (Value | null)[];
  others: boolean;
}

type Values = Chosen["values"];

export const NOTHING: Chosen = { values: [], others: false };

export const chosenIn = ({ values, turned }: Filter): Chosen => ({ values, others: turned === true });

/** Whether a filter says "only these". */
export const isOnly = (filter: Filter): boolean => filter.keep !== (filter.turned === true);

export function filterOf({ name, sql }: SourceColumn, { values, others }: Chosen, only: boolean): Filter {
  return { name, sql, values, keep: only !== others, ...(others ? { turned: true } : {}) };
}

function without(left: Values, right: Values): Values {
  const gone = new Set(right.map(keyOf));
  return left.filter((value) => !gone.has(keyOf(value)));
}

const together = (left: Values, right: Values): Values => [...left, ...without(right, left)];
const both = (left: Values, right: Values): Values => without(left, without(left, right));

export function union(left: Chosen, right: Chosen): Chosen {
  if (left.others && right.others) return { values: both(left.values, right.values), others: true };
  if (left.others) return { values: without(left.values, right.values), others: true };
  if (right.others) return { values: without(right.values, left.values), others: true };
  return { values: together(left.values, right.values), others: false };
}

export function difference(left: Chosen, right: Chosen): Chosen {
  if (left.others && right.others) return { values: without(right.values, left.values), others: false };
  if (left.others) return { values: together(left.values, right.values), others: true };
  return { values: right.others ? both(left.values, right.values) : without(left.values, right.values), others: false };
}

/** No value at all. What is not in a list is never nothing: nobody knows all values of a column. */
export const isNothing = ({ values, others }: Chosen): boolean => !others && values.length === 0;

/** Every value there is. */
export const isAll = ({ values, others }: Chosen): boolean => others && values.length === 0;
