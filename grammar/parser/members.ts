import type { IOrAlt, IToken, ParserMethod } from 'chevrotain';
import type {
  BadMember,
  Bound,
  BoundOp,
  Computed,
  Constraint,
  DataInit,
  Drawn,
  Entry,
  Expr,
  FindMember,
  FunctionBody,
  FunctionDecl,
  GoalMember,
  LetMember,
  LowerMember,
  Member,
  Name,
  Owned,
  Parameter,
  Quantifier,
  Read,
  SetInit,
  Solves,
  SubjectMember,
  Type,
} from '../ast.ts';
import * as t from '../tokens.ts';
import { blocks } from './block.ts';
import { ExpressionParser } from './expressions.ts';

/** What may follow the type of a declaration, in any order. */
interface Clauses {
  readonly bounds: Bound[];
  domain?: Expr;
  start?: Computed | Drawn;
  solves?: Solves;
  init?: Computed | Drawn | Read;
}

/** A declaration that takes clauses. */
interface Taking {
  readonly member: string;
  readonly allowed: readonly ClauseName[];
  readonly clauses: Clauses;
}

type ClauseName = 'domain' | 'start' | 'solves' | 'value' | 'draw' | 'source';

/** How messages call a clause. */
const clauseTitle: { readonly [C in ClauseName]: string } = {
  domain: 'domain (`in`)',
  start: 'start',
  solves: '`solves`',
  value: 'value (`=`)',
  draw: 'draw (`~`)',
  source: 'source (`from`)',
};

const boundOps: readonly BoundOp[] = ['<=', '<', '>=', '>'];

/** §3 and §4 of the language: members of a problem, constraints, levels, functions. */
export abstract class MemberParser extends ExpressionParser {
  /** `{ members }` */
  readonly members: ParserMethod<[], Member[]> = this.RULE('members', (): Member[] => {
    const open = this.SUBRULE(this.opening);
    const members: Member[] = [];
    this.items(blocks.problem, open, () =>
      this.MANY(() =>
        this.OR([
          { ALT: () => members.push(this.SUBRULE(this.member)) },
          { ALT: () => this.CONSUME(t.Semicolon) },
        ]),
      ),
    );
    this.SUBRULE(this.closing, { ARGS: [open, blocks.problem] });
    return members;
  });

  /** Made once: a member is read often. */
  private readonly memberAlts: IOrAlt<Member>[] = [
    { ALT: () => this.SUBRULE(this.setMember) },
    { ALT: () => this.SUBRULE(this.dataMember) },
    { ALT: () => this.SUBRULE(this.paramMember) },
    { ALT: () => this.SUBRULE(this.varMember) },
    { ALT: () => this.SUBRULE(this.letMember) },
    { ALT: () => this.SUBRULE(this.goalMember, { ARGS: [undefined, this.LA(1)] }) },
    { ALT: () => this.SUBRULE(this.findMember, { ARGS: [undefined, this.LA(1)] }) },
    { ALT: () => this.SUBRULE(this.quantified) },
    { ALT: () => this.SUBRULE(this.subjectMember) },
    { ALT: () => this.SUBRULE(this.lowerMember) },
    { ALT: () => this.SUBRULE(this.metricMember) },
    { ALT: () => this.SUBRULE(this.knownMember) },
    { ALT: () => this.SUBRULE(this.functionDecl) },
  ];

  readonly member: ParserMethod<[], Member> = this.RULE('member', (): Member => {
    const first = this.LA(1);
    return this.guarded<Member>(
      blocks.problem,
      () => this.OR(this.memberAlts),
      () => this.badItem(first),
    );
  });

  // --------------------------------------------------------------------------------- declarations

  /** `set I = 1..n` */
  readonly setMember: ParserMethod<[], Member> = this.RULE('setMember', (): Member => {
    const first = this.CONSUME(t.SetWord);
    const name = this.SUBRULE(this.declaredName, { ARGS: ['a set'] });
    const init = this.OR<IOrAlt<SetInit>[]>([
      { ALT: () => this.SUBRULE(this.computed) },
      { ALT: () => this.SUBRULE(this.source) },
    ]);
    return { kind: 'Set', doc: this.docOf(first), name, init, span: this.from(first) };
  });

