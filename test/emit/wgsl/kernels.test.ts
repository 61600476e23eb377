// What goes into one kernel, and how it reads. The numbers that kernels give are compared with the interpreter's where WebGPU runs (test/tfjs, test/conformance/targets).
import { describe, expect, it } from 'vitest';
import { emitModule } from '../../../compiler/emit/ts/module.ts';
import { wgslNames } from '../../../compiler/emit/wgsl/names.ts';
import { literal } from '../../../compiler/emit/wgsl/functions.ts';
import { programs } from '../programs.ts';

const codeOf = (name: string, wgsl: boolean): string =>
  emitModule({ ...programs[name]('javascript'), target: 'tfjs', wgsl }).code;
const kernelsOf = (name: string): readonly string[] =>
  [...codeOf(name, true).matchAll(/^const kernel\d+ = [\s\S]*?^};$/gm)].map(([text]) => text);

describe('a step with kernels of our own', () => {
  it('reads well', async () => {
    const [rows, columns, value] = kernelsOf('logistic');
    await expect(`${[rows, columns, value].join('\n\n')}\n`).toMatchFileSnapshot(
      'golden/logistic.txt',
    );
  });

  it('takes the product, the scalar function and the step in the two passes that read the matrix', () => {
    const iterate = codeOf('logistic', true).split('/** One iteration. */')[1];
    const calls = [...iterate.matchAll(/device\.kernel\((kernel\d+), \[\w*\], \[(\w+)/g)];
    expect(calls.filter(([, , first]) => first.startsWith('A')).length).toBe(2);
    expect(iterate).not.toMatch(/tf\.(dot|matMul|add|sub|mul|div|neg|sum)\(/);
  });

  it('is the plain one where the backend is another', () => {
    for (const name of Object.keys(programs)) {
      if (programs[name]('javascript').step === undefined) continue;
      expect(codeOf(name, false)).not.toContain('kernel');
    }
  });

  it('reads no more arrays than a GPU promises', () => {
    for (const name of Object.keys(programs)) {
      if (programs[name]('javascript').step === undefined) continue;
      for (const kernel of kernelsOf(name)) {
        const arrays = /arrays: \[(.*?)\]/.exec(kernel)?.[1].split(', ').filter(Boolean) ?? [];
        expect(arrays.length).toBeLessThan(8);
      }
    }
  });
});

describe('names in a kernel', () => {
  it('differ in more than case, and from those that tfjs and WGSL have', () => {
    const { fresh } = wgslNames();
    const names = ['A', 'a', 'd0', 'loop', 'α', 'x1', 'x1', '_'].map(fresh);
    expect(names).toEqual(['A', 'a2', 'd0_2', 'loop2', 'v', 'x1', 'x1_2', 'v2']);
  });
});

describe('numbers in a kernel', () => {
  it('are real numbers of WGSL', () => {
    expect([1, -2, 0.5, 1e-9, 1e21].map(literal)).toEqual(['1.0', '-2.0', '0.5', '1e-9', '1e+21']);
    expect([NaN, Infinity, -1e300].map(literal)).toEqual([
      'uniforms.NAN',
      'uniforms.INFINITY',
      '(-uniforms.INFINITY)',
    ]);
  });
});
