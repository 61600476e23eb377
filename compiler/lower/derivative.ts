// Derivatives of expressions that may hold oracle calls (`f(u)` of a pattern): each distinct function, point and derivative stays one counted call.
// An oracle's value is cut out as a leaf, the rest is differentiated as usual, and its own derivative is wrapped again (tensor/oracle-derivatives.ts). Those within
// loops and within other calls are wrapped where their tangents pass (derive/jvp).
import { grad } from '../derive/grad.ts';
import { hess } from '../derive/hess.ts';
import { jac } from '../derive/jac.ts';
import { jvp } from '../derive/jvp.ts';
import { laplacian } from '../derive/laplacian.ts';
import { materialize } from '../derive/tangent.ts';
import { vjp } from '../derive/vjp.ts';
import { productOfDims } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node, OracleKind } from '../tensor/ir.ts';
import { forwardKinds, reverseKinds } from '../tensor/oracle-derivatives.ts';
import { substitute, substituteIn } from '../tensor/substitute.ts';
import { isOp } from '../tensor/type.ts';
import { dependents, operandsOf } from '../tensor/visit.ts';

/** The gradient of a scalar by a leaf. */
export function gradOf(graph: Graph, scalar: Node, leaf: Node): Node {
  const oracles = oraclesOn(scalar, leaf);
  if (oracles.length === 0) return grad(graph, scalar, leaf);
  const { outer, cuts } = cutOut(graph, scalar, oracles);
  const direct = grad(graph, outer, leaf);
  const parts = cuts.map(({ oracle, value }) => {
    const weight = grad(graph, outer, value);
    return pullBack(graph, oracle, weight, leaf);
  });
  const sum = [direct, ...parts].reduce((a, b) => plus(graph, a, b));
  return restore(graph, sum, cuts);
}

/** The derivative along `direction`, in the shape of the expression. */
export function jvpOf(graph: Graph, expression: Node, leaf: Node, direction: Node): Node {
  const oracles = oraclesOn(expression, leaf);
  const along = (of: Node, wrt: readonly Node[], by: readonly Node[]): Node =>
    materialize(graph, jvp(graph, [of], wrt, by)[0], of.type.shape);
  if (oracles.length === 0) return along(expression, [leaf], [direction]);
  const { outer, cuts } = cutOut(graph, expression, oracles);
  const moved = cuts.map(({ oracle }) =>
    wrapLike(graph, oracle, along(stripped(oracle), [leaf], [direction]), forwardKinds),
  );
  const made = along(outer, [leaf, ...cuts.map((cut) => cut.value)], [direction, ...moved]);
  return restore(graph, made, cuts);
}

/** The second derivative of a scalar times `direction`. */
export const hvpOf = (graph: Graph, scalar: Node, leaf: Node, direction: Node): Node =>
  jvpOf(graph, gradOf(graph, scalar, leaf), leaf, direction);

/** Whole matrices: counted as one product for each entry of the leaf. */
export const jacOf = (graph: Graph, expression: Node, leaf: Node): Node =>
  expression.type.shape.length === 0
    ? gradOf(graph, expression, leaf)
    : counted(graph, expression, leaf, 'jvps', jac);

export const hessOf = (graph: Graph, scalar: Node, leaf: Node): Node =>
  counted(graph, scalar, leaf, 'hvps', hess);

export const laplacianOf = (graph: Graph, scalar: Node, leaf: Node): Node =>
  counted(graph, scalar, leaf, 'hvps', laplacian);

function counted(
  graph: Graph,
  expression: Node,
  leaf: Node,
  kind: OracleKind,
  derivative: (graph: Graph, expression: Node, leaf: Node) => Node,
): Node {
  const oracles = oraclesOn(expression, leaf);
  const bare = substituteIn(
    graph,
    expression,
    new Map(oracles.map((oracle) => [oracle, stripped(oracle)])),
  );
  const made = derivative(graph, bare, leaf);
  const times = productOfDims(leaf.type.shape);
  const names = new Set(oracles.map((oracle) => oracle.attributes.name));
  return [...names].reduce((node, name) => graph.oracle(node, kind, name, times), made);
}

interface Cut {
  readonly oracle: Node<'oracle'>;
  readonly value: Node<'parameter'>;
}

/** The outermost oracle nodes that depend on the leaf. Those inside loops depend on the loop's parameters and are left alone. */
function oraclesOn(root: Node, leaf: Node): readonly Node<'oracle'>[] {
  const bound = dependents([root], [leaf]);
  const found: Node<'oracle'>[] = [];
  const seen = new Set<number>();
  const stack = [root];
  const outside = new Set(root.free);
  for (const key of leaf.free) outside.add(key);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node.id) || !bound.has(node.id)) continue;
    seen.add(node.id);
    const reachable = node.free.every((key) => outside.has(key));
    if (isOp(node, 'oracle') && reachable) found.push(node);
    else stack.push(...operandsOf(node));
  }
  return found;
}

function cutOut(
  graph: Graph,
  root: Node,
  oracles: readonly Node<'oracle'>[],
): { readonly outer: Node; readonly cuts: readonly Cut[] } {
  const cuts = oracles.map((oracle) => ({
    oracle,
    value: graph.parameter(oracle.type, oracle.attributes.name),
  }));
  const replace = new Map<Node, Node>(cuts.map(({ oracle, value }) => [oracle, value]));
  return { outer: substituteIn(graph, root, replace), cuts };
}

const restore = (graph: Graph, node: Node, cuts: readonly Cut[]): Node =>
  substitute(graph, [node], new Map(cuts.map(({ oracle, value }) => [value, oracle])))[0];

/** The oracle's share of a gradient: its own counted derivative, weighted. */
function pullBack(graph: Graph, oracle: Node<'oracle'>, weight: Node, leaf: Node): Node {
  const body = stripped(oracle);
  if (body.type.shape.length === 0)
    return graph.mul(weight, wrapLike(graph, oracle, grad(graph, body, leaf), reverseKinds));
  const [pulled] = vjp(graph, [body], [leaf], [weight]);
  return wrapLike(graph, oracle, materialize(graph, pulled, leaf.type.shape), reverseKinds);
}

/** The value below the oracle nodes that lie directly upon each other. */
function stripped(node: Node): Node {
  let inner = node;
  while (isOp(inner, 'oracle')) [inner] = inner.args;
  return inner;
}

/** The oracle nodes of one call round the derivative of its value. */
function wrapLike(
  graph: Graph,
  oracle: Node<'oracle'>,
  derivative: Node,
  kinds: { readonly [K in OracleKind]: OracleKind },
): Node {
  const { kind, name, times } = oracle.attributes;
  const [below] = oracle.args;
  const inner = isOp(below, 'oracle') ? wrapLike(graph, below, derivative, kinds) : derivative;
  return graph.oracle(inner, kinds[kind], name, times);
}

function plus(graph: Graph, a: Node, b: Node): Node {
  return isZero(a) ? b : isZero(b) ? a : graph.add(a, b);
}

function isZero(node: Node): boolean {
  const inner = isOp(node, 'broadcast') ? node.args[0] : node;
  return isOp(inner, 'constant') && inner.attributes.value === 0;
}
