// Recognises Huber's function in a choice: select(|z| <= d, a z^2, 2 a d |z| - a d^2) = 2 a huber_d(z).
import type { Graph } from '../tensor/graph.ts';
import type { Node, NodeOf } from '../tensor/ir.ts';
import { uniformValue } from '../problem/facts/nodes.ts';
import { isOp } from '../tensor/type.ts';
import type { AffineReader } from './affine-parts.ts';

export interface HuberReading {
  readonly point: Node;
  readonly threshold: Node;
  readonly factor: Node;
}

export function readHuber(
  graph: Graph,
  node: NodeOf<'select'>,
  affine: AffineReader,
): HuberReading | undefined {
  const [condition, inner, outer] = node.args;
  if (!isOp(condition, 'binary')) return undefined;
  if (condition.attributes.fn !== 'le' && condition.attributes.fn !== 'lt') return undefined;
  const [size, bound] = condition.args;
  if (!isOp(size, 'unary') || size.attributes.fn !== 'abs' || affine.depends(bound))
    return undefined;
  const point = size.args[0];
  if (affine.parts(point) === undefined) return undefined;
  const a = factorOf(graph, inner, (x) => isSquareOf(x, point));
  const [slope, offset] = lineIn(graph, outer, size);
  if (a === undefined || slope === undefined || offset === undefined) return undefined;
  const threshold = isOp(bound, 'broadcast') ? bound.args[0] : bound;
  const twice = sameNumber(slope, graph.mul(graph.mul(2, a), threshold));
  const joined = sameNumber(offset, graph.mul(graph.mul(a, threshold), threshold));
  return twice && joined ? { point, threshold, factor: graph.mul(2, a) } : undefined;
}

/** node = slope*size - offset. */
function lineIn(graph: Graph, node: Node, size: Node): readonly [Node?, Node?] {
  if (isOp(node, 'binary') && node.attributes.fn === 'sub') {
    const slope = factorOf(graph, node.args[0], (x) => x === size);
    return [slope, scalarOf(node.args[1])];
  }
  // d*(|z| - c)
  if (isOp(node, 'binary') && node.attributes.fn === 'mul') {
    for (const [factor, rest] of [node.args, [node.args[1], node.args[0]]]) {
      const d = scalarOf(factor);
      const [slope, offset] = d === undefined ? [] : lineIn(graph, rest, size);
      if (d !== undefined && slope !== undefined && offset !== undefined)
        return [graph.mul(d, slope), graph.mul(d, offset)];
    }
  }
  if (isOp(node, 'binary') && node.attributes.fn === 'div') {
    const d = scalarOf(node.args[1]);
    const [slope, offset] = lineIn(graph, node.args[0], size);
    if (d !== undefined && slope !== undefined && offset !== undefined)
      return [graph.div(slope, d), graph.div(offset, d)];
  }
  return [];
}

/** The scalar c of node = c*x for an x that is accepted. */
function factorOf(graph: Graph, node: Node, accepts: (x: Node) => boolean): Node | undefined {
  if (accepts(node)) return graph.constant(1);
  if (!isOp(node, 'binary')) return undefined;
  const [a, b] = node.args;
  if (node.attributes.fn === 'div') {
    const inner = factorOf(graph, a, accepts);
    const divisor = scalarOf(b);
    return inner === undefined || divisor === undefined ? undefined : graph.div(inner, divisor);
  }
  if (node.attributes.fn !== 'mul') return undefined;
  for (const [factor, rest] of [
    [a, b],
    [b, a],
  ]) {
    const scalar = scalarOf(factor);
    const inner = scalar === undefined ? undefined : factorOf(graph, rest, accepts);
    if (scalar !== undefined && inner !== undefined) return graph.mul(scalar, inner);
  }
  return undefined;
}

const isSquareOf = (x: Node, point: Node): boolean =>
  isOp(x, 'binary') &&
  ((x.attributes.fn === 'pow' && x.args[0] === point && uniformValue(x.args[1]) === 2) ||
    (x.attributes.fn === 'mul' && x.args[0] === point && x.args[1] === point));

/** A scalar, or the scalar that fills an array. */
const scalarOf = (x: Node): Node | undefined => {
  if (x.type.shape.length === 0) return x;
  return isOp(x, 'broadcast') && x.args[0].type.shape.length === 0 ? x.args[0] : undefined;
};

/** Equal as products of scalars: same numeric factor, same symbols with the same powers. */
function sameNumber(a: Node, b: Node): boolean {
  const [p, q] = [monomial(a), monomial(b)];
  if (Math.abs(p.factor - q.factor) > 1e-14 * Math.abs(q.factor)) return false;
  const ids = new Set([...p.powers.keys(), ...q.powers.keys()]);
  return [...ids].every((id) => (p.powers.get(id) ?? 0) === (q.powers.get(id) ?? 0));
}

function monomial(x: Node): { readonly factor: number; readonly powers: Map<number, number> } {
  const value = uniformValue(x);
  if (value !== undefined) return { factor: value, powers: new Map() };
  if (isOp(x, 'binary')) {
    const { fn } = x.attributes;
    if (fn === 'mul' || fn === 'div') {
      const [a, b] = [monomial(x.args[0]), monomial(x.args[1])];
      const sign = fn === 'mul' ? 1 : -1;
      const powers = new Map(a.powers);
      for (const [id, power] of b.powers) powers.set(id, (powers.get(id) ?? 0) + sign * power);
      return { factor: fn === 'mul' ? a.factor * b.factor : a.factor / b.factor, powers };
    }
    const exponent = uniformValue(x.args[1]);
    if (fn === 'pow' && exponent !== undefined) {
      const base = monomial(x.args[0]);
      const powers = new Map([...base.powers].map(([id, power]) => [id, power * exponent]));
      return { factor: base.factor ** exponent, powers };
    }
  }
  return { factor: 1, powers: new Map([[x.id, 1]]) };
}
