// Messages about a run that went wrong: numbers that are not finite, matrices that cannot be factored.
import { reporter, text, type MessageTable } from '../grammar/diagnostic.ts';

export const runMessages = {
  X001: {
    severity: 'error',
    title: 'a number that is not finite',
    message: text`${'when'}, ${'expression'} is ${'value'}${'operands'}`,
  },
  X003: {
    severity: 'error',
    title: 'an operation that failed',
    message: text`${'when'}, ${'what'}`,
  },
  X004: {
    severity: 'warning',
    title: 'a gap without a reference',
    message: text`there is nothing to measure a \`gap\` against: the problem has no \`known\` value that holds here, and no bound can be proved`,
    help: text`write \`known { value = … }\` in the problem, or stop by \`stationarity\``,
  },
  X005: {
    severity: 'warning',
    title: 'a device that failed',
    message: text`${'why'}; after iteration ${'iteration'} \`${'method'}\` went on in 64 bits on the CPU`,
  },
} as const satisfies MessageTable;

export const runMessage = reporter(runMessages);
