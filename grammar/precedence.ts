import type { BinaryOp, ComparisonOp, Expr } from './ast.ts';

/**
 * How tightly operators bind, loosest first. The parser climbs this table and the printer puts parentheses by it,
 * so that they cannot disagree.
 */
export const level = {
  /** `if`, and the body of `fold`, `scan`, `root`, `fixpoint`, `minimizer`. */
  whole: 0,
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  range: 5,
  add: 6,
  /** Also the body of a binder: one multiplicative term. */
  multiply: 7,
  minus: 8,
  power: 9,
  postfix: 10,
} as const;

export type Level = (typeof level)[keyof typeof level];

export const binaryLevel: { readonly [O in BinaryOp]: Level } = {
  or: level.or,
  and: level.and,
  '+': level.add,
  '-': level.add,
  '.+': level.add,
  '.-': level.add,
  '*': level.multiply,
  '/': level.multiply,
  '\\': level.multiply,
  '.*': level.multiply,
  './': level.multiply,
  '^': level.power,
  '.^': level.power,
};

/** The one group of operators that groups to the right. */
export function isRightAssociative(op: BinaryOp): boolean {
  return op === '^' || op === '.^';
}

export type Direction = 'up' | 'down' | 'equal' | 'none';

/** Which comparisons may stand in one chain: those of one direction, and `==` with either. */
export const direction: { readonly [O in ComparisonOp]: Direction } = {
  '<=': 'up',
  '<': 'up',
  '>=': 'down',
  '>': 'down',
  '==': 'equal',
  '!=': 'none',
  in: 'none',
};

/** The level at which an expression stands by itself: below it, it needs parentheses. */
export function levelOf(expr: Expr): Level {
  switch (expr.kind) {
    case 'Conditional':
    case 'Recurrence':
    case 'Implicit':
      return level.whole;
    case 'Binary':
      return binaryLevel[expr.op];
    case 'Comparison':
      return level.comparison;
    case 'Range':
      return level.range;
    case 'Unary':
      return expr.op === '-' ? level.minus : level.not;
    case 'Binder':
      return level.multiply;
    case 'Name':
    case 'Number':
    case 'Bool':
    case 'Text':
    case 'Duration':
    case 'End':
    case 'Transpose':
    case 'Index':
    case 'Call':
    case 'Tuple':
    case 'Tensor':
    case 'Comprehension':
    case 'SetLiteral':
    case 'SetComprehension':
    case 'Bad':
      return level.postfix;
  }
}
