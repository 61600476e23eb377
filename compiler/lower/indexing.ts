// Subscripts: slices, single positions, gathers.
import type { Span } from '../../grammar/span.ts';
import type { IndexedNode, Subscript } from '../model/types.ts';
import { addDims, constantDim, subtractDims, type Dim } from '../tensor/dim.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import {
  affineNode,
  affineOf,
  boundsOf,
  certainlyNegative,
  certainlyNonnegative,
  type Affine,
} from './affine.ts';
import type { Lowering, Scope } from './context.ts';
import { positionIn } from './sets.ts';

/** A part of an array: where each of its axes is addressed, in 0-based positions. */
export type Place =
  | { readonly kind: 'all' }
  | { readonly kind: 'slice'; readonly start: Dim; readonly size: Dim }
  | { readonly kind: 'fixed'; readonly position: Dim }
  | { readonly kind: 'position'; readonly node: Node; readonly inBounds: boolean }
  | { readonly kind: 'gather'; readonly node: Node; readonly inBounds: boolean };

export function lowerIndexed(lowering: Lowering, node: IndexedNode, scope: Scope): Node {
  const operand = lowering.lower(node.operand, scope);
  return takePlaces(
    lowering,
    operand,
    placesOf(lowering, operand, node.subscripts, scope, node.span),
  );
}

/** One place for each axis of x. */
export function placesOf(
  lowering: Lowering,
  x: Node,
  subscripts: readonly Subscript[],
  scope: Scope,
  span: Span,
): readonly Place[] {
  return subscripts.map((subscript, axis) =>
    placeOf(lowering, subscript, x.type.shape[axis], scope, span),
  );
}

function placeOf(
  lowering: Lowering,
  subscript: Subscript,
  length: Dim,
  scope: Scope,
  span: Span,
): Place {
  const { graph, lower } = lowering;
  switch (subscript.kind) {
    case 'all':
      return { kind: 'all' };
    case 'slice': {
      const { start, size } = subscript;
      if (!scope.conditional) {
        const end = addDims(start, size);
        needs(lowering, [start, subtractDims(length, end)], 'a slice leaves its axis', span);
      }
      return { kind: 'slice', start, size };
    }
    case 'position': {
      const value = affineOf(lower(subscript.value, scope));
      const at: Affine = { ...value, offset: subtractDims(value.offset, subscript.first) };
      return positionPlace(lowering, at, length, subscript.inBounds, scope, span);
    }
    case 'gather': {
      const value = lower(subscript.value, scope);
      const first = graph.size(subscript.first);
      const run = runOf(value);
      if (run !== undefined) {
        const start = subtractDims(run.start, subscript.first);
        const room = subtractDims(length, addDims(start, run.length));
        if (subscript.inBounds || [start, room].every(certainlyNonnegative))
          return { kind: 'slice', start, size: run.length };
      }
      return { kind: 'gather', node: graph.sub(value, first), inBounds: subscript.inBounds };
    }
    case 'member': {
      const values = subscript.values.map((value) => lower(value, scope));
      const node = positionIn(lowering, subscript.set, values, scope);
      const bound = scope.tuples.some((tuple) => tuple.position === node);
      return positionPlace(lowering, affineOf(node), length, bound, scope, span);
    }
  }
}

const runOf = (value: Node): { readonly start: Dim; readonly length: Dim } | undefined =>
  isOp(value, 'iota') ? value.attributes : undefined;

function positionPlace(
  lowering: Lowering,
  at: Affine,
  length: Dim,
  proven: boolean,
  scope: Scope,
  span: Span,
): Place {
  const { graph, extents, full } = lowering;
  const bounds = boundsOf(at, length, (atom) => extents.get(atom));
  const certain = proven || (bounds?.every(certainlyNonnegative) ?? false);
  const ranges = [...at.terms.keys()].every((atom) => full.has(atom));
  const hopeful = bounds !== undefined && !bounds.some(certainlyNegative);
  // Where every position of the ranges is used, the check can be made once, on sizes.
  const checked = !certain && hopeful && ranges && !scope.conditional;
  if (checked) needs(lowering, bounds, 'an index leaves its axis', span);
  if (at.terms.size === 0 && (certain || checked)) return { kind: 'fixed', position: at.offset };
  return { kind: 'position', node: affineNode(graph, at), inBounds: certain || checked };
}

/** Leaves to the start of the run what is not certain for all sizes. */
function needs(lowering: Lowering, dims: readonly Dim[], message: string, span: Span): void {
  for (const nonnegative of dims)
    if (!certainlyNonnegative(nonnegative)) lowering.checks.push({ nonnegative, message, span });
}

