// The statements of a method's body, typed in order.
import type {
  Assign,
  Block,
  Draw,
  Each,
  For,
  If,
  LetMember,
  Name,
  Place,
  Report,
  Return,
  State,
  Statement,
  Stop,
} from '../../grammar/ast.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import { shapesAgree } from './align.ts';
import { bindElements, bindName } from './bindings.ts';
import { childrenOf } from './children.ts';
import { complain, unknownNode, within, type Context } from './context.ts';
import { distribution } from './distributions.ts';
import { elaborate, expression } from './expression.ts';
import { subscriptsOf } from './indexing.ts';
import { decide } from './conditions.ts';
import { anyUnknown, needNumbers, needScalar, needScalarCondition } from './kinds.ts';
import type { PatternVariable, VariablePart } from './method-types.ts';
import { meaningOf } from './names.ts';
import { axisOrigins } from './origins.ts';
import { knownEntry, lookUp, newScope, type Meaning, type Scope } from './scope.ts';
import { setOf } from './sets.ts';
import {
  count,
  isNumeric,
  isUnknown,
  joinKinds,
  showShape,
  showType,
  unknownType,
  wantedValues,
  withArticle,
} from './type-of.ts';
import type {
  ElementKind,
  IndexSet,
  StateDecl,
  StatementLet,
  TensorType,
  TypedExpression,
  TypedPlace,
  TypedStatement,
} from './types.ts';
import { itemsOf } from './value.ts';

/** What is known of a body as a whole. It is read again when states turn out to need a wider kind, or to be private to their agents. */
export interface Body {
  readonly variables: readonly PatternVariable[];
  /** The variables that each pattern variable stands for; undefined in the generic check. */
  readonly parts: ReadonlyMap<string, readonly VariablePart[]> | undefined;
  readonly widened: Map<string, ElementKind>;
  readonly privates: Set<string>;
  changed: boolean;
  readonly keys: Set<string>;
  readonly reports: Map<string, Span>;
  repeats: number;
  /** Draw sites of the whole body, by which copies of a block differ. */
  readonly sites: number;
  copies: number;
}

export const newBody = (
  variables: readonly PatternVariable[],
  parts: Body['parts'],
  sites: number,
): Body => ({
  variables,
  parts,
  widened: new Map(),
  privates: new Set(),
  changed: false,
  keys: new Set(),
  reports: new Map(),
  repeats: 0,
  sites,
  copies: 0,
});

interface Reader {
  readonly body: Body;
  readonly context: Context;
  /** Blocks around this place, innermost first. */
  readonly inside: readonly ('repeat' | 'for' | 'while' | 'if' | 'agents' | 'variables')[];
}

export function readBody(body: Body, context: Context, block: Block): readonly TypedStatement[] {
  const statements = readStatements({ body, context, inside: [] }, block.statements);
  if (body.repeats === 0) {
    complain(context, 'M607', block.span, {
      what: 'a method has one `repeat { … }`, its counted iteration',
    });
  }
  return statements;
}

/** The statements of a block in a scope of their own. */
function readBlock(
  reader: Reader,
  block: Block,
  kind: Reader['inside'][number],
  scope: Scope = newScope(reader.context.scope),
): readonly TypedStatement[] {
  const inner = {
    ...reader,
    context: within(reader.context, scope),
    inside: [kind, ...reader.inside],
  };
  return readStatements(inner, block.statements);
}

function readStatements(
  reader: Reader,
  statements: readonly Statement[],
): readonly TypedStatement[] {
  return statements.flatMap((s) => readStatement(reader, s) ?? []);
}

function readStatement(reader: Reader, s: Statement): TypedStatement | undefined {
  const { context, body } = reader;
  switch (s.kind) {
    case 'Let':
      return readLet(reader, s);
    case 'State':
      return readState(reader, s);
    case 'Assign':
      return readAssign(reader, s);
    case 'Repeat':
      if (reader.inside.length > 0 || body.repeats > 0) {
        const what =
          reader.inside.length > 0
            ? '`repeat` stands at the top of a body, not inside a block'
            : 'a method has only one `repeat`';
        complain(context, 'M607', s.span, { what }, { help: 'use for or while for inner loops' });
      }
      body.repeats++;
      return { kind: 'repeat', body: readBlock(reader, s.body, 'repeat'), span: s.span };
    case 'For':
      return readFor(reader, s);
    case 'While': {
      const condition = needScalarCondition(
        context,
        expression(context, s.condition),
        'the condition of `while`',
      );
      return { kind: 'while', condition, body: readBlock(reader, s.body, 'while'), span: s.span };
    }
    case 'If':
      return readIf(reader, s);
    case 'Each':
      return readEach(reader, s);
    case 'Draw':
      return readDraw(reader, s);
    case 'Report':
      return readReport(reader, s);
    case 'Stop':
      return readStop(reader, s);
    case 'Return':
      return readReturn(reader, s);
    case 'BadMember':
      for (const name of s.names) {
        context.scope.entries.set(
          name.name,
          knownEntry(name.name, 'name', name.span, { kind: 'bad' }),
        );
      }
      return undefined;
  }
}

