// What a node has become in generated tfjs code: text that gives a number, an array on the device, or a compressed matrix there.
import type { Node } from '../../tensor/ir.ts';

/** A number on this side. Where the node is an array, all its entries are this number. */
export interface NumberValue {
  readonly kind: 'number';
  readonly text: string;
  /** Whether the text gives true or false. */
  readonly bool: boolean;
}

/** An array on the device. */
export interface ArrayValue {
  readonly kind: 'array';
  readonly text: string;
  readonly type: 'float32' | 'int32' | 'bool';
  /** Axes of the node that the array has; along the others it repeats, and the array has size 1 there, or lacks leading ones. */
  readonly axes: ReadonlySet<number>;
}

/** A matrix by rows, columns and values of its entries. */
export interface SparseValue {
  readonly kind: 'sparse';
  /** Where the matrix comes from. */
  readonly node: Node;
  readonly text: string;
  readonly transposed: boolean;
}

export type Value = NumberValue | ArrayValue | SparseValue;

export const numberValue = (text: string): NumberValue => ({ kind: 'number', text, bool: false });
export const truthValue = (text: string): NumberValue => ({ kind: 'number', text, bool: true });

const allAxes = (rank: number): ReadonlySet<number> =>
  new Set(Array.from({ length: rank }, (_, k) => k));

export const arrayValue = (
  text: string,
  rank: number,
  type: ArrayValue['type'] = 'float32',
): ArrayValue => ({ kind: 'array', text, type, axes: allAxes(rank) });

/** `{ kind, text }` under another text. */
export const renamed = (value: Value, text: string): Value => ({ ...value, text });

/** Text of a number, in brackets where something is written beside it. */
export const bracketed = (text: string): string =>
  /^[\w$.]+$/u.test(text) || /^[\w$.]+\([^()]*\)$/u.test(text) ? text : `(${text})`;
