import type { IOrAlt, ParserMethod } from 'chevrotain';
import type {
  Comment,
  CompareDecl,
  CompareItem,
  Declaration,
  Expr,
  FileAst,
  ImportDecl,
  ProblemDecl,
  SolveDecl,
  Text,
  Use,
} from '../ast.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Scan } from '../scan.ts';
import type { Source } from '../source.ts';
import * as t from '../tokens.ts';
import { blocks } from './block.ts';
import { describeToken } from './explain.ts';
import { MethodParser } from './methods.ts';

/** What reading a file gives. */
export interface Parsed {
  readonly file: FileAst;
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
}

/** §7 of the language and the file as a whole. */
export class FileParser extends MethodParser {
  constructor(skipValidations = true) {
    super(skipValidations);
    this.performSelfAnalysis();
  }

  /** Reads the tokens of a source. */
  read(source: Source, scan: Scan): Parsed {
    this.load(source, scan);
    const declarations = this.fileRule();
    const span = { file: source.index, start: 0, end: source.text.length };
    const loose = this.unusedDocs().flatMap((doc) => doc.comments);
    const comments = [...scan.comments, ...loose];
    comments.sort((a, b) => a.span.start - b.span.start);
    const diagnostics = [...this.diagnostics].sort((a, b) => a.span.start - b.span.start);
    return { file: { kind: 'File', declarations, span }, comments, diagnostics };
  }

  readonly fileRule: ParserMethod<[], Declaration[]> = this.RULE('fileRule', (): Declaration[] => {
    const declarations: Declaration[] = [];
    this.items(blocks.file, undefined, () =>
      this.MANY(() =>
        this.OR([
          { ALT: () => declarations.push(this.SUBRULE(this.declaration)) },
          { ALT: () => this.CONSUME(t.Semicolon) },
        ]),
      ),
    );
    return declarations;
  });

  readonly declaration: ParserMethod<[], Declaration> = this.RULE(
    'declaration',
    (): Declaration => {
      const first = this.LA(1);
      return this.guarded<Declaration>(
        blocks.file,
        () =>
          this.OR<IOrAlt<Declaration>[]>([
            { ALT: () => this.SUBRULE(this.importDecl) },
            { ALT: () => this.SUBRULE(this.functionDecl) },
            { ALT: () => this.SUBRULE(this.problemDecl) },
            { ALT: () => this.SUBRULE(this.methodDecl) },
            { ALT: () => this.SUBRULE(this.compareDecl) },
            { ALT: () => this.SUBRULE(this.solveDecl) },
          ]),
        () => this.badItem(first),
      );
    },
  );

  /** `import "shared.opt"` */
  readonly importDecl: ParserMethod<[], ImportDecl> = this.RULE('importDecl', (): ImportDecl => {
    const first = this.CONSUME(t.Import);
    const path = this.textOf(this.CONSUME(t.StringToken));
    return { kind: 'Import', doc: this.docOf(first), path, span: this.from(first) };
  });

  /** `problem p { … }` */
  readonly problemDecl: ParserMethod<[], ProblemDecl> = this.RULE(
    'problemDecl',
    (): ProblemDecl => {
      const first = this.CONSUME(t.Problem);
      const name = this.SUBRULE(this.declaredName, { ARGS: ['a problem'] });
      const members = this.SUBRULE(this.members);
      return { kind: 'Problem', doc: this.docOf(first), name, members, span: this.from(first) };
    },
  );

  /** `solve P with m(args) via r stop when c` */
  readonly solveDecl: ParserMethod<[], SolveDecl> = this.RULE('solveDecl', (): SolveDecl => {
    const first = this.CONSUME(t.Solve);
    this.ACTION(() => this.checkProblem());
    const problem = this.nameOf(this.CONSUME(t.Identifier));
    let method: Use | undefined;
    this.OPTION(() => {
      this.CONSUME(t.With);
      method = this.SUBRULE(this.use);
    });
    const via = this.SUBRULE(this.via);
    let stop: Expr | undefined;
    this.OPTION1(() => {
      this.CONSUME(t.Stop);
      this.CONSUME(t.When);
      stop = this.SUBRULE(this.stopCondition);
    });
    const doc = this.docOf(first);
    return { kind: 'Solve', doc, problem, method, via, stop, span: this.from(first) };
  });

  /** `solve with ista` names no problem. */
  private checkProblem(): void {
    if (this.next() !== t.With || !this.nextIs(t.Identifier, 2)) return;
    const found = describeToken(this.LA(1));
    this.report('G035', this.spanOf(this.LA(1)), { what: 'the problem', found });
    this.abandon();
  }

  /** `via r1 via r2` */
  readonly via: ParserMethod<[], Use[]> = this.RULE('via', (): Use[] => {
    const uses: Use[] = [];
    this.MANY(() => {
      this.CONSUME(t.Via);
      uses.push(this.SUBRULE(this.use));
    });
    return uses;
  });

