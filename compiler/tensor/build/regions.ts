// Builders of loops, branches and implicit equations. Bodies are written as functions of their parameters.
import { constantDim, type Dim } from '../dim.ts';
import type { Node, Region, TensorType } from '../ir.ts';
import { substituteWith } from '../substitute.ts';
import { intType, joinElements, realType, sameType, toDim, type DimLike } from '../type.ts';
import { AlgebraBuilder } from './algebra.ts';
import type { Operand } from './arithmetic.ts';

export interface LoopBody {
  /** The states after the iteration. */
  readonly next: readonly Node[];
  /** Values kept from every iteration. */
  readonly stacked?: readonly Node[];
}

export interface LoopResult {
  readonly states: readonly Node[];
  /** Each with a new first axis. */
  readonly stacked: readonly Node[];
}

export interface Regions {
  /** For index = 0 … count-1: states = next. A size as count is also the length of what is stacked; otherwise give `length`. `names` of the
   * index and the states are for printing. */
  readonly loop: (
    count: Operand | Dim,
    inits: readonly Operand[],
    body: (index: Node, ...states: readonly Node[]) => LoopBody,
    length?: DimLike,
    names?: readonly string[],
  ) => LoopResult;
  /** The last states of a loop. */
  readonly fold: (
    count: Operand | Dim,
    inits: readonly Operand[],
    body: (index: Node, ...states: readonly Node[]) => readonly Node[],
    names?: readonly string[],
  ) => readonly Node[];
  readonly while: (
    inits: readonly Operand[],
    condition: (...states: readonly Node[]) => Node,
    body: (...states: readonly Node[]) => readonly Node[],
    names?: readonly string[],
  ) => readonly Node[];
  /** The results of one branch; only that branch is evaluated. */
  readonly cond: (
    condition: Operand,
    then: () => readonly Node[],
    otherwise: () => readonly Node[],
  ) => readonly Node[];
  readonly root: (start: Operand, residual: (z: Node) => Node, name?: string) => Node;
  /** A value known to solve the equation, with the derivative that the equation gives it. The first `members` axes count equations of their own. */
  readonly solution: (
    solved: Node,
    residual: (z: Node) => Node,
    members?: number,
    name?: string,
  ) => Node;
  readonly fixpoint: (start: Operand, map: (z: Node) => Node, name?: string) => Node;
  readonly minimizer: (start: Operand, objective: (z: Node) => Node, name?: string) => Node;
  /** A region with parameters of these types. */
  readonly region: (
    types: readonly TensorType[],
    body: (...parameters: readonly Node[]) => readonly Node[],
    names?: readonly string[],
  ) => Region;
}

/** The whole builder but for inputs. */
export class RegionBuilder extends AlgebraBuilder implements Regions {
  readonly region: Regions['region'] = (types, body, names = []) => {
    const parameters = types.map((type, k) => this.parameter(type, names[k]));
    return { parameters, results: body(...parameters) };
  };

  /** States whose kind changes within the body (int to real, sparse to dense) get a parameter of the wider kind; the body stays as it was built. */
  private widened(built: Region, first: number): Region {
    let current = built;
    for (;;) {
      const { parameters, results } = current;
      const wide = parameters.map((p, k) =>
        k < first || k - first >= results.length ? p.type : widen(p.type, results[k - first].type),
      );
      if (wide.every((type, k) => sameType(type, parameters[k].type))) return current;
      const fresh = wide.map((type, k) => this.parameter(type, parameters[k].attributes.name));
      const replace = new Map<Node, Node>(parameters.map((p, k) => [p, fresh[k]]));
      current = { parameters: fresh, results: substituteWith(this, results, replace) };
    }
  }

  readonly loop: Regions['loop'] = (count, inits, body, length, names = []) => {
    const starts = inits.map(this.node);
    const times = isDim(count) ? this.size(count) : this.node(count);
    const stackLength = length ?? (isDim(count) ? count : literalLength(times));
    let stacks = 0;
    const built = this.region(
      [intType([]), ...starts.map((x) => x.type)],
      (index, ...states) => {
        const { next, stacked = [] } = body(index, ...states);
        stacks = stacked.length;
        return [...next, ...stacked];
      },
      names,
    );
    const made = this.make(
      'loop',
      {
        region: this.widened(built, 1),
        states: starts.length,
        length: stacks === 0 || stackLength === undefined ? undefined : toDim(stackLength),
      },
      [times, ...starts],
    );
    const results = this.parts(made);
    return { states: results.slice(0, starts.length), stacked: results.slice(starts.length) };
  };

  private implicitRegion(start: Node, body: (z: Node) => Node, name = 'z'): Region {
    return this.region([realType(start.type.shape)], (z) => [body(z)], [name]);
  }

  readonly fold: Regions['fold'] = (count, inits, body, names) =>
    this.loop(
      count,
      inits,
      (index, ...states) => ({ next: body(index, ...states) }),
      undefined,
      names,
    ).states;
  readonly while: Regions['while'] = (inits, condition, body, names) => {
    const starts = inits.map(this.node);
    const wide = this.widened(
      this.region(
        starts.map((x) => x.type),
        body,
        names,
      ),
      0,
    );
    const test = this.region(
      wide.parameters.map((p) => p.type),
      (...states) => [condition(...states)],
      names,
    );
    return this.parts(this.make('while', { condition: test, body: wide }, starts));
  };
  readonly cond: Regions['cond'] = (condition, then, otherwise) =>
    this.parts(
      this.make('cond', { then: this.region([], then), otherwise: this.region([], otherwise) }, [
        this.node(condition),
      ]),
    );
  readonly root: Regions['root'] = (start, residual, name) => {
    const z = this.node(start);
    const region = this.implicitRegion(z, residual, name);
    return this.make('root', { residual: region, solved: false, members: 0 }, [z]);
  };
  readonly solution: Regions['solution'] = (solved, residual, members = 0, name) =>
    this.make(
      'root',
      { residual: this.implicitRegion(solved, residual, name), solved: true, members },
      [solved],
    );
  readonly fixpoint: Regions['fixpoint'] = (start, map, name) => {
    const z = this.node(start);
    return this.make('fixpoint', { map: this.implicitRegion(z, map, name) }, [z]);
  };
  readonly minimizer: Regions['minimizer'] = (start, objective, name) => {
    const z = this.node(start);
    return this.make('minimizer', { objective: this.implicitRegion(z, objective, name) }, [z]);
  };
}

const isDim = (count: Operand | Dim): count is Dim =>
  typeof count !== 'number' && 'monomials' in count;

/** The length that a constant count gives. */
const literalLength = (count: Node): DimLike | undefined =>
  count.op === 'constant'
    ? constantDim(count.attributes.value)
    : count.op === 'size'
      ? count.attributes.dim
      : undefined;

const widen = (parameter: TensorType, next: TensorType): TensorType => ({
  element: joinElements(parameter.element, next.element),
  shape: parameter.shape,
  storage: parameter.storage === 'csr' && next.storage === 'csr' ? 'csr' : 'dense',
});
