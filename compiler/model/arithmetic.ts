// `+ - * / \ ^`, their dotted forms, `and`, `or`.
import type { Binary, BinaryOp } from '../../grammar/ast.ts';
import type { Span } from '../../grammar/span.ts';
import { axesAgree, broadcast, elementwise, meet } from './align.ts';
import { axisOrigins } from './origins.ts';
import { fail, unknownNode, type Context } from './context.ts';
import { deepest, expression } from './expression.ts';
import { knownConstant } from './integers.ts';
import { anyUnknown, needCondition, needNumbers } from './kinds.ts';
import { learnFromEqual, learnFromProduct } from './pending.ts';
import { times } from './products.ts';
import { joinKinds, showType } from './type-of.ts';
import type { ElementKind, ElementwiseFn, TypedExpression } from './types.ts';

/** A chain `a + b - c …` leans left: it is read from its leftmost part without recursion, and long sums become balanced trees. */
export function binaryChain(context: Context, e: Binary): TypedExpression {
  const spine: Binary[] = [e];
  let first = e.left;
  while (first.kind === 'Binary') {
    spine.push(first);
    first = first.left;
  }
  const sums = spine.filter((b) => isSum(b.op)).length;
  if (spine.length - sums > deepest) return fail(context, 'M902', e.span, {});
  let value = expression(context, first);
  let run: Term[] = [{ value, negative: false }];
  for (let i = spine.length - 1; i >= 0; i--) {
    const node = spine[i];
    const right = expression(context, node.right);
    context.shared.nodes++;
    value = binary(context, node, value, right);
    if (isSum(node.op)) run.push({ value: right, negative: node.op === '-' });
    else run = [{ value, negative: false }];
    const ends = i === 0 || !isSum(spine[i - 1].op);
    if (ends && run.length > longSum && value.kind === 'elementwise') value = balance(run, value);
  }
  return value;
}

const isSum = (op: BinaryOp): boolean => op === '+' || op === '-';
const longSum = 64;

interface Term {
  readonly value: TypedExpression;
  readonly negative: boolean;
}

/** The same sum as a tree of logarithmic depth: all that is added, minus all that is subtracted. */
function balance(terms: readonly Term[], whole: TypedExpression): TypedExpression {
  const plus = terms.filter((t) => !t.negative).map((t) => t.value);
  const minus = terms.filter((t) => t.negative).map((t) => t.value);
  const join = (fn: ElementwiseFn, a: TypedExpression, b: TypedExpression): TypedExpression =>
    elementwise(
      fn,
      [a, b],
      { ...whole.type, shape: a.type.shape.length > 0 ? a.type.shape : b.type.shape },
      whole.span,
    );
  const total = (list: readonly TypedExpression[]): TypedExpression => {
    let level = list;
    while (level.length > 1) {
      const next: TypedExpression[] = [];
      for (let i = 0; i < level.length; i += 2) {
        next.push(i + 1 < level.length ? join('add', level[i], level[i + 1]) : level[i]);
      }
      level = next;
    }
    return level[0];
  };
  return minus.length === 0 ? total(plus) : join('subtract', total(plus), total(minus));
}

export function binary(
  context: Context,
  e: Binary,
  left: TypedExpression,
  right: TypedExpression,
): TypedExpression {
  if (e.op === 'and' || e.op === 'or') return logical(context, e.op, left, right, e.span);
  const a = needNumbers(context, left, `\`${e.op}\``);
  const b = needNumbers(context, right, `\`${e.op}\``);
  if (anyUnknown(a, b)) {
    if (e.op === '*') learnFromProduct(context, a, b);
    else if (e.op !== '\\' && e.op !== '/' && e.op !== '^') learnFromEqual(context, a, b);
    return unknownNode(e.span);
  }
  switch (e.op) {
    case '+':
      return plain(context, 'add', '+', a, b, e.span);
    case '-':
      return plain(context, 'subtract', '-', a, b, e.span);
    case '*':
      return times(context, a, b, e.span);
    case '/':
      return divide(context, a, b, e.span);
    case '\\':
      return solve(context, a, b, e.span);
    case '^':
      return power(context, a, b, e.span);
    case '.+':
      return dotted(context, 'add', e.op, a, b, sumKind(a, b), e.span);
    case '.-':
      return dotted(context, 'subtract', e.op, a, b, sumKind(a, b), e.span);
    case '.*':
      return dotted(context, 'multiply', e.op, a, b, sumKind(a, b), e.span);
    case './':
      return dotted(
        context,
        'divide',
        e.op,
        a,
        b,
        joinKinds(a.type.element, b.type.element, 'real'),
        e.span,
      );
    case '.^':
      return dotted(context, 'power', e.op, a, b, powerKind(context, a, b), e.span);
  }
}

