// Broadcasts, transposes, slices, pads, joins: composed, moved past each other towards less work, and dropped where they change nothing.
import { addDims, constantDim, sameDim, sameShape, subtractDims, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node, NodeOf } from '../tensor/ir.ts';
import { isOp, type Shape } from '../tensor/type.ts';
import {
  allAxes,
  argumentOf,
  isAll,
  isOneDim,
  isZeroDim,
  operands,
  sameNumbers,
  scalarOf,
} from './pattern.ts';
import { binaryRule, rule, type AnyRule } from './rule.ts';

export const broadcastRules: readonly AnyRule[] = [
  rule('broadcast', 'broadcast to its own shape', ({ attributes: { shape, axes }, args: [x] }) =>
    sameShape(shape, x.type.shape) && sameNumbers(axes, allAxes(shape.length)) ? x : undefined,
  ),
  rule('broadcast', 'broadcast of a broadcast', ({ attributes: { shape, axes }, args: [x] }, g) => {
    if (!isOp(x, 'broadcast')) return undefined;
    const onto = x.attributes.axes.map((axis) => axes[axis]);
    return g.make('broadcast', { shape, axes: onto }, x.args);
  }),
  rule('broadcast', 'broadcast of an axis of size 1', ({ attributes, args: [x] }, g) => {
    const single = x.type.shape.map(isOneDim);
    if (!single.includes(true)) return undefined;
    const axes = attributes.axes.filter((_, k) => !single[k]);
    const inner = g.reshape(
      x,
      x.type.shape.filter((_, k) => !single[k]),
    );
    return g.broadcastTo(inner, attributes.shape, axes);
  }),
  // A function of repeated entries is the function, repeated.
  rule('unary', 'f(broadcast x) = broadcast f(x)', ({ attributes: { fn }, args: [x] }, g) =>
    isOp(x, 'broadcast') ? g.make('broadcast', x.attributes, [g.unary(fn, x.args[0])]) : undefined,
  ),
  rule('binary', 'f of two broadcasts', ({ attributes: { fn }, args: [x, y] }, g) => {
    const axes = sharedAxes([x, y]);
    if (axes === undefined) return undefined;
    const [a, b] = [x, y].map((part) => narrowed(g, part, axes));
    return g.make('broadcast', { shape: x.type.shape, axes }, [g.binary(fn, a, b)]);
  }),
  rule('select', 'select of broadcasts', ({ args }, g) => {
    const axes = sharedAxes(args);
    if (axes === undefined) return undefined;
    const [c, x, y] = args.map((part) => narrowed(g, part, axes));
    return g.make('broadcast', { shape: args[0].type.shape, axes }, [g.select(c, x, y)]);
  }),
  rule('stop', 'stop of a broadcast', ({ args: [x] }, g) =>
    isOp(x, 'broadcast') ? g.make('broadcast', x.attributes, [g.stop(x.args[0])]) : undefined,
  ),
  rule(
    'transpose',
    'transpose of a broadcast',
    ({ attributes: { permutation }, args: [x], type }, g) => {
      if (!isOp(x, 'broadcast')) return undefined;
      const axes = x.attributes.axes.map((axis) => permutation.indexOf(axis));
      const order = [...axes.keys()].sort((i, j) => axes[i] - axes[j]);
      return g.broadcastTo(
        g.transpose(x.args[0], order),
        type.shape,
        order.map((k) => axes[k]),
      );
    },
  ),
  rule('reshape', 'reshape of a repeated scalar', ({ attributes: { shape }, args: [x] }, g) => {
    const scalar = scalarOf(x);
    return scalar && g.full(scalar, shape);
  }),
  rule('slice', 'slice of a broadcast', ({ attributes: { start, size }, args: [x] }, g) => {
    if (!isOp(x, 'broadcast')) return undefined;
    const { axes } = x.attributes;
    const inner = g.slice(
      x.args[0],
      axes.map((axis) => start[axis]),
      axes.map((axis) => size[axis]),
    );
    return g.make('broadcast', { shape: size, axes }, [inner]);
  }),
  rule('reverse', 'reverse of a broadcast', ({ attributes: { axis }, args: [x] }, g) => {
    if (!isOp(x, 'broadcast')) return undefined;
    const inner = x.attributes.axes.indexOf(axis);
    return inner < 0 ? x : g.make('broadcast', x.attributes, [g.reverse(x.args[0], inner)]);
  }),
  rule('gather', 'gather from a repeated scalar', ({ args: [x], type, attributes }, g) => {
    const scalar = scalarOf(x);
    return scalar && attributes.inBounds ? g.full(scalar, type.shape) : undefined;
  }),
];

