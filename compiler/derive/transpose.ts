// Turns a linear program around: from the cotangents of its results to those of its leaves. Users before arguments, each node once.
import type { Graph } from '../tensor/graph.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node, NodeOf } from '../tensor/ir.ts';
import { addTangents, type Tangent } from './tangent.ts';
import type {
  Contribution,
  LinearOp,
  RegionCotangents,
  TransposeContext,
} from './transpose/rule.ts';
import { placeLinear, type Scope, type Scopes } from './transpose/scopes.ts';
import { transposeRules } from './transpose/table.ts';

/** The cotangents of the leaves, for roots linear in them; `undefined` is zero. */
export function transposeProgram(
  graph: Graph,
  roots: readonly Tangent[],
  cotangents: readonly Tangent[],
  leaves: readonly Node<'parameter'>[],
): readonly Tangent[] {
  const scopes = placeLinear(roots, leaves);
  const sums = createSums(graph, scopes);
  roots.forEach((root, k) => {
    if (root !== undefined) sums.add(root, cotangents[k]);
  });
  transposeScope(graph, scopes, scopes.top, sums);
  return leaves.map((leaf) => sums.of(leaf)[0]);
}

/** Cotangents gathered so far in one scope. */
interface Sums {
  readonly add: TransposeContext['add'];
  readonly of: (node: Node) => readonly Tangent[];
  readonly all: () => readonly Contribution[];
}

function createSums(graph: Graph, { linear }: Scopes): Sums {
  const found = new Map<number, { readonly node: Node; readonly cotangents: Tangent[] }>();
  return {
    add: (node, cotangent, index = 0) => {
      if (cotangent === undefined || !linear(node)) return;
      const span = graph.origin(node);
      if (span !== undefined && cotangent.args.length > 0) graph.setOrigin(cotangent, span);
      const entry = found.get(node.id) ?? { node, cotangents: [] };
      entry.cotangents[index] = addTangents(graph, entry.cotangents[index], cotangent);
      found.set(node.id, entry);
    },
    of: (node) => found.get(node.id)?.cotangents ?? [],
    all: () =>
      [...found.values()].flatMap(({ node, cotangents }) =>
        cotangents.flatMap((cotangent, index) =>
          cotangent === undefined ? [] : [{ node, index, cotangent }],
        ),
      ),
  };
}

function transposeScope(graph: Graph, scopes: Scopes, scope: Scope, sums: Sums): void {
  const context: TransposeContext = {
    graph,
    linear: scopes.linear,
    add: sums.add,
    region: (node, index, seeds) => transposeRegion(graph, scopes, node, index, seeds),
  };
  for (const node of scope.nodes) {
    const cotangents = sums.of(node);
    if (cotangents.length > 0 && !looksOutside(scopes, scope, node))
      apply(node, cotangents, context);
  }
}

function transposeRegion(
  graph: Graph,
  scopes: Scopes,
  node: Node,
  index: number,
  seeds: readonly Tangent[],
): RegionCotangents {
  const scope = scopes.within(node, index);
  const sums = createSums(graph, scopes);
  regionResults(node, index).forEach((result, k) => sums.add(result, seeds[k]));
  transposeScope(graph, scopes, scope, sums);
  return {
    of: (parameter) => sums.of(parameter)[0],
    outside: sums
      .all()
      .filter(
        (found) => scopes.of(found.node) !== scope || looksOutside(scopes, scope, found.node),
      ),
  };
}

const regionResults = (node: Node, index: number): readonly Node[] => {
  if (node.op === 'loop') return node.attributes.region.results;
  if (node.op === 'cond')
    return index === 0 ? node.attributes.then.results : node.attributes.otherwise.results;
  throw new InternalError(`${node.op} has no linear region`);
};

function apply<O extends LinearOp>(
  node: Node,
  cotangents: readonly Tangent[],
  context: TransposeContext,
): void {
  if (!isLinear<O>(node)) throw new InternalError(`${node.op} in a linear program`);
  transposeRules[node.op](node, cotangents, context);
}

const isLinear = <O extends LinearOp>(node: Node): node is NodeOf<O> & Node =>
  Object.hasOwn(transposeRules, node.op);

/** Whether a node of a loop's body looks up entries of an array from outside: its cotangent is stacked over the iterations and scattered once. */
function looksOutside(scopes: Scopes, scope: Scope, node: Node): boolean {
  if (node.op !== 'gather' || !scope.stacks) return false;
  return scopes.of(node.args[0]) !== scope;
}
