// An index that a condition takes from a binder around it.
import { childrenOf, ofSet } from './children.ts';
import type { BoundIndex, IndexBinding, TypedExpression } from './types.ts';

/** The first index below the bindings that neither they nor binders within them bind. */
export function outerIndex(
  bindings: readonly IndexBinding[],
  where: TypedExpression | undefined,
): BoundIndex | undefined {
  const own = new Set(bindings.flatMap(({ indices }) => indices.map(({ id }) => id)));
  const used: BoundIndex[] = [];
  const visit = (node: TypedExpression): void => {
    if (node.kind === 'index') used.push(node.index);
    if ('bindings' in node)
      for (const binding of node.bindings)
        if ('indices' in binding) for (const { id } of binding.indices) own.add(id);
    childrenOf(node).forEach(visit);
  };
  bindings.flatMap(({ set }) => ofSet(set)).forEach(visit);
  if (where !== undefined) visit(where);
  return used.find(({ id }) => !own.has(id));
}
