// Methods lowered and stepped by the interpreter, against the same method written with plain loops.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MatchedStep } from '../../compiler/match/step.ts';
import { load, matchUse, runStep, type Loaded, type Run } from '../match/pipeline.ts';
import { galleryFolder } from './support.ts';

function stepOf(loaded: Loaded, use: string): MatchedStep {
  const result = matchUse(loaded, use);
  if (result.kind !== 'step')
    throw new Error(
      result.kind === 'failed' ? result.diagnostics.map((d) => d.message).join('\n') : result.kind,
    );
  return result.step;
}

const run = (text: string, use: string, iterations: number): Run => {
  const loaded = load(text);
  expect(loaded.diagnostics).toEqual([]);
  return runStep(loaded, stepOf(loaded, use), iterations);
};

const gallery = (name: string): string => readFileSync(join(galleryFolder, `${name}.opt`), 'utf8');

const close = (found: readonly number[], expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, k) => {
    expect(value).toBeCloseTo(expected[k], 9);
  });
};

const quadratic = `problem p {
  var x : real[2] start [3, -2]
  minimize x[1]^2 + 5*x[2]^2
}
`;

describe('statements', () => {
  test('the method of multipliers: inner loops, inner states, branches on reports', () => {
    const { answer } = run(gallery('m_augmented_lagrangian'), 'multipliers', 3);
    let x = [1, 5, 5, 1];
    let [u, v, r, last] = [0, 0, 1, Infinity];
    const residuals = (at: readonly number[]): readonly [number, number] => [
      25 - at.reduce((a, b) => a * b, 1),
      at.reduce((a, b) => a + b * b, 0) - 40,
    ];
    const lagrangian = (at: readonly number[]): number => {
      const [g, h] = residuals(at);
      const [a, b, c, d] = at;
      const push = Math.max(u + r * g, 0);
      return a * d * (a + b + c) + c + v * h + (r / 2) * h * h + (push * push) / (2 * r);
    };
    for (let outer = 0; outer < 3; outer++) {
      let step = 1e-2;
      for (let k = 0; k < 500; k++) {
        const [g, h] = residuals(x);
        const push = Math.max(u + r * g, 0);
        const product = 25 - g;
        const [a, b, c, d] = x;
        const slope = [2 * a * d + b * d + c * d, a * d, a * d + 1, a * (a + b + c)];
        const next = x.map((xi, i) =>
          Math.min(
            5,
            Math.max(
              1,
              xi - step * (slope[i] + 2 * v * xi + 2 * r * h * xi - (push * product) / xi),
            ),
          ),
        );
        const moved = next.reduce((sum, xi, i) => sum + (xi - x[i]) ** 2, 0);
        if (lagrangian(next) <= lagrangian(x) - moved / (2 * step)) {
          x = next;
          step *= 1.5;
        } else step /= 2;
      }
      const [g, h] = residuals(x);
      const before = Math.max(Math.abs(h), Math.abs(Math.max(g, -u / r)));
      [u, v] = [Math.max(u + r * g, 0), v + r * h];
      if (before > 1e-8 && before > last / 4) r = Math.min(2 * r, 1e6);
      last = before;
    }
    close(answer['x'], x);
  });

  test('while with a line search, counted exactly', () => {
    const { answer, counts } = run(gallery('m_gradient'), 'backtracking', 7);
    let x = Array.from({ length: 30 }, () => 1);
    let step = 1;
    let values = 0;
    const f = (at: readonly number[]): number => {
      values++;
      return at.reduce((sum, v, i) => sum + ((i + 1) ** 2 * v * v) / 2 - v, 0);
    };
    for (let k = 0; k < 7; k++) {
      const g = x.map((v, i) => (i + 1) ** 2 * v - 1);
      const size = g.reduce((a, b) => a + b * b, 0);
      step *= 2;
      const ahead = (): number[] => x.map((v, i) => v - step * g[i]);
      const now = f(x);
      while (f(ahead()) > now - 1e-4 * step * size) step /= 2;
      x = ahead();
    }
    close(answer['x'], x);
    expect(counts['values']).toBe(values);
    expect(counts['grads']).toBe(7);
  });

  test('what follows a stop is not done when it holds', () => {
    const text = `${quadratic}
      method m(step : real = 0.25) for { minimize f(x) over x } where f is smooth {
        state k = 0
        repeat {
          k <- k + 1
          stop when k >= 3
          x <- x - step*grad(f(x), x)
          for i in 1..4 {
            stop when i == 2 and k == 2
            x[1] <- x[1] + 1
          }
          x[2] <- x[2]/(2 - k)
        }
      }`;
    const { answer, iterations, stopped } = run(text, 'm', 10);
    // k = 1: x = (1.5, 3), then x1 += 4. k = 2: x = (2.75, -4.5), one addition, then the run ends before x2/0.
    expect([iterations, stopped]).toEqual([2, true]);
    close(answer['x'], [3.75, -4.5]);
  });

  test('assignments are simultaneous, parts can be set, branches choose', () => {
    const text = `${quadratic}
      method m for { minimize f(x) over x } {
        state S = zeros(3, 2)
        state a = 1
        state b = 2
        repeat {
          a, b <- b, a + b
          let k = mod(iteration, 3) + 1
          S[k, :] <- x
          S[1, 2] <- 7
          S[2..3, 1] <- [a, b]
          if a > 3 { x <- S[k, :] + 1 } else if b > 3 { x[2] <- 0 } else { x <- -x }
        }
      }`;
    const { answer } = run(text, 'm', 3);
    let x = [3, -2];
    const S = [
      [0, 0],
      [0, 0],
      [0, 0],
    ];
    let [a, b] = [1, 2];
    for (let iteration = 1; iteration <= 3; iteration++) {
      [a, b] = [b, a + b];
      const k = iteration % 3;
      S[k] = [...x];
      S[0][1] = 7;
      [S[1][0], S[2][0]] = [a, b];
      if (a > 3) x = S[k].map((v) => v + 1);
      else if (b > 3) x = [x[0], 0];
      else x = x.map((v) => -v);
    }
    close(answer['x'], x);
  });

  test('the answer is what is returned', () => {
    const text = `${quadratic}
      method m(step : real = 0.1) for { minimize f(x) over x } where f is smooth {
        state total = zeros(x)
        state k = 0
        repeat {
          k <- k + 1
          x <- x - step*grad(f(x), x)
          total <- total + x
          return total/k
        }
      }`;
    const { answer } = run(text, 'm', 4);
    let x = [3, -2];
    const total = [0, 0];
    for (let k = 0; k < 4; k++) {
      x = [x[0] - 0.2 * x[0], x[1] - x[1]];
      total[0] += x[0];
      total[1] += x[1];
    }
    close(
      answer['x'],
      total.map((v) => v / 4),
    );
    const step = stepOf(load(text), 'm');
    expect(step.states.map(({ name }) => name)).toEqual(['x', 'total', 'k', 'answer x']);
  });

  test('variables are visited one at a time, one gradient for all', () => {
    const text = `problem p {
        var W : real[2, 2] start [[1, 2], [3, 4]]
        var b : real[3] start ones
        minimize sumsq(W) + 3*sumsq(b)
      }
      method m(step : real = 0.1) for { minimize f(x) over x } where f is smooth {
        each w in x { state M = zeros(w) }
        repeat {
          each w in x { M <- 0.5*M + grad(f(x), w) }
          each w in x where ndim(w) == 2 { w <- w - step*M' }
          each w in x where ndim(w) < 2 { w <- w - 2*step*M }
        }
      }`;
    const { answer, counts } = run(text, 'm', 2);
    let [W, M] = [
      [1, 2, 3, 4],
      [0, 0, 0, 0],
    ];
    let [b, N] = [1, 0];
    for (let k = 0; k < 2; k++) {
      M = M.map((m, i) => 0.5 * m + 2 * W[i]);
      N = 0.5 * N + 6 * b;
      W = W.map((w, i) => w - 0.1 * M[[0, 2, 1, 3][i]]);
      b -= 0.2 * N;
    }
    close(answer['W'], W);
    close(answer['b'], [b, b, b]);
    expect(counts['grads']).toBe(2);
  });

  test('derivatives follow the name, through lets, not the value', () => {
    const text = `${quadratic}
      method m for { minimize f(x) over x } where f is smooth {
        repeat {
          let u = 2*x
          let e = f(u) + f(x)
          let v = u
          x <- x - 0.01*grad(e, x) - 0.02*grad(e + sumsq(v), u) - 0.03*hvp(f(x), x, u)
        }
      }`;
    const { answer } = run(text, 'm', 1);
    const scale = [1, 5];
    close(
      answer['x'],
      [3, -2].map((x, i) => {
        const c = 2 * scale[i];
        return (
          x - 0.01 * (2 * c * 2 * x + c * x) - 0.02 * (c * 2 * x + 2 * 2 * x) - 0.03 * c * 2 * x
        );
      }),
    );
  });

  test('agents step together, messages are counted', () => {
    const { answer, counts } = run(gallery('m_decentralised'), 'dgd(step = 0.1, W = W)', 3);
    const C = 8;
    const A = (c: number, i: number, j: number): number => Math.sin(c + i * j);
    const b = (c: number, i: number): number => Math.cos(c * i);
    let u = Array.from({ length: C }, () => [0, 0, 0]);
    for (let k = 0; k < 3; k++) {
      const told = u;
      u = told.map((own, c) => {
        const slope = [0, 0, 0];
        for (let i = 1; i <= 10; i++) {
          const r = [1, 2, 3].reduce((s, j) => s + A(c + 1, i, j) * own[j - 1], 0) - b(c + 1, i);
          for (let j = 1; j <= 3; j++) slope[j - 1] += (r * A(c + 1, i, j)) / 10;
        }
        return own.map((v, j) => {
          const near = [c, (c + 1) % C, (c + C - 1) % C];
          const mixed = near.reduce((s, d) => s + told[d][j] / 3, 0);
          return mixed - 0.1 * (slope[j] + 0.02 * v);
        });
      });
    }
    close(
      answer['x'],
      [0, 1, 2].map((j) => u.reduce((s, own) => s + own[j] / C, 0)),
    );
    expect([counts['grads'], counts['bits']]).toEqual([24, 3 * 8 * 3 * 64]);
  });

  test('a mini-batch gradient is one gradient and k samples', () => {
    const { counts } = run(gallery('m_variance_reduction'), 'sgd_plain(step = 0.5, size = 4)', 5);
    expect([counts['grads'], counts['samples'], counts['values']]).toEqual([5, 20, 0]);
    const svrg = run(gallery('m_variance_reduction'), 'svrg_plain(step = 0.3, epoch = 5)', 2);
    expect([svrg.counts['grads'], svrg.counts['samples']]).toEqual([2 * 11, 2 * 210]);
  });

  test('draws are new in every iteration and the same in every run', () => {
    const text = `${quadratic}
      method m for { minimize f(x) over x } {
        repeat {
          u ~ normal(0, 1)[dim(x)]
          for k in 1..2 { w ~ normal(0, 1)[dim(x)]; x <- x + w }
          x <- x + u
        }
      }`;
    const [one, two, again] = [1, 2, 2].map((n) => run(text, 'm', n).answer['x']);
    expect(two).toEqual(again);
    const moved = two.map((v, i) => v - one[i]);
    const start = one.map((v, i) => v - [3, -2][i]);
    moved.forEach((v, i) => {
      expect(Math.abs(v - start[i])).toBeGreaterThan(1e-6);
    });
  });
});
