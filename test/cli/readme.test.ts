// What the README shows is what happens.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { masked, place } from './command.ts';

const root = path.join(import.meta.dirname, '..', '..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, name, text]) =>
    name === language ? [text] : [],
  );
const data = 'suites/data/diabetes.csv';
const [lasso = ''] = blocks('opt');
const scene = place({
  'lasso.opt': lasso,
  [data]: readFileSync(path.join(root, 'examples', data)),
});
afterAll(scene.remove);

it('its commands print what it says', async () => {
  const shown = blocks('console').join('');
  expect(shown).toMatch(/init.*run/s);
  for (const [, command, output] of shown.matchAll(/^\$ npx dotopt (.*)\n((?:[^$].*\n|\n)*)/gm)) {
    const { code, out } = await scene.dotopt(command.replace(/ +#.*/, ''));
    expect(code).toBe(0);
    const lines = masked(out, scene.folder).split('\n');
    const unwrapped = lines.join('\n').replace(/\n {15}/g, ' ');
    for (const line of output.split('\n').filter((each) => each !== ''))
      expect(unwrapped).toContain(masked(line, scene.folder));
  }
});

it('its program compares as the demo does', async () => {
  const { code, out } = await scene.dotopt('compare lasso.opt');
  expect(code).toBe(0);
  for (const [name] of readme.matchAll(/^(?:ista|FISTA|ADMM|Ncvx-Pro) +optimal/gm))
    expect(out).toContain(name);
});

it('its mistake gets the answer that it shows', async () => {
  scene.write('lasso.opt', lasso.replace('A*x - b)', 'A*x - bb)'));
  const { err } = await scene.dotopt('check lasso.opt');
  const shown = blocks('').find((text) => text.startsWith('error[')) ?? 'no error';
  expect(err).toContain(shown.trimEnd());
});

it('names files that are there', () => {
  for (const [, target] of readme.matchAll(/\]\(([^)#]+)\)/g))
    expect(() => readFileSync(path.join(root, target))).not.toThrow(/ENOENT/);
});
