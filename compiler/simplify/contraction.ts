// Products of matrices and vectors: transposes, signs and factors absorbed, identities dropped, chains bracketed so that vectors come first.
import type { Graph } from '../tensor/graph.ts';
import type { Attributes, Node, NodeOf } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import {
  allAxes,
  argumentOf,
  diagonalOf,
  isAll,
  operands,
  sameNumbers,
  scalarOf,
} from './pattern.ts';
import { rule, type AnyRule, type SimplifyOptions } from './rule.ts';

type Pairs = Attributes['contract']['sum'];

/** The axes of one side that are neither summed nor batched, in order: those the result keeps. */
const freeAxes = (node: Node, pairs: Pairs, side: 0 | 1): readonly number[] =>
  allAxes(node.type.shape.length).filter((axis) => !pairs.some((pair) => pair[side] === axis));

const mapSide = (pairs: Pairs, side: 0 | 1, to: (axis: number) => number): Pairs =>
  pairs.map(([p, q]) => (side === 0 ? [to(p), q] : [p, to(q)]));

export const contractionRules: readonly AnyRule[] = [
  rule('contract', 'product with zeros', ({ args: [a, b], type }, g) =>
    isAll(a, 0) || isAll(b, 0) ? g.zeros(type.shape) : undefined,
  ),
  rule('contract', 'product with a scalar', ({ args: [a, b], attributes: { batch, sum } }, g) => {
    if (batch.length + sum.length > 0) return undefined;
    return a.type.shape.length === 0 || b.type.shape.length === 0 ? g.mul(a, b) : undefined;
  }),
  rule('contract', 'a sign leaves a product', ({ args, attributes: { batch, sum } }, g) => {
    const [left, right] = args.map((x) => argumentOf(x, 'neg'));
    if (left === undefined && right === undefined) return undefined;
    const product = g.contract(left ?? args[0], right ?? args[1], sum, batch);
    return left !== undefined && right !== undefined ? product : g.neg(product);
  }),
  rule('contract', 'a factor leaves a product', ({ args, attributes: { batch, sum } }, g) => {
    const [a, b] = args;
    const left = scaled(a);
    if (left !== undefined) return g.mul(left.factor, g.contract(left.rest, b, sum, batch));
    const right = scaled(b);
    return right && g.mul(right.factor, g.contract(a, right.rest, sum, batch));
  }),
  rule('contract', 'a divisor leaves a product', ({ args, attributes: { batch, sum } }, g) => {
    const [a, b] = args;
    const left = divided(a);
    if (left !== undefined) return g.div(g.contract(left.rest, b, sum, batch), left.factor);
    const right = divided(b);
    return right && g.div(g.contract(a, right.rest, sum, batch), right.factor);
  }),
  rule('contract', 'a transpose is absorbed', (node, g) => absorbTranspose(node, g)),
  rule('contract', 'a repeated factor is summed out', (node, g) => sumOutRepeated(node, g)),
  rule('contract', 'product with a diagonal matrix', (node, g) => diagonalProduct(node, g)),
  rule('contract', 'vectors first in a chain', (node, g, options) => vectorFirst(node, g, options)),
  rule('contract', 'inverse times b = solve', (node, g) => solveInstead(node, g)),
  rule('transpose', 'transpose of a product', ({ attributes: { permutation }, args: [x] }, g) => {
    if (!isOp(x, 'contract') || x.attributes.batch.length > 0) return undefined;
    const { sum } = x.attributes;
    const [a, b] = x.args;
    const left = freeAxes(a, sum, 0).length;
    const right = freeAxes(b, sum, 1).length;
    const swapped = [...allAxes(right).map((k) => left + k), ...allAxes(left)];
    return sameNumbers(permutation, swapped)
      ? g.contract(
          b,
          a,
          sum.map(([p, q]) => [q, p]),
        )
      : undefined;
  }),
];

interface Scaled {
  readonly factor: Node;
  readonly rest: Node;
}

/** s*x with a scalar s. */
function scaled(node: Node): Scaled | undefined {
  const product = operands(node, 'mul');
  if (product === undefined) return undefined;
  const [x, y] = product;
  const [first, second] = [scalarOf(x), scalarOf(y)];
  if (first !== undefined && second === undefined) return { factor: first, rest: y };
  return second !== undefined && first === undefined ? { factor: second, rest: x } : undefined;
}

/** x/s with a scalar s. */
function divided(node: Node): Scaled | undefined {
  const fraction = operands(node, 'div');
  if (fraction === undefined || node.type.shape.length === 0) return undefined;
  const factor = scalarOf(fraction[1]);
  return factor && scalarOf(fraction[0]) === undefined ? { factor, rest: fraction[0] } : undefined;
}

/** Reads a transposed argument through its permutation where the order of the axes that stay allows it. */
function absorbTranspose(
  { args, attributes: { batch, sum } }: NodeOf<'contract'>,
  g: Graph,
): Node | undefined {
  for (const side of [0, 1] as const) {
    const node = args[side];
    if (!isOp(node, 'transpose')) continue;
    const { permutation } = node.attributes;
    const kept = freeAxes(node, [...batch, ...sum], side).map((axis) => permutation[axis]);
    if (kept.some((axis, k) => k > 0 && axis < kept[k - 1])) continue;
    const through = (pairs: Pairs): Pairs => mapSide(pairs, side, (axis) => permutation[axis]);
    const [inner] = node.args;
    const [a, b] = side === 0 ? [inner, args[1]] : [args[0], inner];
    return g.contract(a, b, through(sum), through(batch));
  }
  return undefined;
}

