// The pictures of a report: names that do not overlap, round ticks, PNGs that others can read, charts that hold what they should.
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderChart, type Chart } from '../../runtime/report/chart.ts';
import { placeLabels, widthOfLabel } from '../../runtime/report/labels.ts';
import { palettePng } from '../../runtime/report/png.ts';
import { strokeOf } from '../../runtime/report/palette.ts';
import { niceTicks } from '../../runtime/report/ticks.ts';

describe('names beside curves', () => {
  it('do not overlap where there is room', () => {
    const end = fc.record({
      text: fc.constantFrom('A', 'gradient descent', 'L-BFGS'),
      x: fc.double({ min: 0, max: 400, noNaN: true }),
      y: fc.double({ min: 0, max: 260, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(end, { maxLength: 8 }), (ends) => {
        const placed = placeLabels(ends, 260);
        expect(placed).toHaveLength(ends.length);
        for (const [i, a] of placed.entries())
          for (const b of placed.slice(i + 1)) {
            const beside = a.x >= b.x + widthOfLabel(b.text) || b.x >= a.x + widthOfLabel(a.text);
            expect(beside || Math.abs(a.labelY - b.labelY) >= 14).toBe(true);
          }
      }),
    );
  });
});

describe('ticks', () => {
  it.each([
    [-1.5, 1.57, [-1, 0, 1]],
    [0, 10, [0, 2, 4, 6, 8, 10]],
    [1e-9, 3e-9, [1e-9, 1.5e-9, 2e-9, 2.5e-9, 3e-9]],
    [5, 5, [5]],
  ])('of %d to %d', (low, high, wanted) => {
    expect(niceTicks(low, high)).toEqual(wanted);
  });
});

describe('PNG', () => {
  it('holds the pixels: chunks in order, rows behind a filter byte', () => {
    const pixels = Uint8Array.of(0, 1, 2, 2, 1, 0);
    const png = palettePng(3, 2, pixels, [
      [0, 0, 0],
      [128, 0, 0],
      [255, 255, 255],
    ]);
    const view = new DataView(png.buffer);
    const chunks = new Map<string, Uint8Array>();
    for (let at = 8; at < png.length;) {
      const length = view.getUint32(at);
      chunks.set(
        String.fromCharCode(...png.subarray(at + 4, at + 8)),
        png.subarray(at + 8, at + 8 + length),
      );
      at += 12 + length;
    }
    expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
    // inflate checks the Adler sum.
    const rows = inflateSync(chunks.get('IDAT') ?? new Uint8Array());
    expect([...rows]).toEqual([0, 0, 1, 2, 0, 2, 1, 0]);
  });
});

describe('a chart', () => {
  const chart = (curves: Chart['curves'], rest: Partial<Chart> = {}): Chart => ({
    title: 'gap against iterations',
    x: 'iterations',
    y: 'gap',
    logX: false,
    logY: true,
    curves,
    ...rest,
  });
  const points = (values: readonly number[]) => values.map((y, x) => ({ x, y, low: y, high: y }));

  it('names its curves, in colours of the page and with dashes', async () => {
    const svg = await renderChart(
      chart([
        { label: 'A <b>', points: points([1, 0.1, 0.01]) },
        { label: 'B', points: points([2, 1, 1e-9, 0]) },
      ]),
    );
    expect(svg).toContain('>A &lt;b&gt;</text>');
    expect(svg).toContain(`stroke="${strokeOf(0).color}"`);
    expect(svg).toMatch(/stroke-dasharray="7[ ,]3"/);
    expect(svg).toContain('>1e-16</text>');
    expect(svg).not.toMatch(/#0102|NaN|undefined/);
  });

  it('without points is none', async () => {
    expect(await renderChart(chart([]))).toBeUndefined();
    expect(await renderChart(chart([{ label: 'A', points: points([NaN]) }]))).toBeUndefined();
  });

  it.each([
    ['a single point', points([3])],
    ['one value', points([2, 2, 2])],
    ['zeros', points([0, 0])],
    ['a tiny range', points([0.30001, 0.3])],
    ['infinities', points([Infinity, 1, NaN, 0.1])],
    ['negative numbers', points([-1, -2])],
  ])('draws %s', async (_, drawn) => {
    for (const logX of [false, true]) {
      const svg = await renderChart(chart([{ label: 'A', points: drawn }], { logX }));
      if (svg === undefined) continue;
      expect(svg).toMatch(/^<svg.*<\/svg>$/s);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});
