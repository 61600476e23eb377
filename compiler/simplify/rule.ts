// A rewrite rule: for a node of one operation, an equal node that is cheaper or nearer to the normal form, or nothing. Arguments are already simplified.
// Rules may change the order of rounding, never the value beyond it; never NaN or infinity for finite arguments inside the domain.
import type { Graph } from '../tensor/graph.ts';
import type { BinaryFn, Node, NodeOf, Op, ReduceFn, UnaryFn } from '../tensor/ir.ts';

export interface SimplifyOptions {
  /** Whether a value is computed once for the whole run: a product of such matrices may stay one matrix (`A'*A` in every iteration of admm). */
  readonly hoistable?: (node: Node) => boolean;
  /** Called for every rewrite, for tests and traces. */
  readonly onRule?: (name: string, before: Node, after: Node) => void;
}

export interface Rule<O extends Op> {
  readonly name: string;
  readonly op: O;
  readonly apply: (node: NodeOf<O>, g: Graph, options: SimplifyOptions) => Node | undefined;
}

export type AnyRule = { readonly [O in Op]: Rule<O> }[Op];

export const rule = <O extends Op>(op: O, name: string, apply: Rule<O>['apply']): Rule<O> => ({
  name,
  op,
  apply,
});

export const unaryRule = (
  fn: UnaryFn,
  name: string,
  apply: (x: Node, g: Graph, node: NodeOf<'unary'>) => Node | undefined,
): Rule<'unary'> =>
  rule('unary', name, (node, g) =>
    node.attributes.fn === fn ? apply(node.args[0], g, node) : undefined,
  );

export const binaryRule = (
  fn: BinaryFn,
  name: string,
  apply: (x: Node, y: Node, g: Graph, node: NodeOf<'binary'>) => Node | undefined,
): Rule<'binary'> =>
  rule('binary', name, (node, g) =>
    node.attributes.fn === fn ? apply(node.args[0], node.args[1], g, node) : undefined,
  );

export const reduceRule = (
  fns: readonly ReduceFn[],
  name: string,
  apply: (x: Node, axes: readonly number[], g: Graph, fn: ReduceFn) => Node | undefined,
): Rule<'reduce'> =>
  rule('reduce', name, ({ attributes: { fn, axes }, args: [x] }, g) =>
    fns.includes(fn) ? apply(x, axes, g, fn) : undefined,
  );
