// One method on one problem: its states, their start, one iteration, the answer.
import { addDims, productOfDims } from '../../tensor/dim.ts';
import type { Node } from '../../tensor/ir.ts';
import { inputsOf, postorder } from '../../tensor/visit.ts';
import { softThresholdOf } from '../../schedule/patterns.ts';
import { noCounts } from '../../../runtime/kernels/programs.ts';
import { turnNodes, type MatchedStep, type StepState } from '../../match/step.ts';
import type { Namer } from '../../schedule/names.ts';
import { isBool, type Pool, type Scalar } from '../../schedule/scalar.ts';
import type { Lowered } from '../../schedule/lower.ts';
import type { Statement } from '../../schedule/statement.ts';
import type { Target } from '../../schedule/target.ts';
import type { PlaceTable } from '../../schedule/unit.ts';
import type { CodeUnit } from './code-unit.ts';
import { documentation } from './comment.ts';
import { drawsIn } from './draws.ts';
import { hintFor, type NameOf } from './hints.ts';
import type { Memory } from './memory.ts';
import type { ModuleNames } from './module-names.ts';
import { createSections, type Section, type Sections } from './section.ts';
import type { FunctionText, ModuleSpec } from './spec.ts';
import { lazyRows } from './lazy-rows.ts';
import { takeData } from './take-data.ts';
import { member, objectLines, propertyName } from './text.ts';
import { codeConstant, createNative, joined, startLines, type Native } from '../wasm/native.ts';
import type { CellGroup } from '../wasm/link.ts';
import { isHeavy, printOnce } from '../wasm/once.ts';

interface StateName {
  readonly state: StepState;
  /** As it stands in code: `x`, or `state.t` for a scalar. */
  readonly name: string;
}

