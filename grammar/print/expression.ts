import type {
  Argument,
  Binary,
  BinaryOp,
  Binding,
  Comparison,
  Conditional,
  Expr,
  IndexArgument,
  Names,
  Type,
  Use,
} from '../ast.ts';
import {
  above,
  binaryLevel,
  isOpen,
  isRightAssociative,
  level,
  levelOf,
  rightLevel,
  type Level,
} from '../precedence.ts';
import type { Span } from '../span.ts';
import { inline, type Pen } from './pen.ts';
import { quoted } from './quoted.ts';

/** An expression on one line with as few parentheses as its meaning allows. */
export function printExpression(expr: Expr): string {
  return new ExpressionPrinter(inline).whole(expr);
}

/** A type on one line. */
export function printType(type: Type): string {
  return new ExpressionPrinter(inline).type(type);
}

/** Where an operand stands: what follows a left one may be swallowed by what it ends with. */
type Side = 'left' | 'right';

/** Prints expressions with a pen. Parentheses come from the precedence table alone. */
export class ExpressionPrinter<D> {
  private readonly pen: Pen<D>;
  /** Above 0 inside an index or a dimension, where `n-1` is written tightly. */
  private inside = 0;

  constructor(pen: Pen<D>) {
    this.pen = pen;
  }

  /** Where any expression may stand. */
  whole(expr: Expr): D {
    const kept = levelOf(expr) === level.whole && this.pen.keeps(expr);
    return kept ? this.parenthesised(expr) : this.pen.group(this.bare(expr));
  }

  /** Where an arithmetic expression must stand: bounds, starts, sets of bindings. */
  arithmetic(expr: Expr): D {
    return this.pen.group(this.operand(expr, level.range, 'right'));
  }

  private operand(expr: Expr, floor: Level, side: Side): D {
    if (!this.needsParentheses(expr, floor, side)) return this.bare(expr);
    return this.parenthesised(expr);
  }

  private parenthesised(expr: Expr): D {
    const { pen } = this;
    const content = pen.concat([pen.softline, this.bare(expr)]);
    return pen.group(pen.concat(['(', pen.indent(content), pen.softline, ')']));
  }

  private needsParentheses(expr: Expr, floor: Level, side: Side): boolean {
    if (expr.kind === 'Binder') return side === 'left' && floor >= level.multiply;
    if (levelOf(expr) < floor) return true;
    return side === 'left' && openLevel(expr) <= floor;
  }

  /** An expression without parentheses of its own. */
  private bare(expr: Expr): D {
    const { pen } = this;
    switch (expr.kind) {
      case 'Name':
        return pen.concat([expr.name]);
      case 'Number':
        return pen.concat([expr.text]);
      case 'Bool':
        return pen.concat([String(expr.value)]);
      case 'Text':
        return pen.concat([quoted(expr.value)]);
      case 'Duration':
        return pen.concat([`${expr.text} ${expr.unit}`]);
      case 'End':
        return pen.concat(['end']);
      case 'Unary':
        return this.unary(expr.op, expr.operand);
      case 'Binary':
        return this.binary(expr);
      case 'Comparison':
        return this.comparison(expr);
      case 'Range':
        return this.range(expr.from, expr.to);
      case 'Transpose':
        return pen.concat([this.operand(expr.operand, level.postfix, 'left'), "'"]);
      case 'Index':
        return pen.concat([
          this.operand(expr.operand, level.postfix, 'left'),
          this.index(expr.args),
        ]);
      case 'Call':
        return pen.concat([expr.callee.name, this.args(expr.args, expr.span)]);
      case 'Binder':
        return pen.concat([
          expr.op,
          this.list('(', this.bindings(expr.bindings, expr.where), ')'),
          ' ',
          this.operand(expr.body, level.multiply, 'right'),
        ]);
      case 'Recurrence': {
        const start = this.pen.concat([this.names(expr.state), ' = ', this.arithmetic(expr.start)]);
        const over = this.over(expr.bindings, expr.where);
        const head = this.list('(', pen.concat([start, pen.line, over]), ')');
        return pen.concat([expr.op, head, this.recurrenceBody(expr.body)]);
      }
      case 'Implicit': {
        const start = this.pen.concat([this.names(expr.state), ' = ', this.arithmetic(expr.start)]);
        const domain =
          expr.domain === undefined ? '' : pen.concat([' in ', this.arithmetic(expr.domain)]);
        const head = this.list('(', pen.concat([start, domain]), ')');
        return pen.concat([expr.op, head, this.recurrenceBody(expr.body)]);
      }
      case 'Conditional':
        return this.conditional(expr);
      case 'Tuple':
        return this.list('(', this.separated(expr.items, expr.span), ')');
      case 'Tensor':
        return this.tensor(expr.items, expr.span);
      case 'Comprehension':
        return this.comprehension('[', expr.body, expr.bindings, expr.where, ']');
      case 'SetLiteral':
        return this.list('{', this.separated(expr.items, expr.span), '}');
      case 'SetComprehension':
        return this.comprehension('{', expr.body, expr.bindings, expr.where, '}');
      case 'Bad':
        return pen.concat(['?']);
    }
  }

