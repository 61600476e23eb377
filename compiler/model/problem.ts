// A problem: its levels, read in an order in which each member uses only those before it; then goals, constraints, metrics, answers.
import type { Entry as EntrySyntax, ProblemDecl } from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { quote } from '../../grammar/quote.ts';
import { readConstraints } from './constraints.ts';
import { complain, newContext, newShared, type Context, type Shared } from './context.ts';
import { fitDeclared } from './declarations.ts';
import { variablesIn } from './dependencies.ts';
import { collector } from './diagnostics.ts';
import { expression } from './expression.ts';
import { buildFrame, declareSizes, type Gathered } from './frames.ts';
import { checkFunctions } from './functions.ts';
import { checkDependence, readGoals } from './goals.ts';
import { needNumbers, needScalar } from './kinds.ts';
import type { Declaring, Frame } from './level.ts';
import { meaningOf } from './names.ts';
import type { Entry, Scope } from './scope.ts';
import { SizeBook } from './sizes.ts';
import { sizeDecls } from './size-decls.ts';
import { namesIn, numberSites } from './syntax.ts';
import { isUnknown } from './type-of.ts';
import type {
  Declaration,
  IndexSet,
  MetricDecl,
  PinnedSize,
  ProblemModel,
  TypedConstraint,
  TypedExpression,
  TypedGoal,
  TypedKnown,
  TypedLevel,
  VariableDecl,
} from './types.ts';
import { constantValue, type Dim } from '../tensor/dim.ts';

/** What a header says of data (its shape after the choice of rows and columns) or of a set (its labels). */
export interface DataHeader {
  readonly shape: readonly number[];
  readonly labels?: readonly string[];
}

export interface ProblemOptions {
  /** By `problem.name`. */
  readonly headers: ReadonlyMap<string, DataHeader>;
  /** Values of scalar params given from outside, by name. */
  readonly settings: ReadonlyMap<string, number>;
  /** Names that comparisons and solves use in arguments. */
  readonly uses: ReadonlySet<string>;
}

/** The typed problem. It is read again with numbers in place of sizes that turned out to have one value. */
export function elaborateProblem(
  syntax: ProblemDecl,
  scope: Scope,
  options: ProblemOptions,
  add: (diagnostic: Diagnostic) => void,
): ProblemModel {
  const sites = numberSites([syntax]);
  const fixed = new Map<string, number>();
  const pinned: PinnedSize[] = [];
  for (let round = 0; ; round++) {
    const own = collector();
    const book = new SizeBook(fixed);
    const shared = newShared(own.add, book, { settings: options.settings, sites });
    const model = readOnce(syntax, scope, options, shared, pinned);
    const news = [...book.pins.values()].filter((p) => !fixed.has(p.symbol));
    if (news.length === 0 || round > 20) {
      for (const diagnostic of own.all()) add(diagnostic);
      return model;
    }
    for (const pin of news) fixed.set(pin.symbol, pin.value);
    pinned.push(...news);
  }
}

function readOnce(
  syntax: ProblemDecl,
  scope: Scope,
  options: ProblemOptions,
  shared: Shared,
  pinned: readonly PinnedSize[],
): ProblemModel {
  const gathered: Gathered = {
    frames: [],
    sets: [],
    inputs: [],
    computed: new Map(),
    header: (name) => options.headers.get(`${syntax.name.name}.${name}`),
    keys: new Set(),
  };
  const context = newContext(shared, scope, 'problem');
  const root = buildFrame(gathered, context, undefined, {
    name: undefined,
    members: syntax.members,
    choice: 'optimistic',
    family: undefined,
    doc: syntax.doc?.text,
    span: syntax.name.span,
    solves: undefined,
  });
  declareSizes(gathered, root);
  checkFunctions(
    gathered.frames.flatMap((f) => [...f.scope.functions.values()]),
    shared,
  );
  resolveInOrder(gathered);
  for (const frame of gathered.frames) sortByPlace(frame);
  const levels = readLevels(gathered, shared);
  const metrics = readMetrics(gathered);
  const known = readKnown(root, metrics);
  checkUnused(gathered, options.uses);
  checkHeaders(gathered, context);
  const params = gathered.inputs.flatMap((i) => (i.kind === 'param' ? [i] : []));
  const data = gathered.inputs.flatMap((i) => (i.kind === 'data' ? [i] : []));
  return {
    kind: 'problem',
    name: syntax.name.name,
    doc: syntax.doc?.text,
    sizes: sizeDecls(gathered, shared, pinned),
    pinned,
    sets: gathered.sets,
    params,
    data,
    inputs: gathered.inputs,
    level: typedLevel(root, levels, shared),
    metrics,
    known,
    scope: scopeOf(root, scope),
    span: syntax.span,
  };
}

