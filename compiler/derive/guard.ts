// `if x > 0 then x*log(x) else 0` has the derivative 0 at x = 0, although log(x) + 1 is infinite there: the factor that may fail is replaced where its
// branch is not taken, so that no 0 * infinity arises, forward or backward.
import type { Graph } from '../tensor/graph.ts';
import type { BinaryFn, Node, UnaryFn } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';

/** The tangent of a branch, equal where `taken` holds, finite elsewhere if it is the product of finite tangents and factors. Looks through elementwise
 * operations only. */
export function guardTangent(graph: Graph, tangent: Node, taken: Node): Node {
  const done = new Map<number, Node>();
  const guarded = (node: Node): Node => done.get(node.id) ?? node;
  for (const node of elementwiseBelow(tangent))
    done.set(node.id, guard(graph, node, taken, guarded));
  return guarded(tangent);
}

/** Rules build products as (factor, tangent) and quotients as (tangent, factor). */
function guard(graph: Graph, node: Node, taken: Node, guarded: (node: Node) => Node): Node {
  if (node.op === 'unary') return graph.unary(node.attributes.fn, guarded(node.args[0]));
  if (node.op === 'select') {
    const [condition, x, y] = node.args;
    return graph.select(condition, guarded(x), guarded(y));
  }
  if (node.op !== 'binary') return node;
  const { fn } = node.attributes;
  const [x, y] = node.args;
  if (fn === 'mul') return graph.mul(mayFail(x) ? graph.select(taken, x, 0) : x, guarded(y));
  if (fn === 'div') return graph.div(guarded(x), neverZero(y) ? y : graph.select(taken, y, 1));
  return graph.binary(fn, guarded(x), guarded(y));
}

/** How many operations of a branch are looked through. */
const REACH = 64;

interface Visit {
  readonly node: Node;
  readonly done: boolean;
  /** Not yet below a factor: a branch within the branch is looked into, an earlier value that was itself chosen is not. So chains stay cheap. */
  readonly direct: boolean;
}

/** The tangents that a tangent is built of, elementwise, operands first. */
function elementwiseBelow(tangent: Node): readonly Node[] {
  const order: Node[] = [];
  const seen = new Set<number>();
  const stack: Visit[] = [{ node: tangent, done: false, direct: true }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, done, direct } = top;
    if (done) order.push(node);
    if (done || seen.has(node.id) || (node.op === 'select' && !direct)) continue;
    seen.add(node.id);
    stack.push({ node, done: true, direct });
    if (seen.size > REACH) continue;
    const below = direct && !scales(node);
    for (const part of tangentParts(node)) stack.push({ node: part, done: false, direct: below });
  }
  return order;
}

const scales = (node: Node): boolean =>
  node.op === 'binary' && (node.attributes.fn === 'mul' || node.attributes.fn === 'div');

function tangentParts(node: Node): readonly Node[] {
  if (node.op === 'unary') return node.attributes.fn === 'neg' ? node.args : [];
  if (node.op === 'select') return node.args.slice(1);
  if (node.op !== 'binary') return [];
  const { fn } = node.attributes;
  if (fn === 'mul') return node.args.slice(1);
  if (fn === 'div') return node.args.slice(0, 1);
  return fn === 'add' || fn === 'sub' ? node.args : [];
}

/** How many operations a factor is searched for one that may fail; a longer one is taken to fail. */
const SEARCH = 40;

/** Whether an elementwise factor may be infinite or not a number for finite arguments. */
function mayFail(factor: Node): boolean {
  const stack = [factor];
  const seen = new Set<number>();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node.id)) continue;
    seen.add(node.id);
    if (seen.size > SEARCH) return true;
    if (node.op === 'unary' && !boundedUnary.has(node.attributes.fn)) return true;
    if (node.op === 'binary' && !isHarmless(node.attributes.fn, node.args[1])) return true;
    if (node.op === 'unary' || node.op === 'binary' || node.op === 'select')
      stack.push(...node.args);
  }
  return false;
}

/** Finite wherever their argument is, and not growing exponentially. */
const boundedUnary: ReadonlySet<UnaryFn> = new Set([
  'neg',
  'abs',
  'sign',
  'cbrt',
  'sin',
  'cos',
  'atan',
  'tanh',
  'sigmoid',
  'softplus',
  'erf',
  'floor',
  'ceil',
  'round',
  'not',
  'isnan',
]);

const harmful: ReadonlySet<BinaryFn> = new Set(['div', 'mod', 'pow', 'xlogy', 'kl']);

function isHarmless(fn: BinaryFn, right: Node): boolean {
  if (!harmful.has(fn)) return true;
  if (fn === 'div') return neverZero(right);
  const value = constantEntry(right);
  return fn === 'pow' && value !== undefined && Number.isInteger(value) && value >= 0;
}

/** Constants and sizes, and products of them. */
function neverZero(factor: Node): boolean {
  if (factor.op === 'broadcast') return neverZero(factor.args[0]);
  if (factor.op === 'constant') return factor.attributes.value !== 0;
  if (factor.op === 'binary') return factor.attributes.fn === 'mul' && factor.args.every(neverZero);
  return factor.op === 'size';
}
