// The bindings of quantifiers, binders and comprehensions: `i in I`, `(i, j) in E`, `z ~ normal(0, 1)[d]`, `u : real[n] in ball(0, 1)`, and `where`.
import type {
  Binding,
  DrawBinding as DrawSyntax,
  Expr,
  InBinding,
  Name,
} from '../../grammar/ast.ts';
import type { Dim } from '../tensor/dim.ts';
import { numberDim } from './size-arithmetic.ts';
import { complain, freshId, makeLocal, type Context } from './context.ts';
import { distribution } from './distributions.ts';
import { domainOf, domainShape, isDomainExpression } from './domains.ts';
import { elaborateType } from './dimensions.ts';
import { expression } from './expression.ts';
import { knownConstant, valueRange } from './integers.ts';
import { needScalarCondition, needWholeScalar } from './kinds.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { quote } from '../../grammar/quote.ts';
import { knownEntry, lookUp, newScope, type Meaning, type Scope } from './scope.ts';
import { elementTypes, setOf } from './sets.ts';
import { count, isUnknown, unknownType } from './type-of.ts';
import type {
  BoundIndex,
  DrawBinding,
  IndexBinding,
  IndexSet,
  Local,
  TensorType,
  TypedExpression,
  UncertainBinding,
} from './types.ts';

export interface Quantified {
  /** Where the body is read. */
  readonly context: Context;
  readonly bindings: readonly (IndexBinding | DrawBinding | UncertainBinding)[];
  readonly where: TypedExpression | undefined;
  /** A binding was wrong; its names are unknown. */
  readonly failed: boolean;
}

export interface Allowed {
  readonly draws: boolean;
  readonly uncertain: boolean;
  /** Shapes of robust quantities that their use gave. */
  readonly learned?: ReadonlyMap<string, TensorType>;
}

export function quantify(
  context: Context,
  bindings: readonly Binding[],
  where: Expr | undefined,
  allowed: Allowed,
): Quantified {
  const scope = newScope(context.scope);
  const inner: Context = { ...context, scope };
  const found: (IndexBinding | DrawBinding | UncertainBinding)[] = [];
  for (const binding of bindings) {
    const one =
      binding.kind === 'DrawFrom'
        ? drawBinding(inner, binding, allowed)
        : inBinding(inner, binding, allowed);
    if (one !== undefined) found.push(one);
  }
  const guarded = where !== undefined || context.guarded;
  const condition =
    where === undefined
      ? undefined
      : needScalarCondition(
          { ...inner, guarded: true },
          expression({ ...inner, guarded: true }, where),
          '`where`',
        );
  const known = condition !== undefined && isUnknown(condition.type) ? undefined : condition;
  const failed = found.length < bindings.length || (condition !== undefined && known === undefined);
  return { context: { ...inner, guarded }, bindings: found, where: known, failed };
}

/** Declares a name in a scope; warns where it hides another, and complains where the same pattern has it already. */
export function bindName(
  context: Context,
  scope: Scope,
  name: Name,
  what: string,
  meaning: Meaning,
): void {
  const twice = scope.entries.get(name.name);
  if (twice !== undefined) {
    const related = [{ span: twice.span, message: 'first here' }];
    complain(context, 'M002', name.span, { name: quote(name.name) }, { related });
  } else {
    const hidden = lookUp(scope.outer, name.name);
    if (hidden !== undefined && hidden.what !== 'size') {
      const related = [{ span: hidden.span, message: `the ${hidden.what} is here` }];
      complain(
        context,
        'M003',
        name.span,
        { name: quote(name.name), what: hidden.what },
        { related },
      );
    }
  }
  scope.entries.set(name.name, knownEntry(name.name, what, name.span, meaning));
}

function bindBad(context: Context, names: readonly Name[]): void {
  for (const name of names) {
    context.scope.entries.set(name.name, knownEntry(name.name, 'name', name.span, { kind: 'bad' }));
  }
}

function inBinding(
  context: Context,
  binding: InBinding,
  allowed: Allowed,
): IndexBinding | UncertainBinding | undefined {
  const domain = binding.type !== undefined || isDomainExpression(context, binding.set);
  if (domain) return uncertainBinding(context, binding, allowed);
  const set = setOf(context, binding.set);
  if (set === undefined) {
    bindBad(context, binding.target.names);
    return undefined;
  }
  return bindElements(context, binding.target.names, binding.target.tuple, set, binding);
}

/** The indices of `(i, j) in E`. */
export function bindElements(
  context: Context,
  names: readonly Name[],
  isTuple: boolean,
  set: IndexSet,
  at: { readonly span: InBinding['span'] },
): IndexBinding | undefined {
  const types = elementTypes(set);
  const whole = !isTuple && types.length > 1;
  if (!whole && names.length !== types.length) {
    complain(
      context,
      'M402',
      at.span,
      {
        set: set.name ?? 'this set',
        wanted: count(types.length, 'component'),
        found: String(names.length),
      },
      { related: [{ span: set.span, message: 'the set is given here' }] },
    );
    bindBad(context, names);
    return undefined;
  }
  const indices = names.map((name, i): BoundIndex => {
    const type: TensorType = whole ? { element: { labels: set }, shape: [] } : types[i];
    const ends = whole || types.length > 1 ? noEnds : endsOf(context, set);
    return { kind: 'index', id: freshId(context), name: name.name, type, ...ends, span: name.span };
  });
  indices.forEach((index, i) =>
    bindName(context, context.scope, names[i], 'index', { kind: 'index', index }),
  );
  return { kind: 'in', indices, set, span: at.span };
}

