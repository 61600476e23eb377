// One method on one problem as tfjs code: what is fixed goes up once, an iteration is a function from states to states.
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { inputsOf, postorder } from '../../tensor/visit.ts';
import { substitute } from '../../tensor/substitute.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import { printNode } from '../../tensor/print.ts';
import { stepNodes, turnNodes, type MatchedStep, type StepState } from '../../match/step.ts';
import { innerPlace, placeNodes, rootPlace, type Place } from '../../schedule/place.ts';
import type { PlaceTable } from '../../schedule/unit.ts';
import { documentation } from '../ts/comment.ts';
import { hintFor } from '../ts/hints.ts';
import { emitMeasures } from '../ts/measures.ts';
import type { ModuleNames } from '../ts/module-names.ts';
import type { DeviceNote, FunctionText, Measure, ModuleSpec } from '../ts/spec.ts';
import { destructure, objectLines, propertyName, quoted } from '../ts/text.ts';
import { evaluateDim, productOfDims, symbolsOf, type Dim, type Sizes } from '../../tensor/dim.ts';
import { createKernels } from '../wgsl/fused.ts';
import { givingBack } from './give-back.ts';
import { hostNumbers } from './on-host.ts';
import { printDim } from './sizes.ts';
import { mentionOf } from './mention-of.ts';
import { fixedNodes } from './prepared.ts';
import {
  createBlock,
  createUnit,
  unwrapped,
  type Block,
  type ModuleContext,
  type Noted,
  type Unit,
} from './unit.ts';
import { arrayValue, numberValue, type Value } from './value.ts';
import { withoutUnused } from './without-unused.ts';

