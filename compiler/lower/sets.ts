// Sets: what an element at a position is, at which position an element is, and how `i in I` binds.
import type { Span } from '../../grammar/span.ts';
import type { BoundIndex, IndexBinding, IndexSet, TypedExpression } from '../model/types.ts';
import { constantDim, multiplyDims, productOfDims, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node } from '../tensor/ir.ts';
import { substitute } from '../tensor/substitute.ts';
import { intType, isOp } from '../tensor/type.ts';
import { positionOf } from './affine.ts';
import {
  freshSymbol,
  withLocals,
  type BoundTuple,
  type Lane,
  type LoweredTuples,
  type Lowering,
  type Scope,
} from './context.ts';
import { report } from './messages.ts';
import { repeat } from './vectorize/batched.ts';
import { vectorizeOver } from './vectorize/vectorize.ts';

/** The set that a role of a pattern stands for. */
export function actualSet(set: IndexSet): IndexSet {
  let now = set;
  while (now.elements.kind === 'role' && now.elements.actual !== undefined)
    now = now.elements.actual;
  return now;
}

/** A size that must be known before the run. */
export function sizeOf(set: IndexSet): Dim {
  const { size } = actualSet(set);
  if (size !== undefined) return size;
  throw new InternalError(`the size of ${set.name ?? 'a set'} is known only at run time`);
}

/** The first value of a range; labels are positions, and so are the elements of a role that stands for no named set. */
export function firstOf(set: IndexSet): Dim | undefined {
  const { elements } = actualSet(set);
  if (elements.kind === 'range') return elements.first;
  const counted =
    elements.kind === 'labels' || elements.kind === 'column' || elements.kind === 'role';
  return counted ? constantDim(0) : undefined;
}

/** The values of the element at a position, one a component. */
export function elementAt(
  lowering: Lowering,
  set: IndexSet,
  position: Node,
  scope: Scope,
): readonly Node[] {
  const { graph, lower, extents } = lowering;
  const actual = actualSet(set);
  const { elements } = actual;
  switch (elements.kind) {
    case 'range':
      return [
        elements.first === undefined
          ? graph.add(lower(elements.from, scope), position)
          : positionOf(graph, position, scaled(elements.first)),
      ];
    case 'labels':
    case 'column':
      return [position];
    case 'numbers': {
      const values = graph.stack(elements.values.map((value) => lower(value, scope)));
      return [graph.gather(values, [position], [0], true)];
    }
    case 'tuples': {
      const { values, columns } = loweredTuples(lowering, actual, scope);
      const { bindings } = elements;
      columns.forEach((column, k) => {
        const binding = bindings[k];
        if (binding.set.size !== undefined)
          extents.set(graph.gather(column, [position], [0], true), binding.set.size);
      });
      return values.map((value) => entryOf(graph, value, position));
    }
    case 'batch': {
      const batch = scope.batches.get(actual);
      if (batch?.kind !== 'positions') throw new InternalError('a batch that was not drawn');
      return elementAt(
        lowering,
        elements.of,
        graph.gather(batch.positions, [position], [0], true),
        scope,
      );
    }
    case 'role':
      return [position];
  }
}

/** value[position]; of `column + first` the column's entry, so that positions cancel. */
function entryOf(graph: Graph, value: Node, position: Node): Node {
  if (isOp(value, 'binary')) {
    const [left, right] = value.args;
    if (isOp(right, 'broadcast') && right.args[0].type.shape.length === 0)
      return graph.binary(
        value.attributes.fn,
        graph.gather(left, [position], [0], true),
        right.args[0],
      );
  }
  return graph.gather(value, [position], [0], true);
}

const scaled = (first: Dim): Dim => multiplyDims(first, constantDim(-1));