/** A key that no other state, let or draw of the body has. */
function freshKey(reader: Reader, name: string): string {
  const { part } = reader.context;
  const base = part === undefined ? name : `${name}.${part}`;
  let key = base;
  for (let n = 2; reader.body.keys.has(key); n++) key = `${base}_${n}`;
  reader.body.keys.add(key);
  return key;
}

/** One value for each name. Names without one are unknown. */
function valuesFor(
  context: Context,
  names: readonly Name[],
  value: LetMember['value'],
): readonly TypedExpression[] {
  const values = itemsOf(elaborate(context, value));
  if (values.length === names.length) return values;
  if (!(values.length === 1 && isUnknown(values[0].type))) {
    complain(context, 'M305', value.span, {
      what: 'this',
      found: count(values.length, 'value'),
      wanted: wantedValues(names.length),
    });
  }
  return names.map(() => unknownNode(value.span));
}

const bare = (type: TensorType): TensorType =>
  isUnknown(type) ? unknownType : { element: type.element, shape: type.shape };

function declareIn(reader: Reader, name: Name, what: string, meaning: Meaning): void {
  bindName(reader.context, reader.context.scope, name, what, meaning);
}

function readLet(reader: Reader, s: LetMember): TypedStatement | undefined {
  const { context } = reader;
  const [only] = s.target.names;
  const batch =
    s.value.kind === 'Call' && s.value.callee.name === 'batch' && s.target.names.length === 1;
  if (batch && only !== undefined) {
    const set = setOf(context, s.value);
    const named =
      set === undefined ? undefined : { ...set, name: only.name, key: freshKey(reader, only.name) };
    declareIn(
      reader,
      only,
      'batch',
      named === undefined ? { kind: 'bad' } : { kind: 'set', set: named },
    );
    return named === undefined ? undefined : { kind: 'batch', batch: named, span: s.span };
  }
  const values = valuesFor(context, s.target.names, s.value);
  const lets = s.target.names.map((name, i): StatementLet => {
    const value = values[i];
    return {
      kind: 'statementLet',
      name: name.name,
      key: freshKey(reader, name.name),
      type: value.type,
      value,
      agents: context.agents?.set,
      shared: isCommon(value),
      message: value.kind === 'exchange',
      span: name.span,
    };
  });
  lets.forEach((l, i) =>
    declareIn(reader, s.target.names[i], 'let', {
      kind: 'declaration',
      declaration: l,
      leading: [],
    }),
  );
  return { kind: 'let', lets, span: s.span };
}

function readState(reader: Reader, s: State): TypedStatement {
  const { context, body } = reader;
  const values = valuesFor(context, s.target.names, s.value);
  const states = s.target.names.map((name, i) => {
    const value =
      values[i].type.element === 'string' ? needNumbers(context, values[i], 'a state') : values[i];
    const key = freshKey(reader, name.name);
    const type = bare(value.type);
    const wide = body.widened.get(key);
    const state: StateDecl = {
      kind: 'state',
      name: name.name,
      key,
      type:
        wide === undefined || isUnknown(type)
          ? type
          : { ...type, element: joinKinds(type.element, wide) },
      agents: context.agents?.set,
      shared: isCommon(value) && !body.privates.has(key),
      span: name.span,
    };
    return { state, value };
  });
  states.forEach(({ state }, i) =>
    declareIn(reader, s.target.names[i], 'state', {
      kind: 'declaration',
      declaration: state,
      leading: [],
    }),
  );
  return { kind: 'state', states, span: s.span };
}

/** Made of messages and values that all agents know. */
function isCommon(e: TypedExpression): boolean {
  const waiting = [e];
  const seen = new Set<TypedExpression>();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'exchange') continue;
    if (node.kind === 'patternCall' || node.kind === 'oracle') return false;
    if (node.kind === 'reference') {
      const { to } = node;
      const made = to.kind === 'state' || to.kind === 'statementLet' || to.kind === 'statementDraw';
      if (made && to.agents !== undefined && !to.shared) return false;
    }
    waiting.push(...childrenOf(node));
  }
  return true;
}

