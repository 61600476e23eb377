// relax: whole numbers become real ones, truth values numbers between 0 and 1.
import type { Variable } from '../problem/problem.ts';
import { refuses, type Reduction } from './reduction.ts';

export const relax: Reduction = {
  name: 'relax',
  accepts: ({ problem }) =>
    problem.level.variables.some(({ element }) => element !== 'real')
      ? { kind: 'accepts', because: 'it has whole variables' }
      : refuses('every variable is real already', problem.span),
  apply: ({ graph, problem }) => {
    const variables = problem.level.variables.map((variable): Variable => {
      if (variable.element !== 'bool') return { ...variable, element: 'real' };
      const { span } = variable;
      return {
        ...variable,
        element: 'real',
        lower: variable.lower ?? { node: graph.constant(0), strict: false, span },
        upper: variable.upper ?? { node: graph.constant(1), strict: false, span },
      };
    });
    return {
      problem: { ...problem, level: { ...problem.level, variables } },
      invert: (values) => values,
      note: 'whole numbers taken as real',
    };
  },
};