/** Finds the meaning of every member, those first that others name: a chain of forward references costs no recursion. */
function resolveInOrder(gathered: Gathered): void {
  const places = new Map<Entry, { readonly frame: Frame; readonly syntax: Declaring }>();
  const byName = new Map<string, Entry[]>();
  for (const frame of gathered.frames)
    for (const { entry, syntax } of frame.declared) {
      places.set(entry, { frame, syntax });
      const alike = byName.get(entry.name);
      if (alike === undefined) byName.set(entry.name, [entry]);
      else alike.push(entry);
    }
  /** The members that a piece of syntax names, by name. */
  type Uses = readonly (readonly Entry[])[];
  const uses = new Map<Declaring, Uses>();
  const usesOf = (syntax: Declaring): Uses => {
    const known = uses.get(syntax);
    if (known !== undefined) return known;
    const found: (readonly Entry[])[] = [];
    for (const name of namesIn(syntax)) {
      const alike = byName.get(name);
      if (alike !== undefined) found.push(alike);
    }
    uses.set(syntax, found);
    return found;
  };
  const begun = new Set<Entry>();
  const stack: { readonly entry: Entry; readonly uses: Uses; done: number }[] = [];
  const push = (entry: Entry): void => {
    const place = places.get(entry);
    if (place === undefined || begun.has(entry)) return;
    begun.add(entry);
    stack.push({ entry, uses: usesOf(place.syntax), done: 0 });
  };
  for (const start of places.keys()) {
    push(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.uses[top.done++];
      if (next !== undefined) {
        for (const used of next) push(used);
        continue;
      }
      stack.pop();
      settle(places.get(top.entry)?.frame, top.entry);
    }
  }
}

/** Asks for the meaning without counting that as a use. */
function settle(frame: Frame | undefined, entry: Entry): void {
  if (frame === undefined) return;
  const { used } = entry;
  meaningOf(frame.context, entry);
  entry.used = used;
}

/** Variables and lets in order of declaration, whoever asked first. */
function sortByPlace(frame: Frame): void {
  frame.variables.sort((a, b) => a.span.start - b.span.start);
}

interface ReadLevel {
  readonly goals: readonly TypedGoal[];
  readonly constraints: readonly TypedConstraint[];
}

function readLevels(gathered: Gathered, shared: Shared): ReadonlyMap<Frame, ReadLevel> {
  const levels = new Map<Frame, ReadLevel>();
  for (const frame of gathered.frames) {
    const goals = readGoals(frame);
    const find = goals.find((g) => g.sense === 'find');
    const constraints = frame.members.flatMap((m) => {
      if (m.kind === 'Subject') return readConstraints(frame, m.constraints, find?.owns);
      if (m.kind === 'Find') return readConstraints(frame, m.constraints ?? [], find?.owns);
      return [];
    });
    nameConstraints(frame, constraints, shared);
    levels.set(frame, { goals, constraints });
  }
  const below = dependenceBelow(gathered, levels, shared);
  for (const [frame, { goals }] of levels) checkDependence(frame, goals, below);
  return levels;
}

function nameConstraints(
  frame: Frame,
  constraints: readonly TypedConstraint[],
  shared: Shared,
): void {
  const seen = new Map<string, TypedConstraint>();
  for (const c of constraints) {
    if (c.name === undefined) continue;
    const first = seen.get(c.name);
    if (first !== undefined) {
      complain(
        frame.context,
        'M002',
        c.span,
        { name: quote(c.name) },
        {
          related: [{ span: first.span, message: 'first here' }],
        },
      );
    }
    seen.set(c.name, c);
    if (!shared.constraints.has(c.name)) shared.constraints.set(c.name, () => c);
  }
}

