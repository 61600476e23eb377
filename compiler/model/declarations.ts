// Members that declare a value: data, params, variables, lets.
import type {
  Bound,
  DataMember,
  Drawn,
  Expr,
  LetMember,
  ParamMember,
  VarMember,
} from '../../grammar/ast.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import { shapesAgree } from './align.ts';
import { complain, unknownNode, type Context } from './context.ts';
import { rememberVariables, variablesIn } from './dependencies.ts';
import { typeOrUnknown } from './dimensions.ts';
import { distribution } from './distributions.ts';
import { domainFor, domainOf } from './domains.ts';
import { elaborate, expression } from './expression.ts';
import { knownConstant, polynomial } from './integers.ts';
import { needNumbers } from './kinds.ts';
import { asLabels } from './labels.ts';
import type { Frame } from './level.ts';
import { axisOrigins } from './origins.ts';
import { lookUp } from './scope.ts';
import { dataSource } from './sources.ts';
import {
  count,
  isNumeric,
  isUnknown,
  kindFits,
  labelSet,
  showFullType,
  showKind,
  showShape,
  unknownType,
  wantedValues,
} from './type-of.ts';
import type {
  DataDecl,
  LetDecl,
  ParamDecl,
  TensorType,
  TypedBound,
  TypedDistribution,
  TypedDomain,
  TypedExpression,
  VariableDecl,
} from './types.ts';
import { itemsOf } from './value.ts';

/** A value beside a declared type: its kind must fit and its shape agree. Gives it back, or `unknown`. */
export function fitDeclared(
  context: Context,
  given: TypedExpression,
  type: TensorType,
  what: string,
  options: {
    /** A scalar fills the shape. */
    readonly fill: boolean;
    readonly declared: Span | undefined;
    /** Any kind of number will do. */
    readonly anyKind?: boolean;
  },
): TypedExpression {
  const labels = labelSet(type.element);
  const value = labels === undefined ? given : asLabels(context, given, labels);
  if (isUnknown(value.type) || isUnknown(type)) return value;
  const here =
    options.declared === undefined
      ? []
      : [{ span: options.declared, message: `declared ${showFullType(type)}` }];
  const free = options.anyKind === true && isNumeric(value.type.element);
  if (!free && !kindFits(value.type.element, type.element)) {
    const values = { what, wanted: showKind(type.element), found: showKind(value.type.element) };
    complain(context, 'M204', value.span, values, { related: here });
    return unknownNode(value.span);
  }
  const scalar = value.type.shape.length === 0;
  if ((options.fill && scalar) || shapesAgree(context, type.shape, value.type.shape, value.span))
    return value;
  const differing =
    value.type.shape.length === type.shape.length
      ? type.shape.findIndex((a, i) => !context.shared.sizes.fits(a.size, value.type.shape[i].size))
      : -1;
  const origins = axisOrigins(context, value, differing < 0 ? undefined : differing);
  const sizes = context.shared.sizes.explain(type.shape.map((a) => a.size));
  const related = [
    ...here,
    ...sizes,
    ...origins.filter(
      (o) => !sizes.some((s) => s.span.start === o.span.start) && o.span !== value.span,
    ),
  ];
  complain(
    context,
    'M112',
    value.span,
    { what, wanted: showShape(type.shape), found: showShape(value.type.shape) },
    { related, ...(scalar ? { help: 'full(v, …) makes a tensor of a scalar' } : {}) },
  );
  return unknownNode(value.span);
}

/** `zeros` and `ones` by themselves fill the shape. */
function filling(context: Context, e: Expr): TypedExpression {
  if (
    e.kind === 'Name' &&
    (e.name === 'zeros' || e.name === 'ones') &&
    lookUp(context.scope, e.name) === undefined
  ) {
    return {
      kind: 'number',
      value: e.name === 'ones' ? 1 : 0,
      type: { element: 'int', shape: [] },
      span: e.span,
    };
  }
  return expression(context, e);
}

interface Bounds {
  readonly lower: TypedBound | undefined;
  readonly upper: TypedBound | undefined;
}

