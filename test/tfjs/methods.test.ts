// Methods of the library by tfjs, one iteration at a time from the states of the 64-bit program.
import { describe, expect, it } from 'vitest';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import { specialise } from '../../compiler/specialise.ts';
import { taskOf } from '../../compiler/tasks.ts';
import type { Values } from '../../runtime/program.ts';
import { bareSolve, errorsOf, openText } from '../conformance/program.ts';
import { testedBackends } from './backends.ts';

/** What a state may differ by after one iteration, relative to the largest entry of all states: a step sums, divides and factors. */
const tolerance = 2 ** -12;

const problems: Readonly<Record<string, string>> = {
  'a lasso': `problem p {
    data A : real[6, 4] = [[1, 2, 0, 1], [0, 1, 1, -1], [2, 0, 1, 0.5], [1, -1, 0, 2], [0.3, 1, 2, 1], [1, 0, 1, -2]]
    data b : real[6] = [1, 2, 3, -1, 0.5, 2]
    var x : real[4]
    minimize sumsq(A*x - b)/2 + 0.3*norm(x, 1)
  }`,
  'a smooth function': `problem p {
    data A : real[6, 3] = [[1, 2, 0.5], [0, 1, 1], [2, 0, 1], [1, -1, 0.2], [0.3, 1, 2], [1, 0.1, 1]]
    data b : real[6] = [1, -1, 1, -1, 1, 1]
    var x : real[3]
    minimize sum(log1p(exp(-b .* (A*x)))) + 0.1*sumsq(x)
  }`,
  'a quadratic on a simplex': `problem p {
    data Q : real[3, 3] = [[2, 0.5, 0], [0.5, 1, 0.2], [0, 0.2, 3]]
    var x : real[3] in simplex
    minimize x'*Q*x
  }`,
  'a game': `problem p {
    data A : real[3, 3] = [[1, -2, 0.5], [0.3, 1, -1], [-1, 0.2, 2]]
    var x : real[3] in simplex
    var y : real[3] in simplex
    minimize x'*A*y over x
    maximize x'*A*y over y
  }`,
};

/** Their searches ask whether a quadratic is met by its own model, up to 1e-14 of its value: in 32 bits rounding decides how often the step is halved. */
const decidedByRounding: ReadonlySet<string> = new Set(['coordinate_descent']);

const largest = (values: Values): number =>
  Math.max(1, ...Object.values(values).flatMap(({ data }) => [...data].map(Math.abs)));

/** The code is the same for every backend: in the usual run one of them steps. */
const every = process.env.DOTOPT_TFJS !== undefined || process.env.DOTOPT_LONG !== undefined;

for (const { name: backend, tf, why } of await testedBackends()) {
  if (tf === undefined || (!every && backend !== 'cpu')) {
    it.skip(`on ${backend}: not run: ${why === '' ? 'the usual run steps on cpu' : why}`, () =>
      undefined);
    continue;
  }
  describe(`methods by tfjs on ${backend}`, () => {
    for (const [title, text] of Object.entries(problems))
      it(`step as in 64 bits on ${title}`, { timeout: 120_000 }, async () => {
        await tf.setBackend(backend);
        const program = openText(text);
        expect(errorsOf(program)).toBe('');
        const { model } = program.front;
        const [problem] = model.problems;
        const opened = openSession(program.front, problem, program.host, {
          ...noSettings,
          target: 'tfjs',
          tfjs: { tf, backend, better: [] },
        });
        if (!opened.ok) throw new Error(opened.diagnostics.map(({ message }) => message).join());
        let matched = 0;
        for (const method of model.library.all()) {
          const made = await specialise(opened.session, { ...taskOf(bareSolve(problem)), method });
          if (!made.ok || made.specialised.step === undefined) continue;
          matched++;
          const here = made.specialised.createHere(1);
          const there = made.specialised.create(1);
          here.init();
          await there.init();
          for (let k = 1; k <= 3; k++) {
            const before = here.save();
            there.restore(before);
            here.step(k);
            await there.step(k);
            await there.settle?.();
            const [expected, got] = [here.save(), there.save()];
            const scale = Math.max(largest(before), largest(expected));
            for (const [state, { data }] of Object.entries(expected))
              data.forEach((value, at) => {
                if (decidedByRounding.has(method.name)) {
                  expect.soft(Number.isFinite(got[state].data[at]), method.name).toBe(true);
                  return;
                }
                const difference = Math.abs(value - got[state].data[at]);
                const label = `${method.name}, ${state}[${at}] after iteration ${k}`;
                if (!(difference <= tolerance * scale) && !Object.is(value, got[state].data[at]))
                  expect.soft(got[state].data[at], label).toBe(value);
              });
          }
          there.dispose?.();
        }
        expect(matched).toBeGreaterThan(3);
      });
  });
}
