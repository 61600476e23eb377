// User functions are written out where they are called: parameters become locals bound to the arguments. A function of scalars given tensors
// becomes a `map` over their entries.
import type { Call, Expr, FunctionDecl, Names, Parameter } from '../../grammar/ast.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import { symbolDim, symbolsOf, type Dim } from '../tensor/dim.ts';
import { axesAgree, joinShapes, shapesAgree } from './align.ts';
import { isBuiltin } from './builtin.ts';
import { matchArguments, type Matched } from './arguments.ts';
import { complain, fail, makeLocal, unknownNode, type Context } from './context.ts';
import { elementKind } from './dimensions.ts';
import { elaborate, expression } from './expression.ts';
import { polynomial, solveFor, toDim } from './integers.ts';
import { asLabels } from './labels.ts';
import { axisOrigins } from './origins.ts';
import {
  knownEntry,
  lookUp,
  lookUpFunction,
  newScope,
  type Entry,
  type FunctionEntry,
  type Meaning,
  type Scope,
} from './scope.ts';
import {
  count,
  isUnknown,
  kindFits,
  labelSet,
  showFullType,
  showKind,
  showShape,
  showType,
  unknownType,
  wantedValues,
} from './type-of.ts';
import type { Axis, ElementKind, IndexSet, Local, TensorType, TypedExpression } from './types.ts';
import { itemsOf, tuple, type Value } from './value.ts';

export function inlineCall(context: Context, entry: FunctionEntry, e: Call): Value {
  entry.used = true;
  const { declaration } = entry;
  const parameters = declaration.parameters.map((p) => ({
    name: p.name.name,
    ...(p.value === undefined ? {} : ({ optional: true } as const)),
  }));
  const matched = matchArguments(context, declaration.name.name, parameters, e.args, e.span);
  if (matched === undefined) {
    for (const arg of e.args)
      if (!isFunctionName(context, arg.value)) elaborate(context, arg.value);
    return unknownNode(e.span);
  }
  return inline(context, entry, matched, e.span);
}

const isFunctionName = (context: Context, e: Expr): boolean =>
  e.kind === 'Name' && passedFunction(context, e) !== undefined;

/** A function that is passed by its name. */
export function passedFunction(context: Context, e: Expr): Meaning | undefined {
  if (e.kind !== 'Name') return undefined;
  const entry = lookUp(context.scope, e.name);
  if (entry !== undefined) {
    const { meaning } = entry;
    const passed =
      meaning?.kind === 'function' ||
      meaning?.kind === 'builtin' ||
      meaning?.kind === 'patternFunction';
    if (passed) entry.used = true;
    return passed ? meaning : undefined;
  }
  const user = lookUpFunction(context.scope, e.name);
  if (user !== undefined) {
    user.used = true;
    return { kind: 'function', function: user };
  }
  return isBuiltin(e.name) ? { kind: 'builtin', name: e.name } : undefined;
}

interface Frame {
  /** Of the caller. */
  readonly outer: Context;
  /** Of the body. */
  readonly inner: Context;
  readonly scope: Scope;
  readonly name: string;
  readonly span: Span;
  readonly bindings: { local: Local; value: TypedExpression }[];
  readonly entries: { local: Local; tensor: TypedExpression }[];
  /** Shape of the tensors given for scalars. */
  mapped: readonly Axis[] | undefined;
  failed: boolean;
}

function inline(
  context: Context,
  entry: FunctionEntry,
  matched: readonly Matched[],
  span: Span,
): Value {
  const { declaration } = entry;
  const name = declaration.name.name;
  const { shared } = context;
  if (shared.calls.includes(entry)) return recursion(context, entry, span);
  const scope = newScope(entry.scope);
  const inner: Context = {
    ...context,
    scope,
    end: undefined,
    guarded: context.guarded,
    callers: [...context.callers, { name, span }].slice(-3),
  };
  const frame: Frame = {
    outer: context,
    inner,
    scope,
    name,
    span,
    bindings: [],
    entries: [],
    mapped: undefined,
    failed: false,
  };
  declaration.parameters.forEach((p, i) => bindParameter(frame, p, matched[i]));
  if (frame.failed) return unknownNode(span);
  shared.calls.push(entry);
  const results = body(frame, declaration);
  shared.calls.pop();
  if (frame.failed || results.some((r) => isUnknown(r.type))) return unknownNode(span);
  return tuple(
    results.map((r) => finish(frame, r)),
    span,
  );
}

