// Functions that a backend of tfjs has to all digits of 32 bits: measured on each, over all magnitudes and at infinities; others are made by hand in special.ts.
import type { Backend } from './load.ts';
import type { Special } from './special.ts';
import type { Tfjs } from './tfjs.ts';

type Name = 'erf' | 'expm1' | 'log1p' | 'sinh' | 'softplus' | 'tanh';

/** On WebGPU nothing is known: drivers differ. */
const right: { readonly [B in Backend]: readonly Name[] } = {
  tensorflow: ['erf', 'expm1', 'log1p', 'sinh', 'softplus', 'tanh'],
  // erf is 1e-9 at 0.
  cpu: ['expm1', 'log1p', 'sinh', 'softplus', 'tanh'],
  // log1p is log(1 + x).
  wasm: ['erf', 'expm1', 'sinh', 'softplus', 'tanh'],
  webgpu: [],
};

export function nativeSpecial(tf: Tfjs): Partial<Pick<Special, Name>> {
  const backend = tf.getBackend();
  const names = isBackend(backend) ? right[backend] : [];
  return Object.fromEntries(names.map((name) => [name, tf[name]]));
}

const isBackend = (name: string): name is Backend => name in right;
