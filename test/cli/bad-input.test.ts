// Any bytes as a file, any data cut or garbled, any option mistyped: an error with help and exit code 1 or 2, never a fault of ours.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { place, type Ran } from './command.ts';

const long = process.env.DOTOPT_LONG !== undefined;
const runs = (few: number): { readonly numRuns: number } => ({ numRuns: long ? 40 * few : few });

const program = `problem line {
  data t : real[m, n] from csv("t.csv", columns = 1..2)
  data y : real[m] from csv("t.csv", columns = "y")
  data c : real[k] from json("c.json")
  var x : real[n]
  minimize sumsq(t*x - y) + sum(c)*sumsq(x)
}
compare of line { with lbfgs  stop when iterations >= 3 }
`;
const table = 'a,b,y\n1,2,3\n4,5.5,-6\n"7",8e-1,9\n';
const list = '[1, 2.5, 3e0]';
const files = { 'line.opt': program, 't.csv': table, 'c.json': list } as const;

const scene = place({ ...files, 'empty.opt': '' });
afterAll(scene.remove);

/** A mistake is told with exit code 1 or 2; nothing is ever a fault of ours. */
function isSane({ code, out, err }: Ran): void {
  expect(err).not.toMatch(/internal error|^\s+at .*:\d+:\d+/m);
  expect([0, 1, 2, 3, 4, 5, 6, 7]).toContain(code);
  if (code === 1 || code === 2) expect(`${out}${err}`).toMatch(/error|Usage/);
}

const bytes = (text: string): fc.Arbitrary<Uint8Array> => {
  const whole = new TextEncoder().encode(text);
  const change = fc.record({
    at: fc.nat(whole.length),
    drop: fc.nat(6),
    put: fc.uint8Array({ maxLength: 4 }),
  });
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce(
        (before, { at, drop, put }) =>
          Uint8Array.from([...before.slice(0, at), ...put, ...before.slice(at + drop)]),
        whole,
      ),
    );
};

describe('files', () => {
  it.each([
    ['t.csv', 'run line.opt --iterations 2'],
    ['c.json', 'run line.opt --iterations 2'],
    ['line.opt', 'check line.opt'],
    ['line.opt', 'fmt --check line.opt'],
  ] as const)('%s with bytes changed: %s', async (name, line) => {
    await fc.assert(
      fc.asyncProperty(bytes(files[name]), async (content) => {
        scene.write(name, content);
        isSane(await scene.dotopt(line));
      }),
      runs(25),
    );
    scene.write(name, files[name]);
  });

  it.each([
    ['an endless nesting', '['.repeat(200_000)],
    ['an endless line', `y\n${'1'.repeat(1_000_000)}\n`],
    ['many columns', `${'a,'.repeat(50_000)}a\n`],
    ['only quotes', '"'.repeat(1001)],
    ['only line breaks', '\r\n'.repeat(10_000)],
    ['a byte-order mark and nothing', '\uFEFF'],
    ['NULs', '\0'.repeat(100)],
  ])('%s', async (_, content) => {
    for (const name of ['t.csv', 'c.json', 'line.opt'] as const) {
      scene.write(name, content);
      const ran = await scene.dotopt('run line.opt');
      isSane(ran);
      expect([1, 2]).toContain(ran.code);
      scene.write(name, files[name]);
    }
  });
});

describe('the command line', () => {
  // `init` and `--out` would write anywhere.
  const word = fc.oneof(
    fc.constantFrom('check', 'run', 'compare', 'methods', 'explain', 'doctor', 'help'),
    fc.constantFrom('line.opt', 'empty.opt', 'gone.opt', '.', '..', '/', 'ista', ''),
    fc.constantFrom('--json', '--set', '--data', '--seed', '--problem', '--check', '--time'),
    fc.constantFrom('x=1', 'y=t.csv', 'c=c.json', '=', '-1', '1e999', 'NaN', '3', '--', '--help'),
    fc.string({ maxLength: 8 }).filter((text) => !/["\0]|init|out|watch/.test(text)),
  );

  it('any words give a code of the table and no fault', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (words) => {
        isSane(await scene.dotopt(words.map((each) => `"${each}"`).join(' ')));
      }),
      runs(60),
    );
  });

  it.each(['', '.', '..', '/', 'a/', '.opt', 'a/..'])('init "%s" asks for a name', async (name) => {
    const { code, err } = await scene.dotopt(`init "${name}"`);
    expect([code, err]).toEqual([2, expect.stringMatching(/is no name of a file/)]);
  });
});