function bounds(
  context: Context,
  written: readonly Bound[],
  type: TensorType,
  what: string,
): Bounds {
  let lower: TypedBound | undefined;
  let upper: TypedBound | undefined;
  for (const b of written) {
    const given = needNumbers(context, filling(context, b.value), 'a bound');
    const shaped = { ...type, element: isUnknown(type) ? type.element : 'real' } as const;
    const value = fitDeclared(context, given, shaped, `the bound of ${what}`, {
      fill: true,
      declared: undefined,
    });
    if (isUnknown(value.type)) continue;
    const isLower = b.op === '>=' || b.op === '>';
    const bound: TypedBound = { value, strict: b.op === '>' || b.op === '<', span: b.span };
    const first = isLower ? lower : upper;
    if (first !== undefined) {
      const text = `${what} has two ${isLower ? 'lower' : 'upper'} bounds`;
      complain(
        context,
        'M519',
        b.span,
        { what: text },
        { related: [{ span: first.span, message: 'the first is here' }] },
      );
    } else if (isLower) lower = bound;
    else upper = bound;
  }
  checkOrder(context, lower, upper, what);
  return { lower, upper };
}

function checkOrder(
  context: Context,
  lower: TypedBound | undefined,
  upper: TypedBound | undefined,
  what: string,
): void {
  if (lower === undefined || upper === undefined) return;
  const low = knownConstant(context.shared, lower.value, false);
  const high = knownConstant(context.shared, upper.value, false);
  if (low === undefined || high === undefined) return;
  const strict = lower.strict || upper.strict;
  if (low < high || (low === high && !strict)) return;
  complain(
    context,
    'M519',
    upper.span,
    { what: `nothing lies between the bounds of ${what}: ${low} and ${high}` },
    { related: [{ span: lower.span, message: 'the lower bound is here' }] },
  );
}

function domainFrom(
  context: Context,
  e: Expr | undefined,
  type: TensorType,
): TypedDomain | undefined {
  const domain = e === undefined ? undefined : domainOf(context, e);
  return domain === undefined ? undefined : domainFor(context, domain, type, undefined);
}

function drawnFor(
  context: Context,
  drawn: Drawn,
  type: TensorType,
  what: string,
): TypedDistribution | undefined {
  if (isUnknown(type)) return undefined;
  const found = distribution(context, drawn.distribution, type.shape);
  if (found === undefined) return undefined;
  const value: TypedExpression = {
    kind: 'unknown',
    type: found.type,
    span: drawn.distribution.span,
  };
  const fitted = fitDeclared(context, value, type, what, { fill: false, declared: undefined });
  return isUnknown(fitted.type) ? undefined : found;
}

/** Complains about variables in what must be fixed before. */
export function forbidVariables(
  context: Context,
  parts: readonly TypedExpression[],
  what: string,
  allowed: (variable: VariableDecl) => boolean,
): void {
  for (const part of parts) {
    for (const variable of variablesIn(context.shared, part)) {
      if (allowed(variable)) continue;
      const related = [{ span: variable.span, message: `\`${variable.name}\` is a variable` }];
      complain(context, 'M507', part.span, { what, name: quote(variable.name) }, { related });
      return;
    }
  }
}

const never = (): boolean => false;

export function makeData(
  context: Context,
  member: DataMember,
  value: TypedExpression | undefined,
): DataDecl {
  const { name } = member.name;
  const type = typeOrUnknown(context, member.type);
  const what = `the data \`${quote(name)}\``;
  const { lower, upper } = bounds(context, member.bounds, type, what);
  const decl = {
    kind: 'data',
    name,
    key: name,
    type,
    sparse: member.sparse,
    lower,
    upper,
    domain: domainFrom(context, member.domain, type),
    doc: member.doc?.text,
    span: member.name.span,
  } as const;
  const required: DataDecl = { ...decl, value: { kind: 'required' } };
  if (member.sparse && !isUnknown(type) && type.shape.length !== 2) {
    complain(context, 'M519', member.span, {
      what: `only matrices are sparse; ${what} is ${showShape(type.shape)}`,
    });
  }
  switch (member.init.kind) {
    case 'Required':
      return required;
    case 'Read': {
      const source = dataSource(member.init, context.shared.add);
      return source === undefined ? required : { ...decl, value: { kind: 'file', source } };
    }
    case 'Drawn': {
      const drawn = drawnFor(context, member.init, type, what);
      if (drawn !== undefined) forbidVariables(context, drawn.args, what, never);
      return drawn === undefined
        ? required
        : { ...decl, value: { kind: 'draw', distribution: drawn } };
    }
    case 'Computed': {
      if (value === undefined) return required;
      const fitted = fitDeclared(context, value, type, what, {
        fill: false,
        declared: member.type.span,
      });
      forbidVariables(context, [fitted], what, never);
      const known = isUnknown(type) ? { ...decl, type: stripped(fitted.type) } : decl;
      return { ...known, value: { kind: 'expression', value: fitted } };
    }
  }
}

