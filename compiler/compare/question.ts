// Conditions and claims over traces: lowered like any expression, with columns and measurements as inputs, and read off by the interpreter.
import { emptyScope, type Lowering, type Scope } from '../lower/context.ts';
import type { Column, MeasurementNode, TypedExpression } from '../model/types.ts';
import type { Sizes } from '../tensor/dim.ts';
import { interpret } from '../tensor/interpret.ts';
import type { Node } from '../tensor/ir.ts';
import type { Tensor } from '../../runtime/tensor.ts';

/** What an expression asks, and how to answer it. */
export interface Question {
  readonly node: Node;
  readonly columns: readonly Column[];
  readonly measurements: readonly MeasurementNode[];
  /** The value, given answers in the order of `columns` and `measurements`. */
  readonly answer: (
    columns: readonly number[],
    measurements: readonly Answer[],
    fixed: FixedInputs,
  ) => number;
}

export type Answer = number | readonly number[];

/** Params and data of the problem by role and name, and sizes. */
export interface FixedInputs {
  readonly inputs: Readonly<Record<string, Tensor | number>>;
  readonly sizes: Sizes;
}

export function askedBy(
  lowering: Lowering,
  problemScope: Scope,
  expression: TypedExpression,
): Question {
  const { graph } = lowering;
  const columns: Column[] = [];
  const measurements: MeasurementNode[] = [];
  const scope: Scope = {
    ...emptyScope(problemScope.resolve),
    column: (column) => {
      columns.push(column);
      return scalarInput(`column ${columns.length - 1}`);
    },
    measurement: (node) => {
      measurements.push(node);
      const name = `measurement ${measurements.length - 1}`;
      if (node.type.shape.length === 0) return scalarInput(name);
      const length = node.type.shape[0].size;
      return graph.input(name, 'state', { element: 'real', shape: [length], storage: 'dense' });
    },
  };
  function scalarInput(name: string): Node {
    return graph.input(name, 'state', { element: 'real', shape: [], storage: 'dense' });
  }
  const node = lowering.lower(expression, scope);
  return {
    node,
    columns,
    measurements,
    answer: (columnValues, measured, { inputs: fixed, sizes }) => {
      const inputs: Record<string, Tensor | number> = { ...fixed };
      columnValues.forEach((value, k) => void (inputs[`state:column ${k}`] = value));
      measured.forEach((value, k) => {
        inputs[`state:measurement ${k}`] =
          typeof value === 'number'
            ? value
            : { storage: 'dense', shape: [value.length], data: Float64Array.from(value) };
      });
      return interpret([node], { inputs, sizes }).values[0].data[0];
    },
  };
}
