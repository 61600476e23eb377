import type { DomainName } from '../problem/problem.ts';

/** Which domains are convex sets. */
export const convexDomains: { readonly [D in DomainName]: boolean } = {
  box: true,
  nonneg: true,
  simplex: true,
  ball: true,
  sphere: false,
  halfspace: true,
  affine: true,
  soc: true,
  psd: true,
  spd: true,
  spectrahedron: true,
  correlation: true,
  stiefel: false,
  grassmann: false,
  fixed_rank: false,
  orthogonal: false,
  doubly_stochastic: true,
  sparse_ball: false,
  monotone: true,
  product: false,
};