const sumKind = (a: TypedExpression, b: TypedExpression): ElementKind =>
  joinKinds(a.type.element, b.type.element, 'int');

/** `a + b` of given expressions: equal shapes, or a scalar with anything. */
export function plain(
  context: Context,
  fn: 'add' | 'subtract',
  op: string,
  a: TypedExpression,
  b: TypedExpression,
  span: Span,
): TypedExpression {
  const shape = meet(context, a, b, op, span);
  if (shape === undefined) return unknownNode(span);
  return elementwise(fn, [a, b], { element: sumKind(a, b), ...shape }, span);
}

function logical(
  context: Context,
  fn: 'and' | 'or',
  left: TypedExpression,
  right: TypedExpression,
  span: Span,
): TypedExpression {
  const a = needCondition(context, left, `the left of \`${fn}\``);
  const b = needCondition(context, right, `the right of \`${fn}\``);
  if (anyUnknown(a, b)) return unknownNode(span);
  const shape = meet(context, a, b, fn, span);
  if (shape === undefined) return unknownNode(span);
  return elementwise(fn, [a, b], { element: 'bool', ...shape }, span);
}

function dotted(
  context: Context,
  fn: ElementwiseFn,
  op: string,
  a: TypedExpression,
  b: TypedExpression,
  element: ElementKind,
  span: Span,
): TypedExpression {
  return broadcast(context, fn, a, b, op, element, span) ?? unknownNode(span);
}

function divide(
  context: Context,
  a: TypedExpression,
  b: TypedExpression,
  span: Span,
): TypedExpression {
  if (b.type.shape.length > 0) return fail(context, 'M106', span, { right: showType(b.type) });
  const element = joinKinds(a.type.element, b.type.element, 'real');
  return elementwise('divide', [a, b], { ...a.type, element }, span);
}

function solve(
  context: Context,
  a: TypedExpression,
  b: TypedExpression,
  span: Span,
): TypedExpression {
  const [p, q] = [a.type.shape, b.type.shape];
  const shapes = { left: showType(a.type), right: showType(b.type) };
  if (p.length !== 2 || q.length < 1 || q.length > 2) return fail(context, 'M105', span, shapes);
  if (!axesAgree(context, p[0], q[0], span)) {
    const values = { op: '\\', left: `${p[0].size.key} rows`, right: `${q[0].size.key} rows` };
    const related = [...axisOrigins(context, a, 0), ...axisOrigins(context, b, 0)];
    return fail(context, 'M101', span, values, { related });
  }
  const form = p[0].size.key === p[1].size.key ? 'square' : 'leastSquares';
  const element = joinKinds(a.type.element, b.type.element, 'real');
  const type = { element, shape: [p[1], ...q.slice(1)] };
  return { kind: 'solve', form, matrix: a, right: b, type, span };
}

function power(
  context: Context,
  a: TypedExpression,
  b: TypedExpression,
  span: Span,
): TypedExpression {
  const { shape } = a.type;
  if (b.type.shape.length === 0 && shape.length === 0) {
    return elementwise('power', [a, b], { element: powerKind(context, a, b), shape: [] }, span);
  }
  const exponent = b.type.shape.length === 0 ? knownConstant(context.shared, b, false) : undefined;
  const square = shape.length === 2 && shape[0].size.key === shape[1].size.key;
  if (square && exponent !== undefined && Number.isInteger(exponent)) {
    const element = joinKinds(a.type.element, exponent < 0 ? 'real' : 'int');
    return { kind: 'matrixPower', matrix: a, exponent, type: { element, shape }, span };
  }
  return fail(context, 'M107', span, { left: showType(a.type), right: showType(b.type) });
}

function powerKind(context: Context, a: TypedExpression, b: TypedExpression): ElementKind {
  const whole = a.type.element === 'int' || a.type.element === 'bool';
  const exponent = knownConstant(context.shared, b, false);
  if (whole && exponent !== undefined && Number.isInteger(exponent) && exponent >= 0) return 'int';
  return joinKinds(a.type.element, b.type.element, 'real');
}
