// Names to suggest for what an expression computes.
import type { Node } from '../../tensor/ir.ts';

/** A short textbook name for a node, where one suggests itself. */
export function hintFor(node: Node, names: ReadonlyMap<number, string>): string | undefined {
  const given = names.get(node.id);
  if (given !== undefined) return given;
  switch (node.op) {
    case 'input':
    case 'parameter':
      return node.attributes.name === '' ? undefined : node.attributes.name;
    case 'oracle':
      return oracleHint(node, names);
    case 'stop':
    case 'reshape':
      return hintFor(node.args[0], names);
    case 'contract':
      return productHint(node, names);
    case 'reduce':
      return reduceHints[node.attributes.fn];
    case 'argreduce':
      return node.attributes.fn === 'argmax' ? 'largestAt' : 'smallestAt';
    case 'binary':
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

function oracleHint(node: Node<'oracle'>, names: ReadonlyMap<number, string>): string | undefined {
  const { kind, name } = node.attributes;
  if (kind === 'grads') return 'gradient';
  if (kind === 'values') return `${name}Value`;
  return hintFor(node.args[0], names);
}

/** A*x is called Ax, A'*y is called Aty, where the factors have short names. */
function productHint(node: Node<'contract'>, names: ReadonlyMap<number, string>): string {
  const [a, b] = node.args;
  const { sum } = node.attributes;
  const [left, right] = [shortName(a, names), shortName(b, names)];
  if (node.type.shape.length === 0) return 'sum';
  if (left === undefined || right === undefined || sum.length !== 1) {
    const transposed = sum.length === 1 && sum[0][0] === 0 && a.type.shape.length === 2;
    return transposed ? 'gradient' : 'product';
  }
  const [[p]] = sum;
  return a.type.shape.length === 2 && p === 0 ? `${left}t${right}` : `${left}${right}`;
}

function shortName(node: Node, names: ReadonlyMap<number, string>): string | undefined {
  const name = names.get(node.id) ?? ('name' in node.attributes ? node.attributes.name : undefined);
  return name !== undefined && name.length > 0 && name.length <= 3 ? name : undefined;
}
