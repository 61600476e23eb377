// Where a problem runs: `explain` says it beforehand, each result afterwards; `doctor` what there is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { place, type Place } from './command.ts';
import { usualThreads } from '../../compiler/cli/threads.ts';
import { fusesMultiplyAdd } from '../../runtime/wasm/web-assembly.ts';

const least = (m: number): string => `problem least {
  data A : real[${m}, 4] ~ normal(0, 1)
  data b : real[${m}] ~ normal(0, 1)
  var x : real[4]
  minimize sumsq(A*x - b)
}
compare of least { with conjugate_gradient  stop when iterations >= 3 }
`;

describe('the target', () => {
  let here: Place;
  beforeAll(() => {
    here = place({
      'small.opt': least(4095),
      'large.opt': least(4096),
      'given.opt': least(5).replace('~ normal(0, 1)', '').replaceAll('5', 'm'),
    });
  });
  afterAll(() => here.remove());
  const json = async (line: string): Promise<unknown> =>
    JSON.parse((await here.dotopt(`${line} --json`)).out);

  it('is chosen by the largest array', async () => {
    expect(await json('explain small.opt')).toMatchObject({
      runs: { target: 'ts', because: expect.stringContaining('16380 numbers') },
    });
    expect(await json('explain large.opt')).toMatchObject({
      runs: { target: 'wasm', because: expect.stringContaining('16384 numbers') },
    });
    expect(await json('explain small.opt --target wasm')).toMatchObject({
      runs: { target: 'wasm', threads: usualThreads(), fused: fusesMultiplyAdd() },
    });
    expect(await json('run small.opt')).toMatchObject({ target: 'ts', threads: 1 });
    expect(await json('run large.opt')).toMatchObject({ target: 'wasm' });
    const { out } = await here.dotopt('run large.opt');
    expect(out).toMatch(/ in iterations on wasm/);
  });

  it('depends on the data where that is not at hand', async () => {
    expect(await json('explain given.opt')).toMatchObject({
      runs: { target: null, because: expect.stringContaining('16384 numbers or more') },
    });
  });

  it('is what the person asks for', async () => {
    expect(await json('run small.opt --target wasm')).toMatchObject({ target: 'wasm' });
    expect(await json('compare large.opt --target ts')).toMatchObject({
      comparisons: [{ runs: [{ target: 'ts', threads: 1 }] }],
    });
  });
});

describe('run --stats', () => {
  it('says what memory and compiling took, and what became WebAssembly', async () => {
    const here = place({ 'large.opt': least(4096) });
    const { out } = await here.dotopt('run large.opt --stats --json');
    const text = await here.dotopt('run large.opt --stats');
    here.remove();
    const { stats } = JSON.parse(out);
    // The matrix is drawn in the memory of WebAssembly: 4096 × 4 numbers of 8 bytes, and the right side.
    expect(stats.memory.wasm).toBeGreaterThan(8 * 5 * 4096);
    expect(stats.memory.wasm).toBeLessThan(8 * 5 * 4096 * 4);
    expect(stats.module.functions).toContain('iterate');
    expect(stats.module.bytes).toBeGreaterThan(100);
    expect(text.out).toMatch(/memory .*in WebAssembly/);
    expect(text.out).toMatch(/module .*iterate/);
    // What is drawn counts as data, as what is read does.
    expect(stats.memory.data).toBe(8 * 5 * 4096);
  });

  it('on tfjs names no module, which does not run there, and whose the threads are', async () => {
    const here = place({ 'large.opt': least(4096) });
    const asked = 'run large.opt --target tfjs --iterations 2 --stats';
    const { out } = await here.dotopt(`${asked} --json`);
    const text = await here.dotopt(asked);
    here.remove();
    const { stats } = JSON.parse(out);
    expect(stats.module).toBeUndefined();
    expect(stats.memory.data).toBe(8 * 5 * 4096);
    expect(text.out).not.toMatch(/^ *module/m);
    expect(text.out).toMatch(/threads +\d+ for what is measured in 64 bits; tfjs has its own/);
  });
});

describe('doctor', () => {
  it('measures each target', async () => {
    const here = place({});
    const { code, out } = await here.dotopt('doctor --json');
    here.remove();
    expect(code).toBe(0);
    const speed = {
      iterationsPerSecond: expect.any(Number),
      gigabytesPerSecond: expect.any(Number),
    };
    expect(JSON.parse(out).findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'target ts', good: true, speed }),
        expect.objectContaining({ name: 'target wasm', good: true, speed }),
      ]),
    );
  });
});
