// The kinks of a convex expression: nodes that are the largest of a family of affine functions of the variables. Each is bounded below by one member
// of the family, chosen by a multiplier y:
//   |u| = max over |y| <= 1 of y u          max(a, b) = max over 0 <= y <= 1 of y a + (1 - y) b
//   ‖u‖ = max over ‖y‖ <= 1 of <y, u>        the same for the nuclear norm of a matrix, with the spectral norm of y
//   max of the entries of u = max over y in the simplex of <y, u>
// Such a minorant holds everywhere, so bounds that rest on it are proofs whatever y is.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { postorder } from '../tensor/visit.ts';

export interface Atom {
  /** The node with the kink; elementwise atoms are arrays of kinks. */
  readonly node: Node;
  /** A multiplier that attains the maximum at the point (any of them where several do). */
  readonly start: Node;
  /** A multiplier in the middle of those allowed: where to search from at a kink. */
  readonly centre: Node;
  /** True where the point fixes the multiplier: away from the kink. Shape of `start`. */
  readonly fixed: (tolerance: Node) => Node;
  /** The nearest allowed multiplier. */
  readonly project: (y: Node) => Node;
  /** The minorant is base + linear(y), in the shape of `node`: affine in the variables, `linear` also linear in y. No base is 0. */
  readonly base: Node | undefined;
  readonly linear: (y: Node) => Node;
  /** u, where the node is a norm of it. */
  readonly normOf: Node | undefined;
}

/** The outermost kinks of an expression, or undefined where one is of a kind not listed above. */
export function kinksOf(
  graph: Graph,
  expression: Node,
  variables: readonly Node[],
): readonly Atom[] | undefined {
  const depends = dependence(expression, variables);
  const found: Atom[] = [];
  const seen = new Set<number>();
  const stack: Node[] = [expression];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node.id) || !depends(node)) continue;
    seen.add(node.id);
    if (hasRegions(node)) return undefined;
    const atom = atomOf(graph, node, depends);
    if (atom !== undefined) found.push(atom);
    else if (isKink(node)) return undefined;
    else stack.push(...node.args);
  }
  return found;
}

/** Whether nodes of an expression depend on the variables. */
export function dependence(expression: Node, variables: readonly Node[]): (node: Node) => boolean {
  const marked = new Set<number>(variables.map((v) => v.id));
  for (const node of postorder([expression])) {
    if (node.args.some((arg) => marked.has(arg.id))) marked.add(node.id);
  }
  return (node) => marked.has(node.id);
}

const hasRegions = (node: Node): boolean =>
  isOp(node, 'loop') || isOp(node, 'while') || isOp(node, 'cond') || isOp(node, 'minimizer');

function isKink(node: Node): boolean {
  if (isOp(node, 'unary'))
    return ['abs', 'sign', 'floor', 'ceil', 'round'].includes(node.attributes.fn);
  if (isOp(node, 'binary')) return node.attributes.fn === 'max' || node.attributes.fn === 'min';
  if (isOp(node, 'reduce')) return node.attributes.fn === 'max' || node.attributes.fn === 'min';
  return (
    isOp(node, 'select') ||
    isOp(node, 'sort') ||
    isOp(node, 'eigh') ||
    isOp(node, 'svd') ||
    isOp(node, 'gather')
  );
}

function atomOf(graph: Graph, node: Node, depends: (node: Node) => boolean): Atom | undefined {
  if (isOp(node, 'unary') && node.attributes.fn === 'abs') return absolute(graph, node);
  if (isOp(node, 'binary') && node.attributes.fn === 'max') return larger(graph, node);
  if (isOp(node, 'reduce') && node.attributes.fn === 'max') return largest(graph, node);
  if (isOp(node, 'unary') && node.attributes.fn === 'sqrt') return euclidean(graph, node, depends);
  if (isOp(node, 'reduce') && node.attributes.fn === 'sum') return nuclear(graph, node);
  return undefined;
}

/** The sum of the singular values. */
function nuclear(graph: Graph, node: Node): Atom | undefined {
  const [values] = node.args;
  if (!isOp(values, 'part') || values.attributes.index !== 1) return undefined;
  const [factors] = values.args;
  if (!isOp(factors, 'svd') || values.type.shape.length !== 1) return undefined;
  const [u] = factors.args;
  const scaled = (X: Node, scale: (s: Node) => Node): Node => {
    const [U, s, V] = graph.svd(X);
    const columns = graph.mul(U, graph.broadcastTo(scale(s), U.type.shape, [1]));
    return graph.matmul(columns, graph.transpose(V));
  };
  return {
    node,
    start: scaled(u, (s) => graph.select(graph.gt(s, 0), 1, 0)),
    centre: graph.zeros(u.type.shape),
    // One multiplier stands for all entries: it is fixed where no singular value vanishes.
    fixed: (tolerance) =>
      graph.gt(
        graph.full(graph.minOver(values), u.type.shape),
        graph.full(tolerance, u.type.shape),
      ),
    project: (y) => scaled(y, (s) => graph.min(s, 1)),
    base: undefined,
    linear: (y) => graph.sum(graph.mul(y, u)),
    normOf: u,
  };
}

