// Which nodes are written out where they are used.
import { constantValue, productOfDims, type Dim } from '../tensor/dim.ts';
import type { Node } from '../tensor/ir.ts';
import { fromOperands } from '../tensor/visit.ts';
import { constantEntries } from './cost.ts';
import { isCompressed } from './sparse.ts';

/** Whether an entry of it can be written out where it is used. */
export function isInline(node: Node): boolean {
  switch (node.op) {
    case 'constant':
    case 'size':
    case 'iota':
    case 'literal':
    case 'unary':
    case 'binary':
    case 'select':
    case 'stop':
    case 'oracle':
    case 'broadcast':
    case 'transpose':
    case 'reshape':
    case 'slice':
    case 'reverse':
    case 'gather':
      return true;
    case 'reduce':
    case 'contract':
      return unrolledTerms(node) !== undefined;
    default:
      return false;
  }
}

/** The number of terms of a reduction short enough to be written out. */
export function unrolledTerms(node: Node): number | undefined {
  const extents = reducedExtents(node);
  if (extents === undefined || node.args.some(isCompressed)) return undefined;
  const terms = constantValue(productOfDims(extents));
  if (terms === undefined || terms === 0) return undefined;
  const entries = constantEntries(node);
  const limit = entries === 1 ? 8 : 4;
  return terms <= limit ? terms : undefined;
}

function reducedExtents(node: Node): readonly Dim[] | undefined {
  if (node.op === 'reduce')
    return node.attributes.axes.map((axis) => node.args[0].type.shape[axis]);
  if (node.op === 'contract')
    return node.attributes.sum.map(([axis]) => node.args[0].type.shape[axis]);
  return undefined;
}

/** Made of positions and constants alone: cheaper to work out than to keep. */
export const createIsOfPositions = (): ((node: Node) => boolean) =>
  fromOperands((node, isOfPositions): boolean => {
    switch (node.op) {
      case 'constant':
      case 'size':
      case 'iota':
        return true;
      case 'unary':
      case 'binary':
      case 'select':
      case 'broadcast':
        return node.args.every(isOfPositions);
      default:
        return false;
    }
  });
