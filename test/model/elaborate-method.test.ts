// The methods of the gallery, elaborated for the problems beside them.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from '../../grammar/parse.ts';
import { renderAll } from '../../grammar/render.ts';
import { makeSource } from '../../grammar/source.ts';
import { buildModel, elaborateMethod } from '../../compiler/model/model.ts';
import type {
  ElaboratedMethod,
  MethodBindings,
  MethodModel,
  PatternLevel,
} from '../../compiler/model/method-types.ts';
import type {
  Axis,
  IndexSet,
  Model,
  ProblemModel,
  TypedLevel,
  VariableDecl,
} from '../../compiler/model/types.ts';
import { addDims, constantDim, productOfDims, type Dim } from '../../compiler/tensor/dim.ts';
import { allNodes, expressionsOfStatements } from './expressions-of.ts';

type VariableBinding = MethodBindings['variables'] extends ReadonlyMap<string, infer V> ? V : never;

/** A stand-in for matching: the pattern variables of each goal are what the goal in the same place owns. */
function bindingsFor(
  method: MethodModel,
  problem: ProblemModel,
  args: MethodBindings['args'],
): MethodBindings {
  const variables = new Map<string, VariableBinding>();
  const sets = new Map<string, { actual: IndexSet | undefined; size: Dim | undefined }>();
  const visit = (pattern: PatternLevel, level: TypedLevel): void => {
    pattern.goals.forEach((goal, i) => {
      const [x] = goal.over;
      const actual = level.goals[i];
      if (x !== undefined && actual !== undefined) variables.set(x.name, bound(actual.owns));
      const binder =
        actual?.value === undefined
          ? undefined
          : allNodes([actual.value]).find((n) => n.kind === 'binder');
      const set =
        binder?.kind === 'binder' ? binder.bindings.find((b) => b.kind === 'in')?.set : undefined;
      for (const term of goal.terms) {
        if (term.kind === 'average' || term.kind === 'agents') {
          sets.set(term.set.name, { actual: set, size: set?.size });
        }
      }
    });
    pattern.lower.forEach((p, i) => {
      const below = level.lower[i];
      if (below !== undefined) visit(p, below);
    });
  };
  visit(method.pattern, problem.level);
  const vector: readonly Axis[] = [{ size: constantDim(7), set: undefined }];
  const first = [...variables.values()][0]?.size ?? constantDim(1);
  return {
    args,
    sweep: new Map([['lam', 10]]),
    variables,
    functions: new Map(
      method.functions.map((f) => [f.name, { shape: f.result === 'vector' ? vector : [] }]),
    ),
    maps: new Map(method.maps.map((m) => [m.name, { rows: constantDim(9), columns: first }])),
    sets,
  };
}

function bound(owned: readonly VariableDecl[]): VariableBinding {
  let offset = constantDim(0);
  const parts = owned.map((variable) => {
    const part = { variable, offset, shape: variable.type.shape };
    offset = addDims(offset, productOfDims(variable.type.shape.map((a) => a.size)));
    return part;
  });
  return { size: offset, parts };
}

function load(name: string): { model: Model; show: (m: ElaboratedMethod) => string } {
  const text = readFileSync(new URL(`../../examples/gallery/${name}`, import.meta.url), 'utf8');
  const source = makeSource(0, name, text);
  const { model } = buildModel({ id: name, ast: parse(source).file });
  return { model, show: (m) => renderAll(m.diagnostics, [source]) };
}

const argumentsOf = (method: MethodModel, file: string): MethodBindings['args'] => {
  const text = readFileSync(new URL(`../../examples/gallery/${file}`, import.meta.url), 'utf8');
  for (const d of parse(makeSource(0, file, text)).file.declarations) {
    if (d.kind === 'Compare') {
      for (const item of d.items) {
        if (item.kind === 'With' && item.method.name.name === method.name) return item.method.args;
      }
    }
    if (d.kind === 'Solve' && d.method?.name.name === method.name) return d.method.args;
  }
  return [];
};