export function emitDeviceStep(
  spec: ModuleSpec,
  step: MatchedStep,
  names: ModuleNames,
  places: PlaceTable,
  calls: Set<string>,
): FunctionText {
  const starts = step.states.map(({ init }) => init);
  const nexts = turnNodes(step);
  const answers = step.answer.map(({ node }) => node);
  const startAnswers = step.startAnswer.map(({ node }) => node);
  const all = stepNodes(step);
  const fixed = fixedNodes(all, (node) => names.tableName(node) !== undefined);
  const host = hostNumbers(step.states, all, (node) => isPreparedNumber(node, fixed.isFixed));
  const arrays = new Set<string>();
  const numbers = new Set<string>();
  const islands: Measure[] = [];
  // One name means one thing in all of the step: what is fixed may be written after what needs it.
  const namer = names.namer.inner();
  const stateNames = new Map(step.states.map(({ name }) => [name, namer.fresh(name)]));
  const setup = createBlock(undefined, namer);
  const once = rootPlace();
  const { graph } = spec;
  const typed = spec.flavour === 'typescript';
  const ofType = (type: string): string => (typed ? `: ${type}` : '');
  if (graph === undefined) throw new InternalError('tfjs code is made without its graph');

  /** The node with what is given replaced by inputs, as a function of the CPU. */
  const island = (node: Node, given: readonly Node[]): string => {
    const replaced = new Map(
      given.map((arg, k): [Node, Node] => [arg, graph.input(`x${k}`, 'variable', arg.type)]),
    );
    const [inside] = substitute(graph, [node], replaced);
    const known = islands.find((other) => other.node === inside);
    if (known !== undefined) return known.name;
    const maker = isOp(node, 'part') ? node.args[0] : node;
    const name = `${maker.op}${islands.length + 1}`;
    islands.push({ name, node: inside });
    return name;
  };

  const module: ModuleContext = {
    setup,
    once,
    fixed: new Map(),
    host,
    kernels: spec.wgsl === true ? createKernels() : undefined,
    prepared: new Map(
      fixed.prepared.flatMap((node) => {
        const name = names.shared.get(node);
        return name === undefined ? [] : [[node, name] as const];
      }),
    ),
    typed,
    hint: (node) => hintFor(node, spec.nameOf),
    sizeName: names.sizeName,
    isKnown: names.isKnown,
    inputName: names.inputName,
    tableName: names.tableName,
    useArray: (name) => void arrays.add(name),
    useNumber: (name) => void numbers.add(name),
    calls,
    placeNumber: (node) => places.numberOf(node),
    island,
    isFixed: fixed.isFixed,
    readBacks: [],
    densified: [],
    givenBack: new Set(),
    isLarge: (shape) => isLarge(shape, spec.writtenFor),
    countedOracles: new Set(),
  };
  countPrepared(fixed.prepared, all, module, setup);

  const state = (name: string): StepState | undefined =>
    step.states.find((each) => each.name === name);
  /** A function of the states. */
  const section = (nodes: readonly Node[], kind: Place['kind']): Section => {
    const place = innerPlace(once, kind, (node) => !fixed.isFixed(node));
    const placement = placeNodes([{ place, nodes }]);
    const block = createBlock(setup, namer);
    const unit = createUnit(module, placement, place, block);
    const read = new Map<string, string>();
    for (const input of inputsOf(nodes)) {
      const { name, role } = input.attributes;
      if (role !== 'state') continue;
      const local = stateNames.get(name) ?? name;
      read.set(name, local);
      unit.give(
        input,
        host.states.has(name)
          ? numberValue(local)
          : arrayValue(local, state(name)?.type.shape.length ?? 0),
      );
    }
    const taken = [...read].map(([name, local]) =>
      propertyName(name) === local ? local : `${propertyName(name)}: ${local}`,
    );
    return {
      unit,
      block,
      parameter: taken.length === 0 ? '' : `{ ${taken.join(', ')} }${ofType('States')}`,
    };
  };

  const init = section(starts, 'once');
  const initEntries = step.states.map(({ name, init: node }) =>
    entry(name, stateText(name, node, init.unit)),
  );
  const iterate = section(nexts, 'often');
  const before = { readBacks: module.readBacks.length, densified: module.densified.length };
  const nextEntries = step.states.map(({ name, next }) =>
    entry(name, stateText(name, next, iterate.unit)),
  );
  const reportEntries = step.reports.map(({ name, node }) => entry(name, iterate.unit.item(node)));
  const done = step.stop === undefined ? undefined : doneText(step.stop, iterate.unit);
  const noteOf = ({ what, node, inLoop }: Noted): DeviceNote => ({
    what,
    expression: printNode(node),
    span: spec.origin(node),
    inLoop,
  });
  const readBacks = module.readBacks.slice(before.readBacks);
  const densified = module.densified.slice(before.densified);
  const answer = answerText(section(answers, 'often'), 'answer', step.answer);
  const begun = answersFromStart(step)
    ? undefined
    : answerText(section(startAnswers, 'once'), 'startAnswer', step.startAnswer);

  function stateText(name: string, node: Node, unit: Unit): string {
    if (host.states.has(name)) return unwrapped(unit.number(node, 'a number'));
    return unit.arrayOf(unit.value(node), node.type.shape);
  }

  const turn = [
    ...objectLines(nextEntries, 'states: ', ',', '      '),
    ...(reportEntries.length === 0 ? [] : objectLines(reportEntries, 'reports: ', ',', '      ')),
    ...(done === undefined ? [] : [`      done: ${done},`]),
  ];
  const usesIteration = [...iterate.block.lines, ...turn].some((line) =>
    /\biteration\b/.test(line),
  );
  const parameters = [
    ...(iterate.parameter === '' && usesIteration
      ? [`_${ofType('States')}`]
      : [iterate.parameter].filter(Boolean)),
    ...(usesIteration ? [`iteration${ofType('number')}`] : []),
  ];
  const shapes = step.states.map(({ name, type }) => entry(name, init.unit.shape(type.shape)));
  const inner = [
    ...functionLines(
      'init',
      init.block,
      '',
      objectLines(initEntries, 'return ', ';', '    '),
      typed ? `: ${init.block.waits ? 'Promise<States>' : 'States'}` : '',
    ),
    '',
    `  /** One iteration${done === undefined ? '' : '; `done` where the method itself is done'}. */`,
    ...functionLines('iterate', iterate.block, parameters.join(', '), [
      '    return {',
      ...turn,
      '    };',
    ]),
    '',
    ...answer,
    ...(begun === undefined ? [] : ['', ...begun]),
  ];
  const hostText = hostFunctions(spec, islands, names, places, calls);
  const body = [...setup.lines.map((line) => `  ${line}`), ...inner];
  const draws = drawLines(body, hostText.drawing, calls);
  for (const name of ['noCounts', 'createDevice', 'deviceProgram']) calls.add(name);
  const numeric = step.states.filter(({ name }) => host.states.has(name));
  const above = [
    ...hostText.lines,
    ...(module.kernels?.lines ?? []),
    ...(typed ? statesLines(step.states, host.states) : []),
    ...documentation(`${step.label} on ${spec.problem.name}, by tfjs.`, ''),
  ];
  const rest = withoutUnused([
    deviceLine,
    ...draws,
    '  const counts = noCounts();',
    ...(islands.length === 0
      ? []
      : [`  const host = createHost(data${hostText.drawing ? ', seed' : ''});`]),
    ...setup.lines.map((line) => `  ${line}`),
    '',
    ...inner,
    '',
    ...objectLines(
      [
        'counts',
        `shapes: { ${shapes.join(', ')} }`,
        `numbers: [${numeric.map(({ name }) => quoted(name)).join(', ')}]`,
        'init',
        'iterate',
        'answer',
        ...(begun === undefined ? [] : ['startAnswer']),
        ...([...answer, ...(begun ?? [])].some((line) => line.startsWith('  async'))
          ? ['waits: true']
          : []),
      ],
      'return deviceProgram(device, ',
      ');',
      '  ',
    ),
    '}',
  ]);
  // What needed some of the numbers has turned out not to be needed itself.
  const read = [...numbers].filter((name) => rest.some(mentionOf(name)));
  const lines = [
    `export function createStep(data${ofType('Data')}, seed${ofType('number')}, tfjs${ofType('Tfjs')}) {`,
    ...destructure(read, 'data', '  '),
    ...rest,
  ];
  const fields = [...new Set([...arrays, ...read])];
  const taken = draws.some((line) => line.includes('data.dataSeed'))
    ? [...fields, 'dataSeed']
    : fields;
  return {
    lines: [...above, ...withTf(givingBack(lines, module.givenBack))],
    fields: [...new Set([...taken, ...hostText.fields])],
    device: {
      readBacks: readBacks.map(noteOf),
      densified: densified.map(noteOf),
      asksWhetherDone: step.stop !== undefined && isDeviceArray(iterate.unit.value(step.stop)),
    },
  };
}