export function emitStep(
  spec: ModuleSpec,
  step: MatchedStep,
  names: ModuleNames,
  places: PlaceTable,
  calls: Set<string>,
): FunctionText {
  const typed = spec.flavour === 'typescript';
  const wasm = spec.target === 'wasm';
  const starts = step.states.map(({ init }) => init);
  const nexts = turnNodes(step);
  const answers = step.answer.map(({ node }) => node);
  const startAnswers = step.startAnswer.map(({ node }) => node);
  const all = [...starts, ...nexts, ...answers, ...startAnswers];
  const nameOf = stepNames(spec, step);
  const sections = createSections({
    nodes: all,
    names,
    places,
    calls,
    counted: true,
    hint: (node) => hintFor(node, nameOf),
    heap: wasm,
  });
  const states = nameStates(step, sections.namer);
  const init = planInit(sections.section(starts, 'once'), states);
  const iterate = planStep(sections.section(nexts, 'often'), step, states);
  const same = answersFromStart(step);
  const answer = planAnswer(sections.section(answers, 'often'), 'answer', step.answer, states);
  const startAnswer = same
    ? undefined
    : planAnswer(sections.section(startAnswers, 'once'), 'startAnswer', step.startAnswer, states);

  const shared = sections.settle();
  const groups = cellGroups(step, states);
  const once = printOnce(
    shared.code,
    shared.statements,
    '  ',
    wasm ? { part: 'step', groups, here: spec.here } : undefined,
  );
  const native = wasm ? createNative(groups, spec.here) : undefined;
  const lazy = wasm ? withLazyRows(step, states, init, iterate, sections.namer) : undefined;
  const initLines = init.write(native, lazy?.start ?? init.lowered());
  const {
    lines: stepLines,
    done,
    isNative,
  } = iterate.write(native, lazy?.iteration ?? iterate.lowered());
  const answered = answer();
  const begun = startAnswer?.();
  const answerLines = [...answered.lines, ...(begun?.lines ?? [])];
  const memory = sections.memory([...stateMemory(sections, states), ...(lazy?.memory ?? [])]);
  const module = native?.finish();
  const code = codeConstant('stepCode', module, spec.here);
  const nativeStart =
    module === undefined ? [] : startLines(module, 'stepCode', (name) => calls.add(name));
  const draws = drawsIn(
    [...initLines, ...stepLines, ...once.lines, ...answerLines, ...nativeStart],
    typed,
    calls,
  );
  const fields = sections.fields();
  const taken = draws.fromData ? [...fields, 'dataSeed'] : fields;
  calls.add('stepProgram');
  calls.add('noCounts');
  const vectors = states.filter(({ state }) => state.type.shape.length > 0);
  const arrays = vectors.filter(({ state }) => state.next !== state.input);
  const fixed = vectors.filter(
    (vector) => !arrays.includes(vector) && lazy?.partial.includes(vector) !== true,
  );
  const scalars = states.filter(({ state }) => state.type.shape.length === 0);
  const entry = (key: string, name: string): string =>
    propertyName(key) === name ? name : `${propertyName(key)}: ${name}`;
  const lines = [
    ...once.code,
    ...code.lines,
    ...documentation(`${step.label} on ${spec.problem.name}.`, ''),
    `export function createStep(data${typed ? ': Data' : ''}${draws.parameter}) {`,
    ...takeData(taken, wasm),
    ...draws.lines,
    ...memory,
    ...numberStates(states, wasm),
    ...(step.reports.length === 0
      ? []
      : objectLines(
          step.reports.map(({ name }) => `${propertyName(name)}: NaN`),
          `const reports = ${wasm ? 'heap.cells(' : ''}`,
          wasm ? ');' : ';',
          '  ',
        )),
    `  const counts = ${wasm ? 'heap.cells(noCounts())' : 'noCounts()'};`,
    ...once.lines,
    ...nativeStart,
    '',
    '  function init() {',
    ...initLines,
    '  }',
    '',
    ...documentation('One iteration; true where the method itself is done.', '  '),
    `  function iterate(${usesIteration([...stepLines, done ?? '']) ? `iteration${typed ? ': number' : ''}` : ''}) {`,
    ...stepLines,
    ...(done === undefined ? [] : [`    return ${done};`]),
    '  }',
    '',
    ...answerLines,
    ...objectLines(
      [
        'counts',
        'init',
        'iterate',
        ...(isNative === true ? ['advance: native.advance'] : []),
        answered.entry,
        ...(begun === undefined ? [] : [begun.entry]),
        ...(arrays.length === 0
          ? []
          : [`arrays: { ${arrays.map(({ state, name }) => entry(state.name, name)).join(', ')} }`]),
        ...(fixed.length === 0
          ? []
          : [`fixed: { ${fixed.map(({ state, name }) => entry(state.name, name)).join(', ')} }`]),
        ...(scalars.length === 0 ? [] : ['state']),
        ...(step.reports.length === 0 ? [] : ['reports']),
      ],
      'return stepProgram(',
      ');',
      '  ',
    ),
    '}',
  ];
  return {
    lines,
    fields: taken,
    binaries: { ...once.binaries, ...code.binaries },
    ...(native === undefined ? {} : { native: joined([...once.notes, native.notes()]) }),
  };
}

/** Whether the answer before the first iteration is what the answer gives on the states as they start. */
function answersFromStart({ states, answer, startAnswer }: MatchedStep): boolean {
  const inits = new Map<Node, Node>(states.map(({ input, init }) => [input, init]));
  return (
    answer.length === startAnswer.length &&
    answer.every(({ node }, k) => {
      const start = startAnswer[k].node;
      return node === start || inits.get(node) === start;
    })
  );
}

/** Numbers of a step that change: its states, reports and counts, as they are called in code. */
function cellGroups(step: MatchedStep, states: readonly StateName[]): readonly CellGroup[] {
  const scalars = states.filter(({ state }) => state.type.shape.length === 0);
  return [
    { object: 'state', names: scalars.map(({ name }) => name) },
    { object: 'reports', names: step.reports.map(({ name }) => `reports${member(name)}`) },
    { object: 'counts', names: Object.keys(noCounts()).map((name) => `counts.${name}`) },
  ];
}

