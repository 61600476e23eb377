import { describe, expect, it } from 'vitest';
import { machine } from '../../compiler/cli/node.ts';
import { compare, compile, nested, solve, type SolveOptions } from '../../compiler/index.ts';

const ridge = `problem ridge {
  data A : real[m, n] from csv("data.csv", columns = 1..2)
  data b : real[m] from csv("data.csv", columns = "y")
  param mu : real >= 0 = 0
  var x : real[n]
  minimize sumsq(A*x - b) + mu*sumsq(x)
}
compare of ridge { with gradient_descent  with lbfgs  stop when gap <= 1e-8 or iterations >= 500 }
`;
const files = { 'data.csv': 'u,v,y\n1,0,1\n0,1,2\n1,1,3\n' };

describe('solve', () => {
  it('solves a text with the files that it names', async () => {
    const solved = await solve({ text: ridge, files });
    if (!solved.ok) throw new Error(solved.text);
    const [result] = solved.results;
    expect(result.status).toBe('optimal');
    expect(result.solution[0].data[0]).toBeCloseTo(1, 5);
    expect(result.solution[0].data[1]).toBeCloseTo(2, 5);
  });

  it('takes params and data from options', async () => {
    const A = [
      [2, 0],
      [0, 2],
    ];
    const solved = await solve({ text: ridge, files }, { set: { mu: 4 }, data: { A, b: [2, 4] } });
    if (!solved.ok) throw new Error(solved.text);
    // (A'A + 4 I) x = A'b with A = 2 I: x = b/4.
    const x = nested(solved.results[0].solution[0]);
    expect(x).toEqual([expect.closeTo(0.5, 5), expect.closeTo(1, 5)]);
  });

  it.each([
    ['problem p { var x : real  minimize x^2 +', {}],
    [ridge, {}],
    [ridge, { problem: 'lasso' }],
    ['problem p { var x : real  minimize x^2 }', { set: { mu: 1 } }],
    ['problem p { var x : real  minimize x^2 }', { data: { A: [1] } }],
  ])('gives mistakes as values: %#', async (text, options) => {
    const solved = await solve({ text }, options);
    expect(solved.ok).toBe(false);
    if (!solved.ok) expect(solved.text).toMatch(/^error\[/);
  });

  it('refuses values that are no numbers and rows of different lengths', async () => {
    const wrong: readonly SolveOptions[] = [
      { set: { mu: NaN } },
      { data: { A: [[1, 2], [3]] } },
      { data: { b: [NaN] } },
    ];
    for (const options of wrong) {
      const solved = await solve({ text: ridge, files }, options);
      expect(solved.diagnostics.map(({ code }) => code)).toContain('C003');
    }
  });

  it('has the defaults of the command: limits take the place of the stop rule', async () => {
    const rosenbrock =
      'problem r { var x : real[2] start [-1.2, 1]  minimize (1 - x[1])^2 + 100*(x[2] - x[1]^2)^2 }';
    const solved = await solve(rosenbrock, { iterations: 3 });
    if (!solved.ok) throw new Error(solved.text);
    expect(solved.results[0].iterations).toBe(3);
    expect(solved.results[0].status).toBe('not converged');
  });

  it('runs on the threads of a machine, with the answer of one', async () => {
    const text = `problem wide {
  data A : real[3000, 40] ~ normal(0, 1)
  data b : real[3000] ~ normal(0, 1)
  var x : real[40]
  minimize sumsq(A*x - b)/3000
}`;
    const { threads, largePages } = machine({ threads: 2 });
    const [one, two] = await Promise.all(
      [{}, { threads, largePages }].map(async (options) => {
        const solved = await solve(text, { target: 'wasm', ...options });
        if (!solved.ok) throw new Error(solved.text);
        return solved.results[0];
      }),
    );
    expect([one.threads, two.threads]).toEqual([1, 2]);
    expect(two.value).toEqual(expect.closeTo(one.value ?? NaN, 12));
  });
});

describe('compare and compile', () => {
  it('compare gives runs and references', async () => {
    const compared = await compare({ text: ridge, files });
    if (!compared.ok) throw new Error(compared.text);
    expect(compared.comparisons[0].runs.map(({ label }) => label)).toEqual([
      'gradient_descent',
      'lbfgs',
    ]);
  });

  it('compile writes a program', async () => {
    const compiled = await compile({ text: ridge, files });
    if (!compiled.ok) throw new Error(compiled.text);
    expect(compiled.programs[0].problem).toBe('ridge');
    expect(compiled.programs[0].code).toContain("from 'dotopt/runtime'");
  });

  it('the program reads each file by its format', async () => {
    const head = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n";
    const npy = new Uint8Array(10 + head.length + 16);
    npy.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, head.length, 0]);
    npy.set(new TextEncoder().encode(head), 10);
    const text = `problem p {
  data a : real[n] from npy("a.npy")
  data b : real[n] from json("b.json")
  var x : real[n]
  minimize sumsq(x - a - b)
}`;
    const compiled = await compile({ text, files: { 'a.npy': npy, 'b.json': '[1, 2]' } });
    if (!compiled.ok) throw new Error(compiled.text);
    const [{ code }] = compiled.programs;
    expect(code).toContain('readNpy(aFile');
    expect(code).toContain('readJson(bFile');
  });
});
