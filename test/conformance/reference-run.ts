// A matched step iterated by the reference interpreter: the second route beside the emitted program.
import type { MatchedStep } from '../../compiler/match/step.ts';
import type { Session } from '../../compiler/session.ts';
import { interpret, type Interpretation } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import type { OracleCounts } from '../../runtime/program.ts';
import type { DenseTensor, Tensor } from '../../runtime/tensor.ts';
import { noCounts, oracleNames } from '../../runtime/trace.ts';

type Inputs = Readonly<Record<string, Tensor | number>>;

export interface ReferenceRun {
  /** States and reports after each iteration, the start first. */
  readonly states: readonly Readonly<Record<string, DenseTensor>>[];
  readonly counts: OracleCounts;
  readonly stopped: boolean;
}

export interface Fixed {
  readonly inputs: Inputs;
  readonly sizes: Readonly<Record<string, number>>;
}

/** Params and data of a session as numbers: those read from files as given, those computed interpreted. */
export function fixedInputs(
  { input, lowered }: Session,
  observe: () => void = () => undefined,
): Fixed {
  const inputs: Record<string, Tensor | number> = { ...input.params, ...input.data };
  const sizes: Record<string, number> = { ...input.sizes };
  const value = (node: Node): DenseTensor =>
    interpret([node], { inputs, sizes, dataSeed: input.dataSeed, observe }).values[0];
  const { params, data } = lowered.problem;
  for (const { input: own, value: given } of params) {
    const { name } = own.attributes;
    if (given !== undefined && !Object.hasOwn(inputs, name)) inputs[name] = value(given);
    const set = inputs[name];
    const number = typeof set === 'number' ? set : set.data[0];
    if (own.type.shape.length === 0) sizes[name] ??= number;
  }
  for (const { input: own, value: given } of data)
    if (given.kind === 'expression' || given.kind === 'draw')
      inputs[own.attributes.name] ??= value(given.node);
  // Of filtered sets, in order: one may stand on another.
  for (const { symbol, from } of lowered.problem.sizes)
    if (from.kind === 'compress') [sizes[symbol]] = value(from.node).shape;
    else if (from.kind === 'expression') [sizes[symbol]] = value(from.node).data;
  return { inputs, sizes };
}

export function referenceRun(
  session: Session,
  step: MatchedStep,
  iterations: number,
  seed = 1,
): ReferenceRun {
  const { inputs, sizes } = fixedInputs(session);
  const counts = noCounts();
  const run = (nodes: readonly Node[], more: Inputs): readonly DenseTensor[] => {
    const environment = { inputs: { ...inputs, ...more }, sizes, seed };
    const found: Interpretation = interpret(nodes, environment);
    for (const name of oracleNames) counts[name] += found.counts[name];
    return found.values;
  };
  const named = (values: readonly DenseTensor[]): Record<string, DenseTensor> =>
    Object.fromEntries(step.states.map(({ name }, k) => [name, values[k]]));
  const inits = step.states.map(({ init }) => init);
  const nexts = step.states.map(({ next }) => next);
  const stops = step.stop === undefined ? [] : [step.stop];
  const states = [named(run(inits, {}))];
  let stopped = false;
  for (let iteration = 1; iteration <= iterations && !stopped; iteration++) {
    const before = Object.fromEntries(
      Object.entries(states[states.length - 1]).map(([name, value]) => [`state:${name}`, value]),
    );
    const reports = step.reports.map(({ node }) => node);
    const values = run([...nexts, ...stops, ...reports], { ...before, iteration });
    states.push(named(values));
    stopped = stops.length > 0 && values[nexts.length].data[0] !== 0;
  }
  return { states, counts, stopped };
}