  // ------------------------------------------------------------------------------------ operators

  private unary(op: '-' | 'not', operand: Expr): D {
    if (op === 'not') return this.pen.concat(['not ', this.operand(operand, level.not, 'right')]);
    return this.pen.concat(['-', this.operand(operand, level.minus, 'right')]);
  }

  private binary(expr: Binary): D {
    const { pen } = this;
    if (isRightAssociative(expr.op)) {
      const base = this.operand(expr.left, level.postfix, 'left');
      return pen.concat([base, expr.op, this.exponent(expr.right)]);
    }
    const chain = this.chainOf(expr);
    const own = binaryLevel[expr.op];
    const parts: D[] = [this.chainOperand(chain.first, own, own, 'left', expr.op)];
    for (const link of chain.links) {
      const spaced = this.isSpaced(link);
      // Comments stay beside the terms of a sum.
      const sum = spaced && own !== level.multiply;
      const comment = sum ? pen.after(link.left.span.end, link.right.span.start) : '';
      const lines = sum ? pen.before(link.opSpan.end, link.right.span.start) : '';
      const right = this.chainOperand(link.right, own, above(own), 'right', expr.op);
      const gap = spaced ? pen.line : pen.nothing;
      parts.push(pen.concat([spaced ? ' ' : '', link.op, comment, gap, lines, right]));
    }
    const [first = pen.nothing, ...rest] = parts;
    // The terms of a sum stand below one another or all on a line, the factors of a product as they fit.
    if (own !== level.multiply) return pen.group(pen.concat([first, pen.indent(pen.concat(rest))]));
    return pen.concat([first, ...rest.map((part) => pen.group(pen.indent(part)))]);
  }

  /** The operands and operators of one level that group to the left: `a + b - c`. */
  private chainOf(expr: Binary): { readonly first: Expr; readonly links: readonly Binary[] } {
    const links: Binary[] = [];
    const own = binaryLevel[expr.op];
    let first: Expr = expr;
    while (first.kind === 'Binary' && binaryLevel[first.op] === own) {
      // What ends with an open body takes the operator after it: the chain must stop and put parentheses.
      if (links.length > 0 && openLevel(first) <= own) break;
      if (links.length > 0 && own === level.multiply && this.pen.keeps(first)) break;
      links.unshift(first);
      first = first.left;
    }
    return { first, links };
  }

  private isSpaced(binary: Binary): boolean {
    if (binary.op === 'and' || binary.op === 'or') return true;
    return this.pen.spaced(binary, this.inside > 0);
  }

  private chainOperand(expr: Expr, own: Level, floor: Level, side: Side, op: BinaryOp): D {
    // Not needed, but nobody remembers whether `and` or `or` binds tighter.
    const mixed = op === 'or' && expr.kind === 'Binary' && expr.op === 'and';
    if (mixed) return this.parenthesised(expr);
    if (side === 'right') return this.operand(expr, floor, side);
    // `(a/b)*c` needs none either, and is clearer with them.
    if (levelOf(expr) === level.multiply && this.pen.keeps(expr)) return this.parenthesised(expr);
    const swallows = openLevel(expr) <= own;
    return swallows || levelOf(expr) < own ? this.parenthesised(expr) : this.bare(expr);
  }