/** For a variable of a lower level: the variables that its solution depends on. */
function dependenceBelow(
  gathered: Gathered,
  levels: ReadonlyMap<Frame, ReadLevel>,
  shared: Shared,
): (variable: VariableDecl) => ReadonlySet<VariableDecl> {
  const home = new Map<VariableDecl, Frame>();
  for (const frame of gathered.frames) for (const v of frame.variables) home.set(v, frame);
  const memo = new Map<Frame, ReadonlySet<VariableDecl>>();
  const ofFrame = (frame: Frame): ReadonlySet<VariableDecl> => {
    const known = memo.get(frame);
    if (known !== undefined) return known;
    const found = new Set<VariableDecl>();
    const waiting = [frame];
    const seen = new Set<Frame>();
    for (let f = waiting.pop(); f !== undefined; f = waiting.pop()) {
      if (seen.has(f)) continue;
      seen.add(f);
      for (const e of expressionsOf(f, levels.get(f))) {
        for (const v of variablesIn(shared, e)) {
          found.add(v);
          const at = home.get(v);
          if (at !== undefined && at.outer !== undefined) waiting.push(at);
        }
      }
    }
    memo.set(frame, found);
    return found;
  };
  const none: ReadonlySet<VariableDecl> = new Set();
  return (variable) => {
    const frame = home.get(variable);
    return frame?.outer === undefined ? none : ofFrame(frame);
  };
}

/** All expressions that decide the solution of a level. */
function expressionsOf(frame: Frame, level: ReadLevel | undefined): readonly TypedExpression[] {
  const list: TypedExpression[] = [];
  for (const goal of level?.goals ?? []) if (goal.value !== undefined) list.push(goal.value);
  for (const c of level?.constraints ?? []) list.push(...constraintExpressions(c));
  for (const v of frame.variables) {
    for (const part of [v.lower?.value, v.upper?.value]) if (part !== undefined) list.push(part);
    if (v.domain?.kind === 'domain') list.push(...v.domain.args);
  }
  return list;
}

export function constraintExpressions(c: TypedConstraint): readonly TypedExpression[] {
  const list: TypedExpression[] = [];
  const waiting = [...c.relations];
  for (let r = waiting.pop(); r !== undefined; r = waiting.pop()) {
    switch (r.kind) {
      case 'equal':
      case 'lessEqual':
      case 'complements':
        list.push(r.left, r.right);
        break;
      case 'in':
        list.push(r.value, ...(r.domain.kind === 'domain' ? r.domain.args : []));
        break;
      case 'condition':
        list.push(r.condition);
        break;
      case 'implies':
        list.push(r.premise);
        waiting.push(...r.conclusion);
        break;
      case 'variational':
        list.push(r.operator);
        break;
      case 'chance':
        list.push(
          r.probability,
          ...r.bindings.flatMap((b) => (b.kind === 'draw' ? b.distribution.args : [])),
        );
        waiting.push(...r.event);
        break;
    }
  }
  return list;
}

function typedLevel(
  frame: Frame,
  levels: ReadonlyMap<Frame, ReadLevel>,
  shared: Shared,
): TypedLevel {
  const level = levels.get(frame);
  const family = frame.family?.find();
  return {
    name: frame.name,
    choice: frame.choice,
    family: family === undefined ? undefined : { quantifier: family.quantifier, axes: family.axes },
    variables: frame.variables,
    lets: frame.lets,
    goals: level?.goals ?? [],
    constraints: level?.constraints ?? [],
    lower: solutionOrder(frame, levels, shared).map((f) => typedLevel(f, levels, shared)),
    doc: frame.doc,
    span: frame.span,
  };
}

/** Lower levels such that each comes after those whose variables it uses. */
function solutionOrder(
  frame: Frame,
  levels: ReadonlyMap<Frame, ReadLevel>,
  shared: Shared,
): readonly Frame[] {
  const inside = (f: Frame): readonly Frame[] => [f, ...f.lower.flatMap(inside)];
  const home = new Map<VariableDecl, Frame>();
  for (const child of frame.lower) {
    for (const f of inside(child)) for (const v of f.variables) home.set(v, child);
  }
  const uses = (child: Frame): ReadonlySet<Frame> => {
    const found = new Set<Frame>();
    for (const f of inside(child)) {
      for (const e of expressionsOf(f, levels.get(f))) {
        for (const v of variablesIn(shared, e)) {
          const at = home.get(v);
          if (at !== undefined && at !== child) found.add(at);
        }
      }
    }
    return found;
  };
  const needs = new Map(frame.lower.map((f) => [f, uses(f)]));
  const order: Frame[] = [];
  let rest = [...frame.lower];
  while (rest.length > 0) {
    const ready = rest.filter((f) => [...(needs.get(f) ?? [])].every((g) => order.includes(g)));
    if (ready.length === 0) {
      const [first, ...others] = rest;
      const path = rest.map((f) => f.name ?? 'lower').join(', ');
      complain(
        frame.context,
        'M517',
        first.span,
        { path },
        {
          related: others.slice(0, 2).map((f) => ({ span: f.span, message: 'the other is here' })),
        },
      );
      return [...order, ...rest];
    }
    order.push(...ready);
    rest = rest.filter((f) => !ready.includes(f));
  }
  return order;
}

