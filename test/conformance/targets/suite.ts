// The conformance suite: the same five parts on any target, compared with the interpreter. Operations, derivatives, generated programs, methods of the library (those for levels,
// games and agents too), examples. The usual run takes a few of each; `DOTOPT_LONG` takes all.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../grammar/diagnostic.ts';
import { grad } from '../../../compiler/derive/grad.ts';
import { noSettings } from '../../../compiler/program-input.ts';
import { openSession } from '../../../compiler/session.ts';
import { simplify } from '../../../compiler/simplify/simplify.ts';
import { specialise, type Specialised } from '../../../compiler/specialise.ts';
import type { SolveModel } from '../../../compiler/model/types.ts';
import { taskOf } from '../../../compiler/tasks.ts';
import { InternalError } from '../../../compiler/tensor/internal-error.ts';
import type { Node } from '../../../compiler/tensor/ir.ts';
import { substitute } from '../../../compiler/tensor/substitute.ts';
import { entries, kinds, useOf } from '../../methods/entries.ts';
import {
  arbitraryProgram,
  constructionNames,
  describeProgram,
  type Program,
} from '../../tensor/arbitrary.ts';
import { galleryWaits } from '../gallery-waits.ts';
import { errorsOf, openFile, openText, repo, solvesOf } from '../program.ts';
import {
  interpreted,
  programmed,
  stepByStep,
  TooLong,
  type StepOptions,
  type Stepped,
} from './step-by-step.ts';
import { openTarget, type Running, type TargetOfSuite } from './target.ts';

const long = process.env.DOTOPT_LONG !== undefined;

export async function conformance(name: TargetOfSuite): Promise<void> {
  const { running, full } = await openTarget(name);
  if (typeof running === 'string') {
    process.stdout.write(`not run: ${name}: ${running}\n`);
    it.skip(`not run: ${name}: ${running}`, () => undefined);
    return;
  }
  const iterations = long ? full.iterations : 1;
  describe(name, () => {
    operations(running);
    derivatives(running);
    programs(running, long ? full.programs : 25);
    methods(running, iterations);
    examples(running, long && full.examples);
  });
}

async function check(
  { disagreement, live }: Running,
  program: Program,
  nodes: readonly Node[],
): Promise<void> {
  const before = live();
  expect(
    await told(() => disagreement(program.graph, nodes, program.environment)),
    describeProgram(program),
  ).toBeUndefined();
  expect(live(), `live arrays\n${describeProgram(program)}`).toBe(before);
}

/** A fault of ours is a disagreement too. */
async function told(work: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InternalError) return error.message;
    throw error;
  }
}

const sample = (construction: string, numRuns: number, seed: number): readonly Program[] =>
  fc.sample(arbitraryProgram({ only: (each) => each === construction, steps: 3 }), {
    numRuns,
    seed,
  });

function operations(running: Running): void {
  describe('operations', () => {
    it.each(constructionNames)('%s', async (construction) => {
      for (const program of sample(construction, long ? 20 : 3, 1))
        await check(running, program, [program.root, program.objective]);
    });
  });
}

function derivatives(running: Running): void {
  describe('derivatives', () => {
    it.each(constructionNames)('of %s', async (construction) => {
      for (const program of sample(construction, long ? 10 : 1, 2))
        await check(running, program, gradients(program));
    });
  });
}

function gradients({ graph, objective, inputs }: Program): readonly Node[] {
  const dense = inputs.filter(({ type }) => type.storage === 'dense');
  return simplify(
    graph,
    dense.map((input) => grad(graph, objective, input)),
  );
}

/** In pieces, so that a report names the piece and no test takes minutes. */
function programs(running: Running, count: number): void {
  const size = 100;
  describe(`${count} generated programs`, () => {
    for (let first = 0; first < count; first += size) {
      const numRuns = Math.min(size, count - first);
      it(`${first + 1} to ${first + numRuns}`, async () => {
        for (const program of fc.sample(arbitraryProgram({}), { numRuns, seed: 3 + first })) {
          await check(running, program, [program.root, program.objective]);
          await check(running, program, asData(program));
        }
      });
    }
  });
}

