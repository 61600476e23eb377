// Functions of one array for which prox, and mostly the conjugate, are known.
import type { Node } from '../../tensor/ir.ts';
import type { Offer } from '../domains/operations.ts';

export interface ProxFunction {
  /** argmin over u of h(u) + |u - v|^2/(2t); t a positive scalar. */
  readonly prox: (t: Node, v: Node) => Node;
  /** h*(v) = max over u of v'u - h(u), a scalar, infinite outside its domain. */
  readonly conjugate: Offer<(v: Node) => Node>;
  /** h is a sum of functions of single entries. */
  readonly separable: boolean;
  /** What must hold for this to be right and could not be decided here: bool scalars, each with words. */
  readonly assumes: readonly Assumption[];
}

export interface Assumption {
  readonly condition: Node;
  readonly text: string;
}
