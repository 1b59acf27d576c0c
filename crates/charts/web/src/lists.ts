/** No list of a page is longer, whoever wrote it: what charts do with each of its items then ends. */
export const MOST_ITEMS = 1_000_000;

export const isList = (value: unknown, most = MOST_ITEMS): value is unknown[] => Array.isArray(value) && value.length <= most;
