// The targets that the conformance suite runs on, one entry each: how nodes are evaluated there, how methods step there, and what rounding allows.
import type { Settings } from '../../../compiler/program-input.ts';
import { watchDevice } from '../../../runtime/tfjs/device-watch.ts';
import type { Backend } from '../../../runtime/tfjs/load.ts';
import { disagreement } from '../../emit/harness.ts';
import type { Graph } from '../../../compiler/tensor/graph.ts';
import type { Environment } from '../../../compiler/tensor/interpret.ts';
import type { Node } from '../../../compiler/tensor/ir.ts';
import { testedBackend } from '../../tfjs/backends.ts';
import { disagreement32, tolerance32, toleranceOf } from '../../tfjs/harness.ts';

/** How the entries of a step may differ from the interpreter's. */
export interface StepBound {
  /** Relative to the sum of absolute values of an entry's terms. */
  readonly terms: number;
  /** Relative to the largest entry of all states: a step in 32 bits divides and factors, and what is small beside others has few digits. */
  readonly largest: number;
}

/** A target that runs here. */
export interface Running {
  /** Undefined where the nodes have the interpreter's values within rounding, else a message. */
  readonly disagreement: (
    graph: Graph,
    nodes: readonly Node[],
    environment: Environment,
  ) => Promise<string | undefined>;
  readonly settings: Partial<Settings>;
  readonly bound: StepBound;
  /** Methods whose searches ask what rounding decides there: their states need only be finite, and their counts are their own. */
  readonly decidedByRounding: ReadonlySet<string>;
  /** Arrays that are alive on the device. */
  readonly live: () => number;
}

export interface Target {
  readonly name: TargetOfSuite;
  /** The reason why it does not run here, where it does not. */
  readonly running: Running | string;
  /** How much the full form runs; of the examples all, or the one of the usual form. */
  readonly full: {
    readonly programs: number;
    readonly iterations: number;
    readonly examples: boolean;
  };
}

export type TargetOfSuite = 'ts' | 'wasm' | `tfjs on ${Backend}`;

const bound64: StepBound = { terms: 1e-12, largest: 0 };
const bound32: StepBound = { terms: tolerance32, largest: 2 ** -12 };

/**
 * coordinate_descent asks whether a quadratic is met by its own model, up to 1e-14 of its value; multipliers, in the gallery, takes 500 steps of
 * descent an iteration, each halved or lengthened by a comparison of two nearly equal values.
 */
const decidedIn32: ReadonlySet<string> = new Set(['coordinate_descent', 'multipliers']);

const in64 = (target: 'ts' | 'wasm') => (): Promise<Running> =>
  Promise.resolve({
    disagreement: (graph, nodes, environment) =>
      Promise.resolve(disagreement(graph, nodes, environment, target)),
    settings: { target },
    bound: bound64,
    decidedByRounding: new Set(),
    live: () => 0,
  });

const onTfjs = (backend: Backend) => async (): Promise<Running | string> => {
  const { tf, why } = await testedBackend(backend);
  if (tf === undefined) return why;
  const watch = watchDevice(tf);
  const told: string[] = [];
  return {
    disagreement: (graph, nodes, environment) =>
      disagreement32(tf, graph, nodes, environment, toleranceOf[backend]),
    settings: {
      target: 'tfjs',
      tfjs: { tf, backend, better: [], tell: (line) => told.push(line) },
    },
    bound: bound32,
    decidedByRounding: decidedIn32,
    live: () => {
      // What a GPU refuses reads as zeros, and runs go on elsewhere: nothing here may rest on that.
      const trouble = watch.failure() ?? told.join('\n');
      if (trouble !== '') throw new Error(trouble);
      return tf.memory().numTensors;
    },
  };
};

const starts: { readonly [T in TargetOfSuite]: () => Promise<Running | string> } = {
  ts: in64('ts'),
  wasm: in64('wasm'),
  'tfjs on tensorflow': onTfjs('tensorflow'),
  'tfjs on webgpu': onTfjs('webgpu'),
  'tfjs on wasm': onTfjs('wasm'),
  'tfjs on cpu': onTfjs('cpu'),
};

const everything = { programs: 1000, iterations: 3, examples: true };

/** The driver in software takes a hundred times as long. */
const some = { programs: 100, iterations: 1, examples: false };

export async function openTarget(name: TargetOfSuite): Promise<Target> {
  return {
    name,
    running: await starts[name](),
    full: name === 'tfjs on webgpu' ? some : everything,
  };
}
