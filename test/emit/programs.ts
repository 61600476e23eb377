// Small programs for golden texts and for tests of steps.
import type { ModuleSpec } from '../../compiler/emit/ts/spec.ts';
import { grad } from '../../compiler/derive/grad.ts';
import type { MatchedStep, StepState } from '../../compiler/match/step.ts';
import type { DataItem, Param, SizeSource, Variable } from '../../compiler/problem/problem.ts';
import { simplify } from '../../compiler/simplify/simplify.ts';
import { constantDim, symbolDim } from '../../compiler/tensor/dim.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { realType, tensorType } from '../../compiler/tensor/type.ts';
import { span } from './harness.ts';

export const m = symbolDim('m');
export const n = symbolDim('n');

export const sizeOf = (symbol: string, name: string, axis: number): SizeSource => ({
  symbol,
  from: { kind: 'data', name, axis, size: symbolDim(symbol) },
  span,
});

export const dataItem = (
  input: Node<'input'>,
  value: DataItem['value'] = { kind: 'required' },
  doc?: string,
): DataItem => ({
  name: input.attributes.name,
  input,
  value,
  lower: undefined,
  upper: undefined,
  domain: undefined,
  labels: [],
  doc,
  span,
});

export const param = (input: Node<'input'>, value: Node | undefined): Param => ({
  name: input.attributes.name,
  input,
  value,
  lower: undefined,
  upper: undefined,
  domain: undefined,
  doc: undefined,
  span,
});

const variable = (input: Node<'input'>): Variable => ({
  name: input.attributes.name,
  input,
  element: 'real',
  shape: input.type.shape,
  lower: undefined,
  upper: undefined,
  domain: undefined,
  start: { kind: 'default' },
  labels: [],
  doc: undefined,
  span,
});

export interface StateDefinition {
  readonly input: Node<'input'>;
  readonly init: Node;
  readonly next: Node;
}

export interface StepDefinition {
  readonly states: readonly StateDefinition[];
  readonly reports?: Readonly<Record<string, Node>>;
  readonly stop?: Node;
  readonly roles?: MatchedStep['roles'];
}

/** A step whose answer is its first state. */
export function stepOf(graph: Graph, label: string, definition: StepDefinition): MatchedStep {
  const { states, reports = {}, stop, roles = [] } = definition;
  const all = simplify(graph, [
    ...states.flatMap(({ init, next }) => [init, next]),
    ...Object.values(reports),
    ...(stop === undefined ? [] : [stop]),
  ]);
  const [{ input }] = states;
  const answer = [{ variable: variable(input), node: input }];
  return {
    method: label,
    label,
    states: states.map((state, k): StepState => ({
      name: state.input.attributes.name,
      input: state.input,
      type: state.input.type,
      init: all[2 * k],
      next: all[2 * k + 1],
    })),
    reports: Object.keys(reports).map((name, k) => ({
      name,
      node: all[2 * states.length + k],
      span,
    })),
    stop: stop === undefined ? undefined : all[all.length - 1],
    answer,
    startAnswer: answer,
    sizes: [],
    roles,
  };
}

export interface SpecDefinition {
  readonly name: string;
  readonly doc?: string;
  readonly sizes?: readonly SizeSource[];
  readonly params?: readonly Param[];
  readonly data?: readonly DataItem[];
  readonly step?: MatchedStep;
  readonly measures?: Readonly<Record<string, Node>>;
}

export const specOf = (
  graph: Graph,
  { name, doc, sizes = [], params = [], data = [], step, measures = {} }: SpecDefinition,
  flavour: ModuleSpec['flavour'] = 'typescript',
): ModuleSpec => ({
  problem: { name, doc, sizes, params, data },
  step,
  graph,
  measures: Object.entries(measures).map(([key, node]) => ({ name: key, node })),
  flavour,
  standalone: false,
  origin: graph.origin,
  nameOf: graph.nameOf,
});