/** A computed set as tables over its elements. */
export function loweredTuples(lowering: Lowering, set: IndexSet, scope: Scope): LoweredTuples {
  const known = lowering.sets.get(set);
  if (known !== undefined) return known;
  const { elements } = set;
  if (elements.kind !== 'tuples') throw new InternalError('a set that is not computed');
  const made = tablesOf(lowering, set, elements, scope);
  lowering.sets.set(set, made);
  return made;
}

type Tuples = Extract<IndexSet['elements'], { readonly kind: 'tuples' }>;

function tablesOf(
  lowering: Lowering,
  set: IndexSet,
  elements: Tuples,
  scope: Scope,
): LoweredTuples {
  const { graph, lower } = lowering;
  const bound = bindAll(lowering, elements.bindings, scope);
  const { lanes } = bound;
  const shape = lanes.map((lane) => lane.axis.length);
  const bindings = laneBindings(graph, lanes);
  const axes = lanes.map((lane) => lane.axis);
  const components = elements.components.map((component) => lower(component, bound.scope));
  const box = boxOf(elements);
  if (elements.where === undefined) {
    const size = productOfDims(shape);
    const flat = (node: Node): Node => graph.reshape(node, [size]);
    return {
      columns: lanes.map((_, k) => flat(repeat(graph, graph.iota(shape[k]), shape, [k]))),
      values: vectorizeOver(graph, components, bindings, axes).map(flat),
      size,
      compress: undefined,
      box,
    };
  }
  const [mask] = vectorizeOver(graph, [lower(elements.where, bound.scope)], bindings, axes);
  const compress = filterOf(lowering, mask, set.size ?? freshSymbol(lowering), set.span);
  const size = compress.attributes.length;
  const columns = lanes.map((_, k) => graph.at(compress, 1, k));
  const over = { order: lowering.nextOrder(), length: size };
  const kept = new Map(
    lanes.map((lane, k) => [lane.parameter, { node: columns[k], axes: [over] }]),
  );
  return {
    columns,
    values: vectorizeOver(graph, components, kept, [over]),
    size,
    compress,
    box,
  };
}

/** The kept positions of a mask, int[length, rank]; one node for equal masks. */
export function filterOf(
  lowering: Lowering,
  mask: Node,
  length: Dim,
  span: IndexSet['span'],
): Node<'compress'> {
  const known = lowering.filters.get(mask);
  if (known !== undefined) return known;
  const node = lowering.graph.make('compress', { length }, [mask]);
  lowering.filters.set(mask, node);
  lowering.sizes.push({ symbol: length.key, node, span });
  return node;
}

/** Where every component is one of the bound indices, elements are found through a table over the box of their ranges. */
function boxOf(elements: Tuples): LoweredTuples['box'] {
  const sets: IndexSet[] = [];
  for (const component of elements.components) {
    const binding = bindingOf(component, elements.bindings);
    if (binding === undefined) return undefined;
    sets.push(binding.set);
  }
  const firsts = sets.map(firstOf);
  const sizes = sets.map((set) => set.size);
  if (firsts.some((f) => f === undefined) || sizes.some((s) => s === undefined)) return undefined;
  return {
    firsts: firsts.filter((f) => f !== undefined),
    sizes: sizes.filter((s) => s !== undefined),
  };
}

const bindingOf = (
  component: TypedExpression,
  bindings: readonly IndexBinding[],
): IndexBinding | undefined =>
  component.kind === 'index'
    ? bindings.find(({ indices }) => indices.length === 1 && indices[0] === component.index)
    : undefined;

/** The position of an element; -1 where the set does not hold it. */
export function positionIn(
  lowering: Lowering,
  set: IndexSet,
  values: readonly Node[],
  scope: Scope,
): Node {
  const actual = actualSet(set);
  const bound = scope.tuples.find(
    (tuple) => actualSet(tuple.set) === actual && sameNodes(tuple.values, values),
  );
  if (bound !== undefined) return bound.position;
  const { graph } = lowering;
  const { elements } = actual;
  const first = firstOf(actual);
  if (first !== undefined) return positionOf(graph, values[0], first);
  if (elements.kind === 'tuples') {
    const tables = loweredTuples(lowering, actual, scope);
    return tables.box === undefined
      ? searched(graph, tables.values, values)
      : looked(graph, tables, tables.box, values);
  }
  const all = elementTable(lowering, actual, scope);
  return searched(graph, all, values);
}

