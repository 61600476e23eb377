// What a problem's declarations say of its inputs: bounds and domains of variables, bounds of data and params.
import type { Node } from '../../tensor/ir.ts';
import type { Bound, Domain, DomainName, Level, Problem } from '../problem.ts';
import type { Assumptions } from './calculus.ts';
import { add, everything, interval, meet, nonnegative, unit, type Interval } from './interval.ts';
import { rangesFrom, type RangeOf } from './range.ts';

type DomainRange = (domain: Domain, range: RangeOf) => Interval;

const signed = interval(-1, 1);
const anything: DomainRange = () => everything;

/** center ± radius. */
const ballRange: DomainRange = ({ args }, range) => {
  const [center, radius] = args;
  if (center === undefined || radius === undefined) return everything;
  const reach = range(radius).high;
  return add(range(center), interval(-reach, reach));
};

/** Between 0 and the trace. */
const traceRange: DomainRange = ({ args }, range) => {
  const [trace] = args;
  const most = trace === undefined ? Infinity : range(trace).high;
  return interval(-most, most);
};

const domainRanges: { readonly [D in DomainName]: DomainRange } = {
  box: ({ args }, range) => {
    const [low, high] = args;
    return interval(
      low === undefined ? -Infinity : range(low).low,
      high === undefined ? Infinity : range(high).high,
    );
  },
  nonneg: () => nonnegative,
  simplex: () => unit,
  ball: ballRange,
  sphere: () => signed,
  halfspace: anything,
  affine: anything,
  soc: anything,
  psd: anything,
  spd: anything,
  spectrahedron: traceRange,
  correlation: () => signed,
  stiefel: () => signed,
  grassmann: () => signed,
  fixed_rank: anything,
  orthogonal: () => signed,
  doubly_stochastic: () => unit,
  sparse_ball: anything,
  monotone: anything,
  product: anything,
};

/** Domains of positive semidefinite matrices. */
const semidefiniteDomains: ReadonlySet<DomainName> = new Set([
  'psd',
  'spd',
  'spectrahedron',
  'correlation',
]);

/** All levels, outermost first. */
export const levelsOf = (level: Level): readonly Level[] => [
  level,
  ...level.lower.flatMap(levelsOf),
];

function boundedBy(lower: Bound | undefined, upper: Bound | undefined, range: RangeOf): Interval {
  const low = lower === undefined ? everything : range(lower.node);
  const high = upper === undefined ? everything : range(upper.node);
  return interval(
    low.low,
    high.high,
    low.lowOpen || lower?.strict === true,
    high.highOpen || upper?.strict === true,
  );
}

export function assumptionsOf(problem: Problem): Assumptions {
  const ranges = new Map<Node, Interval>();
  const semidefinite = new Set<Node>();
  for (const { input, lower, upper } of [...problem.params, ...problem.data]) {
    const isOpen = lower === undefined && upper === undefined;
    ranges.set(input, isOpen ? everything : boundedBy(lower, upper, rangesFrom(ranges)));
  }
  for (const { variables } of levelsOf(problem.level))
    for (const { input, lower, upper, domain } of variables) {
      const range = rangesFrom(ranges);
      const bounds = boundedBy(lower, upper, range);
      const inside = domain === undefined ? everything : domainRanges[domain.name](domain, range);
      ranges.set(input, meet(bounds, inside));
      if (domain !== undefined && semidefiniteDomains.has(domain.name)) semidefinite.add(input);
    }
  return { ranges, semidefinite };
}

/** What holds of data and params alone: for facts that must hold outside the bounds of these variables too. */
export function withoutBoundsOf(
  variables: ReadonlySet<Node>,
  { ranges, semidefinite }: Assumptions,
): Assumptions {
  return {
    ranges: new Map([...ranges].filter(([node]) => !variables.has(node))),
    semidefinite: new Set([...semidefinite].filter((node) => !variables.has(node))),
  };
}
