// Fronts of several objectives: dominated ends are named, hypervolumes agree with a count of cells, the report shows the picture.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../compiler/cli/main.ts';
import { palette } from '../../compiler/cli/io.ts';
import { volume } from '../../runtime/compare/front.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'dotopt-front-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function compare(text: string, ...options: readonly string[]): Promise<string> {
  writeFileSync(path.join(folder, 'file.opt'), text);
  let out = '';
  await main(['compare', 'file.opt', ...options], {
    out: (piece) => void (out += piece),
    err: () => undefined,
    color: palette(false),
    errColor: palette(false),
    width: 160,
    interactive: false,
    cwd: folder,
  });
  return out;
}

const text = `
problem parabolas {
  param by : real = 0
  var x : real start 3
  let near = x^2
  minimize [near, (x - 2)^2]
}
method stay(at : real) for { minimize F(x) over x } where F is vector { repeat { x <- 0*x .+ at } }
compare "front" of parabolas {
  with stay(at = p) as "line"
  with stay(at = 2 + p) as "beyond"
  sweep p in {0, 0.5, 1, 2}
  stop when iterations >= 2
}
`;

describe('a front', () => {
  it('names dominated ends and states the hypervolume', async () => {
    const out = await compare(text);
    // Ends at x = 0, 0.5, 1, 2 of the segment; 2 again; 2.5, 3, 4 beyond it, dominated by 2.
    expect(out).toContain('3 of 8 ends are dominated by others');
    expect(out).toContain('beyond, p = 0.5; beyond, p = 1; beyond, p = 2');
    // Objectives (0, 4), (0.25, 2.25), (1, 1), (4, 0) up to (17.6, 4.4): worst 16 and 4, a tenth of the range more.
    const byHand = 0.25 * (4.4 - 4) + 0.75 * (4.4 - 2.25) + 3 * (4.4 - 1) + 13.6 * 4.4;
    expect(out).toContain(`hypervolume ${byHand.toFixed(4).replace(/0+$/, '')} up to (17.6, 4.4)`);
    expect(out).toMatch(/method +p +status +near +\(x - 2\)\^2/);
  });

  it('is a picture of the report, with the dominated ends hollow', () => {
    const html = readFileSync(path.join(folder, 'dotopt-out', 'front', 'report.html'), 'utf8');
    const figure = /<figure class="front">.*?<\/figure>/s.exec(html)?.[0] ?? '';
    expect(figure).toContain('(x - 2)^2 against near');
    expect(figure.match(/fill="var\(--paper\)" stroke="var\(--c/g)).toHaveLength(3);
    expect(figure).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('is in the JSON', async () => {
    const shown: unknown = JSON.parse(await compare(text, '--json'));
    expect(shown).toHaveProperty('comparisons.0.front.names', ['near', '(x - 2)^2']);
  });
});

describe('hypervolume', () => {
  it.each([2, 3, 4])('in %d dimensions: as many unit cells as a point covers', (count) => {
    const side = 4;
    const point = fc.array(fc.integer({ min: 0, max: side }), {
      minLength: count,
      maxLength: count,
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 6 }), (points) => {
        let cells = 0;
        for (let code = 0; code < side ** count; code++) {
          const cell = Array.from({ length: count }, (_, k) => Math.floor(code / side ** k) % side);
          if (points.some((p) => p.every((value, k) => value <= cell[k]))) cells++;
        }
        const reference = Array.from({ length: count }, () => side);
        expect(volume(points, reference)).toBe(cells);
      }),
      { numRuns: 60 },
    );
  });
});