/** The same program with its inputs as data: all of it is fixed. */
function asData({ graph, inputs, root, objective }: Program): readonly Node[] {
  const fixed = new Map<Node, Node>(
    inputs.map((input) => [input, graph.input(input.attributes.name, 'data', input.type)]),
  );
  return substitute(graph, [root, objective], fixed);
}

function methods(running: Running, iterations: number): void {
  describe('methods, step by step', () => {
    it.each(Object.entries(entries))('%s', async (name, entry) => {
      const program = openText(
        `problem p {${kinds[entry.kind]}}\nsolve p with ${useOf(name, entry)}`,
      );
      expect(errorsOf(program)).toBe('');
      const [asked] = solvesOf(program);
      const refused = await steps(running, program, asked, iterations);
      expect(refused).toBeUndefined();
    });
  });
}

const optFiles = (folder: string): readonly string[] =>
  readdirSync(join(repo, folder))
    .filter((file) => file.endsWith('.opt'))
    .map((file) => `${folder}/${file}`);

function examples(running: Running, all: boolean): void {
  const files = all
    ? [...optFiles('examples'), ...optFiles('examples/gallery')]
    : ['examples/lasso.opt'];
  describe('examples, step by step', () => {
    it.each(files)('%s', async (file) => {
      const program = openFile(file);
      for (const asked of solvesOf(program)) {
        const refused = await steps(running, program, asked, 1);
        if (refused !== undefined) expect(mayBeRefused(file), refused).toBe(true);
      }
    });
  });
}

/** What the language cannot solve yet is refused on every target alike. */
const mayBeRefused = (file: string): boolean => galleryWaits[basename(file, '.opt')] !== undefined;

/** The message that refuses it, where one does. */
async function steps(
  { settings, bound, decidedByRounding, live }: Running,
  { front, host }: ReturnType<typeof openText>,
  asked: SolveModel,
  iterations: number,
): Promise<string | undefined> {
  const opened = openSession(front, asked.problem, host, { ...noSettings, ...settings });
  if (!opened.ok) return messages(opened.diagnostics);
  const { session } = opened;
  const made = await specialise(session, taskOf(asked));
  if (!made.ok) return messages(made.diagnostics);
  const { specialised } = made;
  const { step } = specialised;
  if (step === undefined) {
    await solvedByItself(specialised);
    return undefined;
  }
  const before = live();
  const options = {
    iterations,
    bound,
    decidedByRounding: decidedByRounding.has(specialised.method),
  };
  const { wrong, iterations: done } = await stepByStep(specialised, {
    ...options,
    reference: interpreted(session, step),
  }).catch(async (error: unknown) => {
    if (!(error instanceof TooLong)) throw error;
    return await besideTs(specialised, { front, host }, asked, options);
  });
  expect(wrong).toEqual([]);
  expect(done).toBeGreaterThan(0);
  expect(live(), 'live arrays').toBe(before);
  return undefined;
}

/** Where the interpreter takes too long: beside the same method in plain JavaScript. */
async function besideTs(
  specialised: Specialised,
  { front, host }: ReturnType<typeof openText>,
  asked: SolveModel,
  options: Omit<StepOptions, 'reference'>,
): Promise<Stepped> {
  process.stdout.write(
    `not run: the interpreter on ${asked.problem.name}: it takes too long; beside plain JavaScript\n`,
  );
  const opened = openSession(front, asked.problem, host, { ...noSettings, target: 'ts' });
  if (!opened.ok) throw new Error(messages(opened.diagnostics));
  const made = await specialise(opened.session, taskOf(asked));
  if (!made.ok) throw new Error(messages(made.diagnostics));
  const { step } = made.specialised;
  if (step === undefined) throw new Error('plain JavaScript has no step');
  return await stepByStep(specialised, {
    ...options,
    bound: { ...options.bound, largest: Math.max(options.bound.largest, 1e-10) },
    reference: programmed(made.specialised, step),
  });
}

const messages = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics.map(({ message }) => message).join('\n');

/** A native solver runs in the runtime itself, the same on every target. */
async function solvedByItself({ create }: Specialised): Promise<void> {
  const program = create(1);
  await program.init();
  await program.step(1);
  for (const { data } of Object.values(program.answer()))
    expect(data.every(Number.isFinite)).toBe(true);
}
