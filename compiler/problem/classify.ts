// The class of a problem in the words of the field, and what an answer can be promised to be.
import type { Node } from '../tensor/ir.ts';
import {
  isConvexDomain,
  type ConstraintFacts,
  type ConstraintForm,
  type GoalFacts,
  type LevelFacts,
  type ProblemFacts,
} from './analyse.ts';
import type { Reason, Truth } from './fact.ts';
import type { Domain, DomainName, Goal, Variable } from './problem.ts';

/** What a solved run may say at best. */
export type Promise = 'optimal' | 'stationary' | 'feasible' | 'equilibrium';

export interface Condition {
  readonly condition: Node;
  readonly reason: Reason;
}

export interface ProblemClass {
  /** `a convex quadratic program`, with its article. */
  readonly name: string;
  readonly promise: Promise;
  /** Bool scalars of data and params on which the class rests, with the proofs that ask for them. */
  readonly conditions: readonly Condition[];
  /** What else is worth saying: `a finite sum over 1..m`, `strongly convex`. */
  readonly traits: readonly string[];
  /** Classes of the levels below, outermost first. */
  readonly lower: readonly ProblemClass[];
}

export const classify = (problem: ProblemFacts): ProblemClass => classifyLevel(problem.level);

function classifyLevel(facts: LevelFacts): ProblemClass {
  const lower = facts.lower.map(classifyLevel);
  const own = classifyOwn(facts);
  if (lower.length === 0) return own;
  return {
    ...own,
    name: nestedName(facts, own, lower),
    promise: 'stationary',
    // What holds of the outer goal for a fixed answer of the lower level would mislead.
    traits: own.traits.filter((trait) => trait !== 'strongly convex' && trait !== 'separable'),
    lower,
  };
}

const withoutArticle = (name: string): string => name.replace(/^(a|an) /, '');
const withArticle = (name: string): string =>
  `${/^([aeio]|unconstrained|[lnmr]-|l[^a-z])/i.test(name) ? 'an' : 'a'} ${name}`;

const depthOf = (facts: LevelFacts): number => 1 + Math.max(0, ...facts.lower.map(depthOf));

function nestedName(facts: LevelFacts, own: ProblemClass, lower: readonly ProblemClass[]): string {
  const depth = depthOf(facts);
  const kind =
    facts.level.goals.length > 1
      ? `${withoutArticle(own.name)} over lower levels`
      : depth === 2
        ? 'bilevel problem'
        : `problem of ${depth} levels`;
  const below = facts.lower.map((level, k) => {
    const name = withoutArticle(lower[k].name);
    return level.level.family === undefined
      ? withArticle(name)
      : `a family, each ${withArticle(name)}`;
  });
  return `${withArticle(kind)} over ${[...new Set(below)].join(' and ')}`;
}

const plainClass = (
  name: string,
  promise: Promise,
  extra: Partial<ProblemClass> = {},
): ProblemClass => ({
  name: withArticle(name),
  promise,
  conditions: [],
  traits: [],
  lower: [],
  ...extra,
});

function classifyOwn(facts: LevelFacts): ProblemClass {
  const { goals } = facts;
  const [goal] = goals;
  if (goal === undefined) return plainClass('feasibility problem', 'feasible');
  if (goals.length > 1 || goal.goal.player !== undefined) return classifyGame(facts);
  if (goal.goal.sense === 'find') return classifyFind(facts);
  if (goal.goal.objectives > 1)
    return plainClass(`multi-objective problem with ${goal.goal.objectives} goals`, 'stationary', {
      traits: traitsOf(goal),
    });
  return classifyGoal(facts, goal);
}

const has = (facts: LevelFacts, ...forms: readonly ConstraintForm[]): boolean =>
  facts.constraints.some(({ form }) => forms.includes(form));

