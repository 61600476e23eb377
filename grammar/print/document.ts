import { builders, type Doc } from './builders.ts';
import type {
  Block,
  Bound,
  CompareDecl,
  CompareItem,
  Computed,
  Constraint,
  DataMember,
  Declaration,
  Doc as Documentation,
  Drawn,
  Entry,
  Expr,
  FileAst,
  FindMember,
  FunctionBody,
  FunctionDecl,
  GoalMember,
  If,
  LetMember,
  LowerMember,
  Member,
  MethodDecl,
  Owned,
  Parameter,
  Place,
  Quantifier,
  Read,
  SetMember,
  SolveDecl,
  State,
  Statement,
  Use,
  VarMember,
} from '../ast.ts';
import type { Binary } from '../ast.ts';
import type { Span } from '../span.ts';
import { displayWidth } from '../display.ts';
import { ExpressionPrinter, printType } from './expression.ts';
import type { Pen } from './pen.ts';
import { quoted } from './quoted.ts';
import type { Trivia } from './trivia.ts';

const { breakParent, fill, group, hardline, ifBreak, indent, line, lineSuffix, softline } =
  builders;

/** What stands in a list of items: documentation comes before it, `span` is its code. */
interface Item {
  readonly span: Span;
  readonly doc?: Documentation;
}

/** Prints a file as a document of prettier. Comments are woven in at their places; no two paths print a node. */
export class FilePrinter {
  private readonly trivia: Trivia;
  private readonly expr: ExpressionPrinter<Doc>;

  constructor(trivia: Trivia) {
    this.trivia = trivia;
    this.expr = new ExpressionPrinter(this.pen());
  }

  file(file: FileAst): Doc {
    const end = this.trivia.text.length;
    const body = this.items(file.declarations, 0, end, (declaration) =>
      this.declaration(declaration),
    );
    return body.length === 0 ? '' : [body, hardline];
  }

  private pen(): Pen<Doc> {
    return {
      concat: (parts) => [...parts],
      group: (content) => group(content),
      indent: (content) => indent(content),
      fill: (parts) => fill([...parts]),
      line,
      softline,
      nothing: '',
      spaced: (binary, inside) => this.isSpaced(binary, inside),
      keeps: (expr) => this.hasParentheses(expr),
      before: (start, end) => this.ownLines(start, end),
      after: (offset, limit) => this.lineEnd(offset, limit),
      commented: (start, end) => this.trivia.any(start, end),
    };
  }

  /** Sums get blanks, but in an index or range only where the author put them; products as the author wrote them. */
  private isSpaced(binary: Binary, inside: boolean): boolean {
    switch (binary.op) {
      case '+':
      case '-':
      case '.+':
      case '.-':
        return !inside || this.hasBlanks(binary);
      case '\\':
      case 'or':
      case 'and':
        return true;
      case '*':
      case '/':
      case '.*':
      case './':
      case '^':
      case '.^':
        return this.hasBlanks(binary);
    }
  }

  /** Whether the author put parentheses around: the span takes them in, that of the first part does not. */
  private hasParentheses(expr: Expr): boolean {
    if (this.trivia.text.charAt(expr.span.start) !== '(') return false;
    return expr.kind === 'Binary' ? expr.span.start < expr.left.span.start : true;
  }

  private hasBlanks(binary: Binary): boolean {
    const { text } = this.trivia;
    const { start, end } = binary.opSpan;
    return /\s/.test(text.charAt(start - 1)) || /\s/.test(text.charAt(end));
  }

  // ------------------------------------------------------------------------------------- comments

  private ownLines(start: number, end: number): Doc {
    return this.trivia.takeOwnLines(start, end).map((comment) => [comment.text, hardline]);
  }

  private lineEnd(offset: number, limit: number): Doc {
    const comment = this.trivia.takeAfter(offset, limit);
    if (comment === undefined) return '';
    return [lineSuffix([this.trivia.gapBefore(comment), comment.text]), breakParent];
  }

