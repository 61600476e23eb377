// `compare` and `solve`: runs, settings, sweeps, seeds, stop rules and claims, in the scope of their problem.
import type {
  CompareDecl,
  CompareItem,
  Entry,
  Expr,
  SeedsItem,
  SolveDecl,
  SweepItem,
} from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import { recordedBy } from './columns.ts';
import { complain, newContext, newShared, type Context, type Recorded } from './context.ts';
import { fitDeclared } from './declarations.ts';
import { variablesIn } from './dependencies.ts';
import { bookOf } from './elaborate-method.ts';
import { expression } from './expression.ts';
import { knownConstant } from './integers.ts';
import { needNumbers, needScalar, needScalarCondition } from './kinds.ts';
import { diagnose } from './messages.ts';
import { problemScope } from './problem-scope.ts';
import { knownEntry, newScope, type Scope } from './scope.ts';
import { intType, isUnknown, realType } from './type-of.ts';
import type {
  CompareModel,
  ProblemModel,
  SolveModel,
  SweepName,
  TypedExpression,
  TypedRun,
  TypedSetting,
  TypedSweep,
} from './types.ts';
import { readReductions, readUse, type Available } from './uses.ts';

export interface Around extends Available {
  readonly problems: readonly ProblemModel[];
  readonly add: (diagnostic: Diagnostic) => void;
}

function problemNamed(
  around: Around,
  name: { readonly name: string; readonly span: Span },
): ProblemModel | undefined {
  const problem = around.problems.find((p) => p.name === name.name);
  if (problem !== undefined) return problem;
  const guess = didYouMean(
    name.name,
    around.problems.map((p) => p.name),
  );
  const help = guess === undefined ? {} : { help: `did you mean \`${guess}\`?` };
  around.add(diagnose('M701', name.span, { name: quote(name.name) }, help));
  return undefined;
}

function contextFor(around: Around, problem: ProblemModel, scope: Scope): Context {
  const shared = newShared(around.add, bookOf(problem), { firstId: 2_000_000 });
  return newContext(shared, scope, 'problem');
}

type ItemOf<K extends CompareItem['kind']> = Extract<CompareItem, { readonly kind: K }>;

const isItem =
  <K extends CompareItem['kind']>(kind: K) =>
  (item: CompareItem): item is ItemOf<K> =>
    item.kind === kind;

export function readCompare(around: Around, syntax: CompareDecl): CompareModel | undefined {
  const problem = problemNamed(around, syntax.problem);
  if (problem === undefined) return undefined;
  const scope = newScope(problemScope(problem, new Map()));
  const context = contextFor(around, problem, scope);
  const sweeps = syntax.items
    .filter(isItem('Sweep'))
    .flatMap((s) => readSweep(context, problem, scope, s) ?? []);
  repeated(
    context,
    sweeps.map((s) => ({ name: `the sweep of \`${s.name}\``, span: s.span })),
  );
  const runs = syntax.items.filter(isItem('With')).map((item): TypedRun => ({
    label: item.label?.value ?? item.method.name.name,
    method: readUse(context, around, item.method),
    via: readReductions(context, around, problem, item.via),
    span: item.span,
  }));
  equalLabels(context, runs);
  if (runs.length === 0) complain(context, 'M713', syntax.problem.span, {});
  const on = syntax.items
    .filter(isItem('On'))
    .flatMap((item) => readSettings(context, problem, item.entries));
  const labels = runs.map((r) => r.label);
  const uses = runs.map((r) => r.method);
  const names = sweeps.map((s) => s.name);
  const stops = syntax.items.filter(isItem('StopWhen'));
  repeated(
    context,
    stops.map((s) => ({ name: '`stop when`', span: s.span })),
  );
  const seeds = syntax.items.filter(isItem('Seeds'));
  repeated(
    context,
    seeds.map((s) => ({ name: '`seeds`', span: s.span })),
  );
  const [stop] = stops;
  const [seed] = seeds;
  const condition =
    stop === undefined
      ? undefined
      : stopRule(context, recordedBy(problem, uses, undefined, names), stop.condition);
  const claims = syntax.items.filter(isItem('Claim')).flatMap((claim) => {
    const recorded = recordedBy(problem, uses, labels, names);
    const value = claimed(context, recorded, claim.condition, scope);
    return value === undefined
      ? []
      : [{ title: claim.title.value, condition: value, span: claim.span }];
  });
  warnUnusedSweeps(context, scope, sweeps);
  return {
    title: syntax.title?.value,
    problem,
    on,
    runs,
    sweeps,
    seeds: seed === undefined ? undefined : readSeeds(context, seed),
    stop: condition,
    claims,
    doc: syntax.doc?.text,
    span: syntax.span,
  };
}

