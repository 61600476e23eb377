// Drawn data, starts and statements as one `draw` node each.
import type { TypedDistribution } from '../model/types.ts';
import type { Node } from '../tensor/ir.ts';
import { shapeOf, type Lowering, type Scope } from './context.ts';
import { countsFromOne } from './counting.ts';
import { multivariate } from './expectation.ts';

/** Draws of the distribution; positions count from 1 as in the language. Sites of methods come after those of the problem: `siteOffset`. */
export function lowerDraw(
  lowering: Lowering,
  distribution: TypedDistribution,
  stream: 'run' | 'data',
  scope: Scope,
  siteOffset = 0,
): Node {
  const { graph, lower } = lowering;
  const args = distribution.args.map((arg) => lower(arg, scope));
  const options = {
    site: distribution.site + siteOffset,
    shape: shapeOf(distribution.type),
    counters: scope.counters,
    stream,
  };
  if (distribution.multivariate) return multivariate(graph, args, options);
  const made = graph.draw(distribution.name, args, options);
  return countsFromOne(distribution) ? graph.add(made, 1) : made;
}