/** What becomes of a state is called after it, where the source gives it no name. */
function stepNames(spec: ModuleSpec, step: MatchedStep): NameOf {
  const names = new Map<number, string>();
  for (const { name, next, input } of step.states)
    if (next !== input && !names.has(next.id)) names.set(next.id, `${name}Next`);
  for (const node of postorder(step.states.map(({ next }) => next))) {
    const threshold = softThresholdOf(node)?.threshold;
    if (threshold !== undefined) names.set(scalarOf(threshold).id, 'threshold');
    if (node.op === 'solve') nameSystem(node, names);
  }
  for (const { name, node } of step.reports) if (!names.has(node.id)) names.set(node.id, name);
  return (node) => spec.nameOf(node) ?? names.get(node.id);
}

/** K z = right. */
function nameSystem({ args: [K, B] }: Node, names: Map<number, string>): void {
  const right = B.op === 'reshape' ? B.args[0] : B;
  const suggest = (node: Node, name: string): void => {
    if (!names.has(node.id) && !('name' in node.attributes)) names.set(node.id, name);
  };
  suggest(K, 'K');
  suggest(B, 'right');
  suggest(right, 'right');
}

/** The scalar that an array repeats. */
const scalarOf = (node: Node): Node => (node.op === 'broadcast' ? node.args[0] : node);

function nameStates(step: MatchedStep, namer: Namer): readonly StateName[] {
  return step.states.map((state) => ({
    state,
    name: state.type.shape.length === 0 ? `state${member(state.name)}` : namer.fresh(state.name),
  }));
}

/** Makes the states known to a section: their targets, in order. */
function giveStates({ code }: Section, states: readonly StateName[]): readonly Target[] {
  return states.map(({ state, name }) => {
    const scalar = state.type.shape.length === 0;
    code.give(state.input, { kind: scalar ? 'scalar' : 'array', name }, state.name);
    const target = code.targetOf(state.input);
    code.unit.holders.set(target, state.input);
    return target;
  });
}

function planInit(section: Section, states: readonly StateName[]): Written<readonly string[]> {
  const { code, planner, lower } = section;
  const targets = giveStates(section, states);
  states.forEach(({ state }, k) => planner.store(targets[k], state.init));
  const plan = planner.finish();
  const write = (native: Native | undefined, statements: readonly Statement[]) => {
    // It runs once, so that plain JavaScript would be interpreted for the most part.
    const added =
      statements.some(isHeavy) &&
      native?.add(code.context, { name: 'init', parameters: [], statements, gives: 'nothing' });
    return added === true
      ? ['    native.init();']
      : code.print({ statements, outputs: [] }, '    ');
  };
  return { code, lowered: () => lower(plan).statements, write };
}

/** A function that is planned: its statements once all is settled, and how they are written. */
interface Written<T> {
  readonly code: CodeUnit;
  readonly lowered: () => readonly Statement[];
  readonly write: (native: Native | undefined, statements: readonly Statement[]) => T;
}

interface Lazy {
  readonly start: readonly Statement[];
  readonly iteration: readonly Statement[];
  readonly memory: readonly Memory[];
  /** States that are never all there: nobody can save them. */
  readonly partial: readonly StateName[];
}

