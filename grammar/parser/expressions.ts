import {
  EOF,
  NoViableAltException,
  type IOrAlt,
  type IToken,
  type ParserMethod,
  type TokenType,
} from 'chevrotain';
import type {
  Argument,
  BinderOp,
  Binding,
  Duration,
  DurationUnit,
  Expr,
  Implicit,
  IndexArgument,
  Name,
  Names,
  NumberLiteral,
  Quantifier,
  Recurrence,
  Type,
  Use,
} from '../ast.ts';
import { limits } from '../limits.ts';
import { binaryLevel, level, type Level } from '../precedence.ts';
import { isUnit } from '../scan.ts';
import { span } from '../span.ts';
import * as t from '../tokens.ts';
import { normalise } from '../words.ts';
import { BaseParser } from './base.ts';
import { climb, type IfHead, type Infix, type Part, type Prefix, type Problem } from './climb.ts';

/** Operators by their token, for a flat run. */
const infixOf: ReadonlyMap<TokenType, Infix['op']> = new Map<TokenType, Infix['op']>([
  [t.Or, 'or'],
  [t.And, 'and'],
  [t.Plus, '+'],
  [t.Minus, '-'],
  [t.DotPlus, '.+'],
  [t.DotMinus, '.-'],
  [t.Star, '*'],
  [t.Slash, '/'],
  [t.Backslash, '\\'],
  [t.DotStar, '.*'],
  [t.DotSlash, './'],
  [t.Caret, '^'],
  [t.DotCaret, '.^'],
  [t.DotDot, '..'],
  [t.EqualsEquals, '=='],
  [t.NotEquals, '!='],
  [t.LessEquals, '<='],
  [t.Less, '<'],
  [t.GreaterEquals, '>='],
  [t.Greater, '>'],
  [t.Arrow, '<'],
  [t.In, 'in'],
]);

const secondsIn: { readonly [U in DurationUnit]: number } = { ms: 1e-3, s: 1, min: 60, h: 3600 };

const binderOps = ['sum', 'prod', 'max', 'min', 'all', 'any', 'E', 'P'] as const;
const recurrenceOps = ['fold', 'scan'] as const;
const implicitOps = ['root', 'fixpoint', 'minimizer'] as const;

interface Around {
  readonly operators: number;
  readonly aroundTerms: number;
}

/** Whether an operator binds as tightly as a sum: what follows the next term is outside of it. */
const endsWithTerm = (op: Infix['op']): boolean =>
  Object.hasOwn(binaryLevel, op) && op !== 'or' && op !== 'and';

/** §2 of the language: expressions, types and bindings. */
export abstract class ExpressionParser extends BaseParser {
  /** A whole expression. */
  readonly expression: ParserMethod<[], Expr> = this.RULE('expression', (): Expr => {
    const around = this.intoExpression();
    const parts: Part[] = [];
    this.SUBRULE(this.operand, { ARGS: [parts] });
    this.MANY(() => {
      const token = this.CONSUME(t.Operator);
      this.pushInfix(parts, token);
      this.SUBRULE1(this.operand, { ARGS: [parts] });
    });
    return this.treeOf(parts, level.whole, around);
  });

  /** An arithmetic expression: it ends before a comparison, `and` and `or`. */
  readonly arithmetic: ParserMethod<[boolean?], Expr> = this.RULE(
    'arithmetic',
    (negated = false): Expr => {
      const around = this.intoExpression();
      const parts: Part[] = [];
      if (negated) this.pushMinusOfArrow(parts);
      this.SUBRULE(this.operand, { ARGS: [parts] });
      this.MANY(() => {
        const token = this.CONSUME(t.TightOperator);
        this.pushInfix(parts, token);
        this.SUBRULE1(this.operand, { ARGS: [parts] });
      });
      return this.treeOf(parts, level.range, around);
    },
  );

  /** Begins an expression; gives what is to be counted on from after it. */
  private intoExpression(): Around {
    const { operators, aroundTerms } = this;
    if (!this.RECORDING_PHASE) this.deeper();
    this.aroundTerms = operators;
    return { operators, aroundTerms };
  }

  private treeOf(parts: readonly Part[], floor: Level, around: Around): Expr {
    if (this.RECORDING_PHASE) return { kind: 'Bad', span: span(0, 0, 0) };
    this.depth--;
    this.operators = around.operators;
    this.aroundTerms = around.aroundTerms;
    return climb(parts, floor, this.complain);
  }

