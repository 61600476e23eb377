// The degree of every entry as a polynomial of the variables: 0 constant, 1 affine, 2 quadratic, …, infinite where it is none.
// An upper bound: terms that cancel are counted.
import { constantValue } from '../../tensor/dim.ts';
import type { BinaryFn, Node, NodeOf, Op, Region, UnaryFn } from '../../tensor/ir.ts';
import { isNonnegative, isNonpositive } from './interval.ts';
import { constantCount, uniformValue } from './nodes.ts';
import type { RangeOf } from './range.ts';

export type DegreeOf = (node: Node) => number;

interface DegreeScope {
  readonly degree: DegreeOf;
  readonly range: RangeOf;
  /** Degrees of the results of a region, its parameters having the degrees given. */
  readonly within: (region: Region, parameters: readonly number[]) => readonly number[];
}
type DegreeRule<O extends Op> = (node: NodeOf<O>, scope: DegreeScope) => number;

const highest = (nodes: readonly Node[], { degree }: DegreeScope): number =>
  nodes.reduce((most, node) => Math.max(most, degree(node)), 0);

/** Constant of constants, else no polynomial. */
const opaque = (node: Node, scope: DegreeScope): number =>
  highest(node.args, scope) === 0 ? 0 : Infinity;
/** Linear in all arguments together. */
const joint = (node: Node, scope: DegreeScope): number => highest(node.args, scope);
/** Linear in the first argument; the others address or multiply. */
const linearInFirst = (node: Node, scope: DegreeScope): number =>
  highest(node.args.slice(1), scope) === 0 ? scope.degree(node.args[0]) : Infinity;
const linearInSecond = (node: Node, scope: DegreeScope): number =>
  scope.degree(node.args[0]) === 0 ? scope.degree(node.args[1]) : Infinity;
const constant = (): number => 0;
/** 0 times infinite is 0. */
const times = (count: number, degree: number): number =>
  degree === 0 || count === 0 ? 0 : count * degree;

function unaryDegree(fn: UnaryFn, x: Node, scope: DegreeScope): number {
  const d = scope.degree(x);
  if (d === 0 || fn === 'neg') return d;
  if (fn === 'abs') {
    const i = scope.range(x);
    return isNonnegative(i) || isNonpositive(i) ? d : Infinity;
  }
  return Infinity;
}

/** A whole exponent that is not negative, or several of them. */
function exponentOf(node: Node): number {
  const value = uniformValue(node);
  const values =
    value !== undefined ? [value] : node.op === 'literal' ? node.attributes.values : undefined;
  if (values === undefined || values.some((v) => !Number.isInteger(v) || v < 0)) return Infinity;
  return values.reduce((most, v) => Math.max(most, v), 0);
}

const binaryDegrees: {
  readonly [F in BinaryFn]: (a: Node, b: Node, scope: DegreeScope) => number;
} = {
  add: (a, b, scope) => highest([a, b], scope),
  sub: (a, b, scope) => (a === b ? 0 : highest([a, b], scope)),
  mul: (a, b, { degree }) => degree(a) + degree(b),
  div: (a, b, { degree }) => (degree(b) === 0 ? degree(a) : Infinity),
  pow: (a, b, { degree }) => (degree(b) > 0 ? Infinity : times(exponentOf(b), degree(a))),
  max: (a, b, scope) => extremum(a, b, scope, 1),
  min: (a, b, scope) => extremum(a, b, scope, -1),
  atan2: constantOnly,
  mod: constantOnly,
  eq: constantOnly,
  ne: constantOnly,
  le: constantOnly,
  lt: constantOnly,
  and: constantOnly,
  or: constantOnly,
  xlogy: (a, b, { degree }) => (degree(b) === 0 ? degree(a) : Infinity),
  kl: constantOnly,
};

function constantOnly(a: Node, b: Node, scope: DegreeScope): number {
  return highest([a, b], scope) === 0 ? 0 : Infinity;
}

/** max and min of two expressions of which one is known to be the larger. */
function extremum(a: Node, b: Node, scope: DegreeScope, sense: 1 | -1): number {
  if (highest([a, b], scope) === 0) return 0;
  const [p, q] = [scope.range(a), scope.range(b)];
  const [larger, smaller] = sense === 1 ? [a, b] : [b, a];
  if (p.low >= q.high) return scope.degree(larger);
  return q.low >= p.high ? scope.degree(smaller) : Infinity;
}

/** Degrees of a loop's states: raised until the body no longer raises them; what goes on growing has no degree. */
function settle(
  start: readonly number[],
  step: (states: readonly number[]) => readonly number[],
): readonly number[] {
  let states = start;
  for (let pass = 0; ; pass++) {
    const before = states;
    const next = step(before);
    states = before.map((d, k) => {
      const raised = Math.max(d, next[k] ?? 0);
      return raised > d && pass >= 4 ? Infinity : raised;
    });
    if (states.every((d, k) => d === before[k])) return states;
  }
}

function loopDegrees(node: NodeOf<'loop'>, scope: DegreeScope): readonly number[] {
  const [count, ...inits] = node.args;
  const { region, states } = node.attributes;
  const all = region.results.map(() => Infinity);
  if (scope.degree(count) > 0) return all;
  const final = settle(inits.map(scope.degree), (d) =>
    scope.within(region, [0, ...d]).slice(0, states),
  );
  return [...final, ...scope.within(region, [0, ...final]).slice(states)];
}