/** Start and iteration, with the rows of copies of the data filled where they are first read. */
function withLazyRows(
  step: MatchedStep,
  states: readonly StateName[],
  init: Written<unknown>,
  iterate: Written<unknown>,
  namer: Namer,
): Lazy {
  let lazy: Lazy = {
    start: init.lowered(),
    iteration: iterate.lowered(),
    memory: [],
    partial: [],
  };
  const answers = [...step.answer, ...step.startAnswer].map(({ node }) => node);
  const answered = new Set(postorder(answers));
  for (const each of states) {
    const { state, name } = each;
    const { input, next, init: start, type } = state;
    if (next !== input || type.shape.length !== 2) continue;
    if (answered.has(input) || answered.has(start)) continue;
    const marks = namer.fresh(`${name}There`);
    const made = lazyRows(
      name,
      iterate.code.unit.newTarget({
        hint: marks,
        shape: [state.type.shape[0]],
        given: { kind: 'array', name: marks },
      }),
      { pool: init.code.unit.pool, statements: lazy.start, variable: init.code.context.variable },
      {
        pool: iterate.code.unit.pool,
        statements: lazy.iteration,
        variable: iterate.code.context.variable,
      },
    );
    if (made === undefined) continue;
    lazy = {
      start: made.start,
      iteration: made.iteration,
      memory: [...lazy.memory, { name: marks, length: iterate.code.size(made.rows) }],
      partial: [...lazy.partial, each],
    };
  }
  return lazy;
}

interface IterationText {
  readonly lines: readonly string[];
  /** Whether the method asks to stop; undefined where the lines return it themselves. */
  readonly done: string | undefined;
  /** Whether WebAssembly carries it out. */
  readonly isNative?: boolean;
}

function planStep(
  section: Section,
  step: MatchedStep,
  states: readonly StateName[],
): Written<IterationText> {
  const { code, planner, lower } = section;
  const targets = giveStates(section, states);
  for (const node of inputsOf(turnNodes(step)))
    if (node.attributes.role === 'iteration')
      code.give(node, { kind: 'scalar', name: 'iteration' }, 'iteration');
  for (const { name, node } of step.reports) {
    const target = code.unit.newTarget({
      hint: name,
      shape: [],
      given: { kind: 'scalar', name: `reports${member(name)}` },
    });
    planner.store(target, node);
  }
  states.forEach(({ state }, k) => planner.store(targets[k], state.next));
  const stop = step.stop === undefined ? undefined : planner.value(step.stop, 'done');
  const plan = planner.finish();
  const write = (native: Native | undefined, all: readonly Statement[]): IterationText => {
    const lowered: Lowered = { statements: all, outputs: [] };
    const { pool } = code.unit;
    const name = stop === undefined ? undefined : code.nameOf(stop);
    const statements = name === undefined ? undefined : returnEarly(pool, lowered.statements, name);
    const added = native?.add(code.context, {
      name: 'iterate',
      parameters: ['iteration'],
      statements:
        statements ??
        (stop === undefined || name === undefined
          ? lowered.statements
          : [...lowered.statements, { kind: 'return', value: pool.name(name, stop.bool) }]),
      gives: 'done',
    });
    if (added === true)
      return {
        lines: ['    return native.iterate(iteration) !== 0;'],
        done: undefined,
        isNative: true,
      };
    if (stop === undefined || name === undefined)
      return { lines: code.print(lowered, '    '), done: 'false' };
    if (statements !== undefined)
      return { lines: code.print({ ...lowered, statements }, '    '), done: undefined };
    const last = lowered.statements.at(-1);
    const lines = code.print(lowered, '    ');
    if (last?.kind === 'const' && last.name === name && 'id' in last.value && isBool(last.value)) {
      const before = { ...lowered, statements: lowered.statements.slice(0, -1) };
      const text = code.condition(last.value);
      if (text.length <= 88) return { lines: code.print(before, '    '), done: text };
    }
    return { lines, done: stop.bool ? name : `${name} !== 0` };
  };
  return { code, lowered: () => lower(plan).statements, write };
}

