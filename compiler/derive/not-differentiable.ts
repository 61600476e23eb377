import type { Node } from '../tensor/ir.ts';

/** A derivative that does not exist or is not supported. Callers catch it and report a diagnostic at the origin of `node`. */
export class NotDifferentiable extends Error {
  override readonly name = 'NotDifferentiable';
  readonly node: Node;
  /** In the user's terms, without a final point: `a draw from poisson has no pathwise derivative`. */
  readonly reason: string;

  constructor(node: Node, reason: string) {
    super(`${node.op}: ${reason}`);
    this.node = node;
    this.reason = reason;
  }
}
