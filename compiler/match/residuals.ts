// Terms as sums of squares: the residual r of sumsq(r(x)).
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { isOp, isScalar } from '../tensor/type.ts';

/** weight .* point^2; the weight is a scalar or has the shape of the point. */
interface Square {
  readonly point: Node;
  readonly weight: Node;
}

/** The residual as one vector, or the part that is no square. */
export function residualOf(
  graph: Graph,
  term: Node,
  depends: (node: Node) => boolean,
):
  | { readonly kind: 'residual'; readonly node: Node }
  | { readonly kind: 'none'; readonly culprit: Node } {
  const squares: Square[] = [];
  const culprit = visit(term, graph.constant(1));
  if (culprit !== undefined) return { kind: 'none', culprit };
  const parts = squares.map(({ point, weight }) => {
    const value = constantEntry(weight);
    const scaled = value === 1 ? point : graph.mul(root(weight), point);
    return isScalar(scaled) ? graph.reshape(scaled, [1]) : graph.flatten(scaled);
  });
  return { kind: 'residual', node: graph.concat(parts, 0) };

  function root(weight: Node): Node {
    const value = constantEntry(weight);
    return value === undefined ? graph.sqrt(weight) : graph.constant(Math.sqrt(value));
  }

  function visit(node: Node, weight: Node): Node | undefined {
    if (!depends(node)) return undefined;
    if (isOp(node, 'binary')) return visitBinary(node, weight);
    if (isOp(node, 'reduce') && node.attributes.fn === 'sum') {
      const [x] = node.args;
      const kept = x.type.shape.map((_, k) => k).filter((k) => !node.attributes.axes.includes(k));
      return visit(x, isScalar(weight) ? weight : graph.broadcastTo(weight, x.type.shape, kept));
    }
    if (isOp(node, 'contract')) return visitContract(node, weight);
    if (isOp(node, 'reshape') && isScalar(weight)) return visit(node.args[0], weight);
    if (isOp(node, 'oracle')) return visit(node.args[0], weight);
    return node;
  }

  function visitBinary(node: Node<'binary'>, weight: Node): Node | undefined {
    const [a, b] = node.args;
    const { fn } = node.attributes;
    if (fn === 'add') return visit(a, weight) ?? visit(b, weight);
    if (fn === 'mul' && !depends(a)) return visit(b, times(weight, a));
    if (fn === 'mul' && !depends(b)) return visit(a, times(weight, b));
    if (fn === 'div' && !depends(b)) return visit(a, over(weight, b));
    const square = (fn === 'pow' && constantEntry(b) === 2) || (fn === 'mul' && a === b);
    const value = constantEntry(weight);
    if (!square || (value !== undefined && value < 0)) return node;
    squares.push({ point: a, weight });
    return undefined;
  }

  function times(a: Node, b: Node): Node {
    const [x, y] = [constantEntry(a), constantEntry(b)];
    return x !== undefined && y !== undefined ? graph.constant(x * y) : graph.mul(a, b);
  }

  function over(a: Node, b: Node): Node {
    const [x, y] = [constantEntry(a), constantEntry(b)];
    return x !== undefined && y !== undefined ? graph.constant(x / y) : graph.div(a, b);
  }

  /** An inner product of an expression with itself, or of squares with given weights. */
  function visitContract(node: Node<'contract'>, weight: Node): Node | undefined {
    const [a, b] = node.args;
    const whole = isScalar(node) && node.attributes.sum.every(([p, q]) => p === q);
    if (!whole) return node;
    if (a === b) {
      squares.push({ point: a, weight });
      return undefined;
    }
    if (!depends(a)) return visit(b, graph.mul(weight, a));
    return depends(b) ? node : visit(a, graph.mul(weight, b));
  }
}
