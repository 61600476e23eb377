// The typed model of a problem as mathematics over tensor IR.
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import type {
  Axis,
  DataDecl,
  IndexSet as ModelSet,
  ParamDecl,
  ProblemModel,
  SizeDecl,
  TypedBound,
  TypedDomain,
  TypedExpression,
  TypedGoal,
  TypedLevel,
  VariableDecl,
} from '../model/types.ts';
import type {
  AxisLabels,
  Bound,
  DataItem,
  Domain,
  Goal,
  IndexSet,
  Level,
  Param,
  Player,
  Problem,
  SetComponent,
  SizeSource,
  Variable,
} from '../problem/problem.ts';
import { constantDim, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import { postorder } from '../tensor/visit.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node } from '../tensor/ir.ts';
import { certainlyNonnegative } from './affine.ts';
import { lowerConstraints } from './constraint.ts';
import { lowerDomain } from './domain.ts';
import { irType, notYet, shapeOf, type Lowering, type Scope } from './context.ts';
import { createLowering, type LoweringOptions } from './create.ts';
import { lowerDraw } from './draws.ts';
import { bindMembers, createFrame, type Frame } from './frame.ts';
import { placesOf } from './indexing.ts';
import { elementTable, firstOf, loweredTuples } from './sets.ts';
import { splitTerms } from './terms.ts';

export interface LoweredProblem {
  readonly problem: Problem;
  readonly diagnostics: readonly Diagnostic[];
  /** For what is lowered later in the problem's scope: arguments of methods and reductions, columns of comparisons. */
  readonly frame: Frame;
  readonly lowering: Lowering;
}

export function lowerProblem(
  model: ProblemModel,
  graph: Graph,
  options: LoweringOptions = {},
): LoweredProblem {
  const lowering = createLowering(graph, options);
  const frame = createFrame(lowering, model);
  const { scope } = frame;
  const level = lowerLevel(lowering, frame, model.level);
  const params = model.params.map((param) => lowerParam(lowering, param, scope));
  const data = model.data.map((item) => lowerData(lowering, item, scope));
  const sets = model.sets.map((set) => lowerSet(lowering, set, scope));
  const metrics = model.metrics.map(({ name, value, doc, span }) => ({
    name,
    node: lowering.lower(value, scope),
    doc,
    span,
  }));
  const known = model.known.map(({ entries }) => ({
    entries: entries.map(({ name, of, value, span }) => ({
      name,
      node: fitted(
        lowering,
        lowering.lower(value, scope),
        of === undefined ? [] : shapeOf(of.type),
      ),
      span,
    })),
  }));
  const declared = model.sizes.map((size) => lowerSize(lowering, size, scope));
  const symbols = new Set(declared.map(({ symbol }) => symbol));
  const filtered = lowering.sizes
    .filter(({ symbol }) => !symbols.has(symbol))
    .map(({ symbol, node, span }): SizeSource => ({
      symbol,
      from: { kind: 'compress', node },
      span,
    }));
  return {
    problem: {
      name: model.name,
      doc: model.doc,
      sizes: [...declared, ...filtered],
      checks: [...lowering.checks],
      sets,
      params,
      data,
      level,
      metrics,
      known,
      sampled: [...lowering.samples],
      span: model.span,
    },
    diagnostics: lowering.diagnostics,
    frame,
    lowering,
  };
}

// ------------------------------------------------------------------------------------------------ sizes, sets

export function lowerSize(lowering: Lowering, size: SizeDecl, scope: Scope): SizeSource {
  const { symbol, from, span } = size;
  switch (from.kind) {
    case 'param':
      return { symbol, from: { kind: 'param', name: from.param.key }, span };
    case 'data':
      return {
        symbol,
        from: { kind: 'data', name: from.data.key, axis: from.axis, size: from.size },
        span,
      };
    case 'filter': {
      const { compress } = loweredTuples(lowering, from.set, scope);
      if (compress === undefined) throw new InternalError(`${symbol} is the size of no filter`);
      return { symbol, from: { kind: 'compress', node: compress }, span };
    }
    case 'labels':
      return { symbol, from: { kind: 'labels', name: from.set.name ?? symbol }, span };
    case 'expression':
      return {
        symbol,
        from: { kind: 'expression', node: lowering.lower(from.value, scope) },
        span,
      };
  }
}

function lowerSet(lowering: Lowering, set: ModelSet, scope: Scope): IndexSet {
  const base = { name: set.name ?? set.key, size: set.size ?? constantDim(0), span: set.span };
  const { elements } = set;
  switch (elements.kind) {
    case 'range':
      return { ...base, elements: { kind: 'range', first: elements.first ?? constantDim(1) } };
    case 'labels':
      return { ...base, elements: { kind: 'labels', labels: elements.labels } };
    case 'column':
      return { ...base, elements: { kind: 'column', source: elements.source } };
    case 'numbers':
    case 'tuples': {
      const columns = elementTable(lowering, set, scope);
      return {
        ...base,
        elements: {
          kind: 'tuples',
          table: lowering.graph.stack(columns, 1),
          components: columns.map((_, k) => componentOf(set, k)),
        },
      };
    }
    case 'role':
    case 'batch':
      throw new InternalError(`${base.name} is no set of a problem`);
  }
}

/** The table holds the elements' own values; labels are positions in their set. */
function componentOf(set: ModelSet, k: number): SetComponent {
  const plain = { set: undefined, first: constantDim(0) };
  if (set.elements.kind !== 'tuples') return plain;
  const component = set.elements.components[k];
  if (component.kind !== 'index') return plain;
  const binding = set.elements.bindings.find(({ indices }) => indices.includes(component.index));
  if (binding === undefined || firstOf(binding.set) === undefined) return plain;
  return { set: binding.set.name, first: constantDim(0) };
}

const labelsOf = (axes: readonly Axis[]): AxisLabels => axes.map(({ set }) => set?.name);

// ------------------------------------------------------------------------------------------------ data, params

/** A scalar fills the shape. */
function fitted({ graph }: Lowering, node: Node, shape: readonly Dim[]): Node {
  return node.type.shape.length === 0 ? graph.full(node, shape) : node;
}

function lowerBound(
  lowering: Lowering,
  bound: TypedBound | undefined,
  shape: readonly Dim[],
  scope: Scope,
): Bound | undefined {
  if (bound === undefined) return undefined;
  const { value, strict, span } = bound;
  return { node: fitted(lowering, lowering.lower(value, scope), shape), strict, span };
}

const optionalDomain = (
  lowering: Lowering,
  domain: TypedDomain | undefined,
  scope: Scope,
): Domain | undefined => (domain === undefined ? undefined : lowerDomain(lowering, domain, scope));

function lowerParam(lowering: Lowering, param: ParamDecl, scope: Scope): Param {
  const shape = shapeOf(param.type);
  return {
    name: param.key,
    input: lowering.graph.input(param.key, 'param', irType(param.type)),
    value:
      param.value === undefined
        ? undefined
        : fitted(lowering, lowering.lower(param.value, scope), shape),
    lower: lowerBound(lowering, param.lower, shape, scope),
    upper: lowerBound(lowering, param.upper, shape, scope),
    domain: optionalDomain(lowering, param.domain, scope),
    doc: param.doc,
    span: param.span,
  };
}

function lowerData(lowering: Lowering, item: DataDecl, scope: Scope): DataItem {
  const shape = shapeOf(item.type);
  return {
    name: item.key,
    input: lowering.graph.input(item.key, 'data', irType(item.type, item.sparse)),
    value: dataValue(lowering, item, shape, scope),
    lower: lowerBound(lowering, item.lower, shape, scope),
    upper: lowerBound(lowering, item.upper, shape, scope),
    domain: optionalDomain(lowering, item.domain, scope),
    labels: labelsOf(item.type.shape),
    doc: item.doc,
    span: item.span,
  };
}

function dataValue(
  lowering: Lowering,
  { value }: DataDecl,
  shape: readonly Dim[],
  scope: Scope,
): DataItem['value'] {
  switch (value.kind) {
    case 'expression':
      return {
        kind: 'expression',
        node: fitted(lowering, lowering.lower(value.value, scope), shape),
      };
    case 'draw':
      return { kind: 'draw', node: lowerDraw(lowering, value.distribution, 'data', scope) };
    case 'file':
      return { kind: 'file', source: value.source };
    case 'required':
      return { kind: 'required' };
  }
}

// ------------------------------------------------------------------------------------------------ levels

function lowerLevel(lowering: Lowering, frame: Frame, level: TypedLevel): Level {
  const found = frame.levels.get(level);
  if (found === undefined) throw new InternalError('a level without a frame');
  const { scope, bindings, lanes } = found;
  const own = lanes.slice(lanes.length - bindings.length);
  const goals = level.goals.map((goal) => lowerGoal(lowering, goal, scope));
  const constraints = level.constraints.flatMap((constraint) =>
    lowerConstraints(lowering, constraint, scope),
  );
  const operators = constraints.flatMap(({ relation }) =>
    relation.kind === 'variational' ? [relation.operator] : [],
  );
  const within = postorder(operators).flatMap((node) => lowering.sums.get(node) ?? []);
  return {
    name: level.name,
    choice: level.choice,
    family:
      level.family === undefined
        ? undefined
        : {
            index: own.map(({ parameter }) => parameter),
            sets: bindings.map(({ set }) => set.name),
            shape: own.map(({ axis }) => axis.length),
          },
    variables: level.variables.map((variable) => lowerVariable(lowering, frame, variable, scope)),
    goals: goals.map((goal) => (goal.sense === 'find' ? { ...goal, sums: within } : goal)),
    constraints,
    lower: level.lower.map((inner) => lowerLevel(lowering, frame, inner)),
    span: level.span,
  };
}

function lowerVariable(
  lowering: Lowering,
  frame: Frame,
  variable: VariableDecl,
  scope: Scope,
): Variable {
  const { type, span } = variable;
  const shape = shapeOf(type);
  needsSizes(lowering, variable.name, shape, span);
  if (type.element === 'complex') notYet(lowering, 'a complex variable', span);
  const element = type.element === 'int' || type.element === 'bool' ? type.element : 'real';
  return {
    name: variable.key,
    input: frame.variable(variable),
    element,
    shape,
    lower: lowerBound(lowering, variable.lower, shape, scope),
    upper: lowerBound(lowering, variable.upper, shape, scope),
    domain: optionalDomain(lowering, variable.domain, scope),
    start: variableStart(lowering, variable, shape, scope),
    labels: labelsOf(type.shape),
    doc: variable.doc,
    span,
  };
}

/** Left to the start of the run: a size is not negative. */
function needsSizes(lowering: Lowering, name: string, shape: readonly Dim[], span: Span): void {
  shape.forEach((nonnegative, k) => {
    if (certainlyNonnegative(nonnegative)) return;
    const which = shape.length === 1 ? 'the length' : `axis ${k + 1}`;
    const message = `${which} of ${name}, ${nonnegative.key}, would be negative`;
    lowering.checks.push({ nonnegative, message, span });
  });
}

function variableStart(
  lowering: Lowering,
  { start, span }: VariableDecl,
  shape: readonly Dim[],
  scope: Scope,
): Variable['start'] {
  switch (start.kind) {
    case 'default':
      return { kind: 'default' };
    case 'expression':
      return {
        kind: 'expression',
        node: fitted(lowering, lowering.lower(start.value, scope), shape),
        span: start.value.span,
      };
    case 'draw':
      return {
        kind: 'draw',
        distribution: start.distribution.name,
        node: lowerDraw(lowering, start.distribution, 'run', scope),
        span,
      };
  }
}

function lowerGoal(lowering: Lowering, goal: TypedGoal, scope: Scope): Goal {
  const { sense, value, objectives, owns, span } = goal;
  const { player, scope: inner } = lowerPlayer(lowering, goal, scope);
  const node = value === undefined ? undefined : goalNode(lowering, value, inner);
  const split =
    node === undefined
      ? { terms: [], sums: [] }
      : node.type.shape.length > 0
        ? { terms: [{ node, span }], sums: [] }
        : splitTerms(lowering.graph, node, lowering.sums, span);
  return {
    sense,
    node,
    ...split,
    owns: owns.map(({ key }) => key),
    player,
    objectives,
    span,
  };
}

/** A list of objectives is one vector. */
const goalNode = ({ graph, lower }: Lowering, value: TypedExpression, scope: Scope): Node =>
  value.kind === 'tensor'
    ? graph.stack(value.items.map((item) => lower(item, scope)))
    : lower(value, scope);

function lowerPlayer(
  lowering: Lowering,
  { player }: TypedGoal,
  scope: Scope,
): { readonly player: Player | undefined; readonly scope: Scope } {
  if (player === undefined) return { player: undefined, scope };
  const { quantifier, parts } = player;
  const bindings = quantifier.bindings.filter((binding) => binding.kind === 'in');
  if (quantifier.where !== undefined)
    notYet(lowering, 'players chosen by a condition', quantifier.where.span);
  const { lanes, scope: inner } = bindMembers(lowering, bindings, scope);
  return {
    player: {
      index: lanes.map(({ parameter }) => parameter),
      sets: bindings.map(({ set }) => set.name),
      shape: lanes.map(({ axis }) => axis.length),
      slices: parts.map(({ variable, part }) => {
        const whole = lowering.lower(part.operand, inner);
        const places = placesOf(lowering, whole, part.subscripts, inner, part.span);
        return {
          variable: variable.key,
          positions: places.flatMap((place) =>
            place.kind === 'position'
              ? [place.node]
              : place.kind === 'fixed'
                ? [lowering.graph.size(place.position)]
                : [],
          ),
        };
      }),
    },
    scope: inner,
  };
}
