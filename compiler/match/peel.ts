// An affine expression as scale .* core + shift with an innermost core.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { isOp, isScalar } from '../tensor/type.ts';

export interface Peeled {
  readonly core: Node;
  /** A scalar or the shape of the core; undefined is 1. */
  readonly scale: Node | undefined;
  /** A scalar or the shape of the core; undefined is 0. */
  readonly shift: Node | undefined;
}

/** Takes off signs, given factors and given summands. */
export function peel(graph: Graph, point: Node, depends: (node: Node) => boolean): Peeled {
  let scale: Node | undefined;
  let shift: Node | undefined;
  let core = point;
  const multiply = (factor: Node): void => {
    scale = scale === undefined ? factor : graph.mul(scale, factor);
  };
  const add = (summand: Node, sign: 1 | -1): void => {
    const signed = sign === 1 ? summand : graph.neg(summand);
    const scaled = scale === undefined ? signed : graph.mul(scale, signed);
    shift = shift === undefined ? scaled : graph.add(shift, scaled);
  };
  for (;;) {
    if (isOp(core, 'unary') && core.attributes.fn === 'neg') {
      multiply(graph.constant(-1));
      core = core.args[0];
      continue;
    }
    if (isOp(core, 'oracle')) {
      core = core.args[0];
      continue;
    }
    if (!isOp(core, 'binary')) break;
    const [a, b] = core.args;
    const given = depends(a) ? (depends(b) ? undefined : b) : a;
    if (given === undefined) break;
    const part = scalarFill(given);
    const { fn } = core.attributes;
    if (fn === 'mul') multiply(part);
    else if (fn === 'div' && given === b) multiply(graph.div(1, part));
    else if (fn === 'add') add(part, 1);
    else if (fn === 'sub' && given === b) add(part, -1);
    else if (fn === 'sub') {
      add(part, 1);
      multiply(graph.constant(-1));
    } else break;
    core = given === b ? a : b;
  }
  return {
    core,
    scale: constantOf(scale) === 1 ? undefined : scale,
    shift: constantOf(shift) === 0 ? undefined : shift,
  };
}

/** A scalar that fills an array, as the scalar. */
const scalarFill = (x: Node): Node => (isOp(x, 'broadcast') && isScalar(x.args[0]) ? x.args[0] : x);

const constantOf = (x: Node | undefined): number | undefined =>
  x === undefined ? undefined : constantEntry(x);
