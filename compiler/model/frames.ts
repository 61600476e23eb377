// The levels of a problem as scopes: every member an entry whose meaning is found when it is first asked for.
import type {
  DataMember,
  Expr,
  LetMember,
  LowerMember,
  Member,
  Name,
  Quantifier,
  SetMember,
  VarMember,
} from '../../grammar/ast.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import { quantify } from './bindings.ts';
import { complain, within, type Context } from './context.ts';
import { forbidVariables, makeData, makeLets, makeParam, makeVariable } from './declarations.ts';
import { variablesIn } from './dependencies.ts';
import { expression } from './expression.ts';
import type { Declaring, Family, FoundFamily, Frame } from './level.ts';
import { walkTyped } from './children.ts';
import { freeNames } from './inline.ts';
import { polynomial, solveFor } from './integers.ts';
import { meaningOf } from './names.ts';
import {
  knownEntry,
  lazyEntry,
  lookUp,
  newScope,
  type Entry,
  type Meaning,
  type Scope,
} from './scope.ts';
import { setOf } from './sets.ts';
import { dataSource } from './sources.ts';
import { constantValue, symbolDim, type Dim } from '../tensor/dim.ts';
import { numberDim } from './size-arithmetic.ts';
import type {
  DataDecl,
  Declaration,
  IndexSet,
  LetDecl,
  ParamDecl,
  TypedExpression,
} from './types.ts';

/** What is gathered from all levels of a problem. */
export interface Gathered {
  readonly frames: Frame[];
  readonly sets: IndexSet[];
  readonly inputs: (ParamDecl | DataDecl)[];
  /** The value of `data … = e`, by its syntax, read once. */
  readonly computed: Map<DataMember, TypedExpression>;
  /** Size and labels that a header gives, by the name of the data or set. */
  readonly header: (
    name: string,
  ) => { readonly shape: readonly number[]; readonly labels?: readonly string[] } | undefined;
  /** Keys of declarations that are taken. */
  readonly keys: Set<string>;
}

export function buildFrame(
  gathered: Gathered,
  context: Context,
  outer: Frame | undefined,
  syntax: {
    readonly name: string | undefined;
    readonly members: readonly Member[];
    readonly choice: 'optimistic' | 'pessimistic';
    readonly family: Quantifier | undefined;
    readonly doc: string | undefined;
    readonly span: Span;
    readonly solves: Frame['solves'];
  },
): Frame {
  const around = outer?.scope ?? context.scope;
  const familyScope = syntax.family === undefined ? around : newScope(around);
  const scope = newScope(familyScope);
  const own = within(context, scope);
  const family =
    syntax.family === undefined
      ? undefined
      : familyOf(within(context, around), syntax.family, familyScope);
  const frame: Frame = {
    name: syntax.name,
    outer,
    choice: syntax.choice,
    doc: syntax.doc,
    span: syntax.span,
    scope,
    context: own,
    members: syntax.members,
    lower: [],
    family,
    solves: syntax.solves,
    variables: [],
    lets: [],
    metrics: [],
    declared: [],
  };
  gathered.frames.push(frame);
  // Names of the level itself first: where a lower level has the same, its key is the longer one.
  const isLower = (m: Member): boolean =>
    m.kind === 'Lower' || (m.kind === 'Var' && m.solves !== undefined);
  for (const member of syntax.members) if (!isLower(member)) declare(gathered, frame, member);
  for (const member of syntax.members) if (isLower(member)) declare(gathered, frame, member);
  if (syntax.solves !== undefined) declareVariable(gathered, frame, syntax.solves.variable);
  for (const child of frame.lower) exportNames(frame, child);
  return frame;
}

