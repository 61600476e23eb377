// Tensors as generated code gives and takes them.
import { RuntimeFault } from '../fault.ts';
import type { Values } from '../program.ts';
import type { DenseTensor, SparseTensor, Tensor } from '../tensor.ts';
import { compressRows } from './sparse.ts';

export const dense = (shape: readonly number[], data: Float64Array): DenseTensor => ({
  storage: 'dense',
  shape,
  data,
});

export const scalar = (value: number): DenseTensor => dense([], Float64Array.of(value));

type Given = Readonly<Record<string, number | Tensor>>;

const lookUp = (values: Given, name: string): number | Tensor | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

export function givenNumber(values: Given, name: string): number | undefined {
  const value = lookUp(values, name);
  return value === undefined || typeof value === 'number' ? value : value.data[0];
}

export function givenArray(values: Given, name: string): Float64Array | undefined {
  const value = lookUp(values, name);
  if (value === undefined) return undefined;
  return typeof value === 'number' ? Float64Array.of(value) : denseArray(value);
}

export function requiredNumber(values: Given, name: string): number {
  return givenNumber(values, name) ?? missing(name);
}

export function requiredArray(values: Given, name: string): Float64Array {
  return givenArray(values, name) ?? missing(name);
}

export function requiredSparse(values: Values, name: string): SparseTensor {
  const value = lookUp(values, name);
  if (value === undefined || typeof value === 'number') return missing(name);
  return value.storage === 'csr' ? value : compressRows(value.data, value.shape[0], value.shape[1]);
}

function missing(name: string): never {
  throw new RuntimeFault(`${name} has no value`);
}

/** The tensor with all its entries. */
export const denseTensor = (tensor: Tensor): DenseTensor => dense(tensor.shape, denseArray(tensor));

/** The entries of a tensor, zeros included. */
function denseArray(tensor: Tensor): Float64Array {
  if (tensor.storage === 'dense') return tensor.data;
  const [rows, columns] = tensor.shape;
  const all = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let p = tensor.rowStart[i]; p < tensor.rowStart[i + 1]; p++)
      all[i * columns + tensor.column[p]] = tensor.data[p];
  return all;
}

/** As many vectors of zeros, each of this length. */
export const vectors = (count: number, length: number): Float64Array[] =>
  Array.from({ length: count }, () => new Float64Array(length));
