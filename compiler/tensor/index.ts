// What other rooms use of the tensor room.
export * from './dim.ts';
export type * from './ir.ts';
export * from './type.ts';
export { createGraph, type Core, type Graph } from './graph.ts';
export type { Operand } from './build/arithmetic.ts';
export { attributesText, mapAttributes, regionsOf } from './attributes.ts';
export { constantEntry, zeroPreserving } from './shape.ts';
export { InternalError, invariant } from './internal-error.ts';
export * from './visit.ts';
export * from './substitute.ts';
export { printNode } from './print.ts';
export {
  interpret,
  interpretScalar,
  denseData,
  type Environment,
  type Interpretation,
} from './interpret.ts';
export { assertLegal, checkGraph } from './check.ts';