  /** `sparse data A : real[m, n] = …` */
  readonly dataMember: ParserMethod<[], Member> = this.RULE('dataMember', (): Member => {
    const first = this.LA(1);
    let sparse = false;
    this.OPTION(() => {
      this.CONSUME(t.Sparse);
      sparse = true;
    });
    this.CONSUME(t.Data);
    const name = this.SUBRULE(this.declaredName, { ARGS: ['data'] });
    const type = this.SUBRULE(this.typing);
    const clauses = this.SUBRULE(this.clauses, {
      ARGS: ['data', ['domain', 'value', 'draw', 'source']],
    });
    return this.ACTION((): Member => {
      const { bounds, domain } = clauses;
      const place = this.from(first);
      const required: DataInit = { kind: 'Required', span: { ...place, start: place.end } };
      const init = clauses.init ?? required;
      const doc = this.docOf(first);
      return { kind: 'Data', doc, sparse, name, type, bounds, domain, init, span: place };
    });
  });

  /** `param mu : real >= 0 = 0.1` */
  readonly paramMember: ParserMethod<[], Member> = this.RULE('paramMember', (): Member => {
    const first = this.CONSUME(t.Param);
    const name = this.SUBRULE(this.declaredName, { ARGS: ['a parameter'] });
    const type = this.SUBRULE(this.typing);
    const clauses = this.SUBRULE(this.clauses, { ARGS: ['param', ['domain', 'value']] });
    return this.ACTION((): Member => {
      const { bounds, domain, init } = clauses;
      const value = init?.kind === 'Computed' ? init.value : undefined;
      const span = this.from(first);
      return { kind: 'Param', doc: this.docOf(first), name, type, bounds, domain, value, span };
    });
  });

