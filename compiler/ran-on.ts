// Where a run took place.
import type { Ran, RunStats } from '../runtime/result.ts';
import type { Tensor } from '../runtime/tensor.ts';
import { targetOf } from './choose-target.ts';
import { knownSizes } from './known-sizes.ts';
import type { Session } from './session.ts';
import type { Specialised } from './specialise.ts';
import { evaluateDim, productOfDims, type Dim } from './tensor/dim.ts';

/** A size that is found on the way counts as nothing. States on a device have 32 bits; the module of the step in 64 is not what runs then. */
export function statsOf(
  session: Pick<Session, 'input' | 'lowered' | 'seconds'>,
  {
    module,
    compileSeconds,
    step,
    device,
  }: Pick<Specialised, 'module' | 'compileSeconds' | 'step' | 'device'>,
): RunStats {
  const { input, lowered, seconds } = session;
  const sizes = knownSizes(session);
  const entries = (shape: readonly Dim[]): number => evaluateDim(productOfDims(shape), sizes) ?? 0;
  // What the problem computes or draws lies beside what is read.
  const computed = lowered.problem.data.filter(
    ({ name, input: { type } }) => input.data[name] === undefined && type.storage === 'dense',
  );
  return {
    memory: {
      data:
        sum(Object.values(input.data).map(bytesOf)) +
        sum(computed.map(({ input: { type } }) => 8 * entries(type.shape))),
      states: sum(
        (step?.states ?? []).map(
          ({ type }) => (device === undefined ? 8 : 4) * entries(type.shape),
        ),
      ),
      ...(input.heap === undefined ? {} : { wasm: input.heap.used() }),
    },
    compile: { problem: seconds.compile, method: compileSeconds },
    ...(module === undefined || device !== undefined ? {} : { module }),
  };
}

const bytesOf = (tensor: Tensor): number =>
  tensor.data.byteLength +
  (tensor.storage === 'csr' ? tensor.column.byteLength + tensor.rowStart.byteLength : 0);

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

export const ranOn = (
  { input }: Pick<Session, 'input'>,
  { device }: Pick<Specialised, 'device'>,
): Ran => ({
  target: device === undefined ? targetOf(input) : 'tfjs',
  threads: input.heap?.threads() ?? 1,
});