  private documentation(doc: Documentation | undefined): Doc {
    if (doc === undefined) return '';
    return doc.text.split('\n').map((text) => [`## ${text}`.trimEnd(), hardline]);
  }

  /** Items below one another with their comments; blank lines between them are kept, one at most. */
  private items<T extends Item>(
    items: readonly T[],
    from: number,
    end: number,
    print: (item: T) => Doc,
  ): Doc[] {
    const parts: Doc[] = [];
    const push = (start: number, content: Doc): void => {
      if (parts.length > 0) parts.push(hardline);
      if (parts.length > 0 && this.trivia.blankBefore(start)) parts.push(hardline);
      parts.push(content);
    };
    let last = from;
    for (const item of items) {
      const start = item.doc?.span.start ?? item.span.start;
      for (const comment of this.trivia.take(last, start)) push(comment.span.start, comment.text);
      push(start, this.item(item, end, print));
      last = item.span.end;
    }
    for (const comment of this.trivia.take(last, end)) push(comment.span.start, comment.text);
    return parts;
  }

  /** An item. Comments within it that no list or sum of it took come before it. */
  private item<T extends Item>(item: T, end: number, print: (item: T) => Doc): Doc {
    const content = [this.documentation(item.doc), print(item)];
    const inner = this.trivia.take(item.span.start, item.span.end);
    const moved = inner.map((comment) => [comment.text, hardline]);
    return [moved, content, this.lineEnd(item.span.end, end)];
  }

  /** `{ … }`: on one line where the author wrote it so and it fits. */
  private block<T extends Item>(
    items: readonly T[],
    from: number,
    end: number,
    print: (item: T) => Doc,
    wrap: (content: Doc) => Doc = group,
  ): Doc {
    const open = this.trivia.braceFrom(from);
    const close = end - 1;
    const trailing = this.atBrace(open, close);
    const [first] = items;
    const commented = this.trivia.any(open, close);
    if (first === undefined && !commented)
      return trailing === '' ? '{ }' : ['{', trailing, hardline, '}'];
    const start = first?.doc?.span.start ?? first?.span.start ?? close;
    const broken =
      trailing !== '' || commented || this.trivia.hasNewline(open, start) || first === undefined;
    if (broken) {
      const body = this.items(items, open, close, print);
      return ['{', trailing, indent([hardline, body]), hardline, '}'];
    }
    const parts = items.map((item) => this.item(item, close, print));
    const body = parts.flatMap((part, i) => (i === 0 ? [part] : [ifBreak('', ';'), line, part]));
    return wrap(['{', indent([line, body]), line, '}']);
  }

  /** A comment behind the `{` stays there. */
  private atBrace(open: number, close: number): Doc {
    const comment = this.trivia.takeAfter(open + 1, close);
    return comment === undefined ? '' : [lineSuffix([' ', comment.text]), breakParent];
  }

  // --------------------------------------------------------------------------------- declarations

  private declaration(declaration: Declaration): Doc {
    switch (declaration.kind) {
      case 'Import':
        return ['import ', quoted(declaration.path.value)];
      case 'Function':
        return this.function(declaration);
      case 'Problem': {
        const { name, members, span } = declaration;
        return ['problem ', name.name, ' ', this.members(members, name.span.end, span.end)];
      }
      case 'Method':
        return this.method(declaration);
      case 'Compare':
        return this.compare(declaration);
      case 'Solve':
        return this.solve(declaration);
      case 'BadMember':
        return this.verbatim(declaration.span);
    }
  }

  /** What could not be read stays as it is. */
  private verbatim(span: Span): Doc {
    this.trivia.take(span.start, span.end);
    const lines = this.trivia.text.slice(span.start, span.end).split('\n');
    return lines.flatMap((text, i) => (i === 0 ? [text.trimEnd()] : [hardline, text.trim()]));
  }

