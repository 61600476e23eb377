import type { IOrAlt, IToken, ParserMethod, TokenType } from 'chevrotain';
import type {
  Block,
  Expr,
  If,
  IndexArgument,
  Member,
  MethodDecl,
  Native,
  Parameter,
  Pattern,
  PatternMember,
  Place,
  Qualifier,
  Statement,
} from '../ast.ts';
import * as t from '../tokens.ts';
import { blocks } from './block.ts';
import { MemberParser } from './members.ts';

/** Where the qualifiers of a method go on after a mistake. */
const afterQualifier: ReadonlySet<TokenType> = new Set([t.And, t.LCurly, t.Native]);

/** §6 of the language: methods and their statements. */
export abstract class MethodParser extends MemberParser {
  /** `method m(a : real) for { pattern } where f is smooth { body }` */
  readonly methodDecl: ParserMethod<[], MethodDecl> = this.RULE('methodDecl', (): MethodDecl => {
    const first = this.CONSUME(t.Method);
    const name = this.SUBRULE(this.declaredName, { ARGS: ['a method'] });
    let parameters: Parameter[] = [];
    this.OPTION(() => {
      parameters = this.SUBRULE(this.parameters);
    });
    this.CONSUME(t.For);
    const pattern = this.SUBRULE(this.pattern);
    const qualifiers: Qualifier[] = [];
    this.OPTION1(() => {
      this.CONSUME(t.Where);
      this.AT_LEAST_ONE_SEP({
        SEP: t.And,
        DEF: () => {
          const qualifier = this.guardedUntil<Qualifier | undefined>(
            afterQualifier,
            () => this.SUBRULE(this.qualifier),
            () => undefined,
          );
          if (qualifier !== undefined) qualifiers.push(qualifier);
        },
      });
    });
    const body = this.SUBRULE(this.body);
    const doc = this.docOf(first);
    const span = this.from(first);
    return { kind: 'Method', doc, name, parameters, pattern, qualifiers, body, span };
  });

  readonly pattern: ParserMethod<[], Pattern> = this.RULE('pattern', (): Pattern => {
    const first = this.LA(1);
    const members = this.SUBRULE(this.members);
    return this.ACTION(() => {
      const kept = members.filter((member): member is PatternMember => this.isPattern(member));
      return { kind: 'Pattern', members: kept, span: this.from(first) };
    });
  });

  private isPattern(member: Member): member is PatternMember {
    switch (member.kind) {
      case 'Goal':
      case 'Subject':
      case 'Lower':
      case 'Find':
        return true;
      case 'BadMember':
        return false;
      case 'Set':
      case 'Data':
      case 'Param':
      case 'Var':
      case 'Let':
      case 'Metric':
      case 'Known':
      case 'Function': {
        const word = member.kind.toLowerCase();
        this.report('G032', member.span, { word });
        return false;
      }
    }
  }

