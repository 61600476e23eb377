// Which goal owns which variables, and whether that makes sense.
import type { FindMember, GoalMember, Owned } from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import { complain } from './context.ts';
import type { Frame } from './level.ts';
import { meaningOf } from './names.ts';
import { lookUp } from './scope.ts';
import { withArticle } from './type-of.ts';
import type { VariableDecl } from './types.ts';

/** The variable of this level that stands after `over` or `find`. Undefined after a message. */
export function ownVariable(frame: Frame, owned: Owned): VariableDecl | undefined {
  const { context } = frame;
  const { name, span } = owned.name;
  const refuse = (reason: string, help?: string): undefined => {
    complain(
      context,
      'M505',
      span,
      { name: quote(name), reason },
      help === undefined ? {} : { help },
    );
    return undefined;
  };
  const entry = lookUp(frame.scope, name);
  const own = frame.variables.find((v) => v.name === name);
  if (entry === undefined) {
    const guess = didYouMean(
      name,
      frame.variables.map((v) => v.name),
    );
    return refuse(
      'it is not declared',
      guess === undefined ? undefined : `did you mean \`${guess}\`?`,
    );
  }
  const meaning = meaningOf(context, entry);
  if (meaning.kind === 'bad') return undefined;
  if (own !== undefined && meaning.kind === 'declaration' && meaning.declaration === own)
    return own;
  if (meaning.kind === 'declaration' && meaning.declaration.kind === 'variable') {
    return refuse(
      'it is a variable of another level',
      'a goal decides variables of its own level only',
    );
  }
  return refuse(`it is ${withArticle(entry.what)}, not a variable`);
}

interface Goal {
  readonly syntax: GoalMember | FindMember;
  /** After `over` or `find`; undefined where nothing is said. */
  readonly over: readonly VariableDecl[] | undefined;
}

/** The variables that each goal of a level owns, in order of declaration. */
export function shareOut(
  frame: Frame,
  goals: readonly Goal[],
): readonly (readonly VariableDecl[])[] {
  const { context, variables } = frame;
  const owner = new Map<VariableDecl, Goal>();
  for (const goal of goals) {
    for (const variable of goal.over ?? []) {
      const first = owner.get(variable);
      if (first === undefined) owner.set(variable, goal);
      else if (first !== goal) tellTwo(frame, variable, first, goal);
    }
  }
  const open = goals.filter((g) => g.over === undefined);
  const [heir, second] = open;
  if (second !== undefined && heir !== undefined) {
    const related = [{ span: goalSpan(heir), message: 'the other is here' }];
    complain(context, 'M506', goalSpan(second), {}, { related });
  }
  const claimed = goals.some((g) => g.over !== undefined && g.over.length === 0);
  for (const variable of variables) {
    if (owner.has(variable)) continue;
    if (heir !== undefined) owner.set(variable, heir);
    else if (goals.length > 0 && !claimed) {
      complain(context, 'M503', variable.span, { name: quote(variable.name) });
    }
  }
  return goals.map((goal) => variables.filter((v) => owner.get(v) === goal));
}

function tellTwo(frame: Frame, variable: VariableDecl, first: Goal, second: Goal): void {
  const place = (g: Goal): Span =>
    g.syntax.over.find((o) => o.name.name === variable.name)?.span ?? g.syntax.span;
  complain(
    frame.context,
    'M502',
    place(second),
    { name: quote(variable.name) },
    {
      related: [{ span: place(first), message: 'the first is here' }],
    },
  );
}

/** The head of a goal, which is what messages underline. */
export const goalSpan = (goal: Goal): Span => goal.syntax.span;

export type { Goal as GoalClaim };