  private function(decl: FunctionDecl): Doc {
    const { body } = decl;
    const list = this.parameters(decl.parameters, decl.name.span.end, body.span.start, true);
    const head = ['function ', decl.name.name, list, ' ='];
    if (body.braces) return [head, ' ', this.functionBlock(body)];
    const value = this.expr.whole(body.value);
    // A long body goes below; one in brackets breaks inside them.
    const hugs = body.value.kind === 'Tensor' || body.value.kind === 'Call';
    return hugs ? [head, ' ', value] : group([head, group(indent([line, value]))]);
  }

  private functionBlock(body: FunctionBody): Doc {
    const items: readonly (LetMember | Expr)[] = [...body.lets, body.value];
    return this.block<LetMember | Expr>(items, body.span.start, body.span.end, (item) =>
      item.kind === 'Let' ? this.let(item) : this.expr.whole(item),
    );
  }

  private parameters(
    parameters: readonly Parameter[],
    start: number,
    end: number,
    always: boolean,
  ): Doc {
    if (parameters.length === 0) return always ? '()' : '';
    const span = { file: 0, start, end };
    const items = this.expr.commas(parameters, span, (parameter) => this.parameter(parameter));
    return group(['(', indent([softline, items]), softline, ')']);
  }

  private parameter(parameter: Parameter): Doc {
    const { name, type, bounds, value } = parameter;
    return [
      name.name,
      type === undefined ? '' : [' : ', this.expr.type(type)],
      this.bounds(bounds),
      value === undefined ? '' : [' = ', this.expr.whole(value)],
    ];
  }

  private method(decl: MethodDecl): Doc {
    const { name, parameters, pattern, qualifiers, body } = decl;
    const list = this.parameters(parameters, name.span.end, pattern.span.start, false);
    const shape = this.members(pattern.members, pattern.span.start, pattern.span.end);
    const head = ['method ', name.name, list, ' for ', shape];
    const where = qualifiers.map((q, i) => [
      i === 0 ? ' where ' : ' and ',
      `${q.subject.name} ${q.verb} ${q.property.name}`,
    ]);
    const tail =
      body.kind === 'Native' ? ['native ', quoted(body.name.value)] : this.statements(body);
    return [head, where, ' ', tail];
  }

  private compare(decl: CompareDecl): Doc {
    const title = decl.title === undefined ? '' : [quoted(decl.title.value), ' '];
    const { problem, items, span } = decl;
    const body = this.block(items, problem.span.end, span.end, (item) => this.compareItem(item));
    return ['compare ', title, 'of ', problem.name, ' ', body];
  }

  private compareItem(item: CompareItem): Doc {
    switch (item.kind) {
      case 'On':
        return ['on ', this.entries(item.entries, item.span)];
      case 'With': {
        const label = item.label === undefined ? '' : [' as ', quoted(item.label.value)];
        return ['with ', this.expr.use(item.method), this.via(item.via), label];
      }
      case 'Sweep':
        return ['sweep ', item.name.name, ' in ', this.expr.whole(item.values)];
      case 'Seeds':
        return ['seeds ', this.expr.whole(item.values)];
      case 'StopWhen':
        return ['stop when ', this.expr.whole(item.condition)];
      case 'Claim':
        return ['claim ', quoted(item.title.value), ': ', this.expr.whole(item.condition)];
      case 'BadMember':
        return this.verbatim(item.span);
    }
  }

  private via(uses: readonly Use[]): Doc {
    return uses.map((use) => [' via ', this.expr.use(use)]);
  }

  private solve(decl: SolveDecl): Doc {
    const { problem, method, via, stop } = decl;
    return [
      'solve ',
      problem.name,
      method === undefined ? '' : [' with ', this.expr.use(method)],
      this.via(via),
      stop === undefined ? '' : [' stop when ', this.expr.whole(stop)],
    ];
  }

  private entries(entries: readonly Entry[], span: Span): Doc {
    return this.block(entries, span.start, span.end, (entry) => [
      entry.name.name,
      ' = ',
      this.expr.whole(entry.value),
    ]);
  }

  // -------------------------------------------------------------------------------------- members

  private members(members: readonly Member[], from: number, end: number): Doc {
    const aligned = alignSources(members, this.trivia);
    return this.block(members, from, end, (member) => this.member(member, aligned));
  }

