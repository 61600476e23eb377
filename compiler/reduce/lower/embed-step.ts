// A method's step run inside an expression: its iterations as one `while` (until it stops, or hardly moves) or one `loop` of a fixed number.
import { replaceThroughout } from '../../derive/replace.ts';
import type { MatchedStep } from '../../match/step.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substitute } from '../../tensor/substitute.ts';
import { isOp } from '../../tensor/type.ts';
import { inputsOf, postorder } from '../../tensor/visit.ts';

interface Iteration {
  readonly next: readonly Node[];
  readonly answer: readonly Node[];
  readonly stop: Node;
}

/** One iteration from given states: without counts of oracles. */
function iterate(
  graph: Graph,
  { states, answer, stop }: MatchedStep,
  at: readonly Node[],
  iteration: Node,
): Iteration {
  const wanted = [
    ...states.map(({ next }) => next),
    ...answer.map(({ node }) => node),
    ...(stop === undefined ? [] : [stop]),
  ];
  const bare = withoutOracles(graph, wanted);
  const count = states.length;
  const inputs = new Map<Node, Node>(states.map(({ input }, k) => [input, at[k]]));
  for (const input of inputsOf(bare))
    if (input.attributes.role === 'iteration') inputs.set(input, iteration);
  const [next, stopped] = [
    substitute(graph, bare.slice(0, count), inputs),
    stop === undefined
      ? graph.lt(1, 0)
      : substitute(graph, bare.slice(count + answer.length), inputs)[0],
  ];
  const after = new Map<Node, Node>(states.map(({ input }, k) => [input, next[k]]));
  return {
    next,
    stop: stopped,
    answer: substitute(graph, bare.slice(count, count + answer.length), after),
  };
}

/** The nodes with counted calls replaced by what they count. */
export function withoutOracles(graph: Graph, nodes: readonly Node[]): readonly Node[] {
  const calls = postorder(nodes).filter((node) => isOp(node, 'oracle'));
  const pairs = new Map<Node, Node>(calls.map((call) => [call, call.args[0]]));
  return replaceThroughout(graph, nodes, pairs);
}

const starts = (graph: Graph, { states }: MatchedStep): readonly Node[] =>
  withoutOracles(
    graph,
    states.map(({ init }) => init),
  );

const answersAt = (graph: Graph, step: MatchedStep, states: readonly Node[]): readonly Node[] =>
  substitute(
    graph,
    withoutOracles(
      graph,
      step.answer.map(({ node }) => node),
    ),
    new Map<Node, Node>(step.states.map(({ input }, k) => [input, states[k]])),
  );

/** Moves below this share of the point's size, twice in a row, end the run. */
const still = 1e-9;

/** The answer of the method run to its end: values of the variables in the order of `step.answer`. */
export function runToEnd(graph: Graph, step: MatchedStep, most: number): readonly Node[] {
  const count = step.states.length;
  const size = (values: readonly Node[]): Node =>
    graph.sqrt(
      values
        .map((value) => graph.sumsq(value))
        .reduce((a, b) => graph.add(a, b), graph.constant(0)),
    );
  const last = graph.while(
    [0, 0, ...starts(graph, step)],
    (turn, calm) => graph.and(graph.lt(turn, most), graph.lt(calm, 2)),
    (turn, calm, ...states) => {
      const { next, stop, answer } = iterate(graph, step, states, graph.add(turn, 1));
      const before = answersAt(graph, step, states);
      const moved = size(answer.map((value, k) => graph.sub(value, before[k])));
      const rests = graph.le(moved, graph.mul(still, graph.add(1, size(answer))));
      const calmer = graph.select(rests, graph.add(calm, 1), 0);
      return [graph.add(turn, 1), graph.select(stop, 2, calmer), ...next];
    },
  );
  return answersAt(graph, step, last.slice(last.length - count));
}

/** The answer after a fixed number of iterations, to be differentiated through; the states stand still once the method stops. */
export function runFixed(graph: Graph, step: MatchedStep, times: Node): readonly Node[] {
  const last = graph.fold(times, [...starts(graph, step)], (turn, ...states) =>
    iterate(graph, step, states, graph.add(turn, 1)).next.map((value) => value),
  );
  return answersAt(graph, step, last);
}
