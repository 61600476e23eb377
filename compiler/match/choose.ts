// The method that a problem gets when none is named: by its structure, with the reason in words.
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import type { Facts } from '../problem/facts/facts.ts';
import type { MethodModel } from '../model/method-types.ts';
import { constructsLeft } from '../problem/not-yet.ts';
import { asksForConstants, type MatchContext } from './match.ts';
import { matchPattern } from './match-pattern.ts';
import { report } from './messages.ts';
import { domainBounds } from './native-bounds.ts';
import { denseMatrix } from './regression.ts';
import type { Roles } from './roles.ts';
import { staysInside } from './stays-inside.ts';

export interface Choice {
  readonly method: MethodModel;
  readonly why: string;
}

/** A candidate: a method of the library, when to take it beyond its own requirements, and the words for it. */
interface Candidate {
  readonly method: string;
  readonly when?: (roles: Roles, context: MatchContext) => boolean;
  readonly why: (roles: Roles) => string;
}

const isLinear = ({ functions }: Roles): boolean =>
  [...functions.values()].every((role) => role.facts().degree(role.expression) <= 1);

const isPolyhedral = ({ graph, variables }: Roles): boolean =>
  [...variables.values()].every((layout) => domainBounds(graph, layout).kind === 'limits');

const isConvex = ({ functions }: Roles): boolean => {
  const f = functions.get('f');
  const kind = f?.facts().isConvex(f.expression).kind;
  return kind === 'yes' || kind === 'if';
};

const isReal = ({ variables }: Roles): boolean =>
  [...variables.values()].every(({ parts }) =>
    parts.every(({ variable }) => variable.element === 'real'),
  );

const isManifold = ({ domains }: Roles): boolean =>
  [...domains.values()].some(({ parts }) =>
    parts.some(({ variable: { domain } }) => {
      const name = domain?.name;
      return (
        name === 'sphere' ||
        name === 'stiefel' ||
        name === 'grassmann' ||
        name === 'orthogonal' ||
        name === 'fixed_rank' ||
        name === 'spd'
      );
    }),
  );

const isQuadratic = (facts: Facts, roles: Roles): boolean => {
  const f = roles.functions.get('f');
  return f !== undefined && facts.degree(f.expression) <= 2;
};

const hasTerms = (roles: Roles, name: string): boolean => {
  const role = roles.functions.get(name);
  return role !== undefined && (role.terms.length > 0 || role.space.some(isLimited));
};

const isLimited = ({
  lower,
  upper,
  domain,
}: {
  readonly lower: unknown;
  readonly upper: unknown;
  readonly domain: unknown;
}): boolean => lower !== undefined || upper !== undefined || domain !== undefined;

