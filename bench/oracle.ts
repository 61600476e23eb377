// One value, gradient or product with the Hessian of a problem a step, compiled as `run` would: what the micro benchmarks time.
import type { TargetName } from '../compiler/choose-target.ts';
import { grad } from '../compiler/derive/grad.ts';
import { hvp } from '../compiler/derive/hvp.ts';
import { emitModule } from '../compiler/emit/ts/module.ts';
import { readProgram } from '../compiler/front.ts';
import { memoryHost } from '../compiler/index.ts';
import { instantiate, type ProgramModule } from '../compiler/instantiate.ts';
import { lowerProblem } from '../compiler/lower/problem.ts';
import { isError } from '../grammar/diagnostic.ts';
import { simplify } from '../compiler/simplify/simplify.ts';
import { createGraph, type Graph } from '../compiler/tensor/graph.ts';
import type { Node } from '../compiler/tensor/ir.ts';

/** What a step makes of x: itself, with only the value computed; the gradient; a product with the Hessian; a step of descent. */
const nextOf = {
  value: (_: Graph, __: Node, x: Node) => x,
  gradient: (g: Graph, value: Node, x: Node) => grad(g, value, x),
  'Hessian product': (g: Graph, value: Node, x: Node) =>
    hvp(g, value, x, g.full(0.01, x.type.shape)),
  descent: (g: Graph, value: Node, x: Node) => g.sub(x, g.mul(0.001, grad(g, value, x))),
} as const;

export type Order = keyof typeof nextOf;

const reported: Readonly<Record<Order, boolean>> = {
  value: true,
  gradient: true,
  'Hessian product': false,
  descent: false,
};

/** `text`: a file with one problem of one variable; its start is where each step begins after `init`. */
export function oracleProgram(text: string, target: TargetName, order: Order): ProgramModule {
  const front = readProgram('bench.opt', new TextEncoder().encode(text), memoryHost({}), {
    readHeaders: false,
  });
  const wrong = front.diagnostics.find(isError);
  if (wrong !== undefined) throw new Error(`${wrong.message}\n${text}`);
  const [model] = front.model.problems;
  const graph = createGraph();
  const { problem } = lowerProblem(model, graph);
  const { goals, variables } = problem.level;
  const [variable] = variables;
  const [{ node: value }] = goals;
  if (value === undefined) throw new Error('the problem has no goal');
  const x = variable.input;
  const start =
    variable.start.kind === 'expression' ? variable.start.node : graph.full(0.01, variable.shape);
  const made = reported[order] ? [value] : [];
  const [init, next, ...reports] = simplify(graph, [
    start,
    nextOf[order](graph, value, x),
    ...made,
  ]);
  const { span } = problem;
  const answer = [{ variable, node: x }];
  const { code } = emitModule({
    problem,
    step: {
      method: order,
      label: order,
      states: [{ name: variable.name, input: x, type: x.type, init, next }],
      reports: reports.map((node) => ({ name: 'value', node, span })),
      stop: undefined,
      answer,
      startAnswer: answer,
      sizes: [],
      roles: [],
    },
    measures: [],
    flavour: 'javascript',
    target,
    standalone: false,
    origin: graph.origin,
    nameOf: graph.nameOf,
  });
  return instantiate({ code });
}
