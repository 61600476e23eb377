// What a certificate measures beyond one goal: what the runtime is told, and the expressions behind the names it is told.
import type { BeyondSpec } from '../../runtime/certify/beyond.ts';
import type { Node } from '../tensor/ir.ts';

export interface BeyondPlan {
  readonly spec: BeyondSpec;
  /** Asked along a run. */
  readonly measures: ReadonlyMap<string, Node>;
  /** Asked of answers alone; each group is compiled when one of its names is first asked for. */
  readonly later: readonly ReadonlyMap<string, Node>[];
}

/** Names for the expressions of a plan. */
export interface Naming {
  readonly add: (name: string, node: Node) => string;
  readonly nodes: ReadonlyMap<string, Node>;
}

export function naming(prefix: string): Naming {
  const nodes = new Map<string, Node>();
  return {
    nodes,
    add: (name, node) => {
      nodes.set(`${prefix}${name}`, node);
      return `${prefix}${name}`;
    },
  };
}
