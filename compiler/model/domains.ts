// Continuous domains (language.md §5): after `in`, and as arguments of `project`, `lmo` and their kin.
import type { Expr } from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { quote } from '../../grammar/quote.ts';
import type { DomainName } from '../problem/problem.ts';
import { shapesAgree } from './align.ts';
import { matchArguments, type Matched } from './arguments.ts';
import type { BuiltinParameter } from './builtins.ts';
import { complain, type Context } from './context.ts';
import { expression } from './expression.ts';
import { knownConstant } from './integers.ts';
import { needNumbers } from './kinds.ts';
import { meaningOf } from './names.ts';
import { axisOrigins } from './origins.ts';
import { lookUp } from './scope.ts';
import { isUnknown, realType, showShape } from './type-of.ts';
import type { TensorType, TypedDomain, TypedExpression } from './types.ts';

interface Rule {
  readonly parameters: readonly BuiltinParameter[];
  /** `vector` domains apply to each row of a matrix; `entry` domains to anything. */
  readonly of: 'entry' | 'vector' | 'matrix' | 'square' | 'product';
}

const radius: BuiltinParameter = { name: 'radius', optional: true, value: 1 };

/** `args` of a TypedDomain are in this order; `norm` of a ball stands apart. */
export const domainTable: { readonly [D in DomainName]: Rule } = {
  box: { parameters: [{ name: 'l' }, { name: 'u' }], of: 'entry' },
  nonneg: { parameters: [], of: 'entry' },
  simplex: { parameters: [], of: 'vector' },
  ball: {
    parameters: [
      { name: 'center', optional: true, value: 0 },
      radius,
      { name: 'norm', optional: true, value: 2 },
    ],
    of: 'vector',
  },
  sphere: { parameters: [], of: 'vector' },
  halfspace: { parameters: [{ name: 'a' }, { name: 'b' }], of: 'vector' },
  affine: { parameters: [{ name: 'A' }, { name: 'b' }], of: 'vector' },
  soc: { parameters: [], of: 'vector' },
  psd: { parameters: [], of: 'square' },
  spd: { parameters: [], of: 'square' },
  spectrahedron: { parameters: [{ name: 'trace', optional: true, value: 1 }], of: 'square' },
  correlation: { parameters: [], of: 'square' },
  stiefel: { parameters: [], of: 'matrix' },
  grassmann: { parameters: [], of: 'matrix' },
  fixed_rank: { parameters: [{ name: 'r' }], of: 'matrix' },
  orthogonal: { parameters: [], of: 'square' },
  doubly_stochastic: { parameters: [], of: 'square' },
  sparse_ball: { parameters: [{ name: 'k' }], of: 'vector' },
  monotone: { parameters: [], of: 'vector' },
  product: { parameters: [{ name: 'factors', rest: true }], of: 'product' },
};

const names = Object.keys(domainTable);
const isDomainName = (name: string): name is DomainName => Object.hasOwn(domainTable, name);

/** Whether an expression after `in` writes a domain: no name of a declared set. */
export function isDomainExpression(context: Context, e: Expr): boolean {
  if (e.kind === 'Call') return e.callee.name !== 'batch';
  if (e.kind !== 'Name') return false;
  const entry = lookUp(context.scope, e.name);
  if (entry === undefined) return isDomainName(e.name);
  return meaningOf(context, entry).kind === 'patternDomain';
}

/** The domain that an expression names. Undefined after a message. */
export function domainOf(context: Context, e: Expr): TypedDomain | undefined {
  if (e.kind === 'Bad') return undefined;
  if (e.kind === 'Name') {
    const entry = lookUp(context.scope, e.name);
    if (entry !== undefined) {
      const meaning = meaningOf(context, entry);
      if (meaning.kind === 'patternDomain')
        return { kind: 'role', role: meaning.domain, span: e.span };
      if (meaning.kind === 'bad') return undefined;
    }
  }
  const name = e.kind === 'Call' ? e.callee : e.kind === 'Name' ? e : undefined;
  if (name === undefined || !isDomainName(name.name)) {
    const written = name?.name ?? '…';
    const guess = name === undefined ? undefined : didYouMean(written, names);
    const help = guess === undefined ? discreteHelp(e) : `did you mean \`${guess}\`?`;
    complain(context, 'M411', e.span, { name: quote(written) }, help === undefined ? {} : { help });
    return undefined;
  }
  const args = e.kind === 'Call' ? e.args : [];
  const matched = matchArguments(
    context,
    name.name,
    domainTable[name.name].parameters,
    args,
    e.span,
  );
  if (matched === undefined) return undefined;
  return name.name === 'product'
    ? productDomain(context, matched, e)
    : simpleDomain(context, name.name, matched, e);
}

const discreteHelp = (e: Expr): string | undefined =>
  e.kind === 'Range' || e.kind === 'SetLiteral'
    ? 'for a range of values write bounds: >= a <= b'
    : undefined;

function productDomain(
  context: Context,
  matched: readonly Matched[],
  e: Expr,
): TypedDomain | undefined {
  const factors = matched.flatMap((m) => {
    const factor = m.argument === undefined ? undefined : domainOf(context, m.argument.value);
    return factor === undefined ? [] : [factor];
  });
  if (factors.length < matched.length) return undefined;
  if (factors.length === 0) {
    complain(context, 'M413', e.span, { what: 'this product' });
    return undefined;
  }
  return {
    kind: 'domain',
    name: 'product',
    args: [],
    norm: undefined,
    factors,
    rows: false,
    span: e.span,
  };
}

