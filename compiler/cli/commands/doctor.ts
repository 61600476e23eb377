// `dotopt doctor`: what this machine offers and what is missing.
import os from 'node:os';
import { createHeap } from '../../../runtime/wasm/heap.ts';
import { backendNames, loadTfjs, packagesOf, type Backend } from '../../../runtime/tfjs/load.ts';
import type { Tfjs } from '../../../runtime/tfjs/tfjs.ts';
import { loadFor } from '../tfjs.ts';
import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { envelope, toJson } from '../print/json.ts';
import { programVersion } from '../version.ts';

interface Finding {
  readonly name: string;
  readonly value: string;
  readonly good: boolean;
}

export async function doctor(io: Io, json: boolean): Promise<number> {
  const findings = [...examine(), ...(await examineTfjs(io))];
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
    {
      name: 'target ts',
      value: `${speed().toFixed(1)} GFLOP/s in plain JavaScript, one thread`,
      good: true,
    },
    wasmFinding(),
  ];
}

function wasmFinding(): Finding {
  const name = 'target wasm';
  try {
    createHeap();
    return { name, value: 'loads', good: true };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { name, value: `does not load: ${why}`, good: false };
  }
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
  const load = loadFor(io);
  const findings: Finding[] = [];
  for (const backend of backendNames) {
    const name = `tfjs on ${backend}`;
    const result = await loadTfjs(load, [backend]);
    if (!result.ok) {
      const [missing] = result.missing;
      findings.push({ name, value: `${missing.why}; ${getting[backend]}`, good: false });
      continue;
    }
    const { tf } = result.loaded;
    const value = `loads, tfjs ${tf.version_core}, ${(await productSpeed(tf)).toFixed(1)} GFLOP/s in products of 256 × 256, 32 bits`;
    findings.push({ name, value, good: true });
  }
  return findings;
}

/** Multiply-adds of matrix products, in 10⁹ operations a second. */
async function productSpeed(tf: Tfjs): Promise<number> {
  const n = 256;
  const A = tf.fill([n, n], 1 / n);
  let B = tf.matMul(A, A);
  await B.data();
  const begun = performance.now();
  let rounds = 0;
  do {
    const next = tf.matMul(A, B);
    B.dispose();
    B = next;
    await B.data();
    rounds++;
  } while (performance.now() - begun < 150);
  const seconds = (performance.now() - begun) / 1000;
  A.dispose();
  B.dispose();
  return (2 * n ** 3 * rounds) / seconds / 1e9;
}

/** Multiply-adds per second of an inner product that fits the cache, in 10⁹ operations. */
function speed(): number {
  const n = 4096;
  const a = Float64Array.from({ length: n }, (_, i) => 1 / (i + 1));
  let sum = 0;
  const dot = (): number => {
    let s0 = 0;
    let s1 = 0;
    for (let i = 0; i < n; i += 2) {
      s0 += a[i] * a[i];
      s1 += a[i + 1] * a[i + 1];
    }
    return s0 + s1;
  };
  const begun = performance.now();
  let rounds = 0;
  while (performance.now() - begun < 150) {
    for (let k = 0; k < 100; k++) sum += dot();
    rounds += 100;
  }
  const seconds = (performance.now() - begun) / 1000;
  return sum > 0 ? (2 * n * rounds) / seconds / 1e9 : 0;
}
