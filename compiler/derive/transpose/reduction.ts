import { InternalError } from '../../tensor/internal-error.ts';
import { single, type TransposeRule } from './rule.ts';

export const reduce: TransposeRule<'reduce'> = single((node, ct, { graph, add }) => {
  const { fn, axes } = node.attributes;
  if (fn !== 'sum') throw new InternalError(`${fn} in a linear program`);
  const { shape } = node.args[0].type;
  const kept = shape.map((_, k) => k).filter((k) => !axes.includes(k));
  add(node.args[0], graph.broadcastTo(ct, shape, kept));
});

/** What comes later depends on what comes before, so sums run the other way. */
export const cumulate: TransposeRule<'cumulate'> = single((node, ct, { graph, add }) => {
  const { fn, axis, reverse } = node.attributes;
  if (fn !== 'sum') throw new InternalError(`cumulated ${fn} in a linear program`);
  add(node.args[0], graph.cumsum(ct, axis, !reverse));
});
