// Everything that can be said of a file without running it.
import { isError, type Diagnostic } from '../grammar/diagnostic.ts';
import type { Source } from '../grammar/source.ts';
import { readProgram } from './front.ts';
import type { Host } from './host.ts';
import { lowerProblem } from './lower/problem.ts';
import { analyse } from './problem/analyse.ts';
import { checkProblem } from './problem/checks.ts';
import { createGraph } from './tensor/graph.ts';

export interface Checked {
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `shown` turns the full name of a file into the one messages use. */
export function checkProgram(
  name: string,
  bytes: Uint8Array,
  host: Host,
  shown: (name: string) => string = (n) => n,
): Checked {
  const front = readProgram(name, bytes, host, { readHeaders: true });
  const sources = front.sources.map((source) => ({ ...source, name: shown(source.name) }));
  if (front.diagnostics.some(isError)) return { sources, diagnostics: front.diagnostics };
  const found = front.model.problems.flatMap((problem) => {
    const graph = createGraph();
    const lowered = lowerProblem(problem, graph);
    if (lowered.diagnostics.some(isError)) return lowered.diagnostics;
    return [...lowered.diagnostics, ...checkProblem(analyse(graph, lowered.problem))];
  });
  return { sources, diagnostics: [...front.diagnostics, ...found] };
}
