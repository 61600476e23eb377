// Sets: declared by name, or written in place as ranges, lists and comprehensions.
import type { Call, Expr, Range, SetComprehension, SetLiteral } from '../../grammar/ast.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import { constantValue, symbolsOf, type Dim } from '../tensor/dim.ts';
import { minus, numberDim, plus, productOf } from './size-arithmetic.ts';
import { actualSet } from './align.ts';
import { quantify } from './bindings.ts';
import { complain, freshId, type Context } from './context.ts';
import { variablesIn } from './dependencies.ts';
import { expression } from './expression.ts';
import { knownConstant, symbolNaming, toDim, windowSize } from './integers.ts';
import { needScalar, needWholeScalar } from './kinds.ts';
import { resolve, suggest } from './names.ts';
import { outerIndex } from './outer-index.ts';
import { printSet } from './print.ts';
import { lookUp } from './scope.ts';
import { intType, isUnknown, oneDim, showFullType, zeroDim } from './type-of.ts';
import type { IndexBinding, IndexSet, SetElements, TensorType, TypedExpression } from './types.ts';

/** How a declared set is called; sets in place have neither name nor doc. */
export interface SetTitle {
  readonly name: string;
  readonly doc: string | undefined;
  readonly span: Span;
}

/** The set that an expression names or writes. Undefined after a message. */
export function setOf(context: Context, e: Expr, title?: SetTitle): IndexSet | undefined {
  switch (e.kind) {
    case 'Name':
      return namedSet(context, e);
    case 'Range':
      return rangeSet(context, e, title);
    case 'SetLiteral':
      return listedSet(context, e, title);
    case 'SetComprehension':
      return builtSet(context, e, title);
    case 'Call':
      return e.callee.name === 'batch' ? batchSet(context, e) : notASet(context, e);
    case 'Bad':
      return undefined;
    default:
      return notASet(context, e);
  }
}

function namedSet(
  context: Context,
  e: Extract<Expr, { readonly kind: 'Name' }>,
): IndexSet | undefined {
  const meaning = resolve(context, e);
  if (meaning === undefined) {
    const sets = lookUp(context.scope, e.name) === undefined ? suggest(e.name, context) : {};
    complain(context, 'M001', e.span, { name: quote(e.name) }, sets);
    return undefined;
  }
  if (meaning.kind === 'set') return meaning.set;
  if (meaning.kind === 'bad') return undefined;
  return notASet(context, e);
}

function notASet(context: Context, e: Expr): undefined {
  const named = e.kind === 'Name' ? `\`${quote(e.name)}\`` : 'this';
  if (e.kind !== 'Name') {
    const value = expression(context, e);
    if (isUnknown(value.type)) return undefined;
  }
  const help =
    e.kind === 'Name' || e.kind === 'Number'
      ? { help: `for the numbers up to it write 1..${e.kind === 'Name' ? e.name : e.text}` }
      : {};
  complain(context, 'M401', e.span, { what: named }, help);
  return undefined;
}

function makeSet(
  context: Context,
  e: Expr,
  elements: SetElements,
  arity: number,
  size: Dim | undefined,
  title: SetTitle | undefined,
): IndexSet | undefined {
  const known = size === undefined ? undefined : context.shared.sizes.value(size);
  if (known !== undefined && known > 2 ** 31) {
    complain(context, 'M408', e.span, { size: known });
    return undefined;
  }
  return {
    kind: 'set',
    name: title?.name,
    key: title?.name ?? `set ${freshId(context)}`,
    arity,
    size,
    elements,
    doc: title?.doc,
    span: title?.span ?? e.span,
  };
}

function rangeSet(context: Context, e: Range, title?: SetTitle): IndexSet | undefined {
  const from = needWholeScalar(context, expression(context, e.from), 'the start of a range');
  const to = needWholeScalar(context, expression(context, e.to), 'the end of a range');
  if (isUnknown(from.type) || isUnknown(to.type)) return undefined;
  const first = toDim(context.shared, from);
  const last = first === undefined ? undefined : toDim(context.shared, to);
  const size =
    first === undefined || last === undefined
      ? windowSize(context.shared, from, to)
      : rangeSize(first, last);
  return makeSet(context, e, { kind: 'range', from, to, first }, 1, size, title);
}

/** last - first + 1, and 0 where that is negative. */
export function rangeSize(first: Dim, last: Dim): Dim {
  const size = plus(minus(last, first), oneDim);
  const value = constantValue(size);
  return value !== undefined && value < 0 ? zeroDim : size;
}

function listedSet(context: Context, e: SetLiteral, title?: SetTitle): IndexSet | undefined {
  if (e.items.length === 0) {
    complain(context, 'M413', e.span, { what: 'this set' });
    return undefined;
  }
  const items = e.items.map((item) =>
    needScalar(context, expression(context, item), 'an element of a set'),
  );
  if (items.some((i) => isUnknown(i.type))) return undefined;
  const size = numberDim(items.length);
  const labels = items.flatMap((i) => (i.kind === 'text' ? [i.value] : []));
  if (labels.length === items.length) {
    if (
      repeats(
        context,
        items,
        labels.map((l) => `"${quote(l)}"`),
      )
    )
      return undefined;
    return makeSet(context, e, { kind: 'labels', labels }, 1, size, title);
  }
  for (const item of items) {
    if (item.type.element === 'int' || item.type.element === 'real') continue;
    complain(context, 'M201', item.span, {
      what: 'a set beside numbers',
      found: showFullType(item.type),
    });
    return undefined;
  }
  const numbers = items.map((i) => knownConstant(context.shared, i, true));
  if (
    repeats(
      context,
      items,
      numbers.map((n, i) => (n === undefined ? `#${i}` : String(n))),
    )
  ) {
    return undefined;
  }
  return makeSet(context, e, { kind: 'numbers', values: items }, 1, size, title);
}