/** A stop test on the device: a number of this side is known without asking. */
const isDeviceArray = ({ kind }: Value): boolean => kind !== 'number';

/** Numbers that `prepare` leaves, and inputs. */
const isPreparedNumber = (node: Node, fixed: (node: Node) => boolean): boolean =>
  fixed(node) && node.type.shape.length === 0;

/** From so many entries on it is worth a line of text to free an array before its function ends. */
const enough = 16_384;

/** Where nobody reads the text, what is more than a number. */
function isLarge(shape: readonly Dim[], sizes: Sizes | undefined): boolean {
  const entries = evaluateDim(productOfDims(shape), sizes ?? {});
  return entries === undefined || entries >= (sizes === undefined ? 2 : enough);
}

interface Section {
  readonly unit: Unit;
  readonly block: Block;
  readonly parameter: string;
}

/** What is carried from iteration to iteration. */
function statesLines(
  states: readonly StepState[],
  numbers: ReadonlySet<string>,
): readonly string[] {
  const fields = states.map(({ name, type }) => {
    const shape = type.shape.map(({ key }) => key).join(', ');
    const isNumber = numbers.has(name);
    const comment = shape === '' ? '' : ` // [${shape}]`;
    return `  ${propertyName(name)}: ${isNumber ? 'number' : 'DeviceTensor'};${comment}`;
  });
  return [
    '/** What changes from one iteration to the next: arrays on the device, numbers here. */',
    'interface States {',
    ...fields,
    '}',
    '',
  ];
}

