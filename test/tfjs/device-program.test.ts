// A device that fails on the way: the run goes on in 64 bits from what came back last, and says so.
import { describe, expect, it } from 'vitest';
import { fallingBack } from '../../compiler/device-program.ts';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import { specialise } from '../../compiler/specialise.ts';
import { taskOf } from '../../compiler/tasks.ts';
import { deviceTrouble } from '../../compiler/trouble.ts';
import type { Program, StepProgram } from '../../runtime/program.ts';
import { run } from '../../runtime/run.ts';
import { bareSolve, openText } from '../conformance/program.ts';

const text = `problem p {
  data A : real[4, 3] = [[1, 2, 0], [0, 1, 1], [2, 0, 1], [1, -1, 0]]
  data b : real[4] = [1, 2, 3, -1]
  var x : real[3]
  minimize sumsq(A*x - b)/2 + 0.1*norm(x, 1)
}`;

async function steps(): Promise<() => StepProgram> {
  const { front, host } = openText(text);
  const [problem] = front.model.problems;
  const opened = openSession(front, problem, host, noSettings);
  if (!opened.ok) throw new Error('the problem does not open');
  const method = front.model.library.all().find(({ name }) => name === 'fista');
  const made = await specialise(opened.session, { ...taskOf(bareSolve(problem)), method });
  if (!made.ok) throw new Error('the method does not match');
  return () => made.specialised.createHere(1);
}

/** A device that carries the step out as this side does, until it fails at the given call. */
function failingDevice(
  step: StepProgram,
  failsAt: { call: 'init' | 'step' | 'settle'; at: number },
) {
  const calls = { init: 0, step: 0, settle: 0 };
  let failed = false;
  const meet = (call: keyof typeof calls): void => {
    calls[call]++;
    if (call === failsAt.call && calls[call] === failsAt.at) failed = true;
    if (failed) throw new Error('mapping of a buffer failed');
  };
  const device: Program = {
    ...step,
    init: () => {
      meet('init');
      step.init();
    },
    step: (k) => {
      meet('step');
      return step.step(k);
    },
    advance: (done, to) => {
      for (let k = done + 1; k <= to; k++) {
        meet('step');
        step.step(k);
      }
      return { iteration: to, asked: false };
    },
    settle: async () => {
      await Promise.resolve();
      meet('settle');
    },
  };
  return { device, trouble: () => (failed ? 'the GPU device was lost' : undefined) };
}

const runTo = (program: Program, iterations: number) =>
  run({
    program,
    measure: (answer) => ({ value: answer.x.data.reduce((sum, x) => sum + x * x, 0) }),
    rule: () => false,
    limits: { iterations, seconds: 60 },
  });

describe('a device that fails', () => {
  for (const failsAt of [
    { call: 'init', at: 1 },
    { call: 'settle', at: 1 },
    { call: 'step', at: 1 },
    { call: 'step', at: 23 },
    { call: 'settle', at: 7 },
  ] as const)
    it(`at ${failsAt.call} ${failsAt.at} changes no row of the trace`, async () => {
      const create = await steps();
      const whole = await runTo(create(), 40);
      const told: (readonly [string, number])[] = [];
      const { device, trouble } = failingDevice(create(), failsAt);
      const found = await runTo(
        fallingBack({
          device: () => device,
          here: create(),
          trouble,
          tell: (why, iteration) => void told.push([why, iteration]),
        }),
        40,
      );
      expect(told).toHaveLength(1);
      expect(told[0][0]).toBe('the GPU device was lost');
      expect(found.reason.kind).toBe('iterations');
      const rows = ({ trace }: typeof found) =>
        trace.map(({ iteration, counts, values }) => ({ iteration, counts, values }));
      expect(rows(found)).toEqual(rows(whole));
      expect(found.answer).toEqual(whole.answer);
    });

  it('is a warning of the run', () => {
    const { front, host } = openText(text);
    const opened = openSession(front, front.model.problems[0], host, noSettings);
    if (!opened.ok) throw new Error('the problem does not open');
    const [warning] = deviceTrouble(opened.session, {
      label: 'fista',
      deviceFailure: () => ({ why: 'the GPU device was lost', iteration: 12 }),
    });
    expect(warning.code).toBe('X005');
    expect(warning.severity).toBe('warning');
    expect(warning.message).toBe(
      'the GPU device was lost; after iteration 12 `fista` went on in 64 bits on the CPU',
    );
  });

  it('hides no other fault', async () => {
    const create = await steps();
    const { device } = failingDevice(create(), { call: 'step', at: 2 });
    const program = fallingBack({
      device: () => device,
      here: create(),
      trouble: () => undefined,
      tell: () => undefined,
    });
    await expect(runTo(program, 5)).rejects.toThrow('mapping of a buffer failed');
  });
});
