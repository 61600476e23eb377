// One problem with its data: lowered, its inputs gathered, its measures and certificate compiled. What solving and comparing share.
import { isError, type Diagnostic } from '../grammar/diagnostic.ts';
import type { ProgramInput } from '../runtime/program.ts';
import type { Front } from './front.ts';
import type { Host } from './host.ts';
import { lowerProblem, type LoweredProblem } from './lower/problem.ts';
import type { ProblemModel } from './model/types.ts';
import { analyse } from './problem/analyse.ts';
import { checkProblem } from './problem/checks.ts';
import { compileProblem, type ProblemProgram } from './problem-program.ts';
import { gatherInput, type Settings } from './program-input.ts';
import { boundsOfConstraints } from './problem/bounds-of-constraints.ts';
import { withoutFamilies } from './reduce/without-families.ts';
import { setupFault } from './setup-fault.ts';
import { createGraph } from './tensor/graph.ts';

export interface Session {
  readonly front: Front;
  readonly model: ProblemModel;
  /** Without families: each is one batched level (reduce/without-families.ts). */
  readonly lowered: LoweredProblem;
  readonly input: ProgramInput;
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly program: ProblemProgram;
  /** What the person set. */
  readonly settings: Settings;
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
  /** Seconds spent on data and on compiling. */
  readonly seconds: { readonly data: number; readonly compile: number };
}

export type SessionResult =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Faults of data and of what is worked out from it are messages. */
export function openSession(
  front: Front,
  model: ProblemModel,
  host: Host,
  settings: Settings,
): SessionResult {
  try {
    return opened(front, model, host, settings);
  } catch (error) {
    return { ok: false, diagnostics: [setupFault(error, model.span)] };
  }
}

function opened(front: Front, model: ProblemModel, host: Host, settings: Settings): SessionResult {
  const begun = performance.now();
  const written = lowerProblem(model, createGraph());
  const { graph } = written.lowering;
  if (written.diagnostics.some(isError)) return { ok: false, diagnostics: written.diagnostics };
  const studied = checkProblem(analyse(graph, written.problem));
  if (studied.some(isError)) return { ok: false, diagnostics: studied };
  const lowered = plain(written);
  const loweredAt = performance.now();
  const { input, labels, diagnostics } = gatherInput(
    lowered.problem,
    host,
    front.sources,
    settings,
  );
  if (diagnostics.some(isError)) return { ok: false, diagnostics };
  const gatheredAt = performance.now();
  const program = compileProblem(graph, lowered.problem, input);
  if (program.diagnostics.some(isError)) return { ok: false, diagnostics: program.diagnostics };
  const end = performance.now();
  return {
    ok: true,
    session: {
      front,
      model,
      lowered,
      input,
      labels,
      program,
      settings,
      diagnostics: [...lowered.diagnostics, ...studied, ...diagnostics],
      seconds: {
        data: (gatheredAt - loweredAt) / 1000,
        compile: (loweredAt - begun + end - gatheredAt) / 1000,
      },
    },
  };
}

/** Without families, and with constraints that are bounds as bounds. */
function plain(written: LoweredProblem): LoweredProblem {
  const { graph } = written.lowering;
  return {
    ...written,
    problem: boundsOfConstraints(graph, withoutFamilies(graph, written.problem)),
  };
}

/** The problem's measures with another number of draws for what is measured on a fixed sample. */
export function measuredOnSample({ model, input }: Session, sampleSize: number): ProblemProgram {
  const { lowering, problem } = plain(lowerProblem(model, createGraph(), { sampleSize }));
  return compileProblem(lowering.graph, problem, input);
}
