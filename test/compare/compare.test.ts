// Comparisons end to end on problems whose answers are known by hand.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../compiler/cli/main.ts';
import { palette } from '../../compiler/cli/io.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'dotopt-compare-'));
afterAll(() => rmSync(folder, { recursive: true }));

// x is halved at each iteration from 1, so the value x² is 4^-k and the gap too.
const halving = `
problem square {
  var x : real start 1
  minimize x^2
  known { value = 0 }
}
method halve(by : real = 2) for { minimize f(x) over x } {
  repeat { x <- x / by }
}
method nonsense for { minimize f(x) + h(x) over x } where f is smooth and h is linear and f is linear {
  repeat { x <- x }
}
`;

async function compare(
  text: string,
  ...options: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  writeFileSync(path.join(folder, 'file.opt'), text);
  let out = '';
  let err = '';
  const code = await main(['compare', 'file.opt', ...options], {
    out: (piece) => void (out += piece),
    err: (piece) => void (err += piece),
    color: palette(false),
    errColor: palette(false),
    width: 120,
    interactive: false,
    cwd: folder,
  });
  return { code, out, err };
}

const holding = (out: string): readonly string[] =>
  out.split('\n').filter((line) => line.startsWith('✓') || line.startsWith('✗'));

describe('claims on numbers known by hand', () => {
  it('final values, at, first, rate, success, trace', async () => {
    const { code, out } = await compare(
      `${halving}
compare "halving" of square {
  with halve as "A"
  stop when iterations >= 200
  claim "final": iterations("A") == 200 and gap("A") <= 1e-100
  claim "at": abs(at("A", gap, iterations = 10) - 4^-10) <= 1e-15
  claim "at, between measured rows": at("A", iterations, iterations = 133) == 133
  claim "first": first("A", iterations, gap <= 1e-6) == 10
  claim "first, between measured rows": first("A", iterations, gap <= 4^-133) == 133
  claim "never": first("A", iterations, gap < 0) == inf
  claim "rate": abs(rate("A", gap) + log(4)) <= 1e-9
  claim "success": success("A", gap <= 1e-9) == 1
  claim "trace": abs(sum(trace("A", gap)) - 4/3) <= 1e-12
}`,
      '--check',
    );
    expect(holding(out).filter((line) => line.startsWith('✗'))).toEqual([]);
    expect(holding(out)).toHaveLength(9);
    expect(code).toBe(0);
  });

  it('a sweep, for every value and for the named one', async () => {
    const { code, out } = await compare(
      `${halving}
compare "sweep" of square {
  with halve(by = b) as "A"
  sweep b in {2, 4, 8}
  stop when iterations >= 5
  claim "every": gap("A") <= b^-9
  claim "named": abs(gap("A", b = 4) - 4^-10) <= 1e-12
  claim "slope": abs(slope("A", b, gap) + 10) <= 1e-9
}`,
      '--check',
    );
    expect(holding(out)).toHaveLength(5);
    expect(holding(out).filter((line) => line.startsWith('✗'))).toEqual([]);
    expect(code).toBe(0);
  });

  it('a failed claim is 7 with --check, and no error without', async () => {
    const text = `${halving}
compare "fails" of square {
  with halve as "A"
  stop when iterations >= 5
  claim "wrong": gap("A") <= 1e-9
}`;
    expect((await compare(text, '--check')).code).toBe(7);
    const { code, out } = await compare(text);
    expect([code, holding(out)[0]?.startsWith('✗')]).toEqual([0, true]);
  });
});

describe('what a comparison keeps', () => {
  it('a method that does not match stays in the table with the reason', async () => {
    const { code, out } = await compare(`${halving}
compare "odd" of square { with nonsense as "N"  with halve as "A"  stop when iterations >= 5 }`);
    expect(code).toBe(0);
    expect(out).toMatch(/^N +does not apply/m);
    expect(out).toMatch(/^note: N: /m);
    expect(out).toMatch(/^A /m);
  });

  it('a known value that is beaten is an error of the file', async () => {
    const { code, out } = await compare(
      `${halving.replace('known { value = 0 }', 'known { value = 0.5 }')}
compare "beaten" of square { with halve as "A"  stop when iterations >= 60 }`,
    );
    expect(code).toBe(1);
    expect(out).toMatch(/error: known\.value is wrong/);
  });

  it('the same bytes twice, but for times; files stay below --out', async () => {
    const text = `${halving}
compare "../../up" of square { with halve as "A"  seeds 1..3  stop when iterations >= 20 }`;
    const read = async (): Promise<string> => {
      const { code } = await compare(text);
      expect(code).toBe(0);
      const rows = readFileSync(path.join(folder, 'dotopt-out', 'up', 'traces.csv'), 'utf8');
      const head = rows.split('\n')[0].split(',');
      const time = head.indexOf('seconds');
      return rows
        .split('\n')
        .map((line) =>
          line
            .split(',')
            .filter((_, k) => k !== time)
            .join(','),
        )
        .join('\n');
    };
    expect(await read()).toBe(await read());
    expect(readdirSync(folder).sort()).toEqual(['dotopt-out', 'file.opt']);
  });
});

describe('the table in the terminal', () => {
  it('times masked', async () => {
    const { out } = await compare(`${halving}
compare "golden" of square {
  with halve(by = b) as "A"
  with nonsense as "N"
  sweep b in {2, 4}
  stop when iterations >= 5
}`);
    const lines = out.split('\n').filter((line) => /^(golden|method|[AN] )/.test(line));
    const masked = lines.map((line) =>
      line.replace(/[\d.]+ (µs|ms|s)$/, 'TIME').replace(/ +/g, ' '),
    );
    expect(masked).toEqual([
      'golden comparison of square',
      'method b status value gap iterations time',
      'A 2 not converged 0.0009765625 9.8e-4 5 TIME',
      'N 2 does not apply – – – –',
      'A 4 optimal 9.53674316e-7 9.5e-7 5 TIME',
      'N 4 does not apply – – – –',
    ]);
  });
});
