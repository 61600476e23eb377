// Intervals of expressions hold their values wherever the variables lie in theirs; bounds by subdivision hold the least value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intervalProgram } from '../../compiler/certify/interval-arrays.ts';
import { grads } from '../../compiler/derive/grad.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';
import { constantDim } from '../../compiler/tensor/dim.ts';
import { subdivide } from '../../runtime/certify/subdivide.ts';
import { vector } from './support.ts';

const three = [constantDim(3)];

type Made = (g: Graph, y: Node) => Node;

const expressions: readonly (readonly [name: string, make: Made])[] = [
  ['a polynomial', (g, y) => g.sum(g.sub(g.pow(y, 4), g.mul(2, g.square(y))))],
  ['waves', (g, y) => g.sum(g.mul(g.sin(y), g.cos(g.mul(2, y))))],
  ['a quotient', (g, y) => g.div(g.at(y, 0, 0), g.add(1, g.square(g.at(y, 0, 1))))],
  [
    'a product of matrices',
    (g, y) => g.dot(y, g.matvec(g.literal([2, 1, 0, 1, -1, 3, 0, 3, 1], [3, 3]), y)),
  ],
  ['kinks', (g, y) => g.add(g.sum(g.abs(y)), g.maxOver(g.sub(y, 0.3)))],
  ['branches', (g, y) => g.sum(g.select(g.lt(y, 0.5), g.square(y), g.sub(y, 0.25)))],
  ['exponentials', (g, y) => g.sum(g.exp(g.neg(g.square(y))))],
  [
    'arrangements',
    (g, y) =>
      g.sum(
        g.mul(g.reverse(y, 0), g.concat([g.sliceAxis(y, 0, 1, 2), g.sliceAxis(y, 0, 0, 1)], 0)),
      ),
  ],
  ['powers', (g, y) => g.sum(g.pow(g.add(2.5, y), 1.5))],
  ['a logistic loss', (g, y) => g.sum(g.softplus(g.mul(-3, y)))],
];

const end = fc.double({ min: -2, max: 2, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe.each(expressions)('%s', (_, make) => {
  const g = createGraph();
  const y = g.input('y', 'variable', realType(three));
  const f = make(g, y);
  const wanted = [f, ...grads(g, f, [y])];
  const program = intervalProgram(wanted, [y], {});
  const evaluate = program?.start(
    program.given.map((node) => interpret([node], { inputs: {} }).values[0].data),
  );
  const at = (x: readonly number[]): readonly Float64Array[] =>
    interpret(wanted, { inputs: { y: vector(x) } }).values.map(({ data }) => data);

  it('has intervals that hold its values and slopes', () => {
    expect(evaluate).toBeDefined();
    if (evaluate === undefined) return;
    fc.assert(
      fc.property(
        fc.tuple(end, end, end),
        fc.tuple(end, end, end),
        fc.array(fc.tuple(share, share, share), { minLength: 3, maxLength: 3 }),
        (a, b, shares) => {
          const low = Float64Array.from(a, (x, k) => Math.min(x, b[k]));
          const high = Float64Array.from(a, (x, k) => Math.max(x, b[k]));
          const found = evaluate([{ low, high }]);
          for (const t of shares) {
            const values = at(t.map((s, k) => low[k] + s * (high[k] - low[k])));
            values.forEach((each, n) =>
              each.forEach((value, k) => {
                const slack = 1e-12 * Math.max(1, Math.abs(value));
                expect(value).toBeGreaterThanOrEqual(found[n].low[k] - slack);
                expect(value).toBeLessThanOrEqual(found[n].high[k] + slack);
              }),
            );
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has a least value that subdivision bounds, and comes near', () => {
    if (evaluate === undefined) return;
    const box = { low: Float64Array.of(-1, -0.5, -1.5), high: Float64Array.of(1, 1.5, 0.5) };
    // On a grid, which is never below the least value.
    let least = Infinity;
    for (let i = 0; i <= 12; i++)
      for (let j = 0; j <= 12; j++)
        for (let k = 0; k <= 12; k++)
          least = Math.min(least, at([-1 + i / 6, -0.5 + j / 6, -1.5 + k / 6])[0][0]);
    const { bound } = subdivide({
      box,
      target: least - 0.05,
      parts: 20_000,
      milliseconds: 5000,
      enclose: (part) => {
        const [goal, slopes] = evaluate([part]);
        return { least: goal.low[0], slopes };
      },
    });
    expect(bound).toBeLessThanOrEqual(least + 1e-9);
    expect(bound).toBeGreaterThan(least - 0.3);
  });
});