/** The indices of a family, in a scope around its level; found when one is first asked for. */
function familyOf(context: Context, syntax: Quantifier, scope: Scope): Family {
  let found: FoundFamily | undefined;
  const find = (): FoundFamily => {
    found ??= quantifyFamily(context, syntax);
    return found;
  };
  for (const binding of syntax.bindings) {
    for (const name of binding.target.names) {
      const meaning = (): Meaning =>
        find().scope.entries.get(name.name)?.meaning ?? { kind: 'bad' };
      scope.entries.set(name.name, lazyEntry(name.name, 'index', name.span, meaning));
    }
  }
  return { syntax, find };
}

function quantifyFamily(context: Context, syntax: Quantifier): FoundFamily {
  const inner = quantify(context, syntax.bindings, syntax.where, {
    draws: false,
    uncertain: false,
  });
  const bindings = inner.bindings.filter((b) => b.kind === 'in');
  let failed = inner.failed;
  if (syntax.where !== undefined && !failed) {
    complain(context, 'M518', syntax.where.span, {
      what: '`where`',
      reason: 'put the condition into a set and run over that',
    });
    failed = true;
  }
  const axes = bindings.flatMap((b) => {
    if (b.set.size !== undefined)
      return [{ size: b.set.size, set: b.set.name === undefined ? undefined : b.set }];
    complain(context, 'M118', b.span, { what: 'the number of members of a family' });
    failed = true;
    return [];
  });
  const quantifier = { bindings, where: inner.where };
  return { quantifier, axes, scope: inner.context.scope, failed };
}

function declare(gathered: Gathered, frame: Frame, member: Member): void {
  switch (member.kind) {
    case 'Set':
      add(frame, member.name, 'set', member, () => setMeaning(gathered, frame, member));
      return;
    case 'Data':
      add(frame, member.name, 'data', member, () => dataMeaning(gathered, frame, member));
      return;
    case 'Param':
      add(frame, member.name, 'param', member, () => {
        const decl = makeParam(frame.context, member);
        forbidFamily(frame, decl.value === undefined ? [] : [decl.value], 'a param', member.span);
        gathered.inputs.push(decl);
        return declarationMeaning(decl);
      });
      return;
    case 'Var':
      if (member.solves === undefined) declareVariable(gathered, frame, member);
      else frame.lower.push(solvesFrame(gathered, frame, member));
      return;
    case 'Let':
      declareLet(gathered, frame, member);
      return;
    case 'Function': {
      const name = member.name.name;
      const twice = frame.scope.functions.get(name);
      if (twice !== undefined) tellTwice(frame, member.name, twice.declaration.name.span);
      else
        frame.scope.functions.set(name, { declaration: member, scope: frame.scope, used: false });
      return;
    }
    case 'Lower':
      frame.lower.push(lowerFrame(gathered, frame, member));
      return;
    case 'BadMember':
      for (const name of member.names) {
        frame.scope.entries.set(
          name.name,
          knownEntry(name.name, 'name', name.span, { kind: 'bad' }),
        );
      }
      return;
    case 'Goal':
    case 'Subject':
    case 'Find':
    case 'Metric':
    case 'Known':
      return;
  }
}

function add(frame: Frame, name: Name, what: string, syntax: Declaring, find: () => Meaning): void {
  const twice = frame.scope.entries.get(name.name);
  if (twice !== undefined) {
    tellTwice(frame, name, twice.span);
    return;
  }
  const hidden = lookUp(frame.scope.outer, name.name);
  if (hidden !== undefined) {
    const related = [{ span: hidden.span, message: `the ${hidden.what} is here` }];
    complain(
      frame.context,
      'M003',
      name.span,
      { name: quote(name.name), what: hidden.what },
      { related },
    );
  }
  const entry: Entry = lazyEntry(name.name, what, name.span, find);
  frame.scope.entries.set(name.name, entry);
  frame.declared.push({ entry, syntax, name });
}

function tellTwice(frame: Frame, name: Name, first: Span): void {
  complain(
    frame.context,
    'M002',
    name.span,
    { name: quote(name.name) },
    {
      related: [{ span: first, message: 'first here' }],
    },
  );
}

const declarationMeaning = (declaration: Declaration): Meaning => ({
  kind: 'declaration',
  declaration,
  leading: [],
});

