// `dotopt doctor`: what this machine offers and what is missing.
import os from 'node:os';
import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { envelope, toJson } from '../print/json.ts';
import { programVersion } from '../version.ts';

interface Finding {
  readonly name: string;
  readonly value: string;
  readonly good: boolean;
}

export function doctor(io: Io, json: boolean): number {
  const findings = examine();
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
    { name: 'target wasm', value: 'not part of this version', good: false },
    { name: 'target tfjs', value: 'not part of this version', good: false },
  ];
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