/** In order of preference: the first that matches is taken. */
const candidates: readonly Candidate[] = [
  {
    method: 'highs',
    when: (roles) => isLinear(roles) && isPolyhedral(roles),
    why: () => 'goal and constraints are linear',
  },
  {
    method: 'highs',
    when: (roles) =>
      roles.constraints.length > 0 && isConvex(roles) && isReal(roles) && isPolyhedral(roles),
    why: () => 'the goal is a convex quadratic and the constraints are linear',
  },
  {
    method: 'conjugate_gradient',
    why: () => 'the goal is a convex quadratic of free variables',
  },
  {
    method: 'mgda',
    why: () => 'there are several smooth objectives, and it lets all of them fall',
  },
  {
    method: 'riemannian_gradient',
    when: isManifold,
    why: () => 'the goal is smooth and the variables lie on a manifold',
  },
  {
    method: 'lbfgs',
    why: ({ domains }) =>
      [...domains.values()].some(({ parts }) => parts.some(({ variable }) => isLimited(variable)))
        ? 'the goal is smooth and its domain has a projection'
        : 'the goal is smooth and the variables are free',
  },
  {
    method: 'working_set',
    when: ({ functions }, { sizes = {}, onDevice = false }) => {
      const r = functions.get('r');
      return !onDevice && r !== undefined && denseMatrix(r, sizes) !== undefined;
    },
    why: () => 'the goal is least squares over a dense matrix and a separable function with a prox',
  },
  {
    method: 'fista',
    why: () => 'the goal is a smooth convex function and one with a prox',
  },
  {
    method: 'proximal_gradient',
    why: () => 'the goal is a smooth function and one with a prox',
  },
  {
    method: 'chambolle_pock',
    when: (roles) => {
      const f = roles.functions.get('f');
      if (f === undefined || !hasTerms(roles, 'h')) return false;
      const facts = f.facts();
      return (
        facts.isStronglyConvex(f.expression).kind === 'yes' &&
        facts.isSeparable(f.expression).kind === 'yes'
      );
    },
    why: () => 'the goal is a strongly convex function of entries and one of a linear map',
  },
  {
    method: 'admm',
    when: (roles) => {
      const f = roles.functions.get('f');
      return f !== undefined && isQuadratic(f.facts(), roles) && hasTerms(roles, 'h');
    },
    why: () => 'the goal is a quadratic and a function with a prox of a linear map',
  },
  {
    method: 'chambolle_pock',
    why: () => 'the goal is a sum of a function with a prox and one of a linear map',
  },
  {
    method: 'admm',
    why: () => 'the goal is a smooth function and one with a prox of a linear map',
  },
  {
    method: 'extragradient_search',
    why: ({ goal }) =>
      goal.sense === 'find'
        ? 'it is a variational inequality over a set with a projection'
        : 'it is a game of smooth goals over sets with projections',
  },
  {
    method: 'nonsmooth_lbfgs',
    why: () => 'the goal has kinks that no prox covers, and a gradient almost everywhere',
  },
];

/** Why no method was found: the construct that none takes, else the term that stands in the way of the nearest one. */
export function noMethod({ lowered, methods, model }: MatchContext, span: Span): Diagnostic {
  const { problem } = lowered;
  const [unsupported] = constructsLeft(problem);
  if (unsupported !== undefined) {
    const { construct, span: at } = unsupported;
    const related = [{ span: at, message: 'here' }];
    return report('K005', span, { construct, problem: model.name }, { related });
  }
  const several = problem.level.goals.some(({ objectives }) => objectives > 1);
  const nearest = methods.get(several ? 'mgda' : 'lbfgs');
  const match =
    nearest === undefined ? undefined : matchPattern(lowered.lowering.graph, nearest, problem);
  if (match?.kind !== 'mismatch') return report('K003', span, { problem: model.name });
  const related = [{ span: match.span, message: match.because.join('; ') || 'here' }];
  const help = `the nearest is \`${several ? 'mgda' : 'lbfgs'}\`: ${match.text}`;
  return report('K003', span, { problem: model.name }, { related, help });
}

/** The first candidate that matches and whose constants can be derived. */
export function chooseMethod(context: MatchContext): Choice | undefined {
  const { lowered, methods } = context;
  for (const { method: name, when, why } of candidates) {
    const method = methods.get(name);
    if (method === undefined) continue;
    const match = matchPattern(lowered.lowering.graph, method, lowered.problem);
    if (match.kind === 'mismatch') continue;
    const { roles } = match;
    if (when !== undefined && !when(roles, context)) continue;
    if (asksForConstants(method) && !hasConstants(method, roles)) continue;
    return { method, why: why(roles) };
  }
  return undefined;
}

/** The Lipschitz constant that the default of its step asks for is known. */
function hasConstants(method: MethodModel, { functions }: Roles): boolean {
  if (method.parameters.some(({ required }) => required)) return false;
  const f = functions.get('f');
  if (f === undefined) return false;
  const { bound, everywhere } = f.facts().lipschitz(f.expression);
  return bound !== undefined && (everywhere || staysInside(method, f.name));
}
