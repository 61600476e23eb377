// Integer scalars read as offset + Σ scale * atom, where atoms are region parameters and whatever else is not a sum: how positions are
// simplified (`(p + 1) - 1` is p), proved to lie in bounds, and recognised as slices.
import {
  addDims,
  constantDim,
  constantValue,
  multiplyDims,
  scaleDim,
  subtractDims,
  type Dim,
} from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';

export interface Affine {
  readonly offset: Dim;
  /** Atom → factor, never 0. */
  readonly terms: ReadonlyMap<Node, number>;
}

/** How far an atom ranges: 0 … length-1. Undefined where that is not known. */
export type ExtentOf = (atom: Node) => Dim | undefined;

/** Reads an int scalar. Anything that is not an affine form is one atom. */
export function affineOf(node: Node): Affine {
  if (isOp(node, 'constant') && Number.isInteger(node.attributes.value))
    return constant(constantDim(node.attributes.value));
  if (isOp(node, 'size')) return constant(node.attributes.dim);
  if (isOp(node, 'unary') && node.attributes.fn === 'neg') return scale(affineOf(node.args[0]), -1);
  if (isOp(node, 'binary')) {
    const [left, right] = node.args;
    if (node.attributes.fn === 'add') return plus(affineOf(left), affineOf(right));
    if (node.attributes.fn === 'sub') return plus(affineOf(left), scale(affineOf(right), -1));
    if (node.attributes.fn === 'mul') return times(node, affineOf(left), affineOf(right));
  }
  return { offset: constantDim(0), terms: new Map([[node, 1]]) };
}

const noTerms: ReadonlyMap<Node, number> = new Map();
const constant = (offset: Dim): Affine => ({ offset, terms: noTerms });

function plus(a: Affine, b: Affine): Affine {
  if (a.terms.size === 0 || b.terms.size === 0)
    return {
      offset: addDims(a.offset, b.offset),
      terms: a.terms.size === 0 ? b.terms : a.terms,
    };
  const terms = new Map(a.terms);
  for (const [atom, factor] of b.terms) {
    const sum = (terms.get(atom) ?? 0) + factor;
    if (sum === 0) terms.delete(atom);
    else terms.set(atom, sum);
  }
  return { offset: addDims(a.offset, b.offset), terms };
}

function scale(a: Affine, factor: number): Affine {
  if (factor === 0) return constant(constantDim(0));
  if (a.terms.size === 0) return constant(scaleDim(a.offset, factor));
  return {
    offset: scaleDim(a.offset, factor),
    terms: new Map([...a.terms].map(([atom, f]) => [atom, f * factor])),
  };
}

function times(node: Node, a: Affine, b: Affine): Affine {
  if (a.terms.size === 0 && b.terms.size === 0) return constant(multiplyDims(a.offset, b.offset));
  const [left, right] = [pureConstant(a), pureConstant(b)];
  if (left !== undefined) return scale(b, left);
  if (right !== undefined) return scale(a, right);
  return { offset: constantDim(0), terms: new Map([[node, 1]]) };
}

const pureConstant = (a: Affine): number | undefined =>
  a.terms.size === 0 ? constantValue(a.offset) : undefined;

/** The shortest node of an affine form. */
export function affineNode(graph: Graph, { offset, terms }: Affine): Node {
  let sum: Node | undefined;
  for (const [atom, factor] of terms) {
    const term = factor === 1 ? atom : graph.mul(factor, atom);
    sum = sum === undefined ? term : graph.add(sum, term);
  }
  if (sum === undefined) return graph.size(offset);
  const c = constantValue(offset);
  if (c !== undefined) return c >= 0 ? graph.add(sum, c) : graph.sub(sum, -c);
  return graph.add(sum, graph.size(offset));
}

/** value - first, in its shortest form: an element's 0-based position. */
export const positionOf = (graph: Graph, value: Node, first: Dim): Node =>
  affineNode(graph, plus(affineOf(value), constant(scaleDim(first, -1))));

/** What must not be negative for all positions to lie in 0 … length-1; undefined where an atom's range is unknown. Ranges count as not empty: nothing
 * is evaluated over an empty one. */
export function boundsOf(
  value: Affine,
  length: Dim,
  extentOf: ExtentOf,
): readonly Dim[] | undefined {
  let low = value.offset;
  let high = value.offset;
  for (const [atom, factor] of value.terms) {
    const extent = extentOf(atom);
    if (extent === undefined) return undefined;
    const reach = scaleDim(subtractDims(extent, constantDim(1)), factor);
    if (factor > 0) high = addDims(high, reach);
    else low = addDims(low, reach);
  }
  return [low, subtractDims(subtractDims(length, constantDim(1)), high)];
}

/** Certain for all nonnegative values of the symbols. */
export const certainlyNonnegative = (dim: Dim): boolean =>
  dim.monomials.every(({ coefficient }) => coefficient >= 0);

/** Certain for all nonnegative values of the symbols. */
export const certainlyNegative = (dim: Dim): boolean =>
  dim.monomials.length > 0 &&
  dim.monomials.every(({ coefficient }) => coefficient < 0) &&
  dim.monomials.some(({ symbols }) => symbols.length === 0);