function readAssign(reader: Reader, s: Assign): TypedStatement | undefined {
  const { context } = reader;
  const targets: TypedPlace[] = [];
  const values: TypedExpression[] = [];
  const seen = new Map<string, Span>();
  s.targets.forEach((place, i) => {
    const syntax = s.values[i];
    if (syntax === undefined) return;
    const value = expression(context, syntax);
    const target = readPlace(reader, place);
    const first = seen.get(place.name.name);
    if (first !== undefined && place.index.length === 0) {
      const related = [{ span: first, message: 'first here' }];
      complain(context, 'M712', place.span, { what: `\`${quote(place.name.name)}\`` }, { related });
    }
    seen.set(place.name.name, place.span);
    if (target === undefined) return;
    const fitted = fitPlace(reader, target, value);
    if (isUnknown(fitted.type)) return;
    targets.push(target);
    values.push(fitted);
  });
  return targets.length < s.targets.length
    ? undefined
    : { kind: 'assign', targets, values, span: s.span };
}

/** What stands to the left of `<-`. Undefined after a message, or where it is unknown. */
function readPlace(reader: Reader, place: Place): TypedPlace | undefined {
  const { context } = reader;
  const { name, span } = place.name;
  const entry = lookUp(context.scope, name);
  if (entry === undefined) {
    expression(context, place.name);
    return undefined;
  }
  const meaning = ownPart(context, meaningOf(context, entry));
  if (meaning.kind === 'bad') return undefined;
  const target = changeable(meaning);
  if (target === undefined) {
    complain(
      context,
      'M605',
      span,
      { name: quote(name), what: withArticle(entry.what) },
      {
        related: [{ span: entry.span, message: 'made here' }],
        ...(entry.what === 'let' ? { help: `write state ${name} = … where it is made` } : {}),
      },
    );
    return undefined;
  }
  if (!changesHere(reader, target, place)) return undefined;
  const { type } = target;
  if (place.index.length === 0) return { target, subscripts: undefined, type, span: place.span };
  const whole: TypedExpression = { kind: 'reference', to: target, leading: 0, type, span };
  if (isUnknown(type)) return undefined;
  const found = subscriptsOf(context, whole, place.index, place.span);
  if (found === undefined) return undefined;
  return {
    target,
    subscripts: found.subscripts,
    type: { element: type.element, shape: found.shape },
    span: place.span,
  };
}

function ownPart(context: Context, meaning: Meaning): Meaning {
  if (meaning.kind !== 'perPart') return meaning;
  return (context.part === undefined ? undefined : meaning.byPart.get(context.part)) ?? meaning;
}

function changeable(meaning: Meaning): TypedPlace['target'] | undefined {
  if (meaning.kind === 'patternVariable') return meaning.variable;
  if (meaning.kind !== 'declaration') return undefined;
  const { declaration } = meaning;
  const changes =
    declaration.kind === 'state' ||
    declaration.kind === 'part' ||
    declaration.kind === 'patternVariable';
  return changes ? declaration : undefined;
}

/** Inside `each c in C` only the agent's own states change, outside only what belongs to all. */
function changesHere(reader: Reader, target: TypedPlace['target'], place: Place): boolean {
  const { agents } = reader.context;
  const own = target.kind === 'state' ? target.agents : undefined;
  if (own === agents?.set) return true;
  const what = own === undefined ? 'common to all agents' : 'one state for each agent';
  const help =
    own === undefined ? 'inside each, an agent changes its own states' : 'change it inside each';
  complain(reader.context, 'M605', place.span, { name: quote(place.name.name), what }, { help });
  return false;
}

function fitPlace(reader: Reader, place: TypedPlace, value: TypedExpression): TypedExpression {
  const { context, body } = reader;
  const { target } = place;
  if (isUnknown(value.type) || isUnknown(place.type)) return value;
  const name = quote(target.name);
  if (!isNumeric(value.type.element) && value.type.element !== place.type.element) {
    return needNumbers(context, value, `\`${name}\``);
  }
  if (!shapesAgree(context, place.type.shape, value.type.shape, value.span)) {
    complain(
      context,
      'M606',
      value.span,
      { name, wanted: showType(place.type), found: showShape(value.type.shape) },
      {
        related: [
          { span: target.span, message: `\`${name}\` is ${showType(target.type)}` },
          ...axisOrigins(context, value, undefined).filter((r) => r.span !== value.span),
        ],
      },
    );
    return unknownNode(value.span);
  }
  if (target.kind !== 'state') return value;
  const joined = joinKinds(target.type.element, value.type.element);
  if (joined !== target.type.element && joined !== 'unknown') {
    body.widened.set(target.key, joined);
    body.changed = true;
  }
  if (target.agents !== undefined && target.shared && !isCommon(value)) {
    body.privates.add(target.key);
    body.changed = true;
  }
  return value;
}

