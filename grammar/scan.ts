import type { IToken, TokenType } from 'chevrotain';
import type { Comment, Doc } from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { reporter } from './diagnostic.ts';
import { sanitise } from './display.ts';
import { foreignAt } from './foreign.ts';
import { limits } from './limits.ts';
import { grammarMessages } from './messages.ts';
import { quote } from './quote.ts';
import type { Source } from './source.ts';
import type { Span } from './span.ts';
import * as t from './tokens.ts';
import { normalise, wordEnd } from './words.ts';

/** What the scanner makes of a text. */
export interface Scan {
  readonly tokens: IToken[];
  readonly comments: readonly Comment[];
  /** Documentation by the offset of the token that follows it, with the comments it was made of. */
  readonly docs: ReadonlyMap<number, DocComment>;
  readonly diagnostics: readonly Diagnostic[];
  /** Lines with text that could not be read at all: what follows there may be wrong for that reason alone. */
  readonly spoiled: ReadonlySet<number>;
  /** True if reading ended early: the tokens are not worth parsing. */
  readonly fatal: boolean;
}

export interface DocComment {
  readonly doc: Doc;
  readonly comments: readonly Comment[];
}

/** A bracket that waits for its other half. */
interface Open {
  readonly image: string;
  readonly at: number;
  readonly line: number;
}

const report = reporter(grammarMessages);

const closerOf: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const openerOf: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const closerType: ReadonlyMap<string, TokenType> = new Map([
  ['(', t.RParen],
  ['[', t.RSquare],
  ['{', t.RCurly],
]);

/** Reserved words that begin a member or statement and never stand inside brackets. */
const breaks: ReadonlySet<TokenType> = new Set([
  t.Problem,
  t.Method,
  t.Compare,
  t.FunctionWord,
  t.Import,
  t.Solve,
  t.Data,
  t.Param,
  t.Let,
  t.Minimize,
  t.Maximize,
  t.Find,
  t.Subject,
  t.While,
  t.Return,
]);

