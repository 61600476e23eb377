import {
  EmbeddedActionsParser,
  EOF,
  isRecognitionException,
  type IToken,
  type TokenType,
} from 'chevrotain';
import type { BadMember, Doc, Name, Text } from '../ast.ts';
import {
  reporter,
  type Diagnostic,
  type Extra,
  type ParametersOf,
  type Values,
} from '../diagnostic.ts';
import { limits } from '../limits.ts';
import { grammarMessages, type GrammarCode } from '../messages.ts';
import type { DocComment, Scan } from '../scan.ts';
import type { Source } from '../source.ts';
import type { Span } from '../span.ts';
import * as t from '../tokens.ts';
import { normalise } from '../words.ts';
import { homeOf, topLevel, type Block } from './block.ts';
import { explainJunk, explainMismatch, type Finding } from './explain.ts';
import { FirstTokenLookahead } from './lookahead.ts';
import { unescape } from './unescape.ts';

/** Thrown where reading an item cannot go on for a reason of our own; a message has been given. */
class Abandon extends Error {}

const makeDiagnostic = reporter(grammarMessages);

/**
 * What all rules share: places, names, messages, and recovery. Chevrotain reads; where it meets something else than
 * it expects, the nearest item (member, statement, constraint, …) catches that, says so once, and skips to the next item.
 */
export abstract class BaseParser extends EmbeddedActionsParser {
  protected diagnostics: Diagnostic[] = [];
  protected text = '';
  protected file = 0;
  /** Above 0 inside an index, where `end` is no name. */
  protected indexing = 0;
  /** Whether `20 s` may stand here. */
  protected durations = false;
  /** Where the last `sum(i in I)` ended and what it was, to say that its body is missing. */
  protected headEnd = -1;
  protected headWord = '';
  /** Where the last goal without `over` ended. */
  protected goalEnd = -1;
  /** Operators that stand inside one another at this place. */
  protected operators = 0;
  /** Those of them around the terms of the sum at this place. */
  protected aroundTerms = 0;
  /** Expressions inside one another at this place. */
  protected depth = 0;
  private docs: ReadonlyMap<number, DocComment> = new Map();
  private usedDocs = new Set<number>();
  /** Offsets that have a message: one is enough for each place. */
  private reported = new Set<number>();
  private ended = false;
  private spoiled: ReadonlySet<number> = new Set();
  /** The block whose `}` was probably forgotten, judged by indentation. */
  private suspect: IToken | undefined;

  constructor(skipValidations: boolean) {
    super([...t.allTokens], {
      maxLookahead: 1,
      lookaheadStrategy: new FirstTokenLookahead(),
      recoveryEnabled: false,
      skipValidations,
      errorMessageProvider: {
        buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
        buildNotAllInputParsedMessage: () => 'the end of the file',
        buildNoViableAltMessage: ({ ruleName }) => ruleName,
        buildEarlyExitMessage: ({ ruleName }) => ruleName,
      },
    });
  }

  /** Takes up a text. */
  protected load(source: Source, scan: Scan): void {
    this.input = scan.tokens;
    this.text = source.text;
    this.file = source.index;
    this.docs = scan.docs;
    this.usedDocs = new Set();
    this.diagnostics = [...scan.diagnostics];
    this.reported = new Set(scan.diagnostics.map((d) => d.span.start));
    this.spoiled = scan.spoiled;
    this.ended = false;
    this.suspect = undefined;
    this.indexing = 0;
    this.durations = false;
    this.headEnd = -1;
    this.goalEnd = -1;
    this.operators = 0;
    this.aroundTerms = 0;
    this.depth = 0;
  }

  // --------------------------------------------------------------------------------------- places

  protected spanOf(token: IToken): Span {
    if (token.tokenType === EOF) return { file: this.file, ...this.endOfText() };
    const start = token.startOffset;
    return { file: this.file, start, end: start + token.image.length };
  }

  /** From a token to the last one that was read. */
  protected from(first: IToken): Span {
    return this.fromOffset(first.startOffset);
  }

  protected fromOffset(start: number): Span {
    const last = this.LA(0);
    const end = last.tokenType === EOF ? start : last.startOffset + last.image.length;
    return { file: this.file, start, end: Math.max(start, end) };
  }

  private endOfText(): { start: number; end: number } {
    const last = this.LA(0);
    const end = last.tokenType === EOF ? 0 : last.startOffset + last.image.length;
    return { start: end, end };
  }

  protected nameOf(token: IToken): Name {
    return { kind: 'Name', name: normalise(token.image), span: this.spanOf(token) };
  }

  protected textOf(token: IToken): Text {
    return { kind: 'Text', value: unescape(token.image), span: this.spanOf(token) };
  }

