// Functions of several calls of tfjs that leave nothing behind but their result.
import type { DeviceTensor, Tfjs } from './tfjs.ts';

type Work<A extends readonly unknown[]> = (...args: A) => DeviceTensor;

/** Makes a function free what it makes on its way. */
export const aloneOn =
  (tf: Pick<Tfjs, 'tidy'>) =>
  <A extends readonly unknown[]>(work: Work<A>): Work<A> =>
  (...args) =>
    tf.tidy(() => work(...args));
