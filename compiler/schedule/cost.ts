// What it costs to compute one entry of a node, in additions, as far as it would be written out in place.
import { constantValue, productOfDims } from '../tensor/dim.ts';
import type { BinaryFn, Node, UnaryFn } from '../tensor/ir.ts';

export const unaryCost: { readonly [F in UnaryFn]: number } = {
  neg: 1,
  abs: 1,
  sign: 2,
  sqrt: 4,
  cbrt: 20,
  exp: 20,
  log: 20,
  log1p: 25,
  expm1: 25,
  sin: 20,
  cos: 20,
  tan: 25,
  asin: 25,
  acos: 25,
  atan: 25,
  sinh: 30,
  cosh: 30,
  tanh: 30,
  sigmoid: 25,
  softplus: 45,
  erf: 40,
  lgamma: 50,
  digamma: 50,
  trigamma: 50,
  floor: 1,
  ceil: 1,
  round: 2,
  not: 1,
  xlogx: 20,
  isnan: 1,
};

export const binaryCost: { readonly [F in BinaryFn]: number } = {
  add: 1,
  sub: 1,
  mul: 1,
  div: 4,
  pow: 30,
  max: 1,
  min: 1,
  atan2: 30,
  mod: 6,
  eq: 1,
  ne: 1,
  le: 1,
  lt: 1,
  and: 1,
  or: 1,
  xlogy: 20,
  kl: 25,
};

/** Elementwise cost of the node's own operation; arrangement is free but for lookups. */
export function ownCost(node: Node): number {
  switch (node.op) {
    case 'unary':
      return unaryCost[node.attributes.fn];
    case 'binary': {
      const power = smallPower(node);
      return power ?? binaryCost[node.attributes.fn];
    }
    case 'select':
      return 1;
    case 'gather':
      return 1;
    default:
      return 0;
  }
}

/** Powers that become products or square roots. */
function smallPower(node: Node<'binary'>): number | undefined {
  if (node.attributes.fn !== 'pow') return undefined;
  let exponent = node.args[1];
  while (exponent.op === 'broadcast') [exponent] = exponent.args;
  if (exponent.op !== 'constant') return undefined;
  const { value } = exponent.attributes;
  return value === 2 || value === 3 || value === 4 ? 2 : undefined;
}

/** The number of entries of an array whose sizes are all numbers. */
export const constantEntries = (node: Node): number | undefined =>
  constantValue(productOfDims(node.type.shape));
