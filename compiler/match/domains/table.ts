// All domains of the language, total over their names.
import type { DomainName } from '../../problem/problem.ts';
import { affine } from './affine.ts';
import { ball } from './ball.ts';
import { box } from './box.ts';
import { correlation } from './correlation.ts';
import { doublyStochastic } from './doubly-stochastic.ts';
import { fixedRank } from './fixed-rank.ts';
import { grassmann } from './grassmann.ts';
import { halfspace } from './halfspace.ts';
import { monotone } from './monotone.ts';
import { nonneg } from './nonneg.ts';
import type { DomainRule } from './operations.ts';
import { orthogonal } from './orthogonal.ts';
import { productOf } from './product.ts';
import { psd } from './psd.ts';
import { simplex } from './simplex.ts';
import { soc } from './soc.ts';
import { sparseBall } from './sparse-ball.ts';
import { spd } from './spd.ts';
import { spectrahedron } from './spectrahedron.ts';
import { sphere } from './sphere.ts';
import { stiefel } from './stiefel.ts';

/** The operations of a domain for variables of a shape. */
export const domainOperations: DomainRule = (graph, domain, shape) =>
  domainRules[domain.name](graph, domain, shape);

export const domainRules: { readonly [D in DomainName]: DomainRule } = {
  box,
  nonneg,
  simplex,
  ball,
  sphere,
  halfspace,
  affine,
  soc,
  psd,
  spd,
  spectrahedron,
  correlation,
  stiefel,
  grassmann,
  fixed_rank: fixedRank,
  orthogonal,
  doubly_stochastic: doublyStochastic,
  sparse_ball: sparseBall,
  monotone,
  product: productOf((graph, domain, shape) => domainOperations(graph, domain, shape)),
};
