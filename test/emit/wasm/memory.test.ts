// What a step makes anew in each iteration is not kept in the memory of WebAssembly.
import { expect, it } from 'vitest';
import { noSettings } from '../../../compiler/program-input.ts';
import { openSession } from '../../../compiler/session.ts';
import { specialise } from '../../../compiler/specialise.ts';
import { solvesOf, taskOf } from '../../../compiler/tasks.ts';
import { openText } from '../../conformance/program.ts';

it('rows of a compressed matrix, drawn again and again, do not pile up', async () => {
  const program = openText(`problem p {
  sparse data A : real[40, 30] = [if mod(i*j, 7) == 0 then sin(i + j) else 0 for i in 1..40, j in 1..30]
  data b : real[40] = [cos(i) for i in 1..40]
  var x : real[30]
  minimize E(i in 1..40) (A[i, :]*x - b[i])^2
}
solve p with sgd(step = 0.01, batch = 8)`);
  const [asked] = solvesOf(program.front.model, program.front.model.problems);
  const opened = openSession(program.front, asked.problem, program.host, {
    ...noSettings,
    target: 'wasm',
  });
  if (!opened.ok) throw new Error('it does not open');
  const made = await specialise(opened.session, taskOf(asked));
  if (!made.ok) throw new Error(made.diagnostics.map(({ message }) => message).join('\n'));
  const step = made.specialised.createHere(1);
  step.init();
  step.step(1);
  const before = opened.session.input.heap?.used();
  for (let k = 2; k <= 200; k++) step.step(k);
  expect(before).toBeGreaterThan(0);
  expect(opened.session.input.heap?.used()).toBe(before);
});
