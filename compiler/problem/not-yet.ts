// Constructs that are understood but cannot be run yet: one diagnostic each, at the construct. Takes a construct out of this list when it can.
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import { report } from './messages.ts';
import type { Constraint, Level, Problem, Relation } from './problem.ts';

const constraintNames: { readonly [K in Relation['kind']]: string } = {
  equal: 'a `subject to` constraint',
  lessEqual: 'a `subject to` constraint',
  in: 'a `subject to` constraint',
  implies: 'an `implies` constraint',
  complements: 'a complementarity constraint',
  variational: 'a variational inequality',
  robust: 'a robust constraint',
  chance: 'a chance constraint',
};

/** Rarest first: the construct that says most of what is missing. */
const rank: readonly Relation['kind'][] = [
  'chance',
  'robust',
  'variational',
  'complements',
  'implies',
  'in',
  'equal',
  'lessEqual',
];

interface Construct {
  readonly construct: string;
  readonly span: Span;
}

/** The first thing that stands in the way of a run; empty where the problem can be run. */
export function cannotRunYet(problem: Problem): readonly Diagnostic[] {
  const [first] = constructsOf(problem.level);
  return first === undefined ? [] : [report('P001', first.span, { construct: first.construct })];
}

/** All of them, for `explain`. */
export const constructsNotYet = (problem: Problem): readonly Construct[] =>
  constructsOf(problem.level);

function constructsOf(level: Level): readonly Construct[] {
  const found: Construct[] = [];
  const [lower] = level.lower;
  if (lower !== undefined)
    found.push({
      construct:
        lower.family === undefined
          ? 'a problem with a `lower` level'
          : 'a family of `lower` levels',
      span: lower.span,
    });
  const [goal, second] = level.goals;
  if (second !== undefined)
    found.push({ construct: 'a game: several goals in one level', span: second.span });
  if (goal?.player !== undefined)
    found.push({ construct: 'a game with a player for each index', span: goal.span });
  if (goal !== undefined && goal.objectives > 1)
    found.push({ construct: 'a goal with several objectives', span: goal.span });
  found.push(...constraintsOf(level.constraints));
  for (const { element, name, span } of level.variables)
    if (element !== 'real')
      found.push({ construct: `\`${name}\`, a variable of kind ${element},`, span });
  if (goal?.sense === 'find' && found.length === 0)
    found.push({ construct: '`find`', span: goal.span });
  return found;
}

function constraintsOf(constraints: readonly Constraint[]): readonly Construct[] {
  const ordered = [...constraints].sort(
    (a, b) => rank.indexOf(a.relation.kind) - rank.indexOf(b.relation.kind),
  );
  const seen = new Set<string>();
  return ordered.flatMap(({ relation, span }) => {
    const construct = constraintNames[relation.kind];
    if (seen.has(construct)) return [];
    seen.add(construct);
    return [{ construct, span }];
  });
}
