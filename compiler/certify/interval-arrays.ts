// Arrays of intervals: every entry of an expression's value lies in its interval wherever the variables lie in theirs (Moore 1966). What does not depend on
// the variables is a number. Ends are moved outwards by rounding.
import { constantValue, evaluateDim, type Dim, type Sizes } from '../tensor/dim.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { postorder } from '../tensor/visit.ts';
import { binaryRanges } from '../problem/facts/binary-range.ts';
import { hull, interval, square, type Interval } from '../problem/facts/interval.ts';
import { unaryFacts } from '../problem/facts/unary-rules.ts';

export interface IntervalArray {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface IntervalProgram {
  /** What has to be known as numbers, in this order. */
  readonly given: readonly Node[];
  /** The intervals of the wanted nodes, given intervals of the variables. */
  readonly start: (
    given: readonly Float64Array[],
  ) => (variables: readonly IntervalArray[]) => readonly IntervalArray[];
}

type Rule = (args: readonly IntervalArray[], given: (node: Node) => Float64Array) => IntervalArray;

const mostProducts = 100_000;

/** Undefined where an operation has no rule here. */
export function intervalProgram(
  wanted: readonly Node[],
  variables: readonly Node[],
  sizes: Sizes,
): IntervalProgram | undefined {
  const order = postorder(wanted);
  const depends = new Set<Node>(variables);
  for (const node of order) if (node.args.some((arg) => depends.has(arg))) depends.add(node);
  const given = new Set<Node>(wanted.filter((node) => !depends.has(node)));
  const steps: { readonly node: Node; readonly rule: Rule }[] = [];
  for (const node of order) {
    if (!depends.has(node) || variables.includes(node)) continue;
    for (const arg of node.args) if (!depends.has(arg)) given.add(arg);
    const rule = ruleOf(node, sizes, depends);
    if (rule === undefined) return undefined;
    steps.push({ node, rule });
  }
  const numbers = [...given];
  return {
    given: numbers,
    start: (values) => {
      const known = new Map<Node, IntervalArray>(
        numbers.map((node, k) => [node, { low: values[k], high: values[k] }]),
      );
      const number = (node: Node): Float64Array => known.get(node)?.low ?? new Float64Array();
      return (boxes) => {
        const found = new Map(known);
        variables.forEach((variable, k) => found.set(variable, boxes[k]));
        const of = (node: Node): IntervalArray => found.get(node) ?? nowhere;
        for (const { node, rule } of steps) found.set(node, rule(node.args.map(of), number));
        return wanted.map(of);
      };
    },
  };
}

const nowhere: IntervalArray = { low: new Float64Array(), high: new Float64Array() };

const ulp = 2.3e-16;
const down = (x: number): number => (Number.isNaN(x) ? -Infinity : x - Math.abs(x) * ulp);
const up = (x: number): number => (Number.isNaN(x) ? Infinity : x + Math.abs(x) * ulp);

function exactly(count: number, at: (k: number) => Interval): IntervalArray {
  const low = new Float64Array(count);
  const high = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const i = at(k);
    low[k] = i.low;
    high[k] = i.high;
  }
  return { low, high };
}

const entries = (count: number, at: (k: number) => Interval): IntervalArray =>
  exactly(count, (k) => {
    const { low, high } = at(k);
    return interval(down(low), up(high));
  });

const entry = ({ low, high }: IntervalArray, k: number): Interval => interval(low[k], high[k]);

function numbersOf(shape: readonly Dim[], sizes: Sizes): readonly number[] | undefined {
  const found = shape.map((dim) => constantValue(dim) ?? evaluateDim(dim, sizes));
  const known = found.flatMap((size) => (size === undefined ? [] : [size]));
  return known.length < found.length ? undefined : known;
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function stridesOf(shape: readonly number[]): readonly number[] {
  const strides = shape.map(() => 1);
  for (let k = shape.length - 2; k >= 0; k--) strides[k] = strides[k + 1] * shape[k + 1];
  return strides;
}

/** Every position of a shape, last axis fastest. */
function* positions(shape: readonly number[]): Generator<readonly number[]> {
  const at = shape.map(() => 0);
  const count = product(shape);
  for (let k = 0; k < count; k++) {
    yield at;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]++;
      if (at[axis] < shape[axis]) break;
      at[axis] = 0;
    }
  }
}

/** Entries taken from places of one argument; -1 is a zero. */
const taking =
  (places: readonly number[]): Rule =>
  ([x]) => ({
    low: Float64Array.from(places, (k) => (k < 0 ? 0 : x.low[k])),
    high: Float64Array.from(places, (k) => (k < 0 ? 0 : x.high[k])),
  });

