// What must hold of data and params before the first iteration: their bounds, and the sizes that the file takes for granted.
import type { Diagnostic } from '../grammar/diagnostic.ts';
import { commandMessage } from './command-messages.ts';
import type { Bound, Problem } from './problem/problem.ts';
import type { Graph } from './tensor/graph.ts';
import type { Node } from './tensor/ir.ts';
import { printNode } from './tensor/print.ts';

export interface InputCheck {
  readonly holds: Node;
  readonly broken: Diagnostic;
  /** What must hold, in a sentence without its place. */
  readonly text: string;
}

export function inputProblems(graph: Graph, problem: Problem): readonly InputCheck[] {
  const all = (node: Node): Node => (node.type.shape.length === 0 ? node : graph.all(node));
  const within = ({
    name,
    input,
    lower,
    upper,
  }: {
    name: string;
    input: Node;
    lower: Bound | undefined;
    upper: Bound | undefined;
  }): readonly InputCheck[] => {
    const check = (bound: Bound, low: boolean): InputCheck => {
      const [small, large] = low ? [bound.node, input] : [input, bound.node];
      const sign = `${low ? '>' : '<'}${bound.strict ? '' : '='}`;
      return {
        holds: all(bound.strict ? graph.lt(small, large) : graph.le(small, large)),
        broken: commandMessage('D026', bound.span, {
          name,
          bound: `${sign} ${printNode(bound.node)}`,
          found: input.type.shape.length === 0 ? '' : ' in every entry',
        }),
        text: `${input.type.shape.length === 0 ? '' : 'every entry of '}${name} must be ${sign} ${printNode(bound.node)}`,
      };
    };
    return [
      ...(lower === undefined ? [] : [check(lower, true)]),
      ...(upper === undefined ? [] : [check(upper, false)]),
    ];
  };
  return [
    ...problem.params.flatMap(within),
    ...problem.data.flatMap(within),
    ...problem.checks.map(({ nonnegative, message, span }) => ({
      holds: graph.le(0, graph.size(nonnegative)),
      broken: commandMessage('D028', span, { message }),
      text: message,
    })),
  ];
}
