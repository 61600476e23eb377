// `[e for i in I, j in J where c]`: one axis a binding, or one for all that pass `where`.
import type { Comprehension } from '../../grammar/ast.ts';
import { quantify } from './bindings.ts';
import { complain, freshId, unknownNode, type Context } from './context.ts';
import { expression } from './expression.ts';
import { dependsOnVariable, filteredSize, withSize } from './sets.ts';
import { isUnknown, plainAxis } from './type-of.ts';
import type { Axis, IndexBinding, IndexSet, TypedExpression } from './types.ts';

export function comprehension(context: Context, e: Comprehension): TypedExpression {
  const inner = quantify(context, e.bindings, e.where, { draws: false, uncertain: false });
  const body = expression(inner.context, e.body);
  if (inner.failed || isUnknown(body.type)) return unknownNode(e.span);
  const bindings = inner.bindings.filter((b) => b.kind === 'in');
  const axes = axesOf(context, bindings, inner.where, e);
  if (axes === undefined) return unknownNode(e.span);
  const type = { element: body.type.element, shape: [...axes, ...body.type.shape] };
  return { kind: 'comprehension', bindings, where: inner.where, body, type, span: e.span };
}

function axesOf(
  context: Context,
  bindings: readonly IndexBinding[],
  where: TypedExpression | undefined,
  e: Comprehension,
): readonly Axis[] | undefined {
  if (where !== undefined) {
    if (dependsOnVariable(context, e.span, [where])) return undefined;
    const set = filterSet(context, bindings, where, e);
    const size = filteredSize(context, set, bindings, where);
    withSize(context, set, size);
    return size === undefined ? undefined : [plainAxis(size)];
  }
  const axes: Axis[] = [];
  for (const binding of bindings) {
    const { set } = binding;
    if (set.size === undefined) {
      complain(
        context,
        'M118',
        binding.span,
        { what: 'the number of entries' },
        {
          help: 'data and params must fix it; a range that depends on another index can be a `where`',
        },
      );
      return undefined;
    }
    axes.push(set.name === undefined ? plainAxis(set.size) : { size: set.size, set });
  }
  return axes;
}

/** The combinations that pass, as a set: it names the size. */
const filterSet = (
  context: Context,
  bindings: readonly IndexBinding[],
  where: TypedExpression,
  e: Comprehension,
): IndexSet => ({
  kind: 'set',
  name: undefined,
  key: `set ${freshId(context)}`,
  arity: bindings.length,
  size: undefined,
  elements: {
    kind: 'tuples',
    components: bindings.flatMap((b) =>
      b.indices.map(
        (index) => ({ kind: 'index', index, type: index.type, span: index.span }) as const,
      ),
    ),
    bindings,
    where,
  },
  doc: undefined,
  span: e.span,
});
