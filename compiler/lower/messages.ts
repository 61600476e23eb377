// What lowering tells the user (codes P2xx).
import { reporter, text, type MessageTable } from '../../grammar/diagnostic.ts';

export const lowerMessages = {
  P201: {
    severity: 'error',
    title: 'Not built yet',
    message: text`${'construct'} cannot be run yet`,
  },
  P202: {
    severity: 'error',
    title: 'No derivative',
    message: text`this has no derivative: ${'reason'}`,
  },
  P203: {
    severity: 'error',
    title: 'Size known only at run time',
    message: text`the length of ${'what'} is known only while the program runs`,
    help: text`give it a length that follows from params and data`,
  },
  P204: {
    severity: 'error',
    title: 'A distribution has no elements',
    message: text`${'set'} is a distribution here, so its elements cannot be counted or visited`,
    help: text`draw from it: let B = batch(${'set'}, k)`,
  },
} as const satisfies MessageTable;

export const report = reporter(lowerMessages);
