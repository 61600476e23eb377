// Comparisons, chains of them, and `in` as a condition.
import type { Comparison, ComparisonOp, Expr } from '../../grammar/ast.ts';
import type { Span } from '../../grammar/span.ts';
import { elementwise, meet } from './align.ts';
import { fail, unknownNode, type Context } from './context.ts';
import { isDomainExpression } from './domains.ts';
import { expression } from './expression.ts';
import { anyUnknown, needNumbers } from './kinds.ts';
import { asLabels } from './labels.ts';
import { learnFromEqual } from './pending.ts';
import { elementTypes, setOf } from './sets.ts';
import { count, isOpenRole, isUnknown, kindFits, labelSet, showFullType } from './type-of.ts';
import type { ElementwiseFn, TypedExpression } from './types.ts';

export type Relational = Exclude<ComparisonOp, 'in'>;

const functions: { readonly [O in Relational]: ElementwiseFn } = {
  '==': 'equal',
  '!=': 'notEqual',
  '<=': 'lessEqual',
  '<': 'less',
  '>=': 'greaterEqual',
  '>': 'greater',
};

/** `a <= b`, `l <= x <= u`: every link, joined by `and`. */
export function comparison(context: Context, e: Comparison): TypedExpression {
  let left: Expr = e.first;
  let value: TypedExpression | undefined;
  let all: TypedExpression | undefined;
  for (const link of e.links) {
    let condition: TypedExpression;
    if (link.op === 'in') {
      condition = membership(context, left, link.right, e.span);
    } else {
      const a = value ?? expression(context, left);
      const b = expression(context, link.right);
      condition = compare(context, link.op, a, b, e.links.length === 1 ? e.span : link.span);
      value = b;
    }
    all = all === undefined ? condition : both(context, all, condition, e.span);
    left = link.right;
  }
  return all ?? unknownNode(e.span);
}

function both(
  context: Context,
  a: TypedExpression,
  b: TypedExpression,
  span: Span,
): TypedExpression {
  if (anyUnknown(a, b)) return unknownNode(span);
  const shape = meet(context, a, b, 'and', span);
  if (shape === undefined) return unknownNode(span);
  return elementwise('and', [a, b], { element: 'bool', ...shape }, span);
}

export function compare(
  context: Context,
  op: Relational,
  left: TypedExpression,
  right: TypedExpression,
  span: Span,
): TypedExpression {
  const [a, b] = comparable(context, op, left, right, span);
  if (anyUnknown(a, b)) {
    learnFromEqual(context, a, b);
    return unknownNode(span);
  }
  const shape = meet(context, a, b, op, span);
  if (shape === undefined) return unknownNode(span);
  return elementwise(functions[op], [a, b], { element: 'bool', shape: shape.shape }, span);
}

/** Both sides as numbers, or as elements of one set of labels. */
function comparable(
  context: Context,
  op: Relational,
  left: TypedExpression,
  right: TypedExpression,
  span: Span,
): readonly [TypedExpression, TypedExpression] {
  const set = labelSet(left.type.element) ?? labelSet(right.type.element);
  if (set === undefined) {
    const what = `\`${op}\``;
    return [needNumbers(context, left, what), needNumbers(context, right, what)];
  }
  if (isOpenRole(set)) return [unknownNode(left.span), unknownNode(right.span)];
  const a = asLabels(context, left, set);
  const b = asLabels(context, right, set);
  const order = op !== '==' && op !== '!=';
  if (!anyUnknown(a, b) && (order || !kindFits(a.type.element, b.type.element))) {
    const bad = fail(
      context,
      'M205',
      span,
      { left: nameOf(a), right: nameOf(b) },
      order ? { help: 'elements of a set are equal or not; they have no order' } : {},
    );
    return [bad, bad];
  }
  return [a, b];
}

const nameOf = (e: TypedExpression): string => {
  const set = labelSet(e.type.element);
  return set === undefined ? showFullType(e.type) : `an element of ${set.name ?? 'a set'}`;
};

/** `i in I`, `(i, j) in E`. */
function membership(context: Context, left: Expr, right: Expr, span: Span): TypedExpression {
  if (isDomainExpression(context, right)) {
    return fail(
      context,
      'M008',
      right.span,
      { what: 'a domain' },
      {
        help: 'a domain stands after `in` in a constraint or the declaration of a variable',
      },
    );
  }
  const set = setOf(context, right);
  const items = left.kind === 'Tuple' ? left.items : [left];
  const values = items.map((item) => expression(context, item));
  if (set === undefined || anyUnknown(...values)) return unknownNode(span);
  const types = elementTypes(set);
  const whole = values.length === 1 && labelSet(values[0].type.element) === set;
  if (values.length !== types.length && !whole) {
    return fail(context, 'M402', left.span, {
      set: set.name ?? 'this set',
      wanted: count(types.length, 'component'),
      found: count(values.length, 'value'),
    });
  }
  const checked = values.map((value, i) => {
    const labels = labelSet(types[i]?.element ?? 'int');
    return labels === undefined ? value : asLabels(context, value, labels);
  });
  if (anyUnknown(...checked)) return unknownNode(span);
  for (const [i, value] of checked.entries()) {
    if (whole || isUnknown(types[i])) continue;
    const fits =
      kindFits(value.type.element, types[i].element) ||
      (value.type.element === 'real' && types[i].element === 'int');
    if (!fits || value.type.shape.length > 0) {
      return fail(context, 'M205', value.span, {
        left: nameOf(value),
        right: `an element of ${set.name ?? 'this set'}`,
      });
    }
  }
  return { kind: 'membership', values: checked, set, type: { element: 'bool', shape: [] }, span };
}
