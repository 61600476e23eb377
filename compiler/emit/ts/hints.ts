// Names to suggest for what an expression computes: those of the source first, else what a textbook would say.
import type { Node } from '../../tensor/ir.ts';
import { softThresholdOf } from '../../schedule/patterns.ts';

/** What the source calls a node. */
export type NameOf = (node: Node) => string | undefined;

/** A short textbook name for a node, where one suggests itself. */
export function hintFor(node: Node, nameOf: NameOf): string | undefined {
  const given = nameOf(node);
  if (given !== undefined) return given;
  switch (node.op) {
    case 'input':
    case 'parameter':
      return node.attributes.name === '' ? undefined : node.attributes.name;
    case 'oracle':
      return oracleHint(node, nameOf);
    case 'stop':
    case 'reshape':
    case 'broadcast':
      return hintFor(node.args[0], nameOf);
    case 'contract':
      return productHint(node, nameOf);
    case 'reduce':
      return reduceHints[node.attributes.fn];
    case 'argreduce':
      return node.attributes.fn === 'argmax' ? 'largestAt' : 'smallestAt';
    case 'binary':
      if (softThresholdOf(node) !== undefined) return 'shrunk';
      return node.attributes.fn === 'sub' && node.args.some(({ op }) => op === 'contract')
        ? 'residual'
        : undefined;
    case 'draw':
      return 'z';
    case 'sample':
      return 'batch';
    case 'literal':
      return 'table';
    default:
      return undefined;
  }
}

const reduceHints = {
  sum: 'sum',
  prod: 'product',
  max: 'largest',
  min: 'smallest',
  any: 'some',
  all: 'every',
} as const;

function oracleHint(node: Node<'oracle'>, nameOf: NameOf): string | undefined {
  const { kind, name } = node.attributes;
  if (kind === 'grads') return 'gradient';
  if (kind === 'values') return `${name}Value`;
  return hintFor(node.args[0], nameOf);
}

/** A*x is called Ax, A'*y is called Aty, where the factors have short names. */
function productHint(node: Node<'contract'>, nameOf: NameOf): string {
  const [a, b] = node.args;
  const { sum } = node.attributes;
  const [left, right] = [shortName(a, nameOf), shortName(b, nameOf)];
  if (node.type.shape.length === 0) return 'sum';
  if (left === undefined || right === undefined || sum.length !== 1) {
    const transposed = sum.length === 1 && sum[0][0] === 0 && a.type.shape.length === 2;
    return transposed ? 'gradient' : 'product';
  }
  const [[p]] = sum;
  return a.type.shape.length === 2 && p === 0 ? `${left}t${right}` : `${left}${right}`;
}

function shortName(node: Node, nameOf: NameOf): string | undefined {
  const name = nameOf(node) ?? ('name' in node.attributes ? node.attributes.name : undefined);
  return name !== undefined && name.length > 0 && name.length <= 3 ? name : undefined;
}
