// Mistakes that only the mathematics shows: goals that do not change, or fall without end, bounds that cross, empty domains.
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { constantValue } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { grad } from '../derive/grad.ts';
import { NotDifferentiable } from '../derive/not-differentiable.ts';
import type { GoalFacts, LevelFacts, ProblemFacts } from './analyse.ts';
import { decided } from './facts/decide.ts';
import { rangesFrom, type RangeOf } from './facts/range.ts';
import { domainText, shown } from './describe.ts';
import { report } from './messages.ts';
import type { Bound, Variable } from './problem.ts';
import { assumptionsOf } from './facts/assumptions.ts';

export function checkProblem(facts: ProblemFacts): readonly Diagnostic[] {
  const { problem } = facts;
  const { ranges } = assumptionsOf({
    ...problem,
    level: { ...problem.level, variables: [], lower: [] },
  });
  const range = rangesFrom(ranges);
  const given = [...problem.params, ...problem.data].flatMap(({ name, lower, upper }) =>
    crossing(name, lower, upper, range),
  );
  return [...given, ...checkLevel(facts.level, range, facts)];
}

function checkLevel(level: LevelFacts, range: RangeOf, facts: ProblemFacts): readonly Diagnostic[] {
  return [
    ...level.level.variables.flatMap((variable) => checkVariable(variable, range)),
    ...level.goals.flatMap((goal) => checkGoal(goal, level, facts)),
    ...level.constraints.flatMap((constraint) => checkConstraint(constraint, range)),
    ...level.lower.flatMap((lower) => checkLevel(lower, range, facts)),
  ];
}

/** Every possible lower bound is above every possible upper one. */
function crossing(
  name: string,
  lower: Bound | undefined,
  upper: Bound | undefined,
  range: RangeOf,
): readonly Diagnostic[] {
  if (lower === undefined || upper === undefined) return [];
  const [low, high] = [range(lower.node), range(upper.node)];
  const isStrict = lower.strict || upper.strict;
  const crosses = isStrict ? low.low >= high.high : low.low > high.high;
  if (!crosses) return [];
  return [
    report(
      'P103',
      upper.span,
      { name, lower: shown(lower.node, 30), upper: shown(upper.node, 30) },
      {
        related: [{ span: lower.span, message: 'the lower bound' }],
      },
    ),
  ];
}

function checkVariable(variable: Variable, range: RangeOf): readonly Diagnostic[] {
  const { name, lower, upper, domain } = variable;
  const found = [...crossing(name, lower, upper, range)];
  if (domain === undefined) return found;
  const why = emptiness(variable, range);
  if (why !== undefined) return [...found, report('P104', domain.span, { variable: name, why })];
  if (!withinDomain(variable, range))
    found.push(
      report(
        'P105',
        (lower ?? upper ?? domain).span,
        { variable: name, domain: domainText(domain) },
        {
          related: [{ span: domain.span, message: 'the domain' }],
        },
      ),
    );
  return found;
}

/** Why a domain has no point, where that can be seen. */
function emptiness({ domain, shape }: Variable, range: RangeOf): string | undefined {
  if (domain === undefined) return undefined;
  const at = (k: number): ReturnType<RangeOf> | undefined =>
    domain.args[k] === undefined ? undefined : range(domain.args[k]);
  switch (domain.name) {
    case 'ball': {
      const radius = at(1);
      return radius !== undefined && radius.high < 0 ? 'its radius is negative' : undefined;
    }
    case 'box': {
      const [low, high] = [at(0), at(1)];
      return low !== undefined && high !== undefined && low.low > high.high
        ? 'its lower end is above its upper end'
        : undefined;
    }
    case 'spectrahedron': {
      const trace = at(0);
      return trace !== undefined && trace.high < 0 ? 'its trace is negative' : undefined;
    }
    case 'simplex':
      return shape.some((dim) => constantValue(dim) === 0) ? 'it has no entries' : undefined;
    default:
      return undefined;
  }
}