const sameNodes = (a: readonly Node[], b: readonly Node[]): boolean =>
  a.length === b.length && a.every((node, k) => node === b[k]);

/** All elements of a set, one vector a component. */
export function elementTable(lowering: Lowering, set: IndexSet, scope: Scope): readonly Node[] {
  const { graph } = lowering;
  const lane = newLane(lowering, sizeOf(set), 'element');
  const values = elementAt(lowering, set, lane.parameter, scope);
  return vectorizeOver(graph, values, laneBindings(graph, [lane]), [lane.axis]);
}

/** By comparing with every element. */
function searched(graph: Graph, columns: readonly Node[], values: readonly Node[]): Node {
  const same = columns
    .map((column, k) => graph.eq(column, values[k]))
    .reduce((left, right) => graph.and(left, right));
  return graph.select(graph.any(same), graph.argmax(same, 0), -1);
}

/** Through a table of positions, made by a scatter. Outside of the box there is no element. */
function looked(
  graph: Graph,
  { columns, values: elements, size }: LoweredTuples,
  box: NonNullable<LoweredTuples['box']>,
  values: readonly Node[],
): Node {
  const places = elements.map((element, k) => graph.sub(element, graph.size(box.firsts[k])));
  const numbered = graph.iota(size, 1);
  const table = graph.sub(
    graph.scatter(numbered, columns.length === 0 ? [] : places, box.sizes),
    1,
  );
  const at = values.map((value, k) => positionOf(graph, value, box.firsts[k]));
  const inside = at
    .map((position, k) =>
      graph.and(graph.ge(position, 0), graph.lt(position, graph.size(box.sizes[k]))),
    )
    .reduce((left, right) => graph.and(left, right));
  const safe = at.map((position) => graph.select(inside, position, 0));
  return graph.select(inside, graph.gather(table, safe, undefined, true), -1);
}

/** Whether a set holds an element, as a bool. */
export function isMember(
  lowering: Lowering,
  set: IndexSet,
  values: readonly Node[],
  scope: Scope,
): Node {
  const { graph, lower } = lowering;
  const actual = actualSet(set);
  const { elements } = actual;
  switch (elements.kind) {
    case 'range': {
      const [from, to] = [lower(elements.from, scope), lower(elements.to, scope)];
      return graph.and(graph.le(from, values[0]), graph.le(values[0], to));
    }
    case 'labels':
    case 'column':
    case 'role':
      return graph.eq(values[0], values[0]);
    case 'numbers':
    case 'tuples':
    case 'batch':
      return graph.ge(positionIn(lowering, actual, values, scope), 0);
  }
}

// ------------------------------------------------------------------------------------------------ binding

/** A new index parameter that runs along an axis of its own. */
export function newLane(lowering: Lowering, length: Dim, name: string): Lane {
  const parameter = lowering.graph.parameter(intType([]), name);
  lowering.extents.set(parameter, length);
  lowering.full.add(parameter);
  return { parameter, axis: { order: lowering.nextOrder(), length } };
}

/** Every lane at all its positions. */
export const laneBindings = (
  graph: Graph,
  lanes: readonly Lane[],
): ReadonlyMap<Node, { readonly node: Node; readonly axes: readonly Lane['axis'][] }> =>
  new Map(
    lanes.map(({ parameter, axis }) => [
      parameter,
      { node: graph.iota(axis.length), axes: [axis] },
    ]),
  );

export interface Bound {
  readonly lanes: readonly Lane[];
  readonly scope: Scope;
}

