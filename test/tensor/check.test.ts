import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simplify } from '../../compiler/simplify/simplify.ts';
import { assertLegal, checkGraph } from '../../compiler/tensor/check.ts';
import { createGraph } from '../../compiler/tensor/graph.ts';
import { interpretScalar } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { substitute } from '../../compiler/tensor/substitute.ts';
import { realType } from '../../compiler/tensor/type.ts';
import { arbitraryProgram } from './arbitrary.ts';
import { disagreement } from './agree.ts';

describe('legal graphs', () => {
  it('come from the builder, from substitution and from simplification', () => {
    fc.assert(
      fc.property(
        arbitraryProgram({ steps: 10 }),
        ({ graph, root, objective, inputs, environment }) => {
          assertLegal([root, objective]);
          assertLegal(simplify(graph, [root, objective]));
          const [s, x] = inputs;
          const replaced = substitute(
            graph,
            [objective],
            new Map([[x, graph.add(graph.sin(x), graph.mul(0.1, s))]]),
          );
          assertLegal(replaced);
          // Replacing by an equal expression changes nothing.
          const again = substitute(
            graph,
            [objective],
            new Map([[x, graph.neg(graph.sub(0, x))]]),
          )[0];
          expect(disagreement(objective, again, environment)).toBeUndefined();
        },
      ),
      { numRuns: 400, seed: 3 },
    );
  });

  it('come from a function with a loop applied to itself', () => {
    const g = createGraph();
    const x = g.input('x', 'variable', realType([]));
    const f = g.fold(3, [0.5], (t, s) => [g.add(g.mul(s, g.sin(x)), g.mul(t, 0.25))])[0];
    const [twice] = substitute(g, [f], new Map([[x, f]]));
    assertLegal([twice]);
    const by = (value: number): number => interpretScalar(f, { inputs: { x: value } });
    expect(interpretScalar(twice, { inputs: { x: 0.7 } })).toBeCloseTo(by(by(0.7)), 14);
    // The same loop written by hand with parameters of its own is the same node.
    const inner = g.fold(3, [0.5], (t, s) => [g.add(g.mul(s, g.sin(x)), g.mul(t, 0.25))])[0];
    const outer = g.fold(3, [0.5], (t, s) => [g.add(g.mul(s, g.sin(inner)), g.mul(t, 0.25))])[0];
    expect(outer).toBe(twice);
  });

  it('others are found out', () => {
    const g = createGraph();
    const x = g.input('x', 'variable', realType([3]));
    const p = g.parameter(realType([]), 'p');
    const wrongType: Node = { ...g.make('unary', { fn: 'exp' }, [x]), results: [realType([2])] };
    expect(checkGraph([wrongType]).join()).toContain('real[2] is real[3]');
    expect(checkGraph([g.add(x, p)]).join()).toContain('is not bound');
    expect(checkGraph([g.add(x, p)], p.free)).toEqual([]);
    const wrongFree: Node = { ...g.make('unary', { fn: 'exp' }, [p]), free: [] };
    expect(checkGraph([wrongFree]).join()).toContain('depends on');
    expect(checkGraph([g.make('qr', {}, [g.outer(x, x)])]).join()).toContain('several results');
    const region = { parameters: [p], results: [p] };
    const kind = { solved: false, members: 0 };
    const inner = g.make('root', { residual: region, ...kind }, [g.constant(1)]);
    const around = { parameters: [p], results: [g.add(inner, p)] };
    const captured = g.make('root', { residual: around, ...kind }, [g.constant(1)]);
    expect(checkGraph([captured]).join()).toContain('bound again');
    const twin: Node = { ...g.make('unary', { fn: 'exp' }, [x]), id: 1000 };
    expect(checkGraph([twin, g.exp(x)]).join()).toContain('the same as');
  });
});
