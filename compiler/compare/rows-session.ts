// What the rows of a trace are measured with. Where a sample makes each measurement dear, a smaller one serves on the way; the last row and the certificate have all of
// it (language §7). How small is a matter of the problem and its sizes alone, so that traces do not depend on the machine.
import { evaluateOnce } from '../evaluator.ts';
import { measuredOnSample, type Session } from '../session.ts';
import { evaluateDim, productOfDims, symbolDim } from '../tensor/dim.ts';
import type { Node } from '../tensor/ir.ts';
import { postorder } from '../tensor/visit.ts';
import type { KnownSizes } from '../decide-sizes.ts';

export interface RowsSession {
  readonly session: Session;
  /** Draws of the smaller sample; undefined where rows are measured on the whole. */
  readonly draws: number | undefined;
}

/** Entries that a row may take to measure. */
const most = 1e6;
const fewestDraws = 1000;

export function rowsSession(session: Session): RowsSession {
  const { sampled = [] } = session.lowered.problem;
  const whole = Math.max(0, ...sampled.map(({ draws }) => draws));
  if (whole === 0) return { session, draws: undefined };
  const { value, beyond } = session.program.plan;
  const measured = [...(value === undefined ? [] : [value]), ...(beyond?.measures.values() ?? [])];
  const work = entriesOf(measured, sizesOf(session));
  if (work <= most) return { session, draws: undefined };
  const draws = Math.max(fewestDraws, Math.floor((whole * most) / work));
  if (draws >= whole) return { session, draws: undefined };
  return { session: { ...session, program: measuredOnSample(session, draws) }, draws };
}

/** All sizes of the problem, those that params and filters make too. */
function sizesOf({ lowered, input }: Session): KnownSizes {
  const { problem, lowering } = lowered;
  const made = problem.sizes
    .filter(({ symbol }) => !Object.hasOwn(input.sizes, symbol))
    .map(({ symbol }): [string, number] => {
      const node = lowering.graph.size(symbolDim(symbol));
      return [symbol, evaluateOnce(lowering.graph, problem, input, node).data[0]];
    });
  return { ...input.sizes, ...Object.fromEntries(made) };
}

/** How many numbers the nodes and all that they are made of have. */
function entriesOf(nodes: readonly Node[], sizes: KnownSizes): number {
  return postorder(nodes).reduce(
    (sum, { type }) => sum + (evaluateDim(productOfDims(type.shape), sizes) ?? 0),
    0,
  );
}
