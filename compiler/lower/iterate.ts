// `(i in I, j in J where c)`: the lanes of a binder or comprehension, and its filter. A condition on nothing but the indices, params and data keeps
// index lists, and the body is evaluated at kept entries only; any other condition masks the body lane by lane.
import type { IndexBinding, TypedExpression } from '../model/types.ts';
import type { Span } from '../../grammar/span.ts';
import type { Dim } from '../tensor/dim.ts';
import type { Node } from '../tensor/ir.ts';
import { postorder } from '../tensor/visit.ts';
import { conditionally, freshSymbol, type Lane, type Lowering, type Scope } from './context.ts';
import { bindAll, filterOf, laneBindings, newLane, rebind } from './sets.ts';
import { vectorizeOver } from './vectorize/vectorize.ts';

export interface Iteration {
  readonly lanes: readonly Lane[];
  /** With the indices bound, lane by lane. */
  readonly scope: Scope;
  /** Where the body counts; undefined for everywhere. */
  readonly mask: Node | undefined;
  /** For each lane, whether it goes through kept entries only. */
  readonly filtered: boolean;
}

export function iterate(
  lowering: Lowering,
  bindings: readonly IndexBinding[],
  where: TypedExpression | readonly TypedExpression[] | undefined,
  scope: Scope,
  span: Span,
  length?: Dim,
): Iteration {
  const bound = bindAll(lowering, bindings, scope);
  const conditions = where === undefined ? [] : 'kind' in where ? [where] : where;
  if (conditions.length === 0) return { ...bound, mask: undefined, filtered: false };
  const mask = conditions
    .map((condition) => lowering.lower(condition, bound.scope))
    .reduce((left, right) => lowering.graph.and(left, right));
  if (!isFixed(mask, bound.lanes))
    return { ...bound, scope: conditionally(bound.scope), mask, filtered: false };
  const { graph } = lowering;
  const [whole] = vectorizeOver(
    graph,
    [mask],
    laneBindings(graph, bound.lanes),
    bound.lanes.map((lane) => lane.axis),
  );
  const compress = filterOf(lowering, whole, length ?? freshSymbol(lowering), span);
  const kept = newLane(lowering, compress.attributes.length, 'kept');
  const replace = new Map<Node, Node>(
    bound.lanes.map((lane, k) => {
      const at = graph.gather(graph.at(compress, 1, k), [kept.parameter], [0], true);
      lowering.extents.set(at, lane.axis.length);
      return [lane.parameter, at];
    }),
  );
  return {
    lanes: [kept],
    scope: rebind(graph, bound.scope, scope, replace),
    mask: undefined,
    filtered: true,
  };
}

/** Whether a condition can be decided before the run: it depends on these lanes, params and data alone. */
function isFixed(mask: Node, lanes: readonly Lane[]): boolean {
  const own = new Set(lanes.map(({ parameter }) => parameter.attributes.key));
  if (mask.free.some((key) => !own.has(key))) return false;
  return postorder([mask]).every((node) => {
    if (node.op === 'draw' || node.op === 'sample' || node.op === 'oracle') return false;
    if (node.op !== 'input') return true;
    const { role } = node.attributes;
    return role === 'data' || role === 'param' || role === 'set';
  });
}
