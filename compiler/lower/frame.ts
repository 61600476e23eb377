// What declared names of a problem stand for: inputs for variables, data and params, expressions for lets. A family of lower problems is
// lowered as one member, whose index is a region parameter; seen from outside, its variables are inputs with the indices' axes first.
import { walkTyped } from '../model/children.ts';
import type {
  BoundIndex,
  DataDecl,
  Declaration,
  IndexBinding,
  LetDecl,
  ParamDecl,
  ProblemModel,
  TypedExpression,
  TypedLevel,
  VariableDecl,
} from '../model/types.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node } from '../tensor/ir.ts';
import { intType } from '../tensor/type.ts';
import { emptyScope, irType, type Lane, type Lowering, type Scope } from './context.ts';
import { bindAt, laneBindings, sizeOf } from './sets.ts';
import type { Batched } from './vectorize/batched.ts';
import { vectorizeOver } from './vectorize/vectorize.ts';

/** The members' indices of a level and of those around it, outermost first. */
export interface LevelFrame {
  readonly level: TypedLevel;
  readonly lanes: readonly Lane[];
  readonly bindings: readonly IndexBinding[];
  /** With the family's indices bound. */
  readonly scope: Scope;
}

export interface Frame {
  readonly problem: ProblemModel;
  /** Outside of all families. */
  readonly scope: Scope;
  readonly levels: ReadonlyMap<TypedLevel, LevelFrame>;
  /** The input of a variable, as its own level sees it. */
  readonly variable: (declaration: VariableDecl) => Node<'input'>;
}

export function createFrame(lowering: Lowering, problem: ProblemModel): Frame {
  const { graph } = lowering;
  const levels = new Map<TypedLevel, LevelFrame>();
  const owner = new Map<Declaration, LevelFrame>();
  const outside = new Map<string, Node>();

  // Data, params and variables are named often: each input is made once.
  const inputs = new Map<Declaration, Node<'input'>>();
  const inputOf = (declaration: DataDecl | ParamDecl | VariableDecl): Node<'input'> => {
    const known = inputs.get(declaration);
    if (known !== undefined) return known;
    const { kind, key, type } = declaration;
    const made = graph.input(key, kind, irType(type, kind === 'data' && declaration.sparse));
    inputs.set(declaration, made);
    return made;
  };

  const resolve = (declaration: Declaration, leading: number): Node => {
    switch (declaration.kind) {
      case 'variable':
        return leading === 0 ? inputOf(declaration) : wholeVariable(declaration, leading);
      case 'data':
      case 'param':
        return inputOf(declaration);
      case 'let':
        return leading === 0 ? letNode(declaration) : wholeLet(declaration, leading);
      case 'metric':
        return lowering.lower(declaration.value, base);
      case 'sweep':
        return graph.input(declaration.key, 'param', irType(declaration.type));
      case 'patternVariable':
      case 'part':
      case 'state':
      case 'statementLet':
      case 'statementDraw':
      case 'parameter':
        throw new InternalError(`${declaration.name} belongs to a method`);
    }
  };
  const base = emptyScope(resolve);

  const lets = new Map<LetDecl, Node>();
  let depth = 0;
  const letNode = (declaration: LetDecl): Node => {
    const known = lets.get(declaration);
    if (known !== undefined) return known;
    // A long chain of lets is longer than the stack: the first of them go first.
    if (depth === deepestLets)
      for (const first of letsBelow(declaration, lets)) lets.set(first, lowerLet(first));
    depth++;
    const made = lowerLet(declaration);
    depth--;
    lets.set(declaration, made);
    return made;
  };
  const lowerLet = (declaration: LetDecl): Node =>
    graph.named(lowering.lower(declaration.value, scopeOf(declaration)), declaration.name);

  const scopeOf = (declaration: LetDecl): Scope => owner.get(declaration)?.scope ?? base;

  const familyOf = (declaration: Declaration, leading: number): readonly Lane[] => {
    const frame = owner.get(declaration);
    if (frame === undefined) throw new InternalError(`${declaration.name} has no level`);
    return frame.lanes.slice(frame.lanes.length - leading);
  };

  /** All members of a family at once, from outside. */
  const wholeVariable = (declaration: VariableDecl, leading: number): Node => {
    const type = irType(declaration.type);
    const axes = familyOf(declaration, leading).map(({ axis }) => axis.length);
    return graph.input(declaration.key, 'variable', { ...type, shape: [...axes, ...type.shape] });
  };

  const wholeLet = (declaration: LetDecl, leading: number): Node => {
    const key = `${declaration.key} ${leading}`;
    const known = outside.get(key);
    if (known !== undefined) return known;
    const lanes = familyOf(declaration, leading);
    const member = lowering.lower(declaration.value, scopeOf(declaration));
    const axes = lanes.map(({ axis }) => axis);
    const bindings = new Map<Node, Batched>(laneBindings(graph, lanes));
    for (const [owned, frame] of owner)
      if (owned.kind === 'variable') addWhole(bindings, owned, frame, lanes);
    const [made] = vectorizeOver(graph, [member], bindings, axes);
    outside.set(key, made);
    return made;
  };

  /** Variables of the same members become their whole arrays. */
  const addWhole = (
    bindings: Map<Node, Batched>,
    declaration: VariableDecl,
    frame: LevelFrame,
    lanes: readonly Lane[],
  ): void => {
    const shared = lanes.filter((lane) => frame.lanes.includes(lane));
    if (shared.length !== lanes.length) return;
    const inner = frame.lanes.slice(frame.lanes.indexOf(lanes[lanes.length - 1]) + 1);
    const type = irType(declaration.type);
    const innerAxes = inner.map(({ axis }) => axis.length);
    const member = graph.input(declaration.key, 'variable', {
      ...type,
      shape: [...innerAxes, ...type.shape],
    });
    const whole = graph.input(declaration.key, 'variable', {
      ...type,
      shape: [...lanes.map(({ axis }) => axis.length), ...innerAxes, ...type.shape],
    });
    bindings.set(member, { node: whole, axes: lanes.map(({ axis }) => axis) });
  };

  const visit = (level: TypedLevel, around: readonly Lane[], scope: Scope): void => {
    const bindings =
      level.family?.quantifier.bindings.filter((binding) => binding.kind === 'in') ?? [];
    const own = bindMembers(lowering, bindings, scope);
    const frame: LevelFrame = {
      level,
      lanes: [...around, ...own.lanes],
      bindings,
      scope: own.scope,
    };
    levels.set(level, frame);
    for (const declaration of [...level.variables, ...level.lets]) owner.set(declaration, frame);
    for (const lower of level.lower) visit(lower, frame.lanes, frame.scope);
  };
  visit(problem.level, [], base);
  return { problem, scope: base, levels, variable: inputOf };
}

