// What becomes of problems, comparisons and limits: structure rather than text.
import { describe, expect, it } from 'vitest';
import { isError, type Diagnostic } from '../../grammar/diagnostic.ts';
import { parse } from '../../grammar/parse.ts';
import { makeSource } from '../../grammar/source.ts';
import {
  buildModel,
  listSources,
  type DataHeader,
  type ModelOptions,
} from '../../compiler/model/model.ts';
import { showFullType } from '../../compiler/model/type-of.ts';
import type { Model, ProblemModel } from '../../compiler/model/types.ts';

function build(
  text: string,
  options: ModelOptions = {},
): { model: Model; diagnostics: readonly Diagnostic[] } {
  return buildModel({ id: 'main', ast: parse(makeSource(0, 'main.opt', text)).file }, options);
}

function problem(text: string, options: ModelOptions = {}): ProblemModel {
  const { model, diagnostics } = build(text, options);
  expect(diagnostics.filter(isError)).toEqual([]);
  const [first] = model.problems;
  if (first === undefined) throw new Error('no problem');
  return first;
}

const codes = (text: string, options: ModelOptions = {}): string[] =>
  build(text, options).diagnostics.map((d) => d.code);

describe('levels and owners', () => {
  it('a goal without over owns what no other goal owns', () => {
    const { level } = problem(
      'problem p { var x, y, z : real minimize (x + y)^2 + z^2\n maximize x*y over y }',
    );
    expect(level.goals.map((g) => g.owns.map((v) => v.name))).toEqual([['x', 'z'], ['y']]);
  });
  it('solves is a lower level with one variable', () => {
    const { level } = problem(
      'problem p { var x : real\n var y : real[2] solves minimize sumsq(y - x)\n minimize x^2 + sum(y) }',
    );
    expect(level.variables.map((v) => v.name)).toEqual(['x']);
    expect(level.lower[0]?.variables.map((v) => v.name)).toEqual(['y']);
    expect(level.lower[0]?.goals[0]?.sense).toBe('minimize');
  });
  it('variables and lets of a family carry its index outside, outermost first', () => {
    const text = `problem p {
      set K = 1..3
      var x : real
      lower a(k in K) {
        var w : real[2]
        let s = sum(w)
        lower b(j in 1..4) { var u : real[5]; minimize sumsq(u - sum(w) - k*j) }
        minimize sumsq(w - x) + sum(u)
      }
      let W = w
      let S = s
      let U = u
      minimize x^2 + sum(W) + sum(S) + sum(U)
    }`;
    const { level } = problem(text);
    expect(level.lets.map((l) => showFullType(l.type))).toEqual([
      'real[K, 2]',
      'real[K]',
      'real[K, 4, 5]',
    ]);
    expect(level.lower[0]?.lower[0]?.variables[0]?.type.shape).toHaveLength(1);
  });
  it('lower levels come in an order in which each can be solved', () => {
    const text = `problem p { var x : real
      lower one { var y : real; minimize (y - z)^2 }
      lower two { var z : real; minimize (z - x)^2 }
      minimize x^2 + y }`;
    expect(problem(text).level.lower.map((l) => l.name)).toEqual(['two', 'one']);
  });
  it('a goal may depend on its variables through a lower level', () => {
    expect(
      codes(
        'problem p { var x : real\n lower { var y : real; minimize (y - x)^2 }\n minimize y^2 }',
      ),
    ).toEqual([]);
  });
  it('equal names of two levels have keys of their own', () => {
    const { level } = problem(
      'problem p { var x : real\n lower a { var y : real; minimize (y - x)^2 }\n lower b { var y : real; minimize (y + x)^2 }\n minimize x^2 }',
    );
    expect(level.lower.map((l) => l.variables[0]?.key)).toEqual(['y', 'b.y']);
  });
  it('a player owns its part', () => {
    const { level } = problem(
      'problem p { set I = 1..3\n var q : real[I] >= 0\n forall(i in I) maximize q[i]*(9 - sum(q)) over q[i] }',
    );
    const player = level.goals[0]?.player;
    expect(player?.quantifier.bindings).toHaveLength(1);
    expect(player?.parts[0]?.part.type.shape).toEqual([]);
  });
  it('bracketed goals are several objectives', () => {
    expect(
      problem('problem p { var x : real minimize [x^2, (x - 2)^2] }').level.goals[0]?.objectives,
    ).toBe(2);
  });
});

