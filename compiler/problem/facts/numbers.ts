// Scalars of the IR that bounds are made of, carried out where both sides are plain numbers.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';

const valueOf = (node: Node): number | undefined =>
  isOp(node, 'constant') ? node.attributes.value : undefined;

export interface Numbers {
  readonly zero: Node;
  readonly one: Node;
  readonly of: (value: number) => Node;
  readonly add: (a: Node, b: Node) => Node;
  readonly mul: (a: Node, b: Node) => Node;
  readonly sqrt: (a: Node) => Node;
  readonly max: (a: Node, b: Node) => Node;
  readonly min: (a: Node, b: Node) => Node;
  readonly isZero: (a: Node) => boolean;
  /** Largest and smallest entry, largest absolute value. */
  readonly greatest: (a: Node) => Node;
  readonly least: (a: Node) => Node;
  readonly magnitude: (a: Node) => Node;
}

export function numbersIn(graph: Graph): Numbers {
  const zero = graph.constant(0);
  const one = graph.constant(1);
  const isZero = (a: Node): boolean => a === zero;
  const folded =
    (fn: (x: number, y: number) => number, build: (x: Node, y: Node) => Node) =>
    (a: Node, b: Node): Node => {
      const [x, y] = [valueOf(a), valueOf(b)];
      return x !== undefined && y !== undefined ? graph.constant(fn(x, y)) : build(a, b);
    };
  const fill = (a: Node): Node | undefined =>
    a.type.shape.length === 0
      ? a
      : isOp(a, 'broadcast') && a.attributes.axes.length === 0
        ? a.args[0]
        : undefined;
  return {
    zero,
    one,
    isZero,
    of: (value) => graph.constant(value),
    add: folded((x, y) => x + y, graph.add),
    mul: (a, b) => (isZero(a) || isZero(b) ? zero : graph.mul(a, b)),
    sqrt: (a) => {
      const x = valueOf(a);
      return x === undefined ? graph.sqrt(a) : graph.constant(Math.sqrt(x));
    },
    max: folded(Math.max, graph.max),
    min: folded(Math.min, graph.min),
    greatest: (a) => fill(a) ?? graph.maxOver(a),
    least: (a) => fill(a) ?? graph.minOver(a),
    magnitude: (a) => {
      const x = fill(a);
      const value = x === undefined ? undefined : valueOf(x);
      if (value !== undefined) return graph.constant(Math.abs(value));
      return x === undefined ? graph.maxOver(graph.abs(a)) : graph.abs(x);
    },
  };
}
