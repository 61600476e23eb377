// The builder of the IR: interns nodes, gives them their types and the parameters they depend on, remembers where they came from.
//
// `make` builds exactly the node asked for. The convenience builders around it (build/) are terser: they take plain numbers, join a scalar
// with an array by a `broadcast`, and leave out what is trivially neutral. What they leave out is safe for every value, NaN and infinities
// included: x + 0, x - 0, 1*x, x/1, x^1, -(-x), a broadcast, reshape, transpose, slice or concat that changes nothing; and + - * / and minus of
// plain constants are carried out. (x + 0 may give -0 for -0; nothing tells them apart but a division.) 0*x stays: it is simplify's to judge.
import type { Algebra } from './build/algebra.ts';
import type { Arithmetic } from './build/arithmetic.ts';
import type { Arrangement } from './build/arrangement.ts';
import type { Core } from './build/core.ts';
import { RegionBuilder, type Regions } from './build/regions.ts';
import type { Attributes, Node, TensorType } from './ir.ts';

export type { Core } from './build/core.ts';

export interface Graph extends Core, Arithmetic, Arrangement, Algebra, Regions {
  readonly input: (
    name: string,
    role: Attributes['input']['role'],
    type: TensorType,
  ) => Node<'input'>;
}

export const createGraph = (): Graph => new GraphBuilder();

class GraphBuilder extends RegionBuilder implements Graph {
  readonly input: Graph['input'] = (name, role, type) =>
    this.make('input', { name, role }, [], type);
}