function ruleOf(node: Node, sizes: Sizes, depends: ReadonlySet<Node>): Rule | undefined {
  const shape = numbersOf(node.type.shape, sizes);
  if (shape === undefined || node.results.length > 1 || node.type.storage === 'csr')
    return undefined;
  const argShapes = node.args.map((arg) => numbersOf(arg.type.shape, sizes));
  const shapes = argShapes.flatMap((each) => (each === undefined ? [] : [each]));
  if (shapes.length < argShapes.length) return undefined;
  const count = product(shape);
  const [first = []] = shapes;
  const strides = stridesOf(first);
  const flat = (at: readonly number[]): number =>
    at.reduce((sum, k, axis) => sum + k * strides[axis], 0);
  const placed = (from: (at: readonly number[]) => number): Rule => {
    const places: number[] = [];
    for (const at of positions(shape)) places.push(from(at));
    return taking(places);
  };
  const dims = (list: readonly Dim[]): readonly number[] => numbersOf(list, sizes) ?? [];
  if (isOp(node, 'unary')) {
    const { fn } = node.attributes;
    if (fn === 'not') return ([x]) => exactly(count, (k) => interval(1 - x.high[k], 1 - x.low[k]));
    return ([x]) => entries(count, (k) => unaryFacts(fn, entry(x, k)).image);
  }
  if (isOp(node, 'binary')) return binaryRule(node, count);
  if (isOp(node, 'select'))
    return ([c, a, b]) =>
      exactly(count, (k) =>
        c.low[k] === 1
          ? entry(a, k)
          : c.high[k] === 0
            ? entry(b, k)
            : hull(entry(a, k), entry(b, k)),
      );
  if (isOp(node, 'stop') || isOp(node, 'oracle') || isOp(node, 'reshape')) return ([x]) => x;
  if (isOp(node, 'broadcast')) {
    const { axes } = node.attributes;
    return placed((at) => flat(axes.map((axis) => at[axis])));
  }
  if (isOp(node, 'transpose')) {
    const { permutation } = node.attributes;
    return placed((at) => {
      const from = first.map(() => 0);
      permutation.forEach((axis, k) => (from[axis] = at[k]));
      return flat(from);
    });
  }
  if (isOp(node, 'slice')) {
    const start = dims(node.attributes.start);
    return placed((at) => flat(at.map((k, axis) => k + start[axis])));
  }
  if (isOp(node, 'pad')) {
    const before = dims(node.attributes.before);
    return placed((at) => {
      const from = at.map((k, axis) => k - before[axis]);
      return from.every((k, axis) => k >= 0 && k < first[axis]) ? flat(from) : -1;
    });
  }
  if (isOp(node, 'reverse')) {
    const { axis } = node.attributes;
    return placed((at) => flat(at.map((k, a) => (a === axis ? first[a] - 1 - k : k))));
  }
  if (isOp(node, 'concat')) return concatRule(shapes, node.attributes.axis, shape);
  if (isOp(node, 'gather')) {
    if (node.args.slice(1).some((index) => depends.has(index))) return undefined;
    return gatherRule(node, shape, first, shapes[1] ?? []);
  }
  if (isOp(node, 'reduce')) return reduceRule(node, shape, first);
  if (isOp(node, 'contract')) return contractRule(node, shape, shapes);
  return undefined;
}

function binaryRule(node: Node<'binary'>, count: number): Rule {
  const { fn } = node.attributes;
  const same = node.args[0] === node.args[1];
  if (same && fn === 'mul') return ([x]) => entries(count, (k) => square(entry(x, k)));
  if (same && fn === 'sub') return () => entries(count, () => interval(0, 0));
  const decided = (yes: boolean, no: boolean): Interval =>
    yes ? interval(1, 1) : no ? interval(0, 0) : interval(0, 1);
  switch (fn) {
    case 'le':
      return ([a, b]) =>
        exactly(count, (k) => decided(a.high[k] <= b.low[k], a.low[k] > b.high[k]));
    case 'lt':
      return ([a, b]) =>
        exactly(count, (k) => decided(a.high[k] < b.low[k], a.low[k] >= b.high[k]));
    case 'and':
      return ([a, b]) =>
        exactly(count, (k) =>
          interval(Math.min(a.low[k], b.low[k]), Math.min(a.high[k], b.high[k])),
        );
    case 'or':
      return ([a, b]) =>
        exactly(count, (k) =>
          interval(Math.max(a.low[k], b.low[k]), Math.max(a.high[k], b.high[k])),
        );
    default:
      return ([a, b]) => entries(count, (k) => binaryRanges[fn](entry(a, k), entry(b, k)));
  }
}

