// Nodes as the answer of a tfjs step, run on one backend and compared with the interpreter in 64 bits.
import { emitModule } from '../../compiler/emit/ts/module.ts';
import type { ModuleSpec } from '../../compiler/emit/ts/spec.ts';
import { instantiate } from '../../compiler/instantiate.ts';
import type { MatchedStep } from '../../compiler/match/step.ts';
import type { SizeSource, Variable } from '../../compiler/problem/problem.ts';
import type { Graph } from '../../compiler/tensor/graph.ts';
import { interpret, type Environment } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { substitute } from '../../compiler/tensor/substitute.ts';
import { isOp, realType } from '../../compiler/tensor/type.ts';
import { inputsOf, postorder } from '../../compiler/tensor/visit.ts';
import type { Program, Values } from '../../runtime/program.ts';
import type { Tensor } from '../../runtime/tensor.ts';
import type { Backend } from '../../runtime/tfjs/load.ts';
import type { Tfjs } from '../../runtime/tfjs/tfjs.ts';
import { measureSpec, programInput, span, valuesOf } from '../emit/harness.ts';

/** 64 roundings to 24 bits: what a value may differ by, relative to the sum of the absolute values of its terms. */
export const tolerance32 = 64 * 2 ** -24;

/** WGSL promises sine and cosine to 2^-11 only, and other functions to a few more roundings than a CPU takes. */
export const toleranceOf: { readonly [B in Backend]: number } = {
  tensorflow: tolerance32,
  webgpu: 2 ** -11,
  wasm: tolerance32,
  cpu: tolerance32,
};

const variableOf = (name: string, input: Node<'input'>): Variable => ({
  name,
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

/** Variables become states that stand still; compressed ones become data. */
export function answering(graph: Graph, nodes: readonly Node[]): ModuleSpec {
  const variables = inputsOf(nodes).filter(({ attributes: { role } }) => role === 'variable');
  const replaced = new Map<Node, Node<'input'>>(
    variables.map((input) => [
      input,
      graph.input(
        input.attributes.name,
        input.type.storage === 'csr' ? 'data' : 'state',
        input.type,
      ),
    ]),
  );
  const inside = substitute(graph, nodes, replaced);
  const states = [...replaced.values()].filter(({ attributes }) => attributes.role === 'state');
  const anyInput = graph.input('m', 'variable', realType([]));
  const step: MatchedStep = {
    method: 'answers',
    label: 'answers',
    states: states.map((input) => ({
      name: input.attributes.name,
      input,
      type: input.type,
      init: graph.zeros(input.type.shape),
      next: input,
    })),
    reports: [],
    stop: undefined,
    answer: inside.map((node, k) => ({ variable: variableOf(`m${k}`, anyInput), node })),
    startAnswer: inside.map((node, k) => ({ variable: variableOf(`m${k}`, anyInput), node })),
    sizes: [],
    roles: [],
  };
  const spec = measureSpec(graph, inside);
  const problem = { ...spec.problem, sizes: [...spec.problem.sizes, ...fixedSets(inside)] };
  return { ...spec, problem, measures: [], step, target: 'tfjs', graph };
}

/** Sizes of sets that data alone filters: a problem says where they come from. */
const fixedSets = (nodes: readonly Node[]): readonly SizeSource[] =>
  postorder(nodes).flatMap((node): readonly SizeSource[] =>
    isOp(node, 'compress') &&
    node.free.length === 0 &&
    inputsOf([node]).every(({ attributes: { role } }) => role === 'data')
      ? [{ symbol: node.attributes.length.key, from: { kind: 'compress', node }, span }]
      : [],
  );

export interface Answered {
  readonly code: string;
  readonly values: readonly Tensor[];
}

export async function answersOf(
  tf: Tfjs,
  graph: Graph,
  nodes: readonly Node[],
  environment: Environment,
): Promise<Answered> {
  const spec = { ...answering(graph, nodes), wgsl: tf.getBackend() === 'webgpu' };
  const { code } = emitModule(spec);
  const instance = instantiate({ code });
  const program = instance.createDeviceStep(
    instance.prepare(programInput(environment)),
    environment.seed ?? 1,
    tf,
  );
  const given = valuesOf(environment);
  const states: Values = {
    ...Object.fromEntries((spec.step?.states ?? []).map(({ name }) => [name, given[name]])),
    '': { storage: 'dense', shape: [], data: Float64Array.of(1) },
  };
  program.restore(states);
  await program.settle?.();
  const answer = program.answer();
  await dispose(program);
  return { code, values: nodes.map((_, k) => answer[`m${k}`]) };
}

async function dispose(program: Program): Promise<void> {
  await program.dispose?.();
}

/** What is found by iteration hides from the interpreter how far the rounding of what it is found from moves it: inputs of order one are rounded to 24 bits. */
const isFound = (nodes: readonly Node[]): boolean =>
  postorder(nodes).some(({ op }) => op === 'root' || op === 'fixpoint' || op === 'minimizer');

/** Undefined where the device and the interpreter agree within rounding, else a message. */
export async function disagreement32(
  tf: Tfjs,
  graph: Graph,
  nodes: readonly Node[],
  environment: Environment,
  tolerance = tolerance32,
): Promise<string | undefined> {
  const { values: expected, bounds } = interpret(nodes, environment);
  const least = isFound(nodes) ? 1 : 2 ** -126;
  let code = '';
  try {
    const answered = await answersOf(tf, graph, nodes, environment);
    ({ code } = answered);
    for (const [n, value] of answered.values.entries()) {
      if (value.shape.join() !== expected[n].shape.join())
        return `m${n}: shape [${value.shape.join()}] instead of [${expected[n].shape.join()}]\n${code}`;
      for (let k = 0; k < expected[n].data.length; k++) {
        const [a, b] = [expected[n].data[k], value.data[k]];
        const bound = tolerance * Math.max(bounds[n].data[k], Math.abs(a), least);
        if (!Object.is(a, b) && !(Math.abs(a - b) <= bound))
          return `m${n}, entry ${k}: ${b} instead of ${a} (scale ${bounds[n].data[k]})\n${code}`;
      }
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const text = code === '' ? emittedOr(graph, nodes) : code;
    return `${error.message}\n${error.stack ?? ''}\n${text}`;
  }
}

function emittedOr(graph: Graph, nodes: readonly Node[]): string {
  try {
    return emitModule(answering(graph, nodes)).code;
  } catch {
    return 'no code';
  }
}
