import type { SourceColumn } from "../page";
import type { Value } from "../registry";
import { valuesOf } from "../values";

/** See FORMAT.md. */
export interface SankeySpec {
  nodes: { name: string[]; raw: (string | null)[]; level: number[]; other: boolean[] };
  links: { source: number[]; target: number[]; value: number[]; count: number[] };
  measure: string;
  sources: SourceColumn[];
  pairs: boolean;
}

/** What a node is a value of, at one end of flows. */
export interface End {
  column: SourceColumn | null;
  value: Value | null;
}

const NO_END: End = { column: null, value: null };

/** What nodes stand for where flows begin and where they end. Of pairs these are two columns, and a node may be a value of both. */
export class Ends {
  readonly isSource: readonly boolean[];
  readonly isTarget: readonly boolean[];
  private readonly sources: readonly End[];
  private readonly targets: readonly End[];

  constructor(private readonly spec: SankeySpec) {
    const { nodes, links, pairs } = spec;
    this.isSource = marks(links.source, nodes.name.length);
    this.isTarget = marks(links.target, nodes.name.length);
    this.sources = pairs ? side(spec, 0, this.isSource) : levels(spec);
    this.targets = pairs ? side(spec, 1, this.isTarget) : this.sources;
  }

  /** A node where flows begin. */
  source(node: number): End {
    return this.sources[node] ?? NO_END;
  }

  /** A node where flows end. */
  target(node: number): End {
    return this.targets[node] ?? NO_END;
  }

  /** All that a node is. */
  of(node: number): readonly End[] {
    if (!this.spec.pairs) return [this.source(node)];
    return [...(this.isSource[node] ? [this.source(node)] : []), ...(this.isTarget[node] ? [this.target(node)] : [])];
  }
}

function marks(nodes: readonly number[], count: number): boolean[] {
  const marked = new Array<boolean>(count).fill(false);
  for (const node of nodes) marked[node] = true;
  return marked;
}

/** The nodes of one column among each other. Rows with NULL have no flow. */
function put({ nodes }: SankeySpec, places: readonly number[], column: SourceColumn | undefined, ends: End[]): void {
  const values = valuesOf(places.map((node) => ({ shown: nodes.name[node] ?? "", raw: nodes.raw[node], other: nodes.other[node] })), true);
  places.forEach((node, at) => (ends[node] = { column: column ?? null, value: values[at] ?? null }));
}

function levels(spec: SankeySpec): End[] {
  const { level } = spec.nodes;
  const places = new Map<number, number[]>();
  level.forEach((at, node) => {
    const known = places.get(at);
    if (known) known.push(node);
    else places.set(at, [node]);
  });
  const ends: End[] = [];
  for (const [at, nodes] of places) put(spec, nodes, spec.sources[at], ends);
  return ends;
}

/** One side of pairs. What has a name is in no rest, wherever it is drawn; a rest of the other side is none here. */
function side(spec: SankeySpec, column: 0 | 1, isOn: readonly boolean[]): End[] {
  const ends: End[] = [];
  const { name, other } = spec.nodes;
  put(spec, name.map((_, node) => node).filter((node) => isOn[node] || !other[node]), spec.sources[column], ends);
  return ends;
}