function lowerFrame(gathered: Gathered, frame: Frame, member: LowerMember): Frame {
  return buildFrame(gathered, frame.context, frame, {
    name: member.name?.name,
    members: member.members,
    choice: member.policy ?? 'optimistic',
    family: member.family,
    doc: member.doc?.text,
    span: member.span,
    solves: undefined,
  });
}

/** `var y … solves minimize e` as a level with one variable and one goal. */
function solvesFrame(gathered: Gathered, frame: Frame, member: VarMember): Frame {
  return buildFrame(gathered, frame.context, frame, {
    name: undefined,
    members: [],
    choice: 'optimistic',
    family: undefined,
    doc: member.doc?.text,
    span: member.span,
    solves: member.solves === undefined ? undefined : { variable: member, goal: member.solves },
  });
}

function declareVariable(gathered: Gathered, frame: Frame, member: VarMember): void {
  for (const name of member.names) {
    const key = freshKey(gathered, frame, name.name);
    add(frame, name, 'variable', member, () => {
      const decl = makeVariable(frame, member, name.name, name.span, key);
      frame.variables.push(decl);
      checkOuter(frame, decl);
      return declarationMeaning(decl);
    });
  }
}

/** Bounds, domain and start may use variables of outer levels only. */
function checkOuter(frame: Frame, decl: Extract<Declaration, { readonly kind: 'variable' }>): void {
  const { lower, upper, start, domain } = decl;
  const parts = [lower?.value, upper?.value, ...(domain?.kind === 'domain' ? domain.args : [])];
  if (start.kind === 'expression') parts.push(start.value);
  if (start.kind === 'draw') parts.push(...start.distribution.args);
  const known = parts.filter((p) => p !== undefined);
  if (!known.some((p) => variablesIn(frame.context.shared, p).size > 0)) return;
  const outer = new Set<Declaration>();
  for (let f = frame.outer; f !== undefined; f = f.outer) f.variables.forEach((v) => outer.add(v));
  const what = `the bounds, domain and start of \`${quote(decl.name)}\``;
  forbidVariables(frame.context, known, what, (v) => outer.has(v));
}

function freshKey(gathered: Gathered, frame: Frame, name: string): string {
  const path: string[] = [];
  for (let f: Frame | undefined = frame; f?.outer !== undefined; f = f.outer)
    if (f.name !== undefined) path.unshift(f.name);
  let key = name;
  if (gathered.keys.has(key) && path.length > 0) key = [...path, name].join('.');
  for (let n = 2; gathered.keys.has(key); n++) key = `${name}_${n}`;
  gathered.keys.add(key);
  return key;
}

function declareLet(gathered: Gathered, frame: Frame, member: LetMember): void {
  let lets: readonly LetDecl[] | undefined;
  const keys = member.target.names.map((n) => freshKey(gathered, frame, n.name));
  const find = (): readonly LetDecl[] => {
    if (lets === undefined) {
      lets = makeLets(frame.context, member, keys);
      frame.lets.push(...lets);
    }
    return lets;
  };
  member.target.names.forEach((name, i) =>
    add(frame, name, 'let', member, () => {
      const decl = find()[i];
      return decl === undefined ? { kind: 'bad' } : declarationMeaning(decl);
    }),
  );
}

function dataMeaning(gathered: Gathered, frame: Frame, member: DataMember): Meaning {
  const value = member.init.kind === 'Computed' ? computedData(gathered, frame, member) : undefined;
  const decl = makeData(frame.context, member, value);
  const parts = decl.value.kind === 'expression' ? [decl.value.value] : [];
  forbidFamily(frame, parts, 'data', member.span);
  gathered.inputs.push(decl);
  return declarationMeaning(decl);
}