/** What is done last unless the method stops comes after `return true`. Undefined where there is no such end. */
function returnEarly(
  pool: Pool,
  statements: readonly Statement[],
  done: string,
): readonly Statement[] | undefined {
  const last = statements.at(-1);
  if (last?.kind !== 'if' || last.condition.kind !== 'name') return undefined;
  if (last.condition.name !== done || last.then.length > 0) return undefined;
  const before = statements.at(-2);
  const test =
    before?.kind === 'const' && before.name === done && 'id' in before.value
      ? before.value
      : undefined;
  const leave = (value: number): Statement => ({ kind: 'return', value: pool.number(value) });
  return [
    ...statements.slice(0, test === undefined ? -1 : -2),
    { kind: 'if', condition: test ?? last.condition, then: [leave(1)], otherwise: [] },
    ...last.otherwise,
    leave(0),
  ];
}

/** A function of its own, or nothing where the entry says it all. */
interface AnswerText {
  readonly lines: readonly string[];
  readonly entry: string;
}

function planAnswer(
  section: Section,
  name: string,
  answer: MatchedStep['answer'],
  states: readonly StateName[],
): () => AnswerText {
  const { code, planner, lower } = section;
  giveStates(section, states);
  const numbers: Scalar[] = [];
  const values = answer.map(({ variable, node }): ((found: readonly Scalar[]) => string) => {
    const key = propertyName(variable.name);
    const scalar = node.type.shape.length === 0;
    const view = scalar ? undefined : viewOf(code, node);
    const shaped = (own: string): string => {
      const value =
        node.type.shape.length < 2
          ? own
          : `dense([${node.type.shape.map(code.size).join(', ')}], ${own})`;
      return key === value ? key : `${key}: ${value}`;
    };
    if (view !== undefined) return () => shaped(view);
    if (scalar) {
      const at = numbers.push(planner.entry(node, [])) - 1;
      return (found) => shaped(code.number(found[at]));
    }
    const target = planner.ensure(node);
    planner.keep(target);
    return () => shaped(code.nameOf(target));
  });
  const plan = planner.finish(numbers);
  return () => {
    const lowered = lower(plan);
    const lines = code.print(lowered, '    ');
    const entries = values.map((print) => print(lowered.outputs));
    if (entries.some((entry) => entry.includes(': dense('))) code.calls.add('dense');
    const object = `{ ${entries.join(', ')} }`;
    if (lines.length === 0 && object.length <= 60)
      return { lines: [], entry: `${name}: () => (${object})` };
    return {
      lines: [
        `  function ${name}() {`,
        ...lines,
        ...objectLines(entries, 'return ', ';', '    '),
        '  }',
        '',
      ],
      entry: name,
    };
  };
}

/** A whole array that is there already, or a contiguous block of a vector. */
function viewOf(code: CodeUnit, node: Node): string | undefined {
  const inner = node.op === 'reshape' ? node.args[0] : node;
  const whole = code.unit.targets.get(inner.id);
  if (whole?.given?.kind === 'array') return whole.given.name;
  if (inner.op !== 'slice' || inner.type.shape.length !== 1) return undefined;
  const state = code.unit.targets.get(inner.args[0].id);
  if (state?.given?.kind !== 'array') return undefined;
  const [start] = inner.attributes.start;
  const [size] = inner.attributes.size;
  return `${state.given.name}.subarray(${code.size(start)}, ${code.size(addDims(start, size))})`;
}

const stateMemory = (sections: Sections, states: readonly StateName[]): readonly Memory[] =>
  states
    .filter(({ state }) => state.type.shape.length > 0)
    .map(({ state, name }) => ({
      name,
      length: sections.size(productOfDims(state.type.shape)),
    }));

/** The states that are numbers, in one object. */
function numberStates(states: readonly StateName[], heap: boolean): readonly string[] {
  const scalars = states.filter(({ state }) => state.type.shape.length === 0);
  if (scalars.length === 0) return [];
  const entries = scalars.map(({ state }) => `${propertyName(state.name)}: 0`);
  return heap
    ? objectLines(entries, 'const state = heap.cells(', ');', '  ')
    : objectLines(entries, 'const state = ', ';', '  ');
}

const usesIteration = (lines: readonly string[]): boolean =>
  lines.some((line) => /\biteration\b/.test(line));
