import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InternalError } from '../../compiler/tensor/internal-error.ts';
import { substitute } from '../../compiler/tensor/substitute.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import {
  arbitraryProgram,
  constructionNames,
  describeProgram,
  type Program,
} from '../tensor/arbitrary.ts';
import { disagreement, type Target } from './harness.ts';

const runs = process.env.DOTOPT_LONG === undefined ? 40 : 3000;

/** The same program with its inputs as data: everything is computed outside the measure. */
function asData({ graph, inputs, root, objective }: Program): readonly Node[] {
  const fixed = new Map<Node, Node>(
    inputs.map((input) => [input, graph.input(input.attributes.name, 'data', input.type)]),
  );
  return substitute(graph, [root, objective], fixed);
}

function check(program: Program, nodes: readonly Node[], target: Target): void {
  let problem: string | undefined;
  try {
    problem = disagreement(program.graph, nodes, program.environment, target);
  } catch (error) {
    if (error instanceof InternalError) problem = error.message;
    else throw error;
  }
  expect(problem, describeProgram(program)).toBeUndefined();
}

describe.each<Target>(['ts', 'wasm'])('%s code agrees with the interpreter', (target) => {
  it('on random programs of variables', () => {
    fc.assert(
      fc.property(arbitraryProgram({}), (program) =>
        check(program, [program.root, program.objective], target),
      ),
      { numRuns: runs },
    );
  });

  it('on random programs of data', () => {
    fc.assert(
      fc.property(arbitraryProgram({}), (program) => check(program, asData(program), target)),
      { numRuns: runs },
    );
  });

  for (const name of constructionNames)
    it(`with ${name}`, () => {
      fc.assert(
        fc.property(arbitraryProgram({ only: (each) => each === name, steps: 3 }), (program) =>
          check(program, [program.root, program.objective], target),
        ),
        { numRuns: 5, seed: 1 },
      );
    });
});