type Program = (flavour: ModuleSpec['flavour']) => ModuleSpec;

const matrixSizes = [sizeOf('m', 'A', 0), sizeOf('n', 'A', 1)];

/** Value and gradient of a sum of logistic losses: one pass over the rows. */
const logistic: Program = (flavour) => {
  const g = createGraph();
  const A = g.input('A', 'data', realType([m, n]));
  const b = g.input('b', 'data', realType([m]));
  const x = g.input('x', 'state', realType([n]));
  const loss = g.div(g.sum(g.softplus(g.neg(g.mul(b, g.matvec(A, x))))), g.size(m));
  const step = stepOf(g, 'gradient_descent', {
    states: [
      { input: x, init: g.zeros([n]), next: g.sub(x, g.oracle(grad(g, loss, x), 'grads', 'f')) },
    ],
    reports: { loss: g.oracle(loss, 'values', 'f') },
    roles: [{ role: 'f(x)', text: 'mean(softplus(-b .* (A*x)))' }],
  });
  const data = [dataItem(A), dataItem(b, { kind: 'required' }, 'Labels, -1 or 1.')];
  return specOf(g, { name: 'logistic', sizes: matrixSizes, data, step }, flavour);
};

/** FISTA on the lasso, with the default of a param worked out from data. */
const lasso: Program = (flavour) => {
  const g = createGraph();
  const A = g.input('A', 'data', realType([m, n]));
  const b = g.input('b', 'data', realType([m]));
  const lambda = g.input('lambda', 'param', realType([]));
  const x = g.input('x', 'state', realType([n]));
  const y = g.input('y', 'state', realType([n]));
  const t = g.input('t', 'state', realType([]));
  const at = g.input('x', 'variable', realType([n]));
  const f = (v: Node): Node => g.div(g.sumsq(g.sub(g.matvec(A, v), b)), g.mul(2, g.size(m)));
  const size = g.div(1, g.div(g.sum(g.square(A)), g.size(m)));
  const v = g.sub(y, g.mul(size, g.oracle(grad(g, f(y), y), 'grads', 'f')));
  const u = g.oracle(
    g.mul(g.sign(v), g.max(g.sub(g.abs(v), g.mul(size, lambda)), 0)),
    'proxes',
    'h',
  );
  const s = g.div(g.add(1, g.sqrt(g.add(1, g.mul(4, g.square(t))))), 2);
  const step = stepOf(g, 'fista', {
    states: [
      { input: x, init: g.zeros([n]), next: u },
      {
        input: y,
        init: g.zeros([n]),
        next: g.add(u, g.mul(g.div(g.sub(t, 1), s), g.sub(u, x))),
      },
      { input: t, init: g.constant(1), next: s },
    ],
    roles: [
      { role: 'f(x)', text: 'sumsq(A*x - b) / (2*m)' },
      { role: 'h(x)', text: 'lambda * norm(x, 1)' },
    ],
  });
  const critical = g.maxOver(g.abs(g.transposedMatvec(A, b)));
  return specOf(
    g,
    {
      name: 'lasso',
      doc: 'Lasso with lambda a tenth of its critical value.',
      sizes: matrixSizes,
      params: [param(lambda, g.div(g.mul(0.1, critical), g.size(m)))],
      data: [dataItem(A), dataItem(b)],
      step,
      measures: { value: g.add(f(at), g.mul(lambda, g.sum(g.abs(at)))) },
    },
    flavour,
  );
};