/** The part of x at the places; single positions lose their axis, tensors of positions put their axes in its place. */
export function takePlaces({ graph }: Lowering, x: Node, places: readonly Place[]): Node {
  const { shape } = x.type;
  const zero = constantDim(0);
  const open = places.filter((place) => place.kind !== 'fixed');
  const isCut = places.some((place) => place.kind === 'slice' || place.kind === 'fixed');
  const kept = isCut ? cut() : x;
  const positions = open.flatMap((place, axis) =>
    place.kind === 'position' ? [{ place, axis }] : [],
  );
  const taken =
    positions.length === 0
      ? kept
      : graph.gather(
          kept,
          positions.map(({ place }) => place.node),
          positions.map(({ axis }) => axis),
          positions.every(({ place }) => place.inBounds),
        );
  let axis = 0;
  let result = taken;
  for (const place of open) {
    if (place.kind === 'position') continue;
    if (place.kind === 'gather') {
      result = gatherAt(result, axis, place);
      axis += place.node.type.shape.length;
    } else axis += 1;
  }
  return result;

  /** Slices taken, single positions that are sizes left out. */
  function cut(): Node {
    const block = graph.slice(
      x,
      places.map((place) =>
        place.kind === 'slice' ? place.start : place.kind === 'fixed' ? place.position : zero,
      ),
      places.map((place, axis) =>
        place.kind === 'slice' ? place.size : place.kind === 'fixed' ? constantDim(1) : shape[axis],
      ),
    );
    return graph.reshape(
      block,
      block.type.shape.filter((_, axis) => places[axis].kind !== 'fixed'),
    );
  }

  function gatherAt(from: Node, at: number, place: Extract<Place, { kind: 'gather' }>): Node {
    const made = graph.gather(from, [place.node], [at], place.inBounds);
    const count = place.node.type.shape.length;
    const before = Array.from({ length: at }, (_, k) => count + k);
    const own = Array.from({ length: count }, (_, k) => k);
    const after = Array.from(
      { length: made.type.shape.length - at - count },
      (_, k) => count + at + k,
    );
    return graph.transpose(made, [...before, ...own, ...after]);
  }
}

/** x with the part at the places replaced. Not for several tensors of positions. */
export function putPlaces(
  { graph }: Lowering,
  x: Node,
  value: Node,
  places: readonly Place[],
): Node {
  if (places.every((place) => place.kind === 'all')) return fill(value);
  // One index a place: single positions as scalars where all are, else a box of positions.
  const addressed = places.flatMap((place, axis) =>
    place.kind === 'all' ? [] : [{ place, axis }],
  );
  const single = addressed.every(
    ({ place }) => place.kind === 'fixed' || place.kind === 'position',
  );
  const axes = addressed.map(({ axis }) => axis);
  if (single)
    return graph.put(
      x,
      value,
      addressed.map(({ place }) => positionNode(place)),
      axes,
    );
  const boxed = addressed.flatMap(({ place }) =>
    place.kind === 'slice'
      ? [place.size]
      : place.kind === 'gather'
        ? [place.node.type.shape[0]]
        : [],
  );
  let next = 0;
  const indices = addressed.map(({ place }) => {
    if (place.kind === 'slice')
      return graph.broadcastTo(graph.iota(place.size, place.start), boxed, [next++]);
    if (place.kind === 'gather') return graph.broadcastTo(place.node, boxed, [next++]);
    return graph.full(positionNode(place), boxed);
  });
  const whole = places.flatMap((place, axis) => (place.kind === 'all' ? [x.type.shape[axis]] : []));
  const laid = layOut(value, boxed, whole);
  return graph.put(x, laid, indices, axes);

  function fill(scalar: Node): Node {
    return scalar.type.shape.length === 0 ? graph.full(scalar, x.type.shape) : scalar;
  }

  function positionNode(place: Place): Node {
    if (place.kind === 'fixed') return graph.size(place.position);
    if (place.kind === 'position') return place.node;
    throw new InternalError('a place that is no single position');
  }

  /** The value comes with its axes in the order of x; `put` wants addressed axes first. */
  function layOut(given: Node, box: readonly Dim[], rest: readonly Dim[]): Node {
    if (given.type.shape.length === 0) return graph.full(given, [...box, ...rest]);
    const kinds = places.filter((place) => place.kind !== 'fixed' && place.kind !== 'position');
    const order = kinds.map((place, k) => ({ k, all: place.kind === 'all' }));
    const permutation = [...order.filter((o) => !o.all), ...order.filter((o) => o.all)];
    return graph.transpose(
      given,
      permutation.map(({ k }) => k),
    );
  }
}