  /** A condition in which `20 s` is a number. */
  readonly stopCondition: ParserMethod<[], Expr> = this.RULE('stopCondition', (): Expr => {
    this.ACTION(() => {
      this.durations = true;
    });
    const condition = this.SUBRULE(this.expression);
    this.ACTION(() => {
      this.durations = false;
    });
    return condition;
  });

  // -------------------------------------------------------------------------------------- compare

  /** `compare "title" of P { … }` */
  readonly compareDecl: ParserMethod<[], CompareDecl> = this.RULE(
    'compareDecl',
    (): CompareDecl => {
      const first = this.CONSUME(t.Compare);
      let title: Text | undefined;
      this.OPTION(() => {
        title = this.textOf(this.CONSUME(t.StringToken));
      });
      this.CONSUME(t.Of);
      const problem = this.nameOf(this.CONSUME(t.Identifier));
      const items = this.SUBRULE(this.compareItems);
      const doc = this.docOf(first);
      return { kind: 'Compare', doc, title, problem, items, span: this.from(first) };
    },
  );

  readonly compareItems: ParserMethod<[], CompareItem[]> = this.RULE(
    'compareItems',
    (): CompareItem[] => {
      const open = this.SUBRULE(this.opening);
      const items: CompareItem[] = [];
      this.items(blocks.compare, open, () =>
        this.MANY(() =>
          this.OR([
            { ALT: () => items.push(this.SUBRULE(this.compareItem)) },
            { ALT: () => this.CONSUME(t.Semicolon) },
          ]),
        ),
      );
      this.SUBRULE(this.closing, { ARGS: [open, blocks.compare] });
      return items;
    },
  );

  readonly compareItem: ParserMethod<[], CompareItem> = this.RULE(
    'compareItem',
    (): CompareItem => {
      const first = this.LA(1);
      return this.guarded<CompareItem>(
        blocks.compare,
        () =>
          this.OR<IOrAlt<CompareItem>[]>([
            { ALT: () => this.SUBRULE(this.onItem) },
            { ALT: () => this.SUBRULE(this.withItem) },
            { ALT: () => this.SUBRULE(this.sweepItem) },
            { ALT: () => this.SUBRULE(this.seedsItem) },
            { ALT: () => this.SUBRULE(this.stopItem) },
            { ALT: () => this.SUBRULE(this.claimItem) },
          ]),
        () => ({ kind: 'BadMember', names: [], span: this.from(first) }),
      );
    },
  );

  /** `on { noise = 0.3 }` */
  readonly onItem: ParserMethod<[], CompareItem> = this.RULE('onItem', (): CompareItem => {
    const first = this.CONSUME(t.On);
    const entries = this.SUBRULE(this.entries);
    return { kind: 'On', entries, span: this.from(first) };
  });

  /** `with m(args) via r as "label"` */
  readonly withItem: ParserMethod<[], CompareItem> = this.RULE('withItem', (): CompareItem => {
    const first = this.CONSUME(t.With);
    const method = this.SUBRULE(this.use);
    const via = this.SUBRULE(this.via);
    let label: Text | undefined;
    this.OPTION(() => {
      this.CONSUME(t.As);
      label = this.textOf(this.CONSUME(t.StringToken));
    });
    return { kind: 'With', method, via, label, span: this.from(first) };
  });

  /** `sweep lam in {10, 100}` */
  readonly sweepItem: ParserMethod<[], CompareItem> = this.RULE('sweepItem', (): CompareItem => {
    const first = this.CONSUME(t.Sweep);
    const name = this.SUBRULE(this.declaredName, { ARGS: ['a sweep'] });
    this.CONSUME(t.In);
    const values = this.SUBRULE(this.expression);
    return { kind: 'Sweep', name, values, span: this.from(first) };
  });

  readonly seedsItem: ParserMethod<[], CompareItem> = this.RULE('seedsItem', (): CompareItem => {
    const first = this.CONSUME(t.Seeds);
    const values = this.SUBRULE(this.expression);
    return { kind: 'Seeds', values, span: this.from(first) };
  });

  readonly stopItem: ParserMethod<[], CompareItem> = this.RULE('stopItem', (): CompareItem => {
    const first = this.CONSUME(t.Stop);
    this.CONSUME(t.When);
    const condition = this.SUBRULE(this.stopCondition);
    return { kind: 'StopWhen', condition, span: this.from(first) };
  });

  /** `claim "text": e` */
  readonly claimItem: ParserMethod<[], CompareItem> = this.RULE('claimItem', (): CompareItem => {
    const first = this.CONSUME(t.Claim);
    const title = this.textOf(this.CONSUME(t.StringToken));
    this.CONSUME(t.Colon);
    const condition = this.SUBRULE(this.expression);
    return { kind: 'Claim', title, condition, span: this.from(first) };
  });
}