  /** `var a, b : real[n] >= 0 start zeros` */
  readonly varMember: ParserMethod<[], Member> = this.RULE('varMember', (): Member => {
    const first = this.CONSUME(t.Var);
    const names: Name[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => names.push(this.SUBRULE(this.declaredName, { ARGS: ['a variable'] })),
    });
    const type = this.SUBRULE(this.typing);
    const clauses = this.SUBRULE(this.clauses, { ARGS: ['var', ['domain', 'start', 'solves']] });
    return this.ACTION((): Member => {
      const { bounds, domain, start, solves } = clauses;
      const doc = this.docOf(first);
      const span = this.from(first);
      return { kind: 'Var', doc, names, type, bounds, domain, start, solves, span };
    });
  });

  readonly typing: ParserMethod<[], Type> = this.RULE('typing', (): Type => {
    this.CONSUME(t.Colon);
    return this.SUBRULE(this.type);
  });

  /** What follows a type, in any order; what the declaration does not take gets a message. */
  readonly clauses: ParserMethod<[string, ClauseName[]], Clauses> = this.RULE(
    'clauses',
    (member: string, allowed: ClauseName[]): Clauses => {
      const clauses: Clauses = { bounds: [] };
      this.taking = { member, allowed, clauses };
      this.MANY(this.clause);
      return clauses;
    },
  );

  /** The declaration whose clauses are being read; no declaration stands inside another's clauses. */
  private taking: Taking = { member: '', allowed: [], clauses: { bounds: [] } };

  private readonly clause = (): void => {
    this.OR(this.clauseAlts);
  };

  /** Made once: most declarations have several clauses. */
  private readonly clauseAlts: IOrAlt<void>[] = [
    {
      ALT: () => {
        const { clauses } = this.taking;
        clauses.bounds.push(this.SUBRULE(this.bound));
      },
    },
    {
      ALT: () => {
        const { clauses } = this.taking;
        this.check('domain', clauses.domain);
        this.CONSUME(t.In);
        clauses.domain = this.SUBRULE(this.arithmetic);
      },
    },
    {
      ALT: () => {
        const { clauses } = this.taking;
        this.check('start', clauses.start);
        clauses.start = this.SUBRULE(this.start);
      },
    },
    {
      ALT: () => {
        const { clauses } = this.taking;
        this.check('solves', clauses.solves);
        clauses.solves = this.SUBRULE(this.solves);
      },
    },
    {
      ALT: () => {
        const { clauses } = this.taking;
        this.check('value', clauses.init);
        clauses.init = this.SUBRULE(this.computed);
      },
    },
    {
      ALT: () => {
        const { clauses } = this.taking;
        this.check('draw', clauses.init);
        clauses.init = this.SUBRULE(this.drawn);
      },
    },
    {
      ALT: () => {
        const { clauses } = this.taking;
        this.check('source', clauses.init);
        clauses.init = this.SUBRULE(this.source);
      },
    },
  ];

  /** Whether the declaration takes the clause that begins here, and has none of its kind yet. */
  private check(clause: ClauseName, already: unknown): void {
    if (this.RECORDING_PHASE) return;
    const { member, allowed } = this.taking;
    const title = clauseTitle[clause];
    if (!allowed.includes(clause)) {
      const help = member === 'var' && clause === 'value' ? varValueHelp : undefined;
      const extra = help === undefined ? undefined : { help };
      this.report(
        'G025',
        this.spanOf(this.LA(1)),
        { member: `\`${member}\``, clause: title },
        extra,
      );
    } else if (already !== undefined) {
      this.report('G024', this.spanOf(this.LA(1)), { clause: `the ${title}` });
    }
  }

  readonly bound: ParserMethod<[], Bound> = this.RULE('bound', (): Bound => {
    const token = this.CONSUME(t.BoundOperator);
    const negated = token.tokenType === t.Arrow;
    const value = this.SUBRULE(this.arithmetic, { ARGS: [negated] });
    const op = negated ? '<' : (boundOps.find((o) => o === image(token)) ?? '<=');
    return { kind: 'Bound', op, value, span: this.from(token) };
  });

  readonly start: ParserMethod<[], Computed | Drawn> = this.RULE('start', (): Computed | Drawn => {
    this.CONSUME(t.Start);
    return this.OR<IOrAlt<Computed | Drawn>[]>([
      { ALT: () => this.SUBRULE(this.drawn) },
      {
        ALT: () => {
          const first = this.LA(1);
          const value = this.SUBRULE(this.arithmetic);
          return { kind: 'Computed', value, span: this.from(first) };
        },
      },
    ]);
  });

  /** `solves minimize e` */
  readonly solves: ParserMethod<[], Solves> = this.RULE('solves', (): Solves => {
    const first = this.CONSUME(t.Solves);
    const sense = this.CONSUME(t.Sense);
    const value = this.SUBRULE(this.arithmetic);
    return { kind: 'Solves', sense: senseOf(sense), value, span: this.from(first) };
  });

  /** `= e` */
  readonly computed: ParserMethod<[], Computed> = this.RULE('computed', (): Computed => {
    const first = this.CONSUME(t.Equals);
    const value = this.SUBRULE(this.expression);
    return { kind: 'Computed', value, span: this.from(first) };
  });

  /** `~ normal(0, 1)` */
  readonly drawn: ParserMethod<[], Drawn> = this.RULE('drawn', (): Drawn => {
    const first = this.CONSUME(t.Tilde);
    const distribution = this.SUBRULE(this.arithmetic);
    return { kind: 'Drawn', distribution, span: this.from(first) };
  });

  /** `from csv("f.csv", columns = 1..10)` */
  readonly source: ParserMethod<[], Read> = this.RULE('source', (): Read => {
    const first = this.CONSUME(t.From);
    const format = this.nameOf(this.CONSUME(t.Identifier));
    const args = this.SUBRULE(this.callArguments);
    return { kind: 'Read', format, args, span: this.from(first) };
  });

  /** `let r = e`, `let (w, V) = e` */
  readonly letMember: ParserMethod<[], LetMember> = this.RULE('letMember', (): LetMember => {
    const first = this.CONSUME(t.Let);
    const target = this.SUBRULE(this.names);
    this.CONSUME(t.Equals);
    const value = this.SUBRULE(this.expression);
    return { kind: 'Let', doc: this.docOf(first), target, value, span: this.from(first) };
  });

  /** `metric acc = e` */
  readonly metricMember: ParserMethod<[], Member> = this.RULE('metricMember', (): Member => {
    const first = this.CONSUME(t.Metric);
    const name = this.SUBRULE(this.declaredName, { ARGS: ['a metric'] });
    this.CONSUME(t.Equals);
    const value = this.SUBRULE(this.expression);
    return { kind: 'Metric', doc: this.docOf(first), name, value, span: this.from(first) };
  });

  /** `known { value = 1; x = [1, 2] }` */
  readonly knownMember: ParserMethod<[], Member> = this.RULE('knownMember', (): Member => {
    const first = this.CONSUME(t.Known);
    const entries = this.SUBRULE(this.entries);
    return { kind: 'Known', doc: this.docOf(first), entries, span: this.from(first) };
  });

  /** `{ name = e; … }` */
  readonly entries: ParserMethod<[], Entry[]> = this.RULE('entries', (): Entry[] => {
    const open = this.SUBRULE(this.opening);
    const entries: Entry[] = [];
    this.items(blocks.entries, open, () =>
      this.MANY({
        GATE: () => !blocks.entries.stops.has(this.next()),
        DEF: () =>
          this.OR([
            {
              ALT: () => {
                const entry = this.SUBRULE(this.entry);
                if (entry !== undefined) entries.push(entry);
              },
            },
            { ALT: () => this.CONSUME(t.Semicolon) },
          ]),
      }),
    );
    this.SUBRULE(this.closing, { ARGS: [open, blocks.entries] });
    return entries;
  });

  readonly entry: ParserMethod<[], Entry | undefined> = this.RULE('entry', (): Entry | undefined =>
    this.guarded<Entry | undefined>(
      blocks.entries,
      () => {
        const token = this.CONSUME(t.Identifier);
        this.CONSUME(t.Equals);
        const value = this.SUBRULE(this.expression);
        return { kind: 'Entry', name: this.nameOf(token), value, span: this.from(token) };
      },
      () => undefined,
    ),
  );

  // ---------------------------------------------------------------------------------------- goals

  /** `minimize e over x, y` */
  readonly goalMember: ParserMethod<[Quantifier | undefined, IToken], GoalMember> = this.RULE(
    'goalMember',
    (quantifier: Quantifier | undefined, first: IToken): GoalMember => {
      const sense = this.CONSUME(t.Sense);
      const value = this.SUBRULE(this.expression);
      const over = this.SUBRULE(this.over);
      return this.ACTION(() => {
        const doc = this.docOf(first);
        const span = this.from(first);
        if (over.length === 0) this.goalEnd = span.end;
        return { kind: 'Goal', doc, quantifier, sense: senseOf(sense), value, over, span };
      });
    },
  );

  /** `over x, y in Y`, or nothing */
  readonly over: ParserMethod<[], Owned[]> = this.RULE('over', (): Owned[] => {
    let over: Owned[] = [];
    this.OPTION(() => {
      this.CONSUME(t.Over);
      over = this.SUBRULE(this.ownedList);
    });
    return over;
  });

  readonly ownedList: ParserMethod<[], Owned[]> = this.RULE('ownedList', (): Owned[] => {
    const list: Owned[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => list.push(this.SUBRULE(this.owned)) });
    return list;
  });

  /** `x`, `q[i]`, `x in X` */
  readonly owned: ParserMethod<[], Owned> = this.RULE('owned', (): Owned => {
    const token = this.CONSUME(t.Identifier);
    let index: Owned['index'] = [];
    this.OPTION(() => {
      index = this.SUBRULE(this.indexArguments);
    });
    let domain: Expr | undefined;
    this.OPTION1(() => {
      this.CONSUME(t.In);
      domain = this.SUBRULE(this.arithmetic);
    });
    return { kind: 'Owned', name: this.nameOf(token), index, domain, span: this.from(token) };
  });

  /** `forall(i in I) maximize u(i) over q[i]` */
  readonly quantified: ParserMethod<[], Member> = this.RULE('quantified', (): Member => {
    const first = this.CONSUME(t.Forall);
    const quantifier = this.SUBRULE(this.quantifier);
    return this.OR<IOrAlt<Member>[]>([
      { ALT: () => this.SUBRULE(this.goalMember, { ARGS: [quantifier, first] }) },
      { ALT: () => this.SUBRULE(this.findMember, { ARGS: [quantifier, first] }) },
    ]);
  });

  /** `find x, y subject to { … }` */
  readonly findMember: ParserMethod<[Quantifier | undefined, IToken], FindMember> = this.RULE(
    'findMember',
    (quantifier: Quantifier | undefined, first: IToken): FindMember => {
      this.CONSUME(t.Find);
      const over = this.SUBRULE(this.ownedList);
      let constraints: Constraint[] | undefined;
      this.OPTION(() => {
        this.CONSUME(t.Subject);
        this.CONSUME(t.To);
        constraints = this.SUBRULE(this.constraints);
      });
      return this.ACTION(() => {
        const doc = this.docOf(first);
        return { kind: 'Find', doc, quantifier, over, constraints, span: this.from(first) };
      });
    },
  );

  /** `lower optimistic task(i in 1..K) { … }` */
  readonly lowerMember: ParserMethod<[], LowerMember> = this.RULE(
    'lowerMember',
    (): LowerMember => {
      const first = this.CONSUME(t.Lower);
      let policy: LowerMember['policy'];
      this.OPTION({
        GATE: () => isPolicy(this.LA(1)),
        DEF: () => {
          const word = this.CONSUME(t.Identifier);
          policy = word.image === 'pessimistic' ? 'pessimistic' : 'optimistic';
        },
      });
      let name: Name | undefined;
      this.OPTION1(() => {
        name = this.nameOf(this.CONSUME1(t.Identifier));
      });
      let family: Quantifier | undefined;
      this.OPTION2(() => {
        family = this.SUBRULE(this.quantifier);
      });
      const members = this.SUBRULE(this.members);
      const doc = this.docOf(first);
      return { kind: 'Lower', doc, policy, name, family, members, span: this.from(first) };
    },
  );

  // ---------------------------------------------------------------------------------- constraints

  /** `subject to { … }` */
  readonly subjectMember: ParserMethod<[], SubjectMember> = this.RULE(
    'subjectMember',
    (): SubjectMember => {
      const first = this.CONSUME(t.Subject);
      this.CONSUME(t.To);
      const constraints = this.SUBRULE(this.constraints);
      return { kind: 'Subject', doc: this.docOf(first), constraints, span: this.from(first) };
    },
  );

  readonly constraints: ParserMethod<[], Constraint[]> = this.RULE(
    'constraints',
    (): Constraint[] => {
      const open = this.SUBRULE(this.opening);
      const constraints: Constraint[] = [];
      this.items(blocks.constraints, open, () =>
        this.MANY({
          GATE: () => this.mayBeConstraint(),
          DEF: () =>
            this.OR([
              { ALT: () => constraints.push(this.SUBRULE(this.constraint)) },
              { ALT: () => this.CONSUME(t.Semicolon) },
            ]),
        }),
      );
      this.SUBRULE(this.closing, { ARGS: [open, blocks.constraints] });
      return constraints;
    },
  );

  /** `var` begins an expression only before `(`. */
  private mayBeConstraint(): boolean {
    return this.next() !== t.Var || this.LA(2).tokenType === t.LParen;
  }

  readonly constraint: ParserMethod<[], Constraint> = this.RULE('constraint', (): Constraint => {
    const first = this.LA(1);
    return this.guarded<Constraint>(
      blocks.constraints,
      () => this.SUBRULE(this.namedConstraint),
      () => this.badConstraint(first),
    );
  });

  private badConstraint(first: IToken): BadMember {
    return { kind: 'BadMember', names: [], span: this.from(first) };
  }

  /** `name: forall(i in I) c`, `name: a <= b` */
  readonly namedConstraint: ParserMethod<[], Constraint> = this.RULE(
    'namedConstraint',
    (): Constraint => {
      const first = this.LA(1);
      let name: Name | undefined;
      this.OPTION({
        GATE: () => this.LA(2).tokenType === t.Colon,
        DEF: () => {
          name = this.SUBRULE(this.declaredName, { ARGS: ['a constraint'] });
          this.CONSUME(t.Colon);
        },
      });
      return this.OR<IOrAlt<Constraint>[]>([
        { ALT: () => this.SUBRULE(this.forallConstraint, { ARGS: [name, first] }) },
        { ALT: () => this.SUBRULE(this.plainConstraint, { ARGS: [name, first] }) },
      ]);
    },
  );

  readonly forallConstraint: ParserMethod<[Name | undefined, IToken], Constraint> = this.RULE(
    'forallConstraint',
    (name: Name | undefined, first: IToken): Constraint => {
      this.CONSUME(t.Forall);
      const quantifier = this.SUBRULE(this.quantifier);
      let constraints: Constraint[] = [];
      let braces = false;
      this.ACTION(() => this.deeper());
      this.OR([
        {
          ALT: () => {
            braces = true;
            constraints = this.SUBRULE(this.constraints);
          },
          // A set literal begins no sensible constraint: braces are a group.
          IGNORE_AMBIGUITIES: true,
        },
        {
          ALT: () => {
            const only = this.SUBRULE(this.namedConstraint);
            constraints = [only];
          },
        },
      ]);
      return this.ACTION(() => {
        this.depth--;
        const doc = this.docOf(first);
        const span = this.from(first);
        return { kind: 'Forall', doc, name, quantifier, constraints, braces, span };
      });
    },
  );

  readonly plainConstraint: ParserMethod<[Name | undefined, IToken], Constraint> = this.RULE(
    'plainConstraint',
    (name: Name | undefined, first: IToken): Constraint => {
      const left = this.SUBRULE(this.expression);
      let joint: 'Implies' | 'Complements' | undefined;
      let right: Expr | undefined;
      this.OPTION(() => {
        this.OR([
          { ALT: () => this.CONSUME(t.Implies) },
          { ALT: () => this.CONSUME(t.Complements) },
        ]);
        joint = this.LA(0).tokenType === t.Implies ? 'Implies' : 'Complements';
        right = this.SUBRULE1(this.expression);
      });
      const over = this.SUBRULE(this.over);
      return this.ACTION((): Constraint => {
        const doc = this.docOf(first);
        const span = this.from(first);
        if (right === undefined)
          return { kind: 'Relation', doc, name, condition: left, over, span };
        return joint === 'Implies'
          ? { kind: 'Implies', doc, name, premise: left, conclusion: right, over, span }
          : { kind: 'Complements', doc, name, left, right, over, span };
      });
    },
  );

  // ------------------------------------------------------------------------------------ functions

  /** `function f(x, d : real = 1) = e` */
  readonly functionDecl: ParserMethod<[], FunctionDecl> = this.RULE(
    'functionDecl',
    (): FunctionDecl => {
      const first = this.CONSUME(t.FunctionWord);
      const name = this.SUBRULE(this.declaredName, { ARGS: ['a function'] });
      const parameters = this.SUBRULE(this.parameters);
      this.CONSUME(t.Equals);
      const body = this.SUBRULE(this.functionBody);
      const doc = this.docOf(first);
      return { kind: 'Function', doc, name, parameters, body, span: this.from(first) };
    },
  );

  readonly functionBody: ParserMethod<[], FunctionBody> = this.RULE(
    'functionBody',
    (): FunctionBody => {
      const first = this.LA(1);
      return this.OR<IOrAlt<FunctionBody>[]>([
        { ALT: () => this.SUBRULE(this.functionBlock) },
        {
          ALT: () => {
            const value = this.SUBRULE(this.expression);
            return { kind: 'FunctionBody', braces: false, lets: [], value, span: this.from(first) };
          },
          IGNORE_AMBIGUITIES: true,
        },
      ]);
    },
  );

  /** `{ let a = e; … result }` */
  readonly functionBlock: ParserMethod<[], FunctionBody> = this.RULE(
    'functionBlock',
    (): FunctionBody => {
      const open = this.CONSUME(t.LCurly);
      const lets: LetMember[] = [];
      this.MANY(() =>
        this.OR([
          {
            ALT: () => {
              const member = this.SUBRULE(this.functionLet);
              if (member !== undefined) lets.push(member);
            },
          },
          { ALT: () => this.CONSUME(t.Semicolon) },
        ]),
      );
      const value = this.SUBRULE(this.functionResult);
      this.MANY1(() => this.CONSUME1(t.Semicolon));
      this.items(blocks.function, open, () => undefined);
      this.SUBRULE(this.closing, { ARGS: [open, blocks.function] });
      return { kind: 'FunctionBody', braces: true, lets, value, span: this.from(open) };
    },
  );

  readonly functionLet: ParserMethod<[], LetMember | undefined> = this.RULE(
    'functionLet',
    (): LetMember | undefined =>
      this.guarded<LetMember | undefined>(
        blocks.function,
        () => this.SUBRULE(this.letMember),
        () => undefined,
      ),
  );

  readonly functionResult: ParserMethod<[], Expr> = this.RULE('functionResult', (): Expr => {
    const first = this.LA(1);
    return this.guarded<Expr>(
      blocks.function,
      () => this.SUBRULE(this.expression),
      () => ({ kind: 'Bad', span: this.from(first) }),
    );
  });

  /** `(x, step : real >= 0 = 0.1)` */
  readonly parameters: ParserMethod<[], Parameter[]> = this.RULE('parameters', (): Parameter[] => {
    const parameters: Parameter[] = [];
    this.CONSUME(t.LParen);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => parameters.push(this.SUBRULE(this.parameter)) });
    this.CONSUME(t.RParen);
    return parameters;
  });

  readonly parameter: ParserMethod<[], Parameter> = this.RULE('parameter', (): Parameter => {
    const token = this.CONSUME(t.Identifier);
    let type: Type | undefined;
    const bounds: Bound[] = [];
    this.OPTION(() => {
      type = this.SUBRULE(this.typing);
      this.MANY(() => bounds.push(this.SUBRULE(this.bound)));
    });
    let value: Expr | undefined;
    this.OPTION1(() => {
      this.CONSUME(t.Equals);
      value = this.SUBRULE(this.expression);
    });
    const name = this.nameOf(token);
    return { kind: 'Parameter', name, type, bounds, value, span: this.from(token) };
  });
}

const varValueHelp =
  'a variable is found, not given: write `start` for its first value, or `let` for a name';

function senseOf(token: IToken): 'minimize' | 'maximize' {
  return token.tokenType === t.Maximize ? 'maximize' : 'minimize';
}

function isPolicy(token: IToken): boolean {
  return token.tokenType === t.Optimistic || token.tokenType === t.Pessimistic;
}

/** The image of a bound's operator, also where it was written in another language's way. */
function image(token: IToken): string {
  switch (token.tokenType) {
    case t.LessEquals:
      return '<=';
    case t.GreaterEquals:
      return '>=';
    case t.Greater:
      return '>';
    default:
      return '<';
  }
}
