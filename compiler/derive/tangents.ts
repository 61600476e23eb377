// Pushes tangents forward through a graph. One walk for each level of regions, arguments before users, each node once.
import type { Graph } from '../tensor/graph.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node, NodeOf, Op } from '../tensor/ir.ts';
import { movingArgs, movingBodies } from './jvp/operands.ts';
import type { JvpContext, JvpRule, Mode } from './jvp/rule.ts';
import { jvpRules } from './jvp/table.ts';
import { NotDifferentiable } from './not-differentiable.ts';
import { replaceThroughout } from './replace.ts';
import { copyRegion, dependsOnAny } from './region.ts';
import type { Tangent } from './tangent.ts';

/** Nodes taken as leaves, with their tangents. */
export type Seeds = ReadonlyMap<Node, Tangent>;

export interface Tangents {
  readonly of: (node: Node) => Tangent;
  /** Nodes with loops replaced by the twins that also store what the linear loops read. */
  readonly settle: (nodes: readonly Node[]) => readonly Node[];
}

export function createTangents(graph: Graph, seeds: Seeds, mode: Mode): Tangents {
  const known = new Map<number, readonly Tangent[]>();
  const reached = new Map<number, boolean>();
  const activeKeys = new Set<number>();
  const entered = new Set<number>();
  const closed = new Set<number>();
  const replacements = new Map<Node, Node>();
  for (const [node, tangent] of seeds) {
    known.set(node.id, [tangent]);
    reached.set(node.id, tangent !== undefined);
  }

  const active = (node: Node): boolean =>
    node.free.some((key) => activeKeys.has(key)) || reaches(node, reached);

  const context: JvpContext = {
    graph,
    mode,
    active,
    tangents,
    tangent: (node) => tangents(node)[0],
    bind: (parameter, tangent) => {
      known.set(parameter.id, [tangent]);
      if (tangent !== undefined) activeKeys.add(parameter.attributes.key);
    },
    within: (region, work) => {
      const { parameters } = region;
      const known = parameters.some(({ id }) => entered.has(id));
      for (const { id } of parameters) entered.add(id);
      const own = known ? copyRegion(graph, region) : region;
      const result = work(own);
      for (const { attributes } of own.parameters) closed.add(attributes.key);
      return result;
    },
    replace: (node, by) => replacements.set(node, by),
    settleWithin: (nodes, { parameters }) =>
      replaced(nodes, ([node]) => dependsOnAny(node, parameters)),
  };

  /** Replacements within regions that are done with have been made there. */
  function replaced(
    nodes: readonly Node[],
    wanted: (pair: readonly [Node, Node]) => boolean,
  ): readonly Node[] {
    const pairs = [...replacements].filter(
      (pair) => wanted(pair) && !pair[0].free.some((key) => closed.has(key)),
    );
    return pairs.length === 0 ? nodes : replaceThroughout(graph, nodes, new Map(pairs));
  }
  function settle(nodes: readonly Node[]): readonly Node[] {
    return replaced(nodes, () => true);
  }

  function tangents(node: Node): readonly Tangent[] {
    const stack: { readonly node: Node; readonly done: boolean }[] = [{ node, done: false }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const current = top.node;
      if (known.has(current.id)) continue;
      if (!active(current)) known.set(current.id, noTangents(current));
      else if (top.done) known.set(current.id, withOrigin(graph, current, apply(current, context)));
      else {
        stack.push({ node: current, done: true });
        // The branches of a `cond` have no parameters, so they need no walk of their own.
        const operands = current.op === 'cond' ? movingBodies(current) : movingArgs(current);
        for (const operand of operands)
          if (!known.has(operand.id)) stack.push({ node: operand, done: false });
      }
    }
    const found = known.get(node.id);
    if (found === undefined) throw new InternalError(`no tangent of ${node.op}`);
    return found;
  }

  return { of: (node) => tangents(node)[0], settle };
}

const noTangents = (node: Node): readonly Tangent[] => node.results.map(() => undefined);

/** A derivative comes from where its function does. */
function withOrigin(graph: Graph, node: Node, found: readonly Tangent[]): readonly Tangent[] {
  const span = graph.origin(node);
  if (span !== undefined)
    for (const tangent of found)
      if (tangent !== undefined && tangent.args.length > 0) graph.setOrigin(tangent, span);
  return found;
}

function apply<O extends Op>(node: NodeOf<O> & Node, context: JvpContext): readonly Tangent[] {
  if (node.type.element === 'complex')
    throw new NotDifferentiable(node, 'derivatives of complex values are not supported');
  const rule: JvpRule<O> = jvpRules[node.op];
  return rule(node, context);
}

/** Whether a node depends on a seed, through regions; remembers the answers. */
function reaches(root: Node, reached: Map<number, boolean>): boolean {
  const stack: { readonly node: Node; readonly done: boolean }[] = [{ node: root, done: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, done } = top;
    if (reached.has(node.id)) continue;
    const operands = [...movingArgs(node), ...movingBodies(node)];
    if (done)
      reached.set(
        node.id,
        operands.some(({ id }) => reached.get(id) === true),
      );
    else {
      stack.push({ node, done: true });
      for (const operand of operands)
        if (!reached.has(operand.id)) stack.push({ node: operand, done: false });
    }
  }
  return reached.get(root.id) === true;
}