const stripped = (type: TensorType): TensorType =>
  isUnknown(type) ? unknownType : { element: type.element, shape: type.shape };

export function makeParam(context: Context, member: ParamMember): ParamDecl {
  const { name } = member.name;
  const type = typeOrUnknown(context, member.type);
  const what = `the param \`${quote(name)}\``;
  const { lower, upper } = bounds(context, member.bounds, type, what);
  const given = member.value === undefined ? undefined : expression(context, member.value);
  const value =
    given === undefined
      ? undefined
      : fitDeclared(context, given, type, what, { fill: false, declared: member.type.span });
  if (value !== undefined) forbidVariables(context, [value], what, never);
  return {
    kind: 'param',
    name,
    key: name,
    type,
    lower,
    upper,
    domain: domainFrom(context, member.domain, type),
    value,
    doc: member.doc?.text,
    span: member.name.span,
  };
}

export function makeVariable(
  frame: Frame,
  member: VarMember,
  name: string,
  span: Span,
  key: string,
): VariableDecl {
  const { context } = frame;
  const type = typeOrUnknown(context, member.type);
  const what = `\`${quote(name)}\``;
  const whole = numericVariable(context, type, member, what);
  const { lower, upper } = bounds(context, member.bounds, whole, what);
  const domain = domainFrom(context, member.domain, whole);
  return {
    kind: 'variable',
    name,
    key,
    type: whole,
    lower,
    upper,
    domain,
    start: startOf(context, member, whole, what),
    doc: member.doc?.text,
    span,
  };
}

function numericVariable(
  context: Context,
  type: TensorType,
  member: VarMember,
  what: string,
): TensorType {
  if (labelSet(type.element) === undefined) return type;
  complain(context, 'M519', member.type.span, {
    what: `${what} cannot be a label: variables are real, int, bool or complex`,
  });
  return unknownType;
}

function startOf(
  context: Context,
  member: VarMember,
  type: TensorType,
  what: string,
): VariableDecl['start'] {
  const { start } = member;
  if (start === undefined) return { kind: 'default' };
  if (start.kind === 'Drawn') {
    const drawn = drawnFor(context, start, type, `the start of ${what}`);
    return drawn === undefined ? { kind: 'default' } : { kind: 'draw', distribution: drawn };
  }
  const given = filling(context, start.value);
  const value = fitDeclared(context, given, type, `the start of ${what}`, {
    fill: true,
    declared: member.type.span,
  });
  return isUnknown(value.type) ? { kind: 'default' } : { kind: 'expression', value };
}

/** One declaration for each name of a let. */
export function makeLets(
  context: Context,
  member: LetMember,
  keys: readonly string[],
): readonly LetDecl[] {
  const values = itemsOf(elaborate(context, member.value));
  const { names } = member.target;
  const fits = values.length === names.length;
  if (!fits && !(values.length === 1 && isUnknown(values[0].type))) {
    complain(context, 'M305', member.value.span, {
      what: 'this',
      found: count(values.length, 'value'),
      wanted: wantedValues(names.length),
    });
  }
  return names.map((name, i) => {
    const value = fits ? letValue(context, values[i]) : unknownNode(member.value.span);
    const decl: LetDecl = {
      kind: 'let',
      name: name.name,
      key: keys[i] ?? name.name,
      type: value.type,
      value,
      doc: member.doc?.text,
      span: name.span,
    };
    remember(context, decl);
    return decl;
  });
}

/** A list of texts is nothing by itself. */
function letValue(context: Context, value: TypedExpression): TypedExpression {
  return value.type.element === 'string' ? needNumbers(context, value, 'a let') : value;
}

/** Answers that later declarations ask for, worked out while the chain of lets is short. */
export function remember(context: Context, decl: LetDecl): void {
  rememberVariables(context.shared, decl, decl.value);
  const reference: TypedExpression = {
    kind: 'reference',
    to: decl,
    leading: 0,
    type: decl.type,
    span: decl.span,
  };
  if (decl.type.element === 'int' && decl.type.shape.length === 0) {
    polynomial(context.shared, reference, undefined);
    knownConstant(context.shared, reference, true);
    knownConstant(context.shared, reference, false);
  }
}
