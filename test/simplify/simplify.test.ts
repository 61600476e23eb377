import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simplify } from '../../compiler/simplify/simplify.ts';
import { arbitraryProgram, describeProgram } from '../tensor/arbitrary.ts';
import { disagreement } from '../tensor/agree.ts';

const runs = process.env.DOTOPT_LONG === undefined ? 800 : 20_000;

describe('random programs keep their value', () => {
  it('under all rules', () => {
    fc.assert(
      fc.property(arbitraryProgram({ steps: 10 }), (program) => {
        const { graph, root, objective, environment } = program;
        const fired: string[] = [];
        const [simple, scalar] = simplify(graph, [root, objective], {
          onRule: (name) => fired.push(name),
        });
        const problem =
          disagreement(root, simple, environment) ?? disagreement(objective, scalar, environment);
        if (problem !== undefined)
          throw new Error(`${describeProgram(program)}\n${problem}\n${fired.join('; ')}`);
        expect(simplify(graph, [simple, scalar])).toEqual([simple, scalar]);
      }),
      { numRuns: runs, seed: 7 },
    );
  }, 900_000);
});
