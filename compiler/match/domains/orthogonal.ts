// Square matrices with X'X == I.
import type { DomainRule } from './operations.ts';
import { stiefel } from './stiefel.ts';

export const orthogonal: DomainRule = stiefel;
