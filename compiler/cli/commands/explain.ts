// `dotopt explain`: the structure of each problem, with the reason for each fact.
import { isError } from '../../../grammar/diagnostic.ts';
import { lowerProblem } from '../../lower/problem.ts';
import { analyse } from '../../problem/analyse.ts';
import { explain as explanationOf, type Explanation } from '../../problem/explain.ts';
import { explainText } from '../../problem/explain-text.ts';
import { createGraph } from '../../tensor/graph.ts';
import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import type { SharedOptions } from '../main.ts';
import { openProgram, tellFailure } from '../open.ts';
import { toJson } from '../print/json.ts';

type ExplainOptions = Pick<SharedOptions, 'set' | 'data' | 'allowRead' | 'problem' | 'json'>;

export function explain(io: Io, file: string, options: ExplainOptions): number {
  const opened = openProgram(io, file, options);
  if (typeof opened === 'number') return opened;
  const { front, problems } = opened;
  const lowered = problems.map((problem) => lowerProblem(problem, createGraph()));
  const diagnostics = lowered.flatMap((each) => each.diagnostics);
  if (diagnostics.some(isError)) {
    tellFailure(io, opened, diagnostics, options.json);
    return exitCode.source;
  }
  const explanations = lowered.map(({ lowering, problem }) =>
    explanationOf(analyse(lowering.graph, problem), front.sources),
  );
  if (options.json) {
    const bodies = explanations.map(bodyOf);
    const body = bodies.length === 1 ? bodies[0] : { results: bodies };
    io.out(`${toJson({ ...opened.envelope(), ...body })}\n`);
    return exitCode.done;
  }
  const texts = explanations.map((e) => explainText(e, { colors: io.color, width: io.width }));
  io.out(texts.join('\n'));
  return exitCode.done;
}

/** What is given goes by `given`: `data` holds the hashes of the files. */
const bodyOf = ({ params, data, ...rest }: Explanation): Record<string, unknown> => ({
  ...rest,
  given: { params, data },
});
