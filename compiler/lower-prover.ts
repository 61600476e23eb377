// Proves how low a lower level of few variables can be, for given outer variables: by subdivision of the box that holds its set, with intervals of its goal and
// slopes as the problem as written gives them.
import type { GoalUnit, LowerBound, LowerProver } from '../runtime/certify/levels.ts';
import { largestEntry } from '../runtime/certify/descend.ts';
import { spaceOf, type SearchSpec } from '../runtime/certify/lower-search.ts';
import { subdivide } from '../runtime/certify/subdivide.ts';
import { RuntimeFault } from '../runtime/fault.ts';
import type { MeasureProgram, ProgramInput, Values } from '../runtime/program.ts';
import type { BeyondPlan } from './certify/beyond.ts';
import {
  intervalProgram,
  type IntervalArray,
  type IntervalProgram,
} from './certify/interval-arrays.ts';
import { compileMeasures } from './evaluator.ts';
import { allVariables } from './problem/levels.ts';
import type { Problem } from './problem/problem.ts';
import { simplify } from './simplify/simplify.ts';
import type { Graph } from './tensor/graph.ts';
import type { Node } from './tensor/ir.ts';

const mostVariables = 3;
const limits = { parts: 200_000, milliseconds: 2500 };

interface Compiled {
  readonly program: IntervalProgram;
  readonly numbers: MeasureProgram;
}

export function lowerProver(
  graph: Graph,
  problem: Problem,
  input: ProgramInput,
  plan: BeyondPlan,
  measures: MeasureProgram,
): LowerProver {
  const nodes = new Map(plan.later.flatMap((group) => [...group]));
  const compiled = new Map<string, Compiled | undefined>();
  const programOf = (search: SearchSpec): Compiled | undefined => {
    if (!compiled.has(search.value))
      compiled.set(search.value, compile(graph, problem, input, search, nodes));
    return compiled.get(search.value);
  };
  return {
    bound: ({ search }: GoalUnit, point: Values, target: number): LowerBound | undefined => {
      if (search === undefined) return undefined;
      const { here, low, high } = spaceOf(search, measures, point);
      if (here.length > mostVariables) return undefined;
      const made = programOf(search);
      if (made === undefined) return undefined;
      try {
        return boundOf(search, made, point, here, { low, high }, target);
      } catch (error) {
        if (!(error instanceof RuntimeFault)) throw error;
        return undefined;
      }
    },
  };
}

function compile(
  graph: Graph,
  problem: Problem,
  input: ProgramInput,
  { value, variables }: SearchSpec,
  nodes: ReadonlyMap<string, Node>,
): Compiled | undefined {
  const all = allVariables(problem.level);
  const inputs = variables.flatMap(({ name }) =>
    all.filter((variable) => variable.name === name).map((variable) => variable.input),
  );
  const wanted = [value, ...variables.map(({ slope }) => slope)].flatMap((name) => {
    const node = nodes.get(name);
    return node === undefined ? [] : [node];
  });
  if (wanted.length <= variables.length) return undefined;
  const program = intervalProgram(simplify(graph, wanted), inputs, input.sizes);
  if (program === undefined) return undefined;
  if (program.given.length === 0) return { program, numbers: noMeasures };
  const { measures: numbers } = compileMeasures(
    graph,
    problem,
    input,
    new Map(program.given.map((node, k) => [`given ${k}`, node])),
  );
  return { program, numbers };
}

const noMeasures: MeasureProgram = {
  names: [],
  evaluate: (name) => {
    throw new RuntimeFault(`no measure ${name}`);
  },
};

function boundOf(
  { variables }: SearchSpec,
  { program, numbers }: Compiled,
  point: Values,
  here: Float64Array,
  ends: { readonly low: Float64Array; readonly high: Float64Array },
  target: number,
): LowerBound {
  const evaluate = program.start(
    program.given.map((_, k) => numbers.evaluate(`given ${k}`, point).data),
  );
  const far = 100 * Math.max(1, largestEntry(here));
  const cut = [...ends.low, ...ends.high].some((end) => !Number.isFinite(end));
  const box = {
    low: ends.low.map((x, k) => (Number.isFinite(x) ? x : here[k] - far)),
    high: ends.high.map((x, k) => (Number.isFinite(x) ? x : here[k] + far)),
  };
  const sizes = variables.map(({ name }) => point[name].data.length);
  const { bound, parts } = subdivide({
    box,
    target,
    ...limits,
    enclose: ({ low, high }) => {
      let at = 0;
      const boxes = sizes.map((size): IntervalArray => {
        const part = { low: low.slice(at, at + size), high: high.slice(at, at + size) };
        at += size;
        return part;
      });
      const [goal, ...slopes] = evaluate(boxes);
      return {
        least: goal.low[0],
        slopes: {
          low: Float64Array.from(slopes.flatMap((slope) => [...slope.low])),
          high: Float64Array.from(slopes.flatMap((slope) => [...slope.high])),
        },
      };
    },
  });
  const within = cut ? ', within 100 times the size of the answer' : '';
  return {
    bound,
    text: `branch and bound over ${parts} ${parts === 1 ? 'box' : 'boxes'}${within}`,
  };
}
