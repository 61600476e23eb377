// What of a problem no method of this version can take: one construct, in words.
import type { Span } from '../../grammar/span.ts';
import type { Problem, Relation } from '../problem/problem.ts';

export interface Unsupported {
  readonly construct: string;
  readonly span: Span;
}

/** The first construct that stands beyond one level, one goal and what the library's methods take. */
export function unsupportedIn({ level }: Problem): Unsupported | undefined {
  const [lower] = level.lower;
  if (lower !== undefined) return { construct: 'problems with a lower level', span: lower.span };
  const [first, second] = level.goals;
  if (second !== undefined) return { construct: 'games', span: second.span };
  if (first?.player !== undefined) return { construct: 'games of many players', span: first.span };
  if (first?.sense === 'find') return { construct: '`find`', span: first.span };
  if (first !== undefined && first.objectives > 1)
    return {
      construct: 'several objectives (but `via scalarize([…])` makes them one)',
      span: first.span,
    };
  for (const { relation, span } of level.constraints) {
    const construct = relations[relation.kind];
    if (construct !== undefined) return { construct, span };
  }
  const [constraint] = level.constraints;
  const whole = level.variables.find(({ element }) => element !== 'real');
  if (whole !== undefined)
    return { construct: 'whole variables outside linear programs', span: whole.span };
  if (constraint !== undefined)
    return {
      construct: 'constraints outside linear and quadratic programs',
      span: constraint.span,
    };
  return undefined;
}

const relations: { readonly [K in Relation['kind']]: string | undefined } = {
  equal: undefined,
  lessEqual: undefined,
  in: 'constraints of the form `e in D`',
  implies: '`implies`',
  complements: '`complements`',
  variational: '`normal_cone`',
  robust: 'robust constraints',
  chance: 'chance constraints',
};
