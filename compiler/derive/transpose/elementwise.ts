import { InternalError } from '../../tensor/internal-error.ts';
import type { BinaryFn } from '../../tensor/ir.ts';
import { turnedKinds } from '../../tensor/oracle-derivatives.ts';
import { single, type TransposeRule } from './rule.ts';

/** The only linear function of one argument. */
export const unary: TransposeRule<'unary'> = single((node, ct, { graph, add }) => {
  if (node.attributes.fn !== 'neg') throw notLinear(node.attributes.fn);
  add(node.args[0], graph.neg(ct));
});

export const binary: TransposeRule<'binary'> = single((node, ct, context) => {
  const { fn } = node.attributes;
  if (!isLinearFn(fn)) throw notLinear(fn);
  linearFns[fn](node, [ct], context);
});

type LinearFn = 'add' | 'sub' | 'mul' | 'div';

const linearFns: { readonly [F in LinearFn]: TransposeRule<'binary'> } = {
  add: single(({ args: [x, y] }, ct, { add }) => {
    add(x, ct);
    add(y, ct);
  }),
  sub: single(({ args: [x, y] }, ct, { graph, linear, add }) => {
    add(x, ct);
    if (linear(y)) add(y, graph.neg(ct));
  }),
  mul: single(({ args: [x, y] }, ct, { graph, linear, add }) => {
    if (linear(x)) add(x, graph.mul(ct, y));
    else add(y, graph.mul(x, ct));
  }),
  div: single(({ args: [x, y] }, ct, { graph, add }) => add(x, graph.div(ct, y))),
};

const isLinearFn = (fn: BinaryFn): fn is LinearFn => Object.hasOwn(linearFns, fn);

export const oracle: TransposeRule<'oracle'> = single((node, ct, { graph, add }) => {
  const { kind, name, times } = node.attributes;
  add(node.args[0], graph.oracle(ct, turnedKinds[kind], name, times));
});

export const select: TransposeRule<'select'> = single(
  ({ args: [condition, x, y] }, ct, { graph, linear, add }) => {
    if (linear(x)) add(x, graph.select(condition, ct, 0));
    if (linear(y)) add(y, graph.select(condition, 0, ct));
  },
);

const notLinear = (fn: string): InternalError => new InternalError(`${fn} in a linear program`);