  /** The exponent may carry a minus. */
  private exponent(expr: Expr): D {
    const minus = expr.kind === 'Unary' && expr.op === '-';
    return minus ? this.bare(expr) : this.operand(expr, level.power, 'right');
  }

  private comparison(expr: Comparison): D {
    const { pen } = this;
    const links = expr.links.map((link) =>
      pen.concat([` ${link.op}`, pen.line, this.operand(link.right, level.range, 'right')]),
    );
    // What the left ends with may be open, as in `sum(i in I) x <= 1`: a comparison closes all but the loosest.
    const first = this.operand(expr.first, level.range, 'left');
    return pen.group(pen.concat([first, pen.indent(pen.concat(links))]));
  }

  private range(from: Expr, to: Expr): D {
    this.inside++;
    const left = this.operand(from, level.add, 'left');
    const right = this.operand(to, level.add, 'right');
    this.inside--;
    return this.pen.concat([left, '..', right]);
  }

  // ------------------------------------------------------------------------------------- brackets

  private list(open: string, content: D, close: string): D {
    const { pen } = this;
    const inner = pen.indent(pen.concat([pen.softline, content]));
    return pen.group(pen.concat([open, inner, pen.softline, close]));
  }

  private separated(items: readonly Expr[], span: Span): D {
    return this.commas(items, span, (item) => this.whole(item));
  }

  /** Parts with commas between them, and their comments; `span` is that of the brackets. */
  commas<T extends { readonly span: Span }>(
    items: readonly T[],
    span: Span,
    print: (item: T) => D,
  ): D {
    const { pen } = this;
    let from = span.start;
    const parts: (D | string)[] = [];
    items.forEach((item, i) => {
      const before = pen.before(from, item.span.start);
      const content = print(item);
      const next = items[i + 1];
      const limit = next === undefined ? span.end : next.span.start;
      const comma = next === undefined ? [] : [',', pen.after(item.span.end, limit), pen.line];
      const last = next === undefined ? pen.after(item.span.end, limit) : pen.nothing;
      parts.push(before, content, ...comma, last);
      from = item.span.end;
    });
    return pen.concat(parts);
  }

  /** Numbers fill the lines, rows and longer things stand below one another. */
  private tensor(items: readonly Expr[], span: Span): D {
    const { pen } = this;
    if (items.length === 0) return pen.concat(['[]']);
    const rows = items.length < 8 || !items.every(isShort);
    if (rows || pen.commented(span.start, span.end))
      return this.list('[', this.separated(items, span), ']');
    const parts = items.flatMap((item, i) => {
      const comma = i < items.length - 1 ? ',' : '';
      const content = pen.concat([this.whole(item), comma]);
      return i === 0 ? [content] : [pen.line, content];
    });
    return this.list('[', pen.fill(parts), ']');
  }

  private comprehension(
    open: string,
    body: Expr,
    bindings: readonly Binding[],
    where: Expr | undefined,
    close: string,
  ): D {
    const { pen } = this;
    const content = [this.whole(body), pen.line, this.over(bindings, where)];
    return this.list(open, pen.concat(content), close);
  }

  private over(bindings: readonly Binding[], where: Expr | undefined): D {
    return this.pen.concat(['for ', this.pen.group(this.bindings(bindings, where))]);
  }

  /** `(a, b)` of a call; `span` reaches to the closing parenthesis. */
  args(args: readonly Argument[], span: Span): D {
    if (args.length === 0) return this.pen.concat(['()']);
    return this.list(
      '(',
      this.commas(args, span, (arg) => this.argument(arg)),
      ')',
    );
  }

  /** The same without comments of its own: those of a source come before its line, so that tables stay tables. */
  plainArgs(args: readonly Argument[]): D {
    return this.list('(', this.joined(args.map((arg) => this.argument(arg))), ')');
  }

  private argument(arg: Argument): D {
    const name = arg.name === undefined ? '' : `${arg.name.name} = `;
    return this.pen.concat([name, this.whole(arg.value)]);
  }

