// Every gallery problem lowered: data, goals, constraints and metrics agree with a plain walk over the typed tree, and the known answers have their values.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isError } from '../../grammar/diagnostic.ts';
import { compareProblem } from './compare.ts';
import { galleryFolder, lowerGallery } from './support.ts';

const names = readdirSync(galleryFolder)
  .filter((file) => file.endsWith('.opt'))
  .map((file) => file.slice(0, -4));

/** A network on all the digits takes the plain walk ten seconds. */
const long = new Set(['digits_net']);

/** Whether a file has a `known` block of more than one entry. */
const hasPoint = (name: string): boolean =>
  /known \{[^}]*;/.test(readFileSync(join(galleryFolder, `${name}.opt`), 'utf8'));

describe('gallery', () => {
  test.each(names)('%s', (name) => {
    for (const given of lowerGallery(name)) {
      expect(given.lowered.diagnostics.filter(isError)).toEqual([]);
      compareProblem(given, {
        goals: !long.has(given.problem.name) || process.env['DOTOPT_LONG'] !== undefined,
      });
    }
  });

  test('known points have the known values', () => {
    let checked = 0;
    for (const name of names)
      for (const given of hasPoint(name) ? lowerGallery(name) : []) {
        const { problem } = given;
        const [goal] = problem.level.goals;
        const variables = problem.level.variables.map((variable) => variable.name);
        for (const { entries } of problem.known) {
          const value = entries.find((entry) => entry.name === 'value');
          const at = entries.filter((entry) => variables.includes(entry.name));
          if (goal?.node === undefined || value === undefined || at.length < variables.length)
            continue;
          if (problem.level.lower.length > 0) continue;
          const point = Object.fromEntries(
            at.map((entry) => [entry.name, given.value(entry.node)]),
          );
          const found = given.value(goal.node, point).data[0];
          expect(found, name).toBeCloseTo(given.value(value.node).data[0], 6);
          checked++;
        }
      }
    expect(checked).toBeGreaterThanOrEqual(4);
  });
});
