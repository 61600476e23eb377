// Distributions after `~`: their parameters, and the shape and kind of what is drawn.
import type { Call, Expr, Index, Name } from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import type { Distribution } from '../tensor/ir.ts';
import { axesAgree, shapesAgree } from './align.ts';
import { matchArguments } from './arguments.ts';
import type { BuiltinParameter } from './builtins.ts';
import { complain, type Context } from './context.ts';
import { dimension, sizeOf } from './dimensions.ts';
import { expression } from './expression.ts';
import { needNumbers } from './kinds.ts';
import { isUnknown, joinKinds, plainAxis, showShape } from './type-of.ts';
import type { Axis, ElementKind, TypedDistribution, TypedExpression } from './types.ts';

interface Rule {
  readonly parameters: readonly BuiltinParameter[];
  readonly element: ElementKind;
}

const location = (second: string): readonly BuiltinParameter[] => [
  { name: 'mu', optional: true, value: 0 },
  { name: second, optional: true, value: 1 },
];

/** `args` of a TypedDistribution are in this order. */
export const distributionTable: { readonly [D in Distribution]: Rule } = {
  normal: { parameters: location('sigma'), element: 'real' },
  uniform: {
    parameters: [
      { name: 'low', optional: true, value: 0 },
      { name: 'high', optional: true, value: 1 },
    ],
    element: 'real',
  },
  bernoulli: { parameters: [{ name: 'p', optional: true, value: 0.5 }], element: 'bool' },
  categorical: { parameters: [{ name: 'p' }], element: 'int' },
  poisson: { parameters: [{ name: 'rate' }], element: 'int' },
  exponential: { parameters: [{ name: 'rate', optional: true, value: 1 }], element: 'real' },
  gamma: {
    parameters: [{ name: 'shape' }, { name: 'rate', optional: true, value: 1 }],
    element: 'real',
  },
  beta: { parameters: [{ name: 'a' }, { name: 'b' }], element: 'real' },
  laplace: { parameters: location('scale'), element: 'real' },
  student_t: { parameters: [{ name: 'nu' }], element: 'real' },
  dirichlet: { parameters: [{ name: 'alpha' }], element: 'real' },
  rademacher: { parameters: [], element: 'int' },
  permutation: { parameters: [{ name: 'n' }], element: 'int' },
};

const names = Object.keys(distributionTable);
const isDistribution = (name: string): name is Distribution =>
  Object.hasOwn(distributionTable, name);

/** The distribution that an expression writes; `fill` is the shape that it takes where it has none of its own. Undefined after a message. */
export function distribution(
  context: Context,
  e: Expr,
  fill: readonly Axis[] | undefined,
): TypedDistribution | undefined {
  const parts = takeApart(context, e);
  if (parts === undefined) return undefined;
  const { name, call, index } = parts;
  if (!isDistribution(name.name)) {
    const guess = didYouMean(name.name, names);
    complain(
      context,
      'M409',
      name.span,
      { name: quote(name.name) },
      guess === undefined ? {} : { help: `did you mean \`${guess}\`?` },
    );
    return undefined;
  }
  const args = parametersOf(context, name.name, call, e.span);
  const shape = index === undefined ? undefined : bracketShape(context, index);
  if (args === undefined || (index !== undefined && shape === undefined)) return undefined;
  const site = (context.shared.sites.get(e) ?? 0) + context.shared.siteOffset;
  return drawn(context, name.name, args, shape ?? fill, site, e.span);
}

interface Parts {
  readonly name: Name;
  readonly call: Call | undefined;
  readonly index: Index | undefined;
}

function takeApart(context: Context, e: Expr): Parts | undefined {
  const index = e.kind === 'Index' ? e : undefined;
  const inner = e.kind === 'Index' ? e.operand : e;
  if (inner.kind === 'Call') return { name: inner.callee, call: inner, index };
  if (inner.kind === 'Name') return { name: inner, call: undefined, index };
  if (inner.kind !== 'Bad')
    complain(
      context,
      'M409',
      e.span,
      { name: '…' },
      { help: `write a distribution, like normal(0, 1)` },
    );
  return undefined;
}

function bracketShape(context: Context, index: Index): readonly Axis[] | undefined {
  const shape = index.args.map((arg) => {
    if (arg.kind === 'All') {
      complain(context, 'M118', arg.span, { what: 'a dimension of a draw' });
      return undefined;
    }
    return dimension(context, arg);
  });
  const known = shape.filter((axis) => axis !== undefined);
  return known.length < shape.length ? undefined : known;
}