/** The axes that all of these repeat along the others, where each is a broadcast or a scalar repeated; some axis must be saved. */
function sharedAxes(parts: readonly Node[]): readonly number[] | undefined {
  const axes = parts.map((part) => (isOp(part, 'broadcast') ? part.attributes.axes : undefined));
  if (axes.some((list) => list === undefined)) return undefined;
  const union = [...new Set(axes.flatMap((list) => list ?? []))].sort((a, b) => a - b);
  const largest = axes.some((list) => list?.length === union.length);
  return largest && union.length < parts[0].type.shape.length ? union : undefined;
}

/** The broadcast part over some axes of its target only. */
function narrowed(g: Graph, part: Node, axes: readonly number[]): Node {
  if (!isOp(part, 'broadcast')) return part;
  const { shape, axes: own } = part.attributes;
  return g.broadcastTo(
    part.args[0],
    axes.map((axis) => shape[axis]),
    own.map((axis) => axes.indexOf(axis)),
  );
}

export const orderRules: readonly AnyRule[] = [
  rule(
    'transpose',
    'transpose that changes nothing',
    ({ attributes: { permutation }, args: [x] }) =>
      sameNumbers(permutation, allAxes(permutation.length)) ? x : undefined,
  ),
  rule('transpose', 'transpose of a transpose', ({ attributes: { permutation }, args: [x] }, g) =>
    isOp(x, 'transpose')
      ? g.transpose(
          x.args[0],
          permutation.map((k) => x.attributes.permutation[k]),
        )
      : undefined,
  ),
  rule('reshape', 'reshape to its own shape', ({ attributes: { shape }, args: [x] }) =>
    sameShape(shape, x.type.shape) && x.type.storage === 'dense' ? x : undefined,
  ),
  rule('reshape', 'reshape of a reshape', ({ attributes: { shape }, args: [x] }, g) =>
    isOp(x, 'reshape') ? g.reshape(x.args[0], shape) : undefined,
  ),
  rule('reverse', 'reverse of a reverse', ({ attributes: { axis }, args: [x] }) =>
    isOp(x, 'reverse') && x.attributes.axis === axis ? x.args[0] : undefined,
  ),
  rule('reverse', 'reverse of one entry', ({ attributes: { axis }, args: [x] }) =>
    isOneDim(x.type.shape[axis]) ? x : undefined,
  ),
];

export const sliceRules: readonly AnyRule[] = [
  rule('slice', 'slice of the whole', ({ attributes: { start, size }, args: [x] }) =>
    sameShape(size, x.type.shape) && start.every(isZeroDim) ? x : undefined,
  ),
  rule('slice', 'slice of a slice', ({ attributes: { start, size }, args: [x] }, g) => {
    if (!isOp(x, 'slice')) return undefined;
    const from = start.map((dim, axis) => addDims(dim, x.attributes.start[axis]));
    return g.slice(x.args[0], from, size);
  }),
  rule('slice', 'slice of an iota', ({ attributes: { start, size }, args: [x] }, g) =>
    isOp(x, 'iota') ? g.iota(size[0], addDims(x.attributes.start, start[0])) : undefined,
  ),
  rule('slice', 'slice of a join', (node, g) => sliceOfConcat(node, g)),
  rule('slice', 'slice of a pad', (node, g) => sliceOfPad(node, g)),
  rule('slice', 'slice of a transpose', ({ attributes: { start, size }, args: [x] }, g) => {
    if (!isOp(x, 'transpose')) return undefined;
    const { permutation } = x.attributes;
    const back = (dims: Shape): Shape => permutation.map((_, k) => dims[permutation.indexOf(k)]);
    return g.transpose(g.slice(x.args[0], back(start), back(size)), permutation);
  }),
  rule('gather', 'gather of a range', ({ attributes: { axes }, args: [x, index] }, g) => {
    if (axes.length !== 1 || axes[0] !== 0 || !isOp(index, 'iota')) return undefined;
    const { start, length } = index.attributes;
    return within(start, length, x.type.shape[0]) ? g.sliceAxis(x, 0, start, length) : undefined;
  }),
  rule('gather', 'gather at one position', ({ attributes: { axes }, args: [x, index] }, g) => {
    if (axes.length !== 1 || !isOp(index, 'constant')) return undefined;
    const at = constantDim(index.attributes.value);
    return within(at, constantDim(1), x.type.shape[axes[0]]) ? g.at(x, axes[0], at) : undefined;
  }),
  rule('scatter', 'scatter of zeros', ({ attributes: { shape }, args: [x] }, g) =>
    isAll(x, 0) ? g.zeros(shape) : undefined,
  ),
  rule('scatter', 'scatter to a range', ({ attributes: { axes, shape }, args: [x, index] }, g) => {
    if (axes.length !== 1 || axes[0] !== 0 || !isOp(index, 'iota')) return undefined;
    const { start, length } = index.attributes;
    const before = shape.map((_, axis) => (axis === 0 ? start : constantDim(0)));
    return within(start, length, shape[0]) ? g.pad(x, before, shape) : undefined;
  }),
  rule('put', 'put of a whole range', ({ attributes: { axes }, args: [x, value, index] }) => {
    if (axes.length !== 1 || axes[0] !== 0 || !isOp(index, 'iota')) return undefined;
    const whole =
      isZeroDim(index.attributes.start) && sameDim(index.attributes.length, x.type.shape[0]);
    return whole && value.type.element === x.type.element ? value : undefined;
  }),
];

