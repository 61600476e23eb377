// How a program that a person keeps gets its tfjs: the first backend that loads, told on standard error.
/* eslint no-console: off */
import { RuntimeFault } from '../fault.ts';
import { loadTfjs, missingText, packagesOf, runningText, type Backend, type Load } from './load.ts';
import type { Tfjs } from './tfjs.ts';

/** `load` imports a package, so that packages are found from where it stands; `backends` are tried in their order. */
export async function startTfjs(load: Load, backends: readonly Backend[]): Promise<Tfjs> {
  const result = await loadTfjs(load, backends);
  if (!result.ok) {
    const why = result.missing.map(missingText).join('; ');
    throw new RuntimeFault(
      `tfjs does not run: ${why}\nhelp: npm install ${packagesOf.wasm.join(' ')}`,
    );
  }
  console.error(runningText(result.loaded));
  return result.loaded.tf;
}
