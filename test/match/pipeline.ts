// The line from text to a run by the reference interpreter: what tests of methods stand on.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from '../../grammar/parse.ts';
import { makeSource } from '../../grammar/source.ts';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Declaration } from '../../grammar/ast.ts';
import { methodsOver } from '../../compiler/model/library.ts';
import { buildModel } from '../../compiler/model/model.ts';
import { readMethod } from '../../compiler/model/method.ts';
import { newScope } from '../../compiler/model/scope.ts';
import type { MethodModel } from '../../compiler/model/method-types.ts';
import type { ProblemModel } from '../../compiler/model/types.ts';
import { lowerProblem, type LoweredProblem } from '../../compiler/lower/problem.ts';
import { matchMethod, type MatchContext, type MatchResult } from '../../compiler/match/match.ts';
import type { MatchedStep } from '../../compiler/match/step.ts';
import { createGraph } from '../../compiler/tensor/graph.ts';
import { interpret, type Interpretation } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { reduceProblem, type ReductionRequest } from '../../compiler/reduce/reduce.ts';
import type { DenseTensor } from '../../runtime/tensor.ts';

const library = path.join(import.meta.dirname, '..', '..', 'runtime', 'methods');

export const libraryFiles = readdirSync(library).filter((name) => name.endsWith('.opt'));

/** The methods of a text, with what the model says of them. */
export function methodsOf(
  text: string,
  index = 0,
): { readonly methods: readonly MethodModel[]; readonly diagnostics: readonly Diagnostic[] } {
  const parsed = parse(makeSource(index, 'text.opt', text));
  const diagnostics: Diagnostic[] = [...parsed.diagnostics];
  const scope = newScope(undefined);
  for (const declaration of parsed.file.declarations)
    if (declaration.kind === 'Function')
      scope.functions.set(declaration.name.name, { declaration, scope, used: false });
  const methods = parsed.file.declarations.flatMap((declaration: Declaration) =>
    declaration.kind === 'Method'
      ? [readMethod(declaration, scope, (found) => diagnostics.push(found))]
      : [],
  );
  return { methods, diagnostics };
}

export const readLibrary = (name: string): string => readFileSync(path.join(library, name), 'utf8');

let loaded: readonly MethodModel[] | undefined;

/** The standard library. */
export const libraryMethods = (): readonly MethodModel[] =>
  (loaded ??= libraryFiles.flatMap((name, k) => methodsOf(readLibrary(name), k + 1).methods));

export interface Loaded {
  readonly model: ProblemModel;
  readonly lowered: LoweredProblem;
  readonly context: MatchContext;
  readonly diagnostics: readonly Diagnostic[];
}

/** The first problem of a text, lowered, with the methods of the text and the library at hand. */
export function load(text: string, problem = 0): Loaded {
  const parsed = parse(makeSource(0, 'text.opt', text));
  const built = buildModel({ id: 'text.opt', ast: parsed.file });
  const model = built.model.problems[problem];
  const lowered = lowerProblem(model, createGraph());
  const own = methodsOf(text).methods;
  return {
    model,
    lowered,
    diagnostics: [...parsed.diagnostics, ...built.diagnostics, ...lowered.diagnostics].filter(
      ({ severity }) => severity === 'error',
    ),
    context: {
      model,
      lowered,
      methods: methodsOver(own, methodsOver(libraryMethods())),
    },
  };
}

/** `m(step = 0.1)` as it stands after `with`. */
export function matchUse(loadedProblem: Loaded, use: string): MatchResult {
  const parsed = parse(makeSource(9, 'use.opt', `solve p with ${use}`));
  const [solve] = parsed.file.declarations;
  if (solve.kind !== 'Solve' || solve.method === undefined) throw new Error(`no use: ${use}`);
  const { name, args, span } = solve.method;
  const method = loadedProblem.context.methods.get(name.name);
  if (method === undefined) throw new Error(`no method ${name.name}`);
  return matchMethod(loadedProblem.context, {
    method,
    args,
    label: name.name,
    sweep: new Map(),
    span,
  });
}