function simpleDomain(
  context: Context,
  name: DomainName,
  matched: readonly Matched[],
  e: Expr,
): TypedDomain | undefined {
  const args: TypedExpression[] = [];
  let norm: number | undefined;
  for (const m of matched) {
    const value: TypedExpression =
      m.argument === undefined
        ? { kind: 'number', value: m.value ?? 0, type: realType, span: e.span }
        : needNumbers(
            context,
            expression(context, m.argument.value),
            `\`${m.name}\` of \`${name}\``,
          );
    if (isUnknown(value.type)) return undefined;
    if (m.name !== 'norm') {
      args.push(value);
      continue;
    }
    norm = knownConstant(context.shared, value, false);
    if (norm !== 1 && norm !== 2 && norm !== Infinity) {
      complain(context, 'M207', value.span, { what: 'the norm of a ball', wanted: '1, 2 or inf' });
      return undefined;
    }
  }
  if (!argumentsFit(context, name, args)) return undefined;
  return { kind: 'domain', name, args, norm, factors: [], rows: false, span: e.span };
}

const wantedRanks: { readonly [D in DomainName]?: readonly (readonly number[])[] } = {
  ball: [[0, 1, 2], [0]],
  halfspace: [[1], [0]],
  affine: [[2], [1]],
  spectrahedron: [[0]],
  fixed_rank: [[0]],
  sparse_ball: [[0]],
};

function argumentsFit(
  context: Context,
  name: DomainName,
  args: readonly TypedExpression[],
): boolean {
  const wanted = wantedRanks[name];
  for (const [i, arg] of args.entries()) {
    const ranks = wanted?.[i];
    if (ranks === undefined || ranks.includes(arg.type.shape.length)) continue;
    const shapes = ['a scalar', 'a vector', 'a matrix'];
    complain(context, 'M113', arg.span, {
      name,
      wanted: ranks.map((r) => shapes[r]).join(' or '),
      found: showShape(arg.type.shape),
    });
    return false;
  }
  return true;
}

/** The shape that the domain's own arguments give to its elements, where they do. */
export function domainShape(domain: TypedDomain): TensorType | undefined {
  if (domain.kind === 'role') return undefined;
  const [first, second] = domain.args;
  switch (domain.name) {
    case 'ball':
    case 'halfspace':
      return first === undefined || first.type.shape.length === 0
        ? undefined
        : { element: 'real', shape: first.type.shape };
    case 'box': {
      const shaped = [first, second].find((a) => a !== undefined && a.type.shape.length > 0);
      return shaped === undefined ? undefined : { element: 'real', shape: shaped.type.shape };
    }
    case 'affine':
      return first === undefined
        ? undefined
        : { element: 'real', shape: first.type.shape.slice(1) };
    default:
      return undefined;
  }
}

/** The domain as it applies to a value of the given type, with `rows` set. Undefined after a message. */
export function domainFor(
  context: Context,
  domain: TypedDomain,
  type: TensorType,
  what: TypedExpression | undefined,
): TypedDomain | undefined {
  if (domain.kind === 'role' || isUnknown(type)) return domain;
  const { of } = domainTable[domain.name];
  const rank = type.shape.length;
  const bad = (wanted: string): undefined => {
    const related = what === undefined ? [] : axisOrigins(context, what, undefined);
    complain(
      context,
      'M412',
      domain.span,
      { domain: domain.name, wanted, found: showShape(type.shape) },
      { related },
    );
    return undefined;
  };
  if (type.element !== 'real' && of !== 'entry' && of !== 'product') {
    return bad(`real ${of === 'vector' ? 'vectors' : 'matrices'}`);
  }
  switch (of) {
    case 'entry':
      return rank === 0 || fitsArguments(context, domain, type, rank)
        ? domain
        : bad(`tensors of the shape of its bounds`);
    case 'vector': {
      if (rank === 0 && domain.name !== 'ball') return bad('vectors');
      const own = domainShape(domain)?.shape;
      const whole = own !== undefined && own.length === rank;
      if (
        own !== undefined &&
        !shapesAgree(context, own, type.shape.slice(rank - own.length), domain.span)
      ) {
        return bad(`tensors of shape ${showShape(own)}`);
      }
      return { ...domain, rows: rank > 1 && !whole };
    }
    case 'matrix':
      return rank === 2 ? domain : bad('matrices');
    case 'square': {
      const square =
        rank === 2 &&
        context.shared.sizes.agree(type.shape[0].size, type.shape[1].size, domain.span);
      return square ? domain : bad('square matrices');
    }
    case 'product':
      return productFor(context, domain, type, bad);
  }
}

function fitsArguments(
  context: Context,
  domain: Extract<TypedDomain, { readonly kind: 'domain' }>,
  type: TensorType,
  rank: number,
): boolean {
  return domain.args.every(
    (arg) =>
      arg.type.shape.length === 0 ||
      (arg.type.shape.length === rank &&
        shapesAgree(context, arg.type.shape, type.shape, domain.span)),
  );
}

/** A product of domains: one row of a matrix, or one entry of a vector, for each factor, which must fit it. */
function productFor(
  context: Context,
  domain: Extract<TypedDomain, { readonly kind: 'domain' }>,
  type: TensorType,
  bad: (wanted: string) => undefined,
): TypedDomain | undefined {
  if (type.shape.length === 0) return bad('vectors or matrices');
  const count = context.shared.sizes.value(type.shape[0].size);
  const part = type.shape.length > 1 ? 'a row' : 'an entry';
  if (count !== undefined && count !== domain.factors.length) {
    return bad(`${part} for each of its ${domain.factors.length} factors`);
  }
  const row: TensorType = { ...type, shape: type.shape.slice(1) };
  const factors = domain.factors.map((factor) => domainFor(context, factor, row, undefined));
  const fitting = factors.flatMap((factor) => (factor === undefined ? [] : [factor]));
  return fitting.length === factors.length ? { ...domain, factors: fitting } : undefined;
}
