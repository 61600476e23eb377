// The points of a comparison's sweeps, and the settings of the problem at each: `on` for all, swept params one by one.
import { isError, type Diagnostic } from '../../grammar/diagnostic.ts';
import type { SweepPoint } from '../../runtime/compare/comparison.ts';
import type { DenseTensor, Tensor } from '../../runtime/tensor.ts';
import { compileMeasures } from '../evaluator.ts';
import type { Front } from '../front.ts';
import type { Host } from '../host.ts';
import { lowerProblem } from '../lower/problem.ts';
import type { CompareModel, TypedExpression, TypedSetting } from '../model/types.ts';
import { gatherInput, type Settings } from '../program-input.ts';
import { createGraph } from '../tensor/graph.ts';
import { denseData } from '../tensor/interpret.ts';
import type { Node } from '../tensor/ir.ts';

export interface PointSettings {
  readonly point: SweepPoint;
  /** Values of new names, for arguments of methods. */
  readonly names: ReadonlyMap<string, number>;
  /** Of the problem: points that differ in new names alone share the same object. */
  readonly settings: Settings;
}

export type PointsResult =
  | { readonly ok: true; readonly points: readonly PointSettings[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** All points, the last sweep running fastest. What the person sets goes before `on`, a sweep before both. */
export function pointsOf(
  front: Front,
  compare: CompareModel,
  host: Host,
  settings: Settings,
): PointsResult {
  const on = compare.on.filter(
    ({ of }) => !settings.params.has(of.name) && !settings.data.has(of.name),
  );
  const named = new Map<string, TypedExpression>([
    ...on.map(({ of, value }): [string, TypedExpression] => [`on ${of.name}`, value]),
    ...compare.sweeps.flatMap(({ name, values }) =>
      values.map((value, k): [string, TypedExpression] => [`sweep ${name} ${k}`, value]),
    ),
  ]);
  const evaluated = evaluateAll(front, compare, host, settings, named);
  if (!evaluated.ok) return evaluated;
  const value = (name: string): number | DenseTensor => evaluated.values.get(name) ?? NaN;
  const base = withOn(settings, on, value);
  const shared = new Map<string, Settings>();
  const points = cartesian(
    compare.sweeps.map(({ name, values }) =>
      values.map((_, k) => numberOf(value(`sweep ${name} ${k}`))),
    ),
  ).map((chosen): PointSettings => {
    const swept = compare.sweeps.map(({ name, of }, k) => ({ name, of, value: chosen[k] }));
    const params = swept.filter(({ of }) => of.kind === 'param');
    const key = JSON.stringify(params.map((p) => p.value));
    const own = shared.get(key) ?? {
      ...base,
      params: new Map([...base.params, ...params.map((p): [string, number] => [p.name, p.value])]),
    };
    shared.set(key, own);
    return {
      point: Object.fromEntries(swept.map((s) => [s.name, s.value])),
      names: new Map(
        swept
          .filter(({ of }) => of.kind === 'sweep')
          .map((s): [string, number] => [s.name, s.value]),
      ),
      settings: own,
    };
  });
  return { ok: true, points };
}

function withOn(
  settings: Settings,
  on: readonly TypedSetting[],
  value: (name: string) => number | DenseTensor,
): Settings {
  const params = new Map(settings.params);
  const data = new Map(settings.data);
  for (const { of } of on) {
    const given = value(`on ${of.name}`);
    if (of.kind === 'param') params.set(of.name, given);
    else data.set(of.name, typeof given === 'number' ? scalar(given) : given);
  }
  return { ...settings, params, data };
}

type Evaluated =
  | { readonly ok: true; readonly values: ReadonlyMap<string, number | DenseTensor> }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Values of expressions of params and data. Numbers as written need no data. */
function evaluateAll(
  front: Front,
  compare: CompareModel,
  host: Host,
  settings: Settings,
  named: ReadonlyMap<string, TypedExpression>,
): Evaluated {
  const values = new Map<string, number | DenseTensor>();
  for (const [name, expression] of named) {
    const literal = literalOf(expression);
    if (literal !== undefined) values.set(name, literal);
  }
  const rest = [...named].filter(([name]) => !values.has(name));
  if (rest.length === 0) return { ok: true, values };
  const graph = createGraph();
  const { problem, frame, lowering, diagnostics } = lowerProblem(compare.problem, graph);
  if (diagnostics.some(isError)) return { ok: false, diagnostics };
  const gathered = gatherInput(problem, host, front.sources, settings);
  if (gathered.diagnostics.some(isError)) return { ok: false, diagnostics: gathered.diagnostics };
  const nodes = new Map<string, Node>(
    rest.map(([name, expression]) => [name, lowering.lower(expression, frame.scope)]),
  );
  const { measures } = compileMeasures(graph, problem, gathered.input, nodes);
  for (const [name] of rest) values.set(name, plain(measures.evaluate(name, {})));
  return { ok: true, values };
}

/** `3`, `-0.5`. */
function literalOf(expression: TypedExpression): number | undefined {
  if (expression.kind === 'number') return expression.value;
  if (expression.kind !== 'elementwise' || expression.fn !== 'negate') return undefined;
  const value = literalOf(expression.args[0]);
  return value === undefined ? undefined : -value;
}

const scalar = (value: number): DenseTensor => ({
  storage: 'dense',
  shape: [],
  data: Float64Array.of(value),
});

const plain = (tensor: Tensor): number | DenseTensor =>
  tensor.shape.length === 0
    ? tensor.data[0]
    : { storage: 'dense', shape: tensor.shape, data: denseData(tensor).slice() };

const numberOf = (value: number | DenseTensor): number =>
  typeof value === 'number' ? value : value.data[0];

/** All choices of one value from each list; one empty choice of no lists. */
const cartesian = (lists: readonly (readonly number[])[]): readonly (readonly number[])[] =>
  lists.reduce<readonly (readonly number[])[]>(
    (chosen, list) => chosen.flatMap((before) => list.map((value) => [...before, value])),
    [[]],
  );