function readFor(reader: Reader, s: For): TypedStatement | undefined {
  const { context } = reader;
  const scope = newScope(context.scope);
  const inner = within(context, scope);
  const set = setOf(context, s.set);
  const binding =
    set === undefined
      ? undefined
      : bindElements(inner, s.target.names, s.target.tuple, set, s.target);
  if (set === undefined) {
    for (const name of s.target.names)
      scope.entries.set(name.name, knownEntry(name.name, 'index', name.span, { kind: 'bad' }));
  }
  const where =
    s.where === undefined
      ? undefined
      : needScalarCondition(inner, expression(inner, s.where), '`where`');
  const guarded = {
    ...reader,
    context: where === undefined ? context : { ...context, guarded: true },
  };
  const body = readBlock(guarded, s.body, 'for', scope);
  return binding === undefined ? undefined : { kind: 'for', binding, where, body, span: s.span };
}

function readIf(reader: Reader, s: If): TypedStatement {
  const { context } = reader;
  const condition = needScalarCondition(
    context,
    expression(context, s.condition),
    'the condition of `if`',
  );
  const inner = { ...reader, context: { ...context, guarded: true } };
  const then = readBlock(inner, s.then, 'if');
  const { otherwise } = s;
  const rest =
    otherwise === undefined
      ? []
      : otherwise.kind === 'If'
        ? [readIf({ ...inner, inside: ['if', ...inner.inside] }, otherwise)]
        : readBlock(inner, otherwise, 'if');
  return { kind: 'if', condition, then, otherwise: rest, span: s.span };
}

function readEach(reader: Reader, s: Each): TypedStatement | undefined {
  const { context } = reader;
  const [name] = s.target.names;
  if (reader.inside.includes('agents') || reader.inside.includes('variables')) {
    complain(context, 'M607', s.span, { what: '`each` cannot stand inside `each`' });
    return undefined;
  }
  if (name === undefined || s.target.names.length > 1) {
    complain(context, 'M402', s.target.span, {
      set: 'what `each` visits',
      wanted: '1 component',
      found: String(s.target.names.length),
    });
    return undefined;
  }
  const meaning = s.set.kind === 'Name' ? lookUp(context.scope, s.set.name) : undefined;
  const found = meaning === undefined ? undefined : meaningOf(context, meaning);
  if (found?.kind === 'bad') return undefined;
  if (found?.kind === 'patternVariable') return eachVariable(reader, s, name, found.variable);
  if (found?.kind === 'set') return eachAgent(reader, s, name, found.set);
  const shown = s.set.kind === 'Name' ? s.set.name : '…';
  complain(context, 'M612', s.set.span, { name: quote(shown) });
  return undefined;
}

function eachAgent(reader: Reader, s: Each, name: Name, set: IndexSet): TypedStatement | undefined {
  const { context } = reader;
  const scope = newScope(context.scope);
  const outer = within(context, scope);
  const binding = bindElements(outer, [name], false, set, s.target);
  const [index] = binding?.indices ?? [];
  if (binding === undefined || index === undefined) return undefined;
  const block = newScope(scope);
  const inner: Context = { ...outer, agents: { set, index, scope: block } };
  const where =
    s.where === undefined
      ? undefined
      : needScalarCondition(inner, expression(inner, s.where), '`where`');
  const body = readBlock({ ...reader, context: inner }, s.body, 'agents', block);
  for (const entry of block.entries.values()) exportEntry(context.scope, entry.name, entry);
  return { kind: 'eachAgent', binding, where, body, span: s.span };
}

/** Names made in a block that its surroundings see. */
function exportEntry(
  scope: Scope,
  name: string,
  entry: Parameters<Scope['entries']['set']>[1],
): void {
  scope.entries.set(name, entry);
}

