// Fused kernels on WebGPU: groups of each kind at sizes where many threads work, against the interpreter in 64 bits; counted dispatches; what no driver gives.
import { afterAll, describe, expect, it } from 'vitest';
import { eachIteration } from '../../compiler/dispatches.ts';
import { emitModule } from '../../compiler/emit/ts/module.ts';
import { unaryWgsl } from '../../compiler/emit/wgsl/functions.ts';
import { instantiate } from '../../compiler/instantiate.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import type { Node, UnaryFn } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';
import { constantDim, symbolDim } from '../../compiler/tensor/dim.ts';
import { dense } from '../../runtime/kernels/tensors.ts';
import type { ProgramInput } from '../../runtime/program.ts';
import { gpuState } from '../../runtime/tfjs/gpu-state.ts';
import { gpuBackend } from '../../runtime/tfjs/webgpu.ts';
import { programs } from '../emit/programs.ts';
import { testedBackend } from './backends.ts';
import { answersOf, disagreement32, tolerance32, toleranceOf } from './harness.ts';

const { tf, why } = await testedBackend('webgpu');
if (tf === undefined) process.stdout.write(`not run: kernels on WebGPU (${why})\n`);

const [m, n, long] = [700, 45, 120_000];
const wave = (count: number, scale: number, shift: number): Float64Array =>
  Float64Array.from({ length: count }, (_, k) => scale * Math.sin(0.7 * k + shift));

interface Inputs {
  readonly graph: Graph;
  /** real[m, n], real[m], real[n], real[120000]; and entries of 0.1 to 0.9. */
  readonly A: Node;
  readonly b: Node;
  readonly x: Node;
  readonly z: Node;
  readonly p: Node;
}

const groups: Readonly<Record<string, (inputs: Inputs) => Node>> = {
  'a chain': ({ graph, z }) =>
    graph.unary('sigmoid', graph.add(graph.mul(z, 3), graph.unary('abs', z))),
  'a chain with rows and columns repeated': ({ graph, A, b, x }) =>
    graph.mul(
      graph.add(A, graph.broadcastTo(x, [symbolDim('m'), symbolDim('n')], [1])),
      graph.broadcastTo(b, [symbolDim('m'), symbolDim('n')], [0]),
    ),
  'a sum of many terms': ({ graph, z }) => graph.sum(graph.unary('softplus', graph.mul(z, 2))),
  'a largest entry': ({ graph, z }) => graph.maxOver(graph.unary('sin', z)),
  'whether any entry is': ({ graph, z }) => graph.any(graph.gt(graph.mul(z, z), 0.99)),
  'two sums in one number': ({ graph, z, b }) =>
    graph.div(graph.sum(graph.square(z)), graph.add(1, graph.sum(graph.unary('exp', b)))),
  'sums along rows': ({ graph, A }) => graph.sum(graph.unary('exp', A), [1]),
  'sums along columns': ({ graph, A }) => graph.sum(graph.unary('exp', A), [0]),
  'a product, a function and a difference': ({ graph, A, x, b }) =>
    graph.unary('tanh', graph.sub(graph.matvec(A, x), b)),
  'a product with the transpose and a step': ({ graph, A, b, x }) =>
    graph.sub(x, graph.mul(0.01, graph.transposedMatvec(A, graph.mul(b, 2)))),
  'the logarithm of a sum of exponentials of each row': ({ graph, A }) => {
    const largest = graph.maxOver(A, [1]);
    const shifted = graph.sub(A, graph.broadcastTo(largest, [symbolDim('m'), symbolDim('n')], [0]));
    return graph.add(largest, graph.unary('log', graph.sum(graph.unary('exp', shifted), [1])));
  },
  'differences of neighbours': ({ graph, z }) => {
    const part = (start: number): Node =>
      graph.slice(z, [constantDim(start)], [constantDim(long - 1)]);
    return graph.sum(graph.unary('abs', graph.sub(part(1), part(0))));
  },
  'reversed and padded': ({ graph, x }) =>
    graph.add(
      graph.mul(graph.reverse(x, 0), x),
      graph.pad(
        graph.slice(graph.square(x), [constantDim(1)], [constantDim(5)]),
        [constantDim(3)],
        [symbolDim('n')],
      ),
    ),
  'rows picked out': ({ graph, A, x }) =>
    graph.unary(
      'sigmoid',
      graph.matvec(
        graph.make('gather', { axes: [0], inBounds: true }, [A, graph.literal([3, 0, 699, 3])]),
        x,
      ),
    ),
};

