import type { SourceColumn } from "../page";

/** See FORMAT.md. */
export interface GraphSpec {
  nodes: {
    name: string[];
    raw: (string | null)[];
    kind: number[];
    count: number[];
    x: number[];
    y: number[];
    attributes: [number, string][][];
  };
  kinds: string[];
  attributes: string[];
  edges: {
    source: number[];
    target: number[];
    count: number[];
    value: (number | null)[];
    label: string[];
    /** Null where no edge has a time. */
    first: (number | null)[] | null;
    last: (number | null)[] | null;
  };
  directed: boolean;
  source: SourceColumn;
  target: SourceColumn;
  time?: SourceColumn | null;
}

/** How nodes and edges hang together. */
export class Links {
  /** For each node its edges. */
  readonly at: number[][];
  readonly isSource: boolean[];
  readonly isTarget: boolean[];

  constructor(readonly spec: GraphSpec) {
    const count = spec.nodes.name.length;
    this.at = Array.from({ length: count }, () => []);
    this.isSource = Array.from({ length: count }, () => false);
    this.isTarget = Array.from({ length: count }, () => false);
    spec.edges.source.forEach((source, edge) => {
      const target = spec.edges.target[edge] ?? source;
      this.at[source]?.push(edge);
      if (target !== source) this.at[target]?.push(edge);
      this.isSource[source] = true;
      this.isTarget[target] = true;
      if (!spec.directed) {
        this.isSource[target] = true;
        this.isTarget[source] = true;
      }
    });
  }

  neighbours(node: number): number[] {
    const { source, target } = this.spec.edges;
    return (this.at[node] ?? []).map((edge) => (source[edge] === node ? target[edge] : source[edge]) ?? node);
  }
}
