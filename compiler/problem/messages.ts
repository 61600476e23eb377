// What the study of a problem tells the user: P1xx what cannot be meant.
import { reporter, text, type MessageTable } from '../../grammar/diagnostic.ts';

export const problemMessages = {
  P101: {
    severity: 'warning',
    title: 'constant goal',
    message: text`this goal does not change with ${'variables'}`,
    help: text`any allowed point is optimal; is a variable missing from it?`,
  },
  P102: {
    severity: 'warning',
    title: 'unbounded',
    message: text`this goal is linear in \`${'variable'}\`, which nothing bounds ${'side'}: it has no ${'extremum'}`,
    help: text`give \`${'variable'}\` a bound or a domain`,
  },
  P103: {
    severity: 'error',
    title: 'bounds that cross',
    message: text`\`${'name'}\` must be at least ${'lower'} and at most ${'upper'}: no value is allowed`,
  },
  P104: {
    severity: 'error',
    title: 'empty domain',
    message: text`the domain of \`${'variable'}\` is empty: ${'why'}`,
  },
  P105: {
    severity: 'error',
    title: 'bounds outside the domain',
    message: text`\`${'variable'}\` is bounded to values that its domain \`${'domain'}\` does not have`,
  },
  P106: {
    severity: 'error',
    title: 'constraint that cannot hold',
    message: text`this constraint cannot hold: ${'why'}`,
  },
} satisfies MessageTable;

export const report = reporter(problemMessages);
