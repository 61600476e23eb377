// The compiler and the runtime in a page: three examples and a program for HiGHS, on each target, against the answers in Node.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TargetName } from '../../compiler/choose-target.ts';
import { solve } from '../../compiler/index.ts';
import { bundlePage } from '../../scripts/bundle-page.ts';
import { findChromium, openInChromium } from './chromium.ts';

const root = path.join(import.meta.dirname, '..', '..', 'examples');
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');

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

interface Answer {
  readonly status: string;
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

const chromium = findChromium();
const folder = mkdtempSync(path.join(tmpdir(), 'dotopt-page-'));

beforeAll(() => bundlePage(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('asks for no module of Node', () => {
  const code = readFileSync(path.join(folder, 'dotopt.js'), 'utf8');
  expect(code).not.toMatch(/["'`]node:|\brequire\(["']/);
});

describe('headless Chromium', () => {
  it('solves examples as Node does', async (context) => {
    if (chromium === undefined) {
      process.stdout.write('not run: the page, for want of Chromium (apt-get install chromium)\n');
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
});
