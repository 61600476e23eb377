import type { TokenType } from 'chevrotain';
import * as t from '../tokens.ts';

/** What recovery has to know of a kind of block. */
export interface Block {
  readonly kind: BlockKind;
  /** What its items are called, for messages. */
  readonly item: string;
  readonly items: string;
  /** What the block itself is called. */
  readonly name: string;
  /** The words that may begin an item, for `did you mean`. */
  readonly words: readonly string[];
  /** Tokens that begin an item wherever they stand. */
  readonly starts: ReadonlySet<TokenType>;
  /** Tokens before which the block must have ended: its `}` is missing. */
  readonly stops: ReadonlySet<TokenType>;
  /** Tokens that recovery never skips, even inside brackets. */
  readonly ends: ReadonlySet<TokenType>;
  /** Whether an item may begin with any name at the start of a line. */
  readonly anyLine: boolean;
  /** Whether a `}` ends the block; the file itself has none. */
  readonly closes: boolean;
}

export type BlockKind =
  'file' | 'problem' | 'constraints' | 'entries' | 'statements' | 'compare' | 'function';

const top: readonly TokenType[] = [t.Problem, t.Method, t.Compare, t.Import, t.Solve];
const members: readonly TokenType[] = [
  t.Data,
  t.Param,
  t.Let,
  t.Minimize,
  t.Maximize,
  t.Find,
  t.Subject,
];
/** Words that stand only at the top level of a file. */
export const topLevel: ReadonlySet<TokenType> = new Set(top);

const memberWords = [
  'set',
  'data',
  'sparse',
  'param',
  'var',
  'let',
  'minimize',
  'maximize',
  'forall',
  'subject to',
  'find',
  'lower',
  'metric',
  'known',
  'function',
];
const statementWords = [
  'state',
  'let',
  'repeat',
  'for',
  'while',
  'if',
  'each',
  'report',
  'stop when',
  'return',
];
const itemWords = ['with', 'on', 'sweep', 'seeds', 'stop when', 'claim'];
const declarationWords = ['import', 'function', 'problem', 'method', 'compare', 'solve'];

export const blocks: { readonly [K in BlockKind]: Block } = {
  file: {
    kind: 'file',
    item: 'declaration',
    items: 'declarations',
    name: 'file',
    words: declarationWords,
    starts: new Set([...top, t.FunctionWord]),
    stops: new Set(),
    ends: topLevel,
    anyLine: true,
    closes: false,
  },
  problem: {
    kind: 'problem',
    item: 'member of a problem',
    items: 'members',
    name: 'problem or level',
    words: memberWords,
    starts: new Set([...members, t.Var, t.Forall, t.FunctionWord]),
    stops: topLevel,
    ends: topLevel,
    anyLine: true,
    closes: true,
  },
  constraints: {
    kind: 'constraints',
    item: 'constraint',
    items: 'constraints',
    name: '`subject to`',
    words: [],
    starts: new Set([t.Forall]),
    stops: new Set([...top, ...members, t.Var]),
    ends: new Set([...top, ...members]),
    anyLine: true,
    closes: true,
  },
  entries: {
    kind: 'entries',
    item: 'entry',
    items: 'entries',
    name: 'block',
    words: [],
    starts: new Set(),
    stops: new Set([...top, ...members, t.Var]),
    ends: new Set([...top, ...members]),
    anyLine: true,
    closes: true,
  },
  statements: {
    kind: 'statements',
    item: 'statement',
    items: 'statements',
    name: 'body',
    words: statementWords,
    starts: new Set([t.Let, t.While, t.Return]),
    stops: topLevel,
    ends: topLevel,
    anyLine: true,
    closes: true,
  },
  compare: {
    kind: 'compare',
    item: 'part of a compare',
    items: 'parts',
    name: 'compare',
    words: itemWords,
    starts: new Set(),
    stops: topLevel,
    ends: topLevel,
    anyLine: true,
    closes: true,
  },
  function: {
    kind: 'function',
    item: 'part of a function',
    items: 'parts',
    name: 'function',
    words: ['let'],
    starts: new Set([t.Let]),
    stops: topLevel,
    ends: topLevel,
    anyLine: false,
    closes: true,
  },
};

/** Where a word belongs that begins something. */
export const homeOf: ReadonlyMap<string, string> = new Map([
  ...memberWords.map((word) => [firstWord(word), 'a problem'] as const),
  ...statementWords.map((word) => [firstWord(word), 'the body of a method'] as const),
  ...itemWords.map((word) => [firstWord(word), 'a `compare`'] as const),
  ...declarationWords.map((word) => [word, 'the file itself, outside other blocks'] as const),
  ['let', 'a problem, a function or the body of a method'],
  ['function', 'a file or a problem'],
  ['for', 'the body of a method'],
]);

function firstWord(words: string): string {
  return words.split(' ')[0] ?? words;
}
