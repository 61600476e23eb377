// One module of generated TypeScript or JavaScript: the preparation of a problem's data, a method's step, measures.
import { inputsOf, postorder } from '../../tensor/visit.ts';
import type { Node } from '../../tensor/ir.ts';
import { createPlaceTable } from '../../schedule/unit.ts';
import { lineComment } from './comment.ts';
import { hintFor } from './hints.ts';
import { isFixed, symbolsIn } from './inputs.ts';
import { emitMeasures } from './measures.ts';
import { moduleNames } from './module-names.ts';
import { emitPrepare } from './prepare.ts';
import { isOp } from '../../tensor/type.ts';
import { resultNames } from '../../schedule/kernel-call.ts';
import { sharedResults } from './shared.ts';
import { runtimeNames } from './runtime-names.ts';
import { stepNodes as allOfStep } from '../../match/step.ts';
import { emitStep } from './step.ts';
import { emitDeviceStep } from '../tfjs/step.ts';
import { fixedNodes } from '../tfjs/prepared.ts';
import { withoutUnused } from '../tfjs/without-unused.ts';
import type { EmittedModule, FunctionText, ModuleSpec } from './spec.ts';

export function emitModule(spec: ModuleSpec): EmittedModule {
  const nodes = nodesOf(spec);
  const inputs = inputsOf(nodes).filter(isFixed);
  const shared = new Map(sharedNodes(spec).map((node) => [node, sharedName(node, spec)]));
  const wished = new Set([
    ...postorder(nodes).flatMap((node) => spec.nameOf(node) ?? []),
    ...(spec.step?.states ?? []).map(({ name }) => name),
  ]);
  const names = moduleNames(spec, inputs, [...symbolsIn(nodes)], runtimeNames, wished, shared);
  const places = createPlaceTable(spec.origin);
  const calls = new Set<string>();
  const step =
    spec.step === undefined
      ? nothing
      : spec.target === 'tfjs'
        ? emitDeviceStep(spec, spec.step, names, places, calls)
        : emitStep(spec, spec.step, names, places, calls);
  const measures = spec.measures.length === 0 ? nothing : emitMeasures(spec, names, places, calls);
  const fields = [...step.fields, ...measures.fields];
  const prepare = emitPrepare(spec, names, places, calls, fields);
  // tfjs code is written as it is needed, and some of it turns out not to be.
  const tidied = spec.target === 'tfjs' ? withoutUnused : (given: readonly string[]) => given;
  const body = [tidied(prepare), tidied(step.lines), measures.lines, spec.main?.lines ?? []].filter(
    (lines) => lines.length > 0,
  );
  const typed = spec.flavour === 'typescript';
  const imports = [...calls, ...(spec.main?.imports ?? [])].sort();
  const lines = [
    ...head(spec),
    ...importLines(spec, imports, body.flat()),
    ...body.flatMap((part, k) => [
      '',
      ...part,
      ...(typed && k === 0 && body.length > 1
        ? ['', 'export type Data = ReturnType<typeof prepare>;']
        : []),
    ]),
  ];
  return {
    code: `${lines.join('\n')}\n`,
    places: places.spans(),
    imports,
    binaries: { ...step.binaries, ...measures.binaries },
    ...(step.device === undefined ? {} : { device: step.device }),
    ...(step.native === undefined ? {} : { native: step.native }),
  };
}

/** What `prepare` works out for the others. */
function sharedNodes(spec: ModuleSpec): readonly Node[] {
  if (spec.target !== 'tfjs')
    return sharedResults(
      stepNodes(spec),
      spec.measures.map(({ node }) => node),
    );
  const tables = new Set(
    [...spec.problem.sizes, ...(spec.step?.sizes ?? [])].flatMap(({ from }) =>
      from.kind === 'compress' ? [from.node.id] : [],
    ),
  );
  const { prepared } = fixedNodes(stepNodes(spec), (node) => tables.has(node.id));
  return [...new Set([...prepared, ...sharedResults(prepared, prepared)])];
}

const sharedName = (node: Node, spec: ModuleSpec): string => {
  if (spec.target === 'tfjs') {
    const hint = hintFor(node, spec.nameOf);
    if (hint !== undefined) return hint;
  }
  const maker = isOp(node, 'part') ? node.args[0] : node;
  const index = isOp(node, 'part') ? node.attributes.index : 0;
  const plain = spec.target === 'tfjs' ? 'constant' : 'shared';
  return resultNames[maker.op]?.[index] ?? (isOp(maker, 'draw') ? 'drawn' : plain);
};

const nothing: FunctionText = { lines: [], fields: [] };

function nodesOf(spec: ModuleSpec): readonly Node[] {
  const { measures, problem } = spec;
  return [
    ...measures.map(({ node }) => node),
    ...(spec.checks ?? []).map(({ node }) => node),
    ...problem.params.flatMap(({ value }) => (value === undefined ? [] : [value])),
    ...problem.data.flatMap(({ value }) =>
      value.kind === 'expression' || value.kind === 'draw' ? [value.node] : [],
    ),
    ...stepNodes(spec),
  ];
}

const stepNodes = ({ step }: ModuleSpec): readonly Node[] =>
  step === undefined ? [] : allOfStep(step);

function head(spec: ModuleSpec): readonly string[] {
  const { problem, step } = spec;
  const title = step === undefined ? problem.name : `${problem.name} by ${step.label}`;
  const roles = (step?.roles ?? []).map(({ role, text }) => `  ${role} = ${text}`);
  return lineComment([
    `${title}. Generated by dotopt.`,
    ...(problem.doc === undefined ? [] : [problem.doc]),
    ...(spec.statement ?? []),
    ...roles,
  ]);
}

const typeNames: readonly string[] = ['DeviceTensor', 'ProgramInput', 'Tfjs'];

function importLines(
  spec: ModuleSpec,
  functions: readonly string[],
  body: readonly string[],
): readonly string[] {
  if (spec.standalone) return [];
  const types =
    spec.flavour === 'typescript'
      ? typeNames.filter((name) => body.some((line) => new RegExp(`\\b${name}\\b`).test(line)))
      : [];
  const isCalled = (name: string): boolean =>
    spec.target !== 'tfjs' || body.some((line) => new RegExp(`\\b${name}\\b`).test(line));
  return [
    ...inLines(functions.filter(isCalled)).map(
      (names) => `import { ${names} } from 'dotopt/runtime';`,
    ),
    ...inLines(types).map((names) => `import type { ${names} } from 'dotopt/runtime';`),
  ];
}

/** Names joined by commas, as many as fit on a line. */
function inLines(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    const longer = `${last}, ${name}`;
    if (last !== undefined && longer.length <= longestList) lines[lines.length - 1] = longer;
    else lines.push(name);
  }
  return lines;
}

const longestList = 100 - "import {  } from 'dotopt/runtime';".length;
