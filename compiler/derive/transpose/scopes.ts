// Where each linear node is transposed. A node that only one branch of a `cond` uses, or that depends on the parameters of a loop, is transposed
// inside; what several places use is transposed once outside, after their contributions have been added up.
import { InternalError } from '../../tensor/internal-error.ts';
import type { Node, Region } from '../../tensor/ir.ts';
import { iterationsOf } from '../region.ts';
import type { Tangent } from '../tangent.ts';

/** The outermost program, or a region of a linear loop or branch. */
export interface Scope {
  readonly parent: Scope | undefined;
  readonly depth: number;
  /** Parameters of the region. */
  readonly keys: ReadonlySet<number>;
  /** The body of a loop whose number of iterations is a size, so that values can be stacked over them. */
  readonly stacks: boolean;
  /** The linear nodes transposed here, users before arguments. */
  readonly nodes: Node[];
}

export interface Scopes {
  readonly top: Scope;
  readonly linear: (node: Node) => boolean;
  readonly of: (node: Node) => Scope;
  /** The scope of a region of a node. */
  readonly within: (node: Node, index: number) => Scope;
}

/** Places the linear nodes that the roots need. */
export function placeLinear(
  roots: readonly Tangent[],
  leaves: readonly Node<'parameter'>[],
): Scopes {
  const keys = new Set(leaves.map(({ attributes }) => attributes.key));
  const linear = (node: Node): boolean => node.free.some((key) => keys.has(key));
  const present = roots.filter((root) => root !== undefined);
  const order = linearPostorder(present, keys, linear);
  const top: Scope = { parent: undefined, depth: 0, keys: new Set(), stacks: false, nodes: [] };
  const places = new Map<number, Scope>();
  const inner = new Map<string, Scope>();

  const use = (node: Node, user: Scope): void => {
    if (!linear(node)) return;
    const scope = hoisted(node, user);
    const known = places.get(node.id);
    places.set(node.id, known === undefined ? scope : hoisted(node, common(known, scope)));
  };

  for (const root of present) use(root, top);
  for (const node of [...order].reverse()) {
    const scope = places.get(node.id);
    if (scope === undefined) throw new InternalError(`${node.op} is used nowhere`);
    scope.nodes.push(node);
    for (const arg of node.args) use(arg, scope);
    linearRegions(node).forEach((region, index) => {
      const within: Scope = {
        parent: scope,
        depth: scope.depth + 1,
        keys: new Set(region.parameters.map(({ attributes }) => attributes.key)),
        stacks: node.op === 'loop' && iterationsOf(node) !== undefined,
        nodes: [],
      };
      inner.set(`${node.id} ${index}`, within);
      for (const result of region.results) use(result, within);
    });
  }

  const expect = (scope: Scope | undefined, node: Node): Scope => {
    if (scope === undefined) throw new InternalError(`${node.op} has no place`);
    return scope;
  };
  return {
    top,
    linear,
    of: (node) => expect(places.get(node.id), node),
    within: (node, index) => expect(inner.get(`${node.id} ${index}`), node),
  };
}

/** The regions through which linear values pass. */
export const linearRegions = (node: Node): readonly Region[] =>
  node.op === 'loop'
    ? [node.attributes.region]
    : node.op === 'cond'
      ? [node.attributes.then, node.attributes.otherwise]
      : [];

/** Out of loops whose parameters the node does not use, but not out of a branch. A parameter belongs where it is bound. */
function hoisted(node: Node, from: Scope): Scope {
  let scope = from;
  while (
    scope.parent !== undefined &&
    (scope.keys.size > 0 || node.op === 'parameter') &&
    !node.free.some((key) => scope.keys.has(key))
  )
    scope = scope.parent;
  return scope;
}

function common(a: Scope, b: Scope): Scope {
  let [left, right] = [a, b];
  while (left !== right) {
    const deeper = left.depth >= right.depth ? left : right;
    if (deeper.parent === undefined) throw new InternalError('two outermost scopes');
    if (deeper === left) left = deeper.parent;
    else right = deeper.parent;
  }
  return left;
}

/** Linear nodes, arguments before users, with the states of linear loops taken as linear. */
function linearPostorder(
  roots: readonly Node[],
  keys: Set<number>,
  linear: (node: Node) => boolean,
): readonly Node[] {
  const order: Node[] = [];
  const seen = new Set<number>();
  const stack: { readonly node: Node; readonly done: boolean }[] = [];
  const push = (node: Node): void => {
    if (!seen.has(node.id) && linear(node)) stack.push({ node, done: false });
  };
  roots.forEach(push);
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, done } = top;
    if (done) {
      order.push(node);
      continue;
    }
    if (seen.has(node.id)) continue;
    seen.add(node.id);
    stack.push({ node, done: true });
    node.args.forEach(push);
    if (node.op === 'loop')
      for (const { attributes } of node.attributes.region.parameters.slice(1)) {
        if (keys.has(attributes.key)) throw new InternalError('two linear loops share a body');
        keys.add(attributes.key);
      }
    for (const region of linearRegions(node)) region.results.forEach(push);
  }
  return order;
}