const values = {
  A: dense([m, n], wave(m * n, 1, 0.3)),
  b: dense([m], wave(m, 1, 1.1)),
  x: dense([n], wave(n, 0.5, 2)),
  z: dense([long], wave(long, 1, 0)),
  p: dense(
    [long],
    wave(long, 0.4, 0).map((v) => v + 0.5),
  ),
};

function inputs(): Inputs {
  const graph = createGraph();
  const input = (name: string, shape: Parameters<typeof realType>[0]): Node =>
    graph.input(name, 'variable', realType(shape));
  return {
    graph,
    A: input('A', [symbolDim('m'), symbolDim('n')]),
    b: input('b', [symbolDim('m')]),
    x: input('x', [symbolDim('n')]),
    z: input('z', [constantDim(long)]),
    p: input('p', [constantDim(long)]),
  };
}
const environment = { inputs: values, sizes: { m, n } };

describe.skipIf(tf === undefined)('a kernel does', () => {
  if (tf === undefined) return;
  afterAll(() => {
    const backend = gpuBackend(tf);
    expect(backend === undefined ? 'no backend' : gpuState(backend).trouble()).toBeUndefined();
  });

  it.each(Object.entries(groups))('%s', async (_, build) => {
    const given = inputs();
    const nodes = [build(given)];
    const { code } = await answersOf(tf, given.graph, nodes, environment);
    expect(code).toContain('device.kernel(kernel1');
    expect(
      await disagreement32(tf, given.graph, nodes, environment, toleranceOf.webgpu),
    ).toBeUndefined();
  });

  it('sums of a hundred thousand terms to 64 roundings', async () => {
    const given = inputs();
    const { graph, z, p } = given;
    const nodes = [graph.sum(graph.mul(z, z)), graph.dot(graph.add(p, 1), graph.mul(p, z))];
    expect(await disagreement32(tf, graph, nodes, environment, tolerance32)).toBeUndefined();
  });

  const isUnary = (name: string): name is UnaryFn => name in unaryWgsl;
  const functions = Object.keys(unaryWgsl)
    .filter(isUnary)
    .filter((fn) => unaryWgsl[fn] !== undefined && unaryWgsl[fn].gives !== 'bool');
  it.each(functions)('%s', async (fn) => {
    const { graph, p } = inputs();
    const node = graph.add(graph.unary(fn, graph.mul(p, 0.9)), 1);
    expect(
      await disagreement32(tf, graph, [node], environment, toleranceOf.webgpu),
    ).toBeUndefined();
  });
});

const entries = wave(28, 1, 1);
const input: ProgramInput = {
  params: {},
  data: { A: dense([7, 4], entries), b: dense([7], wave(7, 1, 0)) },
  sizes: { m: 7, n: 4 },
  seed: 1,
  dataSeed: 1,
};

describe.skipIf(tf === undefined)('an iteration starts', () => {
  if (tf === undefined) return;
  const counted = async (name: string, wgsl: boolean) => {
    const { code } = emitModule({ ...programs[name]('javascript'), target: 'tfjs', wgsl });
    const made = instantiate({ code });
    return eachIteration(made.createDeviceStep(made.prepare(input), 1, tf));
  };
  it.each([
    ['logistic', 4, 3],
    ['lasso', 3, 2],
  ])('of %s %i kernels, of which %i are fused', async (name, dispatches, own) => {
    expect(await counted(name, true)).toEqual({ dispatches, own });
    const plain = await counted(name, false);
    expect(plain?.own).toBe(0);
    expect(plain?.dispatches).toBeGreaterThan(3 * dispatches);
  });
});
