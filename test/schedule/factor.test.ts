// Systems whose matrix does not change during a run: the matrix is factored once, before the first iteration, and the numbers are those of the interpreter.
import { describe, expect, it } from 'vitest';
import { emitModule } from '../../compiler/emit/ts/module.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';
import * as kernels from '../../runtime/kernels/index.ts';
import type { ProgramInput, StepProgram } from '../../runtime/program.ts';
import type { Tensor } from '../../runtime/tensor.ts';
import { dataItem, m, n, sizeOf, specOf, stepOf } from '../emit/programs.ts';

const [rows, columns] = [5, 3];
const entries = Float64Array.from({ length: rows * columns }, (_, k) => Math.sin(2 * k + 1));
const data: Tensor = { storage: 'dense', shape: [rows, columns], data: entries };
const input: ProgramInput = {
  params: {},
  data: { A: data },
  sizes: { m: rows, n: columns },
  seed: 1,
  dataSeed: 1,
};
const factoring = ['factor', 'cholesky', 'solve', 'solveAgain', 'solvePositiveDefinite'];

interface Built {
  readonly program: StepProgram;
  readonly next: Node;
  /** Factorisations so far. */
  readonly factored: () => number;
}

/** One state x; `next` gets the data and the state. */
function build(make: (g: Graph, A: Node, x: Node) => Node, counting = false): Built {
  const g = createGraph();
  const A = g.input('A', 'data', realType([m, n]));
  const x = g.input('x', 'state', realType([n]));
  const k = g.input('k', 'state', realType([]));
  const step = stepOf(g, 'solver', {
    states: [
      { input: x, init: g.ones([n]), next: make(g, A, x) },
      ...(counting ? [{ input: k, init: g.constant(1), next: g.add(k, 1) }] : []),
    ],
  });
  const spec = specOf(
    g,
    {
      name: 'systems',
      data: [dataItem(A)],
      sizes: [sizeOf('m', 'A', 0), sizeOf('n', 'A', 1)],
      step,
    },
    'javascript',
  );
  let count = 0;
  const counted: Record<string, unknown> = {};
  for (const [name, kernel] of Object.entries(kernels)) {
    counted[name] =
      typeof kernel === 'function' && factoring.includes(name)
        ? (...args: readonly unknown[]): unknown => {
            const result: unknown = Reflect.apply(kernel, undefined, args);
            // `solveAgain` says whether it factored; the others always do.
            if (result !== false) count++;
            return result;
          }
        : kernel;
  }
  const code = emitModule(spec)
    .code.replace(/^import .*$/gm, '')
    .replace(/^export /gm, '');
  const run: (...given: readonly unknown[]) => StepProgram = new Function(
    'input',
    ...Object.keys(counted),
    `${code}\nreturn createStep(prepare(input), 1);`,
  ).bind(undefined);
  const program = run(input, ...Object.values(counted));
  return { program, next: step.states[0].next, factored: () => count };
}

function agrees({ program, next }: Built, iterations: number): void {
  program.init();
  for (let k = 1; k <= iterations; k++) {
    const { x: before, k: turn } = program.save();
    const expected = interpret([next], {
      inputs: {
        'data:A': data,
        'state:x': { storage: 'dense', shape: [columns], data: before.data },
        ...(turn === undefined ? {} : { 'state:k': turn.data[0] }),
      },
      sizes: input.sizes,
    });
    program.step(k);
    program.save().x.data.forEach((value, at) => {
      const bound = expected.bounds[0].data[at];
      expect(Math.abs(value - expected.values[0].data[at])).toBeLessThanOrEqual(1e-12 * bound);
    });
  }
}

const gram = (g: Graph, A: Node): Node => g.add(g.matmul(g.transpose(A), A), g.eye(n));
const column = (g: Graph, x: Node): Node => g.reshape(x, [n, 1]);

describe('a matrix that stays the same', () => {
  it('is factored once for all iterations', () => {
    const built = build((g, A, x) => g.reshape(g.solve(gram(g, A), g.sin(column(g, x))), [n]));
    agrees(built, 5);
    expect(built.factored()).toBe(1);
  });

  it('is factored once for two systems and in loops', () => {
    const built = build((g, A, x) => {
      const K = gram(g, A);
      const first = g.solve(K, g.sin(column(g, x)));
      const [last] = g.fold(g.constant(3), [first], (_, z) => [g.solve(K, g.cos(z))]);
      return g.reshape(g.add(last, g.solve(K, column(g, x))), [n]);
    });
    agrees(built, 4);
    expect(built.factored()).toBe(1);
  });

  it('is factored again only where a number in it has changed', () => {
    const built = build((g, A, x) => {
      const count = g.floor(g.div(g.input('k', 'state', realType([])), 3));
      const K = g.add(gram(g, A), g.mul(g.add(count, 1), g.eye(n)));
      return g.reshape(g.solve(K, g.sin(column(g, x))), [n]);
    }, true);
    agrees(built, 6);
    // k is 1, …, 6 at the beginning of the iterations: its third part is 0, 0, 1, 1, 1, 2.
    expect(built.factored()).toBe(3);
  });

  it('is not taken for one that changes', () => {
    const built = build((g, A, x) => {
      const K = g.add(gram(g, A), g.mul(g.sum(g.square(x)), g.eye(n)));
      return g.reshape(g.solve(K, g.sin(column(g, x))), [n]);
    });
    agrees(built, 5);
    expect(built.factored()).toBe(5);
  });
});
