// The backends of tfjs that load here, and a line for each that does not: what cannot run is said and counted, never passed over.
import path from 'node:path';
import { loadFor } from '../../compiler/cli/tfjs.ts';
import { backendNames, loadTfjs, type Backend } from '../../runtime/tfjs/load.ts';
import type { Tfjs } from '../../runtime/tfjs/tfjs.ts';

/** `DOTOPT_TFJS` names the backends to run; by default those of the usual install. */
const names = (process.env.DOTOPT_TFJS ?? 'cpu,wasm').split(',');
const asked = backendNames.filter((name) => names.includes(name));
const load = loadFor({ cwd: path.join(import.meta.dirname, '..', '..') }, asked);

export interface TestedBackend {
  readonly name: Backend;
  readonly tf: Tfjs | undefined;
  /** Why it does not run. */
  readonly why: string;
}

export async function testedBackend(name: Backend): Promise<TestedBackend> {
  if (!asked.includes(name)) return { name, tf: undefined, why: 'DOTOPT_TFJS does not name it' };
  const result = await loadTfjs(load, [name]);
  return result.ok
    ? { name, tf: result.loaded.tf, why: '' }
    : { name, tf: undefined, why: result.missing.map(({ why }) => why).join('; ') };
}

export async function testedBackends(): Promise<readonly TestedBackend[]> {
  const found: TestedBackend[] = [];
  for (const name of backendNames) found.push(await testedBackend(name));
  const absent = found.filter(({ tf }) => tf === undefined);
  for (const { name, why } of absent) say(`not run: tfjs backend ${name} (${why})`);
  if (absent.length > 0) say(`not run: ${absent.length} of ${found.length} backends`);
  return found;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
