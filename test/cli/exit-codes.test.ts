// Every exit code of docs/command.md, by a program that earns it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { palette } from '../../compiler/cli/io.ts';
import { main } from '../../compiler/cli/main.ts';
import { place } from './command.ts';

const square = 'problem square { var x : real start 1  minimize x^2 }\n';
const rosenbrock =
  'problem r { var x : real[2] start [-1.2, 1]  minimize (1 - x[1])^2 + 100*(x[2] - x[1]^2)^2 }\n';
const halve = 'method halve for { minimize f(x) over x } { repeat { x <- x / 2 } }\n';

const scene = place({
  'optimal.opt': square,
  'stationary.opt': rosenbrock,
  'source.opt': 'problem p { var x : real  minimize y^2 }\n',
  'infeasible.opt':
    'problem p { var x : real[2] >= 0  minimize sum(x) subject to { sum(x) <= -1 } }\n',
  'unbounded.opt': 'problem p { var x : real[2] >= 0  minimize -x[1] - 2*x[2] }\n',
  'unbounded_one.opt': 'problem p { var x : real >= 0  minimize -x }\n',
  'numerical.opt':
    'problem p { var x : real start 1  minimize x*log(x) }\n' +
    'method away for { minimize f(x) over x } { repeat { x <- x - 1 } }\nsolve p with away\n',
  'claim.opt': `${square}${halve}compare of square { with halve  stop when iterations >= 3  claim "small": value("halve") < 0 }\n`,
  'several.opt':
    'problem a { var x : real  minimize x^2 }\nproblem b { var x : real >= 0  minimize -x }\n',
  'untidy.opt': 'problem   p { var x:real  minimize x^2 }\n',
  'bytes.opt': Uint8Array.of(0xff, 0xfe, 0, 0x80),
  'null.opt': 'problem p \u0000 { }',
});
afterAll(scene.remove);

const cases: readonly (readonly [number, string])[] = [
  [0, 'run optimal.opt'],
  [0, 'run stationary.opt'],
  [1, 'run source.opt'],
  [1, 'check bytes.opt'],
  [1, 'fmt null.opt'],
  [2, ''],
  [2, 'run'],
  [2, 'run gone.opt'],
  [2, 'check optimal.opt gone.opt'],
  [3, 'run infeasible.opt'],
  [4, 'run unbounded.opt'],
  [4, 'run unbounded_one.opt'],
  [5, 'run stationary.opt --iterations 2'],
  [6, 'run numerical.opt'],
  [7, 'compare claim.opt --check'],
  [0, 'compare claim.opt'],
  [7, 'fmt --check untidy.opt'],
  [4, 'run several.opt'],
  [0, 'run several.opt --problem a'],
];

describe('exit codes', () => {
  it.each(cases)('%i: dotopt %s', async (wanted, line) => {
    const { code, out, err } = await scene.dotopt(line);
    expect([code, err]).toEqual([wanted, err]);
    if (wanted === 1 || wanted === 2) expect(`${out}${err}`).toMatch(/error|Usage/);
    expect(err).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });

  it('70: a fault of ours is caught once, asks to be reported, and is JSON where that is wanted', async () => {
    let [out, err, calls] = ['', '', 0];
    const code = await main(['run', 'optimal.opt', '--json'], {
      out: (text) => {
        if (calls++ === 0) throw new Error('broken pencil');
        out += text;
      },
      err: (text) => void (err += text),
      color: palette(false),
      errColor: palette(false),
      width: 80,
      interactive: false,
      cwd: scene.folder,
    });
    expect(code).toBe(70);
    expect(err).toMatch(/internal error: Error: broken pencil\n.*Please report/s);
    expect(JSON.parse(out)).toHaveProperty('error');
  });

  it('are those of docs/command.md', () => {
    const docs = readFileSync(
      path.join(import.meta.dirname, '..', '..', 'docs', 'command.md'),
      'utf8',
    );
    const listed = [...docs.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(listed).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 70]);
  });
});
