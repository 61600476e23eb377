// Programs of many terms: what is made of them grows linearly, and no expression is too deep for the stack.
import { describe, expect, test } from 'vitest';
import { checkProgram } from '../../compiler/check.ts';
import { grad } from '../../compiler/derive/grad.ts';
import { emitModule } from '../../compiler/emit/ts/module.ts';
import { memoryHost } from '../../compiler/index.ts';
import { simplify } from '../../compiler/simplify/simplify.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';
import { postorder } from '../../compiler/tensor/visit.ts';
import { disagreement, measureSpec, type Target } from '../emit/harness.ts';

const targets: readonly Target[] = ['ts', 'wasm'];
const inputs = {
  x: { storage: 'dense' as const, shape: [5], data: Float64Array.of(0.3, -0.7, 1.1, 0.2, -0.4) },
};

const entry = (graph: Graph, x: Node, k: number): Node =>
  graph.reshape(graph.slice(x, [k % 5], [1]), []);

/** (x[k] - k/7)^2 + exp(x[k']/k), one after the other. */
function longSum(graph: Graph, x: Node, terms: number): Node {
  let sum = graph.square(entry(graph, x, 0));
  for (let k = 1; k < terms; k++) {
    const term = graph.add(
      graph.square(graph.sub(entry(graph, x, k), k / 7)),
      graph.exp(graph.div(entry(graph, x, k + 2), k)),
    );
    sum = k % 3 === 0 ? graph.sub(sum, term) : graph.add(sum, term);
  }
  return sum;
}

/** p = sin(p) + x[k], again and again. */
function recurrence(graph: Graph, x: Node, steps: number): Node {
  let p = entry(graph, x, 0);
  for (let k = 1; k < steps; k++) p = graph.add(graph.sin(p), entry(graph, x, k));
  return p;
}

/** |[x[1]*1/7, x[2]*2/7, …]|^2 */
const writtenList = (graph: Graph, x: Node, count: number): Node =>
  graph.sum(
    graph.square(
      graph.concat(
        Array.from({ length: count }, (_, k) =>
          graph.reshape(graph.mul(entry(graph, x, k), (k + 1) / 7), [1]),
        ),
        0,
      ),
    ),
  );

function valueAndGradient(make: (graph: Graph, x: Node) => Node): {
  readonly graph: Graph;
  readonly nodes: readonly Node[];
} {
  const graph = createGraph();
  const x = graph.input('x', 'variable', realType([5]));
  const value = make(graph, x);
  return { graph, nodes: simplify(graph, [value, grad(graph, value, x)]) };
}

describe.each(targets)('on %s', (target) => {
  test('a sum of 1,000 terms agrees with the interpreter', () => {
    const { graph, nodes } = valueAndGradient((g, x) => longSum(g, x, 1000));
    expect(disagreement(graph, nodes, { inputs }, target)).toBeUndefined();
  });

  test('a recurrence of 600 steps agrees with the interpreter', () => {
    const { graph, nodes } = valueAndGradient((g, x) => recurrence(g, x, 600));
    expect(disagreement(graph, nodes, { inputs }, target, 1e-10)).toBeUndefined();
  });

  test.each([
    ['a sum', longSum],
    ['a recurrence', recurrence],
    ['a written list', writtenList],
  ])('%s: nodes and code grow linearly from 10 to 1,000 terms', (_, make) => {
    const [ten, hundred, thousand] = [10, 100, 1000].map((count) => {
      const { graph, nodes } = valueAndGradient((g, x) => make(g, x, count));
      const { code } = emitModule(measureSpec(graph, nodes, target));
      return { nodes: postorder(nodes).length, code: code.length };
    });
    for (const what of ['nodes', 'code'] as const) {
      const [first, second] = [hundred[what] - ten[what], thousand[what] - hundred[what]];
      expect(second / first).toBeLessThan(13);
      expect(second / first).toBeGreaterThan(7);
    }
  });
});

describe('check', () => {
  const diagnosticsOf = (text: string): readonly string[] =>
    checkProgram('long.opt', new TextEncoder().encode(text), memoryHost({})).diagnostics.map(
      ({ code }) => code,
    );
  const term = (k: number): string => `(x[${(k % 5) + 1}] - ${k})^2`;

  test('a written sum of 1,000 terms', () => {
    const sum = Array.from({ length: 1000 }, (_, k) => term(k)).join(' + ');
    expect(diagnosticsOf(`problem p { var x : real[5]\n minimize ${sum} }`)).toEqual([]);
  });

  test.each([
    ['sums', (k: number): string => `p${k - 1} + ${term(k)}`],
    ['sines', (k: number): string => `sin(p${k - 1}) + x[${(k % 5) + 1}]`],
  ])('1,000 lets, each of the one before: %s', (_, next) => {
    const lets = Array.from(
      { length: 1000 },
      (_, k) => `let p${k} = ${k === 0 ? term(0) : next(k)}`,
    );
    const text = `problem p { var x : real[5]\n ${lets.join('\n')}\n minimize p999 + sumsq(x) }`;
    expect(diagnosticsOf(text)).toEqual([]);
  });
});
