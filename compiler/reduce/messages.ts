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
} satisfies MessageTable;

export const report = reporter(reduceMessages);
