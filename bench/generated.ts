// Programs for the micro benchmarks, built by hand and compiled as `run` would.
import { grad } from '../compiler/derive/grad.ts';
import { emitModule } from '../compiler/emit/ts/module.ts';
import type { ModuleSpec } from '../compiler/emit/ts/spec.ts';
import { instantiate, type ProgramModule } from '../compiler/instantiate.ts';
import type { MatchedStep } from '../compiler/match/step.ts';
import type { SizeSource, Variable } from '../compiler/problem/problem.ts';
import { simplify } from '../compiler/simplify/simplify.ts';
import { symbolDim } from '../compiler/tensor/dim.ts';
import type { TargetName } from '../compiler/choose-target.ts';
import { createGraph, type Graph } from '../compiler/tensor/graph.ts';
import type { Node, Storage } from '../compiler/tensor/ir.ts';
import { realType } from '../compiler/tensor/type.ts';

const span = { file: 0, start: 0, end: 0 };

interface Descent {
  readonly name: string;
  readonly x: Node<'input'>;
  readonly start: Node;
  readonly next: Node;
  readonly value: Node | undefined;
  readonly data: readonly Node<'input'>[];
  readonly sizes: readonly SizeSource[];
}

function compile(graph: Graph, descent: Descent, target: TargetName = 'ts'): ProgramModule {
  const { name, x, data, sizes } = descent;
  const [start, next, ...value] = simplify(graph, [
    descent.start,
    descent.next,
    ...(descent.value === undefined ? [] : [descent.value]),
  ]);
  const variable: Variable = {
    name: 'x',
    input: x,
    element: 'real',
    shape: x.type.shape,
    lower: undefined,
    upper: undefined,
    domain: undefined,
    start: { kind: 'default' },
    labels: [],
    doc: undefined,
    span,
  };
  const answer = [{ variable, node: x }];
  const step: MatchedStep = {
    method: 'gradient_descent',
    label: 'gradient_descent',
    states: [{ name: 'x', input: x, type: x.type, init: start, next }],
    reports: value.map((node) => ({ name: 'value', node, span })),
    stop: undefined,
    answer,
    startAnswer: answer,
    sizes: [],
    roles: [],
  };
  const spec: ModuleSpec = {
    problem: {
      name,
      doc: undefined,
      sizes,
      params: [],
      data: data.map((input) => ({
        name: input.attributes.name,
        input,
        value: { kind: 'required' },
        lower: undefined,
        upper: undefined,
        domain: undefined,
        labels: [],
        doc: undefined,
        span,
      })),
    },
    step,
    measures: [],
    flavour: 'javascript',
    target,
    standalone: false,
    origin: graph.origin,
    nameOf: graph.nameOf,
  };
  return instantiate(emitModule(spec).code);
}

/** Losses of a row's product z and its label y. */
const losses = {
  logistic: (g: Graph, z: Node, y: Node) => g.softplus(g.neg(g.mul(y, z))),
  'least squares': (g: Graph, z: Node, y: Node) => g.mul(0.5, g.square(g.sub(z, y))),
  poisson: (g: Graph, z: Node, y: Node) => g.sub(g.exp(z), g.mul(y, z)),
} as const;

export type Loss = keyof typeof losses;

export const lossNames: readonly Loss[] = ['logistic', 'least squares', 'poisson'];

/** One step is one value and gradient of a mean loss: x becomes the gradient. */
export function lossProgram(loss: Loss, target: TargetName, storage: Storage = 'dense'): ProgramModule {
  const g = createGraph();
  const [m, n] = [symbolDim('m'), symbolDim('n')];
  const A = g.input('A', 'data', { ...realType([m, n]), storage });
  const b = g.input('b', 'data', realType([m]));
  const x = g.input('x', 'state', realType([n]));
  const value = g.mean(losses[loss](g, g.matvec(A, x), b));
  const size = (symbol: string, axis: number): SizeSource => ({
    symbol,
    from: { kind: 'data', name: 'A', axis, size: symbolDim(symbol) },
    span,
  });
  return compile(
    g,
    {
      name: loss.replace(' ', '_'),
      x,
      start: g.full(0.01, [n]),
      next: grad(g, value, x),
      value,
      data: [A, b],
      sizes: [size('m', 0), size('n', 1)],
    },
    target,
  );
}

/** Gradient descent on Rosenbrock's function of two variables. */
export function rosenbrockProgram(): ProgramModule {
  const g = createGraph();
  const x = g.input('x', 'state', realType([2]));
  const [x1, x2] = [g.at(x, 0, 0), g.at(x, 0, 1)];
  const value = g.add(g.mul(100, g.square(g.sub(x2, g.square(x1)))), g.square(g.sub(1, x1)));
  return compile(g, {
    name: 'rosenbrock',
    x,
    start: g.literal([-1.2, 1]),
    next: g.sub(x, g.mul(0.001, grad(g, value, x))),
    value: undefined,
    data: [],
    sizes: [],
  });
}
