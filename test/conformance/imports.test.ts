// What a file imports is read whole before sizes are worked out: data of imported problems fix theirs too.
import { expect, test } from 'vitest';
import { compile, solve } from '../../compiler/index.ts';

const files = {
  'shared/fit.opt': `problem fit {
  data A : real[m, n] from csv("numbers.csv", columns = 1..2)
  data b : real[m] from csv("numbers.csv", columns = 3)
  var x : real[n]
  minimize sumsq(A*x - b)
  known { x = [1, 2] }
}`,
  'shared/numbers.csv': '1,0,1\n0,1,2\n1,1,3\n',
};

test('data of an imported problem', async () => {
  const text = 'import "shared/fit.opt"\nsolve fit with lbfgs';
  const outcome = await solve({ name: 'main.opt', text, files });
  if (!outcome.ok) throw new Error(outcome.text);
  const [{ solution }] = outcome.results;
  expect([...solution[0].data].map((v) => Math.round(v * 1e4) / 1e4)).toEqual([1, 2]);
});

test('sizes of imported data are known where shapes are checked', async () => {
  const bad = { ...files, 'shared/numbers.csv': '1,0\n0,1\n1,1\n' };
  const outcome = await compile({ name: 'main.opt', text: 'import "shared/fit.opt"', files: bad });
  expect(outcome.ok ? '' : outcome.text).toMatch(/D006.*shared\/numbers|Columns 3\.\.3 are asked/s);
  const wrong = {
    ...files,
    'shared/fit.opt': files['shared/fit.opt'].replace('A*x - b', 'A*x - [1, 2]'),
  };
  const shapes = await compile({ name: 'main.opt', text: 'import "shared/fit.opt"', files: wrong });
  expect(shapes.ok ? '' : shapes.text).toMatch(/rows of A \(3\)/);
});