  /** One level deeper; brackets are counted by the scanner, other nesting here. */
  protected deeper(): void {
    this.depth++;
    if (this.depth <= limits.expressions) return;
    this.report('G040', this.spanOf(this.LA(1)), { limit: limits.brackets });
    this.endHere();
  }

  /** Counts what makes the tree higher. */
  protected grow(): void {
    this.operators++;
    if (this.operators <= limits.operators) return;
    this.report('G045', this.spanOf(this.LA(0)), { limit: limits.operators });
    this.abandon();
  }

  private pushInfix(parts: Part[], token: IToken): void {
    if (this.RECORDING_PHASE) return;
    const op = infixOf.get(token.tokenType);
    // The terms of a sum stand beside one another, however many they are.
    if (op === '+' || op === '-') this.operators = this.aroundTerms;
    this.grow();
    const place = this.spanOf(token);
    if (op === undefined) return;
    if (!endsWithTerm(op)) this.aroundTerms = this.operators;
    if (token.tokenType !== t.Arrow) {
      parts.push({ tag: 'infix', op, span: place });
      return;
    }
    parts.push({ tag: 'infix', op, span: { ...place, end: place.start + 1 } });
    this.pushMinusOfArrow(parts);
  }

  /** The minus of `<-`, which was just read. */
  private pushMinusOfArrow(parts: Part[]): void {
    const place = this.spanOf(this.LA(0));
    parts.push({ tag: 'minus', span: { ...place, start: Math.max(place.start, place.end - 1) } });
  }

  private readonly complain = (problem: Problem): void => {
    switch (problem.what) {
      case 'parentheses':
        this.report('G020', problem.span, { word: problem.word });
        return;
      case 'direction':
        this.report('G021', problem.span, { first: problem.first, second: problem.second });
        return;
      case 'chain':
        this.report('G022', problem.span, { first: problem.first, second: problem.second });
    }
  };

  // ------------------------------------------------------------------------------------- operands

  /** Prefixes, a primary, postfixes: pushed onto the run. */
  readonly operand: ParserMethod<[Part[]], void> = this.RULE('operand', (parts: Part[]): void => {
    // Most operands have no prefix and no postfix: asking first is cheaper than a loop that finds none.
    if (this.RECORDING_PHASE || this.atPrefix()) {
      this.MANY({
        GATE: () => this.atPrefix(),
        DEF: () => {
          const prefix = this.SUBRULE(this.prefix);
          this.pushPrefix(parts, prefix);
        },
      });
    }
    this.primaryAlts ??= this.primaries();
    let expr = this.OR(this.primaryAlts);
    if (this.RECORDING_PHASE || this.atPostfix()) {
      this.MANY1(() => {
        expr = this.OR1([
          { ALT: () => this.transposed(expr, this.CONSUME(t.Apostrophe)) },
          {
            ALT: () => {
              const args = this.SUBRULE(this.indexArguments);
              return this.indexed(expr, args);
            },
          },
          {
            ALT: () => {
              const args = this.SUBRULE(this.callArguments);
              return this.called(expr, args);
            },
          },
        ]);
      });
    }
    if (!this.RECORDING_PHASE) parts.push({ tag: 'operand', expr });
  });

  private pushPrefix(parts: Part[], prefix: Prefix): void {
    if (this.RECORDING_PHASE) return;
    this.grow();
    if (prefix.tag !== 'minus' && prefix.tag !== 'binder') this.aroundTerms = this.operators;
    parts.push(prefix);
  }

  private atPrefix(): boolean {
    const type = this.next();
    if (type === t.Minus || type === t.LineMinus || type === t.Not || type === t.If) return true;
    if (type === t.BinderWord) return this.atBindingHead(false);
    return (type === t.RecurrenceWord || type === t.ImplicitWord) && this.atBindingHead(true);
  }

  private atPostfix(): boolean {
    const type = this.next();
    return type === t.LSquare || type === t.LParen || type === t.Apostrophe;
  }

  /** Whether `(i in`, `(z ~`, `(u : real …`, or `(s =` follows, with a tuple of names or a name. */
  private atBindingHead(recurrence: boolean): boolean {
    if (this.LA(2).tokenType !== t.LParen) return false;
    let ahead = 3;
    if (this.LA(3).tokenType === t.LParen) {
      ahead = this.afterTuple(4);
      if (ahead < 0) return false;
    } else if (!this.nextIs(t.Identifier, 3)) return false;
    else ahead = 4;
    const type = this.LA(ahead).tokenType;
    if (recurrence) return type === t.Equals;
    return type === t.In || type === t.Tilde || type === t.Colon;
  }

