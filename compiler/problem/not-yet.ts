// Constructs that are understood but cannot be run yet, in words. Takes a construct out of this list when it can.
import type { Span } from '../../grammar/span.ts';
import type { ConstraintForm, ProblemFacts } from './analyse.ts';
import { boundsOfConstraints } from './bounds-of-constraints.ts';
import { classify } from './classify.ts';
import type { Constraint, Level, Problem, Relation } from './problem.ts';

export interface Construct {
  readonly construct: string;
  readonly span: Span;
}

/** What of a problem no method takes, the construct that says most of it first. Linear constraints and whole variables are taken where all else is linear. */
export function constructsNotYet(facts: ProblemFacts): readonly Construct[] {
  const problem = boundsOfConstraints(facts.graph, facts.problem);
  const beyond = constructsBeyond(problem);
  return beyond.length === 0 && isLinearProgram(facts) ? [] : constructsLeft(problem);
}

/** The same of a problem that no method matches: then it has no linear program. */
export const constructsLeft = (problem: Problem): readonly Construct[] => [
  ...constructsBeyond(problem),
  ...outsideLinear(problem.level),
];

const linear: readonly ConstraintForm[] = [
  'linear equality',
  'linear inequality',
  'constraint on given quantities',
];

const isLinearProgram = (facts: ProblemFacts): boolean =>
  facts.level.constraints.every(({ form }) => linear.includes(form)) &&
  /^a (mixed-integer )?linear program$|^a convex quadratic program$/.test(classify(facts).name);

/** What stands beyond one level, one goal and plain constraints. */
function constructsBeyond({ level }: Problem): readonly Construct[] {
  const [goal, second] = level.goals;
  const found: Construct[] = [...level.lower.flatMap(insideLower)];
  const [constraint] = level.constraints.filter(({ relation }) => relation.kind !== 'variational');
  const isGame = goal?.player !== undefined || second !== undefined;
  const isVariational = level.constraints.some(({ relation }) => relation.kind === 'variational');
  if (constraint !== undefined && isGame)
    found.push({ construct: 'constraints in games', span: constraint.span });
  else if (constraint !== undefined && isVariational)
    found.push({ construct: 'constraints beside `normal_cone`', span: constraint.span });
  else if (constraint !== undefined && goal !== undefined && goal.objectives > 1)
    found.push({
      construct: 'constraints beside several objectives (but `via scalarize([…])` makes them one)',
      span: constraint.span,
    });
  found.push(...rareConstraints(level.constraints));
  if (goal?.sense === 'find' && found.length === 0 && !isVariational)
    found.push({ construct: '`find`', span: goal.span });
  return found;
}

/** What stands inside a lower level, or one below it. */
const insideLower = ({ constraints, variables, lower }: Level): readonly Construct[] => {
  const constraint = constraints.find(({ relation }) => relation.kind !== 'variational');
  const whole = variables.find(({ element }) => element !== 'real');
  return [
    ...(constraint === undefined
      ? []
      : [{ construct: 'constraints inside a lower level', span: constraint.span }]),
    ...(whole === undefined
      ? []
      : [{ construct: 'whole variables inside a lower level', span: whole.span }]),
    ...lower.flatMap(insideLower),
  ];
};

function rareConstraints(constraints: readonly Constraint[]): readonly Construct[] {
  return Object.entries(relations).flatMap(([kind, construct]) => {
    const first = constraints.find(({ relation }) => relation.kind === kind);
    return construct === undefined || first === undefined ? [] : [{ construct, span: first.span }];
  });
}

/** Rarest first. */
const relations: { readonly [K in Relation['kind']]: string | undefined } = {
  chance: 'chance constraints',
  robust: 'robust constraints',
  variational: undefined,
  complements: '`complements`',
  implies: '`implies`',
  in: 'constraints of the form `e in D`',
  equal: undefined,
  lessEqual: undefined,
};

function outsideLinear({ variables, constraints }: Level): readonly Construct[] {
  const whole = variables.find(({ element }) => element !== 'real');
  const plain = constraints.find(
    ({ relation: { kind } }) => kind === 'equal' || kind === 'lessEqual',
  );
  return [
    ...(whole === undefined
      ? []
      : [{ construct: 'whole variables outside linear programs', span: whole.span }]),
    ...(plain === undefined
      ? []
      : [{ construct: 'constraints outside linear and quadratic programs', span: plain.span }]),
  ];
}