const rosenbrockOf =
  (size: number): Program =>
  (flavour) => {
    const g = createGraph();
    const x = g.input('x', 'state', realType([size]));
    const [next, here] = [g.sliceAxis(x, 0, 1, size - 1), g.sliceAxis(x, 0, 0, size - 1)];
    const value = g.sum(
      g.add(g.mul(100, g.square(g.sub(next, g.square(here)))), g.square(g.sub(1, here))),
    );
    const slope = g.oracle(grad(g, value, x), 'grads', 'f');
    const step = stepOf(g, 'gradient_descent', {
      states: [{ input: x, init: g.full(-1, [size]), next: g.sub(x, g.mul(0.001, slope)) }],
      stop: g.lt(g.sumsq(slope), 1e-20),
    });
    return specOf(g, { name: 'rosenbrock', step }, flavour);
  };

/** Least squares with a compressed matrix: products with A and A' by its rows. */
const sparse: Program = (flavour) => {
  const g = createGraph();
  const A = g.input('A', 'data', tensorType('real', [m, n], 'csr'));
  const b = g.input('b', 'data', realType([m]));
  const x = g.input('x', 'state', realType([n]));
  const value = g.div(g.sumsq(g.sub(g.matvec(A, x), b)), 2);
  const step = stepOf(g, 'gradient_descent', {
    states: [{ input: x, init: g.zeros([n]), next: g.sub(x, g.mul(0.01, grad(g, value, x))) }],
  });
  const data = [dataItem(A), dataItem(b)];
  return specOf(g, { name: 'sparse_least_squares', sizes: matrixSizes, data, step }, flavour);
};

/** A pendulum by a loop with two states, stacked. */
const pendulum: Program = (flavour) => {
  const g = createGraph();
  const u = g.input('u', 'variable', realType([n]));
  const { states, stacked } = g.loop(
    n,
    [g.constant(0.1), g.constant(0)],
    (k, angle, speed) => {
      const faster = g.add(speed, g.mul(0.05, g.sub(g.gather(u, [k], [0], true), g.sin(angle))));
      const moved = g.add(angle, g.mul(0.05, faster));
      return { next: [moved, faster], stacked: [moved] };
    },
    n,
    ['k', 'angle', 'speed'],
  );
  return specOf(
    g,
    {
      name: 'pendulum',
      sizes: [{ symbol: 'n', from: { kind: 'labels', name: 'n' }, span }],
      measures: { energy: g.sumsq(states[1]), path: stacked[0] },
    },
    flavour,
  );
};

/** A line search: a while loop within a branch, one column of memory replaced in place. */
const lineSearch: Program = (flavour) => {
  const g = createGraph();
  const x = g.input('x', 'state', realType([n]));
  const memory = g.input('memory', 'state', realType([5, n]));
  const f = (v: Node): Node => g.oracle(g.sum(g.square(g.square(v))), 'values', 'f');
  const slope = g.oracle(g.mul(4, g.mul(x, g.square(x))), 'grads', 'f');
  const iteration = g.input('iteration', 'iteration', tensorType('int', []));
  const [length] = g.while(
    [g.constant(1)],
    (t) => g.lt(g.sub(f(x), g.mul(g.mul(0.5, t), g.sumsq(slope))), f(g.sub(x, g.mul(t, slope)))),
    (t) => [g.div(t, 2)],
    ['t'],
  );
  const [moved, kept] = g.cond(
    g.lt(0, g.sumsq(slope)),
    () => [g.sub(x, g.mul(length, slope)), g.put(memory, slope, [g.mod(iteration, 5)])],
    () => [x, memory],
  );
  const step = stepOf(g, 'descent', {
    states: [
      { input: x, init: g.full(1, [n]), next: moved },
      { input: memory, init: g.zeros([5, n]), next: kept },
    ],
  });
  return specOf(
    g,
    {
      name: 'quartic',
      sizes: [{ symbol: 'n', from: { kind: 'labels', name: 'n' }, span }],
      step,
    },
    flavour,
  );
};

