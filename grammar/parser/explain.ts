import { EOF, type IToken, type TokenType } from 'chevrotain';
import { didYouMean } from '../did-you-mean.ts';
import { reporter, type Diagnostic } from '../diagnostic.ts';
import { foreignWords } from '../foreign.ts';
import { grammarMessages } from '../messages.ts';
import { quote } from '../quote.ts';
import { isUnit } from '../scan.ts';
import type { Span } from '../span.ts';
import * as t from '../tokens.ts';
import { homeOf, type Block } from './block.ts';

/** A message that waits for its place. */
export type Finding = (span: Span) => Diagnostic;

const report = reporter(grammarMessages);

/** What the parser knows where it met something else than it expected. */
export interface Mismatch {
  /** The label of the expected token, or the name of the rule that found no alternative. */
  readonly expected: string;
  readonly found: IToken;
  readonly previous: IToken;
  /** The tokens before `previous`, nearest first. */
  readonly beforeThat: readonly IToken[];
  /** The word of a binder or recurrence, if the place is right behind its parentheses. */
  readonly head: string | undefined;
  /** What was found begins the next item: say that the line ends too early. */
  readonly endOfLine: boolean;
}

/** What rules are called where none of their alternatives fits, or where a list has no first item. */
const ruleNames: Readonly<Record<string, string>> = {
  indexArguments: 'an index',
  quantified: 'a goal or `find`',
  body: '`{`',
  names: 'a name',
  bindings: 'a name',
  ownedList: 'a name',
  owned: 'a name',
  assign: 'a name',
  varMember: 'a name',
  parameters: 'a name',
  setMember: '`=`',
  binding: '`in` or `~`',
  tensor: '`]`',
  braces: '`}`',
};

/** A label as it is, or the rule that found nothing that fits: most often an expression. */
function titleOf(expected: string): string {
  return ruleNames[expected] ?? (/^[a-z]\w*$/i.test(expected) ? 'an expression' : expected);
}

/** The message for a place where a rule could not go on. */
export function explainMismatch(mismatch: Mismatch): Finding {
  const { found, previous } = mismatch;
  const expected = titleOf(mismatch.expected);
  const what = mismatch.endOfLine ? 'the end of the line' : describeToken(found);
  const { head } = mismatch;
  if (head !== undefined && expected === 'an expression')
    return (span) => report('G029', span, { word: head, found: what });
  if (mismatch.expected === 'quantified') return (span) => report('G036', span, {});
  if (expected === 'a name' && t.reserved.has(found.image))
    return (span) => report('G002', span, { word: found.image });
  if (expected === '`:`' && isName(previous.tokenType))
    return (span) =>
      report(
        'G031',
        span,
        { name: quote(previous.image), found: what },
        found.image === 'in'
          ? { help: `the type comes first: \`${quote(previous.image, 20)} : real[n] in …\`` }
          : undefined,
      );
  if (expected === '`=`' && definers.has(found.tokenType))
    return (span) => report('G007', span, { found: found.image }, { help: 'write `=`' });
  if (found.tokenType === t.Equals && comparing.has(expected))
    return (span) => report('G006', span, {});
  return missingIn(mismatch) ?? misplacedOperand(mismatch) ?? unexpected(expected, mismatch);
}

/** `sum(i I)` */
function missingIn({ expected, found, previous, beforeThat }: Mismatch): Finding | undefined {
  const [bracket, word] = beforeThat;
  if (expected !== '`)`' || word?.tokenType !== t.BinderWord) return undefined;
  if (bracket?.tokenType !== t.LParen || !isName(previous.tokenType)) return undefined;
  if (!isName(found.tokenType) && found.tokenType !== t.NumberToken) return undefined;
  const help = `write what it runs over: \`${word.image}(${quote(previous.image, 20)} in …)\``;
  const values = { expected: '`in` or `~`', found: describeToken(found) };
  return (span) => report('G001', span, values, { help });
}

/** Where these are expected, an expression has just ended. */
const comparing: ReadonlySet<string> = new Set(['`)`', '`]`', '`}`', '`{`', '`then`', '`else`']);

const definers: ReadonlySet<TokenType> = new Set([t.EqualsEquals, t.Arrow, t.Colon, t.Tilde]);

function unexpected(expected: string, mismatch: Mismatch): Finding {
  const found = mismatch.endOfLine ? 'the end of the line' : describeToken(mismatch.found);
  const values = { expected: wider(expected), found };
  const help = helpFor(expected, mismatch);
  return (span) => report('G001', span, values, help === undefined ? undefined : { help });
}

