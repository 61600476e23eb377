// What a claim may ask of the runs: `gap("A")`, `at`, `first`, `rate`, `order`, `slope`, `success`, `trace`.
import type { Argument, Call, Expr } from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { quote } from '../../grammar/quote.ts';
import { symbolDim } from '../tensor/dim.ts';
import { complain, unknownNode, type Context } from './context.ts';
import { expression } from './expression.ts';
import { needScalarCondition } from './kinds.ts';
import { isUnknown, realType, vectorType } from './type-of.ts';
import type { Column, MeasurementNode, TypedExpression } from './types.ts';

type Fn = Exclude<MeasurementNode['fn'], 'final'>;

const forms: { readonly [F in Fn]: string } = {
  at: 'at("label", gap, iterations = 100)',
  first: 'first("label", iterations, gap <= 1e-3)',
  rate: 'rate("label", gap)',
  order: 'order("label", gap)',
  slope: 'slope("label", swept name, gap)',
  success: 'success("label", gap <= 1e-2)',
  trace: 'trace("label", gap)',
};

const isFn = (name: string): name is Fn => Object.hasOwn(forms, name);

/** A call in a claim whose first argument is a label, or whose name only claims know. */
export function isMeasurement(context: Context, e: Call): boolean {
  const { name } = e.callee;
  const [first] = e.args;
  const label = first?.name === undefined && first?.value.kind === 'Text';
  return isFn(name) || label || context.recorded?.columns.has(name) === true;
}

interface Asked {
  readonly fn: MeasurementNode['fn'];
  readonly column: Column | undefined;
  readonly at: MeasurementNode['at'];
  readonly condition: TypedExpression | undefined;
  readonly sweep: string | undefined;
}

const plain: Omit<Asked, 'fn'> = {
  column: undefined,
  at: undefined,
  condition: undefined,
  sweep: undefined,
};

export function measurement(context: Context, e: Call): TypedExpression {
  const { name } = e.callee;
  const label = labelOf(context, e);
  if (label === undefined) return unknownNode(e.span);
  const sweeps = context.recorded?.sweeps ?? [];
  const [points, rest] = split(
    e.args.slice(1),
    (a) => a.name !== undefined && sweeps.includes(a.name.name),
  );
  const where = points.map((a) => ({
    name: a.name?.name ?? '',
    value: expression(context, a.value),
  }));
  const asked = isFn(name) ? question(context, name, rest, e) : finalValue(context, e, rest);
  if (asked === undefined || where.some((w) => isUnknown(w.value.type))) return unknownNode(e.span);
  const type = asked.fn === 'trace' ? vectorType('real', symbolDim(`|trace ${label}|`)) : realType;
  return { kind: 'measurement', label, ...asked, where, type, span: e.span };
}

function split<T>(items: readonly T[], first: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(first), items.filter((i) => !first(i))];
}

function labelOf(context: Context, e: Call): string | undefined {
  const [first] = e.args;
  const { name } = e.callee;
  const wanted = isFn(name) ? forms[name] : `${name}("label")`;
  if (first === undefined || first.value.kind !== 'Text') {
    complain(context, 'M710', e.span, { name: quote(name), wanted });
    return undefined;
  }
  const label = first.value.value;
  const labels = context.recorded?.labels ?? [];
  if (labels.includes(label)) return label;
  const guess = didYouMean(label, labels);
  const help = guess === undefined ? {} : { help: `did you mean "${quote(guess)}"?` };
  complain(context, 'M709', first.value.span, { label: quote(label) }, help);
  return undefined;
}

function finalValue(context: Context, e: Call, rest: readonly Argument[]): Asked | undefined {
  const column = columnNamed(context, e.callee);
  if (column === undefined) return undefined;
  if (rest.length > 0)
    return badForm(
      context,
      e,
      `${quote(e.callee.name)}("label"), with a value for a swept name if need be`,
    );
  return { ...plain, fn: 'final', column };
}

function badForm(context: Context, e: Call, wanted: string): undefined {
  complain(context, 'M710', e.span, { name: quote(e.callee.name), wanted });
  return undefined;
}

export function columnNamed(context: Context, e: Expr): Column | undefined {
  if (e.kind !== 'Name') {
    complain(context, 'M708', e.span, { name: '…' });
    return undefined;
  }
  const recorded = context.recorded;
  const column = recorded?.columns.get(e.name);
  if (column !== undefined) return column;
  if (recorded?.open === true) return { kind: 'report', name: e.name };
  const guess = didYouMean(e.name, recorded?.columns.keys() ?? []);
  const help = guess === undefined ? {} : { help: `did you mean \`${guess}\`?` };
  complain(context, 'M708', e.span, { name: quote(e.name) }, help);
  return undefined;
}

function question(context: Context, fn: Fn, rest: readonly Argument[], e: Call): Asked | undefined {
  const [first, second] = rest;
  const wrong = (): undefined => badForm(context, e, forms[fn]);
  const positional = rest.every((a) => a.name === undefined);
  switch (fn) {
    case 'rate':
    case 'order':
    case 'trace': {
      if (first === undefined || rest.length !== 1 || !positional) return wrong();
      const column = columnNamed(context, first.value);
      return column === undefined ? undefined : { ...plain, fn, column };
    }
    case 'success': {
      if (first === undefined || rest.length !== 1 || !positional) return wrong();
      const condition = conditionOf(context, first.value);
      return condition === undefined ? undefined : { ...plain, fn, condition };
    }
    case 'first': {
      if (first === undefined || second === undefined || rest.length !== 2 || !positional)
        return wrong();
      const column = columnNamed(context, first.value);
      const condition = conditionOf(context, second.value);
      if (column === undefined || condition === undefined) return undefined;
      return { ...plain, fn, column, condition };
    }
    case 'slope': {
      const sweeps = context.recorded?.sweeps ?? [];
      if (first?.value.kind !== 'Name' || second === undefined || rest.length !== 2 || !positional)
        return wrong();
      if (!sweeps.includes(first.value.name)) return wrong();
      const column = columnNamed(context, second.value);
      return column === undefined ? undefined : { ...plain, fn, column, sweep: first.value.name };
    }
    case 'at': {
      if (first === undefined || second?.name === undefined || rest.length !== 2) return wrong();
      const column = columnNamed(context, first.value);
      const place = columnNamed(context, second.name);
      const value = expression(context, second.value);
      if (column === undefined || place === undefined || isUnknown(value.type)) return undefined;
      return { ...plain, fn, column, at: { column: place, value } };
    }
  }
}

function conditionOf(context: Context, e: Expr): TypedExpression | undefined {
  const stop = { ...context, place: 'stop' } as const;
  const condition = needScalarCondition(stop, expression(stop, e), 'this');
  return isUnknown(condition.type) ? undefined : condition;
}