  /** `f is smooth`, `X has project` */
  readonly qualifier: ParserMethod<[], Qualifier> = this.RULE('qualifier', (): Qualifier => {
    const subject = this.CONSUME(t.Identifier);
    this.ACTION(() => this.checkVerb(subject));
    const verb = this.OR<IOrAlt<Qualifier['verb']>[]>([
      {
        ALT: () => {
          this.CONSUME(t.Is);
          return 'is';
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Has);
          return 'has';
        },
      },
    ]);
    const property = this.CONSUME1(t.Identifier);
    const span = this.from(subject);
    return {
      kind: 'Qualifier',
      subject: this.nameOf(subject),
      verb,
      property: this.nameOf(property),
      span,
    };
  });

  private checkVerb(subject: IToken): void {
    const type = this.next();
    if (type === t.Is || type === t.Has) return;
    this.report('G034', this.spanOf(this.LA(1)), { name: subject.image });
    this.abandon();
  }

  readonly body: ParserMethod<[], Block | Native> = this.RULE('body', (): Block | Native =>
    this.OR<IOrAlt<Block | Native>[]>([
      { ALT: () => this.SUBRULE(this.block) },
      {
        ALT: () => {
          const first = this.CONSUME(t.Native);
          const name = this.textOf(this.CONSUME(t.StringToken));
          return { kind: 'Native', name, span: this.from(first) };
        },
      },
    ]),
  );

  // ----------------------------------------------------------------------------------- statements

  /** `{ statements }` */
  readonly block: ParserMethod<[], Block> = this.RULE('block', (): Block => {
    const open = this.SUBRULE(this.opening);
    const statements: Statement[] = [];
    this.items(blocks.statements, open, () =>
      this.MANY({
        GATE: () => this.atStatement(),
        DEF: () =>
          this.OR([
            { ALT: () => statements.push(this.SUBRULE(this.statement)) },
            { ALT: () => this.CONSUME(t.Semicolon) },
          ]),
      }),
    );
    this.SUBRULE(this.closing, { ARGS: [open, blocks.statements] });
    return { kind: 'Block', statements, span: this.from(open) };
  });

  /** A name begins a statement only with what must follow it. */
  private atStatement(): boolean {
    if (!this.nextIs(t.Identifier)) return true;
    return this.atPlace() || this.atDraw() || this.atWord();
  }

  private atPlace(): boolean {
    const type = this.LA(2).tokenType;
    return type === t.Arrow || type === t.Comma || type === t.LSquare;
  }

  private atDraw(): boolean {
    return this.LA(2).tokenType === t.Tilde;
  }

  /** `state x`, `report x`, `each x in`, `stop when`: the word with what makes it one. */
  private atWord(): boolean {
    const type = this.next();
    if (type === t.Stop) return this.LA(2).tokenType === t.When;
    if (type === t.Report) return this.nextIs(t.Identifier, 2);
    if (type !== t.State && type !== t.Each) return false;
    return this.nextIs(t.Identifier, 2) || this.LA(2).tokenType === t.LParen;
  }

  private plainName(): boolean {
    return this.atPlace() || this.atDraw();
  }

  readonly statement: ParserMethod<[], Statement> = this.RULE('statement', (): Statement => {
    const first = this.LA(1);
    return this.guarded<Statement>(
      blocks.statements,
      () =>
        this.OR<IOrAlt<Statement>[]>([
          { GATE: () => this.atDraw(), ALT: () => this.SUBRULE(this.draw) },
          { GATE: () => this.atPlace(), ALT: () => this.SUBRULE(this.assign) },
          { GATE: () => !this.plainName(), ALT: () => this.SUBRULE(this.state) },
          { GATE: () => !this.plainName(), ALT: () => this.SUBRULE(this.reportStatement) },
          { GATE: () => !this.plainName(), ALT: () => this.SUBRULE(this.stop) },
          { GATE: () => !this.plainName(), ALT: () => this.SUBRULE(this.each) },
          { ALT: () => this.SUBRULE(this.letMember) },
          { ALT: () => this.SUBRULE(this.repeat) },
          { ALT: () => this.SUBRULE(this.forLoop) },
          { ALT: () => this.SUBRULE(this.whileLoop) },
          { ALT: () => this.SUBRULE(this.choice) },
          { ALT: () => this.SUBRULE(this.returnStatement) },
        ]),
      () => this.badItem(first),
    );
  });

  /** `state s = e` */
  readonly state: ParserMethod<[], Statement> = this.RULE('state', (): Statement => {
    const first = this.CONSUME(t.State);
    const target = this.SUBRULE(this.names);
    this.CONSUME(t.Equals);
    const value = this.SUBRULE(this.expression);
    return { kind: 'State', target, value, span: this.from(first) };
  });

  /** `x, S[k, :] <- e1, e2` */
  readonly assign: ParserMethod<[], Statement> = this.RULE('assign', (): Statement => {
    const first = this.LA(1);
    const targets: Place[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => targets.push(this.SUBRULE(this.place)) });
    this.CONSUME(t.Arrow);
    const values = this.SUBRULE(this.values);
    return this.ACTION(() => {
      const span = this.from(first);
      if (targets.length !== values.length) {
        const counts = {
          targets: `${targets.length} ${targets.length === 1 ? 'state' : 'states'}`,
          values: `${values.length} ${values.length === 1 ? 'value' : 'values'}`,
        };
        this.report('G026', span, counts);
      }
      return { kind: 'Assign', targets, values, span };
    });
  });

  readonly place: ParserMethod<[], Place> = this.RULE('place', (): Place => {
    const token = this.CONSUME(t.Identifier);
    let index: IndexArgument[] = [];
    this.OPTION(() => {
      index = this.SUBRULE(this.indexArguments);
    });
    return { kind: 'Place', name: this.nameOf(token), index, span: this.from(token) };
  });

  /** `e1, e2` */
  readonly values: ParserMethod<[], Expr[]> = this.RULE('values', (): Expr[] => {
    const values: Expr[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => values.push(this.SUBRULE(this.expression)) });
    return values;
  });

  readonly repeat: ParserMethod<[], Statement> = this.RULE('repeat', (): Statement => {
    const first = this.CONSUME(t.Repeat);
    const body = this.SUBRULE(this.block);
    return { kind: 'Repeat', body, span: this.from(first) };
  });

  /** `for k in 1..K { … }` */
  readonly forLoop: ParserMethod<[], Statement> = this.RULE('forLoop', (): Statement => {
    const first = this.CONSUME(t.For);
    const target = this.SUBRULE(this.names);
    this.CONSUME(t.In);
    const set = this.SUBRULE(this.expression);
    const where = this.SUBRULE(this.condition);
    const body = this.SUBRULE(this.block);
    return { kind: 'For', target, set, where, body, span: this.from(first) };
  });

  /** `each c in C { … }` */
  readonly each: ParserMethod<[], Statement> = this.RULE('each', (): Statement => {
    const first = this.CONSUME(t.Each);
    const target = this.SUBRULE(this.names);
    this.CONSUME(t.In);
    const set = this.SUBRULE(this.expression);
    const where = this.SUBRULE(this.condition);
    const body = this.SUBRULE(this.block);
    return { kind: 'Each', target, set, where, body, span: this.from(first) };
  });

  /** `where c`, or nothing */
  readonly condition: ParserMethod<[], Expr | undefined> = this.RULE(
    'condition',
    (): Expr | undefined => {
      let where: Expr | undefined;
      this.OPTION(() => {
        this.CONSUME(t.Where);
        where = this.SUBRULE(this.expression);
      });
      return where;
    },
  );

  readonly whileLoop: ParserMethod<[], Statement> = this.RULE('whileLoop', (): Statement => {
    const first = this.CONSUME(t.While);
    const condition = this.SUBRULE(this.expression);
    const body = this.SUBRULE(this.block);
    return { kind: 'While', condition, body, span: this.from(first) };
  });

  /** `if c { … } else if d { … } else { … }` */
  readonly choice: ParserMethod<[], If> = this.RULE('choice', (): If => {
    const first = this.CONSUME(t.If);
    const condition = this.SUBRULE(this.expression);
    const then = this.SUBRULE(this.block);
    let otherwise: Block | If | undefined;
    this.ACTION(() => this.deeper());
    this.OPTION(() => {
      this.CONSUME(t.Else);
      otherwise = this.OR<IOrAlt<Block | If>[]>([
        { ALT: () => this.SUBRULE(this.choice) },
        { ALT: () => this.SUBRULE1(this.block) },
      ]);
    });
    this.ACTION(() => this.depth--);
    return { kind: 'If', condition, then, otherwise, span: this.from(first) };
  });

  /** `u ~ normal(0, 1)[dim(x)]` */
  readonly draw: ParserMethod<[], Statement> = this.RULE('draw', (): Statement => {
    const token = this.CONSUME(t.Identifier);
    this.CONSUME(t.Tilde);
    const distribution = this.SUBRULE(this.expression);
    return { kind: 'Draw', name: this.nameOf(token), distribution, span: this.from(token) };
  });

  /** `report name = e` */
  readonly reportStatement: ParserMethod<[], Statement> = this.RULE(
    'reportStatement',
    (): Statement => {
      const first = this.CONSUME(t.Report);
      const name = this.SUBRULE(this.declaredName, { ARGS: ['a report'] });
      this.CONSUME(t.Equals);
      const value = this.SUBRULE(this.expression);
      return { kind: 'Report', name, value, span: this.from(first) };
    },
  );

  /** `stop when c` */
  readonly stop: ParserMethod<[], Statement> = this.RULE('stop', (): Statement => {
    const first = this.CONSUME(t.Stop);
    this.CONSUME(t.When);
    const condition = this.SUBRULE(this.expression);
    return { kind: 'Stop', condition, span: this.from(first) };
  });

  /** `return e1, e2` */
  readonly returnStatement: ParserMethod<[], Statement> = this.RULE(
    'returnStatement',
    (): Statement => {
      const first = this.CONSUME(t.Return);
      const values = this.SUBRULE(this.values);
      return { kind: 'Return', values, span: this.from(first) };
    },
  );
}
