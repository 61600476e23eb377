// The methods that both sides have, with the same steps and batches, for each problem.

export interface Steps {
  /** The lower step, and that of the linear system. */
  readonly inner: number;
  readonly outer: number;
}

export type Parameters = Readonly<Record<string, number | string>>;

export interface Entry {
  readonly name: string;
  /** Steps by problem. */
  readonly steps: Readonly<Record<string, Steps>>;
  /** As it stands after `with`. */
  readonly ours: (steps: Steps) => string;
  /** Iterations between two marks. */
  readonly every: number;
  /** Whether chance has a part: runs with several seeds. */
  readonly drawn: boolean;
  /** The module of the other side's solver, its parameters, and how often it calls back. Undefined: it has none. */
  readonly peer:
    | {
        readonly solver: string;
        readonly parameters: (steps: Steps, seed: number) => Parameters;
        readonly calls: number;
      }
    | undefined;
  /** What is not the same on both sides. */
  readonly differs?: string;
}

const batch = 64;
const drawn = `batch = ${batch}, lower_batch = ${batch}`;

/** Parameters that all stochastic solvers of the other side have; they call back every `eval_freq` iterations. */
const stochastic =
  (every: number, size: number | 'full', more: Parameters = {}) =>
  ({ inner, outer }: Steps, seed: number): Parameters => ({
    step_size: inner,
    outer_ratio: inner / outer,
    batch_size: size,
    eval_freq: every,
    random_state: seed,
    ...more,
  });

const steps = (selection: Steps, cleaning: Steps): Entry['steps'] => ({
  regularisation_selection: selection,
  data_cleaning: cleaning,
});

/** The same on both sides in the race and in the check: it draws nothing. */
const bome = {
  steps: steps({ inner: 1, outer: 1 }, { inner: 1, outer: 1 }),
  ours: ({ inner, outer }) => `bome(outer = ${outer}, inner = ${inner}, steps = 10, control = 0.5)`,
  every: 8,
  drawn: false,
  peer: {
    solver: 'bome',
    parameters: ({ inner, outer }, seed) => ({
      step_size: inner,
      outer_ratio: inner / outer,
      random_state: seed,
      n_inner_steps: 10,
    }),
    calls: 8,
  },
} satisfies Omit<Entry, 'name'>;

export const entries: readonly Entry[] = [
  {
    name: 'SOBA',
    steps: steps({ inner: 4, outer: 64 }, { inner: 2, outer: 400 }),
    ours: ({ inner, outer }) => `soba(outer = ${outer}, inner = ${inner}, decay = 0.5, ${drawn})`,
    every: 32,
    drawn: true,
    peer: { solver: 'soba', parameters: stochastic(32, batch), calls: 1 },
  },
  {
    name: 'FSLA',
    steps: steps({ inner: 1, outer: 16 }, { inner: 0.5, outer: 100 }),
    // The other side's weight of a new direction is the step.
    ours: ({ inner, outer }) =>
      `fsla(outer = ${outer}, inner = ${inner}, average = 0.5, decay = 0.5, ${drawn})`,
    every: 32,
    drawn: true,
    peer: { solver: 'fsla', parameters: stochastic(32, batch), calls: 1 },
    differs:
      'the weight of a new direction: 0.5 here, the falling step there; batches drawn anew for each of three slopes there',
  },
  {
    name: 'SABA',
    steps: steps({ inner: 0.02, outer: 2 }, { inner: 0.1, outer: 20 }),
    ours: ({ inner, outer }) => `saba(outer = ${outer}, inner = ${inner})`,
    every: 512,
    drawn: true,
    peer: { solver: 'saba', parameters: stochastic(512, 1), calls: 1 },
    differs: "tables begin with each sample's slopes here, with zeros there",
  },
  {
    name: 'stocBiO',
    steps: steps({ inner: 0.5, outer: 16 }, { inner: 0.5, outer: 400 }),
    ours: ({ inner, outer }) =>
      `stoc_bio(outer = ${outer}, inner = ${inner}, batch = ${batch}, steps = 10, terms = 10)`,
    every: 8,
    drawn: true,
    peer: {
      solver: 'stocbio',
      parameters: stochastic(8, batch, { n_inner_steps: 10, n_shia_steps: 10 }),
      calls: 1,
    },
    differs: 'one batch for the whole series here, one for each term there',
  },
  {
    name: 'AmIGO',
    steps: steps({ inner: 0.5, outer: 16 }, { inner: 0.5, outer: 400 }),
    ours: ({ inner, outer }) =>
      `amigo(outer = ${outer}, inner = ${inner}, steps = 10, adjoint_steps = 10, ${drawn})`,
    every: 8,
    drawn: true,
    peer: { solver: 'amigo', parameters: stochastic(8, batch, { n_inner_steps: 10 }), calls: 1 },
  },
  {
    name: 'BOME, all samples',
    ...bome,
  },
  {
    name: 'gradient descent on the value function',
    steps: steps({ inner: 0, outer: 16 }, { inner: 0, outer: 400 }),
    ours: ({ outer }) => `gradient_descent(step = ${outer}) via implicit`,
    every: 1,
    drawn: false,
    peer: {
      solver: 'jaxopt_gd',
      parameters: ({ outer }) => ({
        inner_solver: 'lbfgs',
        step_size_outer: outer,
        n_inner_steps: 100,
      }),
      calls: 1,
    },
    differs: 'the lower level to 1e-10 here, L-BFGS to 1e-3 there',
  },
];

/** Runs without chance on both sides: that they end at the same point shows that both run the same method on the same problem. */
export const checks: readonly Entry[] = [
  {
    name: 'SOBA',
    steps: steps({ inner: 1, outer: 1 }, { inner: 0.5, outer: 50 }),
    ours: ({ inner, outer }) => `soba(outer = ${outer}, inner = ${inner}, decay = 0.5)`,
    every: 32,
    drawn: false,
    peer: { solver: 'soba', parameters: stochastic(32, 'full'), calls: 1 },
  },
  {
    name: 'AmIGO',
    steps: steps({ inner: 0.5, outer: 1 }, { inner: 0.5, outer: 50 }),
    ours: ({ inner, outer }) =>
      `amigo(outer = ${outer}, inner = ${inner}, steps = 10, adjoint_steps = 10)`,
    every: 8,
    drawn: false,
    peer: { solver: 'amigo', parameters: stochastic(8, 'full', { n_inner_steps: 10 }), calls: 1 },
  },
  {
    name: 'BOME',
    ...bome,
  },
];

/** Named in the table's notes. */
export const oursAlone = [
  'MA-SOBA',
  'F2SA with a constant step',
  'MEHA',
  'PBGD',
  'BO-REP',
  'BSVRB',
];
export const theirsAlone = ['VRBO', 'MRBO', 'SUSTAIN', 'TTSA', 'BSA', 'SRBA', 'PZOBO', 'Optuna'];
