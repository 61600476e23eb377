// A name as an expression.
import type { Name } from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { quote } from '../../grammar/quote.ts';
import { symbolDim } from '../tensor/dim.ts';
import { builtinNames } from './builtins.ts';
import { complain, fail, localNode, unknownNode, type Context } from './context.ts';
import {
  lookUp,
  lookUpFunction,
  visibleNames,
  type Entry,
  type Meaning,
  type Scope,
} from './scope.ts';
import { intType, plainAxis, realType, tensorType, withArticle } from './type-of.ts';
import type { Axis, Column, Declaration, TypedExpression } from './types.ts';

/** The meaning of a name, finding it first for a member that nobody asked for yet. */
export function meaningOf(context: Context, entry: Entry): Meaning {
  entry.used = true;
  if (entry.meaning !== undefined) return entry.meaning;
  if (entry.find === undefined) return { kind: 'bad' };
  const { active } = context.shared;
  if (entry.active) {
    reportCircle(context, entry);
    return { kind: 'bad' };
  }
  // Members are asked for in an order in which only a circle can get this long.
  if (active.length > longestChain) {
    reportCircle(context, active[0]);
    return { kind: 'bad' };
  }
  entry.active = true;
  active.push(entry);
  const { depth } = context.shared;
  const meaning = entry.find();
  context.shared.depth = depth;
  active.pop();
  entry.active = false;
  entry.meaning ??= meaning;
  return entry.meaning;
}

const longestChain = 100;

function reportCircle(context: Context, entry: Entry): void {
  const { active } = context.shared;
  const circle = active.slice(active.indexOf(entry));
  const related = circle
    .slice(0, 4)
    .map((e) => ({ span: e.span, message: `\`${e.name}\` is part of the circle` }));
  // Told at the declaration, so that a circle is told once however one comes into it.
  const first = circle.reduce((a, b) => (b.span.start < a.span.start ? b : a), entry);
  const at = circle.indexOf(first);
  const round = [...circle.slice(at), ...circle.slice(0, at), first].map((e) => e.name);
  const path = round.length > 10 ? [...round.slice(0, 4), '…', first.name] : round;
  complain(
    context,
    'M009',
    first.span,
    { name: first.name, path: path.join(' → ') },
    { related: related.filter((r) => r.span !== first.span) },
  );
  for (const member of circle) member.meaning = { kind: 'bad' };
}

/** The meaning of a name, or undefined where it is not declared (nothing is said). */
export function resolve(context: Context, name: Name): Meaning | undefined {
  const entry = lookUp(context.scope, name.name);
  return entry === undefined ? undefined : meaningOf(context, entry);
}

export function named(context: Context, e: Name): TypedExpression {
  const column = context.recorded?.columns.get(e.name);
  if (column !== undefined) return columnValue(context, e, column);
  const entry = lookUp(context.scope, e.name);
  if (entry === undefined) return undeclared(context, e);
  return valueOfMeaning(context, e, meaningOf(context, entry), entry.what);
}

/** A column by its bare name is meant where the rows of a trace are looked at; a claim asks for a run. */
function columnValue(context: Context, e: Name, column: Column): TypedExpression {
  if (context.place === 'stop') return { kind: 'column', column, type: realType, span: e.span };
  return fail(context, 'M710', e.span, { name: e.name, wanted: `${e.name}("label") in a claim` });
}

function undeclared(context: Context, e: Name): TypedExpression {
  const { name, span } = e;
  if (name === 'pi') return { kind: 'number', value: Math.PI, type: realType, span };
  if (name === 'end') return fail(context, 'M008', span, { what: '`end`' });
  if (name === 'normal_cone') return fail(context, 'M512', span, {});
  if (lookUpFunction(context.scope, name) !== undefined || builtinNames.includes(name)) {
    return fail(context, 'M006', span, {
      name: quote(name),
      what: 'a function',
      wanted: 'a value',
    });
  }
  if (context.recorded !== undefined) {
    if (context.recorded.open && context.place === 'stop') {
      return {
        kind: 'column',
        column: { kind: 'report', name },
        type: realType,
        span,
      };
    }
    const known = [...context.recorded.columns.keys(), ...visibleNames(context.scope)];
    return fail(context, 'M708', span, { name: quote(name) }, suggest(name, context, known));
  }
  return fail(context, 'M001', span, { name: quote(name) }, suggest(name, context));
}

export function suggest(
  name: string,
  context: Context,
  given?: readonly string[],
): { help?: string } {
  if (context.shared.hints++ > mostHints) return {};
  const candidates = given ?? [...visibleNames(context.scope), 'pi'];
  const near =
    candidates.length > manyNames ? candidates.filter((c) => isNear(c, name)) : candidates;
  const guess = near.length <= 1 && name.length > 1 ? nearOnly(name, near) : didYouMean(name, near);
  return guess === undefined ? {} : { help: `did you mean \`${guess}\`?` };
}

