// Reads a scalar expression as a weighted sum of functions whose prox is known, each of an affine image of the variables.
import { vjp } from '../derive/vjp.ts';
import { addDims, constantDim, productOfDims } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node, NodeOf } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { isOp, isScalar, realType } from '../tensor/type.ts';
import { affineReader, type AffineReader } from './affine-parts.ts';
import { readHuber } from './read-huber.ts';
import {
  choleskyDiagonal,
  eigenvaluesOf,
  isLastAxis,
  largestEigenvalue,
  largestOf,
  largestSingularValue,
  matrixAxes,
  singularValues,
} from './read-spectral.ts';
import type { GroupAtom, ScalarAtom } from './atoms/atom.ts';
import {
  lambdaMax,
  largest,
  negativeLogdet,
  norm2,
  normInf,
  nuclear,
  operatorNorm,
  sumLargest,
} from './atoms/group.ts';
import {
  absolute,
  entropy,
  exponential,
  halfSquare,
  huber,
  negativeLog,
  positivePart,
  softplus,
} from './atoms/scalar.ts';

/** A summand. `point` is affine in the variables; `weight` does not depend on them. */
export type Contribution =
  /** sum(weight .* value): no variable in it. */
  | { readonly kind: 'constant'; readonly value: Node; readonly weight: Node }
  /** sum(weight .* point); the weight is a scalar or has the shape of the point. */
  | { readonly kind: 'linear'; readonly point: Node; readonly weight: Node }
  /** sum(weight .* phi(point)); the weight is a scalar or has the shape of the point. */
  | {
      readonly kind: 'scalar';
      readonly atom: ScalarAtom;
      readonly point: Node;
      readonly weight: Node;
    }
  /** sum(weight .* phi(groups of point)); the weight is a scalar or one number for each group. */
  | {
      readonly kind: 'group';
      readonly atom: GroupAtom;
      readonly point: Node;
      readonly axes: readonly number[];
      readonly weight: Node;
    }
  /** sum(weight .* left .* right), both affine: a quadratic that is no sum of squares by its form. */
  | { readonly kind: 'product'; readonly node: Node; readonly weight: Node };

export type Reading =
  | { readonly kind: 'read'; readonly contributions: readonly Contribution[] }
  /** The smallest part that could not be read. */
  | { readonly kind: 'unread'; readonly culprit: Node };

/** Reads a scalar expression of the variables. */
export function readTerm(
  graph: Graph,
  term: Node,
  variables: ReadonlySet<Node>,
  affine: AffineReader = affineReader(graph, variables),
): Reading {
  const contributions: Contribution[] = [];
  const culprit = createVisitor(graph, affine, (found) => contributions.push(found))(
    term,
    graph.constant(1),
  );
  return culprit === undefined ? { kind: 'read', contributions } : { kind: 'unread', culprit };
}

/** Emits what sum(weight .* node) contributes; returns the part that it cannot read. */
type Visit = (node: Node, weight: Node) => Node | undefined;

