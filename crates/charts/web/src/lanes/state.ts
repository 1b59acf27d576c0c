import type { Lanes, Sort } from "./layout";
import type { Tools } from "./tools";
import type { View } from "../time/view";

const SORTS: readonly Sort[] = ["given", "count", "first", "name"];

/** What the address keeps of a chart with a time axis: `v:<from>,<to>;off:1,2;sort:count;lin`. */
export function write(view: View, lanes: Lanes, tools: Tools): string {
  const parts: string[] = [];
  if (!view.isWhole) parts.push(`v:${Math.ceil(view.from)},${Math.floor(view.to)}`);
  if (!lanes.allOn) {
    const few = lanes.onCount * 2 < lanes.count;
    const wanted = few ? 1 : 0;
    const list = [...lanes.on.keys()].filter((lane) => lanes.on[lane] === wanted);
    parts.push(`${few ? "on" : "off"}:${list.join(",")}`);
  }
  if (lanes.sort !== "given") parts.push(`sort:${lanes.sort}`);
  if (!tools.logarithmic) parts.push("lin");
  return parts.join(";");
}

/** What the state does not say is as it was first. */
export function read(state: string, view: View, lanes: Lanes, tools: Tools): void {
  lanes.all();
  lanes.arrange("given");
  tools.logarithmic = true;
  view.begin(view.first, view.last);
  for (const part of state.split(";")) {
    const [key, value = ""] = part.split(":");
    const list = value.split(",").map(Number);
    if (key === "v" && list.length === 2 && list.every(Number.isFinite)) view.begin(list[0]!, list[1]!);
    if (key === "on" || key === "off") {
      lanes.on.fill(key === "on" ? 0 : 1);
      for (const lane of list) if (Number.isInteger(lane) && lane >= 0 && lane < lanes.count) lanes.on[lane] = key === "on" ? 1 : 0;
      if (lanes.onCount === 0) lanes.all();
    }
    if (key === "sort" && SORTS.includes(value as Sort)) lanes.arrange(value as Sort);
    if (key === "lin") tools.logarithmic = false;
  }
  tools.show();
}
