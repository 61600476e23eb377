// What derivatives of counted calls count as: values give grads, grads give hvps, so a cross derivative times a vector is one hvp.
import type { OracleKind } from './ir.ts';

type Kinds = { readonly [K in OracleKind]: OracleKind };

/** A cotangent drawn back through a call. */
export const reverseKinds: Kinds = {
  values: 'grads',
  grads: 'hvps',
  hvps: 'hvps',
  jvps: 'hvps',
  solves: 'solves',
  projections: 'projections',
  proxes: 'proxes',
  lmos: 'lmos',
  samples: 'samples',
  bits: 'bits',
  bits_down: 'bits_down',
  draws: 'draws',
};

/** A tangent pushed through a call. */
export const forwardKinds: Kinds = { ...reverseKinds, values: 'jvps' };

/** A tangent's call turned round: along a direction it was a jvp of a value, backwards it is a gradient. */
export const turnedKinds: Kinds = {
  ...forwardKinds,
  values: 'values',
  grads: 'grads',
  jvps: 'grads',
};
