// Every operation and its derivative by tfjs against the interpreter, on each backend that is there.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { grad } from '../../compiler/derive/grad.ts';
import { simplify } from '../../compiler/simplify/simplify.ts';
import { substitute } from '../../compiler/tensor/substitute.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import {
  arbitraryProgram,
  constructionNames,
  describeProgram,
  type Program,
} from '../tensor/arbitrary.ts';
import { testedBackends } from './backends.ts';
import { disagreement32, toleranceOf } from './harness.ts';

const long = process.env.DOTOPT_LONG !== undefined;
const tested = await testedBackends();

for (const { name: backend, tf, why } of tested) {
  if (tf === undefined) {
    it.skip(`on ${backend}: not run: ${why}`, () => undefined);
    continue;
  }
  describe(`tfjs on ${backend}`, () => {
    beforeAll(async () => {
      await tf.setBackend(backend);
      await tf.ready();
    });
    const check = async (program: Program, nodes: readonly Node[]): Promise<void> => {
      const before = tf.memory().numTensors;
      const problem = await disagreement32(
        tf,
        program.graph,
        nodes,
        program.environment,
        toleranceOf[backend],
      );
      expect(problem, describeProgram(program)).toBeUndefined();
      expect(tf.memory().numTensors, describeProgram(program)).toBe(before);
    };

    for (const construction of constructionNames)
      it(`does ${construction}`, async () => {
        const programs = fc.sample(
          arbitraryProgram({ only: (each) => each === construction, steps: 3 }),
          { numRuns: long ? 20 : 3, seed: 1 },
        );
        for (const program of programs) await check(program, [program.root, program.objective]);
      });

    it('does first derivatives', async () => {
      for (const construction of constructionNames) {
        const programs = fc.sample(
          arbitraryProgram({ only: (each) => each === construction, steps: 3 }),
          { numRuns: long ? 10 : 1, seed: 2 },
        );
        for (const program of programs) await check(program, gradients(program));
      }
    }, 60_000);

    it('does random programs of variables and of data', async () => {
      const programs = fc.sample(arbitraryProgram({}), { numRuns: long ? 1000 : 30, seed: 3 });
      for (const program of programs) {
        await check(program, [program.root, program.objective]);
        await check(program, asData(program));
      }
    }, 600_000);
  });
}

function gradients({ graph, objective, inputs }: Program): readonly Node[] {
  const dense = inputs.filter(({ type }) => type.storage === 'dense');
  return simplify(
    graph,
    dense.map((input) => grad(graph, objective, input)),
  );
}

/** The same program with its inputs as data: all of it is fixed. */
function asData({ graph, inputs, root, objective }: Program): readonly Node[] {
  const fixed = new Map<Node, Node>(
    inputs.map((input) => [input, graph.input(input.attributes.name, 'data', input.type)]),
  );
  return substitute(graph, [root, objective], fixed);
}
