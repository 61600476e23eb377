// smooth(mu): kinks replaced by smooth functions that differ from them by at most a multiple of mu (Nesterov 2005; Beck & Teboulle 2012).
//
// |z|          Huber's function of width mu over mu, its Moreau envelope: at most mu/2 below.
// max(z, 0)    mu log(1 + exp(z/mu)): at most mu log 2 above.
// max(z)       mu logsumexp(z/mu): at most mu log n above; max|z| likewise over z and -z.
// norm(z)      sqrt(|z|^2 + mu^2) - mu: at most mu below.
import { huber } from '../lower/elementwise.ts';
import type { Term } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isScalar } from '../tensor/type.ts';
import { affineReader } from '../match/affine-parts.ts';
import { largest, norm2, normInf } from '../match/atoms/group.ts';
import { asRows } from '../match/atoms/groups.ts';
import { absolute, positivePart } from '../match/atoms/scalar.ts';
import { readTerm, type Contribution } from '../match/reading.ts';
import { minimisedTerms, needsOneGoal, withGoal } from './one-goal.ts';
import { refuses, type Reduction, type ReductionInput } from './reduction.ts';

export const smooth: Reduction = {
  name: 'smooth',
  accepts: (input) => {
    const refused = needsOneGoal(input);
    if (refused !== undefined) return refused;
    if (input.args.length !== 1) return refuses('it takes one number: `smooth(mu)`', input.span);
    const terms = smoothedTerms(input);
    const stuck = terms.find(({ node }) => node === undefined);
    if (stuck !== undefined)
      return refuses(
        'this term is not smooth, and no smooth function near it is known',
        stuck.term.span,
      );
    return { kind: 'accepts', because: 'every kink has a smooth function near it' };
  },
  apply: (input) => {
    const { graph, problem } = input;
    const { variables, constraints } = problem.level;
    const terms = smoothedTerms(input).map(({ term, node }): Term => ({
      node: node ?? term.node,
      span: term.span,
    }));
    return {
      problem: withGoal(graph, problem, { terms, variables, constraints }),
      invert: (values) => values,
      note: 'kinks of the goal replaced by smooth functions',
    };
  },
};

/** The terms, those with kinks made smooth; undefined where that is not known how. */
function smoothedTerms({
  graph,
  problem,
  facts,
  args,
}: ReductionInput): readonly { readonly term: Term; readonly node: Node | undefined }[] {
  const { level } = problem;
  const [goal] = level.goals;
  const [mu] = args;
  const inputs = new Set<Node>(level.variables.map(({ input }) => input));
  const affine = affineReader(graph, inputs);
  return minimisedTerms(graph, goal).map((term) => {
    const { kind } = facts.isSmooth(term.node);
    if (kind === 'yes' || kind === 'if') return { term, node: term.node };
    const reading = readTerm(graph, term.node, inputs, affine);
    if (reading.kind === 'unread') return { term, node: undefined };
    const parts = reading.contributions.map((contribution) => smoothed(graph, contribution, mu));
    let sum: Node | undefined = graph.constant(0);
    for (const part of parts)
      sum = sum === undefined || part === undefined ? undefined : graph.add(sum, part);
    return { term, node: sum };
  });
}

function smoothed(graph: Graph, contribution: Contribution, mu: Node): Node | undefined {
  const weighted = (values: Node): Node => {
    const product = graph.mul(contribution.weight, values);
    return isScalar(product) ? product : graph.sum(product);
  };
  switch (contribution.kind) {
    case 'constant':
      return weighted(contribution.value);
    case 'linear':
      return weighted(contribution.point);
    case 'product':
      return weighted(contribution.node);
    case 'scalar': {
      const { atom, point } = contribution;
      const width = isScalar(point) ? mu : graph.full(mu, point.type.shape);
      if (atom === absolute) return weighted(graph.div(huber(graph, point, width), mu));
      if (atom === positivePart)
        return weighted(graph.mul(mu, graph.softplus(graph.div(point, mu))));
      return weighted(atom.value(graph, point));
    }
    case 'group': {
      const { atom, point, axes } = contribution;
      if (atom === norm2)
        return weighted(
          graph.sub(
            graph.sqrt(graph.add(graph.sum(graph.square(point), axes), graph.square(mu))),
            mu,
          ),
        );
      const { rows } = asRows(graph, point, axes);
      if (atom === largest) return weighted(softMax(graph, rows, mu));
      if (atom !== normInf) return undefined;
      const both = graph.concat([rows, graph.neg(rows)], rows.type.shape.length - 1);
      return weighted(softMax(graph, both, mu));
    }
  }
}

/** mu logsumexp(z/mu) of each row. */
function softMax(graph: Graph, rows: Node, mu: Node): Node {
  const { shape } = rows.type;
  const axis = shape.length - 1;
  const leading = shape.slice(0, axis).map((_, k) => k);
  const scaled = graph.div(rows, mu);
  const most = graph.stop(graph.maxOver(scaled, [axis]));
  const shifted = graph.sub(scaled, graph.broadcastTo(most, shape, leading));
  return graph.mul(mu, graph.add(most, graph.log(graph.sum(graph.exp(shifted), [axis]))));
}