const files = readdirSync(new URL('../../examples/gallery/', import.meta.url)).filter((f) =>
  f.startsWith('m_'),
);

describe('methods of the gallery', () => {
  const cases = files.flatMap((file) =>
    load(file).model.methods.map((m) => [file, m.name] as const),
  );
  it('are many', () => expect(cases.length).toBeGreaterThan(30));
  it.each(cases)('%s %s', (file, name) => {
    const { model, show } = load(file);
    const method = model.methods.find((m) => m.name === name);
    const [problem] = model.problems;
    if (method === undefined || problem === undefined) throw new Error('not found');
    const made = elaborateMethod(
      method,
      problem,
      bindingsFor(method, problem, argumentsOf(method, file)),
    );
    expect(show(made)).toBe('');
    const nodes = allNodes([
      ...expressionsOfStatements(made.statements),
      ...made.parameters.flatMap((p) => (p.value === undefined ? [] : [p.value])),
    ]);
    expect(
      nodes
        .filter((n) => n.kind === 'unknown' || n.type.element === 'unknown')
        .map((n) => n.span.start),
    ).toEqual([]);
    expect(made.statements.some((s) => s.kind === 'repeat')).toBe(true);
  });
});

describe('muon', () => {
  const { model } = load('m_muon.opt');
  const [method] = model.methods;
  const [problem] = model.problems;
  if (method === undefined || problem === undefined) throw new Error('not found');
  const made = elaborateMethod(method, problem, bindingsFor(method, problem, []));
  it('visits each variable with its own shape', () => {
    const [first] = made.statements;
    if (first?.kind !== 'eachVariable') throw new Error('expected each');
    expect(first.copies.map((c) => c.part.type.shape.map((a) => a.size.key))).toEqual([
      ['64', '32'],
      ['32'],
      ['32', '10'],
      ['10'],
    ]);
    expect(first.copies.map((c) => c.part.offset.key)).toEqual(['0', '2048', '2080', '2400']);
  });
  it('decides conditions on shapes at once', () => {
    const loop = made.statements.find((s) => s.kind === 'repeat');
    const each = loop?.kind === 'repeat' ? loop.body.filter((s) => s.kind === 'eachVariable') : [];
    expect(
      each.map((e) => (e.kind === 'eachVariable' ? e.copies.map((c) => c.part.variable.name) : [])),
    ).toEqual([
      ['W1', 'b1', 'W2', 'b2'],
      ['W1', 'W2'],
      ['b1', 'b2'],
    ]);
  });
});

describe('a role that a distribution matched', () => {
  const text = `problem p { var x : real[2] minimize E(e ~ normal(0, 1)[2]) sumsq(x - e) }
method exact(step : real = 1) for { minimize E(i in D) f(x, i) over x } where f is smooth {
  repeat { x <- x - step*grad(E(i in D) f(x, i), x) }
}
method drawn(step : real = 1) for { minimize E(i in D) f(x, i) over x } where f is smooth {
  repeat {
    let B = batch(D, 4)
    x <- x - step*grad(E(i in B) f(x, i), x)
  }
}`;
  const { model, diagnostics } = buildModel({ id: 'p', ast: parse(makeSource(0, 'p', text)).file });
  const codesOf = (name: string): string[] => {
    const method = model.methods.find((m) => m.name === name);
    const [problem] = model.problems;
    if (method === undefined || problem === undefined) throw new Error('not found');
    const bindings = bindingsFor(method, problem, []);
    const sets = new Map([['D', { actual: undefined, size: undefined }]]);
    return elaborateMethod(method, problem, { ...bindings, sets }).diagnostics.map((d) => d.code);
  };
  it('builds', () => expect(diagnostics).toEqual([]));
  it('has no exact mean', () => expect(codesOf('exact')).toEqual(['M610']));
  it('has batches', () => expect(codesOf('drawn')).toEqual([]));
});