  private member(member: Member, aligned: ReadonlyMap<Member, Widths>): Doc {
    switch (member.kind) {
      case 'Set':
        return this.set(member);
      case 'Data':
        return this.data(member, aligned.get(member));
      case 'Param': {
        const value = member.value === undefined ? '' : [' = ', this.assigned(member.value)];
        const head = ['param ', member.name.name, ' : ', this.expr.type(member.type)];
        return [head, this.bounds(member.bounds), this.domain(member.domain), value];
      }
      case 'Var':
        return this.var(member);
      case 'Let':
        return this.let(member);
      case 'Goal':
        return this.goal(member);
      case 'Subject':
        return [
          'subject to ',
          this.constraints(member.constraints, member.span.start, member.span),
        ];
      case 'Find':
        return this.find(member);
      case 'Lower':
        return this.lower(member);
      case 'Metric':
        return ['metric ', member.name.name, ' = ', this.assigned(member.value)];
      case 'Known':
        return ['known ', this.entries(member.entries, member.span)];
      case 'Function':
        return this.function(member);
      case 'BadMember':
        return this.verbatim(member.span);
    }
  }

  /** A value behind `=`. Sums and brackets indent their own lines, a choice does not. */
  private assigned(value: Expr): Doc {
    const content = this.expr.whole(value);
    return value.kind === 'Conditional' ? indent(content) : content;
  }

  private set(member: SetMember): Doc {
    return ['set ', member.name.name, this.init(member.init)];
  }

  private init(init: Computed | Drawn | Read): Doc {
    switch (init.kind) {
      case 'Computed':
        return [' = ', this.assigned(init.value)];
      case 'Drawn':
        return [' ~ ', this.expr.arithmetic(init.distribution)];
      case 'Read':
        return [' from ', init.format.name, this.expr.plainArgs(init.args)];
    }
  }

  private data(member: DataMember, widths: Widths | undefined): Doc {
    const { sparse, name, type, bounds, domain, init } = member;
    const namePad = widths === undefined ? '' : padding(name.name, widths.name);
    const head = [sparse ? 'sparse data ' : 'data ', name.name, namePad, ' : '];
    if (init.kind === 'Read' && widths !== undefined) {
      const shape = printType(type);
      return [head, shape, padding(shape, widths.type), this.init(init)];
    }
    const rest = init.kind === 'Required' ? '' : this.init(init);
    return [head, this.expr.type(type), this.bounds(bounds), this.domain(domain), rest];
  }

  private var(member: VarMember): Doc {
    const { names, type, bounds, domain, start, solves } = member;
    return [
      'var ',
      names.map((name) => name.name).join(', '),
      ' : ',
      this.expr.type(type),
      this.domain(domain),
      this.bounds(bounds),
      start === undefined ? '' : this.start(start),
      solves === undefined
        ? ''
        : [' solves ', solves.sense, ' ', indent(this.expr.arithmetic(solves.value))],
    ];
  }

  private start(start: Computed | Drawn): Doc {
    if (start.kind === 'Drawn') return [' start ~ ', this.expr.arithmetic(start.distribution)];
    return [' start ', this.expr.arithmetic(start.value)];
  }

  private bounds(bounds: readonly Bound[]): Doc {
    return bounds.map((bound) => [` ${bound.op} `, this.expr.arithmetic(bound.value)]);
  }

  private domain(domain: Expr | undefined): Doc {
    return domain === undefined ? '' : [' in ', this.expr.arithmetic(domain)];
  }

  private let(member: LetMember): Doc {
    return ['let ', this.expr.names(member.target), ' = ', this.assigned(member.value)];
  }

  private goal(member: GoalMember): Doc {
    const { quantifier, sense, value, over } = member;
    const prefix = quantifier === undefined ? '' : [this.forall(quantifier), ' '];
    const owned = over.length === 0 ? '' : indent([line, 'over ', this.owned(over)]);
    return group([prefix, sense, ' ', this.assigned(value), owned]);
  }