function eachVariable(
  reader: Reader,
  s: Each,
  name: Name,
  variable: PatternVariable,
): TypedStatement | undefined {
  const { context, body } = reader;
  const parts = body.parts?.get(variable.name);
  if (parts === undefined) {
    const scope = newScope(context.scope);
    bindName(context, scope, name, 'variable', { kind: 'bad' });
    if (s.where !== undefined) expression(within(context, scope), s.where);
    const block = newScope(scope);
    readBlock(
      { ...reader, context: { ...within(context, scope), part: '' } },
      s.body,
      'variables',
      block,
    );
    for (const entry of block.entries.values()) {
      exportEntry(context.scope, entry.name, { ...entry, meaning: { kind: 'bad' } });
    }
    return undefined;
  }
  const made = new Map<string, Map<string, Meaning>>();
  const copies = parts.flatMap((part) => {
    const own: VariablePart = { ...part, name: name.name };
    const scope = newScope(context.scope);
    scope.entries.set(
      name.name,
      knownEntry(name.name, 'variable', name.span, {
        kind: 'declaration',
        declaration: own,
        leading: [],
      }),
    );
    const inner: Context = { ...within(context, scope), part: part.variable.key };
    const where =
      s.where === undefined
        ? undefined
        : needScalarCondition(inner, expression(inner, s.where), '`where`');
    const decided = where === undefined ? true : decide(context.shared, where);
    if (decided === false) return [];
    const offset = context.shared.siteOffset;
    context.shared.siteOffset = offset + body.copies++ * body.sites;
    const block = newScope(scope);
    const statements = readBlock({ ...reader, context: inner }, s.body, 'variables', block);
    context.shared.siteOffset = offset;
    for (const entry of block.entries.values()) {
      const byPart = made.get(entry.name) ?? new Map<string, Meaning>();
      if (entry.meaning !== undefined) byPart.set(part.variable.key, entry.meaning);
      made.set(entry.name, byPart);
    }
    return [{ part: own, where: decided === true ? undefined : where, body: statements }];
  });
  for (const [key, byPart] of made) {
    exportEntry(
      context.scope,
      key,
      knownEntry(key, 'value for each variable', s.span, { kind: 'perPart', byPart }),
    );
  }
  return { kind: 'eachVariable', copies, span: s.span };
}

function readDraw(reader: Reader, s: Draw): TypedStatement | undefined {
  const { context } = reader;
  const drawn = distribution(context, s.distribution, undefined);
  if (drawn === undefined) {
    declareIn(reader, s.name, 'draw', { kind: 'bad' });
    return undefined;
  }
  const draw = {
    kind: 'statementDraw',
    name: s.name.name,
    key: freshKey(reader, s.name.name),
    type: drawn.type,
    distribution: drawn,
    agents: context.agents?.set,
    shared: false,
    span: s.name.span,
  } as const;
  declareIn(reader, s.name, 'draw', { kind: 'declaration', declaration: draw, leading: [] });
  return { kind: 'draw', draw, span: s.span };
}

function readReport(reader: Reader, s: Report): TypedStatement | undefined {
  const { name, span } = s.name;
  const context = { ...reader.context, observing: true };
  const first = reader.body.reports.get(name);
  if (first !== undefined && first.start !== span.start) {
    const related = [{ span: first, message: 'first here' }];
    complain(context, 'M712', span, { what: `the report \`${quote(name)}\`` }, { related });
  }
  reader.body.reports.set(name, span);
  const value = needScalar(
    context,
    needNumbers(context, expression(context, s.value), 'a report'),
    'a report',
  );
  return isUnknown(value.type) ? undefined : { kind: 'report', name, value, span: s.span };
}

function readStop(reader: Reader, s: Stop): TypedStatement | undefined {
  const context = { ...reader.context, observing: true };
  const condition = needScalarCondition(context, expression(context, s.condition), '`stop when`');
  return isUnknown(condition.type) ? undefined : { kind: 'stop', condition, span: s.span };
}

function readReturn(reader: Reader, s: Return): TypedStatement | undefined {
  const context = { ...reader.context, observing: true };
  const { variables } = reader.body;
  const values = s.values.map((v) => needNumbers(context, expression(context, v), '`return`'));
  if (values.length !== variables.length) {
    const names = variables.map((v) => `\`${v.name}\``).join(', ');
    complain(context, 'M608', s.span, { names, found: String(values.length) });
    return undefined;
  }
  for (const [i, value] of values.entries()) {
    const variable = variables[i];
    if (
      isUnknown(value.type) ||
      shapesAgree(context, variable.type.shape, value.type.shape, value.span)
    )
      continue;
    const values = {
      name: variable.name,
      wanted: showType(variable.type),
      found: showShape(value.type.shape),
    };
    complain(context, 'M606', value.span, values, {
      related: [{ span: variable.span, message: 'of the pattern' }],
    });
    return undefined;
  }
  return anyUnknown(...values) ? undefined : { kind: 'return', values, span: s.span };
}
