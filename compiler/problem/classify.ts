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
import type { Truth } from './fact.ts';
import type { Domain, DomainName, Goal, Variable } from './problem.ts';

/** What a solved run may say at best. */
export type Promise = 'optimal' | 'stationary' | 'feasible' | 'equilibrium';

export interface ProblemClass {
  /** `a convex quadratic program`, with its article. */
  readonly name: string;
  readonly promise: Promise;
  /** Bool scalars of data and params on which the class rests. */
  readonly conditions: readonly Node[];
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
      traits: traitsOf(facts, goal),
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
const conditionsOf = (truths: readonly Truth[]): readonly Node[] =>
  truths.flatMap((truth) => (truth.kind === 'if' ? [truth.condition] : []));

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
  readonly isPolyhedral: boolean;
  readonly isConvex: boolean;
  readonly hasCones: boolean;
  readonly isSemidefinite: boolean;
  readonly manifold: DomainName | undefined;
  readonly conditions: readonly Node[];
}

const isDiscrete = ({ element }: Variable): boolean => element === 'int' || element === 'bool';

const linearForms: readonly ConstraintForm[] = [
  'linear equality',
  'linear inequality',
  'constraint on given quantities',
];

function setOf({ level, constraints }: LevelFacts): AllowedSet {
  const domains = level.variables.flatMap(({ domain }) => (domain === undefined ? [] : [domain]));
  const memberships = constraints.flatMap(({ constraint }) =>
    constraint.relation.kind === 'in' ? [constraint.relation.domain] : [],
  );
  const all = [...domains, ...memberships];
  const isLinear = ({ form, constraint }: ConstraintFacts): boolean =>
    linearForms.includes(form) ||
    (constraint.relation.kind === 'in' && isPolyhedralDomain(constraint.relation.domain));
  const hasBounds = level.variables.some(
    ({ lower, upper }) => lower !== undefined || upper !== undefined,
  );
  return {
    isFree: all.length === 0 && constraints.length === 0 && !hasBounds,
    isPolyhedral: all.every(isPolyhedralDomain) && constraints.every(isLinear),
    isConvex: domains.every(isConvexDomain) && constraints.every(({ convex }) => holds(convex)),
    hasCones:
      all.some(({ name, norm }) => name === 'soc' || (name === 'ball' && (norm ?? 2) === 2)) ||
      constraints.some(
        ({ form }) => form === 'norm bound' || form === 'convex quadratic inequality',
      ),
    isSemidefinite: all.some(({ name }) => semidefinite.includes(name)),
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
  const isConvex = isConvexGoal && set.isConvex;
  const conditions = isConvex
    ? [...conditionsOf(curved === undefined ? [] : [curved]), ...set.conditions]
    : [];
  const base = baseName(goal, set, isConvex);
  const traits = traitsOf(facts, goal);
  const prefix = specialPrefix(facts);
  if (discrete.length > 0) {
    const isMixed = discrete.length < facts.level.variables.length;
    const kind = `${isMixed ? 'mixed-integer' : 'integer'} ${withoutArticle(base)}`;
    return plainClass(`${prefix}${kind}`, isConvex ? 'optimal' : 'feasible', {
      conditions,
      traits,
    });
  }
  if (has(facts, 'complementarity'))
    return plainClass('problem with complementarity constraints', 'stationary', { traits });
  return plainClass(`${prefix}${base}`, isConvex ? 'optimal' : 'stationary', {
    conditions,
    traits,
  });
}

function specialPrefix(facts: LevelFacts): string {
  const isRobust = has(facts, 'robust constraint');
  const isChance = has(facts, 'chance constraint');
  return `${isRobust ? 'robust ' : ''}${isChance ? 'chance-constrained ' : ''}`;
}

const manifoldNames: { readonly [name: string]: string } = {
  sphere: 'spheres',
  stiefel: 'the Stiefel manifold',
  grassmann: 'the Grassmann manifold',
  fixed_rank: 'matrices of fixed rank',
  orthogonal: 'the orthogonal group',
};

function baseName(goal: GoalFacts, set: AllowedSet, isConvex: boolean): string {
  const isSmooth = goal.smooth?.kind === 'yes' || goal.smooth?.kind === 'if';
  if (set.manifold !== undefined)
    return `${isSmooth ? 'smooth' : 'nonsmooth'} problem over ${manifoldNames[set.manifold] ?? set.manifold}`;
  if (isConvex) return convexName(goal, set, isSmooth);
  const curvature = goal.wellCurved;
  const unsure = curvature?.kind === 'no' || !set.isConvex ? 'nonconvex' : 'not known to be convex';
  const label = unsure === 'nonconvex' ? 'nonconvex ' : '';
  const after = unsure === 'nonconvex' ? '' : ' that is not known to be convex';
  if (goal.degree <= 2 && set.isPolyhedral && goal.degree > 1)
    return set.isFree ? `${label}quadratic problem${after}` : `${label}quadratic program${after}`;
  const shape = isSmooth ? 'smooth' : 'nonsmooth';
  return `${label === '' ? '' : 'nonconvex '}${shape} problem${set.isFree || set.isPolyhedral ? '' : ' with constraints'}${after}`;
}

function convexName(goal: GoalFacts, set: AllowedSet, isSmooth: boolean): string {
  if (goal.degree <= 1) {
    if (set.isSemidefinite) return 'semidefinite program';
    if (set.isPolyhedral) return 'linear program';
    if (set.hasCones && !set.isSemidefinite) return 'second-order cone program';
    return 'convex program';
  }
  if (goal.degree === 2 && set.isPolyhedral)
    return set.isFree ? 'convex quadratic problem without constraints' : 'convex quadratic program';
  if (set.isSemidefinite) return 'convex problem over semidefinite matrices';
  const where = set.isFree ? 'without constraints' : 'with constraints';
  if (isSmooth) return set.isFree ? 'smooth convex problem' : `smooth convex problem ${where}`;
  const hasSmoothTerm = goal.terms.some(({ smooth, degree }) => holds(smooth) && degree > 0);
  const kind = hasSmoothTerm ? 'composite convex problem' : 'nonsmooth convex problem';
  return set.isFree ? kind : `${kind} ${where}`;
}

function traitsOf(facts: LevelFacts, goal: GoalFacts): readonly string[] {
  const traits: string[] = [];
  for (const sum of goal.goal.sums) {
    const over = sum.set ?? sum.size?.key;
    if (sum.kind === 'expectation') traits.push('an expectation over a distribution');
    else if (over !== undefined)
      traits.push(
        `${sum.kind === 'mean' ? 'an average' : 'a sum'} over ${sum.set ?? `${over} elements`}`,
      );
  }
  if (goal.node !== undefined && goal.goal.objectives === 1) {
    const signed = goal.goal.sense === 'maximize' ? undefined : goal.node;
    const strong = signed === undefined ? undefined : goal.facts.isStronglyConvex(signed);
    if (strong?.kind === 'yes') traits.push('strongly convex');
    if (goal.degree > 1 && goal.facts.isSeparable(goal.node).kind === 'yes')
      traits.push('separable');
  }
  const domains = facts.level.variables.flatMap(({ domain }) =>
    domain === undefined ? [] : [domain.name],
  );
  if (domains.includes('simplex')) traits.push('over the simplex');
  return [...new Set(traits)];
}
