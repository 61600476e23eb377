// Pattern functions, linear maps, domain operations and messages within a method's expressions, with their counting.
import type {
  ExchangeNode,
  IndexSet,
  OracleNode,
  PatternCallNode,
  TypedExpression,
} from '../../model/types.ts';
import type { PatternFunction as ModelFunction } from '../../model/method-types.ts';
import {
  addDims,
  constantDim,
  multiplyDims,
  productOfDims,
  scaleDim,
  type Dim,
} from '../../tensor/dim.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import type { Node, OracleKind } from '../../tensor/ir.ts';
import { affineOf, positionOf } from '../affine.ts';
import {
  shapeOf,
  type DrawnElement,
  type Lowering,
  type PatternHooks,
  type Scope,
} from '../context.ts';
import { lowerDomain } from '../domain.ts';
import type {
  OperationName,
  OperationRole,
  PatternArgument,
  PatternFunction,
  PatternMap,
  PatternSemantics,
} from '../pattern.ts';
import { actualSet, firstOf, positionIn } from '../sets.ts';

/** What an operation counts as; undefined for those that are not counted. */
const operationKinds: { readonly [O in OperationName]: OracleKind | undefined } = {
  prox: 'proxes',
  prox_conj: 'proxes',
  conj: undefined,
  project: 'projections',
  lmo: 'lmos',
  distance: 'projections',
  mirror: 'projections',
  mirror_dual: undefined,
  retract: undefined,
  tangent: undefined,
  transport: undefined,
  lipschitz: undefined,
  strong_convexity: undefined,
};

/** What textbooks call the constants of a function. */
const constantNames: { readonly [O in OperationName]?: string } = {
  lipschitz: 'L',
  strong_convexity: 'mu',
};

export function patternHooks(
  lowering: Lowering,
  semantics: PatternSemantics,
): Omit<PatternHooks, 'wholeOf' | 'partOf' | 'firstSite'> {
  const { graph, lower } = lowering;
  const mapOf = (name: string): PatternMap => {
    const map = semantics.maps.get(name);
    if (map === undefined) throw new InternalError(`the map ${name} is not bound`);
    return map;
  };
  return {
    call: (node, scope) => {
      const found = semantics.functions.get(node.function.name);
      if (found === undefined)
        throw new InternalError(`the function ${node.function.name} is not bound`);
      const made = found.apply(
        node.args.map((arg, k) => argument(lowering, node.function, k, arg, scope)),
      );
      return counted(lowering, node, made, found);
    },
    map: ({ name }) => mapOf(name).matrix(),
    applyMap: ({ name }, transposed, operand) =>
      transposed ? mapOf(name).applyTransposed(operand) : mapOf(name).apply(operand),
    oracle: (node, scope) => {
      const args = node.args.map((arg) => lower(arg, scope));
      const made = semantics.operation({
        name: node.name,
        role: roleOf(lowering, node, scope),
        args,
        span: node.span,
      });
      if (made === undefined) return graph.full(Number.NaN, shapeOf(node.type));
      const symbol = constantNames[node.name];
      if (symbol !== undefined) graph.named(made, symbol);
      const kind = operationKinds[node.name];
      // The projection onto the whole space, the prox of zero: nothing is done, nothing counted.
      return kind === undefined || args.includes(made)
        ? made
        : graph.oracle(made, kind, roleName(node));
    },
    exchange: (node, scope) => {
      const value = lower(node.value, scope);
      return graph.oracle(value, 'bits', 'exchange', bitsOf(lowering, node, value, scope));
    },
  };
}

function argument(
  lowering: Lowering,
  of: ModelFunction,
  k: number,
  arg: TypedExpression,
  scope: Scope,
): PatternArgument {
  const { graph, lower } = lowering;
  const parameter = of.parameters[k];
  if (parameter.kind !== 'index') return { kind: 'point', node: lower(arg, scope) };
  const drawn = drawnBy(arg, scope);
  if (drawn !== undefined) return { kind: 'draw', ...drawn };
  const value = lower(arg, scope);
  const set = boundSet(arg, scope);
  const first = set === undefined ? constantDim(0) : firstOf(set);
  if (first !== undefined) return { kind: 'position', node: positionOf(graph, value, first) };
  if (set === undefined || actualSet(set).arity > 1) return { kind: 'position', node: value };
  return { kind: 'position', node: positionIn(lowering, set, [value], scope) };
}

const drawnBy = (arg: TypedExpression, scope: Scope): DrawnElement | undefined =>
  arg.kind === 'index' ? scope.drawn.get(arg.index) : undefined;

/** The set that an index runs over. */
function boundSet(arg: TypedExpression, scope: Scope): IndexSet | undefined {
  return arg.kind === 'index' ? scope.indexSets.get(arg.index) : undefined;
}

/** A value of a function of samples counts one value and one sample; one of a game's operator one gradient. */
function counted(
  { graph }: Lowering,
  node: PatternCallNode,
  made: Node,
  { counts: kind, samples: drawn }: PatternFunction,
): Node {
  const { name, parameters } = node.function;
  const samples = parameters.some((p) => p.kind === 'index' && p.set.use === 'average');
  const inner = samples ? graph.oracle(made, 'samples', name, drawn ? 1 : 0) : made;
  return graph.oracle(inner, kind, name);
}

function roleOf(lowering: Lowering, node: OracleNode, scope: Scope): OperationRole {
  const { domain } = node;
  if (node.function !== undefined) return { kind: 'role', name: node.function.name };
  if (domain === undefined) throw new InternalError(`${node.name} of nothing`);
  return domain.kind === 'role'
    ? { kind: 'role', name: domain.role.name }
    : { kind: 'domain', domain: lowerDomain(lowering, domain, scope) };
}

const roleName = ({ function: of, domain }: OracleNode): string =>
  of !== undefined ? of.name : domain?.kind === 'role' ? domain.role.name : (domain?.name ?? '');

const bitsOfNumber = 64;
const bitsOfPosition = 32;

/** 64 bits an entry; `topk` and `randk` send k entries with their positions, `quantize` and `sign` few bits an entry and one scale. */
function bitsOf(lowering: Lowering, node: ExchangeNode, value: Node, scope: Scope): Dim {
  const entries = productOfDims(value.type.shape);
  const plain = scaleDim(entries, bitsOfNumber);
  const { value: sent } = node;
  if (sent.kind === 'elementwise' && sent.fn === 'sign') return withScale(entries);
  if (sent.kind !== 'call' || sent.args.length < 2) return plain;
  const { offset, terms } = affineOf(lowering.lower(sent.args[1], scope));
  if (terms.size > 0) return plain;
  if (sent.name === 'topk' || sent.name === 'randk')
    return scaleDim(offset, bitsOfNumber + bitsOfPosition);
  return sent.name === 'quantize' ? withScale(multiplyDims(entries, offset)) : plain;
}

const withScale = (bits: Dim): Dim => addDims(bits, constantDim(bitsOfNumber));