/** Two columns: points in the plane, which reports draw. */
const isCloud = ({ shape }: MetricDecl['type']): boolean =>
  shape.length === 2 && constantValue(shape[1].size) === 2;

function readMetrics(gathered: Gathered): readonly MetricDecl[] {
  const metrics: MetricDecl[] = [];
  const seen = new Map<string, MetricDecl>();
  for (const frame of gathered.frames) {
    for (const member of frame.members) {
      if (member.kind !== 'Metric') continue;
      const { name, span } = member.name;
      const given = expression(frame.context, member.value);
      const value = isCloud(given.type)
        ? given
        : needScalar(frame.context, given, `the metric \`${quote(name)}\``);
      if (frame.family !== undefined) {
        complain(frame.context, 'M518', member.span, {
          what: 'a metric',
          reason: 'write it outside, over all members',
        });
      }
      const metric: MetricDecl = {
        kind: 'metric',
        name,
        key: name,
        type: value.type,
        value,
        doc: member.doc?.text,
        span,
      };
      const first = seen.get(name);
      if (first !== undefined) {
        complain(
          frame.context,
          'M002',
          span,
          { name: quote(name) },
          { related: [{ span: first.span, message: 'first here' }] },
        );
      }
      seen.set(name, metric);
      metrics.push(metric);
    }
  }
  return metrics;
}

function readKnown(root: Frame, metrics: readonly MetricDecl[]): readonly TypedKnown[] {
  return root.members.flatMap((member): readonly TypedKnown[] => {
    if (member.kind !== 'Known') return [];
    const seen = new Map<string, EntrySyntax>();
    const entries = member.entries.flatMap((entry) => {
      const { name, span } = entry.name;
      const first = seen.get(name);
      if (first !== undefined) {
        complain(
          root.context,
          'M002',
          span,
          { name: quote(name) },
          { related: [{ span: first.span, message: 'first here' }] },
        );
      }
      seen.set(name, entry);
      return knownValue(root, metrics, entry) ?? [];
    });
    return [{ entries, span: member.span }];
  });
}

function knownValue(
  root: Frame,
  metrics: readonly MetricDecl[],
  entry: EntrySyntax,
): TypedKnown['entries'][number] | undefined {
  const { context } = root;
  const { name, span } = entry.name;
  const value = needNumbers(context, expression(context, entry.value), 'a known answer');
  const of = metrics.find((m) => m.name === name) ?? knownVariable(root, name);
  if (of === undefined && name !== 'value') {
    const candidates = [
      'value',
      ...metrics.map((m) => m.name),
      ...root.variables.map((v) => v.name),
    ];
    const guess = didYouMean(name, candidates);
    complain(
      context,
      'M513',
      span,
      { name: quote(name) },
      guess === undefined ? {} : { help: `did you mean \`${guess}\`?` },
    );
    return undefined;
  }
  if (isUnknown(value.type)) return undefined;
  if (of === undefined) {
    const objectives = root.members.some((m) => m.kind === 'Goal' && m.value.kind === 'Tensor');
    const number = objectives ? value : needScalar(context, value, 'the known value');
    return isUnknown(number.type)
      ? undefined
      : { name, of: undefined, value: number, span: entry.span };
  }
  const fitted = fitDeclared(context, value, of.type, `the known \`${quote(name)}\``, {
    fill: false,
    declared: of.span,
    anyKind: true,
  });
  if (isUnknown(fitted.type)) return undefined;
  const target = of.kind === 'metric' ? of : of.declaration;
  return { name, of: target, value: fitted, span: entry.span };
}

