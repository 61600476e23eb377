// What each command prints, as golden transcripts in test/cli/golden: `$ dotopt …`, standard output, standard error behind `2>`, the exit code.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { masked, place } from './command.ts';

const line = `## A line through three points.
problem line {
  data t : real[m] = [0, 1, 2]
  data y : real[m] from csv("y.csv", columns = "y")
  param mu : real >= 0 = 0.5
  var slope : real
  minimize sumsq(slope*t - y) + mu*slope^2
  metric error = max(abs(slope*t - y))
}
compare "two ways" of line {
  with gradient_descent
  with newton as "Newton"
  with frank_wolfe
  stop when gap <= 1e-8 or iterations >= 200
  claim "Newton is quicker": iterations("Newton") < iterations("gradient_descent")
}
`;

const mistakes = `problem p {
  param lambda : real = 1
  var x : real[2]
  minimize sumsq(x) + lamda*norm(x, 1)
  subject to { x[3] <= 1 }
}
`;

const scene = place({
  'line.opt': line,
  'y.csv': 'y\n0.1\n1.9\n4.2\n',
  'mistakes.opt': mistakes,
  'untidy.opt': 'problem   p { var x:real\n minimize x^2 }\n',
  'lost.opt':
    'problem p {\n  data y : real[m] from csv("gone.csv", columns = 1)\n  var x : real\n  minimize sumsq(z*x - y)\n}\n',
  'half.opt': 'problem p {\n  var x : real\n  minimize x^2\n',
  'empty.opt': '',
  'cut.csv': 'a,b\n1,2\n3\n',
  'flat.opt':
    'problem flat {\n  data y : real[m] from csv("two.csv")\n  var x : real\n  minimize sumsq(x - y)\n}\n',
  'two.csv': 'a,b\n1,2\n3,4\n',
  'words.csv': 'y\n0\none\n2\n',
});
afterAll(scene.remove);

const transcripts: Readonly<Record<string, readonly string[]>> = {
  help: [
    '',
    ...['check', 'fmt', 'run', 'build', 'compare', 'methods', 'explain', 'init', 'doctor'].map(
      (name) => `${name} --help`,
    ),
  ],
  usage: [
    'chek line.opt',
    'check',
    'run line.opt --tolerence 1e-3',
    'run line.opt --seed -1',
    'run line.opt --time 5x',
    'run line.opt --problem lin',
    'run line.opt --set mu',
    'run line.opt --set nu=1',
    'run line.opt --set mu=-1',
    'run line.opt --data y',
    'run line.opt --data z=y.csv',
    'run line.opt --data y=words.csv',
    'run line.opt --data t=cut.csv',
    'run line.opt --data t=y.csv',
    'run flat.opt --problem flt --json',
    'run lin.opt',
    'run nowhere/line.opt',
    'run .',
    'run empty.opt',
    'run flat.opt',
    'compare untidy.opt --problem p',
    'methods newtn',
    'init line',
    'run line.opt --out',
  ],
  check: ['check line.opt', 'check mistakes.opt half.opt', 'check empty.opt', 'check lost.opt'],
  fmt: [
    'fmt --check untidy.opt line.opt',
    'fmt untidy.opt half.opt',
    'fmt --check untidy.opt',
    'fmt',
  ],
  run: ['run line.opt', 'run line.opt --set mu=0 --iterations 1 --tolerance 1e-12'],
  compare: ['compare line.opt --check'],
  methods: ['methods line.opt', 'methods ista'],
  explain: ['explain line.opt'],
  init: ['init first', 'check first.opt', 'init first', 'init deep/er'],
  json: [
    'check mistakes.opt --json',
    'fmt --check untidy.opt half.opt gone.opt --json',
    'run line.opt --json',
    'run gone.opt --json',
    'run line.opt --jsn --json',
    'init json --json',
    'build line.opt --out built.ts --json',
    'build line.opt --out built.ts --js --json',
  ],
};

it.each(Object.entries(transcripts))('%s', async (name, lines) => {
  const pieces: string[] = [];
  for (const each of lines) {
    const { code, out, err } = await scene.dotopt(each);
    const told = err.replace(/^(?=.)/gm, '2> ');
    pieces.push(`$ dotopt ${each}\n${out}${told}exit ${code}\n`);
  }
  const text = masked(pieces.join('\n'), scene.folder);
  const file = path.join(import.meta.dirname, 'golden', `${name}.txt`);
  if (process.env.UPDATE !== undefined || !existsSync(file)) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
});
