import type { TokenType } from 'chevrotain';
import * as t from './tokens.ts';

/** A spelling that other languages use for one of our tokens. */
export interface Foreign {
  readonly found: string;
  /** How it is written here. */
  readonly use: string;
  readonly type: TokenType;
  readonly help?: string;
}

function one(found: string, use: string, type: TokenType, help?: string): Foreign {
  return help === undefined ? { found, use, type } : { found, use, type, help };
}

const assignHelp = 'write `x <- x + …`';

const all: readonly Foreign[] = [
  one(':=', '=', t.Equals, 'write `=` to define a name, `<-` to change a state'),
  one('**', '^', t.Caret),
  one('===', '==', t.EqualsEquals),
  one('!==', '!=', t.NotEquals),
  one('<>', '!=', t.NotEquals),
  one('~=', '!=', t.NotEquals),
  one('=<', '<=', t.LessEquals),
  one('=>', '>=', t.GreaterEquals),
  one('->', '<-', t.Arrow),
  one('+=', '<-', t.Arrow, assignHelp),
  one('-=', '<-', t.Arrow, assignHelp),
  one('*=', '<-', t.Arrow, assignHelp),
  one('/=', '<-', t.Arrow, assignHelp),
  one('&&', 'and', t.And),
  one('&', 'and', t.And),
  one('||', 'or', t.Or),
  one(
    '|',
    'or',
    t.Or,
    'write `or`; a set takes `where` for its condition, `abs(x)` is the absolute value',
  ),
  one('!', 'not', t.Not),
  one('%', 'mod(a, b)', t.Star),
  one('@', '*', t.Star),
  one('≤', '<=', t.LessEquals),
  one('⩽', '<=', t.LessEquals),
  one('≥', '>=', t.GreaterEquals),
  one('⩾', '>=', t.GreaterEquals),
  one('≠', '!=', t.NotEquals),
  one('≔', '=', t.Equals),
  one('−', '-', t.Minus),
  one('–', '-', t.Minus),
  one('·', '*', t.Star),
  one('⋅', '*', t.Star),
  one('×', '*', t.Star),
  one('∗', '*', t.Star),
  one('÷', '/', t.Slash),
  one('⊙', '.*', t.DotStar),
  one('∈', 'in', t.In),
  one('∧', 'and', t.And),
  one('∨', 'or', t.Or),
  one('¬', 'not', t.Not),
  one('∀', 'forall', t.Forall),
  one('←', '<-', t.Arrow),
  one('∞', 'inf', t.Inf),
  one('′', "'", t.Apostrophe),
  one('’', "'", t.Apostrophe),
  one('…', '..', t.DotDot),
  one('∑', 'sum', t.BinderWord),
  one('∏', 'prod', t.BinderWord),
  one('√', 'sqrt', t.Identifier),
  one('.T', "'", t.Apostrophe),
];

const byFirst = new Map<string, Foreign[]>();
for (const entry of [...all].sort((a, b) => b.found.length - a.found.length)) {
  const first = entry.found.charAt(0);
  byFirst.set(first, [...(byFirst.get(first) ?? []), entry]);
}

/** The foreign spelling that begins at an offset. */
export function foreignAt(text: string, at: number): Foreign | undefined {
  const candidates = byFirst.get(text.charAt(at));
  return candidates?.find((entry) => text.startsWith(entry.found, at));
}

/** Words that other languages use where a member, statement or declaration begins. */
export const foreignWords: ReadonlyMap<string, string> = new Map([
  ['min', 'minimize'],
  ['minimise', 'minimize'],
  ['minimum', 'minimize'],
  ['objective', 'minimize'],
  ['max', 'maximize'],
  ['maximise', 'maximize'],
  ['variable', 'var'],
  ['variables', 'var'],
  ['vars', 'var'],
  ['parameter', 'param'],
  ['parameters', 'param'],
  ['params', 'param'],
  ['const', 'data'],
  ['constant', 'data'],
  ['constraint', 'subject to'],
  ['constraints', 'subject to'],
  ['st', 'subject to'],
  ['such', 'subject to'],
  ['sets', 'set'],
  ['index', 'set'],
  ['metrics', 'metric'],
  ['level', 'lower'],
  ['def', 'function'],
  ['func', 'function'],
  ['fn', 'function'],
  ['fun', 'function'],
  ['algorithm', 'method'],
  ['model', 'problem'],
  ['include', 'import'],
  ['use', 'import'],
  ['loop', 'repeat'],
  ['foreach', 'each'],
  ['print', 'report'],
  ['log', 'report'],
  ['break', 'stop when'],
  ['elif', 'else if'],
  ['elseif', 'else if'],
]);
