// Every method of the library on a problem of its kind: what the tests of counts and of the targets run.
import type { OracleCounts } from '../../runtime/program.ts';

const data = `
  data A : real[6, 3] = [sin(i*j) + cos(i + 2*j) for i in 1..6, j in 1..3]
  data b : real[6] = [sin(7*i) for i in 1..6]`;

export const kinds = {
  squares: `${data} var x : real[3] minimize sumsq(A*x - b)/2`,
  curved: `${data} var x : real[3] minimize sumsq(A*x - b)/2 + sum(x.^4)`,
  lasso: `${data} var x : real[3] minimize sumsq(A*x - b)/2 + norm(x, 1)`,
  boxed: `${data} var x : real[3] >= -2 <= 0.2 minimize sumsq(A*x - b)/2 + sum(x.^4)`,
  simplex: `${data} var x : real[3] in simplex minimize sumsq(A*x - b)/2`,
  fused: `${data} var x : real[3] minimize sumsq(x - 1)/2 + norm(A*x, 1)`,
  sphere: `${data} var x : real[3] in sphere start 1 minimize sumsq(A*x)`,
  mean: `${data} var x : real[3] minimize E(i in 1..6) (A[i, :]*x - b[i])^2`,
  residuals: `${data} var x : real[3] start 0.1 minimize sumsq(exp(A*x) - b - 2)`,
  kinked: `${data} var x : real[3] start 3 minimize sum(i in 1..6) min((A[i, :]*x - 2)^2, (A[i, :]*x + 2)^2 + 1)`,
  rows: `${data} var x : real[3] >= 0 minimize sum(x) subject to { A*x >= -1 }`,
  lower: `${data}
    data V : real[4, 3] = [cos(i*j) for i in 1..4, j in 1..3]
    var t : real[3]
    lower { var w : real[3] minimize E(i in 1..6) (A[i, :]*w - b[i])^2/2 + sum(exp(t) .* w.^2)/2 }
    minimize E(i in 1..4) (V[i, :]*w - 1)^2/2 + 0.001*sumsq(t)`,
  coupled: `
    var x : real[3]
    lower {
      var y : real[4]
      minimize sumsq(y[1..2])/2 - x[1]*y[1] + sum(y)
      subject to { sum(x) + sum(y) == 0 }
    }
    minimize sumsq(x - 1)/2 + sum(exp(y))`,
  blocks: `
    set M = 1..4
    var x : real[2]
    lower task(i in M) { var y : real[2] minimize i*sumsq(y - i*x - sin(i))/4 }
    minimize E(i in M) sumsq(y[i, :] - 1)/2 + 0.05*sumsq(x)`,
  chosen: `lower { var y : real[3] in simplex minimize (y[1] - y[2])^2 } minimize sumsq(y - [1, 0, 0])/2`,
  saddle: `
    var x : real[2] start ones
    var y : real[2] start ones
    let f = sumsq(x)/4 + 3*(x[1]*y[2] - x[2]*y[1]) - sumsq(y - [1, 0])/4
    minimize f over x
    maximize f over y`,
  /** Its second derivatives change from step to step. */
  bent: `
    var x : real[2] start ones
    var y : real[2] start ones
    let f = sumsq(x)/4 + sin(x[1])*y[2] - x[2]*y[1]^2 - sumsq(y - [1, 0])/4
    minimize f over x
    maximize f over y`,
  inside: `
    var x : real[2] >= -1 <= 1 start ones
    var y : real[2] >= -1 <= 1 start ones
    let f = sumsq(x)/4 + 3*(x[1]*y[2] - x[2]*y[1]) - sumsq(y - [1, 0])/4
    minimize f over x
    maximize f over y`,
  matrix: `
    data A : real[4, 3] = [[3, -1, 2], [1, 2, -2], [-1, 3, 1], [0, 1, 1.5]]
    var x : real[4] in simplex
    var y : real[3] in simplex
    maximize x'*A*y over x
    minimize x'*A*y over y`,
  duopoly: `
    var p : real >= 0
    var q : real >= 0
    maximize p*(10 - p - q) - p over p
    maximize q*(10 - p - q) - 2*q over q`,
  objectives: `var x : real[2] start [2, 3] minimize [sumsq(x), sumsq(x - [1, 0]), sumsq(x - [0, 2]) + x[1]^4]`,
  agents: `
    set C = 1..6
    data D : real[C, 3] = [1 + sin(c*j)/2 for c in C, j in 1..3]
    data b : real[C, 3] = [cos(c + j) for c in C, j in 1..3]
    data W : real[C, C] = [if c == d then 1/2 else if mod(c - d, 6) == 1 or mod(d - c, 6) == 1 then 1/4 else 0 for c in C, d in C]
    var x : real[3]
    minimize sum(c in C) sumsq(D[c, :] .* x - b[c, :])/2`,
  dealers: `
    set C = 1..4
    var x : real[2] start 1
    var y : real[1] start 2
    minimize sum(c in C) (c*x[1]*y[1] + c*x[2] - 5*c*y[1] + 20*sumsq(x) - 30*y[1]^2) over x
    maximize sum(c in C) (c*x[1]*y[1] + c*x[2] - 5*c*y[1] + 20*sumsq(x) - 30*y[1]^2) over y`,
};