describe('constraints', () => {
  const of = (constraints: string): ProblemModel['level']['constraints'] =>
    problem(
      `problem p { set I = 1..3\n param rho : real = 1\n data a : real[3] = [1, 2, 3]\n var x : real[3]\n var z : bool[3]\n minimize sumsq(x) + sum(z)\n subject to { ${constraints} } }`,
    ).level.constraints;
  it('chains and conjunctions are several relations', () => {
    const [c] = of('both: 0 <= x <= 1 and sum(x) == 1');
    expect(c?.name).toBe('both');
    expect(c?.relations.map((r) => r.kind)).toEqual(['lessEqual', 'lessEqual', 'equal']);
  });
  it('forall groups, names its parts, and gives the shape of the dual', () => {
    const found = of('g: forall(i in I) { x[i] <= 1; x[i] >= z[i] }');
    expect(found.map((c) => c.name)).toEqual(['g.1', 'g.2']);
    expect(found[0]?.shape.map((a) => a.set?.name)).toEqual(['I']);
  });
  it('>= is turned round', () => {
    const [c] = of('x[1] > 2');
    const [r] = c?.relations ?? [];
    expect(r?.kind === 'lessEqual' && r.strict && r.left.kind === 'number').toBe(true);
  });
  it('implies, domains, conditions, chance', () => {
    expect(of('z[1] implies x[1] <= 1').flatMap((c) => c.relations.map((r) => r.kind))).toEqual([
      'implies',
    ]);
    expect(of('x in simplex').flatMap((c) => c.relations.map((r) => r.kind))).toEqual(['in']);
    expect(of('rho >= 0').flatMap((c) => c.relations.map((r) => r.kind))).toEqual(['condition']);
    const [chance] = of("P(d ~ normal(0, 1)[3]) (d' * x <= 1 and x[1] <= 2) >= 0.9").flatMap(
      (c) => c.relations,
    );
    expect(chance?.kind === 'chance' && chance.event.length).toBe(2);
    const [turned] = of("0.9 <= P(d ~ normal(0, 1)[3]) (d' * x <= 1)").flatMap((c) => c.relations);
    expect(turned?.kind).toBe('chance');
  });
  it('a robust quantity without a type takes the shape that it meets first', () => {
    const shapeOf = (c: string): string => {
      const [q] = of(c)[0]?.quantifiers ?? [];
      const [b] = q?.bindings ?? [];
      return b?.kind === 'uncertain' ? showFullType(b.local.type) : 'none';
    };
    expect(shapeOf("forall(u in ball(0, rho)) (a + u)' * x <= 1")).toBe('real[3]');
    expect(shapeOf("forall(u in ball(0, rho)) u' * x <= 1")).toBe('real[3]');
    expect(shapeOf("forall(u in ball(a, rho)) u' * x <= 1")).toBe('real[3]');
    expect(shapeOf("forall(u : real[3] in box(0, 1)) u' * x <= 1")).toBe('real[3]');
  });
  it('complements are differences', () => {
    const { level } = problem(
      'problem p { var u : real[2]\n find u subject to { 0 <= 2*u complements u >= 1 } }',
    );
    const [r] = level.constraints[0]?.relations ?? [];
    expect(r?.kind === 'complements' && r.right.kind === 'elementwise' && r.right.fn).toBe(
      'subtract',
    );
  });
  it('normal_cone is a variational inequality over what is sought', () => {
    const { level } = problem(
      'problem p { var a : real[2] >= 0\n var b : real >= 0\n find a, b subject to { 0 in vcat(a, [b]) + normal_cone } }',
    );
    expect(level.constraints[0]?.relations[0]?.kind).toBe('variational');
  });
  it('duals have the shape of their constraint', () => {
    const text =
      'problem p { set I = 1..3\n var x : real[I]\n minimize sumsq(x)\n subject to { cap: forall(i in I) x[i] <= 1 }\n metric most = max(dual(cap)) }';
    const [metric] = problem(text).metrics;
    const operand = metric?.value.kind === 'reduce' ? metric.value.operand : undefined;
    expect(operand?.type.shape.map((a) => a.set?.name)).toEqual(['I']);
  });
});

