// The certificate of problems with lower levels. Each lower level, with the outer variables given, is a problem of its own whose certificate says how far the
// answer is from solving it; the upper goal's slope is taken along the lower solution (total-slopes.ts). Lower levels that have lower levels themselves are
// held to the slope along theirs.
import { grads } from '../derive/grad.ts';
import { NotDifferentiable } from '../derive/not-differentiable.ts';
import type { GoalUnit, LevelsSpec, UnitSpec } from '../../runtime/certify/levels.ts';
import type { SearchSpec, SearchVariable } from '../../runtime/certify/lower-search.ts';
import { allVariables, subProblem } from '../problem/levels.ts';
import type { Goal, Level, Problem, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { kinksOf, type Atom } from './atoms.ts';
import type { WeightedAtom } from './dual.ts';
import { naming, type Naming } from './beyond.ts';
import { endsOf, equation, type Holding, type Unknown } from './equations.ts';
import { boxOf } from './face.ts';
import { planGame, playersSlopes, whoOf, withinOf } from './game.ts';
import { planGoal } from './goal.ts';
import { ownProblem } from './players.ts';
import { projection } from './projection.ts';
import { reach } from './reach.ts';
import { stationarity } from './stationarity.ts';
import type { StructureQuestions } from './structure.ts';
import { flat, systemMatrix, totalSlopes, unflat, type System } from './total-slopes.ts';
import { operatorOf, operatorParts, planVariational } from './variational.ts';

export interface LevelsPlan {
  readonly spec: LevelsSpec;
  readonly measures: ReadonlyMap<string, Node>;
  readonly later: readonly ReadonlyMap<string, Node>[];
}

export interface LevelsContext {
  readonly graph: Graph;
  readonly problem: Problem;
  readonly questions: StructureQuestions;
}

const choosesOnly =
  'The upper goal chooses among the lower solutions: a better one was sought from many starts, which is no proof.';

/** A reason, where the problem is of a kind that cannot be certified yet. */
export function planLevels(context: LevelsContext): LevelsPlan | string {
  const { level } = context.problem;
  const units = unitsBelow(level);
  if ([level, ...units].some(({ constraints, goals }) => hasConstraints(constraints, goals)))
    return 'A level has constraints; answers to such problems cannot be certified yet.';
  const [goal] = level.goals;
  if (level.goals.length !== 1 || goal.player !== undefined || goal.node === undefined)
    return 'The upper level is a game; answers to such problems cannot be certified yet.';
  if (goal.objectives > 1)
    return 'The upper goal has several objectives; answers to it cannot be certified yet.';
  const names = naming('');
  const later = naming('');
  const steps = naming('');
  const apart = naming('');
  const specs: UnitSpec[] = [];
  for (const [k, unit] of units.entries()) {
    const spec = planUnit(
      context,
      unit,
      units.length,
      k + 1,
      { names, later, steps, apart },
      parentOf(level, unit),
    );
    if (typeof spec === 'string') return spec;
    specs.push(spec);
  }
  const slope =
    level.variables.length === 0 ? choosesOnly : upperSlope(context, goal, names, later);
  return {
    spec: {
      kind: 'levels',
      sense: goal.sense === 'maximize' ? 'maximize' : 'minimize',
      units: specs,
      slope: typeof slope === 'string' ? undefined : slope,
      moves: upperMoves(context, goal, steps),
      notes: typeof slope === 'string' ? [slope] : [],
    },
    measures: names.nodes,
    later: [later.nodes, steps.nodes, apart.nodes],
  };
}

function hasConstraints(constraints: Level['constraints'], [goal]: readonly Goal[]): boolean {
  const isOperator = goal?.sense === 'find' && constraints.length === 1;
  return constraints.length > 0 && !(isOperator && constraints[0].relation.kind === 'variational');
}

/** All levels below, outer ones first. */
export const unitsBelow = (level: Level): readonly Level[] =>
  level.lower.flatMap((lower) => [lower, ...unitsBelow(lower)]);

/** The level right above. */
function parentOf(level: Level, unit: Level): Level {
  if (level.lower.includes(unit)) return level;
  const above = level.lower.find((lower) => unitsBelow(lower).includes(unit));
  return above === undefined ? level : parentOf(above, unit);
}

const unitName = ({ name }: Level, count: number, number: number): string =>
  name !== undefined
    ? `level \`${name}\``
    : count === 1
      ? 'the lower level'
      : `lower level ${number}`;

/** Measures that are compiled together. */
interface Groups {
  readonly names: Naming;
  readonly later: Naming;
  readonly steps: Naming;
  readonly apart: Naming;
}

function planUnit(
  { graph, problem, questions }: LevelsContext,
  level: Level,
  count: number,
  number: number,
  { names, later, steps, apart }: Groups,
  parent: Level,
): UnitSpec | string {
  const label = (what: string): string => `level ${number} ${what}`;
  const own = {
    name: unitName(level, count, number),
    variables: level.variables.map(({ name }) => name),
    choice: level.choice,
    crossing: crossing(graph, level, label('bounds cross'), 1e-9, names),
    edge: crossing(graph, level, label('bounds meet'), -1e-6, later),
    below: unitsBelow(level).length,
    newton: newtonOf({ graph, problem, questions }, level, label, steps),
  };
  if (level.lower.length > 0) {
    const slope = nestedSlope({ graph, problem, questions }, level);
    return {
      ...own,
      kind: 'nested',
      slope: slope === undefined ? undefined : names.add(label('slope'), slope),
      search: searchOf({ graph, problem, questions }, level, parent, label, steps),
    };
  }
  const [goal] = level.goals;
  if (level.goals.length > 1 || goal?.player !== undefined) {
    const game = planGame(graph, problem, level, questions, `${label('')}`);
    if (typeof game === 'string') return game;
    for (const [name, node] of game.measures) names.add(name, node);
    for (const [name, node] of game.later) later.add(name, node);
    return {
      ...own,
      kind: 'game',
      game: game.spec,
      search: searchOf({ graph, problem, questions }, level, parent, label, steps),
      regular: regularOf({ graph, problem, questions }, level, label, apart),
    };
  }
  const operator = operatorOf(level);
  if (operator !== undefined) {
    const found = planVariational(graph, level, operator, questions, label(''));
    for (const [name, node] of found.measures) names.add(name, node);
    return {
      ...own,
      kind: 'variational',
      variational: found.spec,
      search: searchOf({ graph, problem, questions }, level, parent, label, steps),
      regular: regularOf({ graph, problem, questions }, level, label, apart),
    };
  }
  const plan = planGoal(graph, subProblem(problem, level), questions);
  if (plan.value === undefined)
    return 'A lower level has several objectives or none; answers to it cannot be certified yet.';
  return {
    ...own,
    kind: 'goal',
    sense: plan.sense === 'maximize' ? 'maximize' : 'minimize',
    value: names.add(label('value'), plan.value),
    bound: plan.bound === undefined ? undefined : names.add(label('bound'), plan.bound.node),
    within: withinOf(plan),
    convex: plan.promise === 'optimal' && !plan.whole,
    conditions: plan.conditions.map((node, k) => names.add(label(`condition ${k + 1}`), node)),
    slope:
      plan.stationarity === undefined
        ? undefined
        : names.add(label('stationarity'), plan.stationarity.node),
    ...uniqueness({ graph, problem, questions }, level, label, apart),
    search: searchOf({ graph, problem, questions }, level, parent, label, later),
  };
}

/** Whether a lower solution can be the only one: strong convexity, or a regular Jacobian where bounds hold only what is pressed against them. */
function uniqueness(
  context: LevelsContext,
  level: Level,
  label: (what: string) => string,
  apart: Naming,
): Pick<GoalUnit, 'modulus' | 'regular'> {
  const { graph, questions } = context;
  const [goal] = level.goals;
  if (goal?.node === undefined) return { modulus: undefined, regular: undefined };
  const inputs = level.variables.map(({ input }) => input);
  const modulus = questions.strongConvexity(lowered(graph, goal, goal.node), inputs);
  return {
    modulus: modulus === undefined ? undefined : apart.add(label('modulus'), modulus),
    regular: regularOf(context, level, label, apart),
  };
}

/** The smallest singular value of the Jacobian of a level's equations, relative to its size, by one step of inverse iteration from a vector in general position. */
function regularOf(
  context: LevelsContext,
  level: Level,
  label: (what: string) => string,
  apart: Naming,
): string | undefined {
  const { graph } = context;
  const system = systemOf(context, [level], true);
  if (system === undefined) return undefined;
  try {
    const J = systemMatrix(graph, system);
    const [size] = J.type.shape;
    const start = graph.add(1.3, graph.sin(graph.mul(1.7, graph.iota(size, 1))));
    const length = (x: Node): Node => graph.sqrt(graph.sumsq(x));
    const once = graph.solve(J, graph.div(start, length(start)));
    const twice = graph.solve(graph.transpose(J), graph.div(once, length(once)));
    // A Jacobian of zeros has no direction that it solves for; its quotients are no numbers.
    const [norm, stretch] = [length(J), length(twice)];
    const solved = graph.and(graph.gt(norm, 0), graph.lt(stretch, Infinity));
    const ratio = graph.div(1, graph.mul(norm, stretch));
    return apart.add(label('regular'), graph.select(solved, ratio, 0));
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return undefined;
    throw fault;
  }
}

/** y - J⁻¹ R, over the level and those below it. */
function newtonOf(
  context: LevelsContext,
  level: Level,
  label: (what: string) => string,
  steps: Naming,
): UnitSpec['newton'] {
  const { graph } = context;
  const units = [level, ...unitsBelow(level)];
  const system = systemOf(context, units, false);
  if (system === undefined) return [];
  try {
    const step = graph.solve(systemMatrix(graph, system), flat(graph, system.equations));
    const parts = unflat(graph, step, system.unknowns);
    return units
      .flatMap(({ variables }) => variables)
      .map((variable, k) => {
        const { name, input } = variable;
        const moved = graph.sub(input, parts[k]);
        return {
          variable: name,
          measure: steps.add(label(`newton ${name}`), projection(graph, variable, moved) ?? moved),
        };
      });
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return [];
    throw fault;
  }
}

/** What it takes to solve the level again from elsewhere; undefined where its goal has kinks or its domain no projection. */
function searchOf(
  context: LevelsContext,
  level: Level,
  parent: Level,
  label: (what: string) => string,
  later: Naming,
): SearchSpec | undefined {
  const { graph, questions } = context;
  const [goal] = level.goals;
  if (level.variables.some(({ element }) => element !== 'real')) return undefined;
  const inputs = level.variables.map(({ input }) => input);
  const alone = level.goals.length === 1 && goal.player === undefined && goal.node !== undefined;
  const F = alone ? lowered(graph, goal, goal.node) : graph.constant(0);
  const [above] = parent.goals;
  const G =
    parent.goals.length !== 1 || above.node === undefined || above.objectives > 1
      ? undefined
      : lowered(graph, above, above.node);
  // Without kinks a goal has slopes wherever it has no end.
  if (alone && !questions.smooth(F, inputs) && kinksOf(graph, F, inputs)?.length !== 0)
    return undefined;
  try {
    // Of a level that has lower ones, the slopes along their solution.
    const slopes =
      alone && level.lower.length === 0
        ? grads(graph, F, inputs)
        : unitSlopes(context, level)?.unknowns.map(({ slope }) => slope);
    if (slopes === undefined) return undefined;
    const aboves = G === undefined ? undefined : grads(graph, G, inputs);
    const variables = level.variables.map((variable, k): SearchVariable | undefined => {
      const { name, input } = variable;
      const trial = graph.input(`trial ${name}`, 'variable', input.type);
      const nearest = projection(graph, variable, trial);
      if (nearest === undefined) return undefined;
      const ends = rangeOf(graph, variable);
      return {
        name,
        slope: later.add(label(`slope ${name}`), slopes[k]),
        nearest: later.add(label(`nearest ${name}`), nearest),
        trial: trial.attributes.name,
        low: later.add(label(`low ${name}`), ends.low),
        high: later.add(label(`high ${name}`), ends.high),
        above: aboves === undefined ? undefined : later.add(label(`above ${name}`), aboves[k]),
      };
    });
    const known = variables.flatMap((each) => (each === undefined ? [] : [each]));
    if (known.length < variables.length) return undefined;
    return {
      variables: known,
      value: later.add(label('to minimise'), F),
      above: G === undefined ? undefined : later.add(label('goal above'), G),
    };
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return undefined;
    throw fault;
  }
}

/** A box that holds the set. */
function rangeOf(graph: Graph, variable: Variable): { readonly low: Node; readonly high: Node } {
  const { shape } = variable.input.type;
  const ends = endsOf(graph, variable) ?? boxOf(graph, variable);
  const { domain } = variable;
  const most = domain?.name === 'simplex' ? graph.ones(shape) : graph.full(Infinity, shape);
  if (domain?.name === 'ball' && domain.norm !== Infinity) {
    const [center, radius] = domain.args;
    if (center.type.shape.length === shape.length && radius.type.shape.length === 0)
      return { low: graph.sub(center, radius), high: graph.add(center, radius) };
  }
  return { low: ends.low ?? graph.full(-Infinity, shape), high: ends.high ?? most };
}

/** Whether bounds that depend on outer variables cross by so much. */
function crossing(
  graph: Graph,
  { variables }: Level,
  name: string,
  by: number,
  names: Naming,
): string | undefined {
  const tests = variables.flatMap((variable) => {
    const { low, high } = boxOf(graph, variable);
    if (low === undefined || high === undefined) return [];
    const crosses = graph.gt(graph.sub(low, high), by);
    return [crosses.type.shape.length === 0 ? crosses : graph.any(crosses)];
  });
  const [first, ...rest] = tests;
  return first === undefined
    ? undefined
    : names.add(
        name,
        rest.reduce((a, b) => graph.or(a, b), first),
      );
}

interface LevelSlopes {
  readonly unknowns: readonly Unknown[];
  readonly kinks: readonly WeightedAtom[];
  /** Bool scalars: kinks that are not followed are away. */
  readonly smoothHere: readonly Node[];
}

export interface SolutionSystem extends System {
  readonly smoothHere: readonly Node[];
  /** Bool scalars: something is at a bound that no slope presses it against. */
  readonly loose: readonly Node[];
}

const largest = (graph: Graph, x: Node): Node =>
  x.type.shape.length === 0 ? graph.abs(x) : graph.maxOver(graph.abs(x));

const sizeOf = (graph: Graph, variables: readonly Variable[]): Node =>
  graph.max(
    variables.map(({ input }) => largest(graph, input)).reduce((a, b) => graph.max(a, b)),
    1,
  );

/** The equations of all levels below. */
export const systemBelow = (
  context: LevelsContext,
  level: Level,
  pressed = false,
): SolutionSystem | undefined => systemOf(context, unitsBelow(level), pressed);

/** A slope smaller than this, relative to the largest, presses nothing. */
const leastPress = 1e-4;

/** The equations of these levels. `pressed`: bounds hold only what a slope presses against them. */
function systemOf(
  context: LevelsContext,
  units: readonly Level[],
  pressed: boolean,
): SolutionSystem | undefined {
  const { graph } = context;
  const unknowns: Node[] = [];
  const equations: Node[] = [];
  const smoothHere: Node[] = [];
  const loose: Node[] = [];
  for (const unit of units) {
    const found = unitSlopes(context, unit);
    if (found === undefined) return undefined;
    smoothHere.push(...found.smoothHere);
    for (const unknown of found.unknowns) {
      const tolerance = graph.mul(1e-6, sizeOf(graph, unit.variables));
      const holding: Holding = {
        tolerance,
        pressed: pressed
          ? graph.mul(leastPress, graph.max(largest(graph, unknown.slope), 1))
          : undefined,
      };
      const made = equation(graph, unknown, holding, found.kinks);
      if (made === undefined) return undefined;
      unknowns.push(unknown.variable.input);
      equations.push(made.equation);
      if (made.loose !== undefined) loose.push(made.loose);
    }
  }
  return { unknowns, equations, smoothHere, loose };
}

/** The slope that each variable of a level is to make 0, given all others; undefined where it is not known. */
function unitSlopes(context: LevelsContext, level: Level): LevelSlopes | undefined {
  const { graph, problem, questions } = context;
  const [goal] = level.goals;
  const plain = (slopes: readonly Node[]): LevelSlopes => ({
    unknowns: level.variables.map((variable, v) => ({ variable, slope: slopes[v] })),
    kinks: [],
    smoothHere: [],
  });
  try {
    if (level.lower.length > 0) {
      const below = systemBelow(context, level);
      if (below === undefined || level.goals.length > 1 || goal?.node === undefined)
        return undefined;
      const inputs = level.variables.map(({ input }) => input);
      return {
        ...plain(totalSlopes(graph, lowered(graph, goal, goal.node), inputs, below)),
        smoothHere: below.smoothHere,
      };
    }
    if (level.goals.length > 1 || goal?.player !== undefined) {
      const byName = new Map<string, Node>();
      for (const each of level.goals) {
        const own = ownProblem(graph, problem, level, each, questions);
        const slopes = own === undefined ? undefined : playersSlopes(graph, own);
        if (own === undefined || slopes === undefined) return undefined;
        own.variables.forEach(({ name }, k) => byName.set(name, slopes[k]));
      }
      const all = level.variables.map(({ name }) => byName.get(name));
      return all.includes(undefined)
        ? undefined
        : plain(all.flatMap((slope) => (slope === undefined ? [] : [slope])));
    }
    const operator = operatorOf(level);
    if (operator !== undefined) return plain(operatorParts(graph, operator, level));
    if (goal?.node === undefined) return undefined;
    const inputs = level.variables.map(({ input }) => input);
    const F = lowered(graph, goal, goal.node);
    const slopes = grads(graph, F, inputs);
    if (questions.smooth(F, inputs)) return plain(slopes);
    const kinks = kinksOf(graph, F, inputs);
    if (kinks === undefined) return undefined;
    const tolerance = graph.mul(1e-6, sizeOf(graph, level.variables));
    const own = kinks.filter((atom) => isOwnKink(atom, inputs));
    const weights = grads(
      graph,
      F,
      own.map(({ node }) => node),
    );
    return {
      ...plain(slopes),
      kinks: own.map((atom, k) => ({ atom, weight: weights[k] })),
      smoothHere: kinks
        .filter((atom) => !own.includes(atom))
        .map((atom) => everywhere(graph, atom.fixed(tolerance))),
    };
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return undefined;
    throw fault;
  }
}

/** The absolute value or the norm of a variable itself. */
const isOwnKink = ({ node, normOf }: Atom, inputs: readonly Node[]): boolean =>
  normOf !== undefined && inputs.includes(normOf) && isOp(node, 'unary');

const everywhere = (graph: Graph, holds: Node): Node =>
  holds.type.shape.length === 0 ? holds : graph.all(holds);

/** To be made small. */
const lowered = (graph: Graph, { sense }: Goal, node: Node): Node =>
  sense === 'maximize' ? graph.neg(node) : node;

/** How far a level that has lower ones is from stationary along their solution. */
function nestedSlope(context: LevelsContext, level: Level): Node | undefined {
  const { graph } = context;
  const [goal] = level.goals;
  const slopes = unitSlopes(context, level);
  if (slopes === undefined || goal?.node === undefined) return undefined;
  return residualOf(
    graph,
    level.variables,
    slopes.unknowns.map(({ slope }) => slope),
    goal.node,
  );
}

/** A box as bounds, which may be infinite. */
function asBounds(graph: Graph, variable: Variable): Variable {
  const { domain, span } = variable;
  if (domain?.name !== 'box' && domain?.name !== 'nonneg') return variable;
  const { low, high } = boxOf(graph, variable);
  const end = (node: Node | undefined): Variable['lower'] =>
    node === undefined ? undefined : { node, strict: false, span };
  return { ...variable, domain: undefined, lower: end(low), upper: end(high) };
}

function residualOf(
  graph: Graph,
  variables: readonly Variable[],
  slopes: readonly Node[],
  value: Node,
): Node | undefined {
  const distance = graph.mul(100, sizeOf(graph, variables));
  const residuals = variables.map((variable, v) => {
    const boxed = asBounds(graph, variable);
    const fall = reach(graph, boxed, slopes[v], undefined, distance)?.fall;
    return stationarity(graph, boxed, slopes[v], value, fall)?.residual;
  });
  const known = residuals.flatMap((residual) => (residual === undefined ? [] : [residual]));
  return known.length < residuals.length
    ? undefined
    : known.reduce((a, b) => graph.max(a, b), graph.constant(0));
}

function upperSlope(
  context: LevelsContext,
  goal: Goal,
  names: Naming,
  later: Naming,
): LevelsSpec['slope'] | string {
  const { graph, problem } = context;
  const { level } = problem;
  const unknown =
    'The slope of the upper goal along the lower solution is not known: no more than the lower level can be certified by slopes.';
  const reached = slopeAlong(context, goal, false);
  const pressed = slopeAlong(context, goal, true);
  if (reached === undefined || pressed === undefined) return unknown;
  const [first, ...rest] = pressed.loose;
  return {
    measure: names.add('hypergradient', reached.residual),
    conditions: reached.conditions.map((each, k) => names.add(`smooth ${k + 1}`, each)),
    who: whoOf(level.variables.map(({ name }) => name)),
    loose:
      first === undefined
        ? undefined
        : later.add(
            'loose',
            rest.reduce((a, b) => graph.or(a, b), first),
          ),
    other: later.add('hypergradient, loose ends free', pressed.residual),
  };
}

interface SlopeAlong {
  readonly residual: Node;
  readonly conditions: readonly Node[];
  readonly loose: readonly Node[];
}

function slopeAlong(context: LevelsContext, goal: Goal, pressed: boolean): SlopeAlong | undefined {
  const { graph, problem, questions } = context;
  const { level } = problem;
  const { node } = goal;
  if (node === undefined || level.variables.some(({ element }) => element !== 'real'))
    return undefined;
  const F = lowered(graph, goal, node);
  const inputs = level.variables.map(({ input }) => input);
  const all = allVariables(level).map(({ input }) => input);
  const below = systemBelow(context, level, pressed);
  if (below === undefined) return undefined;
  const kinks = questions.smooth(F, all) ? [] : kinksOf(graph, F, all);
  if (kinks === undefined) return undefined;
  const own = kinks.filter(
    (atom) =>
      isOwnKink(atom, inputs) && isOp(atom.node, 'unary') && atom.node.attributes.fn === 'abs',
  );
  const tolerance = graph.mul(1e-6, sizeOf(graph, allVariables(level)));
  try {
    const weights = grads(
      graph,
      F,
      own.map(({ node: kink }) => kink),
    );
    // At its kink an absolute value takes up a slope as large as its weight.
    const slopes = totalSlopes(graph, F, inputs, below).map((slope, v) =>
      own.reduce(
        (rest, atom, k) =>
          atom.normOf === inputs[v]
            ? graph.select(
                atom.fixed(tolerance),
                rest,
                graph.mul(graph.sign(rest), graph.max(graph.sub(graph.abs(rest), weights[k]), 0)),
              )
            : rest,
        slope,
      ),
    );
    const residual = residualOf(graph, level.variables, slopes, node);
    if (residual === undefined) return undefined;
    return {
      residual,
      conditions: [
        ...below.smoothHere,
        ...kinks
          .filter((atom) => !own.includes(atom))
          .map((atom) => everywhere(graph, atom.fixed(tolerance))),
      ],
      loose: below.loose,
    };
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return undefined;
    throw fault;
  }
}

/** What it takes to look at nearby outer variables. */
function upperMoves(
  { graph, problem }: LevelsContext,
  goal: Goal,
  steps: Naming,
): LevelsSpec['moves'] {
  const { level } = problem;
  if (goal.node === undefined || level.variables.some(({ element }) => element !== 'real'))
    return undefined;
  const variables = level.variables.map((variable) => {
    const { name, input } = variable;
    const trial = graph.input(`trial ${name}`, 'variable', input.type);
    const nearest = projection(graph, variable, trial);
    return nearest === undefined
      ? undefined
      : {
          name,
          nearest: steps.add(`nearest ${name}`, nearest),
          trial: trial.attributes.name,
        };
  });
  const known = variables.flatMap((each) => (each === undefined ? [] : [each]));
  if (known.length < variables.length) return undefined;
  return { variables: known, value: steps.add('to minimise', lowered(graph, goal, goal.node)) };
}