/** The value of computed data, whoever asks first: the data itself, or a size that it fixes. */
export function computedData(
  gathered: Gathered,
  frame: Frame,
  member: DataMember,
): TypedExpression | undefined {
  if (member.init.kind !== 'Computed') return undefined;
  const known = gathered.computed.get(member);
  if (known !== undefined) return known;
  const value = expression(frame.context, member.init.value);
  gathered.computed.set(member, value);
  return value;
}

/** Data, params and sets are given once, not for each member of a family. */
function forbidFamily(
  frame: Frame,
  parts: readonly TypedExpression[],
  what: string,
  span: Span,
): void {
  if (parts.length === 0) return;
  for (let f: Frame | undefined = frame; f !== undefined; f = f.outer) {
    for (const binding of f.family?.find().quantifier.bindings ?? []) {
      if (binding.kind !== 'in') continue;
      const used = binding.indices.find(
        (i) => f.scope.outer?.entries.get(i.name)?.used === true && mentions(parts, i.name),
      );
      if (used === undefined) continue;
      complain(frame.context, 'M518', span, {
        what,
        reason: `it uses the index \`${used.name}\`; write let`,
      });
      return;
    }
  }
}

function mentions(parts: readonly TypedExpression[], name: string): boolean {
  return parts.some((p) => indexNames(p).has(name));
}

function indexNames(e: TypedExpression): ReadonlySet<string> {
  const names = new Set<string>();
  walkTyped(e, (node) => {
    if (node.kind === 'index') names.add(node.index.name);
  });
  return names;
}

function setMeaning(gathered: Gathered, frame: Frame, member: SetMember): Meaning {
  const { name, init, doc } = member;
  const title = { name: name.name, doc: doc?.text, span: name.span };
  if (init.kind === 'Read') {
    const source = dataSource(init, frame.context.shared.add);
    if (source === undefined) return { kind: 'bad' };
    const header = gathered.header(name.name);
    const symbol = `|${name.name}|`;
    const size = frame.context.shared.sizes.symbol({
      symbol,
      span: name.span,
      text: `\`${name.name}\` is read from a file`,
      value: header?.labels?.length,
    });
    const set: IndexSet = {
      kind: 'set',
      ...title,
      key: name.name,
      arity: 1,
      size,
      elements: { kind: 'column', source, labels: header?.labels },
    };
    gathered.sets.push(set);
    return { kind: 'set', set };
  }
  const set = setOf(frame.context, init.value, title);
  if (set === undefined) return { kind: 'bad' };
  const named = set.name === name.name ? set : { ...set, ...title, key: name.name };
  if (named.size === undefined) {
    complain(frame.context, 'M118', init.span, { what: 'the size of a set' });
    return { kind: 'bad' };
  }
  gathered.sets.push(named);
  return { kind: 'set', set: named };
}

/** Names of a lower level that its outer level sees: variables and lets, with the axes of families first. */
function exportNames(frame: Frame, child: Frame): void {
  const visible = [
    ...child.declared
      .filter((d) => d.entry.what === 'variable' || d.entry.what === 'let')
      .map((d) => d.entry),
    ...[...child.scope.entries.values()].filter(
      (e) => e.what === 'variable of a lower level' || e.what === 'let of a lower level',
    ),
  ];
  for (const entry of visible) {
    const own = frame.scope.entries.get(entry.name);
    if (own !== undefined) {
      const exported = own.what.endsWith('of a lower level');
      if (exported) frame.scope.entries.set(entry.name, ambiguous(own, entry));
      continue;
    }
    const kind = entry.what.startsWith('variable') ? 'variable' : 'let';
    const outside = lazyEntry(entry.name, `${kind} of a lower level`, entry.span, () =>
      seenFromOutside(child, entry),
    );
    frame.scope.entries.set(entry.name, outside);
  }
}

function ambiguous(first: Entry, second: Entry): Entry {
  const meaning: Meaning = {
    kind: 'ambiguous',
    first: { span: first.span, text: 'one lower level' },
    second: { span: second.span, text: 'another' },
  };
  return knownEntry(first.name, first.what, first.span, meaning);
}

