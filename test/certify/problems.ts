// Small problems built by hand, for tests of the certificate.
import type { Domain, Problem, Variable } from '../../compiler/problem/problem.ts';
import type { StructureQuestions } from '../../compiler/certify/structure.ts';
import type { Graph } from '../../compiler/tensor/graph.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { constantDim } from '../../compiler/tensor/dim.ts';

export const nowhere = { file: 0, start: 0, end: 0 };

export function variable(
  graph: Graph,
  name: string,
  shape: readonly number[],
  more: Partial<Variable> = {},
): Variable {
  const dims = shape.map(constantDim);
  return {
    name,
    input: graph.input(name, 'variable', { element: 'real', shape: dims, storage: 'dense' }),
    element: 'real',
    shape: dims,
    lower: undefined,
    upper: undefined,
    domain: undefined,
    start: { kind: 'default' },
    labels: shape.map(() => undefined),
    doc: undefined,
    span: nowhere,
    ...more,
  };
}

export const domain = (
  name: Domain['name'],
  args: readonly Node[] = [],
  norm?: number,
): Domain => ({
  name,
  args,
  norm,
  factors: [],
  span: nowhere,
});

export const bound = (node: Node) => ({ node, strict: false, span: nowhere });

export function problem(
  variables: readonly Variable[],
  terms: readonly Node[],
  graph: Graph,
  sense: 'minimize' | 'maximize' = 'minimize',
): Problem {
  const node = terms.reduce((a, b) => graph.add(a, b));
  return {
    name: 'p',
    doc: undefined,
    sizes: [],
    checks: [],
    sets: [],
    params: [],
    data: [],
    level: {
      name: undefined,
      choice: 'optimistic',
      family: undefined,
      variables,
      goals: [
        {
          sense,
          node,
          terms: terms.map((term) => ({ node: term, span: nowhere })),
          owns: variables.map((v) => v.name),
          player: undefined,
          sums: [],
          objectives: 1,
          span: nowhere,
        },
      ],
      constraints: [],
      lower: [],
      span: nowhere,
    },
    metrics: [],
    known: [],
    span: nowhere,
  };
}

/** Answers as a person would give them for the problem at hand. */
export const knowing = (
  convex: boolean,
  kinked: readonly Node[] = [],
  moduli: ReadonlyMap<Node, number> = new Map(),
  graph?: Graph,
): StructureQuestions => ({
  convex: () => (convex ? { holds: true, conditions: [] } : { holds: false, because: 'said so' }),
  smooth: (node) => !kinked.includes(node),
  strongConvexity: (node) => {
    const modulus = moduli.get(node);
    return modulus === undefined || graph === undefined ? undefined : graph.constant(modulus);
  },
  monotone: () => ({ holds: false, because: 'not asked' }),
});
