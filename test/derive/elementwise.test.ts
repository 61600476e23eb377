import { describe, expect, test } from 'vitest';
import { grad } from '../../compiler/derive/grad.ts';
import { hess } from '../../compiler/derive/hess.ts';
import { createGraph } from '../../compiler/tensor/graph.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import type { BinaryFn, UnaryFn } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';
import { checkCase, dense } from './check.ts';

/** Points inside the domain, away from kinks. */
const unaryPoints: { readonly [F in UnaryFn]: readonly number[] } = {
  neg: [-1.3, 0, 2.1],
  abs: [-1.3, 0.4, 2.1],
  sign: [-1.3, 0.4, 2.1],
  sqrt: [0.4, 1, 9.3],
  cbrt: [-2.2, 0.4, 3],
  exp: [-3.1, 0, 1.7],
  log: [0.4, 1, 9.3],
  log1p: [-0.6, 0.01, 4],
  expm1: [-3.1, 0.01, 1.7],
  sin: [-3.1, 0.2, 1.7],
  cos: [-3.1, 0.2, 1.7],
  tan: [-1.1, 0.2, 1.2],
  asin: [-0.7, 0.1, 0.8],
  acos: [-0.7, 0.1, 0.8],
  atan: [-2.7, 0.1, 1.8],
  sinh: [-2.7, 0.1, 1.8],
  cosh: [-2.7, 0.1, 1.8],
  tanh: [-2.7, 0.1, 1.8],
  sigmoid: [-5.7, 0.1, 3.8],
  softplus: [-5.7, 0.1, 3.8],
  erf: [-1.7, 0.1, 0.8],
  lgamma: [0.6, 2.5, 11.3],
  digamma: [0.6, 2.5, 11.3],
  trigamma: [0.6, 2.5, 11.3],
  floor: [-1.3, 0.4, 2.1],
  ceil: [-1.3, 0.4, 2.1],
  round: [-1.3, 0.4, 2.1],
  not: [0.3, 1.2],
  xlogx: [0.4, 1, 9.3],
  isnan: [0.4, 1, 9.3],
};

/** Pairs (x, y), flat. */
const binaryPoints: { readonly [F in BinaryFn]: readonly number[] } = {
  add: [1.2, -3, 0.4, 2],
  sub: [1.2, -3, 0.4, 2],
  mul: [1.2, -3, 0.4, 2],
  div: [1.2, -3, 0.4, 2],
  pow: [1.2, -1.3, 0.4, 2.4],
  max: [1.2, -3, 0.4, 2],
  min: [1.2, -3, 0.4, 2],
  atan2: [1.2, -3, 0.4, 2],
  mod: [7.2, 3, -4.4, 2.5],
  eq: [1.2, -3, 0.4, 2],
  ne: [1.2, -3, 0.4, 2],
  le: [1.2, -3, 0.4, 2],
  lt: [1.2, -3, 0.4, 2],
  and: [1.2, -3, 0.4, 2],
  or: [1.2, -3, 0.4, 2],
  xlogy: [1.2, 3, 0.4, 2],
  kl: [1.2, 3, 0.4, 2],
};

const entries = <K extends string, V>(table: { readonly [P in K]: V }): readonly [string, V][] =>
  Object.entries<V>(table);

describe('unary functions', () => {
  for (const [name, point] of entries<UnaryFn, readonly number[]>(unaryPoints))
    test(name, () =>
      checkCase({
        name,
        shape: [point.length],
        point,
        step: 0.02,
        build: (g, x) => {
          const fn = unaryFn(name);
          // Times x, so that the rule is used on a tangent with a history.
          return g.mul(g.unary(fn, x), x);
        },
      }),
    );
});

describe('binary functions', () => {
  for (const [name, point] of entries<BinaryFn, readonly number[]>(binaryPoints)) {
    const fn = binaryFn(name);
    test(name, () =>
      checkCase({
        name,
        shape: [2, 2],
        point,
        step: 0.02,
        build: (g, x) => g.mul(g.binary(fn, g.at(x, 1, 0), g.at(x, 1, 1)), g.at(x, 1, 0)),
      }),
    );
    test(`${name} with a constant`, () => {
      const left = point.filter((_, k) => k % 2 === 0);
      const right = point.filter((_, k) => k % 2 === 1);
      const shape = [left.length];
      const step = 0.02;
      checkCase({
        name,
        shape,
        point: left,
        step,
        build: (g, x) => g.binary(fn, x, g.literal(right)),
      });
      const positive = name === 'pow' ? [1.1, 0.4] : left;
      checkCase({
        name,
        shape,
        point: right,
        step,
        build: (g, y) => g.binary(fn, g.literal(positive), y),
      });
    });
  }
});

function unaryFn(name: string): UnaryFn {
  const found = names(unaryPoints).find((fn) => fn === name);
  if (found === undefined) throw new Error(name);
  return found;
}

function binaryFn(name: string): BinaryFn {
  const found = names(binaryPoints).find((fn) => fn === name);
  if (found === undefined) throw new Error(name);
  return found;
}