/** One result of a branch, and one product, that two states and a report take. */
const shared: Program = (flavour) => {
  const g = createGraph();
  const A = g.input('A', 'data', realType([m, n]));
  const x = g.input('x', 'state', realType([n]));
  const y = g.input('y', 'state', realType([n]));
  const radius = g.input('radius', 'state', realType([]));
  const last = g.input('last', 'state', realType([]));
  const image = g.mul(0.1, g.transposedMatvec(A, g.matvec(A, g.add(x, 1))));
  const product = g.transposedMatvec(A, g.matvec(A, image));
  const [point, grown] = g.cond(
    g.lt(radius, 3),
    () => [g.add(x, g.mul(radius, y)), g.add(radius, 1)],
    () => [y, g.div(radius, 4)],
  );
  const [there] = g.cond(
    g.lt(g.sum(point), 2),
    () => [point],
    () => [product],
  );
  const step = stepOf(g, 'shared', {
    states: [
      { input: x, init: g.full(0.5, [n]), next: there },
      { input: y, init: g.iota(n), next: there },
      { input: radius, init: g.constant(1), next: grown },
      { input: last, init: g.constant(0), next: grown },
    ],
    reports: { radius: grown, size: g.sum(product) },
  });
  return specOf(g, { name: 'shared', sizes: matrixSizes, data: [dataItem(A)], step }, flavour);
};

/** Data over a filtered set of pairs; a draw in each iteration. */
const pairs: Program = (flavour) => {
  const g = createGraph();
  const k = symbolDim('|E|');
  const grid = [constantDim(6), constantDim(6)];
  const mask = g.lt(g.broadcastTo(g.iota(6), grid, [0]), g.broadcastTo(g.iota(6), grid, [1]));
  const compressed = g.compress(mask, k);
  const weight = g.input('weight', 'data', realType([k]));
  const ends = [0, 1].map((axis) => g.at(compressed, 1, axis));
  const x = g.input('x', 'state', realType([6]));
  const iteration = g.input('iteration', 'iteration', tensorType('int', []));
  const differences = g.sub(g.gather(x, [ends[0]], [0], true), g.gather(x, [ends[1]], [0], true));
  const value = g.sum(g.mul(weight, g.square(differences)));
  const noise = g.draw('normal', [0, 0.01], { site: 3, shape: [6], counters: [iteration] });
  const step = stepOf(g, 'langevin', {
    states: [
      {
        input: x,
        init: g.iota(6),
        next: g.add(g.sub(x, g.mul(0.1, grad(g, value, x))), noise),
      },
    ],
  });
  if (compressed.op !== 'compress') throw new Error('no compress');
  return specOf(
    g,
    {
      name: 'pairs',
      sizes: [{ symbol: '|E|', from: { kind: 'compress', node: compressed }, span }],
      data: [
        dataItem(weight, {
          kind: 'expression',
          node: g.div(1, g.add(1, g.add(ends[0], ends[1]))),
        }),
      ],
      step,
    },
    flavour,
  );
};

/** Names that are no JavaScript, texts that must not end a comment. */
const hostile: Program = (flavour) => {
  const g = createGraph();
  const proto = g.input('__proto__', 'data', realType([n]));
  const let_ = g.input('let', 'param', realType([]));
  const x = g.input('class', 'variable', realType([n]));
  const above = g.lt(g.broadcastTo(let_, [n], []), g.mul(proto, x));
  return specOf(
    g,
    {
      name: 'x */ </script>',
      doc: 'ends */ here </script>\nand\u2028there',
      sizes: [sizeOf('n', '__proto__', 0)],
      params: [param(let_, g.constant(-0.5))],
      data: [dataItem(proto, { kind: 'required' }, 'not */ over')],
      measures: { "it's": g.sum(above), ['__proto__']: g.any(above) },
    },
    flavour,
  );
};

export const programs: Readonly<Record<string, Program>> = {
  logistic,
  lasso,
  rosenbrock2: rosenbrockOf(2),
  rosenbrock: rosenbrockOf(20),
  sparse,
  pendulum,
  'line-search': lineSearch,
  shared,
  pairs,
  hostile,
};