/** Whether a block surely lies inside an axis, whatever the sizes. */
function within(start: Dim, size: Dim, axis: Dim): boolean {
  const first = compare(start, constantDim(0));
  const room = compare(axis, addDims(start, size));
  return first !== undefined && first >= 0 && room !== undefined && room >= 0;
}

/** The parts of a join that a block touches, where the places of their ends can be compared. */
function sliceOfConcat(
  { attributes: { start, size }, args: [x] }: NodeOf<'slice'>,
  g: Graph,
): Node | undefined {
  if (!isOp(x, 'concat')) return undefined;
  const { axis } = x.attributes;
  const from = start[axis];
  const to = addDims(from, size[axis]);
  const touched: Node[] = [];
  let offset = constantDim(0);
  for (const part of x.args) {
    const end = addDims(offset, part.type.shape[axis]);
    const low = compare(from, offset);
    const high = compare(to, end);
    const after = compare(from, end);
    const before = compare(to, offset);
    const outside = (after !== undefined && after >= 0) || (before !== undefined && before <= 0);
    if (!outside) {
      if (low === undefined || high === undefined) return undefined;
      const first = low > 0 ? subtractDims(from, offset) : constantDim(0);
      const last = high < 0 ? subtractDims(to, offset) : part.type.shape[axis];
      touched.push(
        g.slice(
          part,
          start.map((dim, k) => (k === axis ? first : dim)),
          size.map((dim, k) => (k === axis ? subtractDims(last, first) : dim)),
        ),
      );
    }
    offset = end;
  }
  if (touched.length === 0) return undefined;
  const joined = g.concat(touched, axis);
  return sameShape(joined.type.shape, size) ? joined : undefined;
}

/** The sign of a - b where it is known for all sizes: sizes are at least 0. */
function compare(a: Dim, b: Dim): number | undefined {
  const { monomials } = subtractDims(a, b);
  if (monomials.length === 0) return 0;
  if (monomials.every(({ coefficient }) => coefficient > 0)) return 1;
  if (monomials.every(({ coefficient }) => coefficient < 0)) return -1;
  return undefined;
}

function sliceOfPad(
  { attributes: { start, size }, args: [x] }: NodeOf<'slice'>,
  g: Graph,
): Node | undefined {
  if (!isOp(x, 'pad')) return undefined;
  const [inner] = x.args;
  const { before } = x.attributes;
  const apart = start.some((from, axis) => {
    const after = compare(from, addDims(before[axis], inner.type.shape[axis]));
    const ahead = compare(addDims(from, size[axis]), before[axis]);
    return (after !== undefined && after >= 0) || (ahead !== undefined && ahead <= 0);
  });
  if (apart) return g.zeros(size);
  const inside = start.every((from, axis) => {
    const low = compare(from, before[axis]);
    const high = compare(addDims(from, size[axis]), addDims(before[axis], inner.type.shape[axis]));
    return low !== undefined && low >= 0 && high !== undefined && high <= 0;
  });
  return inside
    ? g.slice(
        inner,
        start.map((from, axis) => subtractDims(from, before[axis])),
        size,
      )
    : undefined;
}

