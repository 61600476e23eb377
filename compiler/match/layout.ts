// A pattern variable over a problem: the flat vector of the variables that a goal owns.
import type { Variable } from '../problem/problem.ts';
import { addDims, constantDim, productOfDims, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { concatFlat, splitFlat } from './flat.ts';

export interface LayoutPart {
  readonly variable: Variable;
  /** Where its entries begin in the flat vector. */
  readonly offset: Dim;
  readonly shape: readonly Dim[];
}

export interface Layout {
  readonly parts: readonly LayoutPart[];
  readonly size: Dim;
  readonly inputs: readonly Node<'input'>[];
  /** The variables' values in their own shapes. */
  readonly split: (flat: Node) => readonly Node[];
  readonly join: (values: readonly Node[]) => Node;
  /** An expression of the variables, evaluated at a flat point. */
  readonly at: (expression: Node, flat: Node) => Node;
}

export function layoutOf(graph: Graph, variables: readonly Variable[]): Layout {
  const shapes = variables.map(({ shape }) => shape);
  let offset = constantDim(0);
  const parts = variables.map((variable): LayoutPart => {
    const part = { variable, offset, shape: variable.shape };
    offset = addDims(offset, productOfDims(variable.shape));
    return part;
  });
  const inputs = variables.map(({ input }) => input);
  const split = (flat: Node): readonly Node[] => splitFlat(graph, flat, shapes);
  return {
    parts,
    size: offset,
    inputs,
    split,
    join: (values) => concatFlat(graph, values),
    at: (expression, flat) => {
      const values = split(flat);
      return substituteIn(graph, expression, new Map(inputs.map((input, k) => [input, values[k]])));
    },
  };
}
