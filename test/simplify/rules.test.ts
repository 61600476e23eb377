import { describe, expect, it } from 'vitest';
import { allRules } from '../../compiler/simplify/rules.ts';
import { simplifyNode } from '../../compiler/simplify/simplify.ts';
import {
  addDims,
  constantDim,
  multiplyDims,
  scaleDim,
  symbolDim,
} from '../../compiler/tensor/dim.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import type { Environment } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { printNode } from '../../compiler/tensor/print.ts';
import { boolType, intType, realType } from '../../compiler/tensor/type.ts';
import { createRandom, moveTo } from '../../runtime/random/random.ts';
import { distributions } from '../../runtime/random/distributions.ts';
import { disagreement } from '../tensor/agree.ts';

const n = symbolDim('n');
const m = symbolDim('m');
const twice = scaleDim(n, 2);

interface World {
  readonly g: Graph;
  readonly s: Node;
  readonly t: Node;
  readonly x: Node;
  readonly y: Node;
  readonly b: Node;
  readonly A: Node;
  readonly C: Node;
  readonly B: Node;
  readonly mask: Node;
  readonly k: Node;
}

function createWorld(): World {
  const g = createGraph();
  const real = (name: string, shape: Parameters<typeof realType>[0]): Node =>
    g.input(name, 'variable', realType(shape));
  return {
    g,
    s: real('s', []),
    t: real('t', []),
    x: real('x', [n]),
    y: real('y', [n]),
    b: real('b', [m]),
    A: real('A', [m, n]),
    C: real('C', [m, n]),
    B: real('B', [n, n]),
    mask: g.input('mask', 'data', boolType([n])),
    k: g.input('k', 'data', intType([])),
  };
}

/** Values of all inputs, positive so that every function is inside its domain. */
function environmentFor(seed: number): Environment {
  const sizes = { n: 3, m: 2 };
  const random = createRandom(seed, 'data');
  const values = (site: number, shape: readonly number[]) => {
    moveTo(random, site, []);
    const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
    distributions.uniform(random, data, [Float64Array.of(0.2), Float64Array.of(1.8)], 1);
    return { storage: 'dense', shape, data } as const;
  };
  return {
    sizes,
    inputs: {
      s: values(0, []),
      t: values(1, []),
      x: values(2, [3]),
      y: values(3, [3]),
      b: values(4, [2]),
      A: values(5, [2, 3]),
      C: values(6, [2, 3]),
      B: values(7, [3, 3]),
      mask: { storage: 'dense', shape: [3], data: Float64Array.of(1, 0, seed % 2) },
      k: seed % 3,
    },
  };
}

