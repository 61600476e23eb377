import { describe, expect, it } from 'vitest';
import { RuntimeFault } from '../../runtime/fault.ts';
import { defaultLimits, run, timeRun, type RunSpec } from '../../runtime/run.ts';
import { nextMeasured } from '../../runtime/trace.ts';
import { place, program } from './halving.ts';

const spec = (p: RunSpec['program'], more: Partial<RunSpec> = {}): RunSpec => ({
  program: p,
  measure: ({ x }) => ({ value: x.data[0] }),
  rule: () => false,
  limits: defaultLimits,
  ...more,
});

describe('run', () => {
  it('stops at the first iteration at which the rule holds, also between measured ones', async () => {
    const p = program((x) => x - 1);
    for (const target of [1, 50, 101, 150, 333, 1234]) {
      const { reason, iterations, trace, counts } = await run(
        spec(p, { rule: (row) => row.values.value <= 1 - target }),
      );
      expect(reason).toEqual({ kind: 'rule' });
      expect(iterations).toBe(target);
      expect(trace.at(-1)?.iteration).toBe(target);
      expect(counts.grads - trace[0].counts.grads).toBe(target);
      p.counts.grads = 0;
    }
  });

  it('keeps the first iteration of each watched event, and goes on', async () => {
    const watched = [1, 99, 130, 131, 777];
    const p = program((x) => x - 1);
    const plain = await run(
      spec(
        program((x) => x - 1),
        { limits: { iterations: 1000, seconds: 60 } },
      ),
    );
    const { trace, counts, iterations } = await run(
      spec(p, {
        limits: { iterations: 1000, seconds: 60 },
        watches: watched.map((target) => (row) => row.values.value <= 1 - target),
        detail: ({ x }) => ({ twice: 2 * x.data[0] }),
      }),
    );
    const at = trace.map((row) => row.iteration);
    expect(at).toEqual(
      [...new Set([...plain.trace.map((row) => row.iteration), ...watched])].sort((a, b) => a - b),
    );
    expect([iterations, counts.grads]).toEqual([1000, 1000]);
    for (const row of trace) {
      expect(row.values.value).toBe(1 - row.iteration);
      expect(row.values.twice).toBe(2 - 2 * row.iteration);
      expect(row.counts.grads).toBe(row.iteration);
    }
  });

  it('keeps watched events on the way to the end of the rule', async () => {
    const { trace, reason } = await run(
      spec(
        program((x) => x - 1),
        {
          rule: (row) => row.values.value <= -999,
          watches: [(row) => row.values.value <= -998, (row) => row.values.value <= -5000],
        },
      ),
    );
    expect(reason.kind).toBe('rule');
    expect(trace.slice(-2).map((row) => row.iteration)).toEqual([999, 1000]);
  });

  it('does not take a draw that moved nothing for the end', async () => {
    const p = program((x) => x);
    const { reason } = await run(
      spec(
        { ...p, step: (k) => (p.counts.draws++, p.step(k)) },
        { limits: { iterations: 20, seconds: 60 } },
      ),
    );
    expect(reason.kind).toBe('iterations');
  });

  it('measures at 0, the first hundred, then every one per cent more, and at the last', async () => {
    const { trace, reason } = await run(
      spec(
        program((x) => x - 1),
        { limits: { iterations: 500, seconds: 60 } },
      ),
    );
    const expected = [0];
    while (expected[expected.length - 1] < 500) {
      expected.push(Math.min(500, nextMeasured(expected[expected.length - 1])));
    }
    expect(trace.map((row) => row.iteration)).toEqual(expected);
    expect(reason).toEqual({ kind: 'iterations' });
  });

  it('ends where the method asks', async () => {
    const { reason, iterations } = await run(
      spec(
        program(
          (x) => x / 2,
          (_, k) => k === 137,
        ),
      ),
    );
    expect([reason.kind, iterations]).toEqual(['method', 137]);
  });

  it('ends when nothing changes any more', async () => {
    const { reason } = await run(spec(program((x) => Math.max(x - 0.25, 0))));
    expect(reason.kind).toBe('stalled');
  });

  it('finds the iteration and the place of the first NaN, and keeps what came before', async () => {
    const { reason, trace, answer } = await run(spec(program((x, k) => (k === 217 ? NaN : x + 1))));
    const made = { value: NaN, expression: 'next(x)', operands: ['x = 217'], place };
    expect(reason).toEqual({ kind: 'nonfinite', iteration: 217, value: 'nan', made });
    expect(trace.length).toBeGreaterThan(100);
    expect(Number.isFinite(answer.x.data[0])).toBe(true);
  });

  it('keeps the trace when the program fails', async () => {
    const failing = program((x, k) => {
      if (k === 30) throw new RuntimeFault('index 9 is outside 1..3', 4);
      return x + 1;
    });
    const { reason, trace } = await run(spec(failing));
    expect(reason).toEqual({
      kind: 'fault',
      iteration: 30,
      message: 'index 9 is outside 1..3',
      place: 4,
    });
    expect(trace.at(-1)?.iteration).toBe(29);
  });

  it('obeys the time limit by its own clock, which stands still while measuring', async () => {
    let now = 0;
    const p = program((x) => {
      now += 10;
      return x + 1;
    });
    const measured = spec(p, {
      clock: () => now,
      limits: { iterations: 1e6, seconds: 1 },
      measure: () => {
        now += 1000;
        return {};
      },
    });
    const { reason, seconds, iterations } = await run(measured);
    expect(reason.kind).toBe('time');
    expect(iterations).toBeLessThanOrEqual(101);
    expect(seconds.total).toBeCloseTo(iterations / 100, 9);
  });

  it('stops between blocks when the person asks, with the answer so far', async () => {
    let asked = false;
    const { reason, iterations } = await run(
      spec(
        program((x) => x + 1),
        {
          interrupted: () => asked,
          observers: [{ tick: (k) => void (asked ||= k >= 40) }],
        },
      ),
    );
    expect(reason.kind).toBe('interrupted');
    expect(iterations).toBeGreaterThanOrEqual(40);
    expect(iterations).toBeLessThan(200);
  });

  it('drops an observer that throws and goes on', async () => {
    let calls = 0;
    const { reason } = await run(
      spec(
        program((x) => x + 1),
        {
          limits: { iterations: 20, seconds: 60 },
          observers: [
            {
              measured: () => {
                calls++;
                throw new Error('broken pipe');
              },
            },
          ],
        },
      ),
    );
    expect([reason.kind, calls]).toEqual(['iterations', 1]);
  });

  it('times the same run again without measuring', async () => {
    const p = program((x) => x / 2);
    const seconds = (await timeRun(p, [0, 1, 10, 100])) ?? [];
    expect(seconds).toHaveLength(4);
    expect([...seconds].sort((a, b) => a - b)).toEqual(seconds);
    expect(p.steps()).toBe(100);
  });
});
