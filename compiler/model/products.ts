// `*`: scaling, and products of vectors and matrices, with one meaning each.
import type { Span } from '../../grammar/span.ts';
import { axesAgree, axesFit, elementwise, rowOf } from './align.ts';
import { complain, fail, unknownNode, type Context } from './context.ts';
import { axisOrigins } from './origins.ts';
import { printTyped } from './print.ts';
import { joinKinds, showShape, showType } from './type-of.ts';
import type { PatternMap } from './method-types.ts';
import type { Axis, Product, TensorType, TypedExpression } from './types.ts';

export function times(
  context: Context,
  a: TypedExpression,
  b: TypedExpression,
  span: Span,
): TypedExpression {
  const [p, q] = [a.type.shape, b.type.shape];
  const element = joinKinds(a.type.element, b.type.element, 'int');
  if (p.length === 0 || q.length === 0) {
    const type = p.length === 0 ? b.type : a.type;
    return elementwise('multiply', [a, b], { ...type, element }, span);
  }
  if (p.length > 2 || q.length > 2) {
    return fail(context, 'M103', span, { left: showType(a.type), right: showType(b.type) });
  }
  const form = formOf(a.type, b.type);
  if (form === 'outer') {
    const type = { element, shape: [p[0], q[q.length - 1]] };
    return { kind: 'product', form, left: a, right: b, type, span };
  }
  if (form === 'inner' && a.type.row === undefined) complain(context, 'M104', span, {});
  const inner = [p[p.length - 1], q[0]] as const;
  if (!axesAgree(context, inner[0], inner[1], span)) return misfit(context, a, b, span);
  const shape = [...p.slice(0, -1), ...q.slice(1)];
  const row = form === 'vecmat' ? rowOf(a.type) : {};
  const map = asMap(form, a, b);
  const type = { element, shape, ...row };
  if (map !== undefined) return { kind: 'applyMap', ...map, type, span };
  return { kind: 'product', form, left: a, right: b, type, span };
}

function formOf(a: TensorType, b: TensorType): Product['form'] {
  if (a.shape.length === 2) {
    if (b.shape.length === 2) return 'matmul';
    return b.row === 'transposed' && a.shape[1].size.key === '1' ? 'outer' : 'matvec';
  }
  if (b.shape.length === 2) return 'vecmat';
  return b.row === 'transposed' && a.row !== 'transposed' ? 'outer' : 'inner';
}

/** `K*v`, `K'*v`, `v'*K` with a linear map of a pattern. */
function asMap(
  form: Product['form'],
  a: TypedExpression,
  b: TypedExpression,
):
  | { readonly map: PatternMap; readonly transposed: boolean; readonly operand: TypedExpression }
  | undefined {
  if (form === 'matvec') {
    const found = mapOf(a);
    return found === undefined ? undefined : { ...found, operand: b };
  }
  if (form === 'vecmat') {
    const found = mapOf(b);
    return found === undefined
      ? undefined
      : { map: found.map, transposed: !found.transposed, operand: a };
  }
  return undefined;
}

function mapOf(
  e: TypedExpression,
): { readonly map: PatternMap; readonly transposed: boolean } | undefined {
  if (e.kind === 'patternMap') return { map: e.map, transposed: false };
  if (e.kind === 'transpose' && e.operand.kind === 'patternMap') {
    return { map: e.operand.map, transposed: true };
  }
  return undefined;
}

function misfit(
  context: Context,
  a: TypedExpression,
  b: TypedExpression,
  span: Span,
): TypedExpression {
  const [p, q] = [a.type.shape, b.type.shape];
  const inner = [p[p.length - 1], q[0]] as const;
  const help = transposeHelp(context, a, b);
  complain(
    context,
    'M102',
    span,
    {
      left: showShape(p),
      right: showShape(q),
      a: inner[0].set?.name ?? inner[0].size.key,
      b: inner[1].set?.name ?? inner[1].size.key,
    },
    {
      related: [
        ...axisOrigins(context, a, p.length - 1),
        ...axisOrigins(context, b, 0).filter(
          (r) => !axisOrigins(context, a, p.length - 1).some((o) => o.span === r.span),
        ),
      ],
      ...(help === undefined ? {} : { help }),
    },
  );
  return unknownNode(span);
}

/** The transposes that would make a product fit. */
function transposeHelp(
  context: Context,
  a: TypedExpression,
  b: TypedExpression,
): string | undefined {
  const [p, q] = [a.type.shape, b.type.shape];
  const [left, right] = [text(a), text(b)];
  const fit = (x: Axis, y: Axis): boolean => axesFit(context, x, y);
  if (p.length === 2 && fit(p[0], q[0])) return `the transpose fits: ${turned(a)} * ${right}`;
  if (q.length === 2 && fit(p[p.length - 1], q[1]))
    return `the transpose fits: ${left} * ${turned(b)}`;
  if (p.length === 2 && q.length === 2 && fit(p[0], q[1])) {
    return `turned round they fit: ${turned(a)} * ${turned(b)} or ${right} * ${left}`;
  }
  if (p.length === 1 && q.length === 2 && fit(p[0], q[1]))
    return `turned round they fit: ${right} * ${left}`;
  return undefined;
}

/** The transpose as one would write it. */
export function turned(e: TypedExpression): string {
  if (e.kind === 'transpose') return text(e.operand);
  const printed = text(e);
  return /^[\p{L}\p{N}_]+$/u.test(printed) ? `${printed}'` : `(${printed})'`;
}

function text(e: TypedExpression): string {
  const printed = e.kind === 'transpose' ? `${printTyped(e.operand)}'` : printTyped(e);
  return printed.includes('<') ? '…' : printed;
}
