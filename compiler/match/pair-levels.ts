// Which level of a problem each level of a pattern stands for, and which goal each of its goals.
import type { Span } from '../../grammar/span.ts';
import type {
  MethodModel,
  PatternFunction,
  PatternGoal,
  PatternLevel,
  PatternVariable,
} from '../model/method-types.ts';
import { allVariables } from '../problem/levels.ts';
import type { Constraint, Goal, Level, Problem, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import { dependsOn } from '../tensor/visit.ts';
import { isRestricted } from './feasible.ts';
import { mismatch, type Mismatch } from './mismatch.ts';

/** A goal of the pattern, or the variables it is to find, with what they stand for. */
export interface Pair {
  readonly pattern: PatternGoal | undefined;
  /** `x` of `over x` or `find x`. */
  readonly variable: PatternVariable;
  readonly level: Level;
  readonly goal: Goal;
  /** All that the pattern variable stands for. */
  readonly owned: readonly Variable[];
  /** The goal chooses among the solutions of the lower level, whose variables these are. */
  readonly chooses: boolean;
  /** F of `0 in F(x) + normal_cone`. */
  readonly operator: PatternFunction | undefined;
  /** f of the pattern is this goal, or its negative where the senses differ. */
  readonly sign: 1 | -1;
}

/** Goals, outer levels first; or the first thing that does not fit. */
export function pairLevels(
  graph: Graph,
  method: MethodModel,
  problem: Problem,
): readonly Pair[] | Mismatch {
  return pairLevel(graph, method, method.pattern, problem.level, problem.span);
}

function pairLevel(
  graph: Graph,
  method: MethodModel,
  pattern: PatternLevel,
  level: Level,
  span: Span,
): readonly Pair[] | Mismatch {
  const lower = lowerLevels(graph, pattern, level, span);
  if ('kind' in lower) return lower;
  const here = pairGoals(method, pattern, level, lower, span);
  if ('kind' in here) return here;
  const pairs = [...here];
  for (const [k, inner] of pattern.lower.entries()) {
    const below = pairLevel(graph, method, inner, lower[k], lower[k].span);
    if ('kind' in below) return below;
    pairs.push(...below);
  }
  return pairs;
}

/** One lower level of a pattern stands for all that are solved side by side. */
function lowerLevels(
  graph: Graph,
  pattern: PatternLevel,
  level: Level,
  span: Span,
): readonly Level[] | Mismatch {
  const [first, ...others] = level.lower;
  if (first !== undefined && pattern.lower.length === 0)
    return mismatch('the problem must have one level, but this one has a lower level', first.span);
  if (first === undefined && pattern.lower.length > 0)
    return mismatch('the problem must have a lower level, but this one has none', span);
  const pessimistic = level.lower.find(({ choice }) => choice === 'pessimistic');
  if (pessimistic !== undefined)
    return mismatch(
      'the lower level must be optimistic, but this one is pessimistic',
      pessimistic.span,
    );
  if (pattern.lower.length === level.lower.length) return level.lower;
  if (pattern.lower.length > 1)
    return mismatch(
      `the problem must have ${pattern.lower.length} lower levels, but this one has ${level.lower.length}`,
      first?.span ?? span,
    );
  return others.reduce<readonly Level[] | Mismatch>(
    (joined, next) => {
      if ('kind' in joined) return joined;
      const both = sideBySide(graph, joined[0], next);
      return 'kind' in both ? both : [both];
    },
    [first],
  );
}

/** Two lower levels that share nothing, as one. */
function sideBySide(graph: Graph, a: Level, b: Level): Level | Mismatch {
  const [goal, second] = a.goals;
  const [other, third] = b.goals;
  if (second !== undefined || third !== undefined || a.lower.length + b.lower.length > 0)
    return mismatch(
      'the problem must have one lower level, but this one has several that are no plain problems',
      b.span,
    );
  if (uses(goal, b) || uses(other, a))
    return mismatch(
      'lower levels must be independent, but one of these uses the variables of the other',
      b.span,
    );
  if (goal.node === undefined || other.node === undefined)
    return mismatch('the lower levels must have goals', b.span);
  const turned = goal.sense === other.sense ? 1 : -1;
  const signed = (node: NonNullable<Goal['node']>): NonNullable<Goal['node']> =>
    turned === 1 ? node : graph.neg(node);
  return {
    ...a,
    variables: [...a.variables, ...b.variables],
    goals: [
      {
        ...goal,
        node: graph.add(goal.node, signed(other.node)),
        terms: [
          ...goal.terms,
          ...other.terms.map((term) => ({ ...term, node: signed(term.node) })),
        ],
        sums: [],
        owns: [...goal.owns, ...other.owns],
      },
    ],
    constraints: [...a.constraints, ...b.constraints],
  };
}

const uses = ({ node }: Goal, level: Level): boolean =>
  node !== undefined &&
  dependsOn(
    node,
    allVariables(level).map(({ input }) => input),
  );

function pairGoals(
  method: MethodModel,
  pattern: PatternLevel,
  level: Level,
  lower: readonly Level[],
  span: Span,
): readonly Pair[] | Mismatch {
  if (level.goals.length === 0) return mismatch('the problem has no goal', span);
  const pairs =
    pattern.find === undefined ? pairEach(pattern, level, lower) : pairFind(pattern, level);
  if ('kind' in pairs) return pairs;
  const failed = pairs
    .map(
      ({ variable, owned, chooses }) =>
        checkElements(method, owned) ??
        (chooses ? undefined : checkDomain(variable, method, owned)),
    )
    .find((found) => found !== undefined);
  return failed ?? checkConstraints(pattern, level.constraints) ?? pairs;
}

/** Each goal of the pattern with one of the problem's. */
function pairEach(
  pattern: PatternLevel,
  level: Level,
  lower: readonly Level[],
): readonly Pair[] | Mismatch {
  const [first, second] = level.goals;
  if (first.sense === 'find')
    return mismatch('the problem must have a goal, but this one is of `find`', first.span);
  const family = level.goals.find(({ player }) => player !== undefined);
  if (second !== undefined && pattern.goals.length < 2)
    return mismatch('the problem must have one goal, but this one is a game', second.span);
  if (family !== undefined)
    return mismatch(
      `the problem must have ${pattern.goals.length < 2 ? 'one goal' : `${pattern.goals.length} players`}, but this one has a player for each index`,
      family.span,
    );
  if (second === undefined && pattern.goals.length > 1)
    return mismatch('the problem must be a game, but this one has a single goal', first.span);
  if (level.goals.length !== pattern.goals.length)
    return mismatch(
      `the game must have ${pattern.goals.length} players, but this one has ${level.goals.length}`,
      level.goals[level.goals.length - 1].span,
    );
  const decides = level.variables.find(({ name }) => first.owns.includes(name));
  if (pattern.goals.some(({ chooses }) => chooses) && decides !== undefined)
    return mismatch(
      `the upper goal must only choose among the solutions of the lower level, but it decides \`${decides.name}\``,
      decides.span,
    );
  const order = inOrder(pattern.goals, level.goals);
  return order.map((goal, k): Pair => {
    const own = pattern.goals[k];
    const { chooses } = own;
    return {
      pattern: own,
      variable: own.over[0],
      level,
      goal,
      owned: chooses
        ? lower.flatMap(({ variables }) => variables)
        : level.variables.filter(({ name }) => goal.owns.includes(name)),
      chooses,
      operator: undefined,
      sign: goal.sense === own.sense ? 1 : -1,
    };
  });
}

/** By sense where both have one of each, else as they stand. */
function inOrder(patterns: readonly PatternGoal[], goals: readonly Goal[]): readonly Goal[] {
  const [p, q] = patterns;
  const [a, b] = goals;
  const crossed =
    patterns.length === 2 && p.sense !== q.sense && a.sense !== b.sense && a.sense !== p.sense;
  return crossed ? [b, a] : goals;
}

/** What is to be found: the solution of a variational inequality, or the equilibrium of a game. */
function pairFind(pattern: PatternLevel, level: Level): readonly Pair[] | Mismatch {
  const [first, second] = level.goals;
  const [variable] = pattern.find ?? [];
  const isGame = second !== undefined || first.player !== undefined;
  if (first.sense !== 'find' && !isGame)
    return mismatch(
      'the problem must be a game or one of `find`, but this one has a goal of its own',
      first.span,
    );
  const names = new Set(level.goals.flatMap(({ owns }) => owns));
  const owned = level.variables.filter(({ name }) => names.has(name));
  const found = pattern.constraints.find(({ kind }) => kind === 'variational');
  return [
    {
      pattern: undefined,
      variable,
      level,
      goal: first,
      owned,
      chooses: false,
      operator: found?.function,
      sign: 1,
    },
  ];
}

function checkElements(method: MethodModel, variables: readonly Variable[]): Mismatch | undefined {
  if (method.native !== undefined) return undefined;
  const wantsInt = method.qualifiers.some(
    ({ subject, property }) => subject.kind === 'patternVariable' && property === 'int',
  );
  const other = variables.find(
    ({ element }) => (element === 'real') === wantsInt || element === 'complex',
  );
  if (other === undefined) return undefined;
  return mismatch(
    `the variables must be ${wantsInt ? 'int' : 'real'}, but \`${other.name}\` is ${other.element}`,
    other.span,
  );
}

/** Bounds and domains belong to `x in X`; without it a function with a prox may carry them. */
function checkDomain(
  { domain, name }: PatternVariable,
  method: MethodModel,
  variables: readonly Variable[],
): Mismatch | undefined {
  if (domain === undefined) {
    const restricted = variables.find(isRestricted);
    const carried = method.qualifiers.some(
      ({ subject, property }) => subject.kind === 'patternFunction' && property === 'prox',
    );
    if (restricted === undefined || carried) return undefined;
    const what =
      restricted.domain === undefined ? 'bounds' : `the domain ${restricted.domain.name}`;
    return mismatch(
      `the variables must be free (the pattern has \`over ${name}\`, not \`over ${name} in X\`), but \`${restricted.name}\` has ${what}`,
      restricted.domain?.span ?? restricted.span,
    );
  }
  if (domain.kind === 'role') return undefined;
  const [only, ...others] = variables;
  const fits =
    only !== undefined &&
    others.length === 0 &&
    only.domain?.name === domain.name &&
    only.lower === undefined &&
    only.upper === undefined;
  return fits
    ? undefined
    : mismatch(
        `the goal must own one variable in ${domain.name} and no other`,
        only?.domain?.span ?? only?.span ?? variables[0].span,
      );
}

function checkConstraints(
  pattern: PatternLevel,
  constraints: readonly Constraint[],
): Mismatch | undefined {
  const kinds = new Set(pattern.constraints.map(({ kind }) => kind));
  for (const { relation, span, name } of constraints) {
    const what = name === undefined ? 'a constraint' : `the constraint \`${name}\``;
    if (relation.kind === 'variational' && kinds.has('variational')) continue;
    if (kinds.has('variational') || pattern.constraints.length === 0)
      return mismatch(`the problem must have no constraints, but it has ${what}`, span);
    if ((relation.kind === 'equal' || relation.kind === 'lessEqual') && kinds.has(relation.kind))
      continue;
    if (relation.kind === 'equal' || relation.kind === 'lessEqual') {
      const sort = relation.kind === 'equal' ? 'an equation' : 'an inequality';
      return mismatch(`the method knows nothing of ${sort} such as ${what}`, span);
    }
    return mismatch(
      `constraints must be equations and inequalities, but ${what} is another relation`,
      span,
    );
  }
  return undefined;
}