describe('sizes', () => {
  const text =
    'problem p {\n data A : real[m, n] from csv("a.csv")\n data G : real[2*k, n+1] from csv("g.csv")\n var x : real[n]\n minimize sumsq(A*x) + sum(G)*k }';
  const headers = new Map<string, DataHeader>([
    ['p.A', { shape: [20, 3] }],
    ['p.G', { shape: [10, 4] }],
  ]);
  it('come from headers, also by arithmetic', () => {
    const values = problem(text, { headers: () => headers }).sizes.map((s) => [
      s.symbol,
      s.value,
      s.from.kind,
    ]);
    expect(values).toEqual([
      ['m', 20, 'data'],
      ['n', 3, 'data'],
      ['k', 5, 'data'],
    ]);
  });
  it('stay symbols without headers', () => {
    expect(problem(text).sizes.map((s) => s.value)).toEqual([undefined, undefined, undefined]);
  });
  it('sources are listed from the syntax', () => {
    const found = listSources([parse(makeSource(0, 'm', text)).file]);
    expect(found.map((s) => [s.problem, s.name, s.source.path])).toEqual([
      ['p', 'A', 'a.csv'],
      ['p', 'G', 'g.csv'],
    ]);
  });
  it('that meet a number are that number throughout', () => {
    const model = problem(
      'problem p { param n : int = 3\n data a : real[n] = [1, 2, 3]\n var x : real[n]\n minimize sumsq(x - a) }',
    );
    expect(model.pinned.map((p) => [p.symbol, p.value])).toEqual([['n', 3]]);
    expect(model.level.variables[0]?.type.shape[0]?.size.key).toBe('3');
  });
  it('given from outside are checked against what is written', () => {
    const written =
      'problem p { param n : int = 3\n data a : real[n] = [1, 2, 3]\n var x : real[n]\n minimize sumsq(x - a) }';
    expect(codes(written, { settings: new Map([['n', 3]]) })).toEqual([]);
    expect(codes(written, { settings: new Map([['n', 4]]) })).toEqual(['M112']);
  });
  it('of filtered sets are symbols of their own', () => {
    const model = problem(
      'problem p { param n : int = 4\n set E = {(i, j) for i in 1..n, j in 1..n where i < j}\n var x : real[E]\n minimize sumsq(x) }',
    );
    expect(model.sizes.map((s) => [s.symbol, s.from.kind])).toEqual([
      ['n', 'param'],
      ['|E|', 'filter'],
    ]);
  });
  it('of expressions differ where their values do', () => {
    const text =
      'function half(k : int) = zeros(floor(k/2))\nproblem p { param n : int = 4\n param m : int = 6\n var x : real\n let a = half(n) + half(n)\n let b = half(n) + half(m)\n minimize x^2 }';
    expect(codes(text).filter((c) => c !== 'M004')).toEqual(['M101']);
  });
  it('agree through arithmetic', () => {
    expect(
      codes(
        'problem p { data A : real[n, n]\n var x : real[n-1]\n minimize sumsq(A[2..n, 2..n]*x) + sumsq(vcat([1], x) - A[1, :]) }',
      ),
    ).toEqual([]);
  });
  it('are fixed by data in any order', () => {
    expect(
      codes(
        'problem p { var x : real[k]\n minimize sumsq(x - b)\n data b : real[k] = [1, 2, 3, 4] }',
      ),
    ).toEqual([]);
  });
});