interface Ends {
  readonly low: Dim | undefined;
  readonly high: Dim | undefined;
}
const noEnds: Ends = { low: undefined, high: undefined };

/** Smallest and largest element of a set of whole numbers. */
function endsOf(context: Context, set: IndexSet): Ends {
  const { elements } = set;
  switch (elements.kind) {
    case 'range':
      return {
        low: valueRange(context.shared, elements.from)?.low ?? elements.first,
        high: valueRange(context.shared, elements.to)?.high ?? opaqueEnd(elements.first, set.size),
      };
    case 'numbers': {
      const values = elements.values.map((v) => knownConstant(context.shared, v, false));
      const known = values.filter((v) => v !== undefined && Number.isInteger(v)).map(Number);
      if (known.length < values.length) return noEnds;
      return { low: numberDim(Math.min(...known)), high: numberDim(Math.max(...known)) };
    }
    case 'tuples': {
      const [component] = elements.components;
      const ends = component === undefined ? undefined : valueRange(context.shared, component);
      return ends ?? noEnds;
    }
    case 'role':
      return elements.actual === undefined ? noEnds : endsOf(context, elements.actual);
    case 'batch':
      return endsOf(context, elements.of);
    case 'labels':
    case 'column':
      return noEnds;
  }
}

const opaqueEnd = (first: Dim | undefined, size: Dim | undefined): Dim | undefined =>
  first === undefined || size === undefined || first.key !== '1' ? undefined : size;

function uncertainBinding(
  context: Context,
  binding: InBinding,
  allowed: Allowed,
): UncertainBinding | undefined {
  const [name] = binding.target.names;
  if (!allowed.uncertain || name === undefined || binding.target.names.length > 1) {
    complain(
      context,
      'M405',
      binding.span,
      { what: 'an element of a continuous set' },
      {
        help: 'robust constraints are written forall(u : real[n] in …) …',
      },
    );
    bindBad(context, binding.target.names);
    return undefined;
  }
  const domain = domainOf(context, binding.set);
  const declared = binding.type === undefined ? undefined : elaborateType(context, binding.type);
  const type =
    declared ??
    (domain === undefined ? undefined : domainShape(domain)) ??
    allowed.learned?.get(name.name) ??
    unknownType;
  const local = makeLocal(context, name.name, 'uncertain', type, name.span);
  if (isUnknown(type) && domain !== undefined && declared === undefined) {
    context.shared.pending.set(local, undefined);
  }
  bindName(context, context.scope, name, 'uncertain quantity', { kind: 'local', local });
  return domain === undefined
    ? undefined
    : { kind: 'uncertain', local, domain, span: binding.span };
}

function drawBinding(
  context: Context,
  binding: DrawSyntax,
  allowed: Allowed,
): DrawBinding | undefined {
  const [name] = binding.target.names;
  const drawn = distribution(context, binding.distribution, undefined);
  if (!allowed.draws || name === undefined || binding.target.names.length > 1) {
    complain(
      context,
      'M405',
      binding.span,
      { what: 'a random quantity' },
      {
        help: 'random quantities stand under E and P',
      },
    );
    bindBad(context, binding.target.names);
    return undefined;
  }
  const estimator = estimatorOf(context, binding);
  const type = drawn?.type ?? unknownType;
  const local: Local = makeLocal(context, name.name, 'random', type, name.span);
  bindName(context, context.scope, name, 'random quantity', { kind: 'local', local });
  if (drawn === undefined || estimator === undefined) return undefined;
  return { kind: 'draw', local, distribution: drawn, estimator, span: binding.span };
}

function estimatorOf(context: Context, binding: DrawSyntax): DrawBinding['estimator'] | undefined {
  const { by } = binding;
  if (by === undefined) return { kind: 'default' };
  const { name } = by.name;
  if ((name === 'reparam' || name === 'score' || name === 'enum') && by.args.length === 0) {
    return { kind: name };
  }
  const [points] = by.args;
  if (name === 'quadrature' && points !== undefined && by.args.length === 1) {
    const n = needWholeScalar(context, expression(context, points.value), 'the number of points');
    return { kind: 'quadrature', points: n };
  }
  const guess = didYouMean(name, ['reparam', 'score', 'enum', 'quadrature']);
  complain(
    context,
    'M410',
    by.span,
    { name: quote(name) },
    guess === undefined || guess === name ? {} : { help: `did you mean \`${guess}\`?` },
  );
  return undefined;
}