/** A list may always go on where it may end. */
function wider(expected: string): string {
  return expected === '`)`' || expected === '`]`' ? `\`,\` or ${expected}` : expected;
}

function helpFor(expected: string, mismatch: Mismatch): string | undefined {
  const { found, previous, beforeThat } = mismatch;
  const type = found.tokenType;
  if (previous.tokenType === t.Comma && closers.has(type)) return 'take away the comma before it';
  if (expected === '`then`' && type === t.LCurly)
    return 'as an expression a choice is written `if c then a else b`';
  if (expected === '`else`') return 'an `if` expression has both: `if c then a else b`';
  if (expected === '`{`' && previous.tokenType === t.To)
    return 'constraints stand in braces: `subject to { … }`';
  if (expected === '`in`' || expected === '`in` or `~`')
    return 'write what it runs over, as in `i in 1..n`';
  if (expected === '`]`' && type === t.If) return 'a condition is written `where c`';
  if (expected === '`]`' && type === t.Semicolon)
    return 'a matrix is a list of its rows: `[[1, 0], [0, 1]]`';
  if (expected === '`]`' && type === t.Colon) return 'a range is written `1..3`';
  if (expected === '`)`' && type === t.For && beforeThat[1]?.tokenType === t.RecurrenceWord)
    return 'give the state its start: `fold(s = s0 for t in 1..T)`';
  if (expected === 'a name' && previous.tokenType === t.From)
    return 'name the format of the source: `from csv("file.csv")`';
  if (expected === '`=`' && type === t.LCurly) return 'write `= {` before the body';
  if (expected === 'an expression' && type === t.Plus) return 'there is no unary `+`: leave it out';
  return undefined;
}

const closers: ReadonlySet<TokenType> = new Set([t.RParen, t.RSquare, t.RCurly]);

/** An operand where none can stand: an operator is missing, or a duration is where none is known. */
function misplacedOperand({ expected, found, previous }: Mismatch): Finding | undefined {
  if (!beginsOperand(found.tokenType) || !endsOperand(previous)) return undefined;
  if (previous.tokenType === t.NumberToken && isUnit(found.image))
    return (span) => report('G028', span, {});
  const close = expected === '`)`' || expected === '`]`' || expected === '`}`';
  const tight = previous.tokenType === t.Apostrophe || previous.tokenType === t.NumberToken;
  if (!close || !tight || found.tokenType === t.StringToken) return undefined;
  return missingOperator(found, previous);
}

function missingOperator(found: IToken, previous: IToken): Finding {
  const left = quote(previous.image, 20);
  const right = quote(found.image, 20);
  const plain = isName(previous.tokenType) || previous.tokenType === t.NumberToken;
  const product = plain ? `\`${left}*${right}\`` : `\`*\` before \`${right}\``;
  const help =
    previous.tokenType === t.Apostrophe
      ? `write \`' * ${right}\`; strings stand between double quotes`
      : `for a product write ${product}`;
  return (span) => report('G015', span, { found: describeToken(found) }, { help });
}

/** What stands around a token that begins no item of its block. */
export interface Junk {
  readonly found: IToken;
  readonly previous: IToken;
  readonly following: IToken;
  /** The place is right behind a goal without `over`. */
  readonly afterGoal: boolean;
}

/** The message for a token that begins no item of a block. */
export function explainJunk(block: Block, junk: Junk): Finding {
  const { found, previous, following } = junk;
  const type = found.tokenType;
  const sameLine = found.startLine === previous.startLine && !separates(previous.tokenType);
  if (type === t.LineMinus || type === t.LineLParen || type === t.LineLSquare)
    return (span) => report('G030', span, { found: found.image });
  if (type === t.Comma)
    return (span) => report('G018', span, { found: ',', what: capital(block.items) });
  if (type === t.RCurly) return (span) => report('G004', span, { close: '}' });
  if (type === t.Equals && sameLine) return (span) => report('G006', span, {});
  if (block.kind === 'statements' && isName(type) && following.tokenType === t.Equals && !sameLine)
    return (span) => report('G027', span, { name: quote(found.image) });
  const finding = sameLine && endsOperand(previous) ? afterExpression(block, junk) : undefined;
  return finding ?? unknownWord(block, found, following);
}

