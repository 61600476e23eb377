// The certificate of a variational inequality over bounds and domains.
import type { VariationalSpec } from '../../runtime/certify/variational.ts';
import type { Level } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { addDims, constantDim, productOfDims } from '../tensor/dim.ts';
import { naming } from './beyond.ts';
import { relativeMove } from './game.ts';
import { atLeastOne } from './measure.ts';
import { projection } from './projection.ts';
import { reach } from './reach.ts';
import type { StructureQuestions } from './structure.ts';

export interface VariationalPlan {
  readonly spec: VariationalSpec;
  readonly measures: ReadonlyMap<string, Node>;
}

/** The operator of a level whose only constraint is a variational inequality. */
export function operatorOf({ goals, constraints, variables }: Level): Node | undefined {
  const [goal] = goals;
  const [constraint] = constraints;
  if (goals.length !== 1 || goal.sense !== 'find' || constraints.length !== 1) return undefined;
  const { relation } = constraint;
  if (relation.kind !== 'variational') return undefined;
  const [{ shape }] = variables;
  const [only] = variables;
  const { operator } = relation;
  const fits =
    variables.length === 1
      ? operator.type.shape.length === shape.length
      : operator.type.shape.length === 1;
  return fits && only !== undefined ? operator : undefined;
}

/** The operator's parts, one a variable: flat over all of them where there are several. */
export function operatorParts(graph: Graph, operator: Node, { variables }: Level): readonly Node[] {
  if (variables.length === 1) return [operator];
  let start = constantDim(0);
  return variables.map(({ input }) => {
    const { shape } = input.type;
    const size = productOfDims(shape);
    const part = graph.reshape(graph.sliceAxis(operator, 0, start, size), shape);
    start = addDims(start, size);
    return part;
  });
}

export function planVariational(
  graph: Graph,
  level: Level,
  operator: Node,
  questions: StructureQuestions,
  prefix = '',
): VariationalPlan {
  const names = naming(prefix);
  const parts = operatorParts(graph, operator, level);
  const moves = level.variables.map((variable, v) => {
    const { input } = variable;
    const moved = projection(graph, variable, graph.sub(input, parts[v]));
    return moved === undefined ? undefined : { input, move: graph.sub(input, moved) };
  });
  const known = moves.flatMap((move) => (move === undefined ? [] : [move]));
  const monotone = questions.monotone(
    operator,
    level.variables.map(({ input }) => input),
  );
  const gap = boundedGap(graph, level, parts);
  return {
    spec: {
      kind: 'variational',
      residual:
        known.length < moves.length
          ? undefined
          : names.add('natural residual', relativeMove(graph, known)),
      gap: gap === undefined ? undefined : names.add('dual gap', gap),
      monotone: monotone.holds,
      conditions: monotone.holds
        ? monotone.conditions.map((node, k) => names.add(`condition ${k + 1}`, node))
        : [],
      notes: [],
    },
    measures: names.nodes,
  };
}

/** An infinite bound is none: then only a slope of exactly 0 leaves no gap. */
const farAway = 1e300;

/** The largest F(z)'(z - y), where the set is bounded; relative to F(z)'z and 1. */
function boundedGap(graph: Graph, { variables }: Level, F: readonly Node[]): Node | undefined {
  const falls = variables.map((variable, v) => {
    const found = reach(graph, variable, F[v], undefined, graph.constant(farAway));
    return found === undefined || found.cut ? undefined : found.fall;
  });
  const known = falls.flatMap((fall) => (fall === undefined ? [] : [fall]));
  if (known.length < falls.length) return undefined;
  const here = variables
    .map(({ input }, v) => graph.sum(graph.mul(F[v], input)))
    .reduce((a, b) => graph.add(a, b));
  const gap = graph.neg(known.reduce((a, b) => graph.add(a, b)));
  return graph.div(gap, atLeastOne(graph, here));
}
