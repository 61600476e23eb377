// Values of expressions over data and params, and functions of the variables: emitted, prepared once, called by name.
import type { Span } from '../grammar/span.ts';
import { RuntimeFault } from '../runtime/fault.ts';
import type { MeasureProgram, ProgramInput, Values } from '../runtime/program.ts';
import type { Tensor } from '../runtime/tensor.ts';
import { decideSizes } from './decide-sizes.ts';
import { exactMinimizers } from './exact-minimizers.ts';
import { emitModule } from './emit/ts/module.ts';
import { instantiate } from './instantiate.ts';
import { targetOf } from './choose-target.ts';
import type { Problem } from './problem/problem.ts';
import { simplify } from './simplify/simplify.ts';
import type { Graph } from './tensor/graph.ts';
import type { Node } from './tensor/ir.ts';

export interface Evaluator {
  readonly measures: MeasureProgram;
  readonly places: readonly (Span | undefined)[];
}

/** Compiles named expressions of one problem. */
export function compileMeasures(
  graph: Graph,
  problem: Problem,
  input: ProgramInput,
  named: ReadonlyMap<string, Node>,
): Evaluator {
  const names = [...named.keys()];
  const decided = decideSizes(graph, exactMinimizers(graph, [...named.values()]), input.sizes);
  const nodes = simplify(graph, decided.nodes);
  const module = emitModule({
    problem,
    step: undefined,
    measures: names.map((name, k) => ({ name, node: nodes[k] })),
    flavour: 'javascript',
    target: targetOf(input),
    here: input,
    standalone: false,
    origin: graph.origin,
    nameOf: graph.nameOf,
  });
  const program = instantiate(module);
  return { measures: program.createMeasures(program.prepare(input)), places: module.places };
}

/** Groups of expressions, each compiled when one of its names is first asked for. */
export function measuresInGroups(
  groups: readonly (readonly [names: readonly string[], compile: () => MeasureProgram])[],
): MeasureProgram {
  const compiled = new Map<() => MeasureProgram, MeasureProgram>();
  const byName = new Map(
    groups.flatMap(([names, compile]) => names.map((name) => [name, compile] as const)),
  );
  return {
    names: [...byName.keys()],
    evaluate: (name, variables) => {
      const compile = byName.get(name);
      if (compile === undefined) throw new RuntimeFault(`no measure ${name}`);
      const measures = compiled.get(compile) ?? compile();
      compiled.set(compile, measures);
      return measures.evaluate(name, variables);
    },
  };
}

/** The value of one expression of data and params alone. */
export function evaluateOnce(
  graph: Graph,
  problem: Problem,
  input: ProgramInput,
  node: Node,
): Tensor {
  return compileMeasures(graph, problem, input, new Map([['value', node]])).measures.evaluate(
    'value',
    {},
  );
}

/** The single number of a scalar measure. */
export const numberAt = (measures: MeasureProgram, name: string, variables: Values): number =>
  measures.evaluate(name, variables).data[0];
