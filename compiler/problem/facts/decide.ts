// Conditions that no data or param enters are decided at once, by the reference interpreter.
import { constantValue, evaluateDim, symbolsOf, type Sizes } from '../../tensor/dim.ts';
import { interpretScalar } from '../../tensor/interpret.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { postorder } from '../../tensor/visit.ts';

/** More entries than this in one array are left to the run. */
const mostEntries = 40_000;

/** The value of a bool scalar without inputs and of fixed sizes; undefined where it depends on what comes later. */
export function decided(condition: Node): boolean | undefined {
  if (condition.free.length > 0) return undefined;
  for (const node of postorder([condition])) {
    if (isOp(node, 'input') || isOp(node, 'draw') || isOp(node, 'sample')) return undefined;
    if (isOp(node, 'size') && constantValue(node.attributes.dim) === undefined) return undefined;
    for (const { shape } of node.results) {
      const dims = shape.map(constantValue);
      if (dims.some((dim) => dim === undefined)) return undefined;
      const entries = dims.reduce<number>((product, dim) => product * (dim ?? 0), 1);
      if (entries > mostEntries) return undefined;
    }
  }
  const value = interpretScalar(condition, { inputs: {} });
  return Number.isNaN(value) ? undefined : value !== 0;
}

/** Sizes at which a condition on sizes alone is tried. */
const trialSizes = [3, 5];

/** A condition on sizes alone that fails for every size it is tried at: not worth waiting for. */
export function failsForAllSizes(condition: Node): boolean {
  if (condition.free.length > 0) return false;
  const nodes = postorder([condition]);
  if (
    nodes.some(({ op }) => op === 'input' || op === 'draw' || op === 'sample' || op === 'compress')
  )
    return false;
  const symbols = new Set(
    nodes.flatMap((node) => [
      ...(isOp(node, 'size') ? symbolsOf(node.attributes.dim) : []),
      ...node.results.flatMap(({ shape }) => shape.flatMap(symbolsOf)),
    ]),
  );
  return trialSizes.every((size) => {
    const sizes = Object.fromEntries([...symbols].map((symbol) => [symbol, size]));
    return fails(condition, nodes, sizes);
  });
}

function fails(condition: Node, nodes: readonly Node[], sizes: Sizes): boolean {
  for (const node of nodes)
    for (const { shape } of node.results) {
      const dims = shape.map((dim) => evaluateDim(dim, sizes));
      const entries = dims.reduce<number>((product, dim) => product * (dim ?? 0), 1);
      if (dims.some((dim) => dim === undefined || dim < 0) || entries > mostEntries) return false;
    }
  return interpretScalar(condition, { inputs: {}, sizes }) === 0;
}