/** The problem after reductions, with the way back. */
export function reduced(
  { model, lowered, context, diagnostics }: Loaded,
  requests: (lowered: LoweredProblem) => readonly ReductionRequest[],
): { readonly loaded: Loaded; readonly invert: ReduceInvert } {
  const found = reduceProblem(lowered.lowering.graph, lowered.problem, requests(lowered));
  if (found.kind === 'failed') throw new Error(found.diagnostics.map((d) => d.message).join('\n'));
  const after = { ...lowered, problem: found.problem };
  return {
    loaded: { model, lowered: after, context: { ...context, lowered: after }, diagnostics },
    invert: found.invert,
  };
}

export type ReduceInvert = (values: ReadonlyMap<string, Node>) => ReadonlyMap<string, Node>;

export type Inputs = Record<string, DenseTensor | number>;

/** Values of params and data that the file itself gives. */
export function inputsOf({ lowered }: Loaded): Inputs {
  const inputs: Inputs = {};
  const { params, data } = lowered.problem;
  for (const { input, value } of params)
    if (value !== undefined)
      inputs[input.attributes.name] = interpret([value], {
        inputs,
        sizes: sizesOf(inputs),
      }).values[0];
  for (const { input, value } of data)
    if (value.kind === 'expression' || value.kind === 'draw')
      inputs[input.attributes.name] = interpret([value.node], {
        inputs,
        sizes: sizesOf(inputs),
      }).values[0];
  return inputs;
}

/** Scalar params may be sizes. */
const sizesOf = (inputs: Inputs): Record<string, number> =>
  Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]) => {
      const number =
        typeof value === 'number' ? value : value.data.length === 1 ? value.data[0] : undefined;
      return number === undefined ? [] : [[name, number]];
    }),
  );

export interface Run {
  readonly iterations: number;
  readonly stopped: boolean;
  readonly answer: Readonly<Record<string, readonly number[]>>;
  readonly value: number;
  readonly states: Inputs;
  readonly counts: Record<string, number>;
}

/** Iterates a step in the reference interpreter; the value is that of the problem as written. */
export function runStep(
  problem: Loaded,
  step: MatchedStep,
  iterations: number,
  options: {
    readonly until?: (value: number) => boolean;
    readonly invert?: ReduceInvert;
    readonly written?: Loaded;
  } = {},
): Run {
  const given = inputsOf(problem);
  const sizes = sizesOf(given);
  const counts: Record<string, number> = {};
  const add = ({ counts: more }: Interpretation): void => {
    for (const [name, count] of Object.entries(more)) counts[name] = (counts[name] ?? 0) + count;
  };
  const run = (nodes: readonly Node[], inputs: Inputs): Interpretation => {
    const found = interpret(nodes, { inputs: { ...given, ...inputs }, sizes });
    add(found);
    return found;
  };
  const named = (values: readonly DenseTensor[]): Inputs =>
    Object.fromEntries(step.states.map(({ name }, k) => [`state:${name}`, values[k]]));
  let states = named(
    run(
      step.states.map(({ init }) => init),
      {},
    ).values,
  );
  const written = (options.written ?? problem).lowered.problem;
  const [goal] = written.level.goals;
  const measure = (): { answer: Record<string, readonly number[]>; value: number } => {
    const own = new Map(step.answer.map(({ variable, node }) => [variable.name, node]));
    const answers = options.invert === undefined ? own : options.invert(own);
    const names = [...answers.keys()];
    const { values } = interpret([...answers.values()], { inputs: { ...given, ...states }, sizes });
    const point = Object.fromEntries(names.map((name, k) => [`variable:${name}`, values[k]]));
    const value =
      goal.node === undefined || goal.objectives > 1
        ? Number.NaN
        : interpret([goal.node], { inputs: { ...given, ...point }, sizes }).values[0].data[0];
    return {
      answer: Object.fromEntries(names.map((name, k) => [name, [...values[k].data]])),
      value,
    };
  };
  let done = 0;
  let stopped = false;
  while (done < iterations && !stopped) {
    done++;
    const nodes = [
      ...step.states.map(({ next }) => next),
      ...(step.stop === undefined ? [] : [step.stop]),
    ];
    const { values } = run(nodes, { ...states, iteration: done });
    stopped = step.stop !== undefined && values[values.length - 1].data[0] !== 0;
    states = named(values);
    if (options.until !== undefined && options.until(measure().value)) break;
  }
  return { iterations: done, stopped, ...measure(), states, counts };
}
