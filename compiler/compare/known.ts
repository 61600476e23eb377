// Whether `known.value` holds for the numbers of a run: it was written for the file's own params and data.
import { symbolsIn } from '../emit/ts/inputs.ts';
import type { Problem } from '../problem/problem.ts';
import type { Session } from '../session.ts';
import { interpretScalar } from '../tensor/interpret.ts';
import type { Node } from '../tensor/ir.ts';
import { inputsOf } from '../tensor/visit.ts';
import type { Settings } from '../program-input.ts';

/** True where nothing that the goal rests on differs from the file, or where the known value is itself a formula of what differs. */
export function holdsKnown(session: Session, settings: Settings): boolean {
  const { problem } = session.lowered;
  const affected = affectedInputs(problem, changedNames(problem, settings));
  if (affected.size === 0) return true;
  const { plan } = session.program;
  const goal = [plan.value, plan.violation].flatMap((node) => (node === undefined ? [] : [node]));
  if (!mentions(goal, affected)) return true;
  const known = problem.known.flatMap(({ entries }) =>
    entries.filter(({ name }) => name === 'value').map(({ node }) => node),
  );
  return known.length > 0 && known.every((node) => mentions([node], affected));
}

function changedNames(problem: Problem, settings: Settings): ReadonlySet<string> {
  const params = problem.params.filter(({ name, value }) => {
    const given = settings.params.get(name);
    return given !== undefined && !(typeof given === 'number' && given === constantOf(value));
  });
  const data = problem.data.filter(
    ({ name, value }) =>
      settings.data.has(name) || (value.kind === 'draw' && settings.dataSeed !== 1),
  );
  return new Set([...params, ...data].map(({ name }) => name));
}

/** The value of a default that depends on nothing. */
function constantOf(value: Node | undefined): number | undefined {
  if (value === undefined || value.type.shape.length > 0 || inputsOf([value]).length > 0)
    return undefined;
  return interpretScalar(value, { inputs: {} });
}

/** Params, data and sizes whose value follows from the given names. */
function affectedInputs(problem: Problem, names: ReadonlySet<string>): ReadonlySet<string> {
  const affected = new Set([...names].map(inputKey));
  for (let before = -1; before < affected.size;) {
    before = affected.size;
    for (const { name, value } of problem.params)
      if (value !== undefined && mentions([value], affected) && !names.has(name))
        affected.add(inputKey(name));
    for (const { name, value } of problem.data)
      if (
        (value.kind === 'expression' || value.kind === 'draw') &&
        mentions([value.node], affected)
      )
        affected.add(inputKey(name));
    for (const { symbol, from } of problem.sizes) {
      const follows =
        from.kind === 'param' || from.kind === 'data'
          ? affected.has(inputKey(from.name))
          : from.kind !== 'labels' && mentions([from.node], affected);
      if (follows) affected.add(sizeKey(symbol));
    }
  }
  return affected;
}

const inputKey = (name: string): string => `input ${name}`;
const sizeKey = (symbol: string): string => `size ${symbol}`;

const mentions = (nodes: readonly Node[], affected: ReadonlySet<string>): boolean =>
  inputsOf(nodes).some(
    ({ attributes: { role, name } }) =>
      (role === 'param' || role === 'data') && affected.has(inputKey(name)),
  ) || [...symbolsIn(nodes)].some((symbol) => affected.has(sizeKey(symbol)));
