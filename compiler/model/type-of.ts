// Small questions about types, and types as text.
import type { Dim } from '../tensor/dim.ts';
import { numberDim } from './size-arithmetic.ts';
import type { Axis, ElementKind, IndexSet, TensorType } from './types.ts';

export const unknownType: TensorType = { element: 'unknown', shape: [] };
export const realType: TensorType = { element: 'real', shape: [] };
export const intType: TensorType = { element: 'int', shape: [] };
export const boolType: TensorType = { element: 'bool', shape: [] };

export const zeroDim: Dim = numberDim(0);
export const oneDim: Dim = numberDim(1);

export const tensorType = (element: ElementKind, shape: readonly Axis[]): TensorType => ({
  element,
  shape,
});

export const plainAxis = (size: Dim): Axis => ({ size, set: undefined });

export const vectorType = (element: ElementKind, size: Dim): TensorType => ({
  element,
  shape: [plainAxis(size)],
});

export const withElement = (type: TensorType, element: ElementKind): TensorType => ({
  ...type,
  element,
});

export const isUnknown = (type: TensorType): boolean => type.element === 'unknown';
export const isScalar = (type: TensorType): boolean =>
  type.shape.length === 0 && type.element !== 'unknown';

/** The set of labels of an element, else undefined. */
export const labelSet = (element: ElementKind): IndexSet | undefined =>
  typeof element === 'string' ? undefined : element.labels;

/** A set of a pattern in the generic check of a method: its elements may be anything. */
export const isOpenRole = (set: IndexSet | undefined): boolean =>
  set?.elements.kind === 'role' && set.elements.actual === undefined && !set.elements.distribution;

export const isNumeric = (element: ElementKind): element is Numeric =>
  element === 'real' || element === 'int' || element === 'bool' || element === 'complex';

const width = { bool: 0, int: 1, real: 2, complex: 3 } as const;

type Numeric = keyof typeof width;

/** The narrowest kind that holds both: bool < int < real < complex; `least` is the narrowest that the operation gives. */
export function joinKinds(a: ElementKind, b: ElementKind, least: Numeric = 'bool'): ElementKind {
  if (!isNumeric(a) || !isNumeric(b)) return 'unknown';
  const wider = width[a] >= width[b] ? a : b;
  return width[wider] >= width[least] ? wider : least;
}

/** Whether a value of kind `from` may stand where `to` is declared. */
export function kindFits(from: ElementKind, to: ElementKind): boolean {
  if (from === 'unknown' || to === 'unknown') return true;
  if (isNumeric(from) && isNumeric(to)) return width[from] <= width[to];
  const a = labelSet(from);
  return a !== undefined && a === labelSet(to);
}

export function showKind(element: ElementKind): string {
  if (element === 'unknown') return 'something unknown';
  if (typeof element === 'string') return element;
  return element.labels.name ?? 'a label';
}

const showAxis = (axis: Axis): string => axis.set?.name ?? axis.size.key;

/** `[m, n]`, or `a scalar`. */
export const showShape = (shape: readonly Axis[]): string =>
  shape.length === 0 ? 'a scalar' : `[${shape.map(showAxis).join(', ')}]`;

/** `real[m, n]`, `a real scalar`. */
export function showType(type: TensorType): string {
  if (type.shape.length === 0) return `a scalar`;
  return `${showKind(type.element)}[${type.shape.map(showAxis).join(', ')}]`;
}

/** With the kind also for scalars: `int`, `real[n]`. */
export const showFullType = (type: TensorType): string =>
  type.shape.length === 0 ? showKind(type.element) : showType(type);

/** The axis that two equal sizes share: the set is kept where both, or only one, have it. */
export const joinAxes = (a: Axis, b: Axis): Axis =>
  a.set === b.set || b.set === undefined ? a : a.set === undefined ? b : plainAxis(a.size);

/** `2 are wanted`. */
export const wantedValues = (n: number): string => `${n} ${n === 1 ? 'is' : 'are'} wanted`;

/** `a let`, `an index`, `data`. */
export const withArticle = (what: string): string => {
  if (what === 'data') return what;
  return /^[aeiou]/.test(what) ? `an ${what}` : `a ${what}`;
};

export const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