function repeated(
  context: Context,
  items: readonly { readonly name: string; readonly span: Span }[],
): void {
  const seen = new Map<string, Span>();
  for (const { name, span } of items) {
    const first = seen.get(name);
    if (first !== undefined) {
      complain(
        context,
        'M712',
        span,
        { what: name },
        { related: [{ span: first, message: 'first here' }] },
      );
    } else seen.set(name, span);
  }
}

function equalLabels(context: Context, runs: readonly TypedRun[]): void {
  const seen = new Map<string, Span>();
  for (const { label, span } of runs) {
    const first = seen.get(label);
    if (first !== undefined) {
      complain(
        context,
        'M705',
        span,
        { label: quote(label) },
        { related: [{ span: first, message: 'the other is here' }] },
      );
    } else seen.set(label, span);
  }
}

/** `on { noise = 0.3 }`. */
function readSettings(
  context: Context,
  problem: ProblemModel,
  entries: readonly Entry[],
): readonly TypedSetting[] {
  repeated(
    context,
    entries.map((e) => ({ name: `\`${e.name.name}\``, span: e.span })),
  );
  return entries.flatMap((entry): readonly TypedSetting[] => {
    const { name, span } = entry.name;
    const given = expression(context, entry.value);
    const of = problem.inputs.find((i) => i.name === name);
    if (of === undefined) {
      const guess = didYouMean(
        name,
        problem.inputs.map((i) => i.name),
      );
      const help = guess === undefined ? {} : { help: `did you mean \`${guess}\`?` };
      complain(context, 'M706', span, { name: quote(name), problem: quote(problem.name) }, help);
      return [];
    }
    const value = fitDeclared(context, given, of.type, `\`${quote(name)}\``, {
      fill: false,
      declared: of.span,
    });
    return isUnknown(value.type) ? [] : [{ of, value, span: entry.span }];
  });
}

function readSweep(
  context: Context,
  problem: ProblemModel,
  scope: Scope,
  item: SweepItem,
): TypedSweep | undefined {
  const { name, span } = item.name;
  const values = listed(
    context,
    item.values,
    'a sweep runs over a list of numbers: sweep name in {1, 10, 100}',
  );
  if (values === undefined) return undefined;
  const param = problem.params.find((p) => p.name === name);
  if (param !== undefined) {
    const pin = problem.pinned.find((p) => p.symbol === param.key);
    if (pin !== undefined) {
      const related = [{ span: pin.span, message: `${name} is ${pin.value} here` }];
      complain(context, 'M515', span, { symbol: name, value: pin.value }, { related });
    }
    const fitted = values.map((v) =>
      fitDeclared(context, v, param.type, `\`${quote(name)}\``, {
        fill: false,
        declared: param.span,
      }),
    );
    return fitted.some((v) => isUnknown(v.type))
      ? undefined
      : { name, of: param, values: fitted, span: item.span };
  }
  const taken = problem.scope.values.get(name);
  if (taken !== undefined) {
    complain(
      context,
      'M706',
      span,
      { name: quote(name), problem: quote(problem.name) },
      {
        related: [{ span: taken.span, message: 'it is declared here' }],
      },
    );
    return undefined;
  }
  const whole = values.every((v) => v.type.element === 'int');
  const of: SweepName = { kind: 'sweep', name, key: name, type: whole ? intType : realType, span };
  scope.entries.set(
    name,
    knownEntry(name, 'swept name', span, { kind: 'declaration', declaration: of, leading: [] }),
  );
  return { name, of, values, span: item.span };
}

const longest = 10_000;

