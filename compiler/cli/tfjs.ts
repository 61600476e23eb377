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

/** All packages from the first place that has them for every backend asked, so that a process has one copy of tfjs: two share one registry of kernels. */
export function loadFor(
  { cwd }: Pick<Io, 'cwd'>,
  asked: readonly Backend[] = askedBackends(),
): Load {
  // The native library tells of the processor on every start.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const here = path.dirname(fileURLToPath(import.meta.url));
  const places = [
    ...['..', '../..'].map((up) => path.join(here, up, '.tfjs')).filter((dir) => existsSync(dir)),
    cwd,
    here,
  ].map((dir) => createRequire(path.join(dir, 'here.cjs')));
  const installed = asked.filter((backend) => places.some((place) => hasOneCopy(place, [backend])));
  const common = places.find((place) => hasOneCopy(place, installed));
  return (name, backend) => {
    const place =
      (common !== undefined && hasOneCopy(common, [backend]) ? common : undefined) ??
      places.find((each) => hasOneCopy(each, [backend])) ??
      places.find((each) => resolved(each, name) !== undefined) ??
      places[places.length - 1];
    return new Promise((resolve) => {
      const module: unknown = place(name);
      resolve(module);
    });
  };
}

function resolved(place: NodeJS.Require, name: string): string | undefined {
  try {
    return place.resolve(name);
  } catch {
    return undefined;
  }
}

/** Whether all packages of the backends are found from there, and all lead to one copy of the core. */
function hasOneCopy(place: NodeJS.Require, backends: readonly Backend[]): boolean {
  const files = backends.flatMap((backend) =>
    packagesOf[backend].map((name) => [name, resolved(place, name)] as const),
  );
  const cores = files.map(([name, file]) => {
    if (file === undefined) return undefined;
    // Dawn knows nothing of tfjs.
    if (name === 'webgpu') return 'any';
    return name === core ? file : resolved(createRequire(file), core);
  });
  const copies = new Set(cores.filter((copy) => copy !== 'any'));
  return !copies.has(undefined) && copies.size <= 1;
}

const core = '@tensorflow/tfjs-core';