describe('imports', () => {
  const files = new Map([
    ['shared.opt', 'import "more.opt"\nfunction f(x) = g(x) + 1'],
    ['more.opt', 'function g(x) = 2*x'],
  ]);
  const loaded = new Map<string, number>();
  const resolveImport: ModelOptions['resolveImport'] = (path) => {
    const text = files.get(path);
    if (text === undefined) return { reason: 'no such file' };
    loaded.set(path, (loaded.get(path) ?? 0) + 1);
    return { file: { id: path, ast: parse(makeSource(loaded.size, path, text)).file } };
  };
  it('bring in functions, also twice and through others', () => {
    const text =
      'import "shared.opt"\nimport "more.opt"\nproblem p { var x : real minimize f(x)^2 + g(x)^2 }';
    expect(codes(text, { resolveImport })).toEqual([]);
  });
});

describe('comparisons', () => {
  const library = (text: string): ModelOptions => ({
    library: [{ id: 'library', ast: parse(makeSource(9, 'library', text)).file }],
  });
  const fista =
    'method fista(step : real = 1) for { minimize f(x) over x } where f is smooth { repeat { x <- x - step*grad(f(x), x); report moved = step } }';
  it('know the library, its parameters and its reports', () => {
    const text =
      'problem p { var x : real minimize x^2 }\ncompare of p { with fista(step = s) as "F"; sweep s in {1, 2}; claim "c": moved("F", s = 2) <= 2 and slope("F", s, gap) < 0 }';
    expect(codes(text, library(fista))).toEqual([]);
    const { model } = build(text, library(fista));
    expect(model.compares[0]?.runs[0]?.method.method?.name).toBe('fista');
  });
  it('a method of the file hides that of the library', () => {
    const text = `${fista}\nproblem p { var x : real minimize x^2 }\nsolve p with fista(step = 0.5) stop when gap <= 1e-3 or time >= 2 min`;
    const { model, diagnostics } = build(
      text,
      library('method fista(other : real) for { minimize f(x) over x } { repeat { x <- x } }'),
    );
    expect(diagnostics).toEqual([]);
    expect(model.solves[0]?.method?.method).toBe(model.methods[0]);
  });
});

describe('limits', () => {
  it('more than 1,000 errors end in one', () => {
    const lines = Array.from({ length: 1200 }, (_, i) => `let b${i} = y${i}`).join('\n');
    const found = build(`problem p { var x : real\n${lines}\nminimize x^2 }`).diagnostics.filter(
      isError,
    );
    expect(found).toHaveLength(1001);
    expect(found.filter((d) => d.code === 'M901')).toHaveLength(1);
  });
  it('functions that double and double are stopped', () => {
    const doubling = Array.from(
      { length: 40 },
      (_, i) => `function f${i + 1}(x) = f${i}(x) + f${i}(x)`,
    ).join('\n');
    const text = `function f0(x) = x\n${doubling}\nproblem p { var x : real minimize f40(x)^2 }`;
    expect(codes(text)).toContain('M903');
  });
  it('functions nested too deeply are stopped', () => {
    const chain = Array.from(
      { length: 500 },
      (_, i) => `function f${i + 1}(x) = f${i}(x) + 1`,
    ).join('\n');
    const text = `function f0(x) = x\n${chain}\nproblem p { var x : real minimize f500(x)^2 }`;
    expect(codes(text)).toContain('M902');
  });
  it('long chains of lets are read in any order', () => {
    const n = 3000;
    const lets = Array.from({ length: n }, (_, i) => `let a${i} = a${i + 1} + 1`).join('\n');
    expect(codes(`problem p { var x : real\n${lets}\nlet a${n} = x\nminimize a0^2 }`)).toEqual([]);
  });
  it('long circles are circles', () => {
    const lets = Array.from({ length: 500 }, (_, i) => `let a${i} = a${(i + 1) % 500} + 1`).join(
      '\n',
    );
    expect(codes(`problem p { var x : real\n${lets}\nminimize x^2 }`)).toEqual(['M009']);
  });
  it('sizes that explode stay symbols', () => {
    const lets = Array.from({ length: 40 }, (_, i) => `let a${i + 1} = a${i} * a${i}`).join('\n');
    expect(
      codes(
        `problem p { param n : int = 2\nlet a0 = n + 1\n${lets}\nvar x : real\nminimize a40*x^2 }`,
      ),
    ).toEqual([]);
  });
});