  private owned(list: readonly Owned[]): Doc {
    return list.map((owned, i) => [
      i === 0 ? '' : ', ',
      owned.name.name,
      owned.index.length === 0 ? '' : this.expr.index(owned.index),
      this.domain(owned.domain),
    ]);
  }

  private forall(quantifier: Quantifier): Doc {
    return ['forall', this.quantifier(quantifier)];
  }

  private quantifier(quantifier: Quantifier): Doc {
    const inner = this.expr.bindings(quantifier.bindings, quantifier.where);
    return group(['(', indent([softline, inner]), softline, ')']);
  }

  private find(member: FindMember): Doc {
    const { quantifier, over, constraints, span } = member;
    const prefix = quantifier === undefined ? '' : [this.forall(quantifier), ' '];
    const head = [prefix, 'find ', this.owned(over)];
    if (constraints === undefined) return head;
    const from = over.at(-1)?.span.end ?? span.start;
    return [head, ' subject to ', this.constraints(constraints, from, span)];
  }

  private lower(member: LowerMember): Doc {
    const { policy, name, family, members, span } = member;
    const from = family?.span.end ?? name?.span.end ?? span.start;
    const words = [policy, name?.name].filter((word) => word !== undefined);
    const head = words.map((word) => ` ${word}`);
    const index = family === undefined ? '' : this.quantifier(family);
    const gap = family !== undefined && words.length === 0 ? ' ' : '';
    return ['lower', head, gap, index, ' ', this.members(members, from, span.end)];
  }

  // ---------------------------------------------------------------------------------- constraints

  private constraints(constraints: readonly Constraint[], from: number, span: Span): Doc {
    return this.block(constraints, from, span.end, (constraint) => this.constraint(constraint));
  }

  private constraint(constraint: Constraint): Doc {
    switch (constraint.kind) {
      case 'BadMember':
        return this.verbatim(constraint.span);
      case 'Forall': {
        const { name, quantifier, constraints, braces, span } = constraint;
        const head = [labelled(name?.name), this.forall(quantifier), ' '];
        if (braces) return [head, this.constraints(constraints, quantifier.span.end, span)];
        return [head, constraints.map((inner) => this.innerConstraint(inner))];
      }
      case 'Relation': {
        const { name, condition, over } = constraint;
        return this.relation(name?.name, this.expr.whole(condition), over);
      }
      case 'Implies': {
        const { name, premise, conclusion, over } = constraint;
        const left = this.expr.whole(premise);
        const body = [left, ' implies', line, this.expr.whole(conclusion)];
        return this.relation(name?.name, body, over);
      }
      case 'Complements': {
        const { name, left, right, over } = constraint;
        const first = this.expr.whole(left);
        const body = [first, ' complements', line, this.expr.whole(right)];
        return this.relation(name?.name, body, over);
      }
    }
  }

  private innerConstraint(constraint: Constraint): Doc {
    const doc = constraint.kind === 'BadMember' ? undefined : constraint.doc;
    return indent([this.documentation(doc), this.constraint(constraint)]);
  }

  private relation(name: string | undefined, body: Doc, over: readonly Owned[]): Doc {
    const owned = over.length === 0 ? '' : [line, 'over ', this.owned(over)];
    return group([labelled(name), indent([body, owned])]);
  }

  // ----------------------------------------------------------------------------------- statements

  private statements(block: Block): Doc {
    return this.block(block.statements, block.span.start, block.span.end, (statement) =>
      this.statement(statement),
    );
  }

