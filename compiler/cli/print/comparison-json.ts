// A comparison as JSON: its runs with their ends, not their traces, which are in traces.csv.
import type { ComparedRun, Comparison } from '../../../runtime/compare/comparison.ts';
import { reasonText } from '../../../runtime/stop.ts';
import { certificateJson } from './json.ts';

export function comparisonJson(comparison: Comparison): Record<string, unknown> {
  return {
    title: comparison.title,
    problem: comparison.problem,
    sense: comparison.sense,
    interrupted: comparison.interrupted,
    sweep: comparison.sweep,
    seeds: comparison.seeds,
    references: comparison.references.map(({ point, reference }) => ({
      point,
      value: reference?.value ?? null,
      from: reference?.from ?? null,
      text: reference?.text ?? null,
    })),
    runs: comparison.runs.map(runJson),
    ...(comparison.front === undefined ? {} : { front: comparison.front }),
    claims: comparison.claims,
    notes: comparison.notes,
  };
}

const runJson = (run: ComparedRun): Record<string, unknown> => ({
  label: run.label,
  method: run.method,
  via: run.via,
  point: run.point,
  seed: run.seed,
  status: run.status,
  failure:
    run.failure === undefined
      ? null
      : { kind: run.failure.kind, text: run.failure.text, help: run.failure.help ?? null },
  stopped:
    run.reason === undefined
      ? null
      : { reason: run.reason.kind, text: reasonText[run.reason.kind] },
  value: run.value ?? null,
  gap: Number.isNaN(run.gap) ? null : run.gap,
  metrics: run.metrics,
  iterations: run.iterations,
  counts: run.counts,
  seconds: run.seconds,
  target: run.ran?.target ?? null,
  threads: run.ran?.threads ?? null,
  certificate: run.certificate === undefined ? null : certificateJson(run.certificate),
});