function whileDegrees(node: NodeOf<'while'>, scope: DegreeScope): readonly number[] {
  const { condition, body } = node.attributes;
  const final = settle(node.args.map(scope.degree), (d) => scope.within(body, d));
  return scope.within(condition, final)[0] === 0 ? final : final.map(() => Infinity);
}

function condDegrees(node: NodeOf<'cond'>, scope: DegreeScope): readonly number[] {
  const { then, otherwise } = node.attributes;
  if (scope.degree(node.args[0]) > 0) return then.results.map(() => Infinity);
  return then.results.map((x, k) => Math.max(scope.degree(x), scope.degree(otherwise.results[k])));
}

/** An equation affine in its unknown and the variables together has an affine solution. */
function implicitDegree(region: Region, scope: DegreeScope, allowed: number): number {
  if (scope.within(region, [0])[0] === 0) return 0;
  const together = scope.within(region, [1])[0];
  return together <= allowed ? 1 : Infinity;
}

export const degreeRules: { readonly [O in Op]: DegreeRule<O> } = {
  input: constant,
  parameter: constant,
  constant,
  literal: constant,
  size: constant,
  iota: constant,
  unary: (node, scope) => unaryDegree(node.attributes.fn, node.args[0], scope),
  binary: (node, scope) => binaryDegrees[node.attributes.fn](node.args[0], node.args[1], scope),
  select: (node, scope) =>
    scope.degree(node.args[0]) === 0 ? highest(node.args.slice(1), scope) : Infinity,
  stop: joint,
  oracle: joint,
  broadcast: joint,
  transpose: joint,
  reshape: joint,
  slice: joint,
  pad: joint,
  reverse: joint,
  concat: joint,
  gather: linearInFirst,
  scatter: linearInFirst,
  put: (node, scope) =>
    highest(node.args.slice(2), scope) === 0 ? highest(node.args.slice(0, 2), scope) : Infinity,
  compress: opaque,
  reduce: (node, scope) => {
    const { fn, axes } = node.attributes;
    const [x] = node.args;
    if (fn === 'sum') return scope.degree(x);
    if (fn !== 'prod') return opaque(node, scope);
    const count = constantCount(axes.map((axis) => x.type.shape[axis]));
    return times(count ?? Infinity, scope.degree(x));
  },
  argreduce: opaque,
  cumulate: (node, scope) => {
    const [x] = node.args;
    if (node.attributes.fn === 'sum') return scope.degree(x);
    return times(constantValue(x.type.shape[node.attributes.axis]) ?? Infinity, scope.degree(x));
  },
  sort: opaque,
  argsort: opaque,
  contract: (node, { degree }) => degree(node.args[0]) + degree(node.args[1]),
  cholesky: opaque,
  triangularSolve: linearInSecond,
  solve: linearInSecond,
  leastSquares: linearInSecond,
  qr: opaque,
  eigh: opaque,
  svd: opaque,
  logabsdet: opaque,
  expm: opaque,
  part: (node, scope) => {
    const [whole] = node.args;
    const { index } = node.attributes;
    if (whole.op === 'loop') return loopDegrees(whole, scope)[index];
    if (whole.op === 'while') return whileDegrees(whole, scope)[index];
    return whole.op === 'cond' ? condDegrees(whole, scope)[index] : scope.degree(whole);
  },
  loop: (node, scope) => Math.max(...loopDegrees(node, scope)),
  while: (node, scope) => Math.max(...whileDegrees(node, scope)),
  cond: (node, scope) => Math.max(...condDegrees(node, scope)),
  root: (node, scope) => implicitDegree(node.attributes.residual, scope, 1),
  fixpoint: (node, scope) => implicitDegree(node.attributes.map, scope, 1),
  minimizer: (node, scope) => implicitDegree(node.attributes.objective, scope, 2),
  draw: opaque,
  sample: opaque,
};

const applyRule = <O extends Op>(node: NodeOf<O>, scope: DegreeScope): number =>
  degreeRules[node.op](node, scope);

/** Degrees in the leaves that `leaf` gives a degree; it answers undefined for all other nodes. */
export function degreesIn(leaf: (node: Node) => number | undefined, range: RangeOf): DegreeOf {
  return scopeOf(leaf, range, () => undefined).degree;
}

function scopeOf(
  leaf: (node: Node) => number | undefined,
  range: RangeOf,
  outer: (node: Node) => number | undefined,
): DegreeScope {
  const found = new Map<number, number>();
  const degree: DegreeOf = (root) => {
    const before = found.get(root.id);
    if (before !== undefined) return before;
    const stack = [root];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      if (found.has(node.id)) {
        stack.pop();
        continue;
      }
      const given = leaf(node) ?? outer(node);
      const below = stack.length;
      if (given === undefined) for (const arg of node.args) if (!found.has(arg.id)) stack.push(arg);
      if (stack.length > below) continue;
      stack.pop();
      found.set(node.id, given ?? applyRule(node, scope));
    }
    return found.get(root.id) ?? Infinity;
  };
  const scope: DegreeScope = {
    degree,
    range,
    within: (region, parameters) => {
      const given = new Map<Node, number>(region.parameters.map((p, k) => [p, parameters[k] ?? 0]));
      const keys = new Set(region.parameters.map((p) => p.attributes.key));
      const inner = scopeOf(
        (node) => given.get(node) ?? leaf(node),
        range,
        (node) => (node.free.some((key) => keys.has(key)) ? undefined : degree(node)),
      );
      return region.results.map(inner.degree);
    },
  };
  return scope;
}
