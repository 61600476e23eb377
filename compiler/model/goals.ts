// Goals of a level: what is optimised, by whom, and whether the goal depends on what it decides.
import type { FindMember, GoalMember, Owned } from '../../grammar/ast.ts';
import { quote } from '../../grammar/quote.ts';
import { quantify, type Quantified } from './bindings.ts';
import { complain, unknownNode, type Context } from './context.ts';
import { variablesIn } from './dependencies.ts';
import { expression } from './expression.ts';
import { indexed } from './indexing.ts';
import { needNumbers, needScalar } from './kinds.ts';
import type { Frame } from './level.ts';
import { ownVariable, shareOut, type GoalClaim } from './owners.ts';
import { isUnknown } from './type-of.ts';
import type { IndexedNode, TypedExpression, TypedGoal, VariableDecl } from './types.ts';

interface Read {
  readonly syntax: GoalMember | FindMember;
  readonly value: TypedExpression | undefined;
  readonly objectives: number;
  readonly claim: GoalClaim;
  readonly player: TypedGoal['player'];
}

/** The goals of a level with what they own. */
export function readGoals(frame: Frame): readonly TypedGoal[] {
  const reads: Read[] = [];
  for (const member of frame.members) {
    if (member.kind === 'Goal') reads.push(readGoal(frame, member));
    if (member.kind === 'Find') reads.push(readFind(frame, member));
  }
  if (frame.solves !== undefined) reads.push(readSolves(frame, frame.solves));
  checkMixture(frame, reads);
  const owned = shareOut(
    frame,
    reads.map((r) => r.claim),
  );
  checkDecides(frame, reads, owned);
  return reads.map((read, i): TypedGoal => ({
    sense: read.syntax.kind === 'Find' ? 'find' : read.syntax.sense,
    value: read.value,
    objectives: read.objectives,
    owns: owned[i],
    player: read.player,
    doc: read.syntax.doc?.text,
    span: read.syntax.span,
  }));
}

function readSolves(frame: Frame, solves: NonNullable<Frame['solves']>): Read {
  const { goal } = solves;
  const syntax: GoalMember = {
    kind: 'Goal',
    sense: goal.sense,
    value: goal.value,
    over: [],
    span: goal.span,
  };
  return readGoal(frame, syntax);
}

function readGoal(frame: Frame, syntax: GoalMember): Read {
  const { quantifier } = syntax;
  const inner: Quantified | undefined =
    quantifier === undefined
      ? undefined
      : quantify(frame.context, quantifier.bindings, quantifier.where, {
          draws: false,
          uncertain: false,
        });
  const context = inner?.context ?? frame.context;
  const { value, objectives } = objective(context, syntax);
  const over = syntax.over.length === 0 ? undefined : claims(frame, syntax.over);
  const player = inner === undefined ? undefined : playerOf(frame, context, inner, syntax);
  if (inner === undefined) forbidParts(frame, syntax.over);
  return { syntax, value, objectives, claim: { syntax, over }, player };
}

function readFind(frame: Frame, syntax: FindMember): Read {
  if (syntax.quantifier !== undefined) {
    complain(frame.context, 'M521', syntax.quantifier.span, {
      what: '`find` has no index; put forall into its constraints',
    });
  }
  forbidParts(frame, syntax.over);
  const over = syntax.over.length === 0 ? undefined : claims(frame, syntax.over);
  return { syntax, value: undefined, objectives: 1, claim: { syntax, over }, player: undefined };
}

const claims = (frame: Frame, over: readonly Owned[]): readonly VariableDecl[] =>
  over.flatMap((o) => ownVariable(frame, o) ?? []);

function forbidParts(frame: Frame, over: readonly Owned[]): void {
  for (const o of over) {
    if (o.index.length > 0) {
      const reason = 'a part of a variable belongs to one player of many';
      complain(
        frame.context,
        'M505',
        o.span,
        { name: quote(o.name.name), reason },
        {
          help: `write forall(i in …) before the goal, over ${o.name.name}[i]`,
        },
      );
    } else if (o.domain !== undefined) {
      const reason = 'its domain stands where it is declared';
      complain(frame.context, 'M505', o.domain.span, { name: quote(o.name.name), reason });
    }
  }
}

/** The expression of a goal: a scalar, or several in brackets. */
function objective(
  context: Context,
  syntax: GoalMember,
): { readonly value: TypedExpression | undefined; readonly objectives: number } {
  const many = syntax.value.kind === 'Tensor' ? syntax.value : undefined;
  if (many === undefined) {
    const value = numeric(context, expression(context, syntax.value));
    return { value: isUnknown(value.type) ? undefined : value, objectives: 1 };
  }
  const items = many.items.map((item) => numeric(context, expression(context, item)));
  if (items.length === 0 || items.some((i) => isUnknown(i.type))) {
    if (items.length === 0) complain(context, 'M413', many.span, { what: 'this goal' });
    return { value: undefined, objectives: Math.max(1, items.length) };
  }
  const value = expression(context, many);
  return { value, objectives: items.length };
}