/** With many names only those are compared that begin or end alike. */
const manyNames = 200;
/** Who mistyped more than this many names is helped by the first hints. */
const mostHints = 200;
const isNear = (a: string, b: string): boolean =>
  Math.abs(a.length - b.length) <= 2 &&
  (a.slice(0, 2) === b.slice(0, 2) || a.slice(-2) === b.slice(-2));

/** A single candidate is no hint by itself. */
const nearOnly = (name: string, candidates: readonly string[]): string | undefined =>
  didYouMean(name, [...candidates, '\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000']);

function valueOfMeaning(
  context: Context,
  e: Name,
  meaning: Meaning,
  what: string,
): TypedExpression {
  const { span } = e;
  switch (meaning.kind) {
    case 'declaration':
      return declarationValue(context, e, meaning.declaration, meaning.leading);
    case 'patternVariable':
      return declarationValue(context, e, meaning.variable, []);
    case 'index':
      return { kind: 'index', index: meaning.index, type: meaning.index.type, span };
    case 'local':
      return localNode(meaning.local, span);
    case 'value':
      return { ...meaning.value, span };
    case 'perPart': {
      const own = context.part === undefined ? undefined : meaning.byPart.get(context.part);
      if (own !== undefined) return valueOfMeaning(context, e, own, what);
      return fail(context, 'M613', span, { name: quote(e.name), each: 'variable' });
    }
    case 'size':
      return { kind: 'size', dim: meaning.dim, type: intType, span };
    case 'column':
      return { kind: 'column', column: meaning.column, type: meaning.type, span };
    case 'iteration':
      return { kind: 'iteration', type: intType, span };
    case 'patternMap': {
      const type = tensorType('real', [plainAxis(meaning.rows), plainAxis(meaning.columns)]);
      return { kind: 'patternMap', map: meaning.map, type, span };
    }
    case 'set':
    case 'function':
    case 'builtin':
    case 'patternFunction':
    case 'patternDomain':
      return fail(context, 'M006', span, {
        name: quote(e.name),
        what: withArticle(what),
        wanted: 'a value',
      });
    case 'ambiguous':
      return fail(
        context,
        'M007',
        span,
        { name: quote(e.name), first: meaning.first.text, second: meaning.second.text },
        {
          related: [
            { span: meaning.first.span, message: 'one is here' },
            { span: meaning.second.span, message: 'the other here' },
          ],
        },
      );
    case 'bad':
      return unknownNode(span);
  }
}

function declarationValue(
  context: Context,
  e: Name,
  declaration: Declaration,
  leading: readonly Axis[],
): TypedExpression {
  const own = declaration.type;
  if (own.element === 'unknown') return unknownNode(e.span);
  const agents = agentAxes(context, declaration);
  if (agents === 'hidden') {
    return fail(
      context,
      'M613',
      e.span,
      { name: quote(e.name), each: 'agent' },
      {
        related: [{ span: declaration.span, message: 'made for each agent here' }],
      },
    );
  }
  const axes = [...leading, ...agents];
  const type = axes.length === 0 ? own : tensorType(own.element, [...axes, ...own.shape]);
  return { kind: 'reference', to: declaration, leading: axes.length, type, span: e.span };
}

/**
 * The axis that values made for each agent show. Inside `each` over the same set a name is the agent's own value, except a message made in another block,
 * which is read whole; outside, what is not known to all may only be observed.
 */
function agentAxes(context: Context, declaration: Declaration): readonly Axis[] | 'hidden' {
  if (
    declaration.kind !== 'state' &&
    declaration.kind !== 'statementLet' &&
    declaration.kind !== 'statementDraw'
  ) {
    return [];
  }
  const set = declaration.agents;
  if (set === undefined) return [];
  if (context.agents?.set === set) {
    const message = declaration.kind === 'statementLet' && declaration.message;
    if (!message || isLocalTo(context, declaration.name)) return [];
  } else if (!declaration.shared && !context.observing) {
    return 'hidden';
  }
  return [{ size: set.size ?? symbolDim(`count(${set.name ?? set.key})`), set }];
}

/** Whether a name was declared in the `each` block around this place. */
function isLocalTo(context: Context, name: string): boolean {
  for (let s: Scope | undefined = context.scope; s !== undefined; s = s.outer) {
    if (s.entries.has(name)) return true;
    if (s === context.agents?.scope) return false;
  }
  return false;
}