  /** The place behind `a, b)`, or -1 if something else stands there. */
  private afterTuple(from: number): number {
    let ahead = from;
    while (this.nextIs(t.Identifier, ahead)) {
      const after = this.LA(ahead + 1).tokenType;
      if (after === t.RParen) return ahead + 2;
      if (after !== t.Comma) return -1;
      ahead += 2;
    }
    return -1;
  }

  private transposed(operand: Expr, mark: IToken): Expr {
    if (this.RECORDING_PHASE) return operand;
    this.grow();
    const place = { ...operand.span, end: this.spanOf(mark).end };
    return { kind: 'Transpose', operand, span: place };
  }

  private indexed(operand: Expr, args: readonly IndexArgument[]): Expr {
    if (this.RECORDING_PHASE) return operand;
    this.grow();
    return { kind: 'Index', operand, args, span: this.fromOffset(operand.span.start) };
  }

  private called(callee: Expr, args: readonly Argument[]): Expr {
    if (this.RECORDING_PHASE) return callee;
    this.grow();
    const place = this.fromOffset(callee.span.start);
    if (callee.kind === 'Name') return { kind: 'Call', callee, args, span: place };
    this.report('G023', callee.span, {});
    return { kind: 'Bad', span: place };
  }

  /** Alternatives of hot rules are made once, not at every call. */
  private prefixAlts: IOrAlt<Prefix>[] | undefined;

  readonly prefix: ParserMethod<[], Prefix> = this.RULE('prefix', (): Prefix => {
    this.prefixAlts ??= [
      { ALT: () => ({ tag: 'minus', span: this.spanOf(this.CONSUME(t.AnyMinus)) }) },
      { ALT: () => ({ tag: 'not', span: this.spanOf(this.CONSUME(t.Not)) }) },
      { ALT: () => this.SUBRULE(this.ifHead) },
      { ALT: () => this.SUBRULE(this.binderHead) },
      { ALT: () => this.SUBRULE(this.recurrenceHead) },
      { ALT: () => this.SUBRULE(this.implicitHead) },
    ];
    return this.OR(this.prefixAlts);
  });

  /** `if c then a else` */
  readonly ifHead: ParserMethod<[], IfHead> = this.RULE('ifHead', (): IfHead => {
    const first = this.CONSUME(t.If);
    const condition = this.SUBRULE(this.expression);
    this.CONSUME(t.Then);
    const then = this.SUBRULE1(this.expression);
    this.CONSUME(t.Else);
    return { tag: 'if', condition, then, span: this.from(first) };
  });

  /** `sum(i in I where c)` */
  readonly binderHead: ParserMethod<[], Prefix> = this.RULE('binderHead', (): Prefix => {
    const word = this.CONSUME(t.BinderWord);
    const quantifier = this.SUBRULE(this.quantifier);
    return this.ACTION((): Prefix => {
      const place = this.from(word);
      this.headEnd = place.end;
      this.headWord = word.image;
      const { bindings, where } = quantifier;
      const op = this.binderOp(word);
      return { tag: 'binder', op, opSpan: this.spanOf(word), bindings, where, span: place };
    });
  });

  private binderOp(word: IToken): BinderOp {
    if (word.image === '∑') return 'sum';
    return binderOps.find((op) => op === word.image) ?? 'prod';
  }

  /** `fold(s = s0 for t in 1..T)` */
  readonly recurrenceHead: ParserMethod<[], Prefix> = this.RULE('recurrenceHead', (): Prefix => {
    const word = this.CONSUME(t.RecurrenceWord);
    this.CONSUME(t.AnyLParen);
    const state = this.SUBRULE(this.names);
    this.CONSUME(t.Equals);
    const start = this.SUBRULE(this.arithmetic);
    this.CONSUME(t.For);
    const over = this.SUBRULE(this.bindings);
    this.CONSUME(t.RParen);
    return this.ACTION((): Prefix => {
      const place = this.from(word);
      this.headEnd = place.end;
      this.headWord = word.image;
      const op: Recurrence['op'] = recurrenceOps.find((o) => o === word.image) ?? 'fold';
      const { bindings, where } = over;
      const opSpan = this.spanOf(word);
      return { tag: 'recurrence', op, opSpan, state, start, bindings, where, span: place };
    });
  });