/** Binds the names of one binding to the element at a position. */
export function bindAt(
  lowering: Lowering,
  binding: IndexBinding,
  position: Node,
  scope: Scope,
): Scope {
  const { indices, set } = binding;
  const actual = actualSet(set);
  const { elements } = actual;
  if (elements.kind === 'batch' && scope.batches.get(actual)?.kind === 'draws')
    return bindDrawn(indices[0], actual, position, scope);
  // One name for the element of a set of tuples stands for its position.
  const whole = indices.length === 1 && actual.arity > 1;
  const values = whole ? [position] : elementAt(lowering, actual, position, scope);
  const named = withLocals(
    scope,
    indices.map((index, k): readonly [BoundIndex, Node] => [index, values[k]]),
  );
  const of = elements.kind === 'batch' ? elements.of : set;
  const inner: Scope = {
    ...named,
    indexSets: new Map([
      ...scope.indexSets,
      ...indices.map((index): [BoundIndex, IndexSet] => [index, of]),
    ]),
  };
  if (firstOf(actual) !== undefined || whole) return inner;
  const source = elements.kind === 'batch' ? undefined : { set: actual, values, position };
  return source === undefined ? inner : { ...inner, tuples: [source, ...scope.tuples] };
}

function bindDrawn(index: BoundIndex, set: IndexSet, place: Node, scope: Scope): Scope {
  const found = scope.batches.get(set);
  if (found?.kind !== 'draws') throw new InternalError('a batch that was not drawn');
  return {
    ...withLocals(scope, [[index, place]]),
    drawn: new Map([...scope.drawn, [index, { place, batch: found.batch }]]),
  };
}

/** The number of elements of a set that may be a batch. A role that was matched by a distribution has none: 0 after a message. */
export function countOf({ diagnostics }: Lowering, set: IndexSet, scope: Scope, span: Span): Dim {
  const actual = actualSet(set);
  if (actual.size !== undefined) return actual.size;
  const batch = scope.batches.get(actual);
  if (batch?.kind === 'draws') return batch.size;
  if (batch?.kind === 'positions') return batch.positions.type.shape[0];
  if (actual.elements.kind !== 'role') return sizeOf(actual);
  diagnostics.push(report('P204', span, { set: actual.elements.role }));
  return constantDim(0);
}

/** All bindings, each along an axis of its own; later sets may use earlier indices only in their elements, not in their sizes. */
export function bindAll(
  lowering: Lowering,
  bindings: readonly IndexBinding[],
  scope: Scope,
): Bound {
  const lanes: Lane[] = [];
  let inner = scope;
  for (const binding of bindings) {
    const lane = newLane(
      lowering,
      countOf(lowering, binding.set, inner, binding.span),
      binding.indices.map(({ name }) => name).join('_'),
    );
    inner = bindAt(lowering, binding, lane.parameter, inner);
    lanes.push(lane);
  }
  return { lanes, scope: inner };
}

/** The scope with region parameters replaced in everything it binds since `outer`. */
export function rebind(
  graph: Graph,
  inner: Scope,
  outer: Scope,
  replace: ReadonlyMap<Node, Node>,
): Scope {
  const now = (node: Node): Node => substitute(graph, [node], replace)[0];
  const locals = new Map(
    [...inner.locals].map(([name, node]) => [
      name,
      outer.locals.get(name) === node ? node : now(node),
    ]),
  );
  const tuples = inner.tuples.map((tuple): BoundTuple =>
    outer.tuples.includes(tuple)
      ? tuple
      : { set: tuple.set, values: tuple.values.map(now), position: now(tuple.position) },
  );
  const drawn = new Map(
    [...inner.drawn].map(([index, element]) => [
      index,
      outer.drawn.get(index) === element ? element : { ...element, place: now(element.place) },
    ]),
  );
  return { ...inner, locals, tuples, drawn };
}
