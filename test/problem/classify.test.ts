// The class of every gallery problem, in the words of the field, and what is promised.
import { describe, expect, test } from 'vitest';
import { classify } from '../../compiler/problem/classify.ts';
import { galleryText, study } from './support.ts';

const classes: Readonly<Record<string, string>> = {
  blotto: 'a bilinear zero-sum game: equilibrium',
  braess: 'a monotone variational inequality: equilibrium',
  chance_inventory: 'a chance-constrained linear program: stationary',
  cournot_family: 'a game with a player for each index: equilibrium',
  cvar_regression: 'a convex-concave saddle-point problem: equilibrium',
  d_optimal: 'a smooth convex problem over the simplex: optimal',
  diet: 'a linear program: optimal',
  elastic_net_path: 'a composite convex problem: optimal',
  fair_classification: 'a multi-objective problem with 2 goals: stationary',
  hyper_cleaning: 'a bilevel problem over a smooth convex problem: stationary',
  lasso_diabetes: 'a composite convex problem: optimal',
  lcp_obstacle: 'a complementarity problem: feasible',
  least_squares_diabetes: 'a linear least-squares problem: optimal',
  logistic_breast_cancer: 'a smooth convex problem: optimal',
  lovasz_theta: 'a semidefinite program: optimal',
  m_frank_wolfe: 'a convex quadratic program: optimal',
  m_gradient: 'an unconstrained convex quadratic problem: optimal',
  m_min_max: 'a bilinear zero-sum game: equilibrium',
  matrix_completion: 'a composite convex problem: optimal',
  meta_learning: 'a bilevel problem over a family, each a linear least-squares problem: stationary',
  mpc: 'a convex quadratic program: optimal',
  pca_wine: 'a smooth problem over the Stiefel manifold: stationary',
  portfolio_cardinality: 'a mixed-integer convex quadratic program: optimal',
  quantile_regression: 'a nonsmooth convex problem: optimal',
  river_basin: 'a generalised game of 3 players: equilibrium',
  robust_portfolio: 'a robust convex quadratic program: optimal',
  rosenbrock_box: 'a smooth problem within bounds that is not known to be convex: stationary',
  saddle_below: 'a bilevel problem over a convex-concave saddle-point problem: stationary',
  smallest_ball: 'a second-order cone program: optimal',
  softmax_iris: 'a smooth convex problem: optimal',
  svm_kernel_dual: 'a convex quadratic program: optimal',
  svm_primal: 'a composite convex problem: optimal',
  thomson: 'a smooth problem over spheres: stationary',
  toll_setting: 'a bilevel problem over a linear program: stationary',
  tsp: 'a mixed-integer linear program: optimal',
  tv_denoise: 'a composite convex problem: optimal',
  unit_commitment: 'a mixed-integer linear program: optimal',
  walras: 'a variational inequality: equilibrium',
  wasserstein_barycenter: 'a linear program: optimal',
};

describe('classes', () => {
  test.each(Object.entries(classes))('%s is %s', (name, expected) => {
    const [{ facts }] = study(galleryText(name));
    const { name: found, promise } = classify(facts);
    expect(`${found}: ${promise}`).toBe(expected);
  });

  test('a problem without constraints is not made worse by a sense', () => {
    const one = (text: string): string => classify(study(text)[0].facts).name;
    expect(one('problem p {\nvar x : real[3]\nminimize sumsq(x) + exp(x[1])\n}')).toBe(
      one('problem p {\nvar x : real[3]\nmaximize -sumsq(x) - exp(x[1])\n}'),
    );
  });
});
