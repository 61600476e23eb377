import { describe, expect, it } from 'vitest';
import { contour } from '../../runtime/report/contours.ts';

describe('contour lines', () => {
  it('lie on the circle of a paraboloid, and go all the way round it', () => {
    const axis = Array.from({ length: 201 }, (_, k) => -2 + k / 50);
    const values = axis.flatMap((y) => axis.map((x) => x * x + y * y));
    const segments = contour({ xs: axis, ys: axis, values }, 1);
    const radii = segments.flat().map(([x, y]) => Math.hypot(x, y));
    expect(Math.max(...radii.map((r) => Math.abs(r - 1)))).toBeLessThan(2e-4);
    const length = segments.reduce((s, [a, b]) => s + Math.hypot(a[0] - b[0], a[1] - b[1]), 0);
    expect(Math.abs(length - 2 * Math.PI)).toBeLessThan(1e-2);
  });
});
