// Other libraries in a process of their own, asked for one round at a time; installed under bench/.venv. What cannot be had is named.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Competitor } from './interleave.ts';

export interface Round {
  readonly ms: number;
  readonly iterations: number;
  /** Further numbers of the task: values, gaps. */
  readonly numbers: Readonly<Record<string, number>>;
}

export interface Peers {
  /** What is not there, and what is. */
  readonly missing: readonly string[];
  readonly versions: string;
  /** Makes the tasks of a section ready over the data in a folder: their names, and what is missing. */
  readonly load: (section: string, folder: string) => Promise<Loaded>;
  /** Undefined where the task failed. */
  readonly round: (task: string) => Promise<Round | undefined>;
  readonly close: () => void;
}

export interface Loaded {
  readonly tasks: readonly string[];
  readonly missing: readonly string[];
}

const packages: Readonly<Record<string, string>> = {
  numpy: 'numpy==2.*',
  scipy: 'scipy==1.*',
  sklearn: 'scikit-learn==1.*',
  jax: 'jax[cpu]',
  celer: 'celer',
  skglm: 'skglm',
  casadi: 'casadi',
  cvxpy: 'cvxpy',
  ot: 'POT',
  torch: 'torch',
};
const environment = path.join(import.meta.dirname, '.venv');
const python =
  process.platform === 'win32'
    ? path.join(environment, 'Scripts', 'python.exe')
    : path.join(environment, 'bin', 'python');

/** What makes the libraries use so many threads. */
const threadsOf = (threads: number): Readonly<Record<string, string>> => ({
  OPENBLAS_NUM_THREADS: `${threads}`,
  OMP_NUM_THREADS: `${threads}`,
  MKL_NUM_THREADS: `${threads}`,
  NUMBA_NUM_THREADS: `${threads}`,
  NPROC: `${threads}`,
  ...(threads === 1
    ? { XLA_FLAGS: '--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1' }
    : {}),
  JAX_PLATFORMS: 'cpu',
  JAX_ENABLE_X64: '1',
});

export async function startPeers(threads: number): Promise<Peers> {
  const missing = install();
  if (!existsSync(python)) return nobody(missing);
  const child = spawn(python, [path.join(import.meta.dirname, 'peers', 'server.py')], {
    env: { ...process.env, ...threadsOf(threads) },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const line = await lines.next();
    const json: unknown =
      line.done === true ? { error: 'the process ended' } : JSON.parse(line.value);
    return typeof json === 'object' && json !== null ? { ...json } : {};
  };
  const ask = (request: object): Promise<Record<string, unknown>> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return next();
  };
  const { versions, missing: absent } = await next();
  return {
    missing: [...missing, ...texts(absent)],
    versions: Object.entries(typeof versions === 'object' && versions !== null ? versions : {})
      .map(([name, version]) => `${name} ${String(version)}`)
      .join(', '),
    load: async (section, folder) => {
      const { tasks, missing: left, error } = await ask({ load: section, folder });
      const failed = error === undefined ? [] : [`${section}: ${String(error)}`];
      return { tasks: texts(tasks), missing: [...texts(left), ...failed] };
    },
    round: async (task) => {
      const answer = await ask({ task });
      const numbers = Object.fromEntries(
        Object.entries(answer).filter(
          (entry): entry is [string, number] => typeof entry[1] === 'number',
        ),
      );
      const { ms, iterations } = numbers;
      return ms === undefined ? undefined : { ms, iterations, numbers };
    },
    close: () => void child.stdin.end(),
  };
}

/** Milliseconds an iteration of tasks. `named` gives the names that tables show. */
export const competitorsOf = (
  peers: Peers,
  tasks: readonly string[],
  named: (task: string) => string = (task) => task,
): readonly Competitor[] =>
  tasks.map((task) => ({
    name: named(task),
    round: async () => {
      const round = await peers.round(task);
      return round === undefined ? NaN : round.ms / round.iterations;
    },
  }));

/** What could not be installed. */
function install(): readonly string[] {
  if (!existsSync(python)) {
    const made = spawnSync('python3', ['-m', 'venv', environment], { stdio: 'ignore' });
    if (made.status !== 0) return ['python3 with venv'];
  }
  const find = `from importlib.util import find_spec\nprint(*[m for m in ${JSON.stringify(Object.keys(packages))} if find_spec(m) is None])`;
  const { stdout } = spawnSync(python, ['-c', find], { encoding: 'utf8' });
  const absent = stdout
    .trim()
    .split(' ')
    .filter((name) => name !== '');
  return absent
    .map((name) => packages[name])
    .filter((wanted) => {
      const args = ['-m', 'pip', 'install', '--quiet', wanted];
      return spawnSync(python, args, { stdio: 'ignore', timeout: 900_000 }).status !== 0;
    })
    .map((wanted) => `${wanted} cannot be installed`);
}

const nobody = (missing: readonly string[]): Peers => ({
  missing,
  versions: '',
  load: () => Promise.resolve({ tasks: [], missing: [] }),
  round: () => Promise.resolve(undefined),
  close: () => undefined,
});

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];
