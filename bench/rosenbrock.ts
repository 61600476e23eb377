// Rosenbrock's function of two variables: nanoseconds for an iteration of gradient descent.
import { rosenbrockProgram } from './generated.ts';

const module = rosenbrockProgram();
const data = module.prepare({ params: {}, data: {}, sizes: {}, seed: 1, dataSeed: 1 });
const program = module.createStep(data, 1);
const iterations = 1_000_000;

function nanoseconds(): number {
  program.init();
  const begun = performance.now();
  for (let k = 1; k <= iterations; k++) program.step(k);
  return ((performance.now() - begun) / iterations) * 1e6;
}

nanoseconds();
const times = Array.from({ length: 7 }, nanoseconds).sort((p, q) => p - q);
console.log(
  `rosenbrock, gradient descent: ${times[3].toFixed(1)} ns an iteration (under 1000 is wanted)`,
);
console.log(`  x = ${[...program.answer().x.data].map((v) => v.toPrecision(6)).join(', ')}`);
