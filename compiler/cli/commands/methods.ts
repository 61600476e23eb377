// `dotopt methods`: which methods match a file and why the others do not; what one method needs; or all there are.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { didYouMean } from '../../../grammar/did-you-mean.ts';
import { isError, type Diagnostic } from '../../../grammar/diagnostic.ts';
import { libraryMethods, type LibraryMethod } from '../../library.ts';
import { lowerProblem } from '../../lower/problem.ts';
import { methodsOf, surveyMethods, type MethodVerdict } from '../../match/survey.ts';
import type { ProblemModel } from '../../model/types.ts';
import { sourceOf } from '../../problem/explain.ts';
import { createGraph } from '../../tensor/graph.ts';
import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import type { SharedOptions } from '../main.ts';
import { openProgram, tellFailure, type Opened } from '../open.ts';
import { envelope, toJson } from '../print/json.ts';
import { printMethod, printMethods, printVerdicts } from '../print/methods.ts';
import { usageError, usageErrorJson } from '../print/usage.ts';

type MethodsOptions = Pick<SharedOptions, 'set' | 'data' | 'allowRead' | 'problem' | 'json'>;

export function methods(io: Io, target: string | undefined, options: MethodsOptions): number {
  if (target === undefined) return listAll(io, options.json);
  const isFile = target.endsWith('.opt') || existsSync(path.resolve(io.cwd, target));
  const named = libraryMethods().find(({ name }) => name === target);
  return named !== undefined || !isFile
    ? describe(io, target, named, options.json)
    : survey(io, target, options);
}

function listAll(io: Io, json: boolean): number {
  const all = libraryMethods();
  if (json) io.out(`${toJson({ ...envelope([], new Map()), methods: all.map(methodJson) })}\n`);
  else printMethods(io, all);
  return exitCode.done;
}

function describe(io: Io, name: string, method: LibraryMethod | undefined, json: boolean): number {
  if (method === undefined) {
    const names = libraryMethods().map((each) => each.name);
    const guess = didYouMean(name, names);
    const message = `there is no file and no method \`${name}\``;
    const help =
      guess === undefined ? `the methods are ${names.join(', ')}` : `did you mean \`${guess}\`?`;
    return json ? usageErrorJson(io, message, help) : usageError(io, message, help);
  }
  if (json) io.out(`${toJson({ ...envelope([], new Map()), ...methodJson(method) })}\n`);
  else printMethod(io, method);
  return exitCode.done;
}

const methodJson = (method: LibraryMethod): Record<string, unknown> => ({
  name: method.name,
  doc: method.doc,
  parameters: method.parameters,
  pattern: method.pattern,
  requirements: method.requirements,
  text: method.text,
});

// ------------------------------------------------------------------------------------------------ a file

interface Surveyed {
  readonly problem: string;
  readonly verdicts: readonly MethodVerdict[];
}

function survey(io: Io, file: string, options: MethodsOptions): number {
  const opened = openProgram(io, file, options);
  if (typeof opened === 'number') return opened;
  const surveyed: Surveyed[] = [];
  for (const problem of opened.problems) {
    const found = surveyProblem(opened, problem);
    if (!found.ok) {
      tellFailure(io, opened, found.diagnostics, options.json);
      return exitCode.source;
    }
    surveyed.push({ problem: problem.name, verdicts: found.verdicts });
  }
  if (options.json) {
    const bodies = surveyed.map(({ problem, verdicts }) => ({
      problem,
      methods: verdicts.map(({ at, ...verdict }) => ({
        ...verdict,
        at: at === undefined ? null : sourceOf(opened.front.sources, at),
      })),
    }));
    const body = bodies.length === 1 ? bodies[0] : { results: bodies };
    io.out(`${toJson({ ...opened.envelope(), ...body })}\n`);
    return exitCode.done;
  }
  surveyed.forEach(({ problem, verdicts }, k) => {
    if (k > 0) io.out('\n');
    printVerdicts(io, problem, verdicts, (span) => sourceOf(opened.front.sources, span, 70));
  });
  return exitCode.done;
}

type SurveyResult =
  | { readonly ok: true; readonly verdicts: readonly MethodVerdict[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

function surveyProblem({ front }: Opened, model: ProblemModel): SurveyResult {
  const lowered = lowerProblem(model, createGraph());
  if (lowered.diagnostics.some(isError)) return { ok: false, diagnostics: lowered.diagnostics };
  const context = { model, lowered, methods: methodsOf(front.model) };
  return { ok: true, verdicts: surveyMethods(context) };
}
