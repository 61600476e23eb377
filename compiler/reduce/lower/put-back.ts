// The problem with its lower variables put in as functions of the outer ones, and the way back.
import { allVariables } from '../../problem/levels.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';
import { mapLevel } from '../map-level.ts';
import type { Reduced, ReductionInput } from '../reduction.ts';
import type { Values } from './reaction.ts';

export function withValues(
  { graph, problem }: ReductionInput,
  values: Values,
  note: string,
): Reduced {
  const { level } = problem;
  const above = mapLevel({ ...level, lower: [] }, (node) => substituteIn(graph, node, values));
  return {
    problem: { ...problem, level: above, metrics: [], known: [] },
    invert: (outer) => {
      const at = new Map(
        level.variables.flatMap(({ name, input }): readonly (readonly [Node, Node])[] => {
          const value = outer.get(name);
          return value === undefined ? [] : [[input, value]];
        }),
      );
      const below = level.lower
        .flatMap(allVariables)
        .flatMap(({ name, input }): readonly (readonly [string, Node])[] => {
          const value = values.get(input);
          return value === undefined ? [] : [[name, substituteIn(graph, value, at)]];
        });
      return new Map([...outer, ...below]);
    },
    note,
  };
}
