// The little language of generated code, before it is printed.
import type { OracleKind } from '../tensor/ir.ts';
import type { Index, Scalar } from './scalar.ts';

export type AssignOp = '=' | '+=' | '-=' | '*=';

export type Statement =
  | {
      readonly kind: 'const' | 'let';
      readonly name: string;
      readonly value: Scalar | Argument;
      /** A truth value is kept as 0 or 1. */
      readonly numeric?: boolean;
    }
  /** let name; */
  | { readonly kind: 'declare'; readonly name: string }
  | {
      readonly kind: 'assign';
      readonly name: string;
      readonly op: AssignOp;
      readonly value: Scalar | Argument;
    }
  | {
      readonly kind: 'store';
      readonly array: string;
      readonly at: Index;
      readonly op: AssignOp;
      readonly value: Scalar | Argument;
    }
  /** const name = new Float64Array(length); */
  | { readonly kind: 'allocate'; readonly name: string; readonly length: Index }
  | {
      readonly kind: 'for';
      readonly variable: string;
      readonly from: Scalar;
      readonly to: Scalar;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'while';
      /** Counts the turns, so that a loop that does not end is a fault. */
      readonly turn: string;
      readonly place: number;
      readonly condition: Scalar | undefined;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'if';
      readonly condition: Scalar;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  /** if (!condition) break; */
  | { readonly kind: 'breakUnless'; readonly condition: Scalar }
  | { readonly kind: 'call'; readonly call: Argument & { readonly kind: 'call' } }
  /** name(before…, (parameters) => { body }, …); */
  | {
      readonly kind: 'closure';
      readonly name: string;
      readonly before: readonly Argument[];
      readonly functions: readonly {
        readonly parameters: readonly string[];
        readonly body: readonly Statement[];
      }[];
    }
  | { readonly kind: 'count'; readonly oracle: OracleKind; readonly times: Index }
  /** return value; true or false. */
  | { readonly kind: 'return'; readonly value: Scalar }
  | { readonly kind: 'text'; readonly text: string };

export type Branch = Extract<Statement, { readonly kind: 'if' }>;

/** An argument of a call of the runtime. */
export type Argument =
  | { readonly kind: 'array'; readonly name: string }
  | { readonly kind: 'value'; readonly value: Scalar }
  | { readonly kind: 'position'; readonly at: Index }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Argument[];
      /** A method of an array: `x.fill(0)`. */
      readonly on?: string;
    };