/** A variable as the outermost level sees it. */
function knownVariable(
  root: Frame,
  name: string,
):
  | {
      readonly kind: 'seen';
      readonly declaration: VariableDecl;
      readonly type: VariableDecl['type'];
      readonly span: VariableDecl['span'];
    }
  | undefined {
  const entry = root.scope.entries.get(name);
  if (entry === undefined) return undefined;
  const { used } = entry;
  const meaning = meaningOf(root.context, entry);
  entry.used = used;
  if (meaning.kind !== 'declaration' || meaning.declaration.kind !== 'variable') return undefined;
  const { declaration, leading } = meaning;
  const type = { ...declaration.type, shape: [...leading, ...declaration.type.shape] };
  return { kind: 'seen', declaration, type, span: declaration.span };
}

function checkUnused(gathered: Gathered, uses: ReadonlySet<string>): void {
  for (const frame of gathered.frames) {
    const seenOutside = (name: string): boolean => {
      for (let f = frame.outer; f !== undefined; f = f.outer) {
        if (f.scope.entries.get(name)?.used === true) return true;
      }
      return false;
    };
    for (const { entry, syntax } of frame.declared) {
      if (
        entry.used ||
        uses.has(entry.name) ||
        seenOutside(entry.name) ||
        entry.meaning?.kind === 'bad'
      )
        continue;
      if (syntax.kind === 'Let' && partlyUsed(frame, syntax)) continue;
      complain(frame.context, 'M004', entry.span, { what: entry.what, name: quote(entry.name) });
    }
    for (const entry of frame.scope.functions.values()) {
      const { name } = entry.declaration;
      if (!entry.used)
        complain(frame.context, 'M004', name.span, { what: 'function', name: quote(name.name) });
    }
  }
}

/** Of `let (w, V) = …` one name may go unused. */
function partlyUsed(frame: Frame, syntax: Extract<Declaring, { readonly kind: 'Let' }>): boolean {
  return syntax.target.names.some((n) => frame.scope.entries.get(n.name)?.used === true);
}

const oneColumn = 'one named or numbered column is a vector: `columns = "name"` or `columns = 1`';

/** Headers beside the declared sizes. */
function checkHeaders(gathered: Gathered, context: Context): void {
  for (const decl of gathered.inputs) {
    if (decl.kind !== 'data' || decl.value.kind === 'expression' || decl.value.kind === 'draw')
      continue;
    const header = gathered.header(decl.name);
    if (header === undefined || isUnknown(decl.type)) continue;
    const found = `[${header.shape.join(', ')}]`;
    const axes = decl.type.shape.length;
    if (header.shape.length !== axes) {
      const help = axes === 1 ? oneColumn : undefined;
      complain(
        context,
        'M121',
        decl.span,
        {
          what: `the data \`${quote(decl.name)}\``,
          found: `its file holds ${found}`,
          wanted: `it is declared with ${axes === 1 ? 'one axis' : `${axes} axes`}`,
        },
        help === undefined ? {} : { help },
      );
      continue;
    }
    decl.type.shape.forEach((axis, i) => {
      const value = context.shared.sizes.value(axis.size);
      if (value === undefined || value === header.shape[i]) return;
      complain(
        context,
        'M121',
        decl.span,
        {
          what: `the data \`${quote(decl.name)}\``,
          found: `its file holds ${found}`,
          wanted: `axis ${i + 1} should have ${axis.size.key === String(value) ? value : `${axis.size.key} = ${value}`}`,
        },
        {
          related: context.shared.sizes
            .explain([axis.size])
            .filter((r) => r.span.start !== decl.span.start),
        },
      );
    });
  }
}

/** Names of the problem, for expressions that are read later in its scope. */
function scopeOf(root: Frame, outer: Scope): ProblemModel['scope'] {
  const values = new Map<string, Declaration | IndexSet>();
  const dims = new Map<string, Dim>();
  for (const [name, { meaning }] of root.scope.entries) {
    if (meaning?.kind === 'declaration') values.set(name, meaning.declaration);
    if (meaning?.kind === 'set') values.set(name, meaning.set);
    if (meaning?.kind === 'size') dims.set(name, meaning.dim);
  }
  const functions = new Map(
    [...outer.functions, ...root.scope.functions].map(([n, f]) => [n, f.declaration]),
  );
  return { values, dims, functions };
}
