// A domain with its arguments lowered.
import type { TypedDomain } from '../model/types.ts';
import type { Domain } from '../problem/problem.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Lowering, Scope } from './context.ts';

export function lowerDomain(lowering: Lowering, domain: TypedDomain, scope: Scope): Domain {
  if (domain.kind === 'role') throw new InternalError(`${domain.role.name} is no domain by itself`);
  return {
    name: domain.name,
    args: domain.args.map((arg) => lowering.lower(arg, scope)),
    norm: domain.norm,
    factors: domain.factors.map((factor) => lowerDomain(lowering, factor, scope)),
    span: domain.span,
  };
}
