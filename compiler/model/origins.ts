// Where an axis of an expression comes from, for messages about shapes: the declaration, list or operation that gave it its size.
import type { Related } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import { constantValue } from '../tensor/dim.ts';
import type { Context } from './context.ts';
import { count, showType } from './type-of.ts';
import type { Axis, TypedExpression } from './types.ts';

interface Place {
  readonly node: TypedExpression;
  readonly axis: number | undefined;
}

/** What gave `axis` of an expression its size (or, without an axis, the expression its shape), then where the size's symbols come from. */
export function axisOrigins(
  context: Context,
  e: TypedExpression,
  axis: number | undefined,
): Related[] {
  const { node, axis: at } = follow({ node: e, axis });
  const found = axis === undefined ? undefined : e.type.shape[axis];
  const text = describe(node, at, found);
  const here: Related[] = text === undefined ? [] : [{ span: declared(node), message: text }];
  const sizes = found === undefined ? [] : [found.size];
  const more = context.shared.sizes
    .explain(sizes)
    .filter((r) => !here.some((h) => sameSpan(h.span, r.span)));
  return [...here, ...more];
}

const sameSpan = (a: Span, b: Span): boolean => a.file === b.file && a.start === b.start;

const declared = (node: TypedExpression): Span => {
  if (node.kind === 'reference') return node.to.span;
  return node.kind === 'local' ? node.local.span : node.span;
};

function describe(
  node: TypedExpression,
  axis: number | undefined,
  found: Axis | undefined,
): string | undefined {
  const name =
    node.kind === 'reference' ? node.to.name : node.kind === 'local' ? node.local.name : undefined;
  if (name !== undefined) return `\`${name}\` is ${showType(node.type)}`;
  if (found === undefined || axis === undefined) return `this is ${showType(node.type)}`;
  const size = constantValue(found.size);
  if (node.kind === 'tensor' && axis === 0 && size !== undefined) {
    return `a list of ${count(size, 'item')}`;
  }
  return `this is ${showType(node.type)}`;
}

/** Goes down to the part of an expression from which the axis comes. */
function follow(place: Place): Place {
  let { node, axis } = place;
  for (let step = 0; step < 50; step++) {
    const next = below(node, axis);
    if (next === undefined) break;
    node = next.node;
    axis = next.axis;
  }
  return { node, axis };
}

function below(node: TypedExpression, axis: number | undefined): Place | undefined {
  switch (node.kind) {
    case 'elementwise': {
      const rank = node.type.shape.length;
      const arg = node.args.find((a) => a.type.shape.length === rank && rank > 0);
      return arg === undefined ? undefined : { node: arg, axis };
    }
    case 'stop':
    case 'applyMap':
      return node.kind === 'stop' ? { node: node.operand, axis } : undefined;
    case 'transpose':
      return { node: node.operand, axis: axis === undefined ? undefined : 1 - axis };
    case 'conditional':
      return { node: node.then, axis };
    case 'let':
      return { node: node.body, axis };
    case 'product':
      return ofProduct(node, axis);
    default:
      return undefined;
  }
}

function ofProduct(
  node: Extract<TypedExpression, { readonly kind: 'product' }>,
  axis: number | undefined,
): Place | undefined {
  if (axis === undefined) return undefined;
  switch (node.form) {
    case 'matmul':
      return axis === 0 ? { node: node.left, axis: 0 } : { node: node.right, axis: 1 };
    case 'matvec':
      return { node: node.left, axis: 0 };
    case 'vecmat':
      return { node: node.right, axis: 1 };
    case 'outer':
      return axis === 0 ? { node: node.left, axis: 0 } : { node: node.right, axis: 0 };
    case 'inner':
      return undefined;
  }
}
