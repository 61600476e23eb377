// Colours, and which files a .opt file may read.
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { palette, wantsColor } from '../../compiler/cli/io.ts';
import { place } from './command.ts';

describe('colours', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
  ])('terminal %s, %j: %s', (terminal, environment, wanted) => {
    expect(wantsColor(terminal, environment)).toBe(wanted);
  });

  it('are escapes, or nothing', () => {
    expect(palette(true).bad('x')).toBe('\u001b[31mx\u001b[39m');
    expect(palette(false).bad('x')).toBe('x');
  });
});

describe('files that a program may read', () => {
  const problem = (file: string): string =>
    `problem p {\n  data y : real[m] from csv("${file}", columns = 1)\n  var x : real\n  minimize sumsq(x - y)\n}\n`;
  const scene = place({
    'project/package.json': '{}',
    'project/in.csv': '1\n2\n',
    'project/.hidden/in.csv': '1\n2\n',
    'beside/in.csv': '1\n2\n',
    'project/a.opt': problem('in.csv'),
    'project/up.opt': problem('../beside/in.csv'),
    'project/hidden.opt': problem('.hidden/in.csv'),
    'project/url.opt': problem('https://example.org/in.csv'),
  });
  scene.write('project/absolute.opt', problem(path.join(scene.folder, 'beside', 'in.csv')));
  afterAll(scene.remove);

  it.each([
    ['run project/a.opt', 0, ''],
    ['run project/up.opt', 2, 'lies outside the project'],
    ['run project/up.opt --allow-read beside', 0, ''],
    ['run project/hidden.opt', 2, 'begins with a dot'],
    ['run project/hidden.opt --allow-read project/.hidden', 0, ''],
    ['run project/url.opt', 2, 'reads no URLs'],
    ['run project/absolute.opt', 2, 'relative paths'],
    ['run project/absolute.opt --data y=beside/in.csv', 0, ''],
  ])('%s', async (line, code, told) => {
    const ran = await scene.dotopt(line);
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(told)]);
  });
});