function names<K extends string>(table: { readonly [P in K]: unknown }): readonly K[] {
  const found: K[] = [];
  for (const name in table) found.push(name);
  return found;
}

describe('at edges of the domain', () => {
  const at = (
    point: readonly number[],
    build: (
      g: ReturnType<typeof createGraph>,
      x: Parameters<typeof grad>[1],
    ) => Parameters<typeof grad>[1],
  ): { readonly first: readonly number[]; readonly second: readonly number[] } => {
    const g = createGraph();
    const x = g.input('x', 'variable', realType([point.length]));
    const e = build(g, x);
    const { values } = interpret([grad(g, e, x), hess(g, e, x)], {
      inputs: { x: dense([point.length], point) },
    });
    return { first: [...values[0].data], second: [...values[1].data] };
  };

  test('the norm at 0 has the gradient 0', () => {
    const { first, second } = at([0, 0], (g, x) => g.sqrt(g.sumsq(x)));
    expect(first).toEqual([0, 0]);
    expect(second).toEqual([0, 0, 0, 0]);
  });
  test('a 3-norm at 0 has the gradient 0', () => {
    const { first } = at([0, 0], (g, x) => g.pow(g.sum(g.pow(g.abs(x), 3)), 1 / 3));
    expect(first).toEqual([0, 0]);
  });
  test('powers at 0', () => {
    expect(at([0, 2], (g, x) => g.sum(g.pow(x, 2)))).toEqual({
      first: [0, 4],
      second: [2, 0, 0, 2],
    });
    expect(at([0, 2], (g, x) => g.sum(g.pow(x, 1))).first).toEqual([1, 1]);
    expect(at([0, 2], (g, x) => g.sum(g.pow(x, 3))).second).toEqual([0, 0, 0, 12]);
    expect(at([0, 3], (g, x) => g.pow(g.at(x, 0, 0), g.at(x, 0, 1))).first).toEqual([0, 0]);
  });
  test('ties of max split evenly', () => {
    expect(at([1, 1], (g, x) => g.max(g.at(x, 0, 0), g.at(x, 0, 1))).first).toEqual([0.5, 0.5]);
    expect(at([1, 1, 0], (g, x) => g.maxOver(x)).first).toEqual([0.5, 0.5, 0]);
    expect(at([1, 2, 1], (g, x) => g.minOver(x)).first).toEqual([0.5, 0, 0.5]);
  });
  test('products with zeros', () => {
    expect(at([0, 2, 3], (g, x) => g.prod(x)).first).toEqual([6, 0, 0]);
    expect(at([0, 0, 3], (g, x) => g.prod(x))).toEqual({
      first: [0, 0, 0],
      second: [0, 3, 0, 3, 0, 0, 0, 0, 0],
    });
  });
  test('saturated sigmoid and softplus keep their digits', () => {
    const { first, second } = at([40, -40], (g, x) => g.sum(g.softplus(x)));
    expect(first[0]).toBe(1);
    expect(first[1]).toBeCloseTo(Math.exp(-40), 30);
    expect(second[0] / Math.exp(-40)).toBeCloseTo(1, 12);
    expect(second[3] / Math.exp(-40)).toBeCloseTo(1, 12);
  });
  test('a branch that is not taken may fail', () => {
    const entropy: Parameters<typeof at>[1] = (g, x) =>
      g.sum(g.select(g.gt(x, 0), g.mul(x, g.log(x)), 0));
    expect(at([0, 1, -1], entropy)).toEqual({
      first: [0, 1, 0],
      second: [0, 0, 0, 0, 1, 0, 0, 0, 0],
    });
    const root: Parameters<typeof at>[1] = (g, x) =>
      g.sum(g.select(g.lt(x, 1), x, g.add(g.sqrt(g.sub(x, 1)), g.exp(x))));
    expect(at([0, -1], root).first).toEqual([1, 1]);
    const nested: Parameters<typeof at>[1] = (g, x) =>
      g.sum(g.select(g.gt(x, 0), g.select(g.lt(x, 1), g.mul(3, g.sqrt(x)), x), g.neg(x)));
    expect(at([-1, 2, 0], nested).first).toEqual([-1, 1, -1]);
    const steep: Parameters<typeof at>[1] = (g, x) =>
      g.sum(g.select(g.lt(x, 0), g.exp(g.neg(g.div(1, x))), g.sin(g.square(x))));
    expect(
      at([0, 900], (g, x) => g.sum(g.select(g.le(x, 1), g.expm1(g.square(x)), x))).first,
    ).toEqual([0, 1]);
    expect(at([0, 1], steep).first[0]).toBe(0);
  });
  test('x log y at 0', () => {
    expect(at([0, 0], (g, x) => g.xlogy(g.at(x, 0, 0), g.at(x, 0, 1))).first[1]).toBe(0);
    expect(at([0, 2], (g, x) => g.xlogy(g.at(x, 0, 0), g.at(x, 0, 1))).second[1]).toBe(0.5);
  });
});
