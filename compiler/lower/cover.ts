// A range whose ends vary with an outer index (`j in 1..i`) as a fixed one that covers it, with a condition: whole-array work instead of a loop.
import type {
  Alignment,
  BoundIndex,
  IndexBinding,
  IndexSet,
  TypedExpression,
} from '../model/types.ts';
import { addDims, constantDim, subtractDims, type Dim } from '../tensor/dim.ts';
import { actualSet } from './sets.ts';

export interface Covered {
  readonly binding: IndexBinding;
  readonly conditions: readonly TypedExpression[];
}

/** Undefined where the smallest and largest value are no sizes. */
export function cover(binding: IndexBinding): Covered | undefined {
  const [index] = binding.indices;
  const { elements, span } = actualSet(binding.set);
  if (elements.kind !== 'range' || binding.indices.length !== 1) return undefined;
  const { low, high } = index;
  if (low === undefined || high === undefined) return undefined;
  const at = (dim: Dim): TypedExpression => ({
    kind: 'size',
    dim,
    type: { element: 'int', shape: [] },
    span,
  });
  const set: IndexSet = {
    ...binding.set,
    size: addDims(subtractDims(high, low), constantDim(1)),
    elements: { kind: 'range', from: at(low), to: at(high), first: low },
  };
  return {
    binding: { ...binding, set },
    conditions: [
      ...(isAt(elements.from, low) ? [] : [atMost(elements.from, valueOf(index))]),
      ...(isAt(elements.to, high) ? [] : [atMost(valueOf(index), elements.to)]),
    ],
  };
}

/** Whether an end is that very size. */
const isAt = (end: TypedExpression, dim: Dim): boolean =>
  (end.kind === 'size' && end.dim.key === dim.key) ||
  (end.kind === 'number' && constantDim(end.value).key === dim.key);

const valueOf = (index: BoundIndex): TypedExpression => ({
  kind: 'index',
  index,
  type: index.type,
  span: index.span,
});

const scalar: Alignment = { keep: [], to: [] };

const atMost = (left: TypedExpression, right: TypedExpression): TypedExpression => ({
  kind: 'elementwise',
  fn: 'lessEqual',
  args: [left, right],
  alignments: [scalar, scalar],
  type: { element: 'bool', shape: [] },
  span: left.span,
});
