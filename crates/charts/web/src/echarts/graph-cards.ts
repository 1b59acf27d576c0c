import type { CardLine, Services } from "../registry";
import type { GraphSpec, Links } from "./graph-spec";
import { plain } from "./narrow";
import { columnKey, valueOf } from "../values";

/** What is said of a node; its name can be made a filter of each column that it is in. */
export function nodeLines(spec: GraphSpec, links: Links, services: Services, node: number): CardLine[] {
  const { nodes, kinds, attributes, source, target, edges } = spec;
  const { formatNumber, formatTime } = services;
  const value = valueOf(nodes.name[node] ?? "", nodes.raw[node]);
  const lines: CardLine[] = [];
  if (links.isSource[node]) lines.push({ name: source.name, value, sql: source.sql });
  if (links.isTarget[node] && (columnKey(target) !== columnKey(source) || lines.length === 0)) lines.push({ name: target.name, value, sql: target.sql });
  if (lines.length === 0) lines.push({ name: "name", value });
  const mine = links.at[node] ?? [];
  lines.push({ name: "kind", value: plain(kinds[nodes.kind[node] ?? 0] ?? "") });
  lines.push({ name: "rows", value: plain(formatNumber(nodes.count[node] ?? 0)) });
  lines.push({ name: "neighbours", value: plain(formatNumber(new Set(links.neighbours(node)).size)) });
  for (const [name, text] of nodes.attributes[node] ?? []) lines.push({ name: attributes[name] ?? "", value: plain(text) });
  const first = mine.map((edge) => edges.first?.[edge] ?? null).filter((time) => time !== null);
  const last = mine.map((edge) => edges.last?.[edge] ?? null).filter((time) => time !== null);
  if (first.length > 0) lines.push({ name: "first", value: plain(formatTime(first.reduce((a, b) => Math.min(a, b)))) });
  if (last.length > 0) lines.push({ name: "last", value: plain(formatTime(last.reduce((a, b) => Math.max(a, b)))) });
  return lines;
}

/** What is said of an edge. */
export function edgeLines(spec: GraphSpec, services: Services, edge: number): CardLine[] {
  const { nodes, edges, source, target } = spec;
  const { formatNumber, formatTime } = services;
  const [from, to] = [edges.source[edge] ?? 0, edges.target[edge] ?? 0];
  const lines: CardLine[] = [
    { name: source.name, value: valueOf(nodes.name[from] ?? "", nodes.raw[from]), sql: source.sql },
    { name: target.name, value: valueOf(nodes.name[to] ?? "", nodes.raw[to]), sql: target.sql },
    { name: "rows", value: plain(formatNumber(edges.count[edge] ?? 0)) },
  ];
  const value = edges.value[edge] ?? null;
  if (value !== null) lines.push({ name: "value", value: plain(formatNumber(value)) });
  if (edges.label[edge]) lines.push({ name: "label", value: plain(edges.label[edge] ?? "") });
  for (const [name, time] of [["first", edges.first?.[edge] ?? null], ["last", edges.last?.[edge] ?? null]] as const) {
    if (time !== null) lines.push({ name, value: plain(formatTime(time)) });
  }
  return lines;
}