  private statement(statement: Statement): Doc {
    const { expr } = this;
    switch (statement.kind) {
      case 'Let':
        return this.let(statement);
      case 'State':
        return this.state(statement);
      case 'Assign': {
        const targets = statement.targets.map((target) => this.place(target));
        return group([join(targets), ' <- ', indent(this.values(statement.values))]);
      }
      case 'Repeat':
        return ['repeat ', this.statements(statement.body)];
      case 'For':
      case 'Each': {
        const word = statement.kind === 'For' ? 'for ' : 'each ';
        const set = [expr.names(statement.target), ' in ', expr.whole(statement.set)];
        const where = statement.where === undefined ? '' : [' where ', expr.whole(statement.where)];
        return [word, set, where, ' ', this.statements(statement.body)];
      }
      case 'While':
        return ['while ', expr.whole(statement.condition), ' ', this.statements(statement.body)];
      case 'If':
        return this.choice(statement);
      case 'Draw':
        return [statement.name.name, ' ~ ', expr.whole(statement.distribution)];
      case 'Report':
        return ['report ', statement.name.name, ' = ', this.assigned(statement.value)];
      case 'Stop':
        return ['stop when ', expr.whole(statement.condition)];
      case 'Return':
        return group(['return ', indent(this.values(statement.values))]);
      case 'BadMember':
        return this.verbatim(statement.span);
    }
  }

  private state(statement: State): Doc {
    return ['state ', this.expr.names(statement.target), ' = ', this.assigned(statement.value)];
  }

  private place(place: Place): Doc {
    return [place.name.name, place.index.length === 0 ? '' : this.expr.index(place.index)];
  }

  private values(values: readonly Expr[]): Doc {
    const items = values.map((value) => this.expr.whole(value));
    return items.map((item, i) => (i === 0 ? item : [',', line, item]));
  }

  /** On one line as a whole, or with all its blocks open. */
  private choice(statement: If): Doc {
    const parts: Doc[] = [];
    let at: Block | If | undefined = statement;
    while (at?.kind === 'If') {
      parts.push(['if ', this.expr.whole(at.condition), ' ', this.openStatements(at.then)]);
      at = at.otherwise;
      if (at !== undefined) parts.push(' else ');
    }
    if (at !== undefined) parts.push(this.openStatements(at));
    return group(parts);
  }

  /** A block whose lines break with what stands around it. */
  private openStatements(block: Block): Doc {
    const { statements, span } = block;
    return this.block(statements, span.start, span.end, (s) => this.statement(s), same);
  }
}

function same(doc: Doc): Doc {
  return doc;
}

function labelled(name: string | undefined): string {
  return name === undefined ? '' : `${name}: `;
}

function join(items: readonly Doc[]): Doc {
  return items.map((item, i) => (i === 0 ? item : [', ', item]));
}

/** Columns of names and types in a run of `data … from …` lines. */
interface Widths {
  readonly name: number;
  readonly type: number;
}

/** Lines that read data and follow one another are set as a table. */
function alignSources(members: readonly Member[], trivia: Trivia): ReadonlyMap<Member, Widths> {
  const widths = new Map<Member, Widths>();
  let run: DataMember[] = [];
  const close = (): void => {
    const name = Math.max(0, ...run.map((member) => displayWidth(member.name.name)));
    const type = Math.max(0, ...run.map((member) => displayWidth(printType(member.type))));
    if (run.length > 1) for (const member of run) widths.set(member, { name, type });
    run = [];
  };
  for (const member of members) {
    const last = run.at(-1);
    const simple = isTableLine(member);
    const adjacent = last !== undefined && isNextLine(last, member, trivia);
    if (!simple || !adjacent) close();
    if (simple) run.push(member);
  }
  close();
  return widths;
}

function isTableLine(member: Member): member is DataMember {
  if (member.kind !== 'Data' || member.init.kind !== 'Read') return false;
  return !member.sparse && member.bounds.length === 0 && member.domain === undefined;
}

function isNextLine(last: Member, next: Member, trivia: Trivia): boolean {
  // A comment inside will stand between the two.
  if (trivia.any(next.span.start, next.span.end)) return false;
  const gap = trivia.text.slice(last.span.end, next.span.start);
  return /^[ \t;\r]*(?:#[^\n]*)?(?:\n[ \t]*)?$/.test(gap);
}

/** Blanks up to a column; none in a block that fits on one line. */
function padding(text: string, width: number): Doc {
  return ifBreak(' '.repeat(Math.max(0, width - displayWidth(text))), '');
}
