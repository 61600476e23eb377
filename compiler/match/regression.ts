// Least squares over a dense matrix: what a method that keeps the matrix by columns is made for.
import { evaluateDim, productOfDims, type Sizes } from '../tensor/dim.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { dependsOn } from '../tensor/visit.ts';
import type { FunctionRole } from './roles.ts';

/** Entries that may be copied: with the matrix itself they stay within the memory of WebAssembly. */
const mostEntries = 2 ** 27;

/**
 * The given matrix A of a residual A*x - b, perhaps scaled: dense, and not too large to be copied. Undefined for other residuals, whose Jacobian would take memory
 * that the data does not have, as that of x - b does.
 */
export function denseMatrix({ expression, space }: FunctionRole, sizes: Sizes): Node | undefined {
  const inputs = space.map(({ input }) => input);
  const changes = (node: Node): boolean => dependsOn(node, inputs);
  const found = productWithin(expression, changes);
  if (found === undefined) return undefined;
  const { shape, storage } = found.type;
  const entries = evaluateDim(productOfDims(shape), sizes) ?? 0;
  return storage === 'dense' && shape.length === 2 && entries <= mostEntries ? found : undefined;
}

function productWithin(node: Node, changes: (node: Node) => boolean): Node | undefined {
  const changing = node.args.filter(changes);
  if (changing.length !== 1) return undefined;
  const [inner] = changing;
  if (isOp(node, 'contract')) {
    const given = node.args.find((arg) => arg !== inner);
    const isPlain = isOp(inner, 'input') && node.attributes.batch.length === 0;
    return isPlain && inner.type.shape.length === 1 ? given : undefined;
  }
  const goesOn =
    isOp(node, 'binary') ||
    isOp(node, 'reshape') ||
    isOp(node, 'oracle') ||
    (isOp(node, 'unary') && node.attributes.fn === 'neg');
  return goesOn ? productWithin(inner, changes) : undefined;
}
