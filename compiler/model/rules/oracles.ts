// `lipschitz(f)`, `prox(h, t, v)`, `project(X, v)`, …: on functions and sets of a pattern; those on sets may name a domain.
import type { Call, Expr } from '../../../grammar/ast.ts';
import { quote } from '../../../grammar/quote.ts';
import { shapesAgree } from '../align.ts';
import type { Matched } from '../arguments.ts';
import type { OracleCallName } from '../builtins.ts';
import { complain, unknownNode, type Context } from '../context.ts';
import { domainFor, domainOf, isDomainExpression } from '../domains.ts';
import { expression } from '../expression.ts';
import { passedFunction } from '../inline.ts';
import { anyUnknown, needNumbers, needScalar } from '../kinds.ts';
import type { PatternFunction } from '../method-types.ts';
import { joinKinds, realType, showShape } from '../type-of.ts';
import type { Axis, OracleName, TypedExpression } from '../types.ts';
import { argument } from './common.ts';

interface Role {
  readonly function: PatternFunction;
  readonly takes: readonly Axis[] | undefined;
}

/** The pattern function that an argument names. */
function roleOf(context: Context, e: Expr | undefined): Role | undefined {
  const meaning = e === undefined ? undefined : passedFunction(context, e);
  if (meaning?.kind !== 'patternFunction') return undefined;
  return { function: meaning.function, takes: meaning.takes.find((t) => t !== undefined) };
}

/** `conj(h, v)` with a function of the pattern; the complex conjugate otherwise. */
export function conjugateOf(context: Context, e: Call): TypedExpression | undefined {
  const [first, second] = e.args;
  const role = roleOf(context, first?.value);
  if (role === undefined || second === undefined || e.args.length !== 2) return undefined;
  const v = needNumbers(context, expression(context, second.value), '`conj`');
  return anyUnknown(v) ? v : oracle('conj', role.function, [v], [], e);
}

function oracle(
  name: OracleName,
  of: PatternFunction,
  args: readonly TypedExpression[],
  shape: readonly Axis[],
  e: Call,
): TypedExpression {
  const type = { element: 'real', shape } as const;
  return { kind: 'oracle', name, function: of, domain: undefined, args, type, span: e.span };
}

export function oracleCall(
  context: Context,
  name: OracleCallName,
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  switch (name) {
    case 'lipschitz':
    case 'strong_convexity':
    case 'prox':
    case 'prox_conj':
      return onFunction(context, name, matched, e);
    case 'project':
    case 'lmo':
    case 'distance':
    case 'mirror':
    case 'mirror_dual':
    case 'retract':
    case 'tangent':
    case 'transport':
      return onDomain(context, name, matched, e);
  }
}

function onFunction(
  context: Context,
  name: 'lipschitz' | 'strong_convexity' | 'prox' | 'prox_conj',
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  const [of, ...rest] = matched;
  const role = roleOf(context, of.argument?.value);
  const args = rest.map((m) => needNumbers(context, argument(context, m, e.span), `\`${name}\``));
  if (role === undefined) {
    const place = of.argument?.span ?? e.span;
    if (context.place === 'method') {
      complain(context, 'M113', place, {
        name,
        wanted: 'a function of the pattern',
        found: 'something else',
      });
    } else complain(context, 'M611', e.span, { name });
    return unknownNode(e.span);
  }
  if (anyUnknown(...args)) return unknownNode(e.span);
  const [t, v] = args;
  if (t === undefined || v === undefined) return oracle(name, role.function, [], [], e);
  const step = needScalar(context, t, `the step of \`${name}\``);
  if (anyUnknown(step) || !takesIt(context, name, role.takes, v)) return unknownNode(e.span);
  return oracle(name, role.function, [step, v], v.type.shape, e);
}

function takesIt(
  context: Context,
  name: string,
  takes: readonly Axis[] | undefined,
  v: TypedExpression,
): boolean {
  if (takes === undefined || shapesAgree(context, takes, v.type.shape, v.span)) return true;
  complain(context, 'M113', v.span, {
    name,
    wanted: showShape(takes),
    found: showShape(v.type.shape),
  });
  return false;
}

function onDomain(
  context: Context,
  name: Exclude<OracleCallName, 'lipschitz' | 'strong_convexity' | 'prox' | 'prox_conj'>,
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  const [of, ...rest] = matched;
  const syntax = of.argument?.value;
  const args = rest.map((m) => needNumbers(context, argument(context, m, e.span), `\`${name}\``));
  if (syntax === undefined) return unknownNode(e.span);
  if (!isDomainExpression(context, syntax)) {
    const found = syntax.kind === 'Name' ? `\`${quote(syntax.name)}\`` : 'something else';
    complain(context, 'M113', syntax.span, {
      name,
      wanted: 'a domain, or a set of the pattern',
      found,
    });
    return unknownNode(e.span);
  }
  const domain = domainOf(context, syntax);
  if (domain === undefined || anyUnknown(...args)) return unknownNode(e.span);
  const [v, ...others] = args;
  const applied = domainFor(
    context,
    domain,
    { ...v.type, element: joinKinds(v.type.element, 'real') },
    v,
  );
  if (applied === undefined) return unknownNode(e.span);
  for (const other of others) {
    if (!takesIt(context, name, v.type.shape, other)) return unknownNode(e.span);
  }
  const type = name === 'distance' ? realType : ({ element: 'real', shape: v.type.shape } as const);
  return { kind: 'oracle', name, function: undefined, domain: applied, args, type, span: e.span };
}
