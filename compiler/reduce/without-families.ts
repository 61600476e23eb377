// A family of lower problems as one problem: variables carry the index first, goals are summed over the members, which share nothing. Solved as one
// batched program, whatever the number of members.
import type { BatchAxis, Batched } from '../lower/vectorize/batched.ts';
import { vectorizeOver } from '../lower/vectorize/vectorize.ts';
import type {
  Bound,
  Constraint,
  Goal,
  Level,
  Problem,
  SampledSum,
  Variable,
} from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { intType } from '../tensor/type.ts';
import { mapConstraint, mapDomain } from './map-problem.ts';

/** The index of a member and the axis it becomes. */
interface Lane {
  readonly parameter: Node<'parameter'>;
  readonly axis: BatchAxis;
  readonly set: string | undefined;
}

interface Declared {
  readonly variable: Variable;
  readonly lanes: readonly Lane[];
}

/** The problem without families, equal in its answers. */
export function withoutFamilies(graph: Graph, problem: Problem): Problem {
  const lanes = new Map<Level, readonly Lane[]>();
  const declared: Declared[] = [];
  const visit = (level: Level, around: readonly Lane[]): void => {
    const { family } = level;
    const own =
      family === undefined
        ? []
        : family.index.map((parameter, k): Lane => ({
            parameter,
            axis: { order: around.length + k, length: family.shape[k] },
            set: family.sets[k],
          }));
    const all = [...around, ...own];
    lanes.set(level, all);
    for (const variable of level.variables) declared.push({ variable, lanes: all });
    for (const lower of level.lower) visit(lower, all);
  };
  visit(problem.level, []);
  if ([...lanes.values()].every((all) => all.length === 0)) return problem;
  const flat = (level: Level): Level => ({
    ...flatLevel(graph, level, lanes.get(level) ?? [], declared),
    lower: level.lower.map(flat),
  });
  return { ...problem, level: flat(problem.level) };
}

function flatLevel(
  graph: Graph,
  level: Level,
  lanes: readonly Lane[],
  declared: readonly Declared[],
): Level {
  if (lanes.length === 0) return level;
  const axes = lanes.map(({ axis }) => axis);
  const bindings = bindingsOf(graph, lanes, declared);
  const all = (node: Node): Node => vectorizeOver(graph, [node], bindings, axes)[0];
  /** What is the same for all members stays one. */
  const shared = (node: Node): Node =>
    lanes.some(({ parameter }) => node.free.includes(parameter.attributes.key)) ? all(node) : node;
  return {
    ...level,
    family: undefined,
    members: lanes.length,
    variables: level.variables.map((variable): Variable => {
      const input = wholeInput(graph, variable, lanes, 0);
      const bound = (of: Bound | undefined): Bound | undefined =>
        of === undefined ? undefined : { ...of, node: all(of.node) };
      return {
        ...variable,
        input,
        shape: input.type.shape,
        lower: bound(variable.lower),
        upper: bound(variable.upper),
        domain: variable.domain === undefined ? undefined : mapDomain(variable.domain, shared),
        start:
          variable.start.kind === 'default'
            ? variable.start
            : { ...variable.start, node: all(variable.start.node) },
        labels: [...lanes.map(({ set }) => set), ...variable.labels],
      };
    }),
    goals: level.goals.map((goal) => summed(graph, goal, all, memberOf(graph, lanes, declared))),
    constraints: level.constraints.map((constraint): Constraint => ({
      ...mapConstraint(constraint, all),
      lanes: [...axes.map(({ length }) => length), ...constraint.lanes],
      labels: [...lanes.map(({ set }) => set), ...constraint.labels],
    })),
  };
}

/** The goals of members added: each minimum is the minimum of the sum, from which methods may draw members. */
function summed(
  graph: Graph,
  goal: Goal,
  all: (node: Node) => Node,
  member: Member | undefined,
): Goal {
  const total = (node: Node): Node => {
    const sum = graph.sum(all(node));
    const span = graph.origin(node);
    if (span !== undefined) graph.setOrigin(sum, span);
    return sum;
  };
  const isDrawn = goal.sums.some(({ draws }) => draws.length > 0);
  return {
    ...goal,
    node: goal.node === undefined ? undefined : total(goal.node),
    terms: goal.terms.map(({ node, span }) => ({ node: total(node), span })),
    sums:
      member === undefined || isDrawn
        ? []
        : goal.terms.map(({ node, span }): SampledSum => ({
            kind: 'sum',
            node: total(node),
            index: member.index,
            size: member.lane.axis.length,
            set: member.lane.set,
            draws: [],
            body: member.at(node),
            span,
          })),
  };
}

/** One member of a family, by its position. */
interface Member {
  readonly lane: Lane;
  readonly index: Node<'parameter'>;
  /** What a node of the member is in terms of the arrays of all. */
  readonly at: (node: Node) => Node;
}

/** Undefined for families in families, whose members have several indices. */
function memberOf(
  graph: Graph,
  [lane, second]: readonly Lane[],
  declared: readonly Declared[],
): Member | undefined {
  if (lane === undefined || second !== undefined) return undefined;
  const index = graph.parameter(intType([]), 'i');
  const rows = new Map<Node, Node>([[lane.parameter, index]]);
  for (const { variable, lanes } of declared)
    if (lanes[0] === lane) {
      const whole = wholeInput(graph, variable, lanes, 0);
      rows.set(wholeInput(graph, variable, lanes, 1), graph.gather(whole, [index], [0], true));
    }
  return { lane, index, at: (node) => substituteIn(graph, node, rows) };
}

/** Indices become positions, and what one member calls `w` becomes the array of all. */
function bindingsOf(
  graph: Graph,
  lanes: readonly Lane[],
  declared: readonly Declared[],
): ReadonlyMap<Node, Batched> {
  const bindings = new Map<Node, Batched>(
    lanes.map(({ parameter, axis }) => [
      parameter,
      { node: graph.iota(axis.length), axes: [axis] },
    ]),
  );
  for (const { variable, lanes: own } of declared) {
    const common = own.filter((lane) => lanes.includes(lane));
    if (common.length === 0) continue;
    bindings.set(wholeInput(graph, variable, own, common.length), {
      node: wholeInput(graph, variable, own, 0),
      axes: common.map(({ axis }) => axis),
    });
  }
  return bindings;
}

/** The input of a variable as it is seen where the first `inside` of its indices are bound. */
function wholeInput(
  graph: Graph,
  { name, input }: Variable,
  lanes: readonly Lane[],
  inside: number,
): Node<'input'> {
  const leading = lanes.slice(inside).map(({ axis }) => axis.length);
  return graph.input(name, 'variable', {
    ...input.type,
    shape: [...leading, ...input.type.shape],
  });
}