/** The same for words that are also names or functions: only with what follows them are they telling. */
const breakPattern =
  /(?:var[ \t]+[\p{L}_]|repeat[ \t]*\{|known[ \t]*\{|lower[ \t]*\{|(?:set|metric|state|report)[ \t]+[\p{L}_][\p{L}\p{N}_]*[ \t]*=(?!=))/uy;

const numberPattern = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const fractionPattern = /(?:\.\d+)+/y;

/** Cuts a text into tokens. Takes time linear in the text, whatever it holds. */
export function scan(source: Source): Scan {
  const scanner = new Scanner(source);
  scanner.run();
  return scanner;
}

class Scanner implements Scan {
  readonly tokens: IToken[] = [];
  readonly comments: Comment[] = [];
  readonly docs = new Map<number, DocComment>();
  readonly diagnostics: Diagnostic[] = [];
  readonly spoiled = new Set<number>();
  fatal = false;

  private readonly text: string;
  private readonly file: number;
  private at = 0;
  private line = 1;
  private lastLine = 0;
  private lastEnd = 0;
  private lastType: TokenType | undefined;
  private readonly open: Open[] = [];
  /** How many of the open brackets are `(` or `[`. */
  private inside = 0;
  /** `##` comments that may become documentation of the next token. */
  private docRun: Comment[] = [];
  /** The line of the last `##`; a run of them has no gap. */
  private docLine = -1;

  constructor(source: Source) {
    this.text = source.text;
    this.file = source.index;
  }

  run(): void {
    if (this.text.length > limits.bytes) {
      this.end(report('G041', this.span(0, 0), { limit: limits.bytes / 1024 / 1024 }));
      return;
    }
    const nul = this.text.indexOf('\0');
    if (nul >= 0) {
      this.end(report('G043', this.span(nul, nul + 1), {}));
      return;
    }
    if (this.text.startsWith('\uFEFF')) this.at = 1;
    while (!this.fatal && this.at < this.text.length) this.next();
    this.closeAll();
    this.dropDocs();
    this.comments.sort((a, b) => a.span.start - b.span.start);
  }

  private next(): void {
    const code = this.text.charCodeAt(this.at);
    if (code === 0x20 || code === 0x09 || code === 0x0d) this.at++;
    else if (code === 0x0a) {
      this.line++;
      this.at++;
    } else if (code >= 0x30 && code <= 0x39) this.number();
    else if (code === 0x23) this.comment();
    else if (code === 0x22) this.string();
    else {
      const end = wordEnd(this.text, this.at);
      if (end > this.at) this.word(end);
      else this.symbol(this.text.charAt(this.at));
    }
  }

  // ------------------------------------------------------------------------------------- comments

  private comment(): void {
    const start = this.at;
    const lineEnd = this.endOfLine();
    const text = this.text.slice(start, lineEnd).trimEnd();
    this.at = lineEnd;
    const span = this.span(start, start + text.length);
    const comment: Comment = { kind: 'Comment', text, span };
    if (!text.startsWith('##')) {
      this.dropDocs();
      this.comments.push(comment);
      return;
    }
    if (this.docLine !== this.line - 1) this.dropDocs();
    this.docRun.push(comment);
    this.docLine = this.line;
  }

  private endOfLine(): number {
    const end = this.text.indexOf('\n', this.at);
    return end < 0 ? this.text.length : end;
  }

  /** `##` lines that no declaration follows are comments like others. */
  private dropDocs(): void {
    for (const comment of this.docRun) this.comments.push(comment);
    this.docRun = [];
    this.docLine = -1;
  }

  private takeDocs(offset: number): void {
    const [first] = this.docRun;
    const last = this.docRun.at(-1);
    if (first === undefined || last === undefined) return;
    const text = this.docRun.map((c) => c.text.replace(/^#+ ?/, '')).join('\n');
    const doc: Doc = { text, span: this.span(first.span.start, last.span.end) };
    this.docs.set(offset, { doc, comments: this.docRun });
    this.docRun = [];
    this.docLine = -1;
  }

  // --------------------------------------------------------------------------------------- tokens

  private push(type: TokenType, start: number, end: number): void {
    const firstOnLine = this.line > this.lastLine;
    if (firstOnLine && this.inside > 0 && this.breaksLine(type, start)) this.closeInside();
    if (this.docRun.length > 0) this.takeDocs(start);
    const placed = firstOnLine && this.inside === 0 ? atLineStart(type) : type;
    this.tokens.push({
      image: this.text.slice(start, end),
      startOffset: start,
      startLine: this.line,
      tokenType: placed,
      tokenTypeIdx: placed.tokenTypeIdx ?? 0,
    });
    this.lastLine = this.line;
    this.lastType = placed;
    this.lastEnd = end;
    this.at = end;
  }

  /** A token that the text lacks, so that reading can go on. */
  private insert(type: TokenType, opener?: number): void {
    this.tokens.push({
      image: '',
      startOffset: this.lastEnd,
      startLine: this.lastLine,
      tokenType: type,
      tokenTypeIdx: type.tokenTypeIdx ?? 0,
      isInsertedInRecovery: true,
      payload: opener,
    });
    this.lastType = type;
  }

  private word(end: number): void {
    const start = this.at;
    const image = this.text.slice(start, end);
    if (image === 's' && this.text.startsWith('.t.', end)) {
      this.error(report('G019', this.span(start, end + 3), {}));
      this.push(t.Subject, start, end);
      this.push(t.To, end, end + 3);
      return;
    }
    this.push(t.words.get(normalise(image)) ?? t.Identifier, start, end);
  }

  private number(): void {
    const start = this.at;
    numberPattern.lastIndex = start;
    numberPattern.test(this.text);
    const end = numberPattern.lastIndex;
    const image = this.text.slice(start, end);
    if (!Number.isFinite(Number(image)))
      this.error(report('G046', this.span(start, end), { found: quote(image) }));
    this.push(t.NumberToken, start, end);
    this.afterNumber(start, end);
  }

  /** What may not follow a number at once: a letter, a lone point, a second fraction. */
  private afterNumber(start: number, end: number): void {
    fractionPattern.lastIndex = end;
    if (fractionPattern.test(this.text)) {
      const stop = fractionPattern.lastIndex;
      const found = this.text.slice(start, stop);
      const use = found.split('.').slice(0, 2).join('.');
      this.malformed(start, stop, found, use);
      this.at = stop;
      return;
    }
    if (this.text.charAt(end) === '.' && !/[.\d+\-*/^T]/.test(this.text.charAt(end + 1))) {
      const digits = this.text.slice(start, end);
      this.malformed(start, end + 1, `${digits}.`, digits);
      this.at = end + 1;
      return;
    }
    const wordStop = wordEnd(this.text, end);
    if (wordStop > end) this.letterAfterNumber(start, end, wordStop);
  }

  private letterAfterNumber(start: number, end: number, stop: number): void {
    const digits = this.text.slice(start, end);
    const letters = this.text.slice(end, stop);
    if (isUnit(letters) || t.reserved.has(letters)) return;
    const found = digits + letters;
    if (/^[eE]$/.test(letters)) {
      this.malformed(start, stop, found, `${digits}e0`);
      this.at = stop;
    } else if (digits === '0' && /^(?:x[\da-fA-F]+|b[01]+|o[0-7]+)$/i.test(letters)) {
      this.malformed(start, stop, found, String(Number(found)));
      this.at = stop;
    } else if (/^_[\d_]*$/.test(letters)) {
      this.malformed(start, stop, found, found.replaceAll('_', ''));
      this.at = stop;
    } else {
      this.malformed(start, stop, found, `${digits}*${letters}`);
      this.insert(t.Star);
    }
  }

  private malformed(start: number, end: number, found: string, use: string): void {
    this.error(report('G012', this.span(start, end), { found: quote(found), use: quote(use) }));
  }

  private string(): void {
    const start = this.at;
    let end = start + 1;
    for (;;) {
      const c = this.text.charAt(end);
      if (c === '' || c === '\n') {
        this.error(report('G010', this.span(start, end), {}));
        this.spoiled.add(this.line);
        break;
      }
      if (c === '\\') this.checkEscape(end);
      end += c === '\\' && this.text.charAt(end + 1) !== '\n' ? 2 : 1;
      if (c === '"') break;
    }
    this.push(t.StringToken, start, Math.min(end, this.text.length));
  }

  private checkEscape(at: number): void {
    const next = this.text.charAt(at + 1);
    if (next !== '' && '"\\nt'.includes(next)) return;
    const match = /^u\{([0-9a-fA-F]{1,6})\}/.exec(this.text.slice(at + 1, at + 10));
    if (match !== null && Number.parseInt(match[1] ?? '', 16) <= 0x10ffff) return;
    const escape = quote(`\\${next.trim()}`);
    this.error(report('G011', this.span(at, at + 1 + next.trim().length), { escape }));
  }

  private symbol(c: string): void {
    const start = this.at;
    // Most symbols by far: brackets and separators, which no other language spells otherwise.
    const plain = t.punctuation.get(c);
    if (plain !== undefined) {
      this.punctuation(c, plain);
      return;
    }
    if (c === "'" && this.apostropheString()) return;
    if (c === '.' && /\d/.test(this.text.charAt(start + 1))) {
      this.leadingPoint();
      return;
    }
    if (c === '/' && /[/*]/.test(this.text.charAt(start + 1))) {
      this.foreignComment();
      return;
    }
    const foreign = foreignAt(this.text, start);
    if (foreign !== undefined && !this.isOurs(foreign.found)) {
      const end = start + foreign.found.length;
      const { found, use, help } = foreign;
      const extra = help === undefined ? undefined : { help };
      this.error(report('G008', this.span(start, end), { found, use }, extra));
      this.push(foreign.type, start, end);
      return;
    }
    const own = t.symbols.get(c)?.find(([image]) => this.text.startsWith(image, start));
    if (own === undefined) this.unknown();
    else this.punctuation(own[0], own[1]);
  }

  /** `!=`, and others that begin like a foreign spelling, win if they are longer. */
  private isOurs(found: string): boolean {
    // `.T` is a transpose only where the word ends there.
    if (found === '.T') return wordEnd(this.text, this.at + 1) > this.at + 2;
    const own = t.symbols
      .get(found.charAt(0))
      ?.find(([image]) => this.text.startsWith(image, this.at));
    return own !== undefined && own[0].length >= found.length;
  }

  private punctuation(image: string, type: TokenType): void {
    const start = this.at;
    if (type === t.LParen || type === t.LSquare || type === t.LCurly) {
      this.push(type, start, start + 1);
      this.opens(image, start);
    } else if (type === t.RParen || type === t.RSquare || type === t.RCurly) {
      this.closes(image, type, start);
    } else this.push(type, start, start + image.length);
  }

  private leadingPoint(): void {
    const start = this.at;
    numberPattern.lastIndex = start + 1;
    numberPattern.test(this.text);
    const end = numberPattern.lastIndex;
    const found = this.text.slice(start, end);
    this.malformed(start, end, found, `0${found}`);
    this.push(t.NumberToken, start, end);
  }

  private foreignComment(): void {
    const start = this.at;
    const found = this.text.slice(start, start + 2);
    this.error(report('G014', this.span(start, start + 2), { found }));
    // Only so far, lest many unclosed ones cost a look at the whole file each.
    const near = this.text.slice(start + 2, start + 10_000);
    const close = found === '/*' ? near.indexOf('*/') : -1;
    const end = close < 0 ? this.endOfLine() : start + close + 4;
    for (let i = start; i < end; i++) if (this.text.charCodeAt(i) === 10) this.line++;
    this.at = end;
  }

  /** `'text'` where an operand begins can only be a string. */
  private apostropheString(): boolean {
    if (this.lastType !== undefined && endsOperand(this.lastType)) return false;
    const start = this.at;
    const close = this.text.indexOf("'", start + 1);
    const end = close < 0 || close > this.endOfLine() ? start + 1 : close + 1;
    this.error(report('G013', this.span(start, end), {}));
    this.push(t.StringToken, start, end);
    return true;
  }

  /** The last unit stands for itself: of a text that was cut from a longer one, V8's codePointAt may read on into what follows it. */
  private codePoint(at: number): number {
    const { text } = this;
    return (at + 1 < text.length ? text.codePointAt(at) : text.charCodeAt(at)) ?? 0;
  }

  /** A run of characters that mean nothing is one error. */
  private unknown(): void {
    const start = this.at;
    const first = String.fromCodePoint(this.codePoint(start));
    let end = start;
    while (end < this.text.length && this.isUnknown(end)) {
      end += this.codePoint(end) > 0xffff ? 2 : 1;
    }
    this.at = Math.max(end, start + first.length);
    this.spoiled.add(this.line);
    const character = describeCharacter(first);
    const help = unknownHelp(first);
    this.error(
      report(
        'G009',
        this.span(start, this.at),
        { character },
        help === undefined ? undefined : { help },
      ),
    );
  }

  private isUnknown(at: number): boolean {
    const c = this.text.charAt(at);
    if (/[\s#"\d]/.test(c) || t.symbols.has(c)) return false;
    return wordEnd(this.text, at) === at && foreignAt(this.text, at) === undefined;
  }

  // ------------------------------------------------------------------------------------- brackets

  private opens(image: string, at: number): void {
    this.open.push({ image, at, line: this.line });
    if (image !== '{') this.inside++;
    if (this.open.length > limits.brackets)
      this.end(report('G040', this.span(at, at + 1), { limit: limits.brackets }));
  }

  private closes(image: string, type: TokenType, at: number): void {
    const opener = openerOf[image];
    const top = this.open.at(-1);
    if (top?.image === opener) {
      this.pop();
      this.push(type, at, at + 1);
    } else if (this.open.some((o) => o.image === opener)) {
      this.closeUntil(opener);
      this.pop();
      this.push(type, at, at + 1);
    } else if (image === '}') {
      this.push(type, at, at + 1);
    } else {
      this.closesWrongly(image, at, top);
    }
  }

  /** `(a]` closes the parenthesis; a closer with nothing open is left out. */
  private closesWrongly(image: string, at: number, top: Open | undefined): void {
    const span = this.span(at, at + 1);
    if (top === undefined || top.image === '{') {
      this.error(report('G004', span, { close: image }));
      this.at = at + 1;
      return;
    }
    const related = [
      { span: this.span(top.at, top.at + 1), message: `\`${top.image}\` opens here` },
    ];
    const help = `write \`${closerOf[top.image] ?? ''}\``;
    this.error(report('G004', span, { close: image }, { related, help }));
    this.pop();
    this.push(closerType.get(top.image) ?? t.RParen, at, at + 1);
  }

  private pop(): Open | undefined {
    const top = this.open.pop();
    if (top !== undefined && top.image !== '{') this.inside--;
    return top;
  }

  /** Closes what stands open above the nearest `opener`, with an error for each. */
  private closeUntil(opener: string | undefined): void {
    for (let top = this.open.at(-1); top !== undefined; top = this.open.at(-1)) {
      if (top.image === opener) return;
      this.neverClosed(top);
    }
  }

  private neverClosed(top: Open): void {
    const values = { open: top.image, close: closerOf[top.image] ?? '' };
    const here = this.span(this.lastEnd, this.lastEnd);
    const related = [{ span: here, message: `\`${values.close}\` is missing here` }];
    if (!this.spoiled.has(top.line))
      this.error(report('G003', this.span(top.at, top.at + 1), values, { related }));
    this.pop();
    this.insert(closerType.get(top.image) ?? t.RParen, top.at);
  }

  private breaksLine(type: TokenType, at: number): boolean {
    if (breaks.has(type)) return true;
    breakPattern.lastIndex = at;
    return breakPattern.test(this.text);
  }

  /** A new member begins inside brackets: they were forgotten. Braces of blocks stay open. */
  private closeInside(): void {
    for (let top = this.open.at(-1); top !== undefined && this.inside > 0; top = this.open.at(-1))
      this.neverClosed(top);
  }

  private closeAll(): void {
    if (!this.fatal) this.closeInside();
  }

  // --------------------------------------------------------------------------------------- errors

  private span(start: number, end: number): Span {
    return { file: this.file, start, end };
  }

  private error(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
    if (this.diagnostics.length >= limits.errors) {
      this.fatal = true;
      this.diagnostics.push(report('G044', diagnostic.span, { limit: limits.errors }));
    }
  }

  /** One clear error, and nothing else. */
  private end(diagnostic: Diagnostic): void {
    this.fatal = true;
    this.diagnostics.length = 0;
    this.diagnostics.push(diagnostic);
  }
}

const units: ReadonlySet<string> = new Set(['ms', 's', 'min', 'h']);

export function isUnit(word: string): word is 'ms' | 's' | 'min' | 'h' {
  return units.has(word);
}

function atLineStart(type: TokenType): TokenType {
  if (type === t.Minus) return t.LineMinus;
  if (type === t.LParen) return t.LineLParen;
  return type === t.LSquare ? t.LineLSquare : type;
}

const operandEnds: ReadonlySet<TokenType> = new Set([
  t.NumberToken,
  t.StringToken,
  t.RParen,
  t.RSquare,
  t.RCurly,
  t.Apostrophe,
  t.True,
  t.False,
  t.Inf,
]);

function endsOperand(type: TokenType): boolean {
  if (type === t.As) return false;
  return operandEnds.has(type) || type === t.Identifier || isContextual(type);
}

function isContextual(type: TokenType): boolean {
  return type.CATEGORIES?.includes(t.Identifier) === true;
}

function describeCharacter(c: string): string {
  const code = (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zs}\p{Zl}\p{Zp}]/u.test(c)
    ? `U+${code}`
    : `\`${sanitise(c)}\` (U+${code})`;
}

function unknownHelp(c: string): string | undefined {
  if (/[“”„«»‘]/.test(c)) return 'strings stand between double quotes `"`';
  if (c === '?') return 'a choice is written `if c then a else b`';
  if (c === '²' || c === '³') return `write \`^${c === '²' ? 2 : 3}\``;
  if (/[\u00a0\u2000-\u200b\u3000\u2028\u2029]/.test(c)) return 'use a plain space';
  return undefined;
}
