// What a method in 32 bits answered, as the start of the same problem in 64.
import type { Values } from '../runtime/program.ts';
import type { DataItem, Variable } from './problem/problem.ts';
import type { Session } from './session.ts';
import type { Node } from './tensor/ir.ts';

/** The session with each variable of the first level starting where the answer is, as data; its methods run on this side. */
export function startingAt(session: Session, answer: Values): Session {
  const { lowered, input, settings } = session;
  const { graph } = lowered.lowering;
  const { level } = lowered.problem;
  const items: DataItem[] = [];
  const starts = new Map<string, Node>();
  for (const variable of level.variables) {
    if (!Object.hasOwn(answer, variable.name)) continue;
    const start = graph.input(`start of ${variable.name}`, 'data', variable.input.type);
    starts.set(variable.name, start);
    items.push(itemOf(start, variable));
  }
  const variables = level.variables.map((variable): Variable => {
    const node = starts.get(variable.name);
    return node === undefined
      ? variable
      : { ...variable, start: { kind: 'expression', node, span: variable.span } };
  });
  const given = Object.fromEntries(
    [...starts.keys()].map((name) => [`start of ${name}`, answer[name]]),
  );
  const { tfjs: _, target: __, ...here } = settings;
  return {
    ...session,
    lowered: {
      ...lowered,
      problem: {
        ...lowered.problem,
        level: { ...level, variables },
        data: [...lowered.problem.data, ...items],
      },
    },
    input: { ...input, data: { ...input.data, ...given } },
    settings: here,
  };
}

const itemOf = (input: Node<'input'>, { span }: Variable): DataItem => ({
  name: input.attributes.name,
  input,
  value: { kind: 'required' },
  lower: undefined,
  upper: undefined,
  domain: undefined,
  labels: [],
  doc: undefined,
  span,
});