function createVisitor(
  graph: Graph,
  { parts, depends }: AffineReader,
  emit: (contribution: Contribution) => void,
): Visit {
  const isAffine = (node: Node): boolean => parts(node) !== undefined;
  const times = (a: Node, b: Node): Node => {
    const [x, y] = [constantEntry(a), constantEntry(b)];
    if (x !== undefined && y !== undefined) return graph.constant(x * y);
    if (x === -1) return graph.neg(b);
    if (y === -1) return graph.neg(a);
    return graph.mul(a, b);
  };

  const scalar = (atom: ScalarAtom, point: Node, weight: Node): undefined => {
    emit({ kind: 'scalar', atom, point, weight });
  };
  const group = (
    atom: GroupAtom,
    point: Node,
    axes: readonly number[],
    weight: Node,
  ): undefined => {
    emit({ kind: 'group', atom, point, axes, weight });
  };
  const square = (point: Node, weight: Node): undefined =>
    scalar(halfSquare, point, times(graph.constant(2), weight));

  const visit: Visit = (node, weight) => {
    if (!depends(node)) {
      emit({ kind: 'constant', value: node, weight });
      return undefined;
    }
    if (isAffine(node)) {
      emit({ kind: 'linear', point: node, weight });
      return undefined;
    }
    switch (node.op) {
      case 'unary':
        return visitUnary(node, weight);
      case 'binary':
        return visitBinary(node, weight);
      case 'select':
        return visitSelect(node, weight);
      case 'reduce':
        return visitReduce(node, weight);
      case 'contract':
        return visitProduct(node, weight);
      case 'part':
        return visitPart(node, weight);
      case 'oracle':
        return visit(node.args[0], weight);
      case 'reshape':
        return visitReshape(node, weight);
      case 'broadcast':
      case 'transpose':
      case 'slice':
      case 'pad':
      case 'reverse':
      case 'gather':
      case 'scatter':
        return visitLinear(node, weight);
      case 'concat':
        return visitConcat(node, weight);
      default:
        return node;
    }
  };

  function visitUnary(node: NodeOf<'unary'> & Node, weight: Node): Node | undefined {
    const [x] = node.args;
    if (node.attributes.fn === 'neg') return visit(x, graph.neg(weight));
    if (node.attributes.fn === 'sqrt') return visitRoot(node, x, weight);
    if (node.attributes.fn === 'abs' && isSquare(x)) return visit(x, weight);
    const matrix = node.attributes.fn === 'log' ? choleskyDiagonal(x) : undefined;
    if (matrix !== undefined && isScalar(weight) && isAffine(matrix))
      return group(negativeLogdet, matrix, matrixAxes(matrix), graph.mul(-0.5, weight));
    if (!isAffine(x)) return node;
    switch (node.attributes.fn) {
      case 'abs':
        return scalar(absolute, x, weight);
      case 'softplus':
        return scalar(softplus, x, weight);
      case 'exp':
        return scalar(exponential, x, weight);
      case 'xlogx':
        return scalar(entropy, x, weight);
      case 'log':
        return scalar(negativeLog, x, graph.neg(weight));
      default:
        return node;
    }
  }

  const isSquare = (x: Node): boolean =>
    isOp(x, 'binary') && x.attributes.fn === 'pow' && constantEntry(x.args[1]) === 2;

  /** sqrt of a sum of squares is a norm. */
  function visitRoot(node: Node, inner: Node, weight: Node): Node | undefined {
    if (isOp(inner, 'reduce') && inner.attributes.fn === 'sum' && isSquare(inner.args[0])) {
      const [point] = inner.args[0].args;
      if (isAffine(point)) return group(norm2, point, inner.attributes.axes, weight);
    }
    if (isSquare(inner) && isAffine(inner.args[0])) return scalar(absolute, inner.args[0], weight);
    return node;
  }

  function visitBinary(node: NodeOf<'binary'> & Node, weight: Node): Node | undefined {
    const [a, b] = node.args;
    switch (node.attributes.fn) {
      case 'add':
        return visit(a, weight) ?? visit(b, weight);
      case 'sub':
        return visit(a, weight) ?? visit(b, graph.neg(weight));
      case 'mul':
        if (!depends(a)) return visit(b, times(weight, a));
        if (!depends(b)) return visit(a, times(weight, b));
        if (a === b && isAffine(a)) return square(a, weight);
        return isAffine(a) && isAffine(b) ? productOf(node, weight) : node;
      case 'div':
        return depends(b) ? node : visit(a, graph.div(weight, b));
      case 'pow':
        if (depends(b) || !isAffine(a)) return node;
        return constantEntry(b) === 2 ? square(a, weight) : node;
      case 'max':
        return visitMax(node, a, b, weight);
      case 'min':
        return visitMax(node, graph.neg(a), graph.neg(b), graph.neg(weight));
      case 'kl':
        return visitDivergence(node, a, b, weight);
      default:
        return node;
    }
  }

  const productOf = (node: Node, weight: Node): undefined => {
    emit({ kind: 'product', node, weight });
  };

  /** max(p, q) = q + max(p - q, 0). */
  function visitMax(node: Node, p: Node, q: Node, weight: Node): Node | undefined {
    if (!isAffine(p) || !isAffine(q)) return node;
    const [from, to] = depends(p) ? [p, q] : [q, p];
    return visit(to, weight) ?? scalar(positivePart, difference(from, to), weight);
  }

  /** p - q with multiples of one expression taken together, so that pinball losses keep their residual. */
  function difference(p: Node, q: Node): Node {
    if (constantEntry(q) === 0) return p;
    const [a, b] = [multiple(p), multiple(q)];
    return a.of === b.of ? graph.mul(graph.sub(a.factor, b.factor), a.of) : graph.sub(p, q);
  }

  function multiple(node: Node): { readonly factor: Node; readonly of: Node } {
    if (isOp(node, 'unary') && node.attributes.fn === 'neg') {
      const inner = multiple(node.args[0]);
      return { factor: graph.neg(inner.factor), of: inner.of };
    }
    if (isOp(node, 'binary') && node.attributes.fn === 'mul') {
      const [a, b] = node.args;
      const [factor, rest] = depends(a) ? [b, a] : [a, b];
      if (!depends(factor)) {
        const inner = multiple(rest);
        return { factor: times(unfilled(factor), inner.factor), of: inner.of };
      }
    }
    return { factor: graph.constant(1), of: node };
  }

  /** x log(x/y) - x + y with y given. */
  function visitDivergence(node: Node, x: Node, y: Node, weight: Node): Node | undefined {
    if (depends(y) || !isAffine(x)) return node;
    emit({
      kind: 'linear',
      point: x,
      weight: graph.neg(graph.mul(weight, graph.add(graph.log(y), 1))),
    });
    emit({ kind: 'constant', value: y, weight });
    return scalar(entropy, x, weight);
  }

  /** Huber's function, and a kink, written as a choice. */
  function visitSelect(node: NodeOf<'select'> & Node, weight: Node): Node | undefined {
    const [condition, then, otherwise] = node.args;
    if (!depends(condition)) {
      const chosen = visit(then, graph.select(condition, weight, 0));
      return chosen ?? visit(otherwise, graph.select(condition, 0, weight));
    }
    const found = readHuber(graph, node, { parts, depends });
    if (found !== undefined)
      return scalar(huber(found.threshold), found.point, times(weight, found.factor));
    const kink = readKink(node);
    if (kink === undefined) return node;
    return visit(otherwise, weight) ?? scalar(positivePart, kink.point, times(weight, kink.factor));
  }

  /** select(0 <= r, p r, q r) = q r + (p - q) max(r, 0). */
  function readKink(
    node: NodeOf<'select'>,
  ): { readonly point: Node; readonly factor: Node } | undefined {
    const [condition, then, otherwise] = node.args;
    if (!isOp(condition, 'binary') || !isAffine(then) || !isAffine(otherwise)) return undefined;
    if (condition.attributes.fn !== 'le' && condition.attributes.fn !== 'lt') return undefined;
    const [low, high] = condition.args;
    if (!isAffine(low) || !isAffine(high)) return undefined;
    const side =
      constantEntry(low) === 0 ? high : constantEntry(high) === 0 ? graph.neg(low) : undefined;
    if (side === undefined) return undefined;
    const [s, p, q] = [multiple(side), multiple(then), multiple(otherwise)];
    const [fromThen, fromElse] = [p, q].map((m) =>
      constantEntry(m.of) === 0 ? graph.constant(0) : m.of === s.of ? m.factor : undefined,
    );
    if (fromThen === undefined || fromElse === undefined) return undefined;
    return { point: side, factor: graph.div(graph.sub(fromThen, fromElse), s.factor) };
  }

  function visitReduce(node: NodeOf<'reduce'> & Node, weight: Node): Node | undefined {
    const [x] = node.args;
    const { fn, axes } = node.attributes;
    if (fn === 'sum') return visitSum(node, x, weight);
    if (fn === 'max') return visitLargest(node, x, weight);
    if (fn === 'min' && isAffine(x)) return group(largest, graph.neg(x), axes, graph.neg(weight));
    return node;
  }

  function visitSum(node: NodeOf<'reduce'> & Node, x: Node, weight: Node): Node | undefined {
    const { axes } = node.attributes;
    const values = singularValues(x);
    if (values !== undefined && isLastAxis(x, axes) && isAffine(values))
      return group(nuclear, values, matrixAxes(values), weight);
    const sorted = largestOf(graph, x, axes);
    if (sorted !== undefined && isAffine(sorted.point))
      return group(
        sumLargest(sorted.count),
        sorted.point,
        [sorted.point.type.shape.length - 1],
        weight,
      );
    const kept = x.type.shape.map((_, k) => k).filter((k) => !axes.includes(k));
    return visit(x, isScalar(weight) ? weight : graph.broadcastTo(weight, x.type.shape, kept));
  }

  function visitLargest(node: NodeOf<'reduce'> & Node, x: Node, weight: Node): Node | undefined {
    const { axes } = node.attributes;
    const values = singularValues(x);
    if (values !== undefined && isLastAxis(x, axes) && isAffine(values))
      return group(operatorNorm, values, matrixAxes(values), weight);
    const eigenvalues = eigenvaluesOf(x);
    if (eigenvalues !== undefined && isLastAxis(x, axes) && isAffine(eigenvalues))
      return group(lambdaMax, eigenvalues, matrixAxes(eigenvalues), weight);
    if (isOp(x, 'unary') && x.attributes.fn === 'abs' && isAffine(x.args[0]))
      return group(normInf, x.args[0], axes, weight);
    return isAffine(x) ? group(largest, x, axes, weight) : node;
  }

  /** The largest singular value or eigenvalue; else the entries in another shape. */
  function visitReshape(node: Node, weight: Node): Node | undefined {
    const [x] = node.args;
    const [matrix, symmetric] = [largestSingularValue(node), largestEigenvalue(node)];
    if (matrix !== undefined && isAffine(matrix))
      return group(operatorNorm, matrix, matrixAxes(matrix), weight);
    if (symmetric !== undefined && isAffine(symmetric))
      return group(lambdaMax, symmetric, matrixAxes(symmetric), weight);
    return isScalar(weight) ? visit(x, weight) : visitLinear(node, weight);
  }

  /** A constant array times an expression, summed: the weights are the constant's. */
  function visitProduct(node: NodeOf<'contract'> & Node, weight: Node): Node | undefined {
    const [a, b] = node.args;
    if (depends(a) && depends(b)) {
      const { sum } = node.attributes;
      const whole = isScalar(node) && sum.every(([p, q]) => p === q);
      if (a === b && whole && isAffine(a)) return square(a, weight);
      return isAffine(a) && isAffine(b) ? productOf(node, weight) : node;
    }
    return visitLinear(node, weight);
  }

  function visitConcat(node: NodeOf<'concat'> & Node, weight: Node): Node | undefined {
    const { axis } = node.attributes;
    let start = constantDim(0);
    for (const part of node.args) {
      const size = part.type.shape[axis];
      const own = isScalar(weight) ? weight : graph.sliceAxis(weight, axis, start, size);
      const culprit = visit(part, own);
      if (culprit !== undefined) return culprit;
      start = addDims(start, size);
    }
    return undefined;
  }

  function visitPart(node: NodeOf<'part'> & Node, weight: Node): Node | undefined {
    const [of] = node.args;
    if (of.op === 'logabsdet' && node.attributes.index === 0 && isAffine(of.args[0]))
      return group(negativeLogdet, of.args[0], matrixAxes(of.args[0]), graph.neg(weight));
    return node;
  }

  /** Operations linear in the argument that depends on the variables: its weight is the transposed operation on the weight. */
  function visitLinear(node: Node, weight: Node): Node | undefined {
    const dependent = node.args.filter(depends);
    const [x] = dependent;
    if (dependent.length !== 1 || x === undefined) return node;
    const factor = repeatedScalar(node, x, weight);
    if (factor !== undefined) return visit(x, factor);
    const full = isScalar(weight) ? graph.full(weight, node.type.shape) : weight;
    const stand = graph.input('match:weight', 'state', realType(x.type.shape));
    const moved = graph.make(
      node.op,
      node.attributes,
      node.args.map((arg) => (arg === x ? stand : arg)),
    );
    const [found] = vjp(graph, [moved], [stand], [full]);
    return found === undefined ? undefined : visit(x, found);
  }

  /** A scalar weight stays one where every entry of x is used equally often. */
  function repeatedScalar(node: Node, x: Node, weight: Node): Node | undefined {
    if (!isScalar(weight)) return undefined;
    if (node.op === 'transpose' || node.op === 'reverse' || node.op === 'pad') return weight;
    if (!isOp(node, 'broadcast')) return undefined;
    const { shape, axes } = node.attributes;
    const repeats = productOfDims(shape.filter((_, k) => !axes.includes(k)));
    return isScalar(x) || axes.length < shape.length ? times(weight, graph.size(repeats)) : weight;
  }

  /** A scalar that fills an array, as the scalar. */
  const unfilled = (x: Node): Node => (isOp(x, 'broadcast') && isScalar(x.args[0]) ? x.args[0] : x);

  return visit;
}
