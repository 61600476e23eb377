// Where a run took place.
import type { Ran, RunStats } from '../runtime/result.ts';
import type { Tensor } from '../runtime/tensor.ts';
import { targetOf } from './choose-target.ts';
import type { Session } from './session.ts';
import type { Specialised } from './specialise.ts';
import { evaluateDim, productOfDims } from './tensor/dim.ts';

/** A size that is found on the way counts as nothing. */
export const statsOf = (
  { input, seconds }: Pick<Session, 'input' | 'seconds'>,
  { module, compileSeconds, step }: Pick<Specialised, 'module' | 'compileSeconds' | 'step'>,
): RunStats => ({
  memory: {
    data: sum(Object.values(input.data).map(bytesOf)),
    states: sum(
      (step?.states ?? []).map(
        ({ type }) => 8 * (evaluateDim(productOfDims(type.shape), input.sizes) ?? 0),
      ),
    ),
    ...(input.heap === undefined ? {} : { wasm: input.heap.used() }),
  },
  compile: { problem: seconds.compile, method: compileSeconds },
  ...(module === undefined ? {} : { module }),
});

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
