// `vcat`, `hcat`, `stack`. Vectors join end to end; beside a matrix a vector must say that it is a row (`x'`, `A[i, :]`) or stand in `hcat` as a column.
import type { Span } from '../../../grammar/span.ts';
import type { Dim } from '../../tensor/dim.ts';
import { plus } from '../size-arithmetic.ts';
import { axesAgree, bothOrigins, joinShapes, shapesAgree } from '../align.ts';
import { complain, fail, unknownNode, type Context } from '../context.ts';
import { joinKinds, oneDim, plainAxis, showShape, showType } from '../type-of.ts';
import { constantDim } from '../../tensor/dim.ts';
import type { Axis, ElementKind, TypedExpression } from '../types.ts';

export function join(
  context: Context,
  name: 'vcat' | 'hcat',
  items: readonly TypedExpression[],
  span: Span,
): TypedExpression {
  const shaped = items.map((i) =>
    i.type.shape.length === 0 ? reshaped(i, [plainAxis(oneDim)]) : i,
  );
  const rank = Math.max(...shaped.map((i) => i.type.shape.length));
  const rows = shaped.every((i) => i.type.row === 'transposed');
  const flat = rank === 1 && (name === 'vcat' ? !rows : rows);
  if (flat) return along(context, name, shaped, 0, span, rows);
  const matrices = shaped.map((i) => asMatrix(context, name, i, Math.max(rank, 2)));
  const known = matrices.filter((m) => m !== undefined);
  if (known.length < matrices.length) return unknownNode(span);
  return along(context, name, known, name === 'vcat' ? 0 : 1, span, false);
}

const reshaped = (operand: TypedExpression, shape: readonly Axis[]): TypedExpression => ({
  kind: 'reshape',
  operand,
  type: { element: operand.type.element, shape },
  span: operand.span,
});

/** A vector as the row or column that it stands for. Undefined after a message. */
function asMatrix(
  context: Context,
  name: 'vcat' | 'hcat',
  e: TypedExpression,
  rank: number,
): TypedExpression | undefined {
  const { shape, row } = e.type;
  if (shape.length === rank) return e;
  const vector = shape.length === 1 && rank === 2;
  if (vector && row !== undefined && (name === 'vcat' || row === 'transposed')) {
    return reshaped(e, [plainAxis(oneDim), shape[0]]);
  }
  if (vector && name === 'hcat') return reshaped(e, [shape[0], plainAxis(oneDim)]);
  complain(
    context,
    'M113',
    e.span,
    { name, wanted: 'matrices, or vectors that are rows', found: showType(e.type) },
    vector ? { help: "write v' for a vector that is a row" } : {},
  );
  return undefined;
}

function along(
  context: Context,
  name: string,
  items: readonly TypedExpression[],
  axis: number,
  span: Span,
  row: boolean,
): TypedExpression {
  const [first] = items;
  let shape = first.type.shape;
  let size: Dim = shape[axis].size;
  let element: ElementKind = first.type.element;
  for (const item of items.slice(1)) {
    const fits = shape.every(
      (a, i) => i === axis || axesAgree(context, a, item.type.shape[i], item.span),
    );
    if (!fits) {
      return fail(
        context,
        'M101',
        item.span,
        { op: name, left: showShape(first.type.shape), right: showShape(item.type.shape) },
        { related: bothOrigins(context, first, item) },
      );
    }
    size = plus(size, item.type.shape[axis].size);
    element = joinKinds(element, item.type.element);
  }
  shape = shape.map((a, i) => (i === axis ? plainAxis(size) : a));
  const type = { element, shape, ...(row ? ({ row: 'transposed' } as const) : {}) };
  return items.length === 1 ? first : { kind: 'join', items, axis, type, span };
}

/** Items of one shape along a new first axis. */
export function stack(
  context: Context,
  items: readonly TypedExpression[],
  span: Span,
): TypedExpression {
  const [first] = items;
  let { shape, element } = first.type;
  for (const item of items.slice(1)) {
    if (!shapesAgree(context, shape, item.type.shape, item.span)) {
      return fail(
        context,
        'M101',
        item.span,
        { op: 'stack', left: showShape(shape), right: showShape(item.type.shape) },
        { related: bothOrigins(context, first, item) },
      );
    }
    shape = joinShapes(shape, item.type.shape);
    element = joinKinds(element, item.type.element);
  }
  const length = plainAxis(constantDim(items.length));
  return { kind: 'tensor', items, type: { element, shape: [length, ...shape] }, span };
}