  /** `root(z = z0)`, `minimizer(z = z0 in X)` */
  readonly implicitHead: ParserMethod<[], Prefix> = this.RULE('implicitHead', (): Prefix => {
    const word = this.CONSUME(t.ImplicitWord);
    this.CONSUME(t.AnyLParen);
    const state = this.SUBRULE(this.names);
    this.CONSUME(t.Equals);
    const start = this.SUBRULE(this.arithmetic);
    let domain: Expr | undefined;
    this.OPTION(() => {
      this.CONSUME(t.In);
      domain = this.SUBRULE1(this.arithmetic);
    });
    this.CONSUME(t.RParen);
    return this.ACTION((): Prefix => {
      const place = this.from(word);
      this.headEnd = place.end;
      this.headWord = word.image;
      const op: Implicit['op'] = implicitOps.find((o) => o === word.image) ?? 'root';
      const opSpan = this.spanOf(word);
      return { tag: 'implicit', op, opSpan, state, start, domain, span: place };
    });
  });

  // -------------------------------------------------------------------------------------- primary

  private primaryAlts: IOrAlt<Expr>[] | undefined;

  /** What an operand is without its prefixes and postfixes. In `operand` itself, which is read more often than all else. */
  private primaries(): IOrAlt<Expr>[] {
    return [
      { ALT: () => this.number() },
      { ALT: () => this.textOf(this.CONSUME(t.StringToken)) },
      { ALT: () => this.bool(this.CONSUME(t.True), true) },
      { ALT: () => this.bool(this.CONSUME(t.False), false) },
      { ALT: () => this.infinity(this.CONSUME(t.Inf)) },
      { ALT: () => this.reference(this.CONSUME(t.Identifier)) },
      // Reserved words that are functions before `(`.
      { ALT: () => this.functionWord(t.Var) },
      { ALT: () => this.functionWord(t.Repeat) },
      { ALT: () => this.oracleWord() },
      { ALT: () => this.SUBRULE(this.group) },
      { ALT: () => this.SUBRULE(this.tensor) },
      { ALT: () => this.SUBRULE(this.braces) },
    ];
  }

  /** No gate of the alternative: with one, chevrotain tries all alternatives in turn for every operand. */
  private functionWord(type: TokenType): Expr {
    if (!this.RECORDING_PHASE && this.LA(2).tokenType !== t.LParen)
      throw new NoViableAltException('operand', this.LA(1), this.LA(0));
    return this.nameOf(this.CONSUME(type));
  }

  /** `solves` is an oracle too: `claim … : solves("ADMM") <= 100`. */
  private oracleWord(): Expr {
    const { tokenType } = this.LA(2);
    if (!this.RECORDING_PHASE && (tokenType === t.Minimize || tokenType === t.Maximize))
      throw new NoViableAltException('operand', this.LA(1), this.LA(0));
    return this.nameOf(this.CONSUME(t.Solves));
  }

  private bool(token: IToken, value: boolean): Expr {
    return { kind: 'Bool', value, span: this.spanOf(token) };
  }

  private infinity(token: IToken): Expr {
    return { kind: 'Number', value: Infinity, text: 'inf', span: this.spanOf(token) };
  }

  private reference(token: IToken): Expr {
    if (this.indexing > 0 && token.tokenType === t.End)
      return { kind: 'End', span: this.spanOf(token) };
    return this.nameOf(token);
  }

  /** `3`, or `20 s` where durations may stand. */
  private number(): Expr {
    const token = this.CONSUME(t.NumberToken);
    let unit: IToken | undefined;
    if (this.RECORDING_PHASE || this.durations)
      this.OPTION({
        GATE: () => isUnit(this.LA(1).image),
        DEF: () => {
          unit = this.CONSUME1(t.Identifier);
        },
      });
    return this.numberOf(token, unit);
  }

  private numberOf(token: IToken, unit: IToken | undefined): NumberLiteral | Duration {
    const text = token.image.startsWith('.') ? `0${token.image}` : token.image;
    const value = Number(text);
    const place = this.spanOf(token);
    if (unit === undefined || !isUnit(unit.image))
      return { kind: 'Number', value, text, span: place };
    const seconds = value * secondsIn[unit.image];
    const whole = span(this.file, place.start, this.spanOf(unit).end);
    return { kind: 'Duration', text, unit: unit.image, seconds, span: whole };
  }

