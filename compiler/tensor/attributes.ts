// One entry an operation for its attributes: the text that interning compares them by, and how to map the sizes and regions in them.
import type { Dim } from './dim.ts';
import type { Attributes, Node, Op, Region } from './ir.ts';

/** What a map over attributes replaces. */
export interface AttributeMap {
  readonly dim: (dim: Dim) => Dim;
  readonly region: (region: Region) => Region;
}

/** `text` needs a way to name regions; all else is written out. */
interface AttributeRule<O extends Op> {
  readonly text: (attributes: Attributes[O], region: (region: Region) => string) => string;
  readonly map: (attributes: Attributes[O], map: AttributeMap) => Attributes[O];
}

const shapeText = (shape: readonly Dim[]): string => shape.map((dim) => dim.key).join(',');
const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

const none = { text: () => '', map: <A>(attributes: A): A => attributes };
const fixed = <A>(attributes: A): A => attributes;

export const attributeRules: { readonly [O in Op]: AttributeRule<O> } = {
  input: { text: ({ name, role }) => `${role} ${name}`, map: fixed },
  parameter: { text: ({ key }) => String(key), map: fixed },
  constant: { text: ({ value }) => numberText(value), map: fixed },
  literal: { text: ({ values }) => values.map(numberText).join(','), map: fixed },
  size: { text: ({ dim }) => dim.key, map: ({ dim }, map) => ({ dim: map.dim(dim) }) },
  iota: {
    text: ({ start, length }) => `${start.key};${length.key}`,
    map: ({ start, length }, map) => ({ start: map.dim(start), length: map.dim(length) }),
  },
  unary: { text: ({ fn }) => fn, map: fixed },
  binary: { text: ({ fn }) => fn, map: fixed },
  select: none,
  stop: none,
  oracle: {
    text: ({ kind, name, times }) => `${kind} ${name} ${times.key}`,
    map: (a, map) => ({ ...a, times: map.dim(a.times) }),
  },
  broadcast: {
    text: ({ shape, axes }) => `${shapeText(shape)};${axes.join()}`,
    map: ({ shape, axes }, map) => ({ shape: shape.map(map.dim), axes }),
  },
  transpose: { text: ({ permutation }) => permutation.join(), map: fixed },
  reshape: {
    text: ({ shape }) => shapeText(shape),
    map: ({ shape }, map) => ({ shape: shape.map(map.dim) }),
  },
  slice: {
    text: ({ start, size }) => `${shapeText(start)};${shapeText(size)}`,
    map: ({ start, size }, map) => ({ start: start.map(map.dim), size: size.map(map.dim) }),
  },
  pad: {
    text: ({ before, shape }) => `${shapeText(before)};${shapeText(shape)}`,
    map: ({ before, shape }, map) => ({ before: before.map(map.dim), shape: shape.map(map.dim) }),
  },
  reverse: { text: ({ axis }) => String(axis), map: fixed },
  concat: { text: ({ axis }) => String(axis), map: fixed },
  gather: { text: ({ axes, inBounds }) => `${axes.join()};${inBounds}`, map: fixed },
  scatter: {
    text: ({ axes, shape }) => `${axes.join()};${shapeText(shape)}`,
    map: ({ axes, shape }, map) => ({ axes, shape: shape.map(map.dim) }),
  },
  put: { text: ({ axes }) => axes.join(), map: fixed },
  compress: {
    text: ({ length }) => length.key,
    map: ({ length }, map) => ({ length: map.dim(length) }),
  },
  reduce: { text: ({ fn, axes }) => `${fn};${axes.join()}`, map: fixed },
  argreduce: { text: ({ fn, axis }) => `${fn};${axis}`, map: fixed },
  cumulate: { text: ({ fn, axis, reverse }) => `${fn};${axis};${reverse}`, map: fixed },
  sort: { text: ({ axis, descending }) => `${axis};${descending}`, map: fixed },
  argsort: { text: ({ axis, descending }) => `${axis};${descending}`, map: fixed },
  contract: { text: ({ batch, sum }) => `${batch.join('|')};${sum.join('|')}`, map: fixed },
  cholesky: none,
  triangularSolve: { text: ({ lower, transposed }) => `${lower};${transposed}`, map: fixed },
  solve: { text: ({ positiveDefinite }) => String(positiveDefinite), map: fixed },
  leastSquares: none,
  qr: none,
  eigh: none,
  svd: none,
  logabsdet: none,
  expm: none,
  part: { text: ({ index }) => String(index), map: fixed },
  loop: {
    text: ({ region, states, length }, name) => `${states};${length?.key ?? ''};${name(region)}`,
    map: ({ region, states, length }, map) => ({
      region: map.region(region),
      states,
      length: length === undefined ? undefined : map.dim(length),
    }),
  },
  while: {
    text: ({ condition, body }, name) => `${name(condition)};${name(body)}`,
    map: ({ condition, body }, map) => ({
      condition: map.region(condition),
      body: map.region(body),
    }),
  },
  cond: {
    text: ({ then, otherwise }, name) => `${name(then)};${name(otherwise)}`,
    map: ({ then, otherwise }, map) => ({
      then: map.region(then),
      otherwise: map.region(otherwise),
    }),
  },
  root: {
    text: ({ residual, solved, members }, name) => `${name(residual)};${solved};${members}`,
    map: (a, map) => ({ ...a, residual: map.region(a.residual) }),
  },
  fixpoint: {
    text: (a, name) => name(a.map),
    map: (a, map) => ({ map: map.region(a.map) }),
  },
  minimizer: {
    text: ({ objective }, name) => name(objective),
    map: ({ objective }, map) => ({ objective: map.region(objective) }),
  },
  draw: {
    text: ({ distribution, site, parameters, shape, stream }) =>
      `${distribution};${site};${parameters};${shapeText(shape)};${stream}`,
    map: (a, map) => ({ ...a, shape: a.shape.map(map.dim) }),
  },
  sample: {
    text: ({ site, population, count }) => `${site};${population.key};${count.key}`,
    map: ({ site, population, count }, map) => ({
      site,
      population: map.dim(population),
      count: map.dim(count),
    }),
  },
};

/** The text of the attributes of an operation. */
export function attributesText<O extends Op>(
  op: O,
  attributes: Attributes[O],
  region: (region: Region) => string,
): string {
  return attributeRules[op].text(attributes, region);
}

export function mapAttributes<O extends Op>(
  op: O,
  attributes: Attributes[O],
  map: AttributeMap,
): Attributes[O] {
  return attributeRules[op].map(attributes, map);
}

const noRegions: readonly Region[] = [];

/** The regions that a node holds. */
export function regionsOf(node: Node): readonly Region[] {
  switch (node.op) {
    case 'loop':
      return [node.attributes.region];
    case 'while':
      return [node.attributes.condition, node.attributes.body];
    case 'cond':
      return [node.attributes.then, node.attributes.otherwise];
    case 'root':
      return [node.attributes.residual];
    case 'fixpoint':
      return [node.attributes.map];
    case 'minimizer':
      return [node.attributes.objective];
    default:
      return noRegions;
  }
}
