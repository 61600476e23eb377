// Exit codes of the command. Documented in docs/command.md, never reused.
import { resultCode } from '../../runtime/exit-code.ts';

export { codeOf } from '../../runtime/exit-code.ts';

export const exitCode = {
  ...resultCode,
  source: 1,
  claim: 7,
  fault: 70,
} as const;
