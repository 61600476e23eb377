// Binds the roles of a method's pattern to a problem, or finds the first requirement that fails.
import type { MethodModel, PatternLevel } from '../model/method-types.ts';
import { assumptionsOf } from '../problem/facts/assumptions.ts';
import type { Assumptions } from '../problem/facts/calculus.ts';
import { createFacts, type Facts } from '../problem/facts/facts.ts';
import type { Level, Problem } from '../problem/problem.ts';
import { constantDim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isScalar } from '../tensor/type.ts';
import { dependsOn } from '../tensor/visit.ts';
import { bindGoals } from './bind-goal.ts';
import { layoutOf, type Layout } from './layout.ts';
import { mismatch, type Mismatch } from './mismatch.ts';
import { pairLevels, type Pair } from './pair-levels.ts';
import { checkQualifiers } from './qualifiers.ts';
import type { FunctionRole, MutableRoles, Roles } from './roles.ts';

export type PatternMatch = { readonly kind: 'roles'; readonly roles: Roles } | Mismatch;

/** Matches a method's pattern against a problem. */
export function matchPattern(graph: Graph, method: MethodModel, problem: Problem): PatternMatch {
  const pairs = pairLevels(graph, method, problem);
  if ('kind' in pairs) return pairs;
  const layouts = new Map(
    pairs.map(({ variable, owned }): [string, Layout] => [variable.name, layoutOf(graph, owned)]),
  );
  const bound: MutableRoles = { functions: new Map(), maps: new Map(), sets: new Map() };
  const assumptions = assumptionsOf(problem);
  const failed = bindGoals({ graph, method, assumptions, pairs, layouts, roles: bound });
  if (failed !== undefined) return failed;
  for (const { pattern, level } of levelsOf(method.pattern, problem.level, pairs))
    bindConstraints(graph, pattern, level, layouts, assumptions, bound);
  const beyond = uncovered(layouts, bound);
  if (beyond !== undefined) return beyond;
  const [{ goal }] = pairs;
  const roles: Roles = {
    graph,
    goal,
    variables: layouts,
    ...bound,
    domains: new Map(
      pairs.flatMap(({ variable: { domain, name } }): readonly [string, Layout][] => {
        const layout = layouts.get(name);
        return domain?.kind !== 'role' || layout === undefined ? [] : [[domain.role.name, layout]];
      }),
    ),
    constraints: problem.level.constraints,
  };
  const unmet = checkQualifiers(method, roles);
  return unmet ?? { kind: 'roles', roles };
}

/** The levels of the pattern with those of the problem that they stand for. */
function levelsOf(
  pattern: PatternLevel,
  level: Level,
  pairs: readonly Pair[],
): readonly { readonly pattern: PatternLevel; readonly level: Level }[] {
  const below = pattern.lower.flatMap((inner) => {
    const found = pairs.find(
      (pair) => pair.pattern !== undefined && inner.goals.includes(pair.pattern),
    );
    return found === undefined ? [] : levelsOf(inner, found.level, pairs);
  });
  return [{ pattern, level }, ...below];
}

/** `g(x) <= 0; h(x) == 0`: all residuals of a kind, stacked. */
function bindConstraints(
  graph: Graph,
  pattern: PatternLevel,
  level: Level,
  layouts: ReadonlyMap<string, Layout>,
  assumptions: Assumptions,
  { functions }: MutableRoles,
): void {
  const inputs = [...layouts.values()].flatMap((layout) => layout.inputs);
  const space = inputs.map((input) => ({
    input,
    lower: undefined,
    upper: undefined,
    domain: undefined,
  }));
  for (const { kind, function: role } of pattern.constraints) {
    if (kind !== 'equal' && kind !== 'lessEqual') continue;
    const residuals = level.constraints.flatMap(({ relation }) =>
      (relation.kind === 'equal' || relation.kind === 'lessEqual') && relation.kind === kind
        ? [vectorOf(graph, relation.residual)]
        : [],
    );
    const expression =
      residuals.length === 0 ? graph.zeros([constantDim(0)]) : graph.concat(residuals, 0);
    let facts: Facts | undefined;
    functions.set(role.name, {
      name: role.name,
      terms: [],
      expression,
      space,
      form: { kind: 'plain' },
      facts: () => (facts ??= createFacts(graph, inputs, assumptions)),
      owners: [],
    });
  }
}

const vectorOf = (graph: Graph, x: Node): Node =>
  isScalar(x) ? graph.reshape(x, [1]) : graph.flatten(x);

/** A function that depends on more than the pattern gives it. */
function uncovered(
  layouts: ReadonlyMap<string, Layout>,
  { functions }: MutableRoles,
): Mismatch | undefined {
  for (const role of functions.values()) {
    if (role.form.kind === 'mapped') continue;
    for (const [, { parts }] of layouts) {
      const extra = parts.find(({ variable: { input } }) => !takes(role, input));
      const found = extra && reads(role, extra.variable.input);
      if (extra !== undefined && found !== undefined)
        return mismatch(
          `${role.name} must not depend on \`${extra.variable.name}\`, but it does`,
          found.span ?? extra.variable.span,
        );
    }
  }
  return undefined;
}

const takes = ({ space }: FunctionRole, input: Node): boolean =>
  space.some((each) => each.input === input);

function reads(
  { terms, expression }: FunctionRole,
  input: Node,
): { readonly span: FunctionRole['terms'][number]['span'] | undefined } | undefined {
  if (!dependsOn(expression, [input])) return undefined;
  return { span: terms.find(({ node }) => dependsOn(node, [input]))?.span };
}
