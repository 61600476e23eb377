// Calls of built-ins: which table a name is in, and the rule that types it.
import type { Call } from '../../grammar/ast.ts';
import { matchArguments, type Matched } from './arguments.ts';
import {
  arrangingTable,
  derivativeTable,
  elementwiseTable,
  linearAlgebraTable,
  makingTable,
  oracleTable,
  reductionTable,
  scalarTable,
  specialTable,
  type ArrangingName,
  type Builtin,
  type BuiltinParameter,
  type DerivativeName,
  type ElementwiseName,
  type LinearAlgebraName,
  type MakingName,
  type OracleCallName,
  type ReductionName,
  type ScalarName,
  type SpecialName,
} from './builtins.ts';
import { unknownNode, type Context } from './context.ts';
import { elaborate } from './expression.ts';
import { passedFunction } from './inline.ts';
import { isDomainExpression } from './domains.ts';
import { arranging } from './rules/arranging.ts';
import { derivative } from './rules/derivatives.ts';
import { elementwiseCall, elementwiseChoice } from './rules/elementwise.ts';
import { linearAlgebra } from './rules/linear-algebra.ts';
import { making } from './rules/making.ts';
import { conjugateOf, oracleCall } from './rules/oracles.ts';
import { reduction } from './rules/reductions.ts';
import { scalarCall } from './rules/scalars.ts';
import { special } from './rules/special.ts';
import type { Value } from './value.ts';

const all: Readonly<Record<string, readonly BuiltinParameter[]>> = {
  ...elementwiseTable,
  ...reductionTable,
  ...scalarTable,
  ...linearAlgebraTable,
  ...makingTable,
  ...arrangingTable,
  ...derivativeTable,
  ...oracleTable,
  ...specialTable,
};

export const isBuiltin = (name: string): name is Builtin => Object.hasOwn(all, name);

const isIn =
  <N extends string>(table: Readonly<Record<N, unknown>>) =>
  (name: string): name is N =>
    Object.hasOwn(table, name);

const isElementwise = isIn<ElementwiseName>(elementwiseTable);
const isReduction = isIn<ReductionName>(reductionTable);
const isScalarCall = isIn<ScalarName>(scalarTable);
const isLinearAlgebra = isIn<LinearAlgebraName>(linearAlgebraTable);
const isMaking = isIn<MakingName>(makingTable);
const isArranging = isIn<ArrangingName>(arrangingTable);
const isDerivative = isIn<DerivativeName>(derivativeTable);
const isOracle = isIn<OracleCallName>(oracleTable);
const isSpecial = isIn<SpecialName>(specialTable);

export function builtin(context: Context, name: string, e: Call): Value {
  const conjugate = name === 'conj' ? conjugateOf(context, e) : undefined;
  if (conjugate !== undefined) return conjugate;
  if ((name === 'max' || name === 'min') && isChoice(e)) return elementwiseChoice(context, name, e);
  const matched = matchArguments(context, name, all[name] ?? [], e.args, e.span);
  if (matched === undefined) {
    readArguments(context, e);
    return unknownNode(e.span);
  }
  return apply(context, name, matched, e);
}

/** `max(a, b)`: several values, not a value and its axis. */
const isChoice = (e: Call): boolean =>
  e.args.length > 1 && e.args.every((a) => a.name === undefined);

/** Looks for mistakes in arguments whose call is wrong already. */
function readArguments(context: Context, e: Call): void {
  for (const { value } of e.args) {
    if (passedFunction(context, value) === undefined && !isDomainExpression(context, value)) {
      elaborate(context, value);
    }
  }
}

function apply(context: Context, name: string, matched: readonly Matched[], e: Call): Value {
  if (isElementwise(name)) return elementwiseCall(context, name, matched, e);
  if (isReduction(name)) return reduction(context, name, matched, e);
  if (isScalarCall(name)) return scalarCall(context, name, matched, e);
  if (isLinearAlgebra(name)) return linearAlgebra(context, name, matched, e);
  if (isMaking(name)) return making(context, name, matched, e);
  if (isArranging(name)) return arranging(context, name, matched, e);
  if (isDerivative(name)) return derivative(context, name, matched, e);
  if (isOracle(name)) return oracleCall(context, name, matched, e);
  if (isSpecial(name)) return special(context, name, matched, e);
  return unknownNode(e.span);
}
