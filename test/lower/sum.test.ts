// Sums in canonical form, against the plain reduction.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanOver, sumOver } from '../../compiler/lower/sum.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';

const shape = [2, 3, 4];

/** An array over some axes of the space, repeated over the others. */
function factor(graph: Graph, name: string, axes: readonly number[]): Node {
  const input = graph.input(name, 'data', realType(axes.map((axis) => shape[axis])));
  return axes.length === 3
    ? input
    : graph.make('broadcast', { shape: realType(shape).shape, axes }, [input]);
}

function valueOf(name: string, axes: readonly number[]) {
  const own = axes.map((axis) => shape[axis]);
  const size = own.reduce((a, b) => a * b, 1);
  const seed = name.charCodeAt(0);
  return {
    storage: 'dense' as const,
    shape: own,
    data: Float64Array.from({ length: size }, (_, k) => Math.sin(seed * (k + 1)) + 0.2),
  };
}

const axesOf = fc.subarray([0, 1, 2]);

describe('sums', () => {
  test('equal the plain reduction', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), axesOf), {
          minLength: 1,
          maxLength: 4,
        }),
        axesOf,
        fc.constantFrom('none', 'neg', 'half', 'shift'),
        (factors, axes, wrap) => {
          const graph = createGraph();
          const names = factors.map(([name, own]) => ({ name: name + own.join(''), own }));
          const nodes = names.map(({ name, own }) => factor(graph, name, own));
          const product = nodes.slice(1).reduce((x, y) => graph.mul(x, y), nodes[0]);
          const body =
            wrap === 'neg'
              ? graph.neg(product)
              : wrap === 'half'
                ? graph.div(product, 2)
                : wrap === 'shift'
                  ? graph.add(product, graph.full(3, shape))
                  : product;
          const inputs = Object.fromEntries(
            names.map(({ name, own }) => [name, valueOf(name, own)]),
          );
          const made = [sumOver(graph, body, axes), meanOver(graph, body, axes)];
          const plain = [graph.sum(body, axes), graph.mean(body, axes)];
          const { values } = interpret([...made, ...plain], { inputs });
          for (const k of [0, 1]) {
            expect(values[k].shape).toEqual(values[k + 2].shape);
            values[k].data.forEach((value, at) => {
              expect(value).toBeCloseTo(values[k + 2].data[at], 10);
            });
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('products become contractions, squares stay squares', () => {
    const graph = createGraph();
    const x = graph.input('x', 'variable', realType([5]));
    const y = graph.input('y', 'variable', realType([5]));
    expect(sumOver(graph, graph.mul(x, y), [0])).toBe(graph.dot(x, y));
    expect(sumOver(graph, graph.mul(x, x), [0])).toBe(graph.sumsq(x));
    expect(sumOver(graph, graph.div(graph.square(x), 2), [0])).toBe(graph.div(graph.sumsq(x), 2));
    const A = graph.input('A', 'data', realType([4, 5]));
    const row = graph.make('broadcast', { shape: A.type.shape, axes: [1] }, [x]);
    expect(sumOver(graph, graph.mul(A, row), [1])).toBe(graph.matvec(A, x));
  });
});
