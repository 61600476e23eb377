// Work beside the run that is shown, several starts and a search over the outer variables, is counted: against counters around what it calls.
import { describe, expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';
import { fromSeveralStarts, startsTried } from '../../compiler/multi-start.ts';
import { searchOuter } from '../../compiler/outer-search.ts';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession, type Session } from '../../compiler/session.ts';
import { specialise } from '../../compiler/specialise.ts';
import { taskOf } from '../../compiler/tasks.ts';
import type { OracleCounts, StepProgram } from '../../runtime/program.ts';
import { addCounts } from '../../runtime/search-work.ts';
import { noCounts } from '../../runtime/trace.ts';
import { openText, solvesOf } from '../conformance/program.ts';

/** The lower solution jumps at x = 0. */
const jump = `problem jump {
  var x : real >= -1 <= 1 start 0.9
  lower {
    var y : real >= -2 <= 2
    minimize y^4 - 2*y^2 + x*y
  }
  minimize (x - 0.5)^2 + (y - 1)^2
}`;

function opened(text: string): {
  readonly session: Session;
  readonly task: ReturnType<typeof taskOf>;
} {
  const program = openText(text);
  const [asked] = solvesOf(program);
  const found = openSession(program.front, asked.problem, program.host, noSettings);
  if (!found.ok) throw new Error('it does not open');
  return { session: found.session, task: taskOf(asked) };
}

/** The session with counters of its own around what solves lower levels and measures. */
function watched(session: Session): { readonly session: Session; readonly seen: OracleCounts } {
  const seen = noCounts();
  const { program } = session;
  return {
    seen,
    session: {
      ...session,
      program: {
        ...program,
        settled: (...args) => {
          seen.solves++;
          return program.settled(...args);
        },
        measure: (...args) => {
          seen.values++;
          return program.measure(...args);
        },
      },
    },
  };
}

describe('counted against counters of its own', () => {
  test('a search over the outer variables', () => {
    const { session, task } = opened(jump);
    expect(task.method).toBe(undefined);
    const { session: counted, seen } = watched(session);
    const from = Object.fromEntries(
      ['x', 'y'].map((name) => [
        name,
        { storage: 'dense' as const, shape: [], data: Float64Array.of(0.9) },
      ]),
    );
    const { work, found } = searchOuter(counted, from, 4000) ?? {};
    expect(found).toBeDefined();
    expect(seen.solves).toBeGreaterThan(50);
    expect(work).toMatchObject({ starts: 0, points: seen.solves, counts: seen });
  });

  test('several starts, sought once a seed', async () => {
    const { session, task } = opened(`${jump}\nsolve jump with nonsmooth_lbfgs via implicit`);
    const made = await specialise(session, task);
    if (!made.ok) throw new Error('it does not match');
    const programs: StepProgram[] = [];
    const create = (seed: number): StepProgram => {
      const program = made.specialised.createHere(seed);
      programs.push(program);
      return program;
    };
    const { session: counted, seen } = watched(session);
    const several = fromSeveralStarts(counted, create, () => create);
    expect(several.searched()).toBe(undefined);
    several.create(1);
    // The first is the one that is to run.
    const trials = programs
      .slice(1)
      .reduce((sum, { counts }) => addCounts(sum, counts), noCounts());
    expect(programs.length).toBeGreaterThan(2);
    expect(trials.grads).toBeGreaterThan(0);
    expect(several.searched()).toMatchObject({
      starts: programs.length - 1,
      points: 0,
      counts: addCounts(trials, seen),
    });
    const tried = programs.length;
    several.create(1);
    expect(programs.length).toBe(tried + 1);
  });
});

test('a run tells it apart from its own work', async () => {
  const solved = await solve(jump);
  if (!solved.ok) throw new Error(solved.text);
  const [{ search, counts }] = solved.results;
  expect(search?.starts).toBeLessThanOrEqual(startsTried);
  expect(search?.points).toBeGreaterThan(50);
  expect(search?.counts.grads).toBeGreaterThan(counts.grads);
  expect(search?.seconds).toBeGreaterThan(0);
});

test('a run that searches for nothing says nothing of it', async () => {
  const solved = await solve('problem p { var x : real minimize (x - 1)^2 }');
  if (!solved.ok) throw new Error(solved.text);
  expect('search' in solved.results[0]).toBe(false);
});
