// tfjs for a command: found where it is installed, beside us or by `npm run setup:tfjs-node`.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  backendNames,
  loadTfjs,
  missingText,
  packagesOf,
  runningText,
  type Backend,
  type Load,
  type LoadedTfjs,
} from '../../runtime/tfjs/load.ts';
import { leastTolerance32 } from '../tolerance32.ts';
import type { TargetName } from '../choose-target.ts';
import type { Io } from './io.ts';
import { usageError } from './print/usage.ts';

interface TfjsOptions {
  readonly target?: TargetName;
  readonly tolerance?: number;
  readonly polish?: boolean;
}

/** tfjs where the target asks for it, with a line on standard error that says which; an exit code where none runs or the tolerance is out of its reach. */
export async function tfjsFor(
  io: Io,
  options: TfjsOptions,
): Promise<LoadedTfjs | undefined | number> {
  if (options.target !== 'tfjs')
    return options.polish === true
      ? usageError(
          io,
          '--polish belongs to --target tfjs',
          'the other targets have 64 bits throughout',
        )
      : undefined;
  const { tolerance } = options;
  if (tolerance !== undefined && tolerance < leastTolerance32 && options.polish !== true)
    return usageError(
      io,
      `32-bit numbers do not meet --tolerance ${tolerance}; they meet ${leastTolerance32}`,
      `ask for --tolerance ${leastTolerance32}, or add --polish to finish in 64 bits`,
    );
  const result = await loadTfjs(loadFor(io), askedBackends());
  if (!result.ok)
    return usageError(
      io,
      `tfjs does not run: ${result.missing.map(missingText).join('; ')}`,
      `npm install ${packagesOf.wasm.join(' ')}`,
    );
  io.err(`${runningText(result.loaded)}\n`);
  return result.loaded;
}

/** The same, saying at once where a device fails: `run` says it with its result. */
export const telling = (io: Io, tfjs: LoadedTfjs | undefined): LoadedTfjs | undefined =>
  tfjs === undefined ? undefined : { ...tfjs, tell: (line) => io.err(`${line}\n`) };

/** `DOTOPT_TFJS` names the backends to try, best first. */
export function askedBackends(): readonly Backend[] {
  const asked = process.env.DOTOPT_TFJS;
  if (asked === undefined || asked === '') return backendNames;
  return backendNames.filter((name) => asked.split(',').includes(name));
}

/** All packages of a backend from the first place that has them all. */
export function loadFor({ cwd }: Pick<Io, 'cwd'>): Load {
  // The native library tells of the processor on every start.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const here = path.dirname(fileURLToPath(import.meta.url));
  const bases = [
    ...['..', '../..'].map((up) => path.join(here, up, '.tfjs')).filter((dir) => existsSync(dir)),
    cwd,
    here,
  ].map((dir) => createRequire(path.join(dir, 'here.cjs')));
  const has = (require: NodeJS.Require, name: string): boolean => {
    try {
      require.resolve(name);
      return true;
    } catch {
      return false;
    }
  };
  return (name, backend) => {
    const base = bases.find((require) => packagesOf[backend].every((each) => has(require, each)));
    const load = base ?? bases.find((require) => has(require, name)) ?? bases[bases.length - 1];
    return new Promise((resolve) => {
      const module: unknown = load(name);
      resolve(module);
    });
  };
}
