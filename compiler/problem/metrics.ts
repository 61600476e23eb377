// Which metrics are drawn as points in the plane.
import { constantValue } from '../tensor/dim.ts';
import type { Metric, Problem } from './problem.ts';

/** Metrics with two columns: each row is a point. */
export const planarMetrics = ({ metrics }: Problem): readonly Metric[] =>
  metrics.filter(({ node: { type } }) => {
    const [, columns] = type.shape;
    return type.shape.length === 2 && constantValue(columns) === 2;
  });