  protected next(): TokenType {
    return this.LA(1).tokenType;
  }

  protected nextIs(type: TokenType, ahead = 1): boolean {
    const found = this.LA(ahead).tokenType;
    return found === type || found.CATEGORIES?.includes(type) === true;
  }

  // ------------------------------------------------------------------------------- documentation

  /** The documentation before a token, for its declaration. */
  protected docOf(first: IToken): Doc | undefined {
    const found = this.docs.get(first.startOffset);
    if (found === undefined) return undefined;
    this.usedDocs.add(first.startOffset);
    return found.doc;
  }

  /** `##` comments that no declaration took. */
  protected unusedDocs(): DocComment[] {
    return [...this.docs].filter(([offset]) => !this.usedDocs.has(offset)).map(([, doc]) => doc);
  }

  // -------------------------------------------------------------------------------------- messages

  protected report<C extends GrammarCode>(
    code: C,
    span: Span,
    values: Values<ParametersOf<(typeof grammarMessages)[C]>>,
    extra?: Extra,
  ): void {
    this.say(makeDiagnostic(code, span, values, extra));
  }

  private say(diagnostic: Diagnostic): void {
    if (this.reported.has(diagnostic.span.start) || this.isFull()) return;
    this.reported.add(diagnostic.span.start);
    this.diagnostics.push(diagnostic);
    if (this.diagnostics.length >= limits.errors) {
      this.diagnostics.push(makeDiagnostic('G044', diagnostic.span, { limit: limits.errors }));
    }
  }

  /** Nothing more is read or said. */
  protected isFull(): boolean {
    return this.ended || this.diagnostics.length > limits.errors;
  }

  /** Gives up the whole file, after a message. */
  protected endHere(): never {
    this.ended = true;
    throw new Abandon();
  }

  private sayFinding(finding: Finding | undefined, token: IToken): void {
    if (finding === undefined || token.isInsertedInRecovery === true) return;
    if (this.spoiled.has(token.startLine ?? 0)) return;
    this.say(finding(this.spanOf(token)));
  }

  /** Gives up the item that is being read, after a message. */
  protected abandon(): never {
    throw new Abandon();
  }

  // -------------------------------------------------------------------------------------- recovery

