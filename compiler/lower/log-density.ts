// The logarithm of a distribution's density (or probability) at the drawn value, summed over its entries: for the score estimator.
import type { RandomQuantity } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { sumOver } from './sum.ts';

/** As a function of the parameter that stands for the draw; undefined where the density says nothing about parameters. */
export function logDensity(graph: Graph, quantity: RandomQuantity): Node | undefined {
  const { parameter: z, args, shape } = quantity;
  const fit = (x: Node): Node =>
    x.type.shape.length === 0 ? graph.full(x, shape) : graph.broadcastTo(x, shape);
  const total = (x: Node): Node =>
    sumOver(
      graph,
      x,
      x.type.shape.map((_, k) => k),
    );
  const logBeta = (x: Node, y: Node): Node =>
    graph.sub(graph.add(graph.lgamma(x), graph.lgamma(y)), graph.lgamma(graph.add(x, y)));
  switch (quantity.distribution) {
    case 'normal': {
      const [mean, deviation] = args.map(fit);
      const u = graph.div(graph.sub(z, mean), deviation);
      return total(graph.sub(graph.neg(graph.div(graph.square(u), 2)), graph.log(deviation)));
    }
    case 'laplace': {
      const [location, scale] = args.map(fit);
      const distance = graph.div(graph.abs(graph.sub(z, location)), scale);
      return total(graph.sub(graph.neg(distance), graph.log(scale)));
    }
    case 'bernoulli': {
      const [p] = args.map(fit);
      return total(graph.add(graph.xlogy(z, p), graph.xlogy(graph.sub(1, z), graph.sub(1, p))));
    }
    case 'categorical': {
      if (shape.length > 0) return undefined;
      const [weights] = args;
      const share = graph.gather(weights, [graph.sub(z, 1)], [0], false);
      return graph.sub(graph.log(share), graph.log(graph.sum(weights)));
    }
    case 'poisson': {
      const [rate] = args.map(fit);
      return total(graph.sub(graph.xlogy(z, rate), rate));
    }
    case 'exponential': {
      const [rate] = args.map(fit);
      return total(graph.sub(graph.log(rate), graph.mul(rate, z)));
    }
    case 'gamma': {
      const [a, rate] = args.map(fit);
      const power = graph.mul(graph.sub(a, 1), graph.log(z));
      const norm = graph.sub(graph.mul(a, graph.log(rate)), graph.lgamma(a));
      return total(graph.sub(graph.add(power, norm), graph.mul(rate, z)));
    }
    case 'beta': {
      const [a, b] = args.map(fit);
      const left = graph.mul(graph.sub(a, 1), graph.log(z));
      const right = graph.mul(graph.sub(b, 1), graph.log1p(graph.neg(z)));
      return total(graph.sub(graph.add(left, right), logBeta(a, b)));
    }
    case 'student_t': {
      const [freedom] = args.map(fit);
      const half = graph.div(graph.add(freedom, 1), 2);
      const shaped = graph.mul(half, graph.log1p(graph.div(graph.square(z), freedom)));
      const norm = graph.sub(graph.lgamma(half), graph.lgamma(graph.div(freedom, 2)));
      return total(graph.sub(graph.sub(norm, graph.div(graph.log(freedom), 2)), shaped));
    }
    case 'dirichlet': {
      const [alpha] = args.map(fit);
      const last = shape.length - 1;
      const powers = sumOver(graph, graph.mul(graph.sub(alpha, 1), graph.log(z)), [last]);
      const norm = graph.sub(
        graph.lgamma(sumOver(graph, alpha, [last])),
        sumOver(graph, graph.lgamma(alpha), [last]),
      );
      return total(graph.add(powers, norm));
    }
    case 'uniform':
    case 'rademacher':
    case 'permutation':
      return undefined;
  }
}
