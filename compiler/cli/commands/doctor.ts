// `dotopt doctor`: what this machine offers and what is missing.
import os from 'node:os';
import { backendNames, loadTfjs, packagesOf, type Backend } from '../../../runtime/tfjs/load.ts';
import { fusesMultiplyAdd } from '../../../runtime/wasm/web-assembly.ts';
import { loadFor } from '../tfjs.ts';
import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { largePagesHere } from '../large-pages.ts';
import { envelope, toJson } from '../print/json.ts';
import { speedOf, speedText, type Speed } from '../speed.ts';
import { threadPool, usualThreads } from '../threads.ts';
import { programVersion } from '../version.ts';

interface Finding {
  readonly name: string;
  readonly value: string;
  readonly good: boolean;
  /** What was measured of a target. */
  readonly speed?: Speed;
}

export async function doctor(io: Io, json: boolean): Promise<number> {
  const findings = [...examine(), ...(await examineTargets()), ...(await examineTfjs(io))];
  if (json) {
    io.out(`${toJson({ ...envelope([], new Map()), findings })}\n`);
    return exitCode.done;
  }
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, value, good } of findings) {
    const mark = good ? io.color.good('ok') : io.color.warn('--');
    io.out(`${mark}  ${name.padEnd(width)}  ${value}\n`);
  }
  return exitCode.done;
}

function examine(): readonly Finding[] {
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;
  return [
    { name: 'dotopt', value: programVersion(), good: true },
    {
      name: 'node',
      value: process.version,
      good: Number(process.versions.node.split('.')[0]) >= 20,
    },
    { name: 'system', value: `${os.platform()} ${os.arch()}`, good: true },
    { name: 'processors', value: `${os.availableParallelism()} usable`, good: true },
    {
      name: 'memory',
      value: `${gigabytes(os.freemem())} free of ${gigabytes(os.totalmem())}`,
      good: true,
    },
    { name: 'large pages', ...largePagesHere() },
  ];
}

/** Each target that loads does the same work for a second. */
async function examineTargets(): Promise<readonly Finding[]> {
  const threads = usualThreads();
  const pool = threadPool(threads);
  const found = [
    finding('target ts', '', await speedOf({ target: 'ts' })),
    finding('target wasm', 'one thread: ', await speedOf({ target: 'wasm' })),
    fusedFinding(),
  ];
  if (pool === undefined) return found;
  const many = await speedOf({ target: 'wasm', threads: pool });
  await pool.end();
  return [...found, finding('target wasm', `${threads} threads: `, many)];
}

/** Products and sums in one instruction. */
function fusedFinding(): Finding {
  const good = fusesMultiplyAdd();
  const without =
    'no: this Node has no relaxed SIMD (24 has), and multiplies and adds one after the other';
  return {
    name: 'target wasm',
    value: `fused multiply-add: ${good ? 'yes, by relaxed SIMD' : without}`,
    good,
  };
}

function finding(name: string, how: string, speed: Speed | string): Finding {
  return typeof speed === 'string'
    ? { name, value: `does not run: ${speed}`, good: false }
    : { name, value: `${how}${speedText(speed)}`, good: true, speed };
}

/** How to get each backend of tfjs. */
const getting: { readonly [B in Backend]: string } = {
  tensorflow: 'npm install @tensorflow/tfjs-node, or `npm run setup:tfjs-node` in the repository',
  webgpu: `npm install ${packagesOf.webgpu.join(' ')}, and a driver`,
  wasm: `npm install ${packagesOf.wasm.join(' ')}`,
  cpu: `npm install ${packagesOf.cpu.join(' ')}`,
};

/** Which backends of tfjs load, best first; `--target tfjs` takes the first. */
async function examineTfjs(io: Io): Promise<readonly Finding[]> {
  const load = loadFor(io, backendNames);
  const findings: Finding[] = [];
  for (const backend of backendNames) {
    const name = `tfjs on ${backend}`;
    const result = await loadTfjs(load, [backend]);
    if (!result.ok) {
      const [missing] = result.missing;
      findings.push({ name, value: `${missing.why}; ${getting[backend]}`, good: false });
      continue;
    }
    const { loaded } = result;
    const how = `tfjs ${loaded.tf.version_core}, 32 bits: `;
    findings.push(finding(name, how, await speedOf({ target: 'tfjs', tfjs: loaded })));
  }
  return findings;
}