/** For each rule an expression to which it applies. `make` keeps the builder from simplifying by itself. */
const examples: Readonly<Record<string, (world: World) => Node>> = {
  'f(c)': ({ g, x }) => g.add(x, g.exp(g.full(2, [n]))),
  'f(c, d)': ({ g, x }) => g.mul(x, g.pow(g.full(2, [n]), g.full(3, [n]))),
  'literal of one value': ({ g, x }) => g.add(g.sum(x), g.sum(g.literal([3, 3, 3]))),
  'size without symbols': ({ g, s }) => g.mul(s, g.make('size', { dim: constantDim(4) }, [])),
  'any, all of a constant': ({ g, s }) => g.add(s, g.any(g.full(0, [3]))),

  'x + 0 = x': ({ g, x }) => g.make('binary', { fn: 'add' }, [x, g.zeros([n])]),
  'x - 0 = x': ({ g, x }) => g.make('binary', { fn: 'sub' }, [x, g.zeros([n])]),
  'x - x = 0': ({ g, x }) => g.sub(x, x),
  'x == x': ({ g, x }) => g.eq(x, x),
  'x <= x': ({ g, x }) => g.le(x, x),
  'x != x': ({ g, x }) => g.ne(x, x),
  'x < x': ({ g, x }) => g.lt(x, x),
  '1*x = x': ({ g, x }) => g.make('binary', { fn: 'mul' }, [g.ones([n]), x]),
  '0*x = 0': ({ g, x }) => g.mul(0, x),
  'x/1 = x': ({ g, x }) => g.make('binary', { fn: 'div' }, [x, g.ones([n])]),
  '0/x = 0': ({ g, x }) => g.div(0, x),
  'x^1 = x': ({ g, x }) => g.make('binary', { fn: 'pow' }, [x, g.ones([n])]),
  'x^0 = 1': ({ g, x }) => g.pow(x, 0),
  'max(x, x) = x': ({ g, x }) => g.max(x, x),
  'min(x, x) = x': ({ g, x }) => g.min(x, x),
  'max(x, -inf) = x': ({ g, x }) => g.max(x, -Infinity),
  'min(x, inf) = x': ({ g, x }) => g.min(x, Infinity),
  'x and true = x': ({ g, mask }) => g.and(mask, 1),
  'x and false = false': ({ g, mask }) => g.and(mask, 0),
  'x or false = x': ({ g, mask }) => g.or(mask, 0),
  'x or true = true': ({ g, mask }) => g.or(1, mask),
  'not not x = x': ({ g, mask }) => g.not(g.not(mask)),

  'select that is decided': ({ g, x, y }) => g.select(1, x, y),
  'select between equals': ({ g, x, mask }) => g.make('select', {}, [mask, x, x]),
  'select of a negation': ({ g, x, y, mask }) => g.select(g.not(mask), x, y),
  'select decided by an outer one': ({ g, x, y, mask }) => g.select(mask, g.select(mask, x, y), y),
  'branch that is decided': ({ g, x, y }) =>
    g.cond(
      0,
      () => [x],
      () => [y],
    )[0],
  'branches that are equal': ({ g, s, x }) =>
    g.cond(
      g.lt(s, 1),
      () => [x],
      () => [x],
    )[0],
  'result of a branch that is decided': ({ g, x, y }) =>
    g.cond(
      1,
      () => [x, y],
      () => [y, x],
    )[0],

  'transpose that changes nothing': ({ g, A }) => g.make('transpose', { permutation: [0, 1] }, [A]),
  'transpose of a transpose': ({ g, A }) =>
    g.make('transpose', { permutation: [1, 0] }, [
      g.make('transpose', { permutation: [1, 0] }, [A]),
    ]),
  'reshape to its own shape': ({ g, A }) => g.make('reshape', { shape: [m, n] }, [A]),
  'reshape of a reshape': ({ g, A }) =>
    g.make('reshape', { shape: [m, n, constantDim(1)] }, [g.flatten(A)]),
  'reverse of a reverse': ({ g, A }) => g.reverse(g.reverse(A, 1), 1),
  'reverse of one entry': ({ g, s }) => g.reverse(g.reshape(s, [1]), 0),

  'broadcast to its own shape': ({ g, x }) => g.make('broadcast', { shape: [n], axes: [0] }, [x]),
  'broadcast of a broadcast': ({ g, x }) =>
    g.make('broadcast', { shape: [m, m, n], axes: [1, 2] }, [g.broadcastTo(x, [m, n])]),
  'broadcast of an axis of size 1': ({ g, x }) =>
    g.make('broadcast', { shape: [m, constantDim(1), n], axes: [1, 2] }, [g.expandAxis(x, 0)]),
  'f(broadcast x) = broadcast f(x)': ({ g, x }) => g.exp(g.broadcastTo(x, [m, n])),
  'f of two broadcasts': ({ g, x, s }) => g.add(g.broadcastTo(x, [m, n]), g.full(s, [m, n])),
  'select of broadcasts': ({ g, x, y, mask }) =>
    g.select(g.broadcastTo(mask, [m, n]), g.broadcastTo(x, [m, n]), g.broadcastTo(y, [m, n])),
  'stop of a broadcast': ({ g, x }) => g.stop(g.broadcastTo(x, [m, n])),
  'transpose of a broadcast': ({ g, x, A }) =>
    g.add(g.transpose(g.broadcastTo(x, [m, n])), g.transpose(g.exp(A))),
  'reshape of a repeated scalar': ({ g, s }) => g.flatten(g.full(s, [m, n])),
  'slice of a broadcast': ({ g, x }) => g.slice(g.broadcastTo(x, [m, n]), [1, 1], [1, 2]),
  'reverse of a broadcast': ({ g, x }) =>
    g.add(g.reverse(g.broadcastTo(x, [m, n]), 0), g.reverse(g.broadcastTo(x, [m, n]), 1)),
  'gather from a repeated scalar': ({ g, s }) =>
    g.gather(g.full(s, [n]), [g.literal([0, 1])], [0], true),

  'slice of the whole': ({ g, x }) => g.make('slice', { start: [constantDim(0)], size: [n] }, [x]),
  'slice of a slice': ({ g, x }) =>
    g.slice(g.slice(x, [1], [addDims(n, constantDim(-1))]), [1], [1]),
  'slice of an iota': ({ g }) => g.slice(g.iota(n, 2), [1], [2]),
  'slice of a join': ({ g, x, y, b }) =>
    g.concat(
      [
        g.slice(g.concat([x, y], 0), [n], [n]),
        g.slice(g.concat([x, y], 0), [1], [n]),
        g.slice(g.concat([b, x, y], 0), [m], [twice]),
      ],
      0,
    ),
  'slice of a pad': ({ g, x }) =>
    g.add(
      g.slice(g.pad(x, [n], [scaleDim(n, 3)]), [n], [2]),
      g.slice(g.pad(x, [n], [scaleDim(n, 3)]), [twice], [2]),
    ),
  'slice of a transpose': ({ g, A }) => g.slice(g.transpose(A), [1, 0], [2, 1]),
  'gather of a range': ({ g, A }) => g.gather(A, [g.iota(m)]),
  'gather at one position': ({ g, A }) => g.gather(g.concat([A, g.zeros([3, n])], 0), [2]),
  'gather at positions that exist': ({ g, x }) => g.gather(x, [g.argsort(x, 0)]),
  'f(x)[i] = f(x[i]) where x changes with i': ({ g, s, x }) =>
    g.fold(n, [s], (i, sum) => [
      g.add(sum, g.gather(g.unary('exp', g.add(x, g.full(g.mul(sum, i), [n]))), [i], [0], true)),
    ])[0],
  'scatter of zeros': ({ g, mask }) => g.scatter(g.zeros([n]), [g.mul(1, mask)], [n]),
  'scatter to a range': ({ g, x }) => g.scatter(x, [g.iota(n)], [addDims(n, constantDim(2))]),
  'put of a whole range': ({ g, x, y }) => g.put(x, y, [g.iota(n)]),

  'join of one part': ({ g, x }) => g.make('concat', { axis: 0 }, [x]),
  'join without empty parts': ({ g, x, y }) => g.make('concat', { axis: 0 }, [x, g.zeros([0]), y]),
  'join of joins': ({ g, x, y, b }) => g.concat([g.concat([x, y], 0), b], 0),
  'join of neighbouring slices': ({ g, x }) =>
    g.concat([g.slice(x, [0], [1]), g.slice(x, [1], [addDims(n, constantDim(-1))])], 0),
  'join of one repeated scalar': ({ g, s }) => g.concat([g.full(s, [n]), g.full(s, [m])], 0),
  'pad that adds nothing': ({ g, x }) =>
    g.make('pad', { before: [constantDim(0)], shape: [n] }, [x]),
  'pad of a pad': ({ g, x }) => g.pad(g.pad(x, [1], [5]), [2], [8]),
  'pad of zeros': ({ g }) => g.pad(g.zeros([n]), [1], [addDims(n, constantDim(1))]),
  '-(pad x) = pad(-x)': ({ g, x }) => g.neg(g.pad(x, [0], [twice])),
  's*(pad x) = pad(s*x)': ({ g, s, x }) => g.mul(s, g.pad(x, [0], [twice])),
  'sum of disjoint pads = join': ({ g, x, y }) =>
    g.add(g.pad(y, [n], [twice]), g.pad(x, [0], [twice])),
  '(y + pad) + pad = y + join': ({ g, x, y, s }) =>
    g.add(g.add(g.full(s, [twice]), g.pad(y, [n], [twice])), g.pad(x, [0], [twice])),
  'x - pad(y) = x + pad(-y)': ({ g, x, y }) =>
    g.sub(g.pad(y, [n], [twice]), g.pad(x, [0], [twice])),

  'log(1 + exp(x)) = softplus(x)': ({ g, x }) => g.log(g.add(1, g.exp(x))),
  'log1p(exp(x)) = softplus(x)': ({ g, x }) => g.log1p(g.exp(x)),
  'log(1 + x) = log1p(x)': ({ g, x }) => g.log(g.add(1, x)),
  'log(1 - x) = log1p(-x)': ({ g, x }) => g.log(g.sub(1, g.mul(0.5, x))),
  'log(sigmoid(x)) = -softplus(-x)': ({ g, x }) => g.log(g.sigmoid(x)),
  'log(sum(exp(x))) without overflow': ({ g, A }) => g.log(g.sum(g.exp(A), [1])),
  'exp(x)/sum(exp(x)) without overflow': ({ g, A }) =>
    g.div(g.exp(A), g.broadcastTo(g.sum(g.exp(A), [1]), [m, n], [0])),
  'exp(x)*(c/sum(exp(x))) without overflow': ({ g, A, b }) =>
    g.mul(
      g.exp(A),
      g.broadcastTo(g.neg(g.mul(b, g.div(g.div(1, g.sum(g.exp(A), [1])), b))), [m, n], [0]),
    ),
  'exp(x) - 1 = expm1(x)': ({ g, x }) => g.sub(g.exp(x), 1),
  'exp(x) + (-1) = expm1(x)': ({ g, x }) => g.add(g.exp(x), -1),
  '1/(1 + exp(x)) = sigmoid(-x)': ({ g, x }) => g.div(1, g.add(1, g.exp(x))),
  'exp(x)/(1 + exp(x)) = sigmoid(x)': ({ g, x }) => g.div(g.exp(x), g.add(1, g.exp(x))),
  '1 - sigmoid(x) = sigmoid(-x)': ({ g, x }) => g.sub(1, g.sigmoid(x)),
  'sinh(x)/cosh(x) = tanh(x)': ({ g, x }) => g.div(g.sinh(x), g.cosh(x)),

  '-(-x) = x': ({ g, x }) => g.make('unary', { fn: 'neg' }, [g.make('unary', { fn: 'neg' }, [x])]),
  '-(x - y) = y - x': ({ g, x, y }) => g.neg(g.sub(x, y)),
  '-(c*x) = (-c)*x': ({ g, x }) => g.neg(g.mul(3, x)),
  'x + (-y) = x - y': ({ g, x, y }) => g.add(x, g.neg(y)),
  '(-x) + y = y - x': ({ g, x, y }) => g.add(g.neg(x), y),
  'x + (-c)*y = x - c*y': ({ g, x, y }) => g.add(x, g.mul(-2, y)),
  'x - (-y) = x + y': ({ g, x, y }) => g.sub(x, g.neg(y)),
  'x - (-c)*y = x + c*y': ({ g, x, y }) => g.sub(x, g.mul(-2, y)),
  '(-x) - y = -(x + y)': ({ g, x, y }) => g.sub(g.neg(x), y),
  '0 - x = -x': ({ g, x }) => g.sub(0, x),
  '(-x)*y = -(x*y)': ({ g, x, y }) => g.mul(g.neg(x), y),
  'x*(-y) = -(x*y)': ({ g, x, y }) => g.mul(x, g.neg(y)),
  '-1*x = -x': ({ g, x }) => g.mul(-1, x),
  '(-x)/y = -(x/y)': ({ g, x, y }) => g.div(g.neg(x), y),
  'x/(-y) = -(x/y)': ({ g, x, y }) => g.div(x, g.neg(y)),

  'if c then y else if d then x else y': ({ g, x, y, s, t }) =>
    g.select(g.broadcastTo(g.lt(s, t), [n]), y, g.select(g.lt(x, y), x, y)),
  'extremum of eigenvalues': ({ g, B }) => {
    const [w] = g.eigh(g.add(B, g.transpose(B)));
    return g.add(g.maxOver(g.abs(w)), g.sub(g.maxOver(w), g.minOver(w)));
  },

  'x*x = x^2': ({ g, x }) => g.mul(x, x),
  'x^(1/2) = sqrt(x)': ({ g, x }) => g.pow(x, 0.5),
  'x^(-1) = 1/x': ({ g, x }) => g.pow(x, -1),
  'sqrt(x)^2 = x': ({ g, x }) => g.square(g.sqrt(x)),
  'an even power drops a sign': ({ g, x }) => g.pow(g.neg(x), 4),
  '(x^a)^b = x^(a*b)': ({ g, x }) => g.square(g.pow(x, 3)),
  'sqrt(x^2) = abs(x)': ({ g, x }) => g.sqrt(g.square(g.sub(x, 1))),
  'max(x, 0) = x for x >= 0': ({ g, x }) => g.max(g.mul(2, g.max(g.sin(x), 0)), 0),
  'max(max(x, y), y) = max(x, y)': ({ g, x, y }) => g.max(g.max(x, y), y),
  'abs(-x) = abs(x)': ({ g, x }) => g.abs(g.neg(x)),
  'abs of a nonnegative': ({ g, x }) => g.abs(g.exp(x)),
  'max(x, -x) = abs(x)': ({ g, x }) => g.max(g.sin(x), g.neg(g.sin(x))),
  'max(max(x, c), d) = max(x, max(c, d))': ({ g, x }) => g.max(g.max(x, 0.5), 0.9),
  'min(min(x, c), d) = min(x, min(c, d))': ({ g, x }) => g.min(g.min(x, 1.5), 0.9),
  'log(exp(x)) = x': ({ g, x }) => g.log(g.exp(x)),
  'exp(log(x)) = x': ({ g, x }) => g.exp(g.log(x)),

  'x*c = c*x': ({ g, x }) => g.mul(x, 3),
  'c + x = x + c': ({ g, x }) => g.add(3, x),
  'c*(d*x) = (c*d)*x': ({ g, x }) => g.mul(3, g.mul(2, x)),
  '(c*x)*y = c*(x*y)': ({ g, x, y }) => g.mul(g.mul(3, x), y),
  'x*(c*y) = c*(x*y)': ({ g, x, y }) => g.mul(x, g.mul(3, y)),
  '(x + c) + d = x + (c + d)': ({ g, x }) => g.add(g.add(x, 2), 3),
  'x - c = x + (-c)': ({ g, x }) => g.sub(x, 2),
  '(c*x)/d = (c/d)*x': ({ g, x }) => g.div(g.mul(2, x), 4),
  '(c*x)/(d*y) = (c/d)*(x/y)': ({ g, x, y }) => g.div(g.mul(2, x), g.mul(4, y)),
  '(-s)*X = -(s*X)': ({ g, x, s }) => g.mul(g.neg(s), x),
  'X/(-s) = -(X/s)': ({ g, x, s }) => g.div(x, g.neg(s)),
  's*X + s*Y = s*(X + Y)': ({ g, x, y, s }) => g.add(g.mul(s, x), g.mul(s, y)),
  's*X - s*Y = s*(X - Y)': ({ g, x, y, s }) => g.sub(g.mul(s, x), g.mul(s, y)),
  'X/s + Y/s = (X + Y)/s': ({ g, x, y, s }) => g.add(g.div(x, s), g.div(y, s)),
  'X/s - Y/s = (X - Y)/s': ({ g, x, y, s }) => g.sub(g.div(x, s), g.div(y, s)),
  'x*(c/y) = c*(x/y)': ({ g, x, y }) => g.add(g.mul(x, g.div(3, y)), g.mul(g.div(1, y), x)),
  'a positive number is not 0': ({ g, x }) =>
    g.select(g.eq(g.sqrt(g.add(g.square(x), 0.1)), 0), 3, x),
  'a positive number differs from 0': ({ g, x }) => g.ne(g.add(g.dot(x, x), 0.1), 0),
  '(-c)/y = -(c/y)': ({ g, y }) => g.div(-3, y),
  'c*(d/y) = (c*d)/y': ({ g, y }) => g.mul(2, g.div(3, y)),
  'x * (if c then 1 else 0) = if c then x else 0': ({ g, x, y, mask }) =>
    g.add(g.mul(x, g.select(mask, 1, 0)), g.exp(g.mul(g.select(mask, 0, 1), y))),
  'sum of choices on one condition': ({ g, x, y, mask }) =>
    g.sub(g.select(mask, x, 0), g.select(mask, 0, y)),
  'exp(x)*sigmoid(-x) = sigmoid(x)': ({ g, x }) =>
    g.add(g.mul(g.exp(x), g.sigmoid(g.neg(x))), g.mul(g.sigmoid(x), g.exp(g.neg(x)))),
  'c/(d*y) = (c/d)/y': ({ g, y }) => g.div(4, g.mul(2, y)),
  'X*s = s*X': ({ g, x, s }) => g.mul(x, s),
  's*(t*X) = (s*t)*X': ({ g, x, s, t }) => g.mul(s, g.mul(t, x)),
  '(s*X)*Y = s*(X*Y)': ({ g, x, y, s }) => g.mul(g.mul(s, x), y),
  'X*(s*Y) = s*(X*Y)': ({ g, x, y, s }) => g.mul(x, g.mul(s, y)),
  's*(X/t) = (s/t)*X': ({ g, x, s, t }) => g.mul(s, g.div(x, t)),
  '(1/t)*X = X/t': ({ g, x, t }) => g.mul(g.div(1, t), x),
  '(X/s)*Y = (X*Y)/s': ({ g, x, y, s }) => g.mul(g.div(x, s), y),
  'X*(Y/s) = (X*Y)/s': ({ g, x, y, s }) => g.mul(x, g.div(y, s)),
  '(s*X)/t = (s/t)*X': ({ g, x, s, t }) => g.div(g.mul(s, x), t),
  '(X/s)/t = X/(s*t)': ({ g, x, s, t }) => g.div(g.div(x, s), t),

  '(x/c)/d = x/(c*d)': ({ g, x }) => g.div(g.div(x, 3), 7),
  'c*(x/(d*y)) = (c/d)*(x/y)': ({ g, s, t }) => g.mul(2, g.div(s, g.mul(2, t))),
  'x*(1/t) = x/t': ({ g, s, t }) => g.mul(g.sin(s), g.div(1, t)),
  '(x/c)/y = x/(c*y)': ({ g, s, t }) => g.div(g.div(s, 2), t),
  'c*(x/c) = x': ({ g, x }) => g.mul(6, g.div(x, 3)),
  'c*x + d*x = (c + d)*x': ({ g, x }) => g.add(g.mul(2, x), g.mul(3, x)),
  'c*x - d*x = (c - d)*x': ({ g, x }) => g.sub(g.mul(2, x), g.mul(3, x)),
  '(x + y) - y = x': ({ g, x, y }) => g.sub(g.add(x, y), y),

  'reduction over no axis': ({ g, x }) => g.make('reduce', { fn: 'sum', axes: [] }, [x]),
  'reduction of a reduction': ({ g, A }) => g.sum(g.sum(A, [0])),
  'reduction of a transpose': ({ g, A }) => g.maxOver(g.transpose(A)),
  'reduction of a reshape': ({ g, A }) => g.sum(g.flatten(A)),
  'reduction of a reverse': ({ g, A }) => g.sum(g.reverse(A, 0), [0]),
  'sum of a pad': ({ g, A }) => g.sum(g.pad(A, [1, 2], [4, 6]), [0]),
  'sum of a broadcast': ({ g, x }) => g.sum(g.broadcastTo(x, [m, n]), [0]),
  'extremum of a broadcast': ({ g, x }) => g.maxOver(g.broadcastTo(x, [2, n])),
  'sum(-x) = -sum(x)': ({ g, x }) => g.sum(g.neg(x)),
  'a factor leaves a sum': ({ g, A, b }) => g.sum(g.mul(A, g.broadcastTo(b, [m, n], [0])), [1]),
  'a divisor leaves a sum': ({ g, A, b }) => g.sum(g.div(A, g.broadcastTo(b, [m, n], [0])), [1]),
  'sum of products = contraction': ({ g, A, C, x }) =>
    g.add(g.sum(g.mul(A, C)), g.sum(g.sum(g.mul(A, g.broadcastTo(x, [m, n])), [1]))),
  'running sum of one entry': ({ g, s }) => g.cumsum(g.reshape(s, [1]), 0),
  'running sum of -x': ({ g, x }) => g.cumsum(g.neg(x), 0, true),

  'product with zeros': ({ g, A }) => g.matvec(A, g.zeros([n])),
  'product with a scalar': ({ g, s, x }) => g.contract(s, x, []),
  'a sign leaves a product': ({ g, A, x }) => g.matvec(A, g.neg(x)),
  'a factor leaves a product': ({ g, A, s, x }) => g.matvec(g.mul(s, A), x),
  'a divisor leaves a product': ({ g, A, s, x }) => g.matvec(A, g.div(x, s)),
  'a transpose is absorbed': ({ g, A, b }) => g.matvec(g.transpose(A), b),
  'a repeated factor is summed out': ({ g, A, s }) => g.matvec(A, g.full(s, [n])),
  'product with a diagonal matrix': ({ g, A, x, y }) =>
    g.matvec(g.matmul(A, g.diagonalMatrix(x)), g.matvec(g.eye(n), y)),
  'vectors first in a chain': ({ g, A, x, y, b }) =>
    g.add(
      g.add(g.matvec(g.matmul(g.transpose(A), A), x), g.matvec(g.outer(x, y), x)),
      g.matmul(b, g.matmul(A, g.outer(y, x))),
    ),
  'inverse times b = solve': ({ g, B, x }) =>
    g.matvec(g.solve(g.add(B, g.mul(4, g.eye(n))), g.eye(n)), x),
  'transpose of a product': ({ g, A, B }) => g.transpose(g.matmul(A, B)),

  'loop that never runs': ({ g, x, y }) => g.fold(0, [x, y], (_, a, c) => [c, a])[0],
  'loop of one state that never runs': ({ g, x }) => g.fold(0, [x], (_, a) => [g.exp(a)])[0],
  'loop that runs once': ({ g, x, y }) =>
    g.fold(1, [x, y], (t, a, c) => [g.add(c, t), g.sin(a)])[1],
  'loop of one result that runs once': ({ g, x, y }) =>
    g.add(
      g.fold(1, [x], (t, a) => [g.add(g.sin(a), t)])[0],
      g.sum(g.loop(1, [], (t) => ({ next: [], stacked: [g.add(t, y)] })).stacked[0], [0]),
    ),
  'state that a loop leaves alone': ({ g, x, y }) =>
    g.fold(n, [x, y], (_, a, c) => [g.mul(a, c), c])[1],
  'loop without states that stand still': ({ g, x, y }) =>
    g.fold(n, [x, y], (_, a, c) => [g.mul(a, c), c])[0],
  'loop whose only state stands still': ({ g, x }) => g.fold(n, [x], (_, a) => [a])[0],
  'equation that is solved already': ({ g, x }) => g.solution(x, (z) => g.sub(z, x)),
};