export type Some = Partial<OracleCounts>;

export interface Entry {
  readonly kind: keyof typeof kinds;
  /** Its arguments. */
  readonly args?: string;
  /** By hand, before the first iteration and in each; absent where searches, draws or stop rules decide. */
  readonly start?: Some;
  readonly each?: Some;
}

/** A vector of three entries from each of six agents. */
const sent = 64 * 3 * 6;
/** Two of its entries with their positions. */
const short = (64 + 32) * 2 * 6;

const steps = 'outer = 0.1, inner = 0.1';

export const entries: Readonly<Record<string, Entry>> = {
  accelerated_gossip: {
    kind: 'agents',
    args: 'W = W, step = 0.1, rounds = 3',
    start: { grads: 6 },
    each: { grads: 6, bits: 2 * 3 * sent },
  },
  adam: { kind: 'mean', args: 'batch = 2', each: { grads: 1, samples: 2 } },
  admm: { kind: 'fused', args: 'rho = 1', each: { solves: 1, proxes: 1 } },
  // The steps below, both slopes above; the products of conjugate gradients with the residual they begin with, and the cross derivative.
  aid_cg: {
    kind: 'lower',
    args: `${steps}, steps = 3, cg_steps = 4`,
    each: { grads: 3 + 2, hvps: 4 + 1 + 1 },
  },
  aid_neumann: {
    kind: 'lower',
    args: `${steps}, steps = 4, terms = 5`,
    each: { grads: 4 + 2, hvps: 5 + 1 },
  },
  amigo: {
    kind: 'lower',
    args: `${steps}, steps = 4, adjoint_steps = 3`,
    each: { grads: 4 + 2, hvps: 3 + 1, samples: 6 * (4 + 3 + 1) + 4 * 2 },
  },
  anchored_extragradient: { kind: 'inside', each: { grads: 2, projections: 2 } },
  best_response: { kind: 'duopoly', each: { solves: 2 } },
  big_sam: { kind: 'chosen', each: { grads: 2, proxes: 1 } },
  bo_rep: {
    kind: 'lower',
    args: 'first = 4, period = 100, terms = 5',
    start: { grads: 4, samples: 4 * 6 },
    each: { grads: 2, hvps: 5 + 1, samples: 2 * 4 + (5 + 1) * 6 },
  },
  bome: {
    kind: 'lower',
    args: `${steps}, steps = 4`,
    each: { values: 2, grads: 4 + 3 + 2 },
  },
  // Of two drawn blocks, at two points: slope below and above, bend and cross; the upper slope by x is the same for all blocks.
  bsvrb: {
    kind: 'blocks',
    args: 'outer = 0.01, inner = 0.1, blocks = 2',
    start: { grads: 4 + 4 + 1, samples: 4 + 4 + 4 },
    each: { grads: 2 * 2 * 2 + 2, hvps: 2 * 2 * 2, samples: 2 * 2 * 4 + 2 },
  },
  cagrad: { kind: 'objectives', each: { grads: 3 } },
  cg_bio: { kind: 'chosen' },
  chambolle_pock: { kind: 'fused' },
  competitive_gradient: { kind: 'bent', args: 'step = 0.1', each: { grads: 2, jvps: 2 } },
  conjugate_gradient: { kind: 'squares' },
  consensus: { kind: 'saddle', args: 'step = 0.1', each: { grads: 1, hvps: 1 } },
  coordinate_descent: { kind: 'lasso' },
  dgd: { kind: 'agents', args: 'W = W, step = 0.1', each: { grads: 6, bits: sent } },
  diana: {
    kind: 'agents',
    args: 'k = 2, step = 0.1',
    each: { grads: 6, bits: short, bits_down: sent },
  },
  ef21: {
    kind: 'agents',
    args: 'k = 2, step = 0.1',
    start: { grads: 6, bits: sent },
    each: { grads: 6, bits: short, bits_down: sent },
  },
  extra: { kind: 'agents', args: 'W = W, step = 0.1', each: { grads: 6, bits: sent } },
  extragradient: { kind: 'inside', args: 'step = 0.1', each: { grads: 2, projections: 2 } },
  extragradient_search: { kind: 'inside' },
  f2sa: { kind: 'lower', args: `${steps}, steps = 3`, each: { grads: 3 * 3 + 3 } },
  fed_avg: {
    kind: 'agents',
    args: 'step = 0.1, local = 4',
    each: { grads: 4 * 6, bits: sent, bits_down: sent },
  },
  fed_prox: {
    kind: 'agents',
    args: 'step = 0.1, local = 4',
    each: { grads: 4 * 6, bits: sent, bits_down: sent },
  },
  fictitious_play: { kind: 'matrix', each: { grads: 2, lmos: 2 } },
  fista: { kind: 'lasso', each: { grads: 1, proxes: 1 } },
  forward_backward_forward: { kind: 'inside', each: { grads: 2, projections: 1 } },
  frank_wolfe: { kind: 'simplex' },
  fsla: {
    kind: 'lower',
    args: steps,
    each: { grads: 1 + 1 + 2, hvps: 1 + 2, samples: 6 * 4 + 4 * 3 },
  },
  gcond: { kind: 'objectives', each: { grads: 3 } },
  gda: { kind: 'inside', args: 'step = 0.1', each: { grads: 2, projections: 2 } },
  golden_ratio: {
    kind: 'inside',
    start: { grads: 1, projections: 1 },
    each: { grads: 1, projections: 1 },
  },
  gradient_descent: { kind: 'squares', each: { grads: 1 } },
  gradient_line_search: { kind: 'curved' },
  gradient_tracking: {
    kind: 'agents',
    args: 'W = W, step = 0.1',
    start: { grads: 6 },
    each: { grads: 6, bits: 2 * sent },
  },
  halpern: { kind: 'inside', each: { grads: 1, projections: 1 } },
  hamiltonian_gradient: { kind: 'saddle', args: 'step = 0.1', each: { grads: 1, hvps: 1 } },
  highs: { kind: 'rows' },
  imtl: { kind: 'objectives', each: { grads: 3 } },
  ista: { kind: 'lasso', each: { grads: 1, proxes: 1 } },
  // Forward twice, for the hypergradient and for y, once back, and the slope above.
  itd: { kind: 'lower', args: `${steps}, steps = 5`, each: { grads: 5 + 5 + 1, hvps: 5 } },
  lbfgs: { kind: 'boxed' },
  levenberg_marquardt: { kind: 'residuals', start: { values: 1 }, each: { values: 2, jvps: 3 } },
  // Slopes of the lower goal and its equation at theta by both variables, of both goals at (x, y); the equation there and where both levels are put back on it.
  lv_hba: {
    kind: 'coupled',
    args: `${steps}, dual = 0.1`,
    start: { jvps: 3 + 4 },
    each: { values: 2, grads: 4 + 2 + 2 },
  },
  ma_soba: {
    kind: 'lower',
    args: steps,
    each: { grads: 3, hvps: 2, samples: 3 * 6 + 2 * 4 },
  },
  masha: { kind: 'dealers', args: 'step = 0.002, k = 1' },
  meha: { kind: 'lower', args: steps, each: { grads: 6 } },
  mgda: { kind: 'objectives' },
  mirror_descent: { kind: 'simplex' },
  // The three rows of the matrix are the elements of a sum.
  mirror_prox: { kind: 'matrix', each: { grads: 2, projections: 2, samples: 6 } },
  nash_mtl: { kind: 'objectives', each: { grads: 3 } },
  nesterov: { kind: 'squares', each: { grads: 1 } },
  newton: { kind: 'boxed' },
  nonsmooth_lbfgs: { kind: 'kinked' },
  optimistic_gradient: {
    kind: 'inside',
    start: { grads: 1 },
    each: { grads: 1, projections: 1 },
  },
  optimistic_multiplicative_weights: {
    kind: 'matrix',
    start: { grads: 1 },
    each: { grads: 1, projections: 1 },
  },
  past_extragradient: { kind: 'inside', start: { grads: 1 }, each: { grads: 1, projections: 2 } },
  pbgd: { kind: 'lower', args: `${steps}, steps = 4`, each: { grads: 4 + 5 } },
  pcgrad: { kind: 'objectives', each: { grads: 3, draws: 3 } },
  projected_gradient: { kind: 'boxed' },
  proximal_gradient: { kind: 'lasso' },
  proximal_point: { kind: 'inside', each: { solves: 1 } },
  regret_matching: { kind: 'matrix', each: { grads: 2 } },
  regret_matching_plus: { kind: 'matrix', each: { grads: 2 } },
  riemannian_gradient: { kind: 'sphere' },
  // The slope above by x is the same for all samples.
  saba: {
    kind: 'lower',
    args: steps,
    start: { grads: 6 + 4 + 1, samples: 6 + 4 + 1 },
    each: { grads: 3, hvps: 2, samples: 5 },
  },
  sam_gs: { kind: 'objectives', each: { grads: 3 } },
  scaffold: {
    kind: 'agents',
    args: 'step = 0.1, local = 4',
    each: { grads: 4 * 6, bits: 2 * sent, bits_down: 2 * sent },
  },
  sgd: { kind: 'mean', args: 'step = 0.1, batch = 2', each: { grads: 1, samples: 2 } },
  soba: {
    kind: 'lower',
    args: `${steps}, batch = 3, lower_batch = 2`,
    each: { grads: 3, hvps: 2, samples: 2 * 3 + 3 * 2 },
  },
  stoc_bio: {
    kind: 'lower',
    args: `${steps}, batch = 2, steps = 3, terms = 4`,
    each: { grads: 3 + 2, hvps: 4 + 1, samples: 2 * (3 + 4 + 1 + 2) },
  },
  symplectic_adjustment: { kind: 'saddle', args: 'step = 0.1', each: { grads: 1, hvps: 2 } },
  working_set: { kind: 'lasso', start: { values: 1, jvps: 3 } },
};

/** `name(args)`. */
export const useOf = (name: string, { args }: Entry): string =>
  args === undefined ? name : `${name}(${args})`;