function concatRule(
  shapes: readonly (readonly number[])[],
  axis: number,
  shape: readonly number[],
): Rule {
  const part: number[] = [];
  const place: number[] = [];
  for (const at of positions(shape)) {
    let k = at[axis];
    let which = 0;
    while (k >= shapes[which][axis]) {
      k -= shapes[which][axis];
      which++;
    }
    const strides = stridesOf(shapes[which]);
    part.push(which);
    place.push(at.reduce((sum, p, a) => sum + (a === axis ? k : p) * strides[a], 0));
  }
  return (args) => ({
    low: Float64Array.from(part, (which, k) => args[which].low[place[k]]),
    high: Float64Array.from(part, (which, k) => args[which].high[place[k]]),
  });
}

function gatherRule(
  node: Node<'gather'>,
  shape: readonly number[],
  first: readonly number[],
  indexShape: readonly number[],
): Rule {
  const { axes } = node.attributes;
  const strides = stridesOf(first);
  const rest = first.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const indexStrides = stridesOf(indexShape);
  return ([x], given) => {
    const indices = node.args.slice(1).map(given);
    const places: number[] = [];
    for (const at of positions(shape)) {
      const lane = indexShape.reduce((sum, _, k) => sum + at[k] * indexStrides[k], 0);
      const taken = axes.reduce((sum, axis, k) => sum + indices[k][lane] * strides[axis], 0);
      const others = rest.reduce(
        (sum, axis, k) => sum + at[indexShape.length + k] * strides[axis],
        0,
      );
      places.push(taken + others);
    }
    return taking(places)([x], given);
  };
}

function reduceRule(
  node: Node<'reduce'>,
  shape: readonly number[],
  first: readonly number[],
): Rule | undefined {
  const { fn, axes } = node.attributes;
  if (fn === 'any' || fn === 'all') return undefined;
  const strides = stridesOf(shape);
  const kept = first.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const into: number[] = [];
  for (const at of positions(first))
    into.push(kept.reduce((sum, axis, k) => sum + at[axis] * strides[k], 0));
  const combine = {
    sum: binaryRanges.add,
    prod: binaryRanges.mul,
    max: binaryRanges.max,
    min: binaryRanges.min,
  }[fn];
  return ([x]) => {
    const totals: (Interval | undefined)[] = Array.from(
      { length: product(shape) },
      () => undefined,
    );
    into.forEach((to, k) => {
      const before = totals[to];
      const next = before === undefined ? entry(x, k) : combine(before, entry(x, k));
      totals[to] = interval(down(next.low), up(next.high));
    });
    const empty = fn === 'prod' ? 1 : 0;
    return entries(totals.length, (k) => totals[k] ?? interval(empty, empty));
  };
}

function contractRule(
  node: Node<'contract'>,
  shape: readonly number[],
  [left, right]: readonly (readonly number[])[],
): Rule | undefined {
  const { sum, batch } = node.attributes;
  const same = node.args[0] === node.args[1];
  const [leftStrides, rightStrides] = [stridesOf(left), stridesOf(right)];
  const freeLeft = left
    .map((_, axis) => axis)
    .filter((axis) => ![...sum, ...batch].some(([a]) => a === axis));
  const freeRight = right
    .map((_, axis) => axis)
    .filter((axis) => ![...sum, ...batch].some(([, b]) => b === axis));
  const summed = sum.map(([a]) => left[a]);
  if (product(shape) * product(summed) > mostProducts) return undefined;
  const pairs: { readonly a: number; readonly b: number }[][] = [];
  for (const at of positions(shape)) {
    const offset = batch.length;
    const a0 =
      batch.reduce((t, [a], k) => t + at[k] * leftStrides[a], 0) +
      freeLeft.reduce((t, axis, k) => t + at[offset + k] * leftStrides[axis], 0);
    const b0 =
      batch.reduce((t, [, b], k) => t + at[k] * rightStrides[b], 0) +
      freeRight.reduce(
        (t, axis, k) => t + at[offset + freeLeft.length + k] * rightStrides[axis],
        0,
      );
    const list: { readonly a: number; readonly b: number }[] = [];
    for (const s of positions(summed))
      list.push({
        a: a0 + sum.reduce((t, [axis], k) => t + s[k] * leftStrides[axis], 0),
        b: b0 + sum.reduce((t, [, axis], k) => t + s[k] * rightStrides[axis], 0),
      });
    pairs.push(list);
  }
  return ([x, y]) =>
    entries(pairs.length, (k) =>
      pairs[k].reduce(
        (total, { a, b }) => {
          const term =
            same && a === b ? square(entry(x, a)) : binaryRanges.mul(entry(x, a), entry(y, b));
          const next = binaryRanges.add(total, term);
          return interval(down(next.low), up(next.high));
        },
        interval(0, 0),
      ),
    );
}
