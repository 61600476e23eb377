// What each method makes of a problem: it matches, it matches once something is given, or the first requirement that fails.
import type { Span } from '../../grammar/span.ts';
import { methodsOver, type Library } from '../model/library.ts';
import type { MethodModel } from '../model/method-types.ts';
import type { Model } from '../model/types.ts';
import { chooseMethod } from './choose.ts';
import { matchAll, matchMethod, type MatchContext } from './match.ts';

export interface MethodVerdict {
  readonly method: string;
  readonly matches: boolean;
  /** The roles of a match, as `f(x) = …`. */
  readonly roles: readonly string[];
  /** Why it does not match, or cannot run as it is. */
  readonly why: string | undefined;
  /** The part of the problem that fails it. */
  readonly at: Span | undefined;
  /** Details of the reason. */
  readonly because: readonly string[];
  /** What to give so that it runs: names of parameters without a default, or advice. */
  readonly needs: string | undefined;
  /** The reason, where the compiler would pick this method. */
  readonly chosen: string | undefined;
}

/** The methods of the file, and those of the library that it does not hide. */
export const methodsOf = ({ methods, library }: Model): Library => methodsOver(methods, library);

export function surveyMethods(context: MatchContext): readonly MethodVerdict[] {
  const choice = chooseMethod(context);
  return matchAll(context).map(({ method, match }) => {
    const chosen = choice?.method === method ? choice.why : undefined;
    if (match.kind === 'roles') return { ...specialised(context, method), chosen };
    return {
      method: method.name,
      matches: false,
      roles: [],
      why: match.readings === undefined ? match.text : 'the goal can be read in more than one way',
      at: match.span,
      because: match.readings ?? match.because,
      needs: undefined,
      chosen,
    };
  });
}

/** A method whose pattern matches may still lack a constant, an operation or an argument. */
function specialised(context: MatchContext, method: MethodModel): Omit<MethodVerdict, 'chosen'> {
  const open = method.parameters.filter(({ required }) => required).map(({ name }) => name);
  const common = { method: method.name, matches: true, at: undefined, because: [] };
  if (open.length > 0)
    return { ...common, roles: [], why: undefined, needs: `needs ${open.join(', ')}` };
  const found = matchMethod(context, {
    method,
    args: [],
    label: method.name,
    sweep: new Map(),
    span: context.model.span,
  });
  switch (found.kind) {
    case 'step': {
      const roles = found.step.roles.map(({ role, text }) => `${role} = ${text}`);
      return { ...common, roles, why: undefined, needs: undefined };
    }
    case 'native':
      return { ...common, roles: [], why: undefined, needs: undefined };
    case 'failed': {
      const [first] = found.diagnostics;
      return { ...common, matches: false, roles: [], why: first?.message, needs: first?.help };
    }
  }
}