function seenFromOutside(child: Frame, entry: Entry): Meaning {
  const meaning = meaningOf(child.context, entry);
  if (meaning.kind !== 'declaration' || child.family === undefined) return meaning;
  const { axes, failed } = child.family.find();
  if (failed) return { kind: 'bad' };
  return { ...meaning, leading: [...axes, ...meaning.leading] };
}

/** The dimension names that data fix: `m` of `data A : real[m, n] from …`, and of computed data without declared sizes. */
export function declareSizes(gathered: Gathered, root: Frame): void {
  const data = gathered.frames.flatMap((frame) =>
    frame.members.flatMap((m) => (m.kind === 'Data' ? [{ frame, member: m }] : [])),
  );
  const isFree = (frame: Frame, name: string): boolean => lookUp(frame.scope, name) === undefined;
  const given = data.filter(
    (d) => d.member.init.kind === 'Read' || d.member.init.kind === 'Required',
  );
  for (const pass of ['name', 'arithmetic'] as const) {
    for (const { frame, member } of given) {
      member.type.dims.forEach((d, axis) => {
        const names = freeNames(d).filter((n) => isFree(frame, n.name));
        const [name] = names;
        if (name === undefined || names.length > 1) return;
        if (pass === 'name' && d.kind !== 'Name') return;
        sizeFromData(gathered, root, frame, member, axis, name);
      });
    }
  }
  for (const { frame, member } of data) {
    if (member.init.kind !== 'Computed') continue;
    member.type.dims.forEach((d, axis) => {
      if (d.kind !== 'Name' || !isFree(frame, d.name)) return;
      const find = (): Meaning => sizeFromValue(gathered, frame, member, axis);
      root.scope.entries.set(d.name, lazyEntry(d.name, 'size', d.span, find));
    });
  }
}

const ordinals = ['rows', 'columns'];

function sizeFromData(
  gathered: Gathered,
  root: Frame,
  frame: Frame,
  member: DataMember,
  axis: number,
  name: { readonly name: string; readonly span: Span },
): void {
  const { dims } = member.type;
  const of = dims.length === 1 ? 'length' : (ordinals[axis] ?? `size of axis ${axis + 1}`);
  const number =
    of === 'length'
      ? 'the length'
      : ordinals.includes(of) && dims.length === 2
        ? `the number of ${of}`
        : `the size of axis ${axis + 1}`;
  const whole = dims[axis]?.kind === 'Name';
  const text = `\`${name.name}\` is ${whole ? '' : 'fixed by '}${number} of ${member.name.name}`;
  const header = gathered.header(member.name.name)?.shape[axis];
  const value =
    header === undefined
      ? undefined
      : whole
        ? header
        : solved(frame, dims[axis], name.name, header);
  const dim = frame.context.shared.sizes.symbol({
    symbol: name.name,
    span: name.span,
    text,
    value,
  });
  root.scope.entries.set(
    name.name,
    knownEntry(name.name, 'size', name.span, { kind: 'size', dim }),
  );
}

/** The value of a name in `2*k` when the whole is known. */
function solved(frame: Frame, dim: Expr, name: string, whole: number): number | undefined {
  const probe = newScope(frame.scope);
  const span = dim.span;
  const symbol = `?${name}`;
  probe.entries.set(name, knownEntry(name, 'size', span, { kind: 'size', dim: symbolDim(symbol) }));
  const e = expression(within(frame.context, probe), dim);
  const size = polynomial(frame.context.shared, e, undefined);
  const result: Dim | undefined =
    size === undefined ? undefined : solveFor(size, symbol, numberDim(whole));
  return result === undefined ? undefined : constantValue(result);
}

function sizeFromValue(
  gathered: Gathered,
  frame: Frame,
  member: DataMember,
  axis: number,
): Meaning {
  const value = computedData(gathered, frame, member);
  const found = value?.type.shape[axis];
  return found === undefined ? { kind: 'bad' } : { kind: 'size', dim: found.size };
}