  /** `[i, :]` */
  index(args: readonly IndexArgument[]): D {
    this.inside++;
    const items = args.map((arg) =>
      arg.kind === 'All' ? this.pen.concat([':']) : this.whole(arg),
    );
    this.inside--;
    return this.list('[', this.joined(items), ']');
  }

  private joined(items: readonly D[]): D {
    const { pen } = this;
    return pen.concat(items.flatMap((item, i) => (i === 0 ? [item] : [',', pen.line, item])));
  }

  use(use: Use): D {
    const args = use.args.length === 0 ? '' : this.args(use.args, use.span);
    return this.pen.concat([use.name.name, args]);
  }

  // ------------------------------------------------------------------------------------- bindings

  /** `i in I, j in J where c` */
  bindings(bindings: readonly Binding[], where: Expr | undefined): D {
    const items = this.joined(bindings.map((binding) => this.binding(binding)));
    if (where === undefined) return items;
    return this.pen.concat([items, this.pen.line, 'where ', this.whole(where)]);
  }

  private binding(binding: Binding): D {
    const { pen } = this;
    const names = this.names(binding.target);
    if (binding.kind === 'DrawFrom') {
      const by = binding.by === undefined ? '' : pen.concat([' by ', this.use(binding.by)]);
      return pen.concat([names, ' ~ ', this.arithmetic(binding.distribution), by]);
    }
    const type = binding.type === undefined ? '' : pen.concat([' : ', this.type(binding.type)]);
    return pen.concat([names, type, ' in ', this.arithmetic(binding.set)]);
  }

  names(names: Names): D {
    const list = names.names.map((name) => name.name).join(', ');
    return this.pen.concat([names.tuple ? `(${list})` : list]);
  }

  type(type: Type): D {
    if (type.dims.length === 0) return this.pen.concat([type.element.name]);
    this.inside++;
    const dims = type.dims.map((dim) => this.whole(dim));
    this.inside--;
    return this.pen.concat([type.element.name, this.list('[', this.joined(dims), ']')]);
  }

  // ---------------------------------------------------------------------------------------- prefix

  /** `step` behind `fold(…)`; a new line before it if it does not fit. */
  private recurrenceBody(body: Expr): D {
    const { pen } = this;
    return pen.group(pen.indent(pen.concat([pen.line, this.bare(body)])));
  }

  private conditional(expr: Conditional): D {
    const { pen } = this;
    const parts: (D | string)[] = [];
    let rest: Expr = expr;
    while (rest.kind === 'Conditional') {
      // Conditions and values of a choice are clearer in parentheses where they are choices themselves.
      const condition = this.operand(rest.condition, level.or, 'right');
      const then = this.operand(rest.then, level.or, 'right');
      parts.push(pen.group(pen.concat(['if ', condition, ' then ', then])), pen.line, 'else ');
      rest = rest.otherwise;
    }
    parts.push(this.bare(rest));
    return pen.group(pen.concat(parts));
  }
}

/** The loosest construct that the right end of an expression leaves open; what follows would fall into its body. */
function openLevel(expr: Expr): number {
  const closed = level.postfix + 1;
  let at: Expr = expr;
  for (;;) {
    if (!isOpen(at)) return closed;
    switch (at.kind) {
      case 'Conditional':
      case 'Recurrence':
      case 'Implicit':
        return level.whole;
      case 'Binder':
        return level.multiply;
      case 'Binary':
        if (levelOf(at.right) < rightLevel(at.op) && !isPrefix(at.right)) return closed;
        at = at.right;
        break;
      case 'Comparison': {
        const last: Expr | undefined = at.links.at(-1)?.right;
        if (last === undefined || levelOf(last) < level.range) return closed;
        at = last;
        break;
      }
      case 'Range':
        if (levelOf(at.to) < level.add) return closed;
        at = at.to;
        break;
      case 'Unary':
        at = at.operand;
        break;
    }
  }
}

/** Right operands that need no parentheses although they bind more loosely. */
function isPrefix(expr: Expr): boolean {
  return expr.kind === 'Binder' || (expr.kind === 'Unary' && expr.op === '-');
}

function isShort(expr: Expr): boolean {
  if (expr.kind === 'Unary') return isShort(expr.operand);
  return expr.kind === 'Number' || expr.kind === 'Name' || expr.kind === 'Bool';
}
