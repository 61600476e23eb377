// Results as JSON: stable keys, a schema version, hashes of what went in.
import { createHash } from 'node:crypto';
import { blocksOf, type ByteSource } from '../../../runtime/data/byte-source.ts';
import type { Source } from '../../../grammar/source.ts';
import type { Certificate } from '../../../runtime/certify/certificate.ts';
import { nested, type SolveResult } from '../../../runtime/result.ts';
import { reasonText } from '../../../runtime/stop.ts';
import { programVersion } from '../version.ts';

export const schemaVersion = 1;

/** What every JSON output of the command begins with. */
export function envelope(
  sources: readonly Source[],
  data: ReadonlyMap<string, string>,
  seeds: { readonly seed: number; readonly dataSeed: number } = { seed: 1, dataSeed: 1 },
): Record<string, unknown> {
  return {
    schema: schemaVersion,
    version: programVersion(),
    source: Object.fromEntries(sources.map(({ name, text }) => [name, sha256(text)])),
    data: Object.fromEntries(data),
    seeds,
  };
}

/** The hash of a file, read block by block. */
export function hashOf(source: ByteSource): string {
  const hash = createHash('sha256');
  for (const block of blocksOf(source)) hash.update(block);
  return hash.digest('hex');
}

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** JSON has no infinities: they are written as strings. */
export const toJson = (value: unknown): string =>
  JSON.stringify(
    value,
    (_key, item: unknown) =>
      typeof item === 'number' && !Number.isFinite(item) ? String(item) : item,
    2,
  );

export const certificateJson = (certificate: Certificate): Record<string, unknown> => ({
  status: certificate.status,
  promise: certificate.promise,
  tolerance: certificate.tolerance,
  bound: certificate.bound ?? null,
  standardError: certificate.standardError ?? null,
  checks: certificate.checks,
  notes: certificate.notes,
});

/** `stats`: what was taken, too. */
export function resultJson(result: SolveResult, stats = false): Record<string, unknown> {
  const { certificate, counts, seconds, reason } = result;
  return {
    problem: result.problem,
    status: result.status,
    value: result.value ?? null,
    ...(result.goals === undefined ? {} : { goals: result.goals }),
    ...(result.objectives === undefined ? {} : { objectives: result.objectives }),
    solution: Object.fromEntries(result.solution.map((entry) => [entry.name, nested(entry)])),
    labels: Object.fromEntries(
      result.solution
        .filter(({ labels }) => labels.some((l) => l !== undefined))
        .map(({ name, labels }) => [name, labels.map((l) => l ?? null)]),
    ),
    metrics: result.metrics,
    certificate: certificateJson(certificate),
    counts,
    ...(result.search === undefined ? {} : { search: result.search }),
    method: result.method,
    via: result.via,
    why: result.why ?? null,
    iterations: result.iterations,
    stopped: { reason: reason.kind, text: reasonText[reason.kind] },
    seconds,
    target: result.target,
    threads: result.threads,
    ...(stats ? { stats: result.stats } : {}),
    seed: result.seed,
    dataSeed: result.dataSeed,
  };
}