function recursion(context: Context, entry: FunctionEntry, span: Span): Value {
  const { calls } = context.shared;
  const circle = [...calls.slice(calls.indexOf(entry)), entry];
  const name = entry.declaration.name.name;
  const path = circle.map((c) => c.declaration.name.name).join(' → ');
  return fail({ ...context, callers: [] }, 'M010', span, { name: quote(name), path });
}

function bindParameter(frame: Frame, p: Parameter, matched: Matched): void {
  const { outer, inner, scope } = frame;
  const given = matched.argument;
  const passed = given === undefined ? undefined : passedFunction(outer, given.value);
  if (passed !== undefined) {
    scope.entries.set(p.name.name, knownEntry(p.name.name, 'function', p.name.span, passed));
    return;
  }
  const value =
    given !== undefined
      ? expression(outer, given.value)
      : p.value === undefined
        ? unknownNode(p.span)
        : expression(inner, p.value);
  const role = given === undefined ? 'let' : 'parameter';
  bindValue(frame, p, given === undefined ? p.span : given.span, value, role);
}

function bindValue(
  frame: Frame,
  p: Parameter,
  span: Span,
  given: TypedExpression,
  role: 'parameter' | 'let',
): void {
  const { inner, scope } = frame;
  const element = p.type === undefined ? undefined : elementKind(inner, p.type.element);
  const labels = element === undefined ? undefined : labelSet(element);
  const value = labels === undefined ? given : asLabels(inner, given, labels);
  if (p.type !== undefined && element === undefined) frame.failed = true;
  if (!isUnknown(value.type) && element !== undefined && !kindFits(value.type.element, element)) {
    complain(frame.outer, 'M204', span, {
      what: `the argument \`${p.name.name}\` of \`${quote(frame.name)}\``,
      wanted: showKind(element),
      found: showFullType(value.type),
    });
    frame.failed = true;
  }
  if (p.type?.dims.length === 0 && value.type.shape.length > 0) {
    bindEntry(frame, p, span, value);
    return;
  }
  if (p.type !== undefined && p.type.dims.length > 0) bindShape(frame, p, span, value);
  const type =
    element === undefined || isUnknown(value.type)
      ? value.type
      : { ...value.type, element: wider(value.type.element, element) };
  const local = makeLocal(inner, p.name.name, role, type, p.name.span);
  inner.shared.bindings.set(local, value);
  frame.bindings.push({ local, value });
  enter(scope, p, { kind: 'local', local });
}

const wider = (from: ElementKind, to: ElementKind): ElementKind =>
  labelSet(to) === undefined ? to : from;

function enter(scope: Scope, p: Parameter, meaning: Meaning): void {
  const entry: Entry = knownEntry(p.name.name, 'parameter', p.name.span, meaning);
  scope.entries.set(p.name.name, entry);
}

/** A tensor where a scalar is declared: the body is applied to its entries. */
function bindEntry(frame: Frame, p: Parameter, span: Span, value: TypedExpression): void {
  const { inner, scope } = frame;
  const { shape } = value.type;
  if (frame.mapped === undefined) frame.mapped = shape;
  else if (shapesAgree(frame.outer, frame.mapped, shape, span)) {
    frame.mapped = joinShapes(frame.mapped, shape);
  } else {
    const first = frame.entries[0]?.tensor;
    complain(
      frame.outer,
      'M101',
      frame.span,
      { op: frame.name, left: showShape(frame.mapped), right: showShape(shape) },
      {
        related: [
          ...(first === undefined ? [] : axisOrigins(frame.outer, first, undefined)),
          ...axisOrigins(frame.outer, value, undefined),
        ],
        help: 'a function of scalars is applied entry by entry to tensors of equal shape',
      },
    );
    frame.failed = true;
  }
  const type: TensorType = { element: value.type.element, shape: [] };
  const local = makeLocal(inner, p.name.name, 'entry', type, p.name.span);
  frame.entries.push({ local, tensor: value });
  enter(scope, p, { kind: 'local', local });
}

