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

/** The next tighter level. */
const tighter: { readonly [L in Level]: Level } = {
  [level.whole]: level.or,
  [level.or]: level.and,
  [level.and]: level.not,
  [level.not]: level.comparison,
  [level.comparison]: level.range,
  [level.range]: level.add,
  [level.add]: level.multiply,
  [level.multiply]: level.minus,
  [level.minus]: level.power,
  [level.power]: level.postfix,
  [level.postfix]: level.postfix,
};

export const above = (own: Level): Level => tighter[own];

/** The level that the right operand of an operator needs. */
export const rightLevel = (op: BinaryOp): Level =>
  isRightAssociative(op) ? binaryLevel[op] : above(binaryLevel[op]);

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

/** Expressions without brackets of their own: what stands beside them may reach in. */
const openKinds = [
  'Conditional',
  'Recurrence',
  'Implicit',
  'Binary',
  'Comparison',
  'Range',
  'Unary',
  'Binder',
] as const;

export type OpenExpr = Extract<Expr, { readonly kind: (typeof openKinds)[number] }>;

export const isOpen = (expr: Expr): expr is OpenExpr =>
  openKinds.some((kind) => kind === expr.kind);

/** The level at which an expression stands by itself: below it, it needs parentheses. */
export function levelOf(expr: Expr): Level {
  if (!isOpen(expr)) return level.postfix;
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
  }
}
