// Functions applied entry by entry: arguments of equal shape, or scalars.
import type { Call } from '../../../grammar/ast.ts';
import type { Span } from '../../../grammar/span.ts';
import { elementwise, meet } from '../align.ts';
import type { Matched } from '../arguments.ts';
import type { ElementwiseName } from '../builtins.ts';
import { fail, unknownNode, type Context } from '../context.ts';
import { expression } from '../expression.ts';
import { anyUnknown, needNumbers } from '../kinds.ts';
import { joinKinds } from '../type-of.ts';
import type { ElementKind, ElementwiseFn, TensorType, TypedExpression } from '../types.ts';
import { numbers } from './common.ts';

/** What a function makes of the kinds of its arguments: the same kind, whole numbers, or reals. */
const kinds: { readonly [N in ElementwiseName]: 'same' | 'whole' | 'real' } = {
  abs: 'same',
  sign: 'whole',
  sqrt: 'real',
  cbrt: 'real',
  exp: 'real',
  log: 'real',
  log1p: 'real',
  expm1: 'real',
  sin: 'real',
  cos: 'real',
  tan: 'real',
  asin: 'real',
  acos: 'real',
  atan: 'real',
  atan2: 'real',
  sinh: 'real',
  cosh: 'real',
  tanh: 'real',
  sigmoid: 'real',
  softplus: 'real',
  relu: 'same',
  erf: 'real',
  lgamma: 'real',
  digamma: 'real',
  floor: 'whole',
  ceil: 'whole',
  round: 'whole',
  mod: 'same',
  clip: 'same',
  pos: 'same',
  neg: 'same',
  xlogx: 'real',
  xlogy: 'real',
  kl_div: 'real',
  huber: 'real',
  real: 'same',
  imag: 'same',
  conj: 'same',
  arg: 'real',
};

/** Functions that take complex numbers, and whether the result is complex too. */
const complexResult: Readonly<Partial<Record<ElementwiseName, ElementKind>>> = {
  abs: 'real',
  real: 'real',
  imag: 'real',
  arg: 'real',
  conj: 'complex',
  exp: 'complex',
  sqrt: 'complex',
};

export function elementwiseCall(
  context: Context,
  name: ElementwiseName,
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  const args = numbers(context, name, matched, e.span);
  if (args === undefined) return unknownNode(e.span);
  const element = resultKind(name, args);
  if (element === undefined) {
    return fail(context, 'M201', e.span, { what: `\`${name}\``, found: 'complex numbers' });
  }
  return together(context, name, name, args, element, e.span);
}

function resultKind(
  name: ElementwiseName,
  args: readonly TypedExpression[],
): ElementKind | undefined {
  const joined = args.reduce<ElementKind>((kind, a) => joinKinds(kind, a.type.element), 'bool');
  if (joined === 'complex') return complexResult[name];
  const rule = kinds[name];
  if (rule === 'whole') return 'int';
  return joinKinds(joined, rule === 'same' ? 'int' : 'real');
}

/** One elementwise node over arguments that must agree in shape. */
function together(
  context: Context,
  fn: ElementwiseFn,
  shown: string,
  args: readonly TypedExpression[],
  element: ElementKind,
  span: Span,
): TypedExpression {
  let [shaped] = args;
  let type: Omit<TensorType, 'element'> = { ...shaped.type };
  for (const arg of args.slice(1)) {
    const met = meet(context, shaped, arg, shown, span);
    if (met === undefined) return unknownNode(span);
    type = met;
    if (shaped.type.shape.length === 0) shaped = arg;
  }
  return elementwise(fn, args, { ...type, element }, span);
}

/** `max(a, b, …)`, `min(a, b, …)`. */
export function elementwiseChoice(context: Context, name: 'max' | 'min', e: Call): TypedExpression {
  const args = e.args.map((a) => needNumbers(context, expression(context, a.value), `\`${name}\``));
  if (anyUnknown(...args)) return unknownNode(e.span);
  const fn = name === 'max' ? 'maximum' : 'minimum';
  return args.reduce((a, b) =>
    anyUnknown(a, b)
      ? unknownNode(e.span)
      : together(context, fn, name, [a, b], joinKinds(a.type.element, b.type.element), e.span),
  );
}
