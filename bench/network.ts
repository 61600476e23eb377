// A network of two layers: a step of gradient descent over all samples, in 32 bits, beside JAX and PyTorch.
import { loadFor } from '../compiler/cli/tfjs.ts';
import { solve } from '../compiler/index.ts';
import { loadTfjs, type Backend, type LoadedTfjs } from '../runtime/tfjs/load.ts';
import { drawFrom, vectorOf, writeData } from './draw.ts';
import { interleave, type Competitor } from './interleave.ts';
import { competitorsOf } from './peers.ts';
import { standing, time, type Section } from './section.ts';

const [m, d, h, k] = [1024, 256, 128, 10];
const rate = 0.1;
const iterations = 10;

const text = `problem network {
  data X : real[${m}, ${d}]
  data Y : real[${m}, ${k}]
  data V1 : real[${d}, ${h}]
  data V2 : real[${h}, ${k}]
  var W1 : real[${d}, ${h}] start V1
  var W2 : real[${h}, ${k}] start V2
  let Z = tanh(X*W1)*W2
  minimize mean(logsumexp(Z, axis = 2) - sum(Z .* Y, axis = 2))
}
solve network with gradient_descent(step = ${rate}) stop when iterations >= ${iterations}
`;

/** WebGPU without a graphics card is the processor in disguise, and no measure of anything; the backend in plain JavaScript takes seconds a step. */
const measured: readonly Backend[] = ['tensorflow', 'wasm'];

export const network: Section = {
  name: 'network',
  run: async ({ one, two, folder }) => {
    const draw = drawFrom(3);
    const arrays = {
      X: vectorOf(m * d, draw.normal),
      labels: vectorOf(m, () => Math.floor(k * draw.uniform())),
      V1: vectorOf(d * h, () => draw.normal() / Math.sqrt(d)),
      V2: vectorOf(h * k, () => draw.normal() / Math.sqrt(h)),
    };
    const place = folder();
    writeData(place, { m, d, h, k, rate, iterations }, arrays);
    const { tasks, missing } = await one.load('network', place);
    await two.load('network', place);
    const { X, labels, V1, V2 } = arrays;
    const Y = vectorOf(m * k, (at) => (labels[Math.floor(at / k)] === at % k ? 1 : 0));
    const data = {
      X: tensor([m, d], X),
      Y: tensor([m, k], Y),
      V1: tensor([d, h], V1),
      V2: tensor([h, k], V2),
    };
    const left: string[] = [...missing];
    const ours: Competitor[] = [];
    for (const backend of measured) {
      const loaded = await loadTfjs(loadFor({ cwd: process.cwd() }), [backend]);
      if (loaded.ok) ours.push(ourSteps(`tfjs on ${backend}`, data, loaded.loaded));
      else left.push(`tfjs on ${backend}: ${loaded.missing.map(({ why }) => why).join('; ')}`);
    }
    ours.push(ourSteps('wasm, 64 bits', data, undefined));
    const libraries = [
      ...competitorsOf(one, tasks),
      ...competitorsOf(two, tasks, (task) => `${task}, two threads`),
    ];
    const times = await interleave([...ours, ...libraries], 3, 1);
    const [best] = ours.map(({ name }) => name).toSorted((a, b) => times.of(a) - times.of(b));
    return {
      tables: [
        {
          title: `A step of gradient descent: ${m} samples, ${d} inputs, ${h} hidden, ${k} classes, 32 bits`,
          columns: ['by', 'a step', `${best} beside it`],
          rows: [...ours, ...libraries].map(({ name }) => [
            name,
            time(times.of(name)),
            standing(times.ratio(best, name)),
          ]),
        },
      ],
      notes: [],
      missing: left,
    };
  },
};

const tensor = (shape: readonly number[], data: Float64Array) =>
  ({ storage: 'dense', shape, data }) as const;

function ourSteps(
  name: string,
  data: Readonly<Record<string, ReturnType<typeof tensor>>>,
  tfjs: LoadedTfjs | undefined,
): Competitor {
  return {
    name,
    round: async () => {
      const solved = await solve(
        text,
        tfjs === undefined ? { target: 'wasm', data } : { target: 'tfjs', tfjs, data },
      );
      if (!solved.ok) throw new Error(solved.text);
      const [{ seconds, iterations: done }] = solved.results;
      return (1000 * seconds.iterations) / done;
    },
  };
}
