// Loops with states, while loops and branches: a place of their own for each body, states kept in targets.
import { symbolDim } from '../tensor/dim.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import type { Plan } from './computation.ts';
import { assign, hintOf } from './materialize.ts';
import type { Planner } from './planner.ts';
import type { Index } from './scalar.ts';
import type { Target } from './target.ts';

type RegionNode = Node<'loop'> | Node<'while'> | Node<'cond'>;

/** Plans a node with bodies; the targets of its results. */
export function planRegions(planner: Planner, node: RegionNode): readonly Target[] {
  if (isOp(node, 'loop')) return planLoop(planner, node);
  if (isOp(node, 'while')) return planWhile(planner, node);
  return planCond(planner, node);
}

/** A target for each carried state, filled with its start. */
function startStates(
  planner: Planner,
  parameters: readonly Node<'parameter'>[],
  starts: readonly Node[],
  wishes: ReadonlyMap<number, Target> | undefined,
): readonly Target[] {
  return parameters.map((parameter, k) => {
    const wished = wishes?.get(k);
    if (wished !== undefined) {
      planner.unit.targets.set(parameter.id, wished);
      planner.unit.holders.set(wished, parameter);
      return wished;
    }
    const target = planner.unit.newTarget({
      hint:
        parameter.attributes.name === '' ? hintOf(planner, starts[k]) : parameter.attributes.name,
      shape: parameter.type.shape,
    });
    assign(planner, target, starts[k], (index) => index);
    planner.unit.targets.set(parameter.id, target);
    planner.unit.holders.set(target, parameter);
    return target;
  });
}

function planLoop(planner: Planner, node: Node<'loop'>): readonly Target[] {
  const { unit } = planner;
  const { region, states, length } = node.attributes;
  const [count, ...starts] = node.args;
  const [index, ...parameters] = region.parameters;
  const carried = startStates(planner, parameters, starts, unit.partWishes.get(node.id));
  const variable = unit.variable();
  const at = symbolDim(variable);
  const place = unit.placement.regionPlace(node, region);
  const inner = planner.inner(place);
  bindIndex(planner, index, at);
  const stacked = region.results.slice(states).map((result) => {
    const shape = length === undefined ? result.type.shape : [length, ...result.type.shape];
    return unit.newTarget({ hint: hintOf(planner, result), shape });
  });
  carried.forEach((target, k) => inner.store(target, region.results[k]));
  region.results.slice(states).forEach((result, k) => {
    assign(inner, stacked[k], result, (entry) => [at, ...entry]);
    inner.keep(stacked[k]);
  });
  const plan = inner.finish();
  const times = planner.entry(count, []);
  planner.add({
    kind: 'opaque',
    id: unit.nextId(),
    writes: [...carried, ...stacked],
    reads: outerReads(plan, [...carried, ...stacked]),
    scalars: [times],
    emit: (emitter) => {
      const to = emitter.value(times);
      const name = emitter.letter();
      emitter.nameVariable(variable, name);
      emitter.push({
        kind: 'for',
        variable: name,
        from: unit.pool.number(0),
        to,
        body: emitter.inner(plan, name).statements,
      });
    },
  });
  return [...carried, ...stacked];
}

/** The index of a loop is its variable. */
function bindIndex(planner: Planner, parameter: Node<'parameter'>, at: Index): void {
  planner.unit.indices.set(parameter.id, at);
}

function planWhile(planner: Planner, node: Node<'while'>): readonly Target[] {
  const { unit } = planner;
  const { condition, body } = node.attributes;
  const carried = startStates(planner, body.parameters, node.args, unit.partWishes.get(node.id));
  condition.parameters.forEach((parameter, k) => unit.targets.set(parameter.id, carried[k]));
  const test = planner.inner(unit.placement.regionPlace(node, condition));
  const holds = test.entry(condition.results[0], []);
  const testPlan = test.finish([holds]);
  const inner = planner.inner(unit.placement.regionPlace(node, body));
  carried.forEach((target, k) => inner.store(target, body.results[k]));
  const plan = inner.finish();
  planner.add({
    kind: 'opaque',
    id: unit.nextId(),
    writes: carried,
    reads: [...outerReads(plan, carried), ...outerReads(testPlan, carried)],
    scalars: [],
    emit: (emitter) => {
      const tested = emitter.inner(testPlan);
      const { statements } = emitter.inner(plan);
      const [goesOn] = tested.outputs;
      const loop = {
        kind: 'while',
        turn: unit.names.fresh('turn'),
        place: unit.places.numberOf(node),
      } as const;
      emitter.push(
        tested.statements.length === 0
          ? { ...loop, condition: goesOn, body: statements }
          : {
              ...loop,
              condition: undefined,
              body: [
                ...tested.statements,
                { kind: 'breakUnless', condition: goesOn },
                ...statements,
              ],
            },
      );
    },
  });
  return carried;
}

function planCond(planner: Planner, node: Node<'cond'>): readonly Target[] {
  const { unit } = planner;
  const { then, otherwise } = node.attributes;
  const wishes = unit.partWishes.get(node.id);
  const results = node.results.map(
    ({ shape }, k) =>
      wishes?.get(k) ?? unit.newTarget({ hint: hintOf(planner, then.results[k]), shape }),
  );
  const [plan, other] = [then, otherwise].map((region) => {
    const inner = planner.inner(unit.placement.regionPlace(node, region));
    results.forEach((target, k) => inner.store(target, region.results[k]));
    return inner.finish();
  });
  const condition = planner.entry(node.args[0], []);
  planner.add({
    kind: 'opaque',
    id: unit.nextId(),
    writes: results,
    reads: [...outerReads(plan, results), ...outerReads(other, results)],
    scalars: [condition],
    emit: (emitter) => {
      const test = emitter.value(condition);
      const declared = results.filter(
        ({ shape }, k) => shape.length === 0 && wishes?.get(k) === undefined,
      );
      emitter.branch(declared.map(emitter.nameOf), {
        kind: 'if',
        condition: test,
        then: emitter.inner(plan).statements,
        otherwise: emitter.inner(other).statements,
      });
    },
  });
  return results;
}

/** What a body reads, but for what the node itself writes. */
const outerReads = (plan: Plan, own: readonly Target[]): readonly Target[] =>
  [...plan.reads].filter((target) => !own.includes(target));
