import type {
  BinaryOp,
  BinderOp,
  Binding,
  ComparisonOp,
  Expr,
  Implicit,
  Link,
  Names,
  Recurrence,
} from '../ast.ts';
import { join, type Span } from '../span.ts';
import { binaryLevel, direction, level, rightLevel, type Level } from '../precedence.ts';

/** One item of a flat run of operands and operators, as the parser reads it. */
export type Part = Operand | Infix | Prefix;

export interface Operand {
  readonly tag: 'operand';
  readonly expr: Expr;
}

export interface Infix {
  readonly tag: 'infix';
  readonly op: BinaryOp | ComparisonOp | '..';
  readonly span: Span;
}

/** What stands before an operand and takes some of what follows as its own. */
export type Prefix =
  | { readonly tag: 'minus'; readonly span: Span }
  | { readonly tag: 'not'; readonly span: Span }
  | BinderHead
  | RecurrenceHead
  | ImplicitHead
  | IfHead;

/** `sum(i in I where c)` */
export interface BinderHead {
  readonly tag: 'binder';
  readonly op: BinderOp;
  readonly opSpan: Span;
  readonly bindings: readonly Binding[];
  readonly where: Expr | undefined;
  readonly span: Span;
}

/** `fold(s = s0 for t in 1..T)` */
export interface RecurrenceHead {
  readonly tag: 'recurrence';
  readonly op: Recurrence['op'];
  readonly opSpan: Span;
  readonly state: Names;
  readonly start: Expr;
  readonly bindings: readonly Binding[];
  readonly where: Expr | undefined;
  readonly span: Span;
}

/** `root(z = z0)` */
export interface ImplicitHead {
  readonly tag: 'implicit';
  readonly op: Implicit['op'];
  readonly opSpan: Span;
  readonly state: Names;
  readonly start: Expr;
  readonly domain: Expr | undefined;
  readonly span: Span;
}

/** `if c then a else` */
export interface IfHead {
  readonly tag: 'if';
  readonly condition: Expr;
  readonly then: Expr;
  readonly span: Span;
}

/** Where a run breaks a rule of the table. */
export type Complain = (problem: Problem) => void;

export type Problem =
  | { readonly what: 'parentheses'; readonly word: string; readonly span: Span }
  | {
      readonly what: 'direction' | 'chain';
      readonly first: string;
      readonly second: string;
      readonly span: Span;
    };

/** Builds the tree of a run by precedence climbing. `floor` is the loosest level that may stand there. */
export function climb(parts: readonly Part[], floor: Level, complain: Complain): Expr {
  const [first] = parts;
  if (first?.tag === 'operand' && parts.length === 1) return first.expr;
  return new Climber(parts, complain).parse(floor);
}

class Climber {
  private at = 0;
  private readonly parts: readonly Part[];
  private readonly complain: Complain;

  constructor(parts: readonly Part[], complain: Complain) {
    this.parts = parts;
    this.complain = complain;
  }

  parse(floor: Level): Expr {
    let left = this.operand(floor);
    for (;;) {
      const next = this.parts[this.at];
      if (next?.tag !== 'infix') return left;
      const { op } = next;
      if (op === '..') {
        if (level.range < floor) return left;
        left = this.range(left, next);
      } else if (isComparison(op)) {
        if (level.comparison < floor) return left;
        left = this.comparison(left);
      } else {
        if (binaryLevel[op] < floor) return left;
        left = this.binary(left, op, next.span);
      }
    }
  }

  private binary(left: Expr, op: BinaryOp, opSpan: Span): Expr {
    this.at++;
    const right = this.parse(rightLevel(op));
    return { kind: 'Binary', op, left, right, opSpan, span: join(left.span, right.span) };
  }

  private range(left: Expr, dots: Infix): Expr {
    if (left.kind === 'Range' && !this.isParenthesised(left))
      this.complain({ what: 'chain', first: '..', second: '..', span: dots.span });
    this.at++;
    const to = this.parse(level.add);
    return { kind: 'Range', from: left, to, span: join(left.span, to.span) };
  }