  /** Reads an item; where that fails, says why, skips to the next item of the block, and gives `bad` in its place. */
  protected guarded<T>(block: Block, read: () => T, bad: () => T): T {
    const { indexing, durations, operators, aroundTerms, depth } = this;
    const first = this.LA(1).startOffset;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (isRecognitionException(error)) this.sayException(error);
      else if (!(error instanceof Abandon)) throw error;
      Object.assign(this, { indexing, durations, operators, aroundTerms, depth });
      this.resync(block, this.bracketsSince(first));
      return bad();
    }
  }

  private sayException(error: Error): void {
    const found = this.LA(1);
    // `s.t.` has had its message.
    if (this.LA(0).image === '.t.') return;
    if (isCloser(error.message) && this.moveUnclosed(found)) return;
    const finding = explainMismatch({
      expected: error.message,
      found,
      previous: this.LA(0),
      beforeThat: [this.LA(-1), this.LA(-2)],
      head: this.endOfText().end === this.headEnd ? this.headWord : undefined,
      endOfLine: this.isNextItem(found),
    });
    if (this.isNextItem(found)) this.sayAtLineEnd(finding);
    else this.sayFinding(finding, found);
  }

  /** What is wrong is then the end of the line before, not this token. */
  private isNextItem(found: IToken): boolean {
    if (found.tokenType === EOF) return false;
    if (!isOnNewLine(found, this.LA(0))) return false;
    return found.tokenType === t.RCurly || homeOf.has(found.image);
  }

  private sayAtLineEnd(finding: Finding): void {
    if (this.spoiled.has(this.LA(0).startLine ?? 0)) return;
    this.say(finding({ file: this.file, ...this.endOfText() }));
  }

  /** A bracket that the scanner found unclosed: here is the place where its closer is missing. */
  private moveUnclosed(found: IToken): boolean {
    for (let ahead = 1; ahead < 400; ahead++) {
      const token = this.LA(ahead);
      if (token.tokenType === EOF || token.tokenType === t.RCurly) return false;
      if (token.isInsertedInRecovery !== true || !closes(token.tokenType)) continue;
      const opener: unknown = token.payload;
      const at = this.diagnostics.findIndex((d) => d.code === 'G003' && d.span.start === opener);
      const known = this.diagnostics[at];
      if (known === undefined) return false;
      const message = `before this, \`${closerOf(token.tokenType)}\` is missing`;
      this.diagnostics[at] = { ...known, related: [{ span: this.spanOf(found), message }] };
      return true;
    }
    return false;
  }

  /** Reads the items of a block with `many`, again after every stretch of text that begins none. */
  protected items(block: Block, open: IToken | undefined, many: () => void): void {
    do many();
    while (!this.RECORDING_PHASE && this.skipJunk(block, open));
  }

  /** True if something was skipped, so that more items may follow. */
  private skipJunk(block: Block, open: IToken | undefined): boolean {
    const found = this.LA(1);
    if (this.isFull()) this.resync(block);
    if (found.tokenType === EOF || this.isFull()) return false;
    if (found.tokenType === t.RCurly && block.closes) return false;
    if (block.stops.has(found.tokenType) && this.endsBlock(found, open)) return false;
    const afterGoal = this.endOfText().end === this.goalEnd;
    const around = { found, previous: this.LA(0), following: this.LA(2), afterGoal };
    this.sayFinding(explainJunk(block, around), found);
    const comma = found.tokenType === t.Comma || found.tokenType === t.RCurly;
    this.SKIP_TOKEN();
    if (!comma) this.resync(block);
    return true;
  }

  /** A word that cannot stand in a block shows that its `}` is missing, unless it is set further in than the block. */
  private endsBlock(found: IToken, open: IToken | undefined): boolean {
    if (open === undefined || !topLevel.has(found.tokenType)) return true;
    const first = isOnNewLine(found, this.LA(0));
    return first && this.indent(found.startOffset) <= this.indent(open.startOffset);
  }

  /** How many brackets, `{` apart, are open that an item opened; each has its closer ahead, of the scanner's making where the text has none. */
  private bracketsSince(first: number): number {
    let open = 0;
    let most = 0;
    for (let back = 0; ; back--) {
      const token = this.LA(back);
      if (!(token.startOffset >= first)) return most;
      const { tokenType: type } = token;
      if (type !== t.LCurly && opens(type)) open++;
      else if (type !== t.RCurly && closes(type)) open--;
      most = Math.max(most, open);
    }
  }

  /** Skips to where the next item of a block may begin, over brackets as a whole; `inside` of them are open already. */
  private resync(block: Block, inside = 0): void {
    for (;;) {
      const token = this.LA(1);
      const type = token.tokenType;
      if (type === EOF) return;
      if (this.isFull()) {
        this.SKIP_TOKEN();
        continue;
      }
      if (block.ends.has(type)) return;
      if (inside === 0 && this.mayBegin(block, token)) return;
      if (opens(type)) inside++;
      else if (inside > 0 && closes(type)) inside--;
      this.SKIP_TOKEN();
    }
  }

  private mayBegin(block: Block, token: IToken): boolean {
    const type = token.tokenType;
    if (type === t.Semicolon || type === t.RCurly || block.starts.has(type)) return true;
    if (block.stops.has(type)) return true;
    const previous = this.LA(0);
    if (!isOnNewLine(token, previous) || wantsMore(previous.tokenType)) return false;
    return (block.anyLine && isNameLike(type)) || homeOf.has(token.image);
  }

  /** The `{` of a block. Where other things stand before it on its line, they are skipped with a message. */
  readonly opening = this.RULE('opening', (): IToken => {
    this.ACTION(() => this.skipToBrace());
    return this.CONSUME(t.LCurly);
  });

  private skipToBrace(): void {
    const found = this.LA(1);
    if (found.tokenType === t.LCurly) return;
    const ahead = this.braceOnLine(found);
    if (ahead === 0) return;
    this.sayException(new Error('`{`'));
    for (let k = 1; k < ahead; k++) this.SKIP_TOKEN();
  }

  /** How far ahead the next `{` is on the line of a token, or 0. */
  private braceOnLine(token: IToken): number {
    for (let ahead = 1; ahead < 100; ahead++) {
      const next = this.LA(ahead);
      if (next.tokenType === EOF || next.startLine !== token.startLine) return 0;
      if (next.tokenType === t.LCurly) return ahead;
    }
    return 0;
  }

  /** Reads with `read`; where that fails, says why and skips to one of `until` on the same line. */
  protected guardedUntil<T>(until: ReadonlySet<TokenType>, read: () => T, bad: () => T): T {
    const { indexing, durations, operators, aroundTerms, depth } = this;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const line = this.LA(0).startLine;
      let ahead = 1;
      while (!until.has(this.LA(ahead).tokenType) && this.LA(ahead).startLine === line) ahead++;
      if (!until.has(this.LA(ahead).tokenType)) throw error;
      if (isRecognitionException(error)) this.sayException(error);
      else if (!(error instanceof Abandon)) throw error;
      Object.assign(this, { indexing, durations, operators, aroundTerms, depth });
      for (let k = 1; k < ahead; k++) this.SKIP_TOKEN();
      return bad();
    }
  }

  /** The `}` of a block, or a message that it is missing. */
  readonly closing = this.RULE('closing', (open: IToken, block: Block) => {
    let found = false;
    this.OPTION(() => {
      const close = this.CONSUME(t.RCurly);
      found = true;
      this.ACTION(() => this.compareIndents(open, close));
    });
    this.ACTION(() => {
      if (!found) this.missingBrace(open, block);
    });
  });

  private missingBrace(open: IToken, block: Block): void {
    const next = this.LA(1);
    const culprit = this.suspect ?? open;
    const found = next.tokenType === EOF ? 'the end of the file' : `\`${next.image}\``;
    const related = [{ span: this.spanOf(culprit), message: 'this `{` is never closed' }];
    const help = `close the ${block.name} with \`}\``;
    this.report(
      'G005',
      this.spanOf(next),
      { found },
      { related, ...(this.suspect ? {} : { help }) },
    );
    this.suspect = undefined;
  }

  /** A `}` further to the left than the line of its `{` most likely belongs to another. */
  private compareIndents(open: IToken, close: IToken): void {
    if (this.suspect !== undefined || open.startLine === close.startLine) return;
    if (!isOnNewLine(close, this.LA(-1))) return;
    if (this.indent(close.startOffset) < this.indent(open.startOffset)) this.suspect = open;
  }

  private indent(offset: number): number {
    const start = this.text.lastIndexOf('\n', offset - 1) + 1;
    let end = start;
    while (this.text.charAt(end) === ' ' || this.text.charAt(end) === '\t') end++;
    return end - start;
  }

  // ----------------------------------------------------------------------------------------- names

  /** The name of a declaration; a missing one gets a message, and the declaration is read on. */
  readonly declaredName = this.RULE('declaredName', (what: string): Name => {
    let name: Name | undefined;
    this.OPTION({
      GATE: () => this.nextIs(t.Identifier),
      DEF: () => {
        const token = this.CONSUME(t.Identifier);
        name = this.nameOf(token);
      },
    });
    return name ?? this.ACTION(() => this.missingName(what));
  });

  private missingName(what: string): Name {
    const token = this.LA(1);
    const span = this.spanOf(token);
    if (t.reserved.has(token.image)) {
      this.report('G002', span, { word: token.image });
      this.SKIP_TOKEN();
    } else {
      this.report('G035', span, { what, found: describe(token) });
    }
    return { kind: 'Name', name: '', span: { ...span, end: span.start } };
  }

  /** What stands for an item that could not be read, with the names that it would have declared. */
  protected badItem(first: IToken): BadMember {
    const names: Name[] = [];
    let back = 0;
    while (this.LA(back) !== first && this.LA(back).tokenType !== EOF) back--;
    for (let ahead = back + 1; ahead <= 0; ahead++) {
      const afterName = names.length > 0 && this.LA(ahead - 1).tokenType !== t.Comma;
      if (this.nextIs(t.Identifier, ahead) && !afterName) names.push(this.nameOf(this.LA(ahead)));
      else if (this.LA(ahead).tokenType !== t.Comma && !this.nextIs(t.AnyLParen, ahead)) break;
    }
    return { kind: 'BadMember', names, span: this.from(first) };
  }
}

