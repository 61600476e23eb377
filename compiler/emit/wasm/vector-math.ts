// Elementary functions of two numbers at once, good to about one unit in the last place. Reductions and coefficients are the usual ones: exp by Cody &
// Waite's reduction and the Taylor series, log as in fdlibm (Sun Microsystems 1993), log1p after Kahan.
import type { Assembler, WasmFunction } from './assembler.ts';
import {
  abs,
  add,
  addBits,
  and,
  atLeast,
  bits,
  callOf,
  choose,
  div,
  equal,
  keep,
  lessThan,
  madd,
  max,
  min,
  mul,
  neg,
  nmadd,
  or,
  polynomial,
  shiftLeft,
  shiftRight,
  sub,
  subBits,
  vectorFunction,
  type Vector,
} from './vector-kit.ts';

export type VectorMath =
  'exp' | 'log' | 'log1p' | 'log1pUnit' | 'expm1' | 'tanh' | 'sigmoid' | 'softplus';

const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;
/** 1.5 · 2⁵²: a whole number added to it stands in its last bits. */
const magic = 6755399441055744;
const magicBits = 0x4338000000000000n;
const signBit = 1n << 63n;

/** Coefficients of (log(1+s) - log(1-s) - 2s)/s in s², of fdlibm. */
const Lg = [
  6.66666666666673513e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
  1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
] as const;

/** x = k ln 2 + r with |r| <= ln 2 / 2: r, and k as a whole number of 64 bits. */
function reduced(code: Assembler, x: Vector): { readonly r: Vector; readonly k: Vector } {
  const shifted = keep(code, madd(x, 1 / Math.LN2, magic));
  const whole = keep(code, sub(shifted, magic));
  return {
    r: keep(code, nmadd(whole, ln2Low, nmadd(whole, ln2High, x))),
    k: keep(code, subBits(shifted, bits(magicBits))),
  };
}

/** exp(r) - 1 - r over r², for |r| <= ln 2 / 2, by 12 terms: the next is below 4e-18. */
function taylorTail(code: Assembler, r: Vector): { readonly tail: Vector; readonly r2: Vector } {
  const r2 = keep(code, mul(r, r));
  const r4 = keep(code, mul(r2, r2));
  const r8 = keep(code, mul(r4, r4));
  let factorial = 1;
  const coefficients = Array.from({ length: 12 }, (_, k) => {
    factorial *= k + 2;
    return 1 / factorial;
  });
  return { tail: polynomial(coefficients, [r, r2, r4, r8]), r2 };
}

/** 2^k for a whole number k of 64 bits with -1022 <= k <= 1023. */
const powerOfTwo = (k: Vector): Vector => shiftLeft(addBits(k, bits(1023n)), 52);

/** In two steps, so that results below the normal numbers are right too. */
function scaled(code: Assembler, x: Vector, k: Vector): Vector {
  const half = keep(code, shiftRight(k, 1));
  return mul(mul(x, powerOfTwo(half)), powerOfTwo(subBits(k, half)));
}

const exp = (): WasmFunction =>
  vectorFunction('exp', (code, x) => {
    const { r, k } = reduced(code, keep(code, min(max(x, -746), 710)));
    const { tail, r2 } = taylorTail(code, r);
    return scaled(code, keep(code, add(1, madd(r2, tail, r))), k);
  });

const expm1 = (): WasmFunction =>
  vectorFunction('expm1', (code, x) => {
    const { r, k } = reduced(code, keep(code, min(max(x, -50), 710)));
    const { tail, r2 } = taylorTail(code, r);
    const small = keep(code, madd(r2, tail, r));
    const large = keep(code, scaled(code, add(1, small), k));
    // Beyond 40 the 1 is below the last digit, and 2^k may be too large.
    const power = keep(code, powerOfTwo(choose(lessThan(x, 41), k, bits(0n))));
    const near = choose(equal(x, 0), x, madd(small, power, sub(power, 1)));
    return choose(lessThan(x, 40), near, large);
  });