/** What binding the dimension names of parameters needs. */
export interface ShapeFrame {
  readonly outer: Context;
  readonly inner: Context;
  readonly scope: Scope;
  readonly name: string;
  failed: boolean;
}

/** Dimension names of a parameter's type are bound by the first argument that has them; later ones must agree. */
export function bindShape(
  frame: ShapeFrame,
  p: Parameter,
  span: Span,
  value: TypedExpression,
): void {
  const dims = p.type?.dims ?? [];
  if (isUnknown(value.type)) {
    for (const d of dims) if (d.kind === 'Name') bindUnknownSize(frame, d.name, d.span);
    return;
  }
  const { shape } = value.type;
  const what = `\`${p.name.name}\` of \`${quote(frame.name)}\``;
  if (shape.length !== dims.length) {
    complain(
      frame.outer,
      'M112',
      span,
      {
        what,
        wanted: `a tensor with ${count(dims.length, 'axis').replace('axiss', 'axes')}`,
        found: showType(value.type),
      },
      {
        related: [
          { span: p.span, message: 'declared here' },
          ...axisOrigins(frame.outer, value, undefined),
        ],
      },
    );
    frame.failed = true;
    return;
  }
  dims.forEach((d, axis) => bindDimension(frame, p, d, shape[axis], value, axis, span));
}

function bindUnknownSize(frame: ShapeFrame, name: string, span: Span): void {
  if (frame.scope.entries.has(name)) return;
  frame.scope.entries.set(name, knownEntry(name, 'size', span, { kind: 'bad' }));
}

function bindDimension(
  frame: ShapeFrame,
  p: Parameter,
  d: Expr,
  axis: Axis,
  value: TypedExpression,
  position: number,
  span: Span,
): void {
  const set = d.kind === 'Name' ? setNamed(frame, d.name) : undefined;
  if (d.kind === 'Name' && set === undefined && !frame.scope.entries.has(d.name)) {
    frame.scope.entries.set(
      d.name,
      knownEntry(d.name, 'size', d.span, { kind: 'size', dim: axis.size }),
    );
    return;
  }
  const wanted = set === undefined ? solveDimension(frame, d, axis.size) : set.size;
  if (wanted === undefined) {
    complain(
      frame.outer,
      'M112',
      span,
      {
        what: `\`${p.name.name}\` of \`${quote(frame.name)}\``,
        wanted: 'of another size',
        found: showShape([axis]),
      },
      { related: [{ span: d.span, message: 'this is its size' }] },
    );
    frame.failed = true;
    return;
  }
  if (axesAgree(frame.outer, { size: wanted, set }, axis, span)) return;
  const shown = d.kind === 'Name' ? d.name : wanted.key;
  complain(
    frame.outer,
    'M122',
    span,
    { name: shown, first: wanted.key, second: axis.set?.name ?? axis.size.key },
    {
      related: [
        { span: p.span, message: 'declared here' },
        ...axisOrigins(frame.outer, value, position),
      ],
    },
  );
  frame.failed = true;
}

function setNamed(frame: ShapeFrame, name: string): IndexSet | undefined {
  const entry = lookUp(frame.scope, name);
  return entry?.meaning?.kind === 'set' ? entry.meaning.set : undefined;
}

