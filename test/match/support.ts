// Numbers in and out of the IR for tests.
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';
import { domainOperations } from '../../compiler/match/domains/table.ts';
import type { DomainOperations } from '../../compiler/match/domains/operations.ts';
import type { Domain, DomainName } from '../../compiler/problem/problem.ts';

export const nowhere = { file: 0, start: 0, end: 0 };

export const numbers = (values: readonly number[], shape: readonly number[] = [values.length]) => ({
  storage: 'dense' as const,
  shape: [...shape],
  data: Float64Array.from(values),
});

/** The value of a node for given inputs. */
export function valueOf(
  node: Node,
  inputs: Readonly<Record<string, ReturnType<typeof numbers> | number>> = {},
): readonly number[] {
  return [...interpret([node], { inputs }).values[0].data];
}

/** A domain of constant arguments. */
export const domain = (
  name: DomainName,
  args: readonly Node[] = [],
  more: Partial<Pick<Domain, 'norm' | 'factors'>> = {},
): Domain => ({ name, args, norm: more.norm, factors: more.factors ?? [], span: nowhere });

export interface DomainCase {
  readonly title: string;
  readonly shape: readonly number[];
  readonly make: (graph: Graph) => Domain;
}

export function operationsOf({ shape, make }: DomainCase): {
  readonly graph: Graph;
  readonly operations: DomainOperations;
  readonly v: Node;
} {
  const graph = createGraph();
  const type = realType(shape);
  return {
    graph,
    operations: domainOperations(graph, make(graph), type.shape),
    v: graph.input('v', 'variable', type),
  };
}

/** A repeatable stream of numbers in [-1, 1). */
export function stream(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32) * 2 - 1;
  };
}

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i], 0);
export const minus = (a: readonly number[], b: readonly number[]): readonly number[] =>
  a.map((x, i) => x - b[i]);
export const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));
export const entries = (shape: readonly number[]): number => shape.reduce((n, k) => n * k, 1);