describe('rules', () => {
  it('each has an example', () => {
    expect(
      allRules.map(({ name }) => name).filter((name) => !Object.hasOwn(examples, name)),
    ).toEqual([]);
    const names = new Set(allRules.map(({ name }) => name));
    expect(Object.keys(examples).filter((name) => !names.has(name))).toEqual([]);
    expect(names.size).toBe(allRules.length);
  });

  it.each(Object.keys(examples))('%s', (name) => {
    const world = createWorld();
    const before = examples[name](world);
    const fired = new Set<string>();
    const each: string[] = [];
    const after = simplifyNode(world.g, before, {
      onRule: (rule, from, to) => {
        fired.add(rule);
        for (const seed of [1, 2])
          if (from.free.length === 0) each.push(disagreement(from, to, environmentFor(seed)) ?? '');
      },
    });
    expect([...fired]).toContain(name);
    expect(each.filter((message) => message !== '')).toEqual([]);
    for (const seed of [1, 2, 3, 4, 5])
      expect(disagreement(before, after, environmentFor(seed))).toBeUndefined();
    expect(simplifyNode(world.g, after)).toBe(after);
  });
});

describe('what comes out', () => {
  const { g, s, x, y, b, A, B } = createWorld();
  const cases: readonly (readonly [string, Node, string])[] = [
    ['normal equations', g.matvec(g.matmul(g.transpose(A), A), x), "A'*(A*x)"],
    [
      'least squares gradient',
      g.div(g.mul(2, g.transposedMatvec(A, g.sub(g.matvec(A, x), b))), g.mul(2, g.size(m))),
      "A'*(A*x - b) / m",
    ],
    ['logistic loss', g.log(g.add(1, g.exp(g.neg(g.matvec(A, x))))), 'softplus(-(A*x))'],
    ['a sum of squares', g.sum(g.mul(g.sub(x, y), g.sub(x, y))), 'sumsq(x - y)'],
    ['a weighted sum', g.sum(g.mul(g.mul(s, x), y)), "s*(x'*y)"],
    ['rows times x, summed by hand', g.sum(g.mul(A, g.broadcastTo(x, [m, n])), [1]), 'A*x'],
    ['columns too', g.sum(g.mul(A, g.broadcastTo(b, [m, n], [0])), [0]), "A'*b"],
    [
      'parts of a flat vector',
      g.slice(g.concat([x, g.flatten(A)], 0), [n], [multiplyDims(m, n)]),
      'vec(A)',
    ],
    ['a scaled identity', g.matvec(g.mul(s, g.eye(n)), x), 's*x'],
    ['quadratic form', g.dot(x, g.matvec(g.matmul(B, B), x)), "x'*(B*(B*x))"],
  ];
  it.each(cases)('%s', (_, node, text) => {
    expect(printNode(simplifyNode(g, node))).toBe(text);
  });

  it('keeps a product of matrices that is computed once', () => {
    const gram = g.matmul(g.transpose(A), A);
    const kept = simplifyNode(g, g.matvec(gram, x), {
      hoistable: (node) => !printNode(node).includes('x'),
    });
    expect(printNode(kept)).toBe("A'*A*x");
  });
});

describe('work', () => {
  it('grows linearly with the expression', () => {
    const rewrites = (terms: number): number => {
      const { g, x, y, A, b } = createWorld();
      let sum = g.sum(x);
      for (let k = 0; k < terms; k++)
        sum = g.add(g.mul(sum, 0.5 + k), g.sumsq(g.sub(g.matvec(A, g.add(g.mul(x, k), y)), b)));
      let count = 0;
      simplifyNode(g, sum, { onRule: () => count++ });
      return count;
    };
    expect(rewrites(1200)).toBeLessThan(4.2 * rewrites(300));
  });
});
