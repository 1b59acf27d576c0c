import type { Cell, Context, Table } from "../registry";
import type { GraphSpec } from "./graph-spec";
import { numberCell, plain, tableOf, timeCell } from "./narrow";
import { valueOf } from "../values";

/** Edges with what is known of their ends, then nodes without edges. */
export function edgeTable(context: Context<never>, spec: GraphSpec, shown: readonly number[], alone: readonly number[]): Table {
  const { edges, nodes, source, target, attributes } = spec;
  const said = (node: number): string => (nodes.attributes[node] ?? []).map(([name, text]) => `${attributes[name] ?? ""}: ${text}`).join("; ");
  const text = (words: string): Cell => plain(words);
  const hasLabel = edges.label.some(Boolean);
  const hasValue = edges.value.some((value) => value !== null);
  const hasTime = edges.first?.some((time) => time !== null) ?? false;
  const columns = [
    { name: source.name, sql: source.sql },
    { name: target.name, sql: target.sql },
    { name: "rows", numeric: true },
    ...(hasValue ? [{ name: "value", numeric: true }] : []),
    ...(hasLabel ? [{ name: "label" }] : []),
    ...(hasTime ? [{ name: "first" }, { name: "last" }] : []),
    ...(attributes.length > 0 ? [{ name: `of ${source.name}` }, { name: `of ${target.name}` }] : []),
  ];
  const rows = [...shown.map((edge) => ({ edge, from: edges.source[edge] ?? 0, to: edges.target[edge] ?? 0 })), ...alone.map((node) => ({ edge: -1, from: node, to: -1 }))];
  return tableOf(
    columns,
    rows.map(({ edge, from, to }) => () => [
      valueOf(nodes.name[from] ?? "", nodes.raw[from]),
      to < 0 ? null : valueOf(nodes.name[to] ?? "", nodes.raw[to]),
      numberCell(edge < 0 ? nodes.count[from] : edges.count[edge]),
      ...(hasValue ? [numberCell(edges.value[edge])] : []),
      ...(hasLabel ? [text(edges.label[edge] ?? "")] : []),
      ...(hasTime ? [timeCell(context, edges.first?.[edge]), timeCell(context, edges.last?.[edge])] : []),
      ...(attributes.length > 0 ? [text(said(from)), text(to < 0 ? "" : said(to))] : []),
    ]),
  );
}
