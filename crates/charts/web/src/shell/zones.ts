import { element } from "../dom";
import { offsetText, Zone } from "../time/zone";

type Supported = { supportedValuesOf?: (key: "timeZone") => string[] };

function allZones(): string[] {
  const list = (Intl as unknown as Supported).supportedValuesOf?.("timeZone") ?? [];
  return list.filter((name) => name !== "UTC" && name !== "Etc/UTC");
}

const FREQUENT = ["Europe/London", "Europe/Berlin", "America/New_York", "America/Chicago", "America/Los_Angeles", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney"];

/** The field, and a way to show another zone in it. */
export interface ZoneField {
  node: HTMLElement;
  set(zone: string): void;
}

/** The choice of a zone: UTC, that of the chart, that of the reader, those often used, then all. The long list is made when it is first opened. */
export function zoneSelect(chosen: string, own: string, change: (zone: string) => void): ZoneField {
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const now = Date.now() * 1000;
  const first = [...new Set(["UTC", own, chosen, local].filter((name) => name && Zone.isKnown(name)))];
  const text = (name: string): string => (name === "UTC" ? "UTC" : `${name}${name === local ? " (here)" : ""}  ${offsetText(now, Zone.named(name))}`);
  const option = (name: string): HTMLOptionElement => element("option", { value: name }, text(name));
  const node = element("select", { title: "Zone in which times are shown" }, ...first.map(option));
  const seen = new Set(first);
  const often = FREQUENT.filter((name) => !seen.has(name) && Zone.isKnown(name));
  node.append(element("optgroup", { label: "Often used" }, ...often.map(option)));
  const fill = (): void => {
    if (node.dataset["full"]) return;
    node.dataset["full"] = "yes";
    const rest = allZones().filter((name) => !seen.has(name) && !often.includes(name));
    node.append(element("optgroup", { label: "All" }, ...rest.map((name) => element("option", { value: name }, name))));
  };
  node.addEventListener("pointerdown", fill);
  node.addEventListener("focus", fill);
  node.value = chosen;
  node.addEventListener("change", () => change(node.value));
  const set = (zone: string): void => {
    if (![...node.options].some((entry) => entry.value === zone)) node.prepend(option(zone));
    node.value = zone;
  };
  return { node: element("label", { class: "zone" }, element("span", {}, "Times in"), node), set };
}
