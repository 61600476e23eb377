// Every expression of a typed model, for tests that look at all of them.
import { childrenOf, valuesOf } from '../../compiler/model/children.ts';
import { constraintExpressions } from '../../compiler/model/problem.ts';
import type {
  CompareModel,
  IndexSet,
  MethodUse,
  ProblemModel,
  TypedExpression,
  TypedLevel,
  TypedReduction,
  TypedStatement,
} from '../../compiler/model/types.ts';

export function expressionsOfProblem(problem: ProblemModel): TypedExpression[] {
  return [
    ...problem.inputs.flatMap(valuesOf),
    ...problem.sets.flatMap(ofSet),
    ...ofLevel(problem.level),
    ...problem.metrics.flatMap(valuesOf),
    ...problem.known.flatMap((k) => k.entries.map((e) => e.value)),
  ];
}

function ofSet(set: IndexSet): readonly TypedExpression[] {
  const { elements } = set;
  if (elements.kind === 'range') return [elements.from, elements.to];
  if (elements.kind !== 'tuples') return [];
  return [...elements.components, ...(elements.where === undefined ? [] : [elements.where])];
}

function ofLevel(level: TypedLevel): TypedExpression[] {
  return [
    ...level.variables.flatMap(valuesOf),
    ...level.lets.flatMap(valuesOf),
    ...level.goals.flatMap((g) => (g.value === undefined ? [] : [g.value])),
    ...level.goals.flatMap((g) => g.player?.parts.map((p) => p.part) ?? []),
    ...level.constraints.flatMap(constraintExpressions),
    ...level.lower.flatMap(ofLevel),
  ];
}

const ofUse = (use: MethodUse | undefined): readonly TypedExpression[] =>
  use?.args.map((a) => a.value) ?? [];
const ofReduction = (r: TypedReduction): readonly TypedExpression[] => [
  ...r.args,
  ...ofUse(r.method),
];

export function expressionsOfCompare(compare: CompareModel): TypedExpression[] {
  return [
    ...compare.on.map((s) => s.value),
    ...compare.runs.flatMap((r) => [...ofUse(r.method), ...r.via.flatMap(ofReduction)]),
    ...compare.sweeps.flatMap((s) => s.values),
    ...(compare.stop === undefined ? [] : [compare.stop]),
    ...compare.claims.map((c) => c.condition),
  ];
}

export function expressionsOfStatements(statements: readonly TypedStatement[]): TypedExpression[] {
  return statements.flatMap((s): TypedExpression[] => {
    switch (s.kind) {
      case 'state':
        return s.states.map((x) => x.value);
      case 'let':
        return s.lets.map((l) => l.value);
      case 'batch':
        return s.batch.elements.kind === 'batch' ? [s.batch.elements.count] : [];
      case 'assign':
        return [...s.values];
      case 'repeat':
        return expressionsOfStatements(s.body);
      case 'for':
      case 'eachAgent':
        return expressionsOfStatements(s.body);
      case 'while':
        return [s.condition, ...expressionsOfStatements(s.body)];
      case 'if':
        return [
          s.condition,
          ...expressionsOfStatements(s.then),
          ...expressionsOfStatements(s.otherwise),
        ];
      case 'eachVariable':
        return s.copies.flatMap((c) => expressionsOfStatements(c.body));
      case 'draw':
        return [...s.draw.distribution.args];
      case 'report':
        return [s.value];
      case 'stop':
        return [s.condition];
      case 'return':
        return [...s.values];
    }
  });
}

/** All nodes below, each once. */
export function allNodes(roots: readonly TypedExpression[]): TypedExpression[] {
  const seen = new Set<TypedExpression>();
  const waiting = [...roots];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    waiting.push(...childrenOf(node));
  }
  return [...seen];
}