export function describe(token: IToken): string {
  if (token.tokenType === EOF) return 'the end of the file';
  return token.tokenType === t.StringToken ? 'a string' : `\`${token.image.slice(0, 40)}\``;
}

function isCloser(label: string): boolean {
  return label === '`)`' || label === '`]`' || label === '`}`';
}

function opens(type: TokenType): boolean {
  return (
    type === t.LCurly ||
    type.CATEGORIES?.some((c) => c === t.AnyLParen || c === t.AnyLSquare) === true
  );
}

function closes(type: TokenType): boolean {
  return type === t.RCurly || type === t.RParen || type === t.RSquare;
}

function closerOf(type: TokenType): string {
  if (type === t.RParen) return ')';
  return type === t.RSquare ? ']' : '}';
}

function isOnNewLine(token: IToken, previous: IToken): boolean {
  return (token.startLine ?? 0) > (previous.startLine ?? 0);
}

function isNameLike(type: TokenType): boolean {
  return type === t.Identifier || type.CATEGORIES?.includes(t.Identifier) === true;
}

/** After these a line goes on. */
function wantsMore(type: TokenType): boolean {
  return (
    type === t.Comma ||
    type === t.Equals ||
    type === t.Colon ||
    type.CATEGORIES?.includes(t.Operator) === true
  );
}
