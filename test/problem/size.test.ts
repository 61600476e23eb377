// Large, deep and heavily shared expressions: no overflow of the stack, no explosion, no long wait.
import { expect, test } from 'vitest';
import { createFacts, type Facts } from '../../compiler/problem/facts/facts.ts';
import { noAssumptions } from '../../compiler/problem/facts/calculus.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';

type Step = (graph: Graph, e: Node, k: number, s: Node) => Node;

const built = (count: number, step: Step): { readonly facts: Facts; readonly e: Node } => {
  const graph = createGraph();
  const s = graph.input('s', 'variable', realType([]));
  let e: Node = s;
  for (let k = 0; k < count; k++) e = step(graph, e, k, s);
  return { facts: createFacts(graph, [s], noAssumptions), e };
};

const cases: Readonly<Record<string, readonly [number, Step]>> = {
  'a sum of 3000 squares': [3000, (g, e, k, s) => g.add(e, g.square(g.sub(s, k)))],
  'a sum of 1000 kinks': [1000, (g, e, k, s) => g.add(e, g.max(g.sub(s, k), 0))],
  'a product of 400 factors': [400, (g, e, _, s) => g.mul(e, s)],
  '2000 nested functions': [2000, (g, e) => g.softplus(e)],
  '2000 changes of sign': [2000, (g, e, k) => g.mul(k % 2 === 0 ? -1 : 0.5, g.sub(1, e))],
  'sums of shared parts': [60, (g, e) => g.add(e, e)],
  'products of shared parts': [60, (g, e) => g.mul(e, e)],
  'functions of shared parts': [60, (g, e) => g.tanh(g.add(e, g.mul(0.5, g.sin(e))))],
  'logs of shared parts': [60, (g, e) => g.log(g.add(g.exp(e), g.exp(g.mul(2, e))))],
  'roots of shared parts': [60, (g, e) => g.sqrt(g.add(g.square(e), g.square(g.sub(e, 1))))],
  'maxima of shared parts': [60, (g, e) => g.max(g.mul(0.5, e), g.sub(e, 1))],
};

test.each(Object.entries(cases))('%s', (_, [count, step]) => {
  const { facts, e } = built(count, step);
  const started = performance.now();
  const kinds = ['yes', 'no', 'unknown', 'if'];
  expect(kinds).toContain(facts.isConvex(e).kind);
  expect(kinds).toContain(facts.isSmooth(e).kind);
  expect(kinds).toContain(facts.isSeparable(e).kind);
  expect(kinds).toContain(facts.isQuadratic(e).kind);
  expect(kinds).toContain(facts.isStronglyConvex(e).kind);
  expect(facts.lipschitz(e)).toHaveProperty('reason');
  expect(facts.range(e)).toHaveProperty('low');
  expect(performance.now() - started).toBeLessThan(10_000);
});
