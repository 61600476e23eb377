// Expectations over one random number that have a closed form: of what is affine, quadratic or piecewise linear in it.
import type { Distribution, Node } from '../tensor/ir.ts';
import type { Graph } from '../tensor/graph.ts';
import { constantEntry } from '../tensor/shape.ts';
import { isOp } from '../tensor/type.ts';
import { dependsOn } from '../tensor/visit.ts';

/** A random scalar: what is known of its law. */
export interface Law {
  readonly mean: Node;
  readonly variance: Node | undefined;
  /** E max(z - t, 0). */
  readonly excess: ((t: Node) => Node) | undefined;
}

/** A scalar distribution's law, with its parameters. */
export function lawOf(
  graph: Graph,
  distribution: Distribution,
  args: readonly Node[],
): Law | undefined {
  const [a, b] = args;
  switch (distribution) {
    case 'normal':
      return { mean: a, variance: graph.square(b), excess: (t) => normalExcess(graph, a, b, t) };
    case 'uniform':
      return {
        mean: graph.div(graph.add(a, b), 2),
        variance: graph.div(graph.square(graph.sub(b, a)), 12),
        excess: (t) => uniformExcess(graph, a, b, t),
      };
    case 'exponential': {
      const mean = graph.div(1, a);
      return { mean, variance: graph.square(mean), excess: (t) => exponentialExcess(graph, a, t) };
    }
    case 'gamma':
      return { mean: graph.div(a, b), variance: graph.div(a, graph.square(b)), excess: undefined };
    case 'poisson':
      return { mean: a, variance: a, excess: undefined };
    case 'laplace':
      return { mean: a, variance: graph.mul(2, graph.square(b)), excess: undefined };
    case 'beta':
      return { mean: graph.div(a, graph.add(a, b)), variance: undefined, excess: undefined };
    case 'bernoulli':
    case 'categorical':
    case 'student_t':
    case 'dirichlet':
    case 'rademacher':
    case 'permutation':
      return undefined;
  }
}

/** (m - t) Φ((m - t)/s) + s φ((m - t)/s). */
function normalExcess(graph: Graph, mean: Node, deviation: Node, t: Node): Node {
  const gap = graph.sub(mean, t);
  const u = graph.div(gap, deviation);
  const cdf = graph.mul(0.5, graph.add(1, graph.erf(graph.div(u, Math.SQRT2))));
  const density = graph.mul(
    1 / Math.sqrt(2 * Math.PI),
    graph.exp(graph.neg(graph.div(graph.square(u), 2))),
  );
  return graph.add(graph.mul(gap, cdf), graph.mul(deviation, density));
}

function uniformExcess(graph: Graph, low: Node, high: Node, t: Node): Node {
  const within = graph.min(graph.max(t, low), high);
  const tail = graph.div(graph.square(graph.sub(high, within)), graph.mul(2, graph.sub(high, low)));
  return graph.add(tail, graph.max(graph.sub(low, t), 0));
}

/** exp(-λ t)/λ for t >= 0, else 1/λ - t. */
function exponentialExcess(graph: Graph, rate: Node, t: Node): Node {
  const tail = graph.div(graph.exp(graph.neg(graph.mul(rate, graph.max(t, 0)))), rate);
  return graph.add(tail, graph.max(graph.neg(t), 0));
}

/** E body over z, or undefined where no closed form is known. */
export function expectationOf(graph: Graph, body: Node, z: Node, law: Law): Node | undefined {
  if (!dependsOn(body, [z])) return body;
  const inner = (node: Node): Node | undefined => expectationOf(graph, node, z, law);
  if (body === z) return law.mean;
  if (isOp(body, 'unary') && body.attributes.fn === 'neg') {
    const negated = inner(body.args[0]);
    return negated && graph.neg(negated);
  }
  if (!isOp(body, 'binary')) return undefined;
  const { fn } = body.attributes;
  const [left, right] = body.args;
  if (fn === 'add' || fn === 'sub') {
    const [a, b] = [inner(left), inner(right)];
    return a && b && graph.binary(fn, a, b);
  }
  if (fn === 'mul') {
    const [fixed, varying] = dependsOn(left, [z]) ? [right, left] : [left, right];
    const mean = dependsOn(fixed, [z]) ? undefined : inner(varying);
    return mean && graph.mul(fixed, mean);
  }
  if (fn === 'div' && !dependsOn(right, [z])) {
    const mean = inner(left);
    return mean && graph.div(mean, right);
  }
  if (fn === 'pow' && constantEntry(right) === 2) return squareOf(graph, left, z, law);
  if (fn === 'max') {
    const excess = positivePart(graph, graph.sub(left, right), z, law);
    const base = inner(right);
    return excess && base && graph.add(base, excess);
  }
  if (fn === 'min') {
    const excess = positivePart(graph, graph.sub(left, right), z, law);
    const base = inner(left);
    return excess && base && graph.sub(base, excess);
  }
  return undefined;
}

interface AffineIn {
  readonly slope: Node;
  readonly offset: Node;
}

/** slope * z + offset. */
function affineIn(graph: Graph, node: Node, z: Node): AffineIn | undefined {
  if (node === z) return { slope: graph.constant(1), offset: graph.constant(0) };
  if (!dependsOn(node, [z])) return { slope: graph.constant(0), offset: node };
  if (isOp(node, 'unary') && node.attributes.fn === 'neg') {
    const inner = affineIn(graph, node.args[0], z);
    return inner && { slope: graph.neg(inner.slope), offset: graph.neg(inner.offset) };
  }
  if (!isOp(node, 'binary')) return undefined;
  const { fn } = node.attributes;
  const [left, right] = node.args;
  if (fn === 'add' || fn === 'sub') {
    const [a, b] = [affineIn(graph, left, z), affineIn(graph, right, z)];
    return (
      a &&
      b && {
        slope: graph.binary(fn, a.slope, b.slope),
        offset: graph.binary(fn, a.offset, b.offset),
      }
    );
  }
  if (fn !== 'mul' && fn !== 'div') return undefined;
  const [fixed, varying] = fn === 'div' || !dependsOn(right, [z]) ? [right, left] : [left, right];
  const inner = dependsOn(fixed, [z]) ? undefined : affineIn(graph, varying, z);
  return (
    inner && {
      slope: graph.binary(fn, inner.slope, fixed),
      offset: graph.binary(fn, inner.offset, fixed),
    }
  );
}

/** E (s z + c)^2 = s^2 var + (s mean + c)^2. */
function squareOf(graph: Graph, node: Node, z: Node, law: Law): Node | undefined {
  const affine = affineIn(graph, node, z);
  if (affine === undefined || law.variance === undefined) return undefined;
  const { slope, offset } = affine;
  const mean = graph.add(graph.mul(slope, law.mean), offset);
  return graph.add(graph.mul(graph.square(slope), law.variance), graph.square(mean));
}

/** E max(s z + c, 0), for a slope of known sign. */
function positivePart(graph: Graph, node: Node, z: Node, law: Law): Node | undefined {
  const affine = affineIn(graph, node, z);
  if (affine === undefined || law.excess === undefined) return undefined;
  const { slope, offset } = affine;
  const sign = constantEntry(slope);
  if (sign === undefined || sign === 0) return undefined;
  if (sign > 0) return graph.mul(slope, law.excess(graph.neg(graph.div(offset, slope))));
  // max(u, 0) = u + max(-u, 0).
  const mean = graph.add(graph.mul(slope, law.mean), offset);
  const reflected = graph.mul(-sign, law.excess(graph.div(offset, -sign)));
  return graph.add(mean, reflected);
}
