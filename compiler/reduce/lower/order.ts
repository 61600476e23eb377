// Lower levels side by side in the order in which they are solved: after those whose variables they use.
import type { Span } from '../../../grammar/span.ts';
import { allVariables } from '../../problem/levels.ts';
import type { Level } from '../../problem/problem.ts';
import type { Node } from '../../tensor/ir.ts';
import { dependsOn } from '../../tensor/visit.ts';

export type Order =
  | { readonly kind: 'order'; readonly levels: readonly Level[] }
  | { readonly kind: 'cycle'; readonly span: Span };

export function inOrder(levels: readonly Level[]): Order {
  const left = [...levels];
  const ordered: Level[] = [];
  while (left.length > 0) {
    const at = left.findIndex(
      (level) => !left.some((other) => other !== level && uses(level, other)),
    );
    if (at < 0) return { kind: 'cycle', span: left[0].span };
    ordered.push(...left.splice(at, 1));
  }
  return { kind: 'order', levels: ordered };
}

/** Whether the expressions of a level, or of one below it, depend on a variable of the other. */
function uses(level: Level, other: Level): boolean {
  const variables = allVariables(other).map(({ input }) => input);
  return expressionsOf(level).some((node) => dependsOn(node, variables));
}

/** The goals of a level, its bounds and domains, and those of the levels below it. */
const expressionsOf = ({ goals, variables, constraints, lower }: Level): readonly Node[] => [
  ...goals.flatMap(({ node }) => (node === undefined ? [] : [node])),
  ...variables.flatMap((variable) => [
    ...(variable.lower === undefined ? [] : [variable.lower.node]),
    ...(variable.upper === undefined ? [] : [variable.upper.node]),
    ...(variable.domain?.args ?? []),
    ...(variable.domain?.factors ?? []).flatMap(({ args }) => args),
  ]),
  ...constraints.flatMap(({ relation }) =>
    relation.kind === 'equal' || relation.kind === 'lessEqual' ? [relation.residual] : [],
  ),
  ...lower.flatMap(expressionsOf),
];
