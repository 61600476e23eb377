// What the names of a method's body stand for at a moment: single assignments. Values are pure nodes; a name by which a derivative is taken stands for
// a parameter of its own (opaque), which `settle` replaces by its definition in the end.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substitute, substituteIn } from '../../tensor/substitute.ts';
import type { Batch } from '../context.ts';
import type { IndexSet } from '../../model/types.ts';

/** Values by key: `x` of a pattern variable, the key of a state, let or draw, `report r`, `return 0`, `stopped`. */
export interface Environment {
  readonly values: ReadonlyMap<string, Node>;
  /** A pattern variable whose parts were assigned one by one: its parts in order. The flat vector is joined when it is read. */
  readonly parts: ReadonlyMap<string, readonly Node[]>;
  readonly batches: ReadonlyMap<IndexSet, Batch>;
}

export const emptyEnvironment: Environment = {
  values: new Map(),
  parts: new Map(),
  batches: new Map(),
};

export function assign(
  environment: Environment,
  entries: readonly (readonly [string, Node])[],
): Environment {
  const values = new Map(environment.values);
  for (const [key, value] of entries) values.set(key, value);
  if (environment.parts.size === 0) return { ...environment, values };
  const parts = new Map(environment.parts);
  for (const [key] of entries) parts.delete(key);
  return { ...environment, values, parts };
}

/** Definitions of opaque names, oldest first; a definition uses only older ones. */
export interface Definitions {
  readonly define: (value: Node, name: string, kind: 'let' | 'state') => Node;
  /** How many there are now. */
  readonly mark: () => number;
  /** The nodes with the definitions made since a mark put in; they are forgotten. */
  readonly settle: (nodes: readonly Node[], since: number) => readonly Node[];
  /** The node with every `let` but one name's put in: a derivative follows lets, while states have values of their own. */
  readonly expose: (node: Node, but: Node) => Node;
}

interface Definition {
  readonly parameter: Node;
  readonly value: Node;
  readonly name: string;
  readonly kind: 'let' | 'state';
}

export function createDefinitions(graph: Graph): Definitions {
  const list: Definition[] = [];
  const values = (definitions: readonly Definition[]): ReadonlyMap<Node, Node> => {
    const replace = new Map<Node, Node>();
    for (const { parameter, value } of definitions)
      replace.set(parameter, substituteIn(graph, value, replace));
    return replace;
  };
  return {
    define: (value, name, kind) => {
      const known = list.find((entry) => entry.value === value && entry.name === name);
      if (known !== undefined) return known.parameter;
      const parameter = graph.parameter(value.type, name);
      list.push({ parameter, value, name, kind });
      return parameter;
    },
    mark: () => list.length,
    settle: (nodes, since) => {
      const replace = values(list.splice(since));
      return replace.size === 0 ? nodes : substitute(graph, nodes, replace);
    },
    expose: (node, but) => {
      const lets = list.filter(({ kind, parameter }) => kind === 'let' && parameter !== but);
      return lets.length === 0 ? node : substituteIn(graph, node, values(lets));
    },
  };
}
