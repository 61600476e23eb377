// Values near the smallest numbers: squares of gradients and of their changes vanish there, and no state may become infinite or NaN by it.
import { describe, expect, it } from 'vitest';
import { opened } from './counting.ts';

const goals = [
  'x[1]^2 + 3*x[2]^2',
  '100*(x[2] - x[1]^2)^2 + (1 - x[1])^2',
  'sqrt(1 + x[1]^2)',
  'log(1 + exp(x[1])) + 0.01*x[1]^2',
  'x[1]^4 + x[2]^2/7',
  'x[1] + 0.2*x[1]^2',
];

async function endsFinite(
  method: string,
  goal: string,
  exponent: number,
  domain: string,
): Promise<boolean> {
  const scaled = `1e-154*(1e${exponent + 154}*(${goal}))`;
  const members = `var x : real[2] ${domain} start [-1.2, 1] minimize ${scaled}`;
  const program = (await opened(members, method)).specialised.create(1);
  if (!('save' in program)) throw new Error('a device');
  program.init();
  for (let k = 1; k <= 40 && !program.step(k); k++);
  return Object.values(program.save()).every(({ data }) => data.every(Number.isFinite));
}

describe.each(['lbfgs', 'nonsmooth_lbfgs'])('%s', (method) => {
  it.each(goals)('%s, from 1e-155 down to 1e-162', async (goal) => {
    const failing: string[] = [];
    for (const exponent of [-162, -161, -158, -155])
      for (const domain of ['', '>= -3 <= 3'])
        if (!(await endsFinite(method, goal, exponent, domain)))
          failing.push(`1e${exponent} ${domain}`);
    expect(failing).toEqual([]);
  });
});