function classifyFind(facts: LevelFacts): ProblemClass {
  const operator = facts.constraints.find(({ form }) => form === 'variational inequality');
  if (operator !== undefined) {
    const { convex } = operator;
    const isMonotone = convex.kind === 'yes' || convex.kind === 'if';
    const name = isMonotone ? 'monotone variational inequality' : 'variational inequality';
    return plainClass(name, 'equilibrium', { conditions: conditionsOf([convex]) });
  }
  if (has(facts, 'complementarity')) return plainClass('complementarity problem', 'feasible');
  const set = setOf(facts);
  const [kind] = [set.isPolyhedral ? 'linear ' : set.isConvex ? 'convex ' : ''];
  return plainClass(`${kind}feasibility problem`, 'feasible', { conditions: set.conditions });
}

function classifyGame({ goals, level, constraints }: LevelFacts): ProblemClass {
  const isFamily = goals.some(({ goal }) => goal.player !== undefined);
  const shared = constraints.some(
    ({ constraint }) => constraint.over === undefined && sharesVariables(constraint.relation.kind),
  );
  const conditions = conditionsOf(
    goals.flatMap(({ wellCurved }) => (wellCurved === undefined ? [] : [wellCurved])),
  );
  const areConvex = goals.every(({ wellCurved }) => wellCurved !== undefined && holds(wellCurved));
  const extra = { conditions: areConvex ? conditions : [] };
  if (goals.length === 2 && !isFamily && isZeroSum(goals[0].goal, goals[1].goal)) {
    const isBilinear = goals.every(({ degree }) => degree <= 1);
    const kind = isBilinear
      ? 'bilinear zero-sum game'
      : areConvex
        ? 'convex-concave saddle-point problem'
        : 'saddle-point problem that is not known to be convex-concave';
    return plainClass(kind, 'equilibrium', extra);
  }
  const count = isFamily ? 'game with a player for each index' : `game of ${goals.length} players`;
  const generalised = shared && level.constraints.length > 0 ? 'generalised ' : '';
  const kind = areConvex ? count : `${count}, not all of them with convex problems`;
  return plainClass(`${generalised}${kind}`, 'equilibrium', extra);
}

const sharesVariables = (kind: string): boolean =>
  kind === 'lessEqual' || kind === 'equal' || kind === 'in';

/** Equal expressions with opposite senses. */
const isZeroSum = (a: Goal, b: Goal): boolean =>
  a.node !== undefined && a.node === b.node && a.sense !== b.sense;

const holds = (truth: Truth): boolean => truth.kind === 'yes' || truth.kind === 'if';
const conditionsOf = (truths: readonly Truth[]): readonly Condition[] =>
  truths.flatMap((truth) =>
    truth.kind === 'if' ? [{ condition: truth.condition, reason: truth.reason }] : [],
  );

const isPolyhedralDomain = (domain: Domain): boolean =>
  polyhedral[domain.name] ||
  (domain.name === 'ball' && domain.norm !== 2 && domain.norm !== undefined) ||
  (domain.name === 'product' && domain.factors.every(isPolyhedralDomain));

const polyhedral: { readonly [D in DomainName]: boolean } = {
  box: true,
  nonneg: true,
  simplex: true,
  ball: false,
  sphere: false,
  halfspace: true,
  affine: true,
  soc: false,
  psd: false,
  spd: false,
  spectrahedron: false,
  correlation: false,
  stiefel: false,
  grassmann: false,
  fixed_rank: false,
  orthogonal: false,
  doubly_stochastic: true,
  sparse_ball: false,
  monotone: true,
  product: false,
};

const semidefinite: readonly DomainName[] = ['psd', 'spd', 'spectrahedron', 'correlation'];
const manifolds: readonly DomainName[] = [
  'sphere',
  'stiefel',
  'grassmann',
  'fixed_rank',
  'orthogonal',
];

/** The set of allowed points. */
interface AllowedSet {
  readonly isFree: boolean;
  /** In words, after a class. */
  readonly where: string;
  readonly isPolyhedral: boolean;
  readonly isConvex: boolean;
  readonly hasCones: boolean;
  readonly isSemidefinite: boolean;
  readonly manifold: DomainName | undefined;
  readonly conditions: readonly Condition[];
}

const isDiscrete = ({ element }: Variable): boolean => element === 'int' || element === 'bool';

