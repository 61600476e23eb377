// NumPy, SciPy and scikit-learn in a process of their own, one thread, asked for one round at a time; installed under bench/.venv. What cannot be had is named.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface Round {
  readonly ms: number;
  readonly iterations: number;
  readonly value: number | undefined;
}

export interface Peers {
  readonly tasks: readonly string[];
  /** What is not there, and what is. */
  readonly missing: readonly string[];
  readonly versions: string;
  readonly round: (task: string) => Promise<Round | undefined>;
  readonly close: () => void;
}

const packages = ['numpy==2.*', 'scipy==1.*', 'scikit-learn==1.*'];
const environment = path.join(import.meta.dirname, '.venv');
const python =
  process.platform === 'win32'
    ? path.join(environment, 'Scripts', 'python.exe')
    : path.join(environment, 'bin', 'python');
const oneThread = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

export async function startPeers(): Promise<Peers> {
  const missing = install();
  if (!existsSync(python)) return nobody(missing);
  const child = spawn(python, [path.join(import.meta.dirname, 'peers.py')], {
    env: { ...process.env, ...oneThread },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const line = await lines.next();
    const json: unknown = line.done === true ? {} : JSON.parse(line.value);
    return typeof json === 'object' && json !== null ? { ...json } : {};
  };
  const hello = await next();
  const { versions } = hello;
  return {
    tasks: texts(hello.tasks),
    missing: [...missing, ...texts(hello.missing)],
    versions:
      typeof versions === 'object' && versions !== null
        ? Object.entries(versions)
            .map(([name, version]) => `${name} ${String(version)}`)
            .join(', ')
        : '',
    round: async (task) => {
      child.stdin.write(`${task}\n`);
      const { ms, iterations, value } = await next();
      if (typeof ms !== 'number' || typeof iterations !== 'number') return undefined;
      return { ms, iterations, value: typeof value === 'number' ? value : undefined };
    },
    close: () => void child.stdin.end(),
  };
}

/** What could not be installed. */
function install(): readonly string[] {
  if (existsSync(python)) return [];
  const made = spawnSync('python3', ['-m', 'venv', environment], { stdio: 'ignore' });
  if (made.status !== 0) return ['python3 with venv'];
  return packages.filter((name) => {
    const args = ['-m', 'pip', 'install', '--quiet', name];
    return spawnSync(python, args, { stdio: 'ignore' }).status !== 0;
  });
}

const nobody = (missing: readonly string[]): Peers => ({
  tasks: [],
  missing,
  versions: '',
  round: () => Promise.resolve(undefined),
  close: () => undefined,
});

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];
