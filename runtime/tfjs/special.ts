// Functions that tfjs lacks or has to fewer digits, made of those it has; as good as 32 bits allow.
import { aloneOn } from './alone.ts';
import type { DeviceTensor, Operand, Tfjs } from './tfjs.ts';

export interface Special {
  readonly cbrt: (x: Operand) => DeviceTensor;
  /** Round half away from zero. */
  readonly round: (x: Operand) => DeviceTensor;
  readonly sign: (x: Operand) => DeviceTensor;
  /** sign(x) max(|x| - t, 0). */
  readonly softThreshold: (x: Operand, t: Operand) => DeviceTensor;
  readonly softplus: (x: Operand) => DeviceTensor;
  readonly sinh: (x: Operand) => DeviceTensor;
  readonly tanh: (x: Operand) => DeviceTensor;
  readonly expm1: (x: Operand) => DeviceTensor;
  readonly log1p: (x: Operand) => DeviceTensor;
  readonly erf: (x: Operand) => DeviceTensor;
  readonly xlogx: (x: Operand) => DeviceTensor;
  readonly xlogy: (x: Operand, y: Operand) => DeviceTensor;
  readonly kl: (x: Operand, y: Operand) => DeviceTensor;
  readonly pow: (x: Operand, y: Operand) => DeviceTensor;
}

export function createSpecial(tf: Tfjs): Special {
  const { add, sub, mul, div, abs, exp, log, square } = tf;
  const alone = aloneOn(tf);
  /** c[0] + x (c[1] + x (…)), each sum freed as the next is there. */
  const polynomial = (c: readonly number[], x: DeviceTensor): DeviceTensor =>
    c.slice(0, -1).reduceRight<DeviceTensor>(
      (sum, a) => {
        const next = tf.tidy(() => add(mul(sum, x), a));
        tf.dispose(sum);
        return next;
      },
      tf.fill(x.shape, c.at(-1) ?? 0),
    );
  const tensor = (x: Operand): DeviceTensor => (typeof x === 'number' ? tf.scalar(x) : x);
  const small = (x: Operand, below: number): DeviceTensor => tf.less(abs(x), below);
  const zeroTimes = (x: Operand, y: DeviceTensor): DeviceTensor => tf.where(tf.equal(x, 0), 0, y);

  const sign = alone((x: Operand) => tf.where(tf.isNaN(x), NaN, tf.sign(x)));

  // x + x^2/2! + x^3/3! + …
  const expm1 = alone((x: Operand) => {
    const z = tensor(x);
    const series = tf.tidy(() => mul(z, polynomial(factorialSeries(1, 9), z)));
    return tf.where(small(z, 0.5), series, sub(exp(z), 1));
  });
  // 2 atanh(x / (2 + x))
  const log1p = alone((x: Operand) => {
    const z = tensor(x);
    const series = tf.tidy(() => {
      const s = div(z, add(z, 2));
      return mul(mul(s, 2), polynomial(oddReciprocals, square(s)));
    });
    return tf.where(small(z, 0.3), series, log(add(z, 1)));
  });
  // x (1 + x^2/3! + x^4/5! + …)
  const sinh = alone((x: Operand) => {
    const z = tensor(x);
    const series = tf.tidy(() => mul(z, polynomial(oddFactorials, square(z))));
    const large = tf.tidy(() => {
      const half = exp(sub(abs(z), Math.LN2));
      return mul(tf.sign(z), sub(half, div(0.25, half)));
    });
    return tf.where(small(z, 1), series, large);
  });
  return {
    cbrt: alone((x: Operand) =>
      mul(tf.sign(x), tf.where(tf.equal(x, 0), 0, exp(div(log(abs(x)), 3)))),
    ),
    round: alone((x: Operand) => mul(tf.sign(x), tf.floor(add(abs(x), 0.5)))),
    // tfjs gives 0 for NaN.
    sign,
    softThreshold: alone((x: Operand, t: Operand) => mul(sign(x), tf.maximum(sub(abs(x), t), 0))),
    // max(x, 0) + log(1 + exp(-|x|))
    softplus: alone((x: Operand) => add(tf.maximum(x, 0), log1p(exp(tf.neg(abs(x)))))),
    sinh,
    tanh: alone((x: Operand) => {
      const e = expm1(mul(abs(x), -2));
      return mul(tf.sign(x), div(tf.neg(e), add(e, 2)));
    }),
    expm1,
    log1p,
    // Near 0 the series (DLMF 7.6.1), beyond 1 the rational fit of Press et al., Numerical Recipes, erfc.
    erf: alone((x: Operand) => {
      const z = tensor(x);
      const series = tf.tidy(() => mul(z, polynomial(erfSeries, square(z))));
      const beyond = tf.tidy(() => {
        const t = div(1, add(1, mul(abs(z), 0.5)));
        const erfc = mul(t, exp(add(sub(0, square(z)), polynomial(erfcFit, t))));
        return mul(tf.sign(z), sub(1, erfc));
      });
      return tf.where(small(z, 1), series, beyond);
    }),
    xlogx: alone((x: Operand) => zeroTimes(x, mul(x, log(x)))),
    xlogy: alone((x: Operand, y: Operand) => zeroTimes(x, mul(x, log(y)))),
    kl: alone((x: Operand, y: Operand) => add(sub(zeroTimes(x, mul(x, log(div(x, y)))), x), y)),
    pow: (x, y) => (y === 2 ? square(x) : tf.pow(x, y)),
  };
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
const factorialSeries = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, k) => 1 / factorial(from + k));
const oddReciprocals = Array.from({ length: 6 }, (_, k) => 1 / (2 * k + 1));
const oddFactorials = Array.from({ length: 6 }, (_, k) => 1 / factorial(2 * k + 1));
const erfSeries = Array.from(
  { length: 12 },
  (_, k) => ((2 / Math.sqrt(Math.PI)) * (k % 2 === 0 ? 1 : -1)) / (factorial(k) * (2 * k + 1)),
);
const erfcFit = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
];