const linearForms: readonly ConstraintForm[] = [
  'linear equality',
  'linear inequality',
  'piecewise linear inequality',
  'constraint on given quantities',
];

/** Named by a word of their own, not by the shape of the set. */
const namedApart: readonly ConstraintForm[] = ['robust constraint', 'chance constraint'];

const places: { readonly [D in DomainName]: string } = {
  box: 'over a box',
  nonneg: 'within bounds',
  simplex: 'over the simplex',
  ball: 'over a ball',
  sphere: 'over spheres',
  halfspace: 'over a half-space',
  affine: 'over an affine set',
  soc: 'over a second-order cone',
  psd: 'over semidefinite matrices',
  spd: 'over positive definite matrices',
  spectrahedron: 'over a spectrahedron',
  correlation: 'over correlation matrices',
  stiefel: 'over the Stiefel manifold',
  grassmann: 'over the Grassmann manifold',
  fixed_rank: 'over matrices of fixed rank',
  orthogonal: 'over the orthogonal group',
  doubly_stochastic: 'over doubly stochastic matrices',
  sparse_ball: 'over sparse vectors',
  monotone: 'over monotone sequences',
  product: 'over a product of sets',
};

function whereText(sets: readonly Domain[], hasBounds: boolean): string {
  const names = [...new Set(sets.map(({ name }) => places[name]))];
  const [only] = names;
  if (only === undefined) return hasBounds ? ' within bounds' : '';
  return names.length === 1 ? ` ${only}` : ' over a product of sets';
}

function setOf({ level, constraints: all }: LevelFacts): AllowedSet {
  const constraints = all.filter(({ form }) => !namedApart.includes(form));
  const domains = level.variables.flatMap(({ domain }) => (domain === undefined ? [] : [domain]));
  const memberships = constraints.flatMap(({ constraint }) =>
    constraint.relation.kind === 'in' ? [constraint.relation.domain] : [],
  );
  const sets = [...domains, ...memberships];
  const isLinear = ({ form, constraint }: ConstraintFacts): boolean =>
    linearForms.includes(form) ||
    (constraint.relation.kind === 'in' && isPolyhedralDomain(constraint.relation.domain));
  const hasBounds = level.variables.some(
    ({ lower, upper }) => lower !== undefined || upper !== undefined,
  );
  return {
    isFree: sets.length === 0 && constraints.length === 0 && !hasBounds,
    where: constraints.length > 0 ? ' with constraints' : whereText(sets, hasBounds),
    isPolyhedral: sets.every(isPolyhedralDomain) && constraints.every(isLinear),
    isConvex: domains.every(isConvexDomain) && constraints.every(({ convex }) => holds(convex)),
    hasCones:
      sets.some(({ name, norm }) => name === 'soc' || (name === 'ball' && (norm ?? 2) === 2)) ||
      constraints.some(
        ({ form }) => form === 'norm bound' || form === 'convex quadratic inequality',
      ),
    isSemidefinite: sets.some(({ name }) => semidefinite.includes(name)),
    manifold: domains.find(({ name }) => manifolds.includes(name))?.name,
    conditions: conditionsOf(constraints.map(({ convex }) => convex)),
  };
}

/** One goal over one level. */
function classifyGoal(facts: LevelFacts, goal: GoalFacts): ProblemClass {
  const set = setOf(facts);
  const discrete = facts.level.variables.filter(isDiscrete);
  const curved = goal.wellCurved;
  const isConvexGoal = curved !== undefined && holds(curved);
  const robust = facts.constraints.filter(({ form }) => form === 'robust constraint');
  const isConvex = isConvexGoal && set.isConvex && robust.every(({ convex }) => holds(convex));
  const conditions = isConvex
    ? [...conditionsOf(curved === undefined ? [] : [curved]), ...set.conditions]
    : [];
  const base = baseName(goal, set, isConvex);
  const traits = traitsOf(goal);
  const isProvable = isConvex && !has(facts, 'chance constraint');
  const prefix = specialPrefix(facts);
  if (discrete.length > 0) {
    const isMixed = discrete.length < facts.level.variables.length;
    const kind = `${isMixed ? 'mixed-integer' : 'integer'} ${withoutArticle(base)}`;
    return plainClass(`${prefix}${kind}`, isProvable ? 'optimal' : 'feasible', {
      conditions,
      traits,
    });
  }
  if (has(facts, 'complementarity'))
    return plainClass('problem with complementarity constraints', 'stationary', { traits });
  return plainClass(`${prefix}${base}`, isProvable ? 'optimal' : 'stationary', {
    conditions,
    traits,
  });
}