const deepestLets = 20;

/** The lets that a let refers to, at any remove, before those that refer to them; without those that are known. */
function letsBelow(top: LetDecl, known: ReadonlyMap<LetDecl, Node>): readonly LetDecl[] {
  const found = new Set<LetDecl>();
  const entered = new Set([top]);
  const path = [{ declaration: top, below: letsIn(top.value) }];
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const next = last.below.pop();
    if (next === undefined) {
      path.pop();
      if (last.declaration !== top) found.add(last.declaration);
    } else if (!entered.has(next) && !known.has(next)) {
      entered.add(next);
      path.push({ declaration: next, below: letsIn(next.value) });
    }
  }
  return [...found];
}

function letsIn(value: TypedExpression): LetDecl[] {
  const found: LetDecl[] = [];
  walkTyped(value, (node) => {
    if (node.kind === 'reference' && node.leading === 0 && node.to.kind === 'let')
      found.push(node.to);
  });
  return found;
}

/** The indices of a family, each a parameter that stands for one member. */
export function bindMembers(
  lowering: Lowering,
  bindings: readonly IndexBinding[],
  scope: Scope,
): { readonly lanes: readonly Lane[]; readonly scope: Scope } {
  const lanes: Lane[] = [];
  let inner = scope;
  for (const binding of bindings) {
    const length = sizeOf(binding.set);
    const name = binding.indices.map((index: BoundIndex) => index.name).join('_');
    const parameter = lowering.graph.parameter(intType([]), name);
    lowering.extents.set(parameter, length);
    lowering.full.add(parameter);
    lanes.push({ parameter, axis: { order: lowering.nextOrder(), length } });
    inner = bindAt(lowering, binding, parameter, inner);
  }
  return { lanes, scope: inner };
}
