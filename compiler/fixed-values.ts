// Params, data and sizes of a session as the interpreter takes them.
import type { Tensor } from '../runtime/tensor.ts';
import { symbolsIn } from './emit/ts/inputs.ts';
import { compileMeasures } from './evaluator.ts';
import type { Session } from './session.ts';
import { symbolDim, type Sizes } from './tensor/dim.ts';
import type { Node } from './tensor/ir.ts';
import { inputsOf } from './tensor/visit.ts';

export interface FixedValues {
  /** By role and name, `param:lambda`. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly sizes: Sizes;
}

/** Those that the nodes need, evaluated once. Sizes whose symbol `skip` says are left out. */
export function fixedValues(
  { lowered, input }: Pick<Session, 'lowered' | 'input'>,
  nodes: readonly Node[],
  skip: (symbol: string) => boolean = () => false,
): FixedValues {
  const { graph } = lowered.lowering;
  const wanted = inputsOf(nodes).filter(
    ({ attributes: { role } }) => role === 'param' || role === 'data' || role === 'set',
  );
  const symbols = [...symbolsIn(nodes)].filter((symbol) => !skip(symbol));
  if (wanted.length === 0 && symbols.length === 0) return { inputs: {}, sizes: {} };
  const key = ({ attributes: { role, name } }: Node<'input'>): string => `${role}:${name}`;
  const named = new Map<string, Node>([
    ...wanted.map((node): [string, Node] => [key(node), node]),
    ...symbols.map((symbol): [string, Node] => [`size ${symbol}`, graph.size(symbolDim(symbol))]),
  ]);
  const { measures } = compileMeasures(graph, lowered.problem, input, named);
  const value = (name: string): Tensor => measures.evaluate(name, {});
  return {
    inputs: Object.fromEntries(wanted.map((node) => [key(node), value(key(node))])),
    sizes: Object.fromEntries(symbols.map((symbol) => [symbol, value(`size ${symbol}`).data[0]])),
  };
}