/** log(2^k (1 + f)) for a whole number k, with sqrt(1/2) <= 1 + f < sqrt(2). */
function logFrom(code: Assembler, f: Vector, k: Vector): Vector {
  const s = keep(code, div(f, add(2, f)));
  const z = keep(code, mul(s, s));
  const w = keep(code, mul(z, z));
  const w2 = keep(code, mul(w, w));
  const odd = mul(z, polynomial([Lg[0], Lg[2], Lg[4], Lg[6]], [w, w2]));
  const even = mul(w, polynomial([Lg[1], Lg[3], Lg[5]], [w, w2]));
  const half = keep(code, mul(0.5, mul(f, f)));
  const series = madd(s, add(half, add(even, odd)), mul(k, ln2Low));
  return madd(k, ln2High, sub(f, sub(half, series)));
}

const log = (): WasmFunction =>
  vectorFunction('log', (code, x) => {
    const tiny = keep(code, lessThan(x, 2.2250738585072014e-308));
    const normal = keep(code, choose(tiny, mul(x, 18014398509481984), x));
    // x = 2^k m with sqrt(1/2) <= m < sqrt(2).
    const k = keep(code, shiftRight(subBits(normal, bits(0x3fe6a09e667f3bcdn)), 52));
    const m = subBits(normal, shiftLeft(k, 52));
    const exponent = keep(code, sub(sub(addBits(k, bits(magicBits)), magic), choose(tiny, 54, 0)));
    const near = keep(code, logFrom(code, keep(code, sub(m, 1)), exponent));
    const finite = choose(lessThan(x, Infinity), near, x);
    return choose(lessThan(x, 0), NaN, choose(equal(x, 0), -Infinity, finite));
  });

const log1p = (): WasmFunction =>
  vectorFunction('log1p', (code, x) => {
    const u = keep(code, add(1, x));
    // What rounding 1 + x lost.
    const lost = keep(code, choose(lessThan(x, 1), sub(x, sub(u, 1)), sub(1, sub(u, x))));
    const rounded = keep(code, callOf('log', u));
    const near = add(rounded, div(lost, u));
    const usual = and(lessThan(-1, x), lessThan(x, Infinity));
    // At -1 and beyond, and for infinity, the logarithm alone says it; at 0 the sign is kept.
    return choose(equal(x, 0), x, choose(usual, near, rounded));
  });

/** log(1 + x) for 0 <= x <= 1: the reduction to 1 + f, by a half where x is large, loses nothing. */
const log1pUnit = (): WasmFunction =>
  vectorFunction('log1pUnit', (code, x) => {
    const large = keep(code, lessThan(Math.SQRT2 - 1, x));
    const f = keep(code, choose(large, mul(0.5, sub(x, 1)), x));
    return logFrom(code, f, keep(code, choose(large, 1, 0)));
  });

const tanh = (): WasmFunction =>
  vectorFunction('tanh', (code, x) => {
    const t = keep(code, callOf('expm1', mul(-2, abs(x))));
    const size = keep(code, div(neg(t), add(t, 2)));
    return or(size, and(x, bits(signBit)));
  });

/** exp(-|x|): what sigmoid and softplus are made of. */
export const decayOf = (x: Vector): Vector => callOf('exp', neg(abs(x)));

/** 1/(1 + exp(-x)) from e = exp(-|x|). */
export function sigmoidFrom(x: Vector, e: Vector): Vector {
  return div(choose(atLeast(x, 0), 1, e), add(1, e));
}

/** log(1 + exp(x)) from e = exp(-|x|). */
export const softplusFrom = (x: Vector, e: Vector): Vector =>
  add(max(x, 0), callOf('log1pUnit', e));

const sigmoid = (): WasmFunction =>
  vectorFunction('sigmoid', (code, x) => sigmoidFrom(x, keep(code, decayOf(x))));

const softplus = (): WasmFunction =>
  vectorFunction('softplus', (code, x) => softplusFrom(x, keep(code, decayOf(x))));

/** Each with the functions that it calls. */
export const vectorMath: {
  readonly [F in VectorMath]: {
    readonly make: () => WasmFunction;
    readonly calls: readonly VectorMath[];
  };
} = {
  exp: { make: exp, calls: [] },
  log: { make: log, calls: [] },
  log1p: { make: log1p, calls: ['log'] },
  log1pUnit: { make: log1pUnit, calls: [] },
  expm1: { make: expm1, calls: [] },
  tanh: { make: tanh, calls: ['expm1'] },
  sigmoid: { make: sigmoid, calls: ['exp'] },
  softplus: { make: softplus, calls: ['exp', 'log1pUnit'] },
};