/** Something on the same line behind a whole expression. */
function afterExpression(block: Block, junk: Junk): Finding | undefined {
  const { found, previous, following, afterGoal } = junk;
  if (previous.tokenType === t.NumberToken && isUnit(found.image))
    return (span) => report('G028', span, {});
  if (afterGoal && isName(found.tokenType))
    return (span) => report('G033', span, { name: quote(found.image) });
  if (block.kind === 'file') return afterDeclaration(found);
  if (block.kind === 'compare' || !beginsOperand(found.tokenType)) return undefined;
  if (block.words.some((word) => didYouMean(found.image, [word, '\0']) === word)) return undefined;
  if (foreignWords.has(found.image) && following.tokenType !== t.LParen) return undefined;
  return missingOperator(found, previous);
}

/** `solve p wiht ista` */
function afterDeclaration(found: IToken): Finding {
  const meant = didYouMean(found.image, ['with', 'via', 'stop when']);
  const help = meant === undefined ? undefined : { help: `did you mean \`${meant}\`?` };
  const values = { expected: 'the end of the declaration', found: describeToken(found) };
  return (span) => report('G001', span, values, help);
}

function unknownWord(block: Block, found: IToken, following: IToken): Finding {
  const word = found.image;
  const home = homeOf.get(word);
  const isWord = isName(found.tokenType) || t.reserved.has(word);
  if (
    home !== undefined &&
    (t.reserved.has(word) || isName(following.tokenType)) &&
    !owns(block, word)
  )
    return (span) => report('G017', span, { word, where: home, here: placeName(block) });
  if (!isWord)
    return (span) =>
      report('G001', span, { expected: article(block.item), found: describeToken(found) });
  const foreign = foreignWords.has(word.toLowerCase());
  if (block.kind === 'problem' && !foreign && looksLikeConstraint(following.tokenType))
    return (span) => report('G019', span, {}, { help: 'write `subject to { … }` around it' });
  const meant = suggestion(block, word);
  const help = meant === undefined ? listOf(block) : `did you mean \`${meant}\`?`;
  return (span) =>
    report(
      'G016',
      span,
      { word: quote(word), what: block.item },
      help === '' ? undefined : { help },
    );
}

function owns(block: Block, word: string): boolean {
  return block.words.some((own) => own === word || own.startsWith(`${word} `));
}

function suggestion(block: Block, word: string): string | undefined {
  const foreign = foreignWords.get(word) ?? foreignWords.get(word.toLowerCase());
  const known = foreign === 'else if' ? block.kind === 'statements' : true;
  if (foreign !== undefined && known && (foreign === 'else if' || block.words.includes(foreign)))
    return foreign;
  return block.words.length === 0 ? undefined : didYouMean(word, [...block.words]);
}

function listOf(block: Block): string {
  if (block.words.length === 0) return '';
  const words = block.words.map((word) => `\`${word}\``);
  return `${capital(block.items)} begin with ${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

function placeName(block: Block): string {
  switch (block.kind) {
    case 'file':
      return 'the file itself';
    case 'problem':
      return 'a problem';
    case 'constraints':
      return 'constraints';
    case 'entries':
      return 'a list of values';
    case 'statements':
      return 'the body of a method';
    case 'compare':
      return 'a `compare`';
    case 'function':
      return 'the body of a function';
  }
}

function looksLikeConstraint(type: TokenType): boolean {
  return type === t.Colon || type === t.LSquare || type.CATEGORIES?.includes(t.Operator) === true;
}

export function describeToken(token: IToken): string {
  if (token.tokenType === EOF) return 'the end of the file';
  return token.tokenType === t.StringToken ? 'a string' : `\`${quote(token.image)}\``;
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function isName(type: TokenType): boolean {
  return type === t.Identifier || type.CATEGORIES?.includes(t.Identifier) === true;
}

function separates(type: TokenType): boolean {
  return type === t.Semicolon || type === t.LCurly || type === EOF;
}

function beginsOperand(type: TokenType): boolean {
  return (
    isName(type) ||
    type === t.NumberToken ||
    type === t.StringToken ||
    type === t.Inf ||
    type === t.True ||
    type === t.False ||
    type === t.LParen ||
    type === t.LSquare
  );
}

function endsOperand(token: IToken): boolean {
  const type = token.tokenType;
  return (
    isName(type) ||
    type === t.NumberToken ||
    type === t.StringToken ||
    type === t.Inf ||
    type === t.True ||
    type === t.False ||
    type === t.RParen ||
    type === t.RSquare ||
    type === t.Apostrophe
  );
}