/** The size of a dimension such as `2*k`; a single name in it that nothing bound yet is solved for. */
function solveDimension(frame: ShapeFrame, d: Expr, actual: Dim): Dim | undefined {
  const free = freeNames(d).filter((n) => !frame.scope.entries.has(n.name));
  const [name] = free;
  if (name === undefined || free.length > 1) {
    const e = expression(frame.inner, d);
    return isUnknown(e.type) ? undefined : toDim(frame.inner.shared, e);
  }
  const symbol = `?${name.name}`;
  const probe = newScope(frame.scope);
  probe.entries.set(
    name.name,
    knownEntry(name.name, 'size', name.span, { kind: 'size', dim: symbolDim(symbol) }),
  );
  const e = expression({ ...frame.inner, scope: probe }, d);
  const dim = polynomial(frame.inner.shared, e, undefined);
  const solved = dim === undefined ? undefined : solveFor(dim, symbol, actual);
  if (solved === undefined || symbolsOf(solved).includes(symbol)) {
    return undefined;
  }
  frame.scope.entries.set(
    name.name,
    knownEntry(name.name, 'size', name.span, { kind: 'size', dim: solved }),
  );
  return actual;
}

export function freeNames(e: Expr): readonly { readonly name: string; readonly span: Span }[] {
  switch (e.kind) {
    case 'Name':
      return [e];
    case 'Binary': {
      const found: { readonly name: string; readonly span: Span }[] = [];
      let node: Expr = e;
      while (node.kind === 'Binary') {
        found.push(...freeNames(node.right));
        node = node.left;
      }
      return [...found, ...freeNames(node)];
    }
    case 'Unary':
      return freeNames(e.operand);
    default:
      return [];
  }
}

function body(frame: Frame, declaration: FunctionDecl): readonly TypedExpression[] {
  for (const member of declaration.body.lets) {
    const values = itemsOf(elaborate(frame.inner, member.value));
    bindLet(frame, member.target, values, member.value.span);
  }
  return itemsOf(elaborate(frame.inner, declaration.body.value));
}

function bindLet(
  frame: Frame,
  target: Names,
  values: readonly TypedExpression[],
  span: Span,
): void {
  const fits = values.length === target.names.length;
  if (!fits && !(values.length === 1 && isUnknown(values[0].type))) {
    complain(frame.inner, 'M305', span, {
      what: 'this',
      found: count(values.length, 'value'),
      wanted: wantedValues(target.names.length),
    });
  }
  target.names.forEach((name, i) => {
    const value = fits ? values[i] : undefined;
    const type = value?.type ?? unknownType;
    const local = makeLocal(frame.inner, name.name, 'let', type, name.span);
    if (value !== undefined) {
      frame.inner.shared.bindings.set(local, value);
      frame.bindings.push({ local, value });
    } else frame.failed = true;
    frame.scope.entries.set(
      name.name,
      knownEntry(name.name, 'let', name.span, { kind: 'local', local }),
    );
  });
}

/** The result in its lets, and over the entries of tensors given for scalars. */
function finish(frame: Frame, result: TypedExpression): TypedExpression {
  const { bindings, entries, mapped, span } = frame;
  if (mapped === undefined) {
    return bindings.length === 0
      ? result
      : { kind: 'let', bindings, body: result, type: result.type, span };
  }
  if (result.type.shape.length > 0) {
    complain(frame.outer, 'M306', span, { name: quote(frame.name), found: showType(result.type) });
    return unknownNode(span);
  }
  const [outside, inside] = split(frame);
  const scalar: TypedExpression =
    inside.length === 0
      ? result
      : { kind: 'let', bindings: inside, body: result, type: result.type, span };
  const type = { element: result.type.element, shape: mapped };
  const map: TypedExpression = { kind: 'map', entries, body: scalar, type, span };
  return outside.length === 0 ? map : { kind: 'let', bindings: outside, body: map, type, span };
}

/** Arguments given whole are bound outside the map; defaults and the function's lets are made for each entry. */
function split(frame: Frame): readonly [Frame['bindings'], Frame['bindings']] {
  const outside = frame.bindings.filter((b) => b.local.role === 'parameter');
  const inside = frame.bindings.filter((b) => b.local.role !== 'parameter');
  return [outside, inside];
}
