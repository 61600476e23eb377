// The compiler and the runtime in a page: three examples and a program for HiGHS, on each target, against the answers in Node; three by tfjs on the browser's WebGPU.
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TargetName } from '../../compiler/choose-target.ts';
import { solve } from '../../compiler/index.ts';
import { bundlePage, bundleTfjs } from '../../scripts/bundle-page.ts';
import { findChromium, openInChromium, softwareGpu } from './chromium.ts';

const repo = path.join(import.meta.dirname, '..', '..');
const read = (name: string): string => readFileSync(path.join(repo, 'examples', name), 'utf8');

interface Example {
  readonly name: string;
  readonly text: string;
  readonly files: Readonly<Record<string, string>>;
}

const example = (name: string, data: readonly string[]): Example => ({
  name: path.basename(name),
  text: read(name),
  files: Object.fromEntries(data.map((file) => [file, read(file)])),
});

const examples: readonly Example[] = [
  example('rosenbrock.opt', []),
  example('logistic_regression.opt', ['suites/data/breast_cancer.csv']),
  example('lasso.opt', ['suites/data/diabetes.csv']),
  example('gallery/diet.opt', []),
];
const targets: readonly TargetName[] = ['wasm', 'ts'];

/** Few iterations: the driver in software takes its time. */
const onGpu: readonly Example[] = [
  example('lasso.opt', ['suites/data/diabetes.csv']),
  example('ridge.opt', ['suites/data/diabetes.csv']),
  example('least_squares.opt', ['suites/data/diabetes.csv']),
];

interface Answer {
  readonly status: string;
  readonly target: TargetName;
  readonly value: number;
  readonly iterations: number;
  readonly solution: readonly (readonly number[])[];
}
interface Solved {
  readonly name: string;
  readonly target: TargetName;
  readonly text: string;
  readonly answers: readonly Answer[];
}
interface Found {
  readonly failed?: string;
  readonly isolated?: boolean;
  readonly results?: readonly Solved[];
}

interface FoundOnGpu {
  readonly failed?: string;
  /** Why the browser has no WebGPU. */
  readonly missing?: string;
  readonly backend?: string;
  readonly dispatches?: { readonly all: number; readonly own: number };
  readonly results?: readonly Omit<Solved, 'target'>[];
}

const chromium = findChromium();
const folder = mkdtempSync(path.join(tmpdir(), 'dotopt-page-'));

const asksForNode = /["'`]node:|\brequire\(["']/;
const scripts = (): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
const notRun = (why: string): void => void process.stdout.write(`not run: ${why}\n`);

beforeAll(() => bundlePage(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('asks for no module of Node', () => {
  expect(scripts().length).toBeGreaterThan(0);
  for (const code of scripts()) expect(code).not.toMatch(asksForNode);
});

describe('headless Chromium', () => {
  it('solves examples as Node does', async (context) => {
    if (chromium === undefined) {
      notRun('the page, for want of Chromium (apt-get install chromium)');
      return context.skip('no Chromium');
    }
    copyFileSync(path.join(import.meta.dirname, 'page.html'), path.join(folder, 'page.html'));
    writeFileSync(path.join(folder, 'examples.json'), JSON.stringify({ examples, targets }));
    const found: Found = JSON.parse(await openInChromium(chromium, folder, 'page.html', 60_000));
    expect(found.failed).toBeUndefined();
    // Pages are not isolated unless their server says so: nothing here may need it.
    expect(found.isolated).toBe(false);
    expect(found.results).toHaveLength(examples.length * targets.length);
    for (const { name, target, text, answers } of found.results ?? []) {
      expect(text, `${name} on ${target}`).toBe('');
      const input = examples.find((each) => each.name === name);
      const here = await solve(input ?? '', { target });
      if (!here.ok) throw new Error(here.text);
      expect(answers).toHaveLength(here.results.length);
      here.results.forEach((wanted, k) => {
        const answer = answers[k];
        expect(['optimal', 'stationary']).toContain(answer.status);
        expect(answer.status).toBe(wanted.status);
        expect(answer.value).toBeCloseTo(wanted.value ?? NaN, 9);
        wanted.solution.forEach(({ data }, i) =>
          data.forEach((x, j) =>
            expect(Math.abs(answer.solution[i][j] - x)).toBeLessThan(1e-6 * (1 + Math.abs(x))),
          ),
        );
      });
    }
  });

  it('solves examples by tfjs on WebGPU', { timeout: 120_000 }, async (context) => {
    if (chromium === undefined) {
      notRun('the page on WebGPU, for want of Chromium (apt-get install chromium)');
      return context.skip('no Chromium');
    }
    const outside = path.join(repo, '.tfjs');
    const bundled = await bundleTfjs(folder, existsSync(outside) ? outside : repo);
    if (!bundled) {
      notRun('the page on WebGPU, for want of tfjs (npm run setup:tfjs-node)');
      return context.skip('no tfjs');
    }
    for (const code of scripts()) expect(code).not.toMatch(asksForNode);
    copyFileSync(path.join(import.meta.dirname, 'webgpu.html'), path.join(folder, 'webgpu.html'));
    writeFileSync(path.join(folder, 'examples.json'), JSON.stringify({ examples: onGpu }));
    const found: FoundOnGpu = JSON.parse(
      await openInChromium(chromium, folder, 'webgpu.html', 100_000, softwareGpu),
    );
    expect(found.failed).toBeUndefined();
    if (found.missing !== undefined) {
      notRun(`the page on WebGPU: ${found.missing}`);
      return context.skip(found.missing);
    }
    expect(found.backend).toBe('webgpu');
    expect(found.dispatches?.own).toBeGreaterThan(100);
    expect(found.results).toHaveLength(onGpu.length);
    for (const { name, text, answers } of found.results ?? []) {
      // A GPU that fails says so here.
      expect(text, name).toBe('');
      const here = await solve(onGpu.find((each) => each.name === name) ?? '', { target: 'ts' });
      if (!here.ok) throw new Error(here.text);
      here.results.forEach((wanted, k) => {
        const answer = answers[k];
        expect(answer.target).toBe('tfjs');
        expect(answer.status).toBe('optimal');
        const value = wanted.value ?? NaN;
        expect(Math.abs(answer.value - value)).toBeLessThan(1e-4 * Math.abs(value));
      });
    }
  });
});