function parametersOf(
  context: Context,
  name: Distribution,
  call: Call | undefined,
  span: Span,
): readonly TypedExpression[] | undefined {
  const { parameters } = distributionTable[name];
  const matched = matchArguments(context, name, parameters, call?.args ?? [], span);
  if (matched === undefined) return undefined;
  const args: TypedExpression[] = [];
  for (const { argument, value } of matched) {
    if (argument === undefined) {
      args.push({ kind: 'number', value: value ?? 0, type: { element: 'int', shape: [] }, span });
      continue;
    }
    const arg = needNumbers(
      context,
      expression(context, argument.value),
      `a parameter of \`${name}\``,
    );
    if (isUnknown(arg.type)) return undefined;
    args.push(arg);
  }
  return args;
}

function drawn(
  context: Context,
  name: Distribution,
  args: readonly TypedExpression[],
  shape: readonly Axis[] | undefined,
  site: number,
  span: Span,
): TypedDistribution | undefined {
  const { element } = distributionTable[name];
  const make = (
    kind: ElementKind,
    axes: readonly Axis[],
    multivariate = false,
  ): TypedDistribution => ({
    name,
    args,
    multivariate,
    type: { element: kind, shape: axes },
    site,
    span,
  });
  const [first, second] = args;
  switch (name) {
    case 'categorical':
    case 'dirichlet': {
      if (first === undefined || !isVector(context, first, name)) return undefined;
      if (name === 'categorical') return make(categoryKind(first.type.shape[0]), shape ?? []);
      const own = first.type.shape;
      return endsWith(context, shape, own, name, span) ? make(element, shape ?? own) : undefined;
    }
    case 'permutation': {
      const size =
        first === undefined ? undefined : sizeOf(context, first, 'the length of a permutation');
      return size === undefined ? undefined : make(element, [plainAxis(size)]);
    }
    case 'normal':
      if (second !== undefined && second.type.shape.length === 2) {
        const own = [second.type.shape[0]];
        if (!axesAgree(context, second.type.shape[0], second.type.shape[1], span)) {
          return misfit(context, name, 'a square covariance', second);
        }
        if (first.type.shape.length > 0 && !shapesAgree(context, first.type.shape, own, span)) {
          return misfit(context, name, `a mean of shape ${showShape(own)}`, first);
        }
        return endsWith(context, shape, own, name, span)
          ? make(element, shape ?? own, true)
          : undefined;
      }
      return broadcastParameters();
    case 'uniform':
    case 'bernoulli':
    case 'poisson':
    case 'exponential':
    case 'gamma':
    case 'beta':
    case 'laplace':
    case 'student_t':
    case 'rademacher':
      return broadcastParameters();
  }
  function broadcastParameters(): TypedDistribution | undefined {
    let axes = shape;
    for (const arg of args) {
      if (arg.type.shape.length === 0) continue;
      axes ??= arg.type.shape;
      const tail = axes.slice(axes.length - arg.type.shape.length);
      if (!shapesAgree(context, tail, arg.type.shape, span)) {
        return misfit(context, name, `parameters that broadcast to ${showShape(axes)}`, arg);
      }
    }
    return make(joinKinds(element, element), axes ?? []);
  }
}

/** What `categorical(p)` draws: an element of the set that indexes p. */
const categoryKind = (axis: Axis): ElementKind => {
  const kind = axis.set?.elements.kind;
  return axis.set !== undefined && (kind === 'labels' || kind === 'column' || kind === 'tuples')
    ? { labels: axis.set }
    : 'int';
};

function isVector(context: Context, e: TypedExpression, name: string): boolean {
  if (e.type.shape.length === 1) return true;
  misfit(context, name, 'a vector', e);
  return false;
}

function endsWith(
  context: Context,
  shape: readonly Axis[] | undefined,
  own: readonly Axis[],
  name: string,
  span: Span,
): boolean {
  if (
    shape === undefined ||
    shapesAgree(context, shape.slice(shape.length - own.length), own, span)
  ) {
    return true;
  }
  complain(context, 'M113', span, {
    name,
    wanted: `a shape that ends with ${showShape(own)}`,
    found: showShape(shape),
  });
  return false;
}

function misfit(context: Context, name: string, wanted: string, e: TypedExpression): undefined {
  complain(context, 'M113', e.span, { name, wanted, found: showShape(e.type.shape) });
  return undefined;
}
