// Comparisons of the gallery and the examples: every claim holds, and no run fails.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compare, type Comparison } from '../../compiler/index.ts';
import { fileHost } from '../../compiler/cli/file-host.ts';
import { accessFor } from '../../compiler/cli/project-files.ts';
import { galleryWaits } from './gallery-waits.ts';
import { errorsOf, openFile, repo } from './program.ts';

/** Comparisons that take more than a few seconds, and the iterations that are enough where even a long test has no time for all. */
const slow: Readonly<Record<string, { readonly why: string; readonly iterations?: number }>> = {
  'examples/federated_logistic.opt': {
    why: 'thousands of rounds on all rows of the data',
  },
  'examples/gan.opt': { why: 'three runs of 3,000 steps on batches of 64' },
  'examples/gallery/gan_ring.opt': { why: 'six runs of 5,000 steps on batches of 64' },
  'examples/gallery/hyper_cleaning.opt': {
    why: 'ten runs of up to 30 s, each measured at the solution of its lower level',
  },
  'examples/gallery/m_muon.opt': {
    why: 'six runs of a network over all digits, each measured at every one of its first iterations',
  },
  'examples/gallery/m_splitting.opt': {
    why: 'multipliers are searched for at every measured iteration',
  },
  'examples/gallery/variational_inference.opt': {
    why: 'ten runs of 3,000 steps',
  },
};
/** Runs that a comparison names and that this version does not have, or that do not match by design. */
const awaited: Readonly<Record<string, readonly string[]>> = {
  // Its pattern has `over x`, and the variables lie in balls.
  'examples/gallery/m_min_max.opt': ['EAG'],
  // `via kkt` comes with the constraints.
  'examples/gallery/ridge_tuning_diabetes.opt': ['kkt'],
  'examples/gallery/m_consensus_based.opt': ['CMA-ES'],
};
/** A method whose divergence is what a claim is about: its runs end at a NaN or an infinity. */
const diverges: Readonly<Record<string, string>> = {
  'examples/papers/bo-rep.opt': 'plain',
};
const long = process.env.DOTOPT_LONG !== undefined;

const paths = ['examples', 'examples/gallery', 'examples/papers'].flatMap((folder) =>
  readdirSync(join(repo, folder))
    .filter((file) => file.endsWith('.opt'))
    .map((file) => `${folder}/${file}`),
);
/** Those with a comparison of what can be run today. */
const compared = paths.filter((path) => {
  const name = path.replace(/^.*\/|\.opt$/g, '');
  const waits = path.includes('/gallery/') && galleryWaits[name] !== undefined;
  return !waits && openFile(path).front.model.compares.length > 0;
});

async function comparisonsOf(path: string): Promise<readonly Comparison[]> {
  const name = join(repo, path);
  const outcome = await compare(
    {
      name,
      text: readFileSync(name, 'utf8'),
      host: fileHost(accessFor(name, [])),
    },
    slow[path]?.iterations === undefined ? {} : { iterations: slow[path].iterations },
  );
  if (!outcome.ok) throw new Error(outcome.text);
  return outcome.comparisons;
}

test('there are comparisons with claims, and those that are slow among them', () => {
  expect(compared.length).toBeGreaterThanOrEqual(18);
  for (const path of Object.keys(slow)) expect(compared).toContain(path);
});

/** Papers compare over many seeds and steps. */
const isSlow = (path: string): boolean =>
  slow[path] !== undefined || path.startsWith('examples/papers/');

test.each(paths.filter((path) => path.startsWith('examples/papers/')))('%s reads', (path) => {
  expect(errorsOf(openFile(path))).toBe('');
});

test.each(compared.filter((path) => long || !isSlow(path)))('%s', async (path) => {
  const claimed = openFile(path).front.model.compares.map(({ claims }) => claims.length > 0);
  const comparisons = await comparisonsOf(path);
  expect(comparisons).toHaveLength(claimed.length);
  comparisons.forEach(({ claims, runs, notes }, k) => {
    expect(notes.filter(({ kind }) => kind === 'error')).toEqual([]);
    const failed = runs.filter(
      ({ label, failure }) =>
        failure !== undefined && !(label === diverges[path] && failure.kind === 'nonfinite'),
    );
    expect(failed.map(({ label }) => label)).toEqual(awaited[path] ?? []);
    expect(claims.length > 0).toBe(claimed[k]);
    const ofAwaited = (claim: unknown): boolean =>
      (awaited[path] ?? []).some((label) => JSON.stringify(claim).includes(label));
    expect(claims.filter((claim) => !claim.holds && !ofAwaited(claim))).toEqual([]);
  });
});