const entry = (key: string, text: string): string =>
  propertyName(key) === text ? text : `${propertyName(key)}: ${text}`;

function doneText(stop: Node, unit: Unit): string {
  const value: Value = unit.value(stop);
  return value.kind === 'number' ? unwrapped(value.text) : unit.operand(value);
}

function answerText(
  { unit, block, parameter }: Section,
  name: string,
  answer: MatchedStep['answer'],
): readonly string[] {
  const entries = answer.map(({ variable, node }) => entry(variable.name, unit.item(node)));
  return functionLines(name, block, parameter, objectLines(entries, 'return ', ';', '    '));
}

function functionLines(
  name: string,
  block: Block,
  parameters: string,
  end: readonly string[],
  result = '',
): readonly string[] {
  return [
    `  ${block.waits ? 'async ' : ''}function ${name}(${parameters})${result} {`,
    ...block.lines.map((line) => `    ${line}`),
    ...end,
    '  }',
  ];
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

/** Oracles within what `prepare` works out: counted here, once. */
function countPrepared(
  prepared: readonly Node[],
  all: readonly Node[],
  module: ModuleContext,
  setup: Block,
): void {
  const present = new Set(postorder(all).map(({ id }) => id));
  for (const node of postorder(prepared)) {
    if (!isOp(node, 'oracle') || !present.has(node.id) || node.free.length > 0) continue;
    module.countedOracles.add(node.id);
    const { kind, times } = node.attributes;
    for (const symbol of symbolsOf(times)) module.useNumber(module.sizeName(symbol));
    setup.lines.push(`counts.${kind} += ${printDim(times, module.sizeName)};`);
  }
}

interface HostText {
  readonly lines: readonly string[];
  readonly fields: readonly string[];
  readonly drawing: boolean;
}

/** What the CPU does for the step. */
function hostFunctions(
  spec: ModuleSpec,
  islands: readonly Measure[],
  names: ModuleNames,
  places: PlaceTable,
  calls: Set<string>,
): HostText {
  if (islands.length === 0) return { lines: [], fields: [], drawing: false };
  const { lines, fields } = emitMeasures(
    { ...spec, measures: islands, target: 'ts' },
    names,
    places,
    calls,
    { name: 'createHost', doc: 'What tfjs has nothing for, in 64 bits on the CPU.' },
  );
  return {
    lines: [...lines, ''],
    fields,
    drawing: lines.some(
      (line) => line.startsWith('export function createHost(data') && line.includes('seed'),
    ),
  };
}

/** The streams that lines draw from. */
function drawLines(
  lines: readonly string[],
  drawing: boolean,
  calls: Set<string>,
): readonly string[] {
  const has = (name: string): boolean =>
    lines.some((line) => new RegExp(`\\b(drawn|sampled)\\(${name},`).test(line));
  if (has('random') || has('dataRandom') || drawing) calls.add('createRandom');
  return [
    ...(has('random') ? ["  const random = createRandom(seed, 'run');"] : []),
    ...(has('dataRandom') ? ["  const dataRandom = createRandom(data.dataSeed, 'data');"] : []),
  ];
}

const deviceLine = '  const device = createDevice(tfjs);';

/** What calls tfjs itself, if only to free an array, has it at hand. */
const withTf = (lines: readonly string[]): readonly string[] =>
  lines.some((line) => /\btf\./.test(line))
    ? lines.flatMap((line) => (line === deviceLine ? [line, '  const { tf } = device;'] : [line]))
    : lines;