/** A summed axis along which one factor only repeats: the other is summed over it first. */
function sumOutRepeated(
  { args, attributes: { batch, sum } }: NodeOf<'contract'>,
  g: Graph,
): Node | undefined {
  for (const side of [0, 1] as const) {
    const node = args[side];
    if (!isOp(node, 'broadcast')) continue;
    const { shape, axes: own } = node.attributes;
    const repeated = sum.filter((pair) => !own.includes(pair[side]));
    if (repeated.length === 0) continue;
    const gone = repeated.map((pair) => pair[side]);
    const left = allAxes(shape.length).filter((axis) => !gone.includes(axis));
    const thinner = g.broadcastTo(
      node.args[0],
      left.map((axis) => shape[axis]),
      own.map((axis) => left.indexOf(axis)),
    );
    const other = args[1 - side];
    const summed = repeated.map((pair) => pair[1 - side]);
    const stay = allAxes(other.type.shape.length).filter((axis) => !summed.includes(axis));
    const renumber = (pairs: Pairs): Pairs =>
      pairs.map(([p, q]) =>
        side === 0 ? [left.indexOf(p), stay.indexOf(q)] : [stay.indexOf(p), left.indexOf(q)],
      );
    const rest = renumber(sum.filter((pair) => !repeated.includes(pair)));
    const sums = g.sum(other, summed);
    const [a, b] = side === 0 ? [thinner, sums] : [sums, thinner];
    return g.contract(a, b, rest, renumber(batch));
  }
  return undefined;
}

/** diag(d) * X scales rows; the identity changes nothing. */
function diagonalProduct(
  { args, attributes: { batch, sum } }: NodeOf<'contract'>,
  g: Graph,
): Node | undefined {
  if (batch.length > 0 || sum.length !== 1) return undefined;
  for (const side of [0, 1] as const) {
    const diagonal = diagonalOf(args[side]);
    if (diagonal === undefined) continue;
    const other = args[1 - side];
    const axis = sum[0][1 - side];
    const { shape } = other.type;
    const factor = g.broadcastTo(diagonal, shape, diagonal.type.shape.length === 0 ? [] : [axis]);
    const product = g.mul(factor, other);
    // The kept axis of the diagonal matrix comes first on the left, last on the right.
    const rest = allAxes(shape.length).filter((k) => k !== axis);
    return g.transpose(product, side === 0 ? [axis, ...rest] : [...rest, axis]);
  }
  return undefined;
}

/** (A*B)*x = A*(B*x) and (u*v')*x = u*(v'*x) for a vector x, unless A*B is computed once for the run and B*x is not. */
function vectorFirst(
  { args, attributes: { batch, sum } }: NodeOf<'contract'>,
  g: Graph,
  { hoistable }: SimplifyOptions,
): Node | undefined {
  if (batch.length > 0 || sum.length !== 1) return undefined;
  for (const side of [0, 1] as const) {
    const [matrix, vector] = [args[side], args[1 - side]];
    if (vector.type.shape.length !== 1 || !isOp(matrix, 'contract')) continue;
    const { batch: inner, sum: paired } = matrix.attributes;
    if (inner.length > 0 || matrix.type.shape.length !== 2) continue;
    const once = hoistable?.(matrix) === true && hoistable(vector) === false;
    if (once && paired.length > 0) continue;
    const [a, b] = matrix.args;
    const [fromA, fromB] = [freeAxes(a, paired, 0), freeAxes(b, paired, 1)];
    if (fromA.length !== 1 || fromB.length !== 1) continue;
    const at = sum[0][side];
    // The vector meets the free axis of a (at = 0) or of b (at = 1).
    if (at === 1) {
      const rest = g.contract(b, vector, [[fromB[0], 0]]);
      return g.contract(a, rest, afterwards(paired, b, fromB[0], 0));
    }
    const rest = g.contract(a, vector, [[fromA[0], 0]]);
    return g.contract(b, rest, afterwards(paired, a, fromA[0], 1));
  }
  return undefined;
}

/** The pairs of the outer product once axis `gone` of one inner factor was summed with the vector. `outer` is the side of the factor that stays. */
function afterwards(paired: Pairs, inner: Node, gone: number, outer: 0 | 1): Pairs {
  const left = allAxes(inner.type.shape.length).filter((axis) => axis !== gone);
  return paired.map((pair) => [pair[outer], left.indexOf(pair[1 - outer])]);
}

/** solve(A, I)*b = solve(A, b). */
function solveInstead(
  { args: [a, b], attributes: { batch, sum } }: NodeOf<'contract'>,
  g: Graph,
): Node | undefined {
  if (batch.length > 0 || sum.length !== 1 || !isOp(a, 'solve')) return undefined;
  const [[i, j]] = sum;
  const [A, right] = a.args;
  const diagonal = diagonalOf(right);
  if (i !== 1 || j !== 0 || diagonal === undefined || !isAll(diagonal, 1)) return undefined;
  if (b.type.shape.length > 2 || A.type.shape.length !== 2) return undefined;
  return g.solve(A, b, a.attributes.positiveDefinite);
}
