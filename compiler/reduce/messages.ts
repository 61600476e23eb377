// Every message of reductions: code → severity, title, text.
import { reporter, text, type MessageTable } from '../../grammar/diagnostic.ts';

export const reduceMessages = {
  R001: {
    severity: 'error',
    title: 'reduction does not apply',
    message: text`\`via ${'name'}\` does not apply: ${'why'}`,
  },
  R002: {
    severity: 'error',
    title: 'reduction not built yet',
    message: text`\`via ${'name'}\` cannot be run by this version yet`,
  },
  R003: {
    severity: 'error',
    title: 'no route to one level',
    message: text`no method takes \`${'problem'}\` with its lower levels as they are, and no route to one level applies: ${'why'}`,
  },
} satisfies MessageTable;

export const report = reporter(reduceMessages);