function numeric(context: Context, e: TypedExpression): TypedExpression {
  const number = needNumbers(context, e, 'a goal');
  if (number.type.element === 'complex') {
    complain(context, 'M201', e.span, { what: 'a goal', found: 'complex numbers' });
    return unknownNode(e.span);
  }
  return needScalar(context, number, 'a goal');
}

/** The part of each owned variable that belongs to the player of an index. */
function playerOf(
  frame: Frame,
  context: Context,
  inner: Quantified,
  syntax: GoalMember,
): TypedGoal['player'] {
  if (syntax.over.length === 0) {
    complain(frame.context, 'M521', syntax.span, {
      what: 'a goal for each index says which part each decides: over q[i]',
    });
    return undefined;
  }
  const parts: { readonly variable: VariableDecl; readonly part: IndexedNode }[] = [];
  for (const o of syntax.over) {
    const variable = frame.variables.find((v) => v.name === o.name.name);
    if (variable === undefined) continue;
    if (o.index.length === 0) {
      const reason = 'each index needs a part of its own';
      complain(
        context,
        'M505',
        o.span,
        { name: quote(o.name.name), reason },
        { help: `write over ${o.name.name}[i]` },
      );
      continue;
    }
    const whole: TypedExpression = {
      kind: 'reference',
      to: variable,
      leading: 0,
      type: variable.type,
      span: o.name.span,
    };
    const part = indexed(context, whole, o.index, o.span);
    if (part.kind === 'indexed') parts.push({ variable, part });
  }
  const bindings = inner.bindings.filter((b) => b.kind === 'in');
  return inner.failed ? undefined : { quantifier: { bindings, where: inner.where }, parts };
}

function checkMixture(frame: Frame, reads: readonly Read[]): void {
  const find = reads.find((r) => r.syntax.kind === 'Find');
  const goal = reads.find((r) => r.syntax.kind === 'Goal');
  if (find !== undefined && goal !== undefined) {
    const [first, second] =
      find.syntax.span.start < goal.syntax.span.start ? [find, goal] : [goal, find];
    complain(
      frame.context,
      'M508',
      second.syntax.span,
      {},
      {
        related: [{ span: first.syntax.span, message: 'the other is here' }],
      },
    );
  }
  if (reads.length > 0) return;
  const what = frame.outer === undefined ? 'this problem' : 'this lower level';
  complain(frame.context, 'M501', frame.span, { what });
}

/** A goal for which no variable is left; where goals compete for variables that has been told. */
function checkDecides(
  frame: Frame,
  reads: readonly Read[],
  owned: readonly (readonly VariableDecl[])[],
): void {
  const open = reads.filter((r) => r.claim.over === undefined);
  const mixed = reads.some((r) => r.syntax.kind === 'Find') && reads.length > 1;
  if (open.length > 1 || mixed) return;
  // Over a lower level such a goal chooses among the lower solutions.
  const chooses = reads.length === 1 && frame.members.some(({ kind }) => kind === 'Lower');
  if (chooses && frame.variables.length === 0) return;
  for (const [i, read] of reads.entries()) {
    if (owned[i]?.length !== 0 || read.claim.over !== undefined) continue;
    const what = 'this goal decides nothing: no variable of its level is left for it';
    complain(frame.context, 'M521', read.syntax.span, { what });
  }
}

/** The variables on which each goal depends, through the solutions of lower levels. */
export function checkDependence(
  frame: Frame,
  goals: readonly TypedGoal[],
  below: (variable: VariableDecl) => ReadonlySet<VariableDecl>,
): void {
  for (const goal of goals) {
    if (goal.value === undefined || goal.sense === 'find') continue;
    if (goal.owns.length === 0) continue;
    const direct = variablesIn(frame.context.shared, goal.value);
    const reached = new Set(direct);
    for (const v of direct) for (const w of below(v)) reached.add(w);
    if (goal.owns.some((v) => reached.has(v))) continue;
    const names = goal.owns.map((v) => `\`${quote(v.name)}\``).join(', ');
    const related = goal.owns
      .slice(0, 3)
      .map((v) => ({ span: v.span, message: `\`${v.name}\` is declared here` }));
    complain(frame.context, 'M504', goal.value.span, { names }, { related });
  }
}
