// The certificate of a game: for each player the bound on its best response that the certificate of its own problem proves, the natural residual, and
// products with its Hessian on what bounds leave free.
import { grads } from '../derive/grad.ts';
import { jvp } from '../derive/jvp.ts';
import { NotDifferentiable } from '../derive/not-differentiable.ts';
import { materialize } from '../derive/tangent.ts';
import type { GameSpec, PlayerSpec } from '../../runtime/certify/game.ts';
import type { Goal, Level, Problem } from '../problem/problem.ts';
import { simplifyNode } from '../simplify/simplify.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { naming, type Naming } from './beyond.ts';
import { planGoal, type GoalPlan } from './goal.ts';
import { faceOf } from './face.ts';
import { ownProblem, type OwnProblem } from './players.ts';
import { projection } from './projection.ts';
import type { StructureQuestions } from './structure.ts';

export interface GamePlan {
  readonly spec: GameSpec;
  readonly measures: ReadonlyMap<string, Node>;
  readonly later: ReadonlyMap<string, Node>;
  /** The common goal of a zero-sum game, in the first goal's sense. */
  readonly value: Node | undefined;
  readonly sense: 'minimize' | 'maximize';
}

/** Undefined where the level is a game that cannot be certified yet; then the reason. */
export function planGame(
  graph: Graph,
  problem: Problem,
  level: Level,
  questions: StructureQuestions,
  prefix = '',
): GamePlan | string {
  if (level.constraints.length > 0)
    return 'The game has constraints; answers to such games cannot be certified yet.';
  const own = level.goals.map((goal) => ownProblem(graph, problem, level, goal, questions));
  const players = own.flatMap((player) => (player === undefined ? [] : [player]));
  if (players.length < own.length)
    return 'Players share a domain; answers to such games cannot be certified yet.';
  if (level.goals.some(({ objectives, sense }) => objectives > 1 || sense === 'find'))
    return 'A player has several objectives; answers to such games cannot be certified yet.';
  const names = naming(prefix);
  const later = naming(prefix);
  const zeroSum = isZeroSum(graph, level.goals);
  const specs = players.map((player, k) => planPlayer(graph, player, k + 1, names, later));
  const residual = naturalResidual(graph, players);
  const [first] = level.goals;
  return {
    spec: {
      kind: 'game',
      zeroSum,
      players: specs,
      residual: residual === undefined ? undefined : names.add('natural residual', residual),
      notes: [],
    },
    measures: names.nodes,
    later: later.nodes,
    value: zeroSum ? first.node : undefined,
    sense: first.sense === 'maximize' ? 'maximize' : 'minimize',
  };
}

function planPlayer(
  graph: Graph,
  player: OwnProblem,
  number: number,
  names: Naming,
  later: Naming,
): PlayerSpec {
  const { goal, problem, questions, here, variables } = player;
  const plan = planGoal(graph, problem, questions);
  const name = (what: string): string => `player ${number} ${what}`;
  const conditions = plan.conditions.map((node, k) =>
    names.add(name(`condition ${k + 1}`), here(node)),
  );
  const convex = plan.promise === 'optimal' && !plan.whole;
  return {
    who: `${whoOf(variables.map((variable) => variable.name))}${goal.player === undefined ? '' : ', all players together'}`,
    sense: goal.sense === 'maximize' ? 'maximize' : 'minimize',
    value: names.add(name('value'), here(plan.value ?? graph.constant(NaN))),
    bound: plan.bound === undefined ? undefined : names.add(name('bound'), here(plan.bound.node)),
    within: withinOf(plan),
    convex,
    conditions,
    slope:
      plan.stationarity === undefined
        ? undefined
        : names.add(name('slope'), here(plan.stationarity.node)),
    curvature: curvatureOf(graph, player, name, later),
  };
}

export const whoOf = (names: readonly string[]): string =>
  names.length < 3
    ? names.join(' and ')
    : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;

/** What is said of a bound after its first words: where it holds. */
export function withinOf({ bound }: Pick<GoalPlan, 'bound'>): string | undefined {
  const text = bound?.text ?? '';
  const at = text.indexOf(';');
  return at < 0 ? undefined : text.slice(at + 1);
}