function repeats(
  context: Context,
  items: readonly TypedExpression[],
  names: readonly string[],
): boolean {
  const seen = new Map<string, TypedExpression>();
  for (const [i, name] of names.entries()) {
    const first = seen.get(name);
    if (first !== undefined) {
      const related = [{ span: first.span, message: 'first here' }];
      complain(context, 'M407', items[i].span, { element: name }, { related });
      return true;
    }
    seen.set(name, items[i]);
  }
  return false;
}

function builtSet(context: Context, e: SetComprehension, title?: SetTitle): IndexSet | undefined {
  const inner = quantify(context, e.bindings, e.where, { draws: false, uncertain: false });
  const parts = e.body.kind === 'Tuple' ? e.body.items : [e.body];
  const components = parts.map((p) =>
    needScalar(inner.context, expression(inner.context, p), 'a component of a set'),
  );
  if (inner.failed || components.some((c) => isUnknown(c.type))) return undefined;
  const bindings = inner.bindings.filter((b) => b.kind === 'in');
  const { where } = inner;
  const set = makeSet(
    context,
    e,
    { kind: 'tuples', components, bindings, where },
    components.length,
    undefined,
    title,
  );
  if (
    set === undefined ||
    dependsOnVariable(context, e.span, [...components, ...(where === undefined ? [] : [where])])
  ) {
    return undefined;
  }
  return withSize(context, set, filteredSize(context, set, bindings, where));
}

/** The set with its size; a symbol of the size refers to the whole. */
export function withSize(context: Context, set: IndexSet, size: Dim | undefined): IndexSet {
  const whole = { ...set, size };
  for (const symbol of size === undefined ? [] : symbolsOf(size)) {
    if (context.shared.filters.get(symbol) === set) context.shared.filters.set(symbol, whole);
  }
  return whole;
}

/** Tells of a variable in what must be fixed. */
export function dependsOnVariable(
  context: Context,
  span: Span,
  parts: readonly TypedExpression[],
): boolean {
  for (const part of parts) {
    const [variable] = variablesIn(context.shared, part);
    if (variable === undefined) continue;
    complain(
      context,
      'M406',
      span,
      { what: 'a set', name: variable.name },
      { related: [{ span: variable.span, message: `\`${variable.name}\` is a variable` }] },
    );
    return true;
  }
  return false;
}

/** The number of combinations of the bindings; a symbol where only those that pass `where` count. */
export function filteredSize(
  context: Context,
  set: IndexSet,
  bindings: readonly IndexBinding[],
  where: TypedExpression | undefined,
): Dim | undefined {
  const sizes = bindings.map((b) => b.set.size);
  const known = sizes.filter((s) => s !== undefined);
  if (where === undefined && known.length === sizes.length) return productOf(known);
  const outer = outerIndex(bindings, where);
  if (outer !== undefined) {
    complain(
      context,
      'M118',
      (where ?? set).span,
      { what: 'the number of entries' },
      {
        help: `it changes with \`${outer.name}\`: bind both indices in one place, or keep all and let those that do not count be zero`,
      },
    );
    return undefined;
  }
  const symbol = `|${printSet(set, symbolNaming(context.shared))}|`;
  if (!context.shared.filters.has(symbol)) context.shared.filters.set(symbol, set);
  return context.shared.sizes.symbol({
    symbol,
    span: set.span,
    text: `\`${set.name ?? symbol}\` is a filtered set`,
    value: undefined,
  });
}

function batchSet(context: Context, e: Call): IndexSet | undefined {
  const { shared } = context;
  if (context.place !== 'method') {
    complain(context, 'M611', e.span, { name: 'batch' });
    return undefined;
  }
  const [source, k] = e.args;
  if (source === undefined || k === undefined || e.args.length > 2) {
    complain(context, 'M301', e.span, {
      name: 'batch',
      wanted: 'a set and a number',
      found: String(e.args.length),
    });
    return undefined;
  }
  const of = setOf(context, source.value);
  const number = needWholeScalar(context, expression(context, k.value), 'the size of a batch');
  if (of === undefined || isUnknown(number.type)) return undefined;
  const site = (shared.sites.get(e) ?? 0) + shared.siteOffset;
  const size = toDim(shared, number);
  return makeSet(context, e, { kind: 'batch', of, count: number, site }, of.arity, size, undefined);
}

/** The types of the names that an element of a set brings. */
export function elementTypes(set: IndexSet): readonly TensorType[] {
  const { elements } = set;
  switch (elements.kind) {
    case 'range':
      return [intType];
    case 'labels':
    case 'column':
      return [{ element: { labels: set }, shape: [] }];
    case 'numbers': {
      const whole = elements.values.every((v) => v.type.element === 'int');
      return [whole ? intType : { element: 'real', shape: [] }];
    }
    case 'tuples':
      return elements.components.map((c) => c.type);
    case 'role':
      if (elements.actual !== undefined) return elementTypes(elements.actual);
      return [{ element: { labels: set }, shape: [] }];
    case 'batch':
      return elementTypes(elements.of);
  }
}

/** Smallest and largest element of a range; positions count from 0 for labels. */
export function firstOf(set: IndexSet): Dim | undefined {
  const elements = actualSet(set)?.elements;
  if (elements?.kind === 'range') return elements.first;
  return elements?.kind === 'labels' || elements?.kind === 'column' ? zeroDim : undefined;
}