/** A list of scalars: `{1, 2}`, `[1, 2]` or `1..5`. Undefined after a message. */
function listed(context: Context, e: Expr, what: string): readonly TypedExpression[] | undefined {
  if (e.kind === 'SetLiteral' || e.kind === 'Tensor') {
    const items = e.items.map((item) =>
      needScalar(
        context,
        needNumbers(context, expression(context, item), 'a value of a list'),
        'a value of a list',
      ),
    );
    if (items.some((i) => isUnknown(i.type))) return undefined;
    if (items.length > 0) return items;
  }
  if (e.kind === 'Range') {
    const from = constantOf(context, e.from);
    const to = constantOf(context, e.to);
    const count = from === undefined || to === undefined ? -1 : to - from + 1;
    if (
      from !== undefined &&
      Number.isInteger(count) &&
      Number.isInteger(from) &&
      count >= 1 &&
      count <= longest
    ) {
      return Array.from({ length: count }, (_, i): TypedExpression => ({
        kind: 'number',
        value: from + i,
        type: intType,
        span: e.span,
      }));
    }
  }
  if (e.kind !== 'Bad') complain(context, 'M707', e.span, { what });
  return undefined;
}

function constantOf(context: Context, e: Expr): number | undefined {
  const value = expression(context, e);
  return knownConstant(context.shared, value, true);
}

function readSeeds(context: Context, item: SeedsItem): readonly number[] | undefined {
  const what = 'seeds are whole numbers: seeds 1..5';
  if (item.values.kind === 'Number' && Number.isInteger(item.values.value))
    return [item.values.value];
  const values = listed(context, item.values, what);
  if (values === undefined) return undefined;
  const numbers = values.map((v) => knownConstant(context.shared, v, true));
  const whole = numbers
    .filter((n) => n !== undefined)
    .filter((n) => Number.isSafeInteger(n) && n >= 0);
  if (whole.length === numbers.length && new Set(whole).size === whole.length) return whole;
  complain(context, 'M707', item.values.span, { what });
  return undefined;
}

function stopRule(context: Context, recorded: Recorded, e: Expr): TypedExpression | undefined {
  const stop: Context = { ...context, place: 'stop', recorded };
  const condition = needScalarCondition(stop, expression(stop, e), '`stop when`');
  return isUnknown(condition.type) || usesVariable(context, condition, '`stop when`')
    ? undefined
    : condition;
}

function claimed(
  context: Context,
  recorded: Recorded,
  e: Expr,
  scope: Scope,
): TypedExpression | undefined {
  const claim: Context = { ...context, scope, place: 'claim', recorded };
  const condition = needScalarCondition(claim, expression(claim, e), 'a claim');
  return isUnknown(condition.type) || usesVariable(context, condition, 'a claim')
    ? undefined
    : condition;
}

function usesVariable(context: Context, e: TypedExpression, what: string): boolean {
  const [variable] = variablesIn(context.shared, e);
  if (variable === undefined) return false;
  complain(
    context,
    'M507',
    e.span,
    { what, name: quote(variable.name) },
    {
      related: [{ span: variable.span, message: `\`${variable.name}\` is a variable` }],
      help: 'make a metric of it: metrics are recorded by name',
    },
  );
  return true;
}

function warnUnusedSweeps(context: Context, scope: Scope, sweeps: readonly TypedSweep[]): void {
  for (const sweep of sweeps) {
    if (sweep.of.kind === 'param' || scope.entries.get(sweep.name)?.used === true) continue;
    complain(context, 'M711', sweep.of.span, { name: quote(sweep.name) });
  }
}

export function readSolve(around: Around, syntax: SolveDecl): SolveModel | undefined {
  const problem = problemNamed(around, syntax.problem);
  if (problem === undefined) return undefined;
  const context = contextFor(around, problem, problemScope(problem, new Map()));
  const method = syntax.method === undefined ? undefined : readUse(context, around, syntax.method);
  const via = readReductions(context, around, problem, syntax.via);
  const recorded = recordedBy(problem, [method], undefined, []);
  const stop = syntax.stop === undefined ? undefined : stopRule(context, recorded, syntax.stop);
  return { problem, method, via, stop, span: syntax.span };
}
