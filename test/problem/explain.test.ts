// What `dotopt explain` prints: golden texts for problems of many classes, and every gallery problem explained without a fault.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explain } from '../../compiler/problem/explain.ts';
import { explainText, noColors } from '../../compiler/problem/explain-text.ts';
import { explained, galleryFolder, galleryText, study } from './support.ts';

const golden = [
  'lasso_diabetes',
  'logistic_breast_cancer',
  'quantile_regression',
  'rosenbrock_box',
  'svm_kernel_dual',
  'portfolio_cardinality',
  'toll_setting',
  'saddle_below',
  'cournot_family',
  'smallest_ball',
  'd_optimal',
  'braess',
];

describe('explain', () => {
  test.each(golden)('%s', async (name) => {
    const text = study(galleryText(name)).map(explained).join('\n');
    await expect(text).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  const names = readdirSync(galleryFolder)
    .filter((file) => file.endsWith('.opt'))
    .map((file) => file.slice(0, -4));

  test.each(names)('%s of the gallery has a class, a promise and texts', (name) => {
    for (const studied of study(galleryText(name))) {
      const explanation = explain(studied.facts, studied.sources);
      expect(explanation.class).toMatch(/^an? [a-z]/);
      expect(explanation.promise.length).toBeGreaterThan(5);
      const text = explainText(explanation, { width: 80 });
      expect(text).not.toMatch(/undefined|NaN|\[object/);
      // A value of texts only: JSON keeps all of it.
      expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
    }
  });

  test('colours change nothing but colours', () => {
    const [studied] = study(galleryText('lasso_diabetes'));
    const explanation = explain(studied.facts, studied.sources);
    const paint = (text: string): string => `\u001b[1m${text}\u001b[0m`;
    const colors = Object.fromEntries(Object.keys(noColors).map((key) => [key, paint]));
    const colored = explainText(explanation, { colors: { ...noColors, ...colors } });
    const plain = (text: string): string =>
      text.replace(/\u001b\[[0-9]m/g, '').replace(/ +$/gm, '');
    expect(plain(colored)).toBe(plain(explainText(explanation)));
  });
});
