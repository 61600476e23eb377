// Emits nodes as measures, runs the generated code in this process and compares it with the interpreter.
import type { Span } from '../../grammar/span.ts';
import { emitModule } from '../../compiler/emit/ts/module.ts';
import { instantiate } from '../../compiler/instantiate.ts';
import type { ModuleSpec } from '../../compiler/emit/ts/spec.ts';
import { symbolsIn } from '../../compiler/emit/ts/inputs.ts';
import type { DataItem, SizeSource } from '../../compiler/problem/problem.ts';
import { symbolDim } from '../../compiler/tensor/dim.ts';
import { interpret, type Environment } from '../../compiler/tensor/interpret.ts';
import type { Graph } from '../../compiler/tensor/graph.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { inputsOf, postorder } from '../../compiler/tensor/visit.ts';
import type { ProgramInput, Values } from '../../runtime/program.ts';
import type { DenseTensor, Tensor } from '../../runtime/tensor.ts';
import { createHeap, type Heap } from '../../runtime/wasm/heap.ts';

export const span: Span = { file: 0, start: 0, end: 0 };

/** Sizes of a set of nodes that a caller must give: those that no `compress` defines. */
const givenSizes = (nodes: readonly Node[]): readonly string[] => {
  const defined = new Set(
    postorder(nodes).flatMap((node) =>
      node.op === 'compress' ? [node.attributes.length.key] : [],
    ),
  );
  return [...symbolsIn(nodes)].filter((symbol) => !defined.has(symbol));
};

export type Target = 'ts' | 'wasm';

export const measureSpec = (
  graph: Graph,
  nodes: readonly Node[],
  target: Target = 'ts',
): ModuleSpec => ({
  target,
  problem: {
    name: 'program',
    doc: undefined,
    sizes: givenSizes(nodes).map((symbol): SizeSource => ({
      symbol,
      from: { kind: 'data', name: symbol, axis: 0, size: symbolDim(symbol) },
      span,
    })),
    params: [],
    data: inputsOf(nodes)
      .filter(({ attributes: { role } }) => role === 'data')
      .map((input): DataItem => ({
        name: input.attributes.name,
        input,
        value: { kind: 'required' },
        lower: undefined,
        upper: undefined,
        labels: [],
        domain: undefined,
        doc: undefined,
        span,
      })),
  },
  step: undefined,
  measures: nodes.map((node, k) => ({ name: `m${k}`, node })),
  flavour: 'javascript',
  standalone: false,
  origin: graph.origin,
  nameOf: graph.nameOf,
});

const toTensor = (value: Tensor | number): Tensor =>
  typeof value === 'number' ? { storage: 'dense', shape: [], data: Float64Array.of(value) } : value;

export const programInput = (environment: Environment): ProgramInput => ({
  params: {},
  data: valuesOf(environment),
  sizes: environment.sizes ?? {},
  seed: environment.seed ?? 1,
  dataSeed: environment.dataSeed ?? 1,
});

export const valuesOf = (environment: Environment): Values =>
  Object.fromEntries(
    Object.entries(environment.inputs).map(([name, value]) => [name, toTensor(value)]),
  );

export interface Compiled {
  readonly code: string;
  readonly values: readonly Tensor[];
  /** WebAssembly has two forms: products and sums fused where the engine can, and not. */
  readonly unfused?: readonly Tensor[];
}

/** Runs each measure twice: what it keeps between calls must not show. */
export function runMeasures(
  graph: Graph,
  nodes: readonly Node[],
  environment: Environment,
  target: Target = 'ts',
): Compiled {
  const { code } = emitModule(measureSpec(graph, nodes, target));
  const instance = instantiate({ code });
  const variables = valuesOf(environment);
  const valuesIn = (heap: Heap | undefined): readonly Tensor[] => {
    const input = programInput(environment);
    const data = instance.prepare(heap === undefined ? input : { ...input, heap });
    const program = instance.createMeasures(data, environment.seed ?? 1);
    const once = (): readonly Tensor[] => nodes.map((_, k) => program.evaluate(`m${k}`, variables));
    once();
    return once();
  };
  const values = valuesIn(undefined);
  if (target === 'ts') return { code, values };
  return { code, values, unfused: valuesIn(createHeap(undefined, { fused: false })) };
}

/** Undefined where generated code and interpreter agree within rounding, else a message. */
export function disagreement(
  graph: Graph,
  nodes: readonly Node[],
  environment: Environment,
  target: Target = 'ts',
  tolerance = 1e-12,
): string | undefined {
  const expected = interpret(nodes, environment);
  const { code, values, unfused } = runMeasures(graph, nodes, environment, target);
  for (const [form, given] of Object.entries({ '': values, ' unfused': unfused ?? [] }))
    for (const [k, value] of given.entries()) {
      const problem = differs(expected.values[k], expected.bounds[k], value, tolerance);
      if (problem !== undefined) return `m${k}${form}: ${problem}\n${code}`;
    }
  return undefined;
}

function differs(
  expected: DenseTensor,
  bounds: DenseTensor,
  got: Tensor,
  tolerance: number,
): string | undefined {
  if (expected.shape.join() !== got.shape.join())
    return `shape [${got.shape.join()}] instead of [${expected.shape.join()}]`;
  for (let k = 0; k < expected.data.length; k++) {
    const [a, b] = [expected.data[k], got.data[k]];
    const same = Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.max(bounds.data[k], 1e-300);
    if (!same) return `entry ${k} is ${b} instead of ${a} (scale ${bounds.data[k]})`;
  }
  return undefined;
}
