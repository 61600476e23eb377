// Every problem of a program lowered and explained without an error.
import { expect } from 'vitest';
import { lowerProblem } from '../../compiler/lower/problem.ts';
import { analyse } from '../../compiler/problem/analyse.ts';
import { explain } from '../../compiler/problem/explain.ts';
import { explainText } from '../../compiler/problem/explain-text.ts';
import { createGraph } from '../../compiler/tensor/graph.ts';
import { isError } from '../../grammar/diagnostic.ts';
import { errorsOf, type Program } from './program.ts';

export function expectExplained(program: Program): void {
  expect(errorsOf(program)).toBe('');
  for (const problem of program.front.model.problems) {
    const graph = createGraph();
    const lowered = lowerProblem(problem, graph);
    expect(lowered.diagnostics.filter(isError)).toEqual([]);
    const explanation = explain(analyse(graph, lowered.problem), [...program.front.sources]);
    expect(explanation.class).toMatch(/^an? /);
    expect(explainText(explanation, { width: 100 })).not.toMatch(/undefined|NaN|\[object/);
  }
}
