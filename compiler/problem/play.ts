// Who moves when, who decides what and what each of them sees: the levels as a tree in order of play. Texts only; `play-text.ts` draws it.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { inputsOf } from '../tensor/visit.ts';
import { readable } from './describe.ts';
import { allVariables } from './levels.ts';
import { objectivesOf } from './objectives.ts';
import type { Bound, Domain, Goal, Level, Problem, Relation, Variable } from './problem.ts';

/** One goal and who follows it. */
export interface MoveText {
  readonly sense: Goal['sense'];
  readonly over: readonly string[];
  /** `each of firms`: a player for each index. */
  readonly players?: string;
  /** Goals that one mover weighs against each other, where there are several. */
  readonly objectives?: readonly string[];
  /** Variables that others decide before it. */
  readonly given: readonly string[];
  /** Variables that others of its level decide at the same time. */
  readonly against: readonly string[];
  /** Variables of the levels below whose answer it counts on. */
  readonly foresees: readonly string[];
}

/** A level: moves of one turn are made at the same time. */
export interface PlayText {
  /** From 1; what moves in the same turn knows nothing of each other. */
  readonly turn: number;
  readonly level: string;
  /** `each of tasks`: one such level for each index. */
  readonly family?: string;
  /** Solved for the worst of its solutions. */
  readonly pessimistic?: true;
  readonly moves: readonly MoveText[];
  readonly lower: readonly PlayText[];
}

/** Undefined where one level has one goal: there is nothing to draw. */
export function playOf(graph: Graph, { level }: Problem): PlayText | undefined {
  const [goal] = level.goals;
  const alone = level.lower.length === 0 && level.goals.length <= 1;
  const single = goal === undefined || (goal.player === undefined && goal.objectives === 1);
  return alone && single
    ? undefined
    : levelPlay(graph, level, 1, level.lower.length === 0 ? 'one level' : 'outer level');
}

function levelPlay(graph: Graph, level: Level, turn: number, name: string): PlayText {
  return {
    turn,
    level: level.name ?? name,
    ...(level.family === undefined ? {} : { family: each(level.family) }),
    ...(level.choice === 'pessimistic' ? { pessimistic: true } : {}),
    moves: level.goals.map((goal) => moveOf(graph, level, goal)),
    lower: turnsOf(level.lower).map((later, k) =>
      levelPlay(graph, level.lower[k], turn + later, 'lower level'),
    ),
  };
}

/** How many turns after the level above each of its lower levels moves: those that use another's variables come after it. */
function turnsOf(levels: readonly Level[]): readonly number[] {
  const known = new Map<Level, number>();
  const turnOf = (level: Level): number => {
    const found = known.get(level);
    if (found !== undefined) return found;
    known.set(level, 1);
    const used = usedBy(level);
    const before = levels.filter(
      (other) => other !== level && allVariables(other).some(({ name }) => used.has(name)),
    );
    const turn = 1 + Math.max(0, ...before.map(turnOf));
    known.set(level, turn);
    return turn;
  };
  return levels.map(turnOf);
}

function moveOf(graph: Graph, level: Level, goal: Goal): MoveText {
  const owned = level.variables.filter(({ name }) => goal.owns.includes(name));
  const mine = new Set(owned.map(({ name }) => name));
  const beside = level.variables.map(({ name }) => name).filter((name) => !mine.has(name));
  const below = level.lower.flatMap(allVariables).map(({ name }) => name);
  const used = new Set([...ownNodes(level, goal, owned)].flatMap(variablesOf));
  const objectives = objectivesOf(graph, goal).map((node) => readable(graph, node, 60));
  return {
    sense: goal.sense,
    over: [...mine],
    ...(goal.player === undefined ? {} : { players: each(goal.player) }),
    ...(goal.objectives < 2 ? {} : { objectives }),
    given: [...used].filter(
      (name) => !mine.has(name) && !beside.includes(name) && !below.includes(name),
    ),
    against: beside.filter((name) => used.has(name)),
    foresees: below.filter((name) => used.has(name)),
  };
}

const each = ({
  sets,
  shape,
}: {
  readonly sets: readonly (string | undefined)[];
  readonly shape: Level['variables'][number]['shape'];
}): string => `each of ${sets.map((set, k) => set ?? `1..${shape[k].key}`).join(' × ')}`;

/** Names of the variables that an expression depends on. */
const variablesOf = (node: Node): readonly string[] =>
  inputsOf([node])
    .filter(({ attributes }) => attributes.role === 'variable')
    .map(({ attributes }) => attributes.name);

/** What a goal and the limits of what it decides are made of; constraints bind it where they hold one of its variables. */
function ownNodes(level: Level, goal: Goal, owned: readonly Variable[]): readonly Node[] {
  const names = new Set(owned.map(({ name }) => name));
  return [
    ...(goal.node === undefined ? [] : [goal.node]),
    ...owned.flatMap(limitsOf),
    ...level.constraints
      .map(({ relation }) => relationNodes(relation))
      .filter((nodes) => nodes.some((node) => variablesOf(node).some((name) => names.has(name))))
      .flat(),
  ];
}

/** Names of all variables that a level and those below it depend on. */
const usedBy = (level: Level): ReadonlySet<string> =>
  new Set([
    ...[
      ...level.goals.flatMap(({ node }) => (node === undefined ? [] : [node])),
      ...level.variables.flatMap(limitsOf),
      ...level.constraints.flatMap(({ relation }) => relationNodes(relation)),
    ].flatMap(variablesOf),
    ...level.lower.flatMap((inner) => [...usedBy(inner)]),
  ]);

const limitsOf = ({ lower, upper, domain }: Variable): readonly Node[] => [
  ...boundNodes(lower),
  ...boundNodes(upper),
  ...(domain === undefined ? [] : domainNodes(domain)),
];

const boundNodes = (bound: Bound | undefined): readonly Node[] =>
  bound === undefined ? [] : [bound.node];

const domainNodes = ({ args, factors }: Domain): readonly Node[] => [
  ...args,
  ...factors.flatMap(domainNodes),
];

function relationNodes(relation: Relation): readonly Node[] {
  switch (relation.kind) {
    case 'equal':
    case 'lessEqual':
      return [relation.residual];
    case 'in':
      return [relation.value, ...domainNodes(relation.domain)];
    case 'implies':
      return [relation.condition, ...relation.then.flatMap(relationNodes)];
    case 'complements':
      return [relation.left, relation.right];
    case 'variational':
      return [relation.operator];
    case 'robust':
      return [...domainNodes(relation.set), ...relationNodes(relation.relation)];
    case 'chance':
      return [
        relation.level,
        ...relation.draws.flatMap(({ args }) => args),
        ...relation.event.flatMap(relationNodes),
      ];
  }
}
