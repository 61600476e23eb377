// Every message of matching: code → severity, title, text.
import { reporter, text, type MessageTable } from '../../grammar/diagnostic.ts';

export const matchMessages = {
  K001: {
    severity: 'error',
    title: 'method does not match',
    message: text`\`${'method'}\` does not match \`${'problem'}\`: ${'why'}`,
  },
  K002: {
    severity: 'error',
    title: 'two readings',
    message: text`\`${'method'}\` matches \`${'problem'}\` in more than one way: ${'readings'}`,
    help: text`write the goal so that one reading is left`,
  },
  K003: {
    severity: 'error',
    title: 'no method matches',
    message: text`no method of the library matches \`${'problem'}\``,
  },
  K005: {
    severity: 'error',
    title: 'not built yet',
    message: text`this version cannot solve ${'construct'} yet, as in \`${'problem'}\``,
  },
  K004: {
    severity: 'error',
    title: 'unknown native method',
    message: text`the runtime has no method \`${'name'}\``,
  },
  K006: {
    severity: 'error',
    title: 'method of a later version',
    message: text`this version has no method \`${'name'}\` yet`,
  },
  K101: {
    severity: 'error',
    title: 'no Lipschitz constant',
    message: text`no Lipschitz constant of the gradient of ${'role'} can be derived for \`${'method'}\`: ${'why'}`,
    help: text`give \`step = …\``,
  },
  K102: {
    severity: 'error',
    title: 'no constant of strong convexity',
    message: text`no constant of strong convexity of ${'role'} can be derived for \`${'method'}\`: ${'why'}`,
    help: text`give \`mu = …\``,
  },
  K103: {
    severity: 'error',
    title: 'no prox',
    message: text`no prox of ${'role'} is known: ${'why'}`,
  },
  K104: {
    severity: 'error',
    title: 'no conjugate',
    message: text`no conjugate of ${'role'} is known: ${'why'}`,
  },
  K105: {
    severity: 'error',
    title: 'domain lacks an operation',
    message: text`there is no \`${'operation'}\` for ${'role'}: ${'why'}`,
    help: text`ask for it in the method's \`where\`, so that it matches only where there is one`,
  },
  K106: {
    severity: 'error',
    title: 'batch size needed',
    message: text`\`${'method'}\` needs \`${'parameter'} = …\` for \`${'problem'}\`: ${'set'} is a distribution, which has no number of elements`,
  },
  K107: {
    severity: 'error',
    title: 'an assumption on the data fails',
    message: text`\`${'method'}\` does not match for this data: it takes for granted that ${'why'}`,
  },
} satisfies MessageTable;

export const report = reporter(matchMessages);
