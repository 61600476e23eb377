// Problems from text, studied.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isError, type Diagnostic } from '../../grammar/diagnostic.ts';
import { parseText } from '../../grammar/parse.ts';
import { makeSource, type Source } from '../../grammar/source.ts';
import { lowerProblem } from '../../compiler/lower/problem.ts';
import { buildModel } from '../../compiler/model/model.ts';
import { analyse, type ProblemFacts } from '../../compiler/problem/analyse.ts';
import { checkProblem } from '../../compiler/problem/checks.ts';
import { explain } from '../../compiler/problem/explain.ts';
import { explainText } from '../../compiler/problem/explain-text.ts';
import { constructsNotYet } from '../../compiler/problem/not-yet.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';

const here = dirname(fileURLToPath(import.meta.url));
export const galleryFolder = join(here, '../../examples/gallery');

export interface Studied {
  readonly graph: Graph;
  readonly facts: ProblemFacts;
  readonly sources: readonly Source[];
  readonly checks: readonly Diagnostic[];
  /** Constructs that cannot be run yet, in words. */
  readonly notYet: readonly string[];
}

/** The problems of a text. */
export function study(text: string): readonly Studied[] {
  const { file: ast, diagnostics } = parseText(text, 'test.opt');
  const built = buildModel({ id: 'test.opt', ast });
  const errors = [...diagnostics, ...built.diagnostics].filter(isError);
  if (errors.length > 0) throw new Error(errors.map((e) => `${e.code} ${e.message}`).join('\n'));
  return built.model.problems.map((model) => {
    const graph = createGraph();
    const { problem } = lowerProblem(model, graph, { sampleSize: 2000 });
    const facts = analyse(graph, problem);
    const sources = [makeSource(0, 'test.opt', text)];
    const notYet = constructsNotYet(facts).map(({ construct }) => construct);
    return { graph, facts, sources, checks: checkProblem(facts), notYet };
  });
}

export const galleryText = (name: string): string =>
  readFileSync(join(galleryFolder, `${name}.opt`), 'utf8');

export const explained = ({ facts, sources }: Studied): string =>
  explainText(explain(facts, sources), { width: 100 });
