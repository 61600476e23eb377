// A method's step run inside an expression: its iterations as one `while` (until it stops, or hardly moves) or one `loop` of a fixed number.
import { replaceThroughout } from '../../derive/replace.ts';
import type { MatchedStep } from '../../match/step.ts';
import { withoutUnusedResults } from '../../simplify/unused-results.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substitute } from '../../tensor/substitute.ts';
import { constantEntry } from '../../tensor/shape.ts';
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
  const bare = withoutUnusedResults(graph, withoutOracles(graph, wanted));
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

/**
 * The answer after a fixed number of iterations, to be differentiated through. The method is not asked whether it would stop: where it begins at its solution, its
 * derivative has still to be iterated (Gilbert 1992). A known number is run as a loop of loops,
 * so that a derivative in reverse keeps the states of few of them. `last`: only so many of the last iterations are differentiated (Shaban, Cheng, Hatch & Boots 2019);
 * what is left out shrinks with them as a contraction's powers.
 */
export function runFixed(
  graph: Graph,
  asked: MatchedStep,
  times: Node,
  last: Node = times,
): readonly Node[] {
  const step = unstopped(graph, asked);
  const before = last === times ? undefined : graph.max(0, graph.sub(times, last));
  const next = (turn: Node, states: readonly Node[]): readonly Node[] => {
    const number = before === undefined ? turn : graph.add(before, turn);
    return iterate(graph, step, states, graph.add(number, 1)).next;
  };
  const begun = [...starts(graph, step)];
  const inits =
    before === undefined
      ? begun
      : graph
          .fold(
            before,
            begun,
            (turn, ...states) => iterate(graph, step, states, graph.add(turn, 1)).next,
          )
          .map((state) => graph.stop(state));
  const differentiated = before === undefined ? times : graph.sub(times, before);
  return iterated(graph, step, next, inits, differentiated);
}

function iterated(
  graph: Graph,
  step: MatchedStep,
  next: (turn: Node, states: readonly Node[]) => readonly Node[],
  inits: readonly Node[],
  times: Node,
): readonly Node[] {
  const count = constantEntry(times);
  if (count === undefined || count < shortest)
    return answersAt(
      graph,
      step,
      graph.fold(times, inits, (turn, ...states) => next(turn, states)),
    );
  const inner = Math.ceil(Math.sqrt(count));
  const outer = Math.ceil(count / inner);
  const end = graph.fold(outer, inits, (block, ...states) =>
    graph.fold(inner, [...states], (turn, ...own) => {
      const at = graph.add(graph.mul(block, inner), turn);
      const made = next(at, own);
      if (outer * inner === count) return made;
      const runs = graph.lt(at, count);
      return made.map((value, k) => graph.select(spread(graph, runs, value), value, own[k]));
    }),
  );
  return answersAt(graph, step, end);
}

/** Below this many iterations all states are kept. */
const shortest = 64;

const spread = (graph: Graph, condition: Node, like: Node): Node =>
  graph.broadcastTo(condition, like.type.shape, []);

function unstopped(graph: Graph, step: MatchedStep): MatchedStep {
  const never = graph.lt(1, 0);
  const asked = new Map<Node, Node>();
  const queue = step.stop === undefined ? [] : [step.stop];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    asked.set(node, never);
    if (isOp(node, 'binary') && node.attributes.fn === 'or') queue.push(...node.args);
  }
  if (asked.size === 0) return step;
  const next = replaceThroughout(
    graph,
    step.states.map((state) => state.next),
    asked,
  );
  return {
    ...step,
    states: step.states.map((state, k) => ({ ...state, next: next[k] })),
    stop: undefined,
  };
}
