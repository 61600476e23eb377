// What each gallery file still waits for. A file that waits must say so in one clear error that names the construct; all others must
// run, reach their `known` and hold their claims.

export type Waits =
  | 'general constraints'
  | 'integer variables'
  | 'robust constraints'
  | 'chance constraints'
  | 'complementarity';

/** The construct, as the message of a file that waits names it. */
export const waitingWords: { readonly [W in Waits]: RegExp } = {
  'general constraints': /constraints/,
  'integer variables': /whole variables/,
  'robust constraints': /robust constraints/,
  'chance constraints': /chance constraints/,
  complementarity: /complement|`find`/,
};

export const galleryWaits: Readonly<Record<string, Waits | undefined>> = {
  adversarial_training: undefined,
  blotto: undefined,
  braess: 'general constraints',
  chance_inventory: 'chance constraints',
  chi_square_dro: 'general constraints',
  cournot_family: undefined,
  cvar_regression: 'general constraints',
  d_optimal: undefined,
  diet: undefined,
  elastic_net_path: undefined,
  fair_classification: undefined,
  federated_logistic: undefined,
  gan_ring: undefined,
  hyper_cleaning: undefined,
  inverse_optimisation: undefined,
  karcher_mean: undefined,
  kmeans_iris: undefined,
  kuhn_poker: 'general constraints',
  lasso_diabetes: undefined,
  lcp_obstacle: 'complementarity',
  least_squares_diabetes: undefined,
  logistic_breast_cancer: undefined,
  lotka_volterra_fit: undefined,
  lovasz_theta: 'general constraints',
  lq_game: undefined,
  m_adam: undefined,
  m_augmented_lagrangian: undefined,
  m_bilevel: undefined,
  m_cma_es: undefined,
  m_conjugate_gradient: undefined,
  m_consensus_based: undefined,
  m_coordinate_descent: undefined,
  m_decentralised: undefined,
  m_federated: undefined,
  m_fista_restart: undefined,
  m_frank_wolfe: undefined,
  m_gradient: undefined,
  m_lbfgs: undefined,
  m_least_squares: undefined,
  m_min_max: undefined,
  m_multi_gradient: undefined,
  m_muon: undefined,
  m_regret_matching: undefined,
  m_splitting: undefined,
  m_trust_region: undefined,
  m_variance_reduction: undefined,
  m_zeroth_order: undefined,
  matrix_completion: undefined,
  meta_learning: undefined,
  mpc: 'general constraints',
  neural_net_moons: undefined,
  newsvendor: undefined,
  nmf_rank_one: undefined,
  optimal_taxation: 'general constraints',
  pca_wine: undefined,
  pendulum_swing_up: 'general constraints',
  portfolio_cardinality: 'integer variables',
  quantile_regression: undefined,
  reinforce: undefined,
  ridge_tuning_diabetes: undefined,
  river_basin: 'general constraints',
  robust_portfolio: 'robust constraints',
  rosenbrock_box: undefined,
  saddle_below: undefined,
  schaffer: undefined,
  sinkhorn: 'general constraints',
  smallest_ball: 'general constraints',
  softmax_iris: undefined,
  stackelberg_followers: undefined,
  svm_kernel_dual: undefined,
  svm_primal: undefined,
  thomson: undefined,
  three_levels: undefined,
  toll_setting: 'general constraints',
  tsp: undefined,
  tv_denoise: undefined,
  unit_commitment: undefined,
  variational_inference: undefined,
  walras: undefined,
  wasserstein_barycenter: undefined,
};

/** What a run of a file does today where that is not what it should: asserted as it is, so that the test fails once it is mended. */
export interface Gap {
  readonly why: string;
  readonly outcome: 'not converged';
  /** Whether the known value is reached all the same. */
  readonly reaches: boolean;
}

export const knownGaps: Readonly<Record<string, Gap>> = {};

/** Methods of a file that are not meant to arrive: what they show is in the claims of the file's comparison. */
export const neverArrive: Readonly<Record<string, string>> = {
  gan_ring: 'a game of networks over samples: a second or more a step, and none that arrives',
  m_adam: 'mini-batches and a fixed step: the iterates wander about the answer',
};

/** Files whose default method ends in another stationary point than the known answer, of which there are many. */
export const otherStationaryPoints: Readonly<Record<string, string>> = {
  m_consensus_based: 'a descent method ends in the local minimum nearest to the start',
};