/** Bounds leave something of simple domains. */
function withinDomain({ lower, upper, domain }: Variable, range: RangeOf): boolean {
  const low = lower === undefined ? -Infinity : range(lower.node).low;
  const high = upper === undefined ? Infinity : range(upper.node).high;
  switch (domain?.name) {
    case 'nonneg':
      return high >= 0;
    case 'simplex':
    case 'doubly_stochastic':
      return low <= 1 && high >= 0;
    case 'sphere':
    case 'stiefel':
    case 'orthogonal':
    case 'correlation':
      return low <= 1 && high >= -1;
    default:
      return true;
  }
}

function checkGoal(goal: GoalFacts, level: LevelFacts, facts: ProblemFacts): readonly Diagnostic[] {
  const { node, degree } = goal;
  if (node === undefined || goal.goal.objectives > 1 || level.lower.length > 0) return [];
  if (degree === 0)
    return [
      report('P101', goal.goal.span, {
        variables: goal.variables.map(({ name }) => `\`${name}\``).join(', '),
      }),
    ];
  const isAlone = level.goals.length === 1 && goal.goal.player === undefined;
  return isAlone && level.constraints.length === 0 ? unboundedDirections(goal, facts) : [];
}

/** A variable on which the goal depends linearly, with a slope of known sign and no bound on that side. */
function unboundedDirections(goal: GoalFacts, { graph }: ProblemFacts): readonly Diagnostic[] {
  const { node } = goal;
  if (node === undefined) return [];
  const sign = goal.goal.sense === 'maximize' ? 1 : -1;
  return goal.variables.flatMap(({ name, input, domain, lower, upper, element }) => {
    const isBounded = lower !== undefined && upper !== undefined;
    if (domain !== undefined || element === 'bool' || isBounded) return [];
    if (goal.degree > 1 && !isLinearAlone(goal, input)) return [];
    const slope = slopeIn(goal, node, input, graph);
    if (slope === undefined) return [];
    // Towards which side the goal improves without end: 1 above, -1 below.
    const side = ([1, -1] as const).find(
      (to) =>
        (to === 1 ? upper : lower) === undefined &&
        isSomewhere(graph, goal, to === sign ? slope : graph.neg(slope)),
    );
    if (side === undefined) return [];
    return [
      report('P102', goal.goal.span, {
        variable: name,
        side: side === 1 ? 'above' : 'below',
        extremum: goal.goal.sense === 'maximize' ? 'maximum' : 'minimum',
      }),
    ];
  });
}

/** Some entry is known to be positive: all of them by their range, or one by its value. */
const isSomewhere = (graph: Graph, goal: GoalFacts, slope: Node): boolean =>
  goal.facts.range(slope).low > 0 || decided(graph.any(graph.lt(0, slope))) === true;

/** The only terms that hold the variable are affine in all variables. */
const isLinearAlone = ({ goal, facts }: GoalFacts, input: Node): boolean =>
  goal.terms.every(({ node }) => !facts.dependence(node).has(input) || facts.degree(node) <= 1);

function slopeIn(goal: GoalFacts, node: Node, input: Node, graph: Graph): Node | undefined {
  if (!goal.facts.dependence(node).has(input)) return undefined;
  try {
    return grad(graph, node, input);
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return undefined;
    throw fault;
  }
}

function checkConstraint(
  { constraint, form }: LevelFacts['constraints'][number],
  range: RangeOf,
): readonly Diagnostic[] {
  const { relation, span } = constraint;
  if (relation.kind !== 'equal' && relation.kind !== 'lessEqual') return [];
  if (form !== 'constraint on given quantities') return [];
  const { low, high } = range(relation.residual);
  const fails = relation.kind === 'lessEqual' ? low > 0 : low > 0 || high < 0;
  return fails ? [report('P106', span, { why: 'it depends on no variable and is false' })] : [];
}