function specialPrefix(facts: LevelFacts): string {
  const isRobust = has(facts, 'robust constraint');
  const isChance = has(facts, 'chance constraint');
  return `${isRobust ? 'robust ' : ''}${isChance ? 'chance-constrained ' : ''}`;
}

function baseName(goal: GoalFacts, set: AllowedSet, isConvex: boolean): string {
  const isSmooth = goal.smooth?.kind === 'yes' || goal.smooth?.kind === 'if';
  if (set.manifold !== undefined)
    return `${isSmooth ? 'smooth' : 'nonsmooth'} problem ${places[set.manifold]}`;
  if (isConvex) return convexName(goal, set, isSmooth);
  const curvature = goal.wellCurved;
  const unsure = curvature?.kind === 'no' || !set.isConvex ? 'nonconvex' : 'not known to be convex';
  const label = unsure === 'nonconvex' ? 'nonconvex ' : '';
  const after = unsure === 'nonconvex' ? '' : ' that is not known to be convex';
  if (goal.degree <= 2 && set.isPolyhedral && goal.degree > 1)
    return set.isFree ? `${label}quadratic problem${after}` : `${label}quadratic program${after}`;
  const shape = isSmooth ? 'smooth' : 'nonsmooth';
  return `${label === '' ? '' : 'nonconvex '}${shape} problem${set.where}${after}`;
}

function convexName(goal: GoalFacts, set: AllowedSet, isSmooth: boolean): string {
  if (goal.degree <= 1) {
    if (set.isSemidefinite) return 'semidefinite program';
    if (set.isPolyhedral) return 'linear program';
    if (set.hasCones && !set.isSemidefinite) return 'second-order cone program';
    return 'convex program';
  }
  if (goal.degree === 2 && set.isPolyhedral) {
    if (!set.isFree) return 'convex quadratic program';
    return isLeastSquares(goal)
      ? 'linear least-squares problem'
      : 'unconstrained convex quadratic problem';
  }
  if (isSmooth) return `smooth convex problem${set.where}`;
  const hasSmoothTerm = goal.terms.some(({ smooth, degree }) => holds(smooth) && degree > 0);
  const kind = hasSmoothTerm ? 'composite convex problem' : 'nonsmooth convex problem';
  return `${kind}${set.where}`;
}

/** A sum of squares of affine expressions, up to a positive factor. */
const isLeastSquares = ({ goal, node, facts }: GoalFacts): boolean =>
  goal.sense === 'minimize' && node !== undefined && facts.isSumOfSquares(node).kind === 'yes';

function traitsOf(goal: GoalFacts): readonly string[] {
  const traits: string[] = [];
  for (const sum of goal.goal.sums) {
    const isKept = sum.size?.key.includes('kept') === true || sum.size?.key.includes('|') === true;
    const over = sum.set ?? sum.size?.key;
    if (sum.kind === 'expectation') traits.push('an expectation over a distribution');
    else if (over !== undefined)
      traits.push(
        `${sum.kind === 'mean' ? 'an average' : 'a sum'} over ${sum.set ?? (isKept ? 'a filtered set' : `${over} elements`)}`,
      );
  }
  if (goal.node !== undefined && goal.goal.objectives === 1) {
    const signed = goal.goal.sense === 'maximize' ? undefined : goal.node;
    const strong = signed === undefined ? undefined : goal.facts.isStronglyConvex(signed);
    if (strong?.kind === 'yes') traits.push('strongly convex');
    if (goal.degree > 1 && goal.facts.isSeparable(goal.node).kind === 'yes')
      traits.push('separable');
  }
  return [...new Set(traits)];
}