export const joinRules: readonly AnyRule[] = [
  rule('concat', 'join of one part', ({ args }) => (args.length === 1 ? args[0] : undefined)),
  rule('concat', 'join without empty parts', ({ attributes: { axis }, args }, g) => {
    const kept = args.filter(({ type }) => !isZeroDim(type.shape[axis]));
    return kept.length < args.length && kept.length > 0 ? g.concat(kept, axis) : undefined;
  }),
  rule('concat', 'join of joins', ({ attributes: { axis }, args }, g) => {
    const inner = (part: Node): readonly Node[] =>
      isOp(part, 'concat') && part.attributes.axis === axis ? part.args : [part];
    const parts = args.flatMap(inner);
    return parts.length > args.length ? g.concat(parts, axis) : undefined;
  }),
  rule('concat', 'join of neighbouring slices', ({ attributes: { axis }, args }, g) => {
    for (let k = 1; k < args.length; k++) {
      const merged = neighbours(args[k - 1], args[k], axis, g);
      if (merged !== undefined)
        return g.concat([...args.slice(0, k - 1), merged, ...args.slice(k + 1)], axis);
    }
    return undefined;
  }),
  rule('concat', 'join of one repeated scalar', ({ args, type }, g) => {
    const scalar = scalarOf(args[0]);
    return scalar !== undefined && args.every((part) => scalarOf(part) === scalar)
      ? g.full(scalar, type.shape)
      : undefined;
  }),
  rule('pad', 'pad that adds nothing', ({ attributes: { before, shape }, args: [x] }) =>
    sameShape(shape, x.type.shape) && before.every(isZeroDim) ? x : undefined,
  ),
  rule('pad', 'pad of a pad', ({ attributes: { before, shape }, args: [x] }, g) =>
    isOp(x, 'pad')
      ? g.pad(
          x.args[0],
          before.map((dim, axis) => addDims(dim, x.attributes.before[axis])),
          shape,
        )
      : undefined,
  ),
  rule('pad', 'pad of zeros', ({ attributes: { shape }, args: [x] }, g) =>
    isAll(x, 0) ? g.zeros(shape) : undefined,
  ),
  rule('unary', '-(pad x) = pad(-x)', ({ attributes: { fn }, args: [x] }, g) =>
    fn === 'neg' && isOp(x, 'pad') ? g.make('pad', x.attributes, [g.neg(x.args[0])]) : undefined,
  ),
  binaryRule('mul', 's*(pad x) = pad(s*x)', (x, y, g) => {
    for (const [factor, padded] of [
      [x, y],
      [y, x],
    ] as const) {
      const scalar = scalarOf(factor);
      if (scalar !== undefined && isOp(padded, 'pad'))
        return g.make('pad', padded.attributes, [g.mul(scalar, padded.args[0])]);
    }
    return undefined;
  }),
  binaryRule('add', 'sum of disjoint pads = join', (x, y, g) => mergePads(x, y, g)),
  binaryRule('add', '(y + pad) + pad = y + join', (x, y, g) => {
    const inner = operands(x, 'add');
    if (inner === undefined) return undefined;
    for (const [rest, padded] of [
      [inner[0], inner[1]],
      [inner[1], inner[0]],
    ] as const) {
      const merged = mergePads(padded, y, g);
      if (merged !== undefined) return g.add(rest, merged);
    }
    return undefined;
  }),
  binaryRule('sub', 'x - pad(y) = x + pad(-y)', (x, y, g) => {
    if (!isOp(y, 'pad')) return undefined;
    const padded = isOp(x, 'pad') || argumentOf(x, 'neg') !== undefined || sumWithPad(x);
    return padded ? g.add(x, g.make('pad', y.attributes, [g.neg(y.args[0])])) : undefined;
  }),
];

const sumWithPad = (node: Node): boolean =>
  operands(node, 'add')?.some((part) => isOp(part, 'pad')) ?? false;

/** Two slices of one array that meet along the axis, as one slice. */
function neighbours(first: Node, second: Node, axis: number, g: Graph): Node | undefined {
  if (!isOp(first, 'slice') || !isOp(second, 'slice') || first.args[0] !== second.args[0])
    return undefined;
  const [a, b] = [first.attributes, second.attributes];
  const meet = sameDim(addDims(a.start[axis], a.size[axis]), b.start[axis]);
  const aligned = a.start.every(
    (dim, k) => k === axis || (sameDim(dim, b.start[k]) && sameDim(a.size[k], b.size[k])),
  );
  if (!meet || !aligned) return undefined;
  const size = a.size.map((dim, k) => (k === axis ? addDims(dim, b.size[k]) : dim));
  return g.slice(first.args[0], a.start, size);
}

/** Two padded arrays as one: joined where they lie side by side, added where they lie on each other. */
function mergePads(x: Node, y: Node, g: Graph): Node | undefined {
  if (!isOp(x, 'pad') || !isOp(y, 'pad')) return undefined;
  const [p, q] = [x.args[0], y.args[0]];
  const [a, b] = [x.attributes, y.attributes];
  const differing = allAxes(a.shape.length).filter(
    (k) => !sameDim(a.before[k], b.before[k]) || !sameDim(p.type.shape[k], q.type.shape[k]),
  );
  if (differing.length === 0) return g.make('pad', a, [g.add(p, q)]);
  if (differing.length > 1) return undefined;
  const [axis] = differing;
  const join = (first: Node, second: Node, before: Shape): Node =>
    g.pad(g.concat([first, second], axis), before, a.shape);
  if (sameDim(addDims(a.before[axis], p.type.shape[axis]), b.before[axis]))
    return join(p, q, a.before);
  if (sameDim(addDims(b.before[axis], q.type.shape[axis]), a.before[axis]))
    return join(q, p, b.before);
  return undefined;
}
