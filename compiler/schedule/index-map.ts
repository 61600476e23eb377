// How indices go through reshapes: row-major positions, axis by axis where sizes match, as polynomials otherwise.
import {
  addDims,
  constantDim,
  constantValue,
  multiplyDims,
  sameDim,
  type Dim,
} from '../tensor/dim.ts';
import type { Index } from './scalar.ts';

/** The row-major position of an index. */
export function linear(index: readonly Index[], shape: readonly Dim[]): Index {
  let at = constantDim(0);
  index.forEach((i, axis) => {
    at = addDims(multiplyDims(at, shape[axis]), i);
  });
  return at;
}

interface Block {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Runs of axes of both shapes with equal numbers of entries, as short as they can be told; axes of size 1 stand alone. */
function blocks(from: readonly Dim[], to: readonly Dim[]): readonly Block[] {
  const found: Block[] = [];
  let [p, q] = [0, 0];
  while (p < from.length || q < to.length) {
    if (p < from.length && constantValue(from[p]) === 1) found.push({ from: [p++], to: [] });
    else if (q < to.length && constantValue(to[q]) === 1) found.push({ from: [], to: [q++] });
    else {
      const block = matchingBlock(from, to, p, q);
      found.push(block);
      p += block.from.length;
      q += block.to.length;
    }
  }
  return found;
}

function matchingBlock(from: readonly Dim[], to: readonly Dim[], p: number, q: number): Block {
  for (let length = 2; length <= from.length - p + to.length - q; length++)
    for (let a = 1; a < length; a++) {
      const b = length - a;
      if (p + a > from.length || q + b > to.length) continue;
      const left = from.slice(p, p + a).reduce(multiplyDims);
      const right = to.slice(q, q + b).reduce(multiplyDims);
      if (sameDim(left, right)) return { from: range(p, a), to: range(q, b) };
    }
  return { from: range(p, from.length - p), to: range(q, to.length - q) };
}

const range = (start: number, length: number): readonly number[] =>
  Array.from({ length }, (_, k) => start + k);

/** The index into `from` for an index into `to`; undefined where it takes a division that cannot be carried out. */
export function reshapeIndex(
  index: readonly Index[],
  to: readonly Dim[],
  from: readonly Dim[],
): readonly Index[] | undefined {
  const result: Index[] = from.map(() => constantDim(0));
  for (const block of blocks(from, to)) {
    if (block.from.length === 0) continue;
    const at = linear(
      block.to.map((axis) => index[axis]),
      block.to.map((axis) => to[axis]),
    );
    if (block.from.length === 1) {
      result[block.from[0]] = at;
      continue;
    }
    const parts = split(
      at,
      block.from.map((axis) => from[axis]),
    );
    if (parts === undefined) return undefined;
    block.from.forEach((axis, k) => (result[axis] = parts[k]));
  }
  return result;
}

/** A known position taken apart by known sizes. */
function split(at: Index, shape: readonly Dim[]): readonly Index[] | undefined {
  let rest = constantValue(at);
  if (rest === undefined) return undefined;
  const parts: Index[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = constantValue(shape[axis]);
    if (size === undefined || size === 0) {
      if (rest !== 0 && axis > 0) return undefined;
      parts[axis] = constantDim(rest);
      rest = 0;
      continue;
    }
    parts[axis] = constantDim(axis === 0 ? rest : rest % size);
    rest = Math.floor(rest / size);
  }
  return parts;
}
