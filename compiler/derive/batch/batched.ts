// A linear value for all entries of a leaf at once: one more axis for each axis of the leaf, in front. What is structured stays so as long as
// possible: the leaf itself is an identity, elementwise maps of it are diagonal, a slice of it is nonzero only for a block of its entries.
import { sameShape, type Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Shape } from '../../tensor/type.ts';

/** How the axes in front of the entries become those of the leaf. */
export type View =
  | { readonly kind: 'pad'; readonly before: Shape; readonly shape: Shape }
  | { readonly kind: 'reshape'; readonly shape: Shape };

export interface Batched {
  /** `diagonal`: entries[i] where the axes in front are at i and those of the value too, zero elsewhere. `dense`: axes in front, then those of the value. */
  readonly kind: 'diagonal' | 'dense';
  readonly entries: Node;
  /** The number of axes in front, before the views. */
  readonly axes: number;
  /** Applied to the axes in front, in this order. */
  readonly views: readonly View[];
}

/** The leaf by itself. */
export function identity(graph: Graph, shape: Shape): Batched {
  return {
    kind: shape.length === 0 ? 'dense' : 'diagonal',
    entries: graph.ones(shape),
    axes: shape.length,
    views: [],
  };
}

/** Whether each entry of the value varies with its own entry of the leaf only. */
export const isDiagonal = ({ kind, axes, views }: Batched): boolean =>
  views.length === 0 && (kind === 'diagonal' || axes === 0);

/** Axes in front before the views, then those of the value. */
export function entriesOf(graph: Graph, { kind, entries, axes }: Batched): Node {
  if (kind === 'dense') return entries;
  const { shape } = entries.type;
  if (shape.length === 1) return graph.diagonalMatrix(entries);
  const both = [...shape, ...shape];
  const same = shape
    .map((dim, k) =>
      graph.eq(
        graph.broadcastTo(graph.iota(dim), both, [k]),
        graph.broadcastTo(graph.iota(dim), both, [axes + k]),
      ),
    )
    .reduce((a, b) => graph.and(a, b));
  return graph.select(
    same,
    graph.broadcastTo(
      entries,
      both,
      shape.map((_, k) => k),
    ),
    0,
  );
}

/** Axes of the leaf, then those of the value. */
export function denseOf(graph: Graph, batched: Batched): Node {
  let { axes } = batched;
  let dense = entriesOf(graph, batched);
  for (const view of batched.views) {
    const value = dense.type.shape.slice(axes);
    const target = [...view.shape, ...value];
    dense =
      view.kind === 'pad'
        ? graph.pad(dense, [...view.before, ...value.map(() => 0)], target)
        : graph.reshape(dense, target);
    axes = view.shape.length;
  }
  return dense;
}

/** The shape of the axes in front, before the views. */
const frontOf = ({ entries, axes }: Batched): Shape => entries.type.shape.slice(0, axes);

/** Whether two values vary over the same entries of the leaf, laid out alike. */
export const sameViews = (a: Batched, b: Batched): boolean =>
  sameShape(frontOf(a), frontOf(b)) &&
  a.views.length === b.views.length &&
  a.views.every((view, k) => sameView(view, b.views[k]));

function sameView(a: View, b: View): boolean {
  if (!sameShape(a.shape, b.shape)) return false;
  if (a.kind === 'reshape' || b.kind === 'reshape') return a.kind === b.kind;
  return sameShape(a.before, b.before);
}

/** Another value over the same entries of the leaf. */
export const withEntries = (like: Batched, kind: Batched['kind'], entries: Node): Batched => ({
  ...like,
  kind,
  entries,
});

/** A value without structure, over all entries of the leaf. */
export const denseBatched = (entries: Node, axes: number): Batched => ({
  kind: 'dense',
  entries,
  axes,
  views: [],
});

/** A diagonal seen in another shape. */
export function reshapeDiagonal(graph: Graph, x: Batched, shape: Shape): Batched {
  const old = x.entries.type.shape;
  return {
    kind: 'diagonal',
    entries: graph.reshape(x.entries, shape),
    axes: shape.length,
    views: [{ kind: 'reshape', shape: old }, ...x.views],
  };
}

/** A block of a diagonal: zero for all other entries of the leaf. */
export function sliceDiagonal(graph: Graph, x: Batched, start: Shape, size: Shape): Batched {
  const old = x.entries.type.shape;
  const entries = graph.slice(x.entries, start, size);
  if (entries === x.entries) return x;
  return {
    kind: 'diagonal',
    entries,
    axes: x.axes,
    views: [{ kind: 'pad', before: start, shape: old }, ...x.views],
  };
}

/** Undoes a view of the same kind, where the diagonal was seen through one: a slice put back at its place. */
export function padDiagonal(
  graph: Graph,
  x: Batched,
  before: readonly Dim[],
  shape: Shape,
): Batched | undefined {
  const [view, ...views] = x.views;
  if (view === undefined || view.kind !== 'pad') return undefined;
  if (!sameShape(view.before, before) || !sameShape(view.shape, shape)) return undefined;
  return { kind: 'diagonal', entries: graph.pad(x.entries, before, shape), axes: x.axes, views };
}