/** f and -f: the same expression with opposite senses, or with a sum that is zero. */
export function isZeroSum(graph: Graph, goals: readonly Goal[]): boolean {
  const [a, b] = goals;
  if (goals.length !== 2 || a.node === undefined || b.node === undefined) return false;
  if (a.player !== undefined || b.player !== undefined) return false;
  if (a.sense === b.sense) return isZero(simplifyNode(graph, graph.add(a.node, b.node)));
  return a.node === b.node || isZero(simplifyNode(graph, graph.sub(a.node, b.node)));
}

const isZero = (node: Node): boolean => isOp(node, 'constant') && node.attributes.value === 0;

/** The slopes of a player's goal, to be made small, by its own variables; undefined where it has kinks. */
export function playersSlopes(
  graph: Graph,
  { goal, problem, questions, here }: OwnProblem,
): readonly Node[] | undefined {
  const [{ node, sense }] = problem.level.goals;
  const inputs = problem.level.variables.map(({ input }) => input);
  if (node === undefined) return undefined;
  const F = sense === 'maximize' ? graph.neg(node) : node;
  if (goal.player === undefined ? !questions.smooth(F, inputs) : !questions.smooth(node, inputs))
    return undefined;
  try {
    return grads(graph, F, inputs).map(here);
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return undefined;
    throw fault;
  }
}

/** max |z - P(z - F(z))| / max(1, |z|), over all variables. */
function naturalResidual(graph: Graph, players: readonly OwnProblem[]): Node | undefined {
  const parts = players.map((player) => {
    const slopes = playersSlopes(graph, player);
    if (slopes === undefined) return undefined;
    // Slopes say nothing of points that lie apart.
    if (player.variables.some(({ element }) => element !== 'real')) return undefined;
    const moves = player.variables.map((variable, v) => {
      const { input } = variable;
      const moved = projection(graph, variable, graph.sub(input, slopes[v]));
      return moved === undefined ? undefined : { input, move: graph.sub(input, moved) };
    });
    const known = moves.flatMap((move) => (move === undefined ? [] : [move]));
    return known.length < moves.length ? undefined : known;
  });
  const known = parts.flatMap((part) => part ?? []);
  return parts.includes(undefined) ? undefined : relativeMove(graph, known);
}

const largest = (graph: Graph, x: Node): Node =>
  x.type.shape.length === 0 ? graph.abs(x) : graph.maxOver(graph.abs(x));

export function relativeMove(
  graph: Graph,
  moves: readonly { readonly input: Node; readonly move: Node }[],
): Node {
  const most = (nodes: readonly Node[]): Node =>
    nodes.map((x) => largest(graph, x)).reduce((a, b) => graph.max(a, b));
  const size = graph.max(most(moves.map(({ input }) => input)), 1);
  return graph.div(most(moves.map(({ move }) => move)), size);
}

/** P H P v, where P keeps what bounds leave free. Where a domain is curved nothing is said. */
function curvatureOf(
  graph: Graph,
  { problem, here, variables }: OwnProblem,
  name: (what: string) => string,
  later: Naming,
): PlayerSpec['curvature'] {
  const [{ node, sense }] = problem.level.goals;
  const own = problem.level.variables;
  const flat = own.every(
    ({ domain, element }) =>
      element === 'real' &&
      (domain === undefined || ['box', 'nonneg', 'simplex'].includes(domain.name)),
  );
  if (node === undefined || !flat) return undefined;
  const F = sense === 'maximize' ? graph.neg(node) : node;
  const inputs = own.map(({ input }) => input);
  const directions = own.map((variable, v) =>
    graph.input(`direction ${variables[v].name}`, 'variable', variable.input.type),
  );
  const tolerance = graph.mul(
    1e-6,
    graph.max(
      inputs.map((x) => largest(graph, x)).reduce((a, b) => graph.max(a, b)),
      1,
    ),
  );
  const faces = own.map((variable) => faceOf(graph, variable, tolerance));
  try {
    const slopes = grads(graph, F, inputs);
    const free = directions.map((v, k) => faces[k].along(v));
    const products = jvp(graph, slopes, inputs, free).map((product, k) =>
      faces[k].along(materialize(graph, product, inputs[k].type.shape)),
    );
    return {
      variables: variables.map((variable, k) => ({
        variable: variable.name,
        measure: later.add(name(`curvature ${variable.name}`), here(products[k])),
        direction: directions[k].attributes.name,
      })),
    };
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return undefined;
    throw fault;
  }
}