  /** The range was built by this very run, not read as an operand. */
  private isParenthesised(expr: Expr): boolean {
    return this.parts.some((part) => part.tag === 'operand' && part.expr === expr);
  }

  private comparison(first: Expr): Expr {
    const links: Link[] = [];
    for (;;) {
      const next = this.parts[this.at];
      if (next?.tag !== 'infix' || !isComparison(next.op)) break;
      this.checkChain(links, next.op, next.span);
      this.at++;
      const right = this.parse(level.range);
      const span = join(next.span, right.span);
      links.push({ kind: 'Link', op: next.op, right, opSpan: next.span, span });
    }
    const last = links.at(-1) ?? first;
    return { kind: 'Comparison', first, links, span: join(first.span, last.span) };
  }

  private checkChain(links: readonly Link[], op: ComparisonOp, span: Span): void {
    const last = links.at(-1);
    if (last === undefined) return;
    const way = direction[op];
    const none = links.find((link) => direction[link.op] === 'none');
    if (way === 'none' || none !== undefined) {
      this.complain({ what: 'chain', first: (none ?? last).op, second: op, span });
      return;
    }
    const other = links.find(
      (link) => direction[link.op] !== 'equal' && direction[link.op] !== way,
    );
    if (way !== 'equal' && other !== undefined)
      this.complain({ what: 'direction', first: other.op, second: op, span });
  }

  private operand(floor: Level): Expr {
    const part = this.parts[this.at];
    this.at++;
    switch (part?.tag) {
      case 'operand':
        return part.expr;
      case 'minus': {
        const operand = this.parse(level.minus);
        return { kind: 'Unary', op: '-', operand, span: join(part.span, operand.span) };
      }
      case 'not':
        return this.negation(part.span, floor);
      case 'binder':
        return this.binder(part);
      case 'recurrence':
        return this.recurrence(part);
      case 'implicit':
        return this.implicit(part);
      case 'if':
        return this.conditional(part, floor);
      case 'infix':
      case undefined:
        // The parser reads operand and operator in turn, so this place is never reached.
        return { kind: 'Bad', span: part?.span ?? this.lastSpan() };
    }
  }

  private negation(span: Span, floor: Level): Expr {
    if (floor > level.not) this.complain({ what: 'parentheses', word: 'not', span });
    const operand = this.parse(floor > level.not ? level.comparison : level.not);
    return { kind: 'Unary', op: 'not', operand, span: join(span, operand.span) };
  }

  private conditional(head: IfHead, floor: Level): Expr {
    if (floor > level.whole)
      this.complain({
        what: 'parentheses',
        word: 'if',
        span: { ...head.span, end: head.span.start + 2 },
      });
    const otherwise = this.parse(level.whole);
    const { condition, then } = head;
    return {
      kind: 'Conditional',
      condition,
      then,
      otherwise,
      span: join(head.span, otherwise.span),
    };
  }

  private binder(head: BinderHead): Expr {
    const body = this.parse(level.multiply);
    const { op, opSpan, bindings, where } = head;
    const span = join(head.span, body.span);
    return { kind: 'Binder', op, opSpan, bindings, where, body, span };
  }

  private recurrence(head: RecurrenceHead): Expr {
    const body = this.parse(level.whole);
    const { op, opSpan, state, start, bindings, where } = head;
    const span = join(head.span, body.span);
    return {
      kind: 'Recurrence',
      op,
      opSpan,
      state,
      start,
      bindings,
      where,
      body,
      span,
    };
  }

  private implicit(head: ImplicitHead): Expr {
    const body = this.parse(level.whole);
    const { op, opSpan, state, start, domain } = head;
    const span = join(head.span, body.span);
    return { kind: 'Implicit', op, opSpan, state, start, domain, body, span };
  }

  private lastSpan(): Span {
    const last = this.parts.at(-1);
    if (last === undefined) return { file: 0, start: 0, end: 0 };
    return last.tag === 'operand' ? last.expr.span : last.span;
  }
}

function isComparison(op: Infix['op']): op is ComparisonOp {
  return Object.hasOwn(direction, op);
}
