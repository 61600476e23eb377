// First and second derivatives of analytic operations by the complex step (Squire & Trapp 1998): the imaginary part at x + ih, over h, without
// differences and so to the last digits. A route of its own: complex arithmetic of textbook formulas over the graph.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grad } from '../../compiler/derive/grad.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import type { BinaryFn, Node, UnaryFn } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';

interface Complex {
  readonly re: number;
  readonly im: number;
}

const c = (re: number, im = 0): Complex => ({ re, im });
const add = (a: Complex, b: Complex): Complex => c(a.re + b.re, a.im + b.im);
const neg = (a: Complex): Complex => c(-a.re, -a.im);
const sub = (a: Complex, b: Complex): Complex => add(a, neg(b));
const mul = (a: Complex, b: Complex): Complex =>
  c(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
const div = (a: Complex, b: Complex): Complex => {
  const size = b.re ** 2 + b.im ** 2;
  return c((a.re * b.re + a.im * b.im) / size, (a.im * b.re - a.re * b.im) / size);
};
const exp = (a: Complex): Complex =>
  c(Math.exp(a.re) * Math.cos(a.im), Math.exp(a.re) * Math.sin(a.im));
const log = (a: Complex): Complex => c(Math.log(Math.hypot(a.re, a.im)), Math.atan2(a.im, a.re));
const sqrt = (a: Complex): Complex => exp(mul(c(0.5), log(a)));
const sin = (a: Complex): Complex =>
  c(Math.sin(a.re) * Math.cosh(a.im), Math.cos(a.re) * Math.sinh(a.im));
const cos = (a: Complex): Complex =>
  c(Math.cos(a.re) * Math.cosh(a.im), -Math.sin(a.re) * Math.sinh(a.im));
const sinh = (a: Complex): Complex =>
  c(Math.sinh(a.re) * Math.cos(a.im), Math.cosh(a.re) * Math.sin(a.im));
const cosh = (a: Complex): Complex =>
  c(Math.cosh(a.re) * Math.cos(a.im), Math.sinh(a.re) * Math.sin(a.im));
const atan = (a: Complex): Complex =>
  c(
    Math.atan2(2 * a.re, 1 - a.re ** 2 - a.im ** 2) / 2,
    Math.log1p((4 * a.im) / (a.re ** 2 + (1 - a.im) ** 2)) / 4,
  );
const asin = (a: Complex): Complex => atan(div(a, sqrt(sub(c(1), mul(a, a)))));

/** The Taylor series: arguments stay below 3. */
function erf(a: Complex): Complex {
  let [power, total] = [a, a];
  for (let n = 1; n < 80; n++) {
    power = div(mul(neg(power), mul(a, a)), c(n));
    total = add(total, div(power, c(2 * n + 1)));
  }
  return mul(c(2 / Math.sqrt(Math.PI)), total);
}

type Analytic = Exclude<
  UnaryFn,
  'abs' | 'sign' | 'lgamma' | 'digamma' | 'trigamma' | 'floor' | 'ceil' | 'round' | 'not' | 'isnan'
>;

const unary: { readonly [F in Analytic]: (a: Complex) => Complex } = {
  neg,
  sqrt,
  cbrt: (a) => exp(mul(c(1 / 3), log(a))),
  exp,
  log,
  log1p: (a) => log(add(c(1), a)),
  expm1: (a) => sub(exp(a), c(1)),
  sin,
  cos,
  tan: (a) => div(sin(a), cos(a)),
  asin,
  acos: (a) => sub(c(Math.PI / 2), asin(a)),
  atan,
  sinh,
  cosh,
  tanh: (a) => div(sinh(a), cosh(a)),
  sigmoid: (a) => div(c(1), add(c(1), exp(neg(a)))),
  softplus: (a) => log(add(c(1), exp(a))),
  erf,
  xlogx: (a) => mul(a, log(a)),
};

const truth = (holds: boolean): Complex => c(holds ? 1 : 0);

const binary: { readonly [F in Exclude<BinaryFn, 'mod'>]: (a: Complex, b: Complex) => Complex } = {
  add,
  sub,
  mul,
  div,
  pow: (a, b) =>
    b.im === 0 && Number.isInteger(b.re) && b.re >= 0
      ? Array.from({ length: b.re }).reduce<Complex>((made) => mul(made, a), c(1))
      : exp(mul(b, log(a))),
  atan2: (a, b) => atan(div(a, b)),
  xlogy: (a, b) => mul(a, log(b)),
  kl: (a, b) => add(sub(mul(a, log(div(a, b))), a), b),
  max: (a, b) => (a.re >= b.re ? a : b),
  min: (a, b) => (a.re <= b.re ? a : b),
  eq: (a, b) => truth(a.re === b.re),
  ne: (a, b) => truth(a.re !== b.re),
  le: (a, b) => truth(a.re <= b.re),
  lt: (a, b) => truth(a.re < b.re),
  and: (a, b) => truth(a.re !== 0 && b.re !== 0),
  or: (a, b) => truth(a.re !== 0 || b.re !== 0),
};

const isAnalytic = (fn: UnaryFn): fn is Analytic => Object.hasOwn(unary, fn);

function evaluate(node: Node, inputs: Readonly<Record<string, Complex>>): Complex {
  switch (node.op) {
    case 'input':
      return inputs[node.attributes.name];
    case 'constant':
      return c(node.attributes.value);
    case 'unary': {
      const { fn } = node.attributes;
      const inner = evaluate(node.args[0], inputs);
      if (fn === 'not') return truth(inner.re === 0);
      if (!isAnalytic(fn)) throw new Error(`${fn} is not analytic`);
      return unary[fn](inner);
    }
    case 'binary': {
      const { fn } = node.attributes;
      if (fn === 'mod') throw new Error('mod is not analytic');
      return binary[fn](evaluate(node.args[0], inputs), evaluate(node.args[1], inputs));
    }
    case 'select':
      return evaluate(node.args[evaluate(node.args[0], inputs).re === 0 ? 2 : 1], inputs);
    default:
      throw new Error(`no complex rule for ${node.op}`);
  }
}

/** Into the set where a function is analytic. */
const positive = (g: Graph, x: Node): Node => g.add(0.6, g.square(x));
const small = (g: Graph, x: Node): Node => g.mul(0.8, g.tanh(x));
const anywhere = (_: Graph, x: Node): Node => x;

const domain = (fn: Analytic): ((g: Graph, x: Node) => Node) => {
  if (['sqrt', 'cbrt', 'log', 'log1p', 'xlogx'].includes(fn)) return positive;
  if (['asin', 'acos', 'tan', 'erf', 'exp', 'expm1', 'sinh', 'cosh'].includes(fn)) return small;
  return anywhere;
};

type Build = (g: Graph, x: Node, y: Node) => Node;

const names: readonly Analytic[] = Object.keys(unary).filter((name): name is Analytic =>
  Object.hasOwn(unary, name),
);
const builds: readonly (readonly [string, Build])[] = [
  ...names.map((fn): readonly [string, Build] => [
    fn,
    (g, x, y) => g.unary(fn, domain(fn)(g, g.add(x, g.mul(0.5, y)))),
  ]),
  ['add', (g, x, y) => g.add(g.square(x), y)],
  ['sub', (g, x, y) => g.sub(x, g.square(y))],
  ['mul', (g, x, y) => g.mul(x, y)],
  ['div', (g, x, y) => g.div(x, positive(g, y))],
  ['pow', (g, x, y) => g.pow(positive(g, x), y)],
  ['a power of three', (g, x, y) => g.pow(g.add(x, y), 3)],
  ['atan2', (g, x, y) => g.binary('atan2', x, positive(g, y))],
  ['xlogy', (g, x, y) => g.binary('xlogy', x, positive(g, y))],
  ['kl', (g, x, y) => g.binary('kl', positive(g, x), positive(g, y))],
];

const h = 1e-30;

/** The derivative of a node by one input. */
const slope = (node: Node, at: readonly [number, number], by: 'x' | 'y'): number =>
  evaluate(node, { x: c(at[0], by === 'x' ? h : 0), y: c(at[1], by === 'y' ? h : 0) }).im / h;

function expectDerivatives(build: Build, at: readonly [number, number]): void {
  const g = createGraph();
  const [x, y] = ['x', 'y'].map((name) => g.input(name, 'variable', realType([])));
  const value = build(g, x, y);
  const first = [grad(g, value, x), grad(g, value, y)];
  const second = [grad(g, first[0], x), grad(g, first[0], y), grad(g, first[1], y)];
  const found = interpret([...first, ...second], { inputs: { x: at[0], y: at[1] } }).values;
  const expected = [
    slope(value, at, 'x'),
    slope(value, at, 'y'),
    slope(first[0], at, 'x'),
    slope(first[0], at, 'y'),
    slope(first[1], at, 'y'),
  ];
  const size = 1 + Math.max(...expected.map(Math.abs));
  expected.forEach((wanted, k) => {
    expect(
      Math.abs(found[k].data[0] - wanted),
      `entry ${k}: ${found[k].data[0]}, not ${wanted}`,
    ).toBeLessThan(1e-12 * size);
  });
}

const long = process.env.DOTOPT_LONG !== undefined;
const place = fc.tuple(
  fc.double({ min: -1.4, max: 1.4, noNaN: true }),
  fc.double({ min: -1.4, max: 1.4, noNaN: true }),
);

describe('by the complex step', () => {
  test.each(builds)('%s', (_, build) => {
    fc.assert(
      fc.property(place, (at) => expectDerivatives(build, at)),
      { numRuns: long ? 2000 : 30 },
    );
  });

  test('random compositions', () => {
    const chosen = fc.array(fc.nat(builds.length - 1), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(chosen, place, (list, at) => {
        // Each value is brought back to a moderate size before the next.
        const build: Build = (g, x, y) =>
          list.reduce((made, k) => builds[k][1](g, g.tanh(made), y), x);
        expectDerivatives(build, at);
      }),
      { numRuns: long ? 20_000 : 200 },
    );
  });
});