  /** `(e)`, or a tuple `(a, b)` */
  readonly group: ParserMethod<[], Expr> = this.RULE('group', (): Expr => {
    const first = this.CONSUME(t.AnyLParen);
    const items: Expr[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => items.push(this.SUBRULE(this.expression)),
    });
    this.CONSUME(t.RParen);
    return this.ACTION(() => {
      const place = this.from(first);
      const [only] = items;
      // The span takes in the parentheses, for messages.
      if (items.length === 1 && only !== undefined) return { ...only, span: place };
      return { kind: 'Tuple', items, span: place };
    });
  });

  /** `[1, 2]`, or `[e for i in I]` */
  readonly tensor: ParserMethod<[], Expr> = this.RULE('tensor', (): Expr => {
    const first = this.CONSUME(t.AnyLSquare);
    const items: Expr[] = [];
    let over: Quantifier | undefined;
    this.OPTION(() => {
      items.push(this.SUBRULE(this.expression));
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.For);
            over = this.SUBRULE(this.bindings);
          },
        },
        {
          ALT: () =>
            this.MANY(() => {
              this.CONSUME(t.Comma);
              items.push(this.SUBRULE1(this.expression));
            }),
        },
      ]);
    });
    this.CONSUME(t.RSquare);
    return this.ACTION((): Expr => {
      const place = this.from(first);
      const [body] = items;
      if (over === undefined || body === undefined) return { kind: 'Tensor', items, span: place };
      const { bindings, where } = over;
      return { kind: 'Comprehension', body, bindings, where, span: place };
    });
  });

  /** `{"a", "b"}`, or `{(i, j) for i in I}` */
  readonly braces: ParserMethod<[], Expr> = this.RULE('braces', (): Expr => {
    const first = this.CONSUME(t.LCurly);
    const items: Expr[] = [];
    let over: Quantifier | undefined;
    this.OPTION(() => {
      items.push(this.SUBRULE(this.expression));
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.For);
            over = this.SUBRULE(this.bindings);
          },
        },
        {
          ALT: () =>
            this.MANY(() => {
              this.CONSUME(t.Comma);
              items.push(this.SUBRULE1(this.expression));
            }),
        },
      ]);
    });
    this.ACTION(() => this.checkBrace(first));
    this.CONSUME(t.RCurly);
    return this.ACTION((): Expr => {
      const place = this.from(first);
      const [body] = items;
      if (over === undefined || body === undefined)
        return { kind: 'SetLiteral', items, span: place };
      const { bindings, where } = over;
      return { kind: 'SetComprehension', body, bindings, where, span: place };
    });
  });

  /** A set that a new line or the end of the file cuts off was not closed. */
  private checkBrace(open: IToken): void {
    const found = this.LA(1);
    if (found.tokenType === t.RCurly) return;
    const newLine = (found.startLine ?? Infinity) > (this.LA(0).startLine ?? 0);
    if (!newLine && found.tokenType !== EOF) return;
    this.report('G003', this.spanOf(open), { open: '{', close: '}' });
    this.abandon();
  }

  // ------------------------------------------------------------------------------------ arguments

  private indexAlts: IOrAlt<IndexArgument>[] | undefined;

  /** `[i, :, 1..end]` */
  readonly indexArguments: ParserMethod<[], IndexArgument[]> = this.RULE(
    'indexArguments',
    (): IndexArgument[] => {
      const args: IndexArgument[] = [];
      this.indexAlts ??= [
        { ALT: () => ({ kind: 'All', span: this.spanOf(this.CONSUME(t.Colon)) }) },
        { ALT: () => this.SUBRULE(this.expression) },
      ];
      const alts = this.indexAlts;
      this.CONSUME(t.LSquare);
      if (!this.RECORDING_PHASE) this.indexing++;
      this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => args.push(this.OR(alts)) });
      this.CONSUME(t.RSquare);
      if (!this.RECORDING_PHASE) this.indexing--;
      return args;
    },
  );

  /** `(x, axis = 1)` */
  readonly callArguments: ParserMethod<[], Argument[]> = this.RULE(
    'callArguments',
    (): Argument[] => {
      const args: Argument[] = [];
      this.CONSUME(t.LParen);
      this.MANY_SEP({
        SEP: t.Comma,
        DEF: () => {
          const first = this.LA(1);
          let name: Name | undefined;
          if (this.RECORDING_PHASE || this.LA(2).tokenType === t.Equals)
            this.OPTION({
              GATE: () => this.LA(2).tokenType === t.Equals,
              DEF: () => {
                name = this.nameOf(this.CONSUME(t.Identifier));
                this.CONSUME(t.Equals);
              },
            });
          const value = this.SUBRULE(this.expression);
          args.push({ kind: 'Argument', name, value, span: this.from(first) });
        },
      });
      this.CONSUME(t.RParen);
      return args;
    },
  );

  /** A method, reduction or estimator: `admm(rho = 1)`, `hadamard` */
  readonly use: ParserMethod<[], Use> = this.RULE('use', (): Use => {
    const token = this.CONSUME(t.Identifier);
    let args: Argument[] = [];
    this.OPTION(() => {
      args = this.SUBRULE(this.callArguments);
    });
    return { kind: 'Use', name: this.nameOf(token), args, span: this.from(token) };
  });

  // ------------------------------------------------------------------------------------- bindings

  /** `(i in I, j in J where i < j)` */
  readonly quantifier: ParserMethod<[], Quantifier> = this.RULE('quantifier', (): Quantifier => {
    const first = this.CONSUME(t.AnyLParen);
    const inner = this.SUBRULE(this.bindings);
    this.CONSUME(t.RParen);
    return this.ACTION(() => ({ ...inner, span: this.from(first) }));
  });

  /** `i in I, j in J where i < j` */
  readonly bindings: ParserMethod<[], Quantifier> = this.RULE('bindings', (): Quantifier => {
    const first = this.LA(1);
    const bindings: Binding[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => bindings.push(this.SUBRULE(this.binding)),
    });
    let where: Expr | undefined;
    this.OPTION(() => {
      this.CONSUME(t.Where);
      where = this.SUBRULE(this.expression);
    });
    return { kind: 'Quantifier', bindings, where, span: this.from(first) };
  });

  readonly binding: ParserMethod<[], Binding> = this.RULE('binding', (): Binding => {
    const first = this.LA(1);
    const target = this.SUBRULE(this.names);
    let type: Type | undefined;
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      type = this.SUBRULE(this.type);
    });
    return this.OR<IOrAlt<Binding>[]>([
      {
        ALT: () => {
          this.CONSUME(t.In);
          const set = this.SUBRULE(this.arithmetic);
          return { kind: 'In', target, type, set, span: this.from(first) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Tilde);
          const distribution = this.SUBRULE1(this.arithmetic);
          let by: Use | undefined;
          this.OPTION1(() => {
            this.CONSUME(t.By);
            by = this.SUBRULE(this.use);
          });
          return { kind: 'DrawFrom', target, distribution, by, span: this.from(first) };
        },
      },
    ]);
  });

  /** `i`, or `(i, j)` */
  readonly names: ParserMethod<[], Names> = this.RULE('names', (): Names => {
    const first = this.LA(1);
    const names: Name[] = [];
    let tuple = false;
    this.OR([
      { ALT: () => names.push(this.nameOf(this.CONSUME(t.Identifier))) },
      {
        ALT: () => {
          tuple = true;
          this.CONSUME(t.AnyLParen);
          this.AT_LEAST_ONE_SEP({
            SEP: t.Comma,
            DEF: () => names.push(this.nameOf(this.CONSUME1(t.Identifier))),
          });
          this.CONSUME(t.RParen);
        },
      },
    ]);
    return { kind: 'Names', names, tuple, span: this.from(first) };
  });

  // ---------------------------------------------------------------------------------------- types

  /** `real[m, n]` */
  readonly type: ParserMethod<[], Type> = this.RULE('type', (): Type => {
    const token = this.CONSUME(t.Identifier);
    const dims: Expr[] = [];
    this.OPTION(() => {
      this.CONSUME(t.LSquare);
      this.AT_LEAST_ONE_SEP({
        SEP: t.Comma,
        DEF: () => dims.push(this.SUBRULE(this.expression)),
      });
      this.CONSUME(t.RSquare);
    });
    const element: Name = { kind: 'Name', name: normalise(token.image), span: this.spanOf(token) };
    return { kind: 'Type', element, dims, span: this.from(token) };
  });
}
