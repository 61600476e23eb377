// A GPU that is lost while a method runs on it: the run goes on in 64 bits, says so, and keeps its trace. And what is said where there is no driver.
import { describe, expect, it } from 'vitest';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import { solveSession } from '../../compiler/solve.ts';
import { taskOf } from '../../compiler/tasks.ts';
import { loadTfjs } from '../../runtime/tfjs/load.ts';
import { gpuBackend } from '../../runtime/tfjs/webgpu.ts';
import { bareSolve, openText } from '../conformance/program.ts';
import { testedBackend } from './backends.ts';

const { tf, why } = await testedBackend('webgpu');
if (tf === undefined) process.stdout.write(`not run: a lost GPU (${why})\n`);

const text = `problem p {
  data A : real[4, 3] = [[1, 2, 0], [0, 1, 1], [2, 0, 1], [1, -1, 0]]
  data b : real[4] = [1, 2, 3, -1]
  var x : real[3]
  minimize sumsq(A*x - b)/2 + 0.1*norm(x, 1)
}`;

it.skipIf(tf === undefined)('a lost GPU ends no run', async () => {
  if (tf === undefined) return;
  const { front, host } = openText(text);
  const [problem] = front.model.problems;
  const method = front.model.library.all().find(({ name }) => name === 'fista');
  const solved = async (lost: number | undefined) => {
    const opened = openSession(front, problem, host, {
      ...noSettings,
      target: 'tfjs',
      tfjs: { tf, backend: 'webgpu', better: [] },
    });
    if (!opened.ok) throw new Error('the problem does not open');
    const outcome = await solveSession(
      opened.session,
      { ...taskOf(bareSolve(problem)), method },
      {
        seed: 1,
        dataSeed: 1,
        limits: { iterations: 40 },
        observers: [
          {
            measured: ({ iteration }) => {
              if (iteration === lost) gpuBackend(tf)?.device.destroy();
            },
          },
        ],
      },
    );
    if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join());
    return outcome;
  };
  const whole = await solved(undefined);
  expect(whole.diagnostics).toEqual([]);
  const { result, diagnostics } = await solved(5);
  expect(diagnostics.map(({ code }) => code)).toEqual(['X005']);
  expect(diagnostics[0].message).toMatch(
    /^the GPU device was lost \(.*\); after iteration 5 `fista` went on in 64 bits on the CPU$/,
  );
  expect(result.status).toBe('optimal');
  expect(result.value).toBeCloseTo(whole.result.value ?? NaN, 4);
  // What ran on the GPU is kept.
  const before = ({ trace }: typeof result) => trace.filter(({ iteration }) => iteration <= 5);
  expect(before(result).map(({ values }) => values)).toEqual(
    before(whole.result).map(({ values }) => values),
  );
  expect(result.trace.at(-1)?.iteration).toBeGreaterThan(5);
  // Nothing more runs there: the next run says so at its start.
  const next = await solved(undefined);
  expect(next.diagnostics.map(({ code }) => code)).toEqual(['X005']);
  expect(next.result.status).toBe('optimal');
});

describe('without a driver', () => {
  it('the next backend runs, and the reason is told', async () => {
    const { navigator } = globalThis;
    Object.defineProperty(globalThis, 'navigator', {
      configurable: true,
      value: { gpu: { requestAdapter: () => Promise.resolve(null) } },
    });
    try {
      const result = await loadTfjs((name): Promise<unknown> => import(name), ['webgpu', 'cpu']);
      if (!result.ok) throw new Error('no backend');
      expect(result.loaded.backend).toBe('cpu');
      expect(result.loaded.better).toEqual([
        { backend: 'webgpu', why: 'there is no driver for a GPU (no WebGPU adapter)' },
      ]);
    } finally {
      Object.defineProperty(globalThis, 'navigator', { configurable: true, value: navigator });
    }
  });
});