function absolute(graph: Graph, node: Node): Atom {
  const [u] = node.args;
  return {
    node,
    start: graph.sign(u),
    centre: graph.zeros(u.type.shape),
    fixed: (tolerance) => graph.gt(graph.abs(u), tolerance),
    project: (y) => graph.max(graph.min(y, 1), -1),
    base: undefined,
    linear: (y) => graph.mul(y, u),
    normOf: u,
  };
}

function larger(graph: Graph, node: Node): Atom {
  const [a, b] = node.args;
  const difference = graph.sub(a, b);
  return {
    node,
    start: graph.div(graph.add(graph.sign(difference), 1), 2),
    centre: graph.full(0.5, difference.type.shape),
    fixed: (tolerance) => graph.gt(graph.abs(difference), tolerance),
    project: (y) => graph.max(graph.min(y, 1), 0),
    base: b,
    linear: (y) => graph.mul(y, difference),
    normOf: undefined,
  };
}

/** sqrt of a sum of squares of affine expressions, whole or along axes. */
function euclidean(graph: Graph, node: Node, depends: (node: Node) => boolean): Atom | undefined {
  const [squares] = node.args;
  const root = squaresOf(squares);
  if (root === undefined || !depends(root.u)) return undefined;
  const { u, axes } = root;
  const spread = (x: Node): Node =>
    graph.broadcastTo(
      x,
      u.type.shape,
      u.type.shape.map((_, k) => k).filter((k) => !axes.includes(k)),
    );
  const length = spread(node);
  return {
    node,
    start: graph.select(
      graph.gt(length, 0),
      graph.div(u, graph.select(graph.gt(length, 0), length, 1)),
      0,
    ),
    centre: graph.zeros(u.type.shape),
    fixed: (tolerance) => graph.gt(length, tolerance),
    project: (y) => {
      const size = spread(graph.sqrt(graph.sum(graph.square(y), axes)));
      return graph.div(y, graph.max(size, 1));
    },
    base: undefined,
    linear: (y) => graph.sum(graph.mul(y, u), axes),
    normOf: axes.length === u.type.shape.length ? u : undefined,
  };
}

/** The operand and axes of a sum of squares: sum(u^2), sum(u .* u), u·u. */
export function squaresOf(
  node: Node,
): { readonly u: Node; readonly axes: readonly number[] } | undefined {
  if (
    isOp(node, 'contract') &&
    node.args[0] === node.args[1] &&
    node.attributes.batch.length === 0
  ) {
    const rank = node.args[0].type.shape.length;
    const whole =
      node.attributes.sum.length === rank && node.attributes.sum.every(([i, j]) => i === j);
    return whole ? { u: node.args[0], axes: node.attributes.sum.map(([i]) => i) } : undefined;
  }
  if (!isOp(node, 'reduce') || node.attributes.fn !== 'sum') return undefined;
  const [square] = node.args;
  if (!isOp(square, 'binary')) return undefined;
  const [u, v] = square.args;
  const squared =
    (square.attributes.fn === 'mul' && u === v) ||
    (square.attributes.fn === 'pow' && isConstant(v, 2));
  return squared ? { u, axes: node.attributes.axes } : undefined;
}

function isConstant(node: Node, value: number): boolean {
  if (isOp(node, 'broadcast')) return isConstant(node.args[0], value);
  return isOp(node, 'constant') && node.attributes.value === value;
}

/** The largest entry along axes; ties share the multiplier evenly. */
function largest(graph: Graph, node: Node): Atom | undefined {
  if (!isOp(node, 'reduce')) return undefined;
  const [u] = node.args;
  const { axes } = node.attributes;
  if (axes.length !== 1) return undefined;
  const keep = u.type.shape.map((_, k) => k).filter((k) => !axes.includes(k));
  const spread = (x: Node): Node => graph.broadcastTo(x, u.type.shape, keep);
  const ties = graph.select(graph.ge(u, spread(node)), 1, 0);
  return {
    node,
    start: graph.div(ties, spread(graph.sum(ties, axes))),
    centre: graph.div(ties, spread(graph.sum(ties, axes))),
    fixed: (tolerance) => graph.lt(u, graph.sub(spread(node), tolerance)),
    project: (y) => projectSimplex(graph, y, axes[0], keep),
    base: undefined,
    linear: (y) => graph.sum(graph.mul(y, u), axes),
    normOf: undefined,
  };
}

/** Projection of each vector along the axis to the simplex, by sorting (Held, Wolfe & Crowder 1974). */
export function projectSimplex(graph: Graph, y: Node, axis: number, keep: readonly number[]): Node {
  const { shape } = y.type;
  const sorted = graph.sort(y, axis, true);
  const count = graph.broadcastTo(graph.iota(shape[axis], 1), shape, [axis]);
  const sums = graph.cumsum(sorted, axis);
  const inside = graph.gt(graph.mul(sorted, count), graph.sub(sums, 1));
  const support = graph.sum(graph.select(inside, 1, 0), [axis]);
  const total = graph.sum(graph.select(inside, sorted, 0), [axis]);
  const theta = graph.div(graph.sub(total, 1), support);
  return graph.max(graph.sub(y, graph.broadcastTo(theta, shape, keep)), 0);
}

export const minorant = (graph: Graph, { base, linear }: Atom, y: Node): Node =>
  base === undefined ? linear(y) : graph.add(base, linear(y));
