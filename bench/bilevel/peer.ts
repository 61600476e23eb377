// The other side of the race: solvers of a copy of benchmark_bilevel, in a Python process with an environment of its own.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Entry } from './entries.ts';
import type { Clock, Start } from './side.ts';

const packages = ['jax', 'jaxopt', 'benchopt'];
const bench = path.dirname(import.meta.dirname);
const environment = path.join(bench, '.venv-bilevel');
const python =
  process.platform === 'win32'
    ? path.join(environment, 'Scripts', 'python.exe')
    : path.join(environment, 'bin', 'python');

export interface PeerProblem {
  readonly problem: string;
  readonly Z: readonly number[];
  readonly n: number;
  readonly targets: readonly number[];
  readonly classes: number;
  readonly train: number;
  readonly valid: number;
}

export interface Peer {
  readonly versions: string;
  readonly missing: readonly string[];
  readonly solvers: readonly string[];
  /** Problems that are run from here on, with numbers of so many bits. */
  readonly open: (problem: PeerProblem, bits: 32 | 64) => Promise<void>;
  /** The lower and the upper goal at a point. */
  readonly values: (
    lower: readonly number[],
    upper: readonly number[],
  ) => Promise<readonly unknown[]>;
  readonly start: (entry: Entry, problem: string, clock: Clock) => Start;
  readonly close: () => void;
}

type Answer = Readonly<Record<string, unknown>>;

/** Why there is no other side. */
export async function startPeer(directory: string): Promise<Peer | string> {
  if (!existsSync(path.join(directory, 'solvers')))
    return `${directory} is no copy of benchmark_bilevel`;
  const wrong = install();
  if (wrong !== undefined) return wrong;
  const child = spawn(python, [path.join(bench, 'bilevel_peer.py'), path.resolve(directory)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hear = async (): Promise<Answer> => {
    const line = await lines.next();
    const json: unknown = line.done === true ? {} : JSON.parse(line.value);
    return typeof json === 'object' && json !== null ? { ...json } : {};
  };
  const say = (content: object | string): void =>
    void child.stdin.write(`${typeof content === 'string' ? content : JSON.stringify(content)}\n`);
  const { versions, missing, solvers } = await hear();
  return {
    versions:
      typeof versions === 'object' && versions !== null
        ? Object.entries(versions)
            .map(([name, version]) => `${name} ${String(version)}`)
            .join(', ')
        : '',
    missing: listOf(missing).map(String),
    solvers: listOf(solvers).map(String),
    open: async (problem, bits) => {
      say({ op: 'open', bits, ...problem });
      await hear();
    },
    values: async (lower, upper) => {
      say({ op: 'values', lower, upper });
      return listOf((await hear()).values);
    },
    start:
      ({ peer, steps, every }, problem, clock) =>
      async (seed) => {
        if (peer === undefined) return 'the other side has none';
        const { solver, parameters, calls } = peer;
        say({
          op: 'run',
          solver,
          parameters: parameters(steps[problem], seed),
          every: calls,
          clock,
        });
        const begin = await hear();
        if (typeof begin.compiling !== 'number') return String(begin.error ?? 'it ended');
        let iterations = 0;
        return {
          compiling: begin.compiling,
          start: Float64Array.from(listOf(begin.x).map(Number)),
          next: async () => {
            say('go');
            const { seconds, x, error } = await hear();
            iterations += every;
            return typeof seconds === 'number'
              ? { iterations, seconds, x: Float64Array.from(listOf(x).map(Number)) }
              : String(error ?? 'it ended');
          },
          stop: () => Promise.resolve(say('stop')),
        };
      },
    close: () => void child.stdin.end(),
  };
}

/** What could not be installed. */
function install(): string | undefined {
  const has = existsSync(python);
  if (!has && spawnSync('python3', ['-m', 'venv', environment], { stdio: 'ignore' }).status !== 0)
    return 'python3 with venv cannot be had';
  const asked = spawnSync(python, ['-c', packages.map((name) => `import ${name}`).join(';')], {
    stdio: 'ignore',
  });
  if (asked.status === 0) return undefined;
  const args = ['-m', 'pip', 'install', '--quiet', ...packages];
  return spawnSync(python, args, { stdio: 'ignore' }).status === 0
    ? undefined
    : `${packages.join(', ')} cannot be installed`;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
