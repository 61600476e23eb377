// Methods and reductions where they are used: `with m(args) via r1 via r2`, checked in the problem's scope.
import type { Argument, Expr, Use } from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { quote } from '../../grammar/quote.ts';
import { matchArguments } from './arguments.ts';
import { complain, type Context } from './context.ts';
import { expression } from './expression.ts';
import { needNumbers, needScalar, needWholeScalar } from './kinds.ts';
import type { Library } from './library.ts';
import type { MethodModel } from './method-types.ts';
import { standardMethods } from './standard-methods.ts';
import { isUnknown, kindFits, showFullType, showKind, showType } from './type-of.ts';
import { elementKind } from './dimensions.ts';
import type {
  MethodUse,
  ProblemModel,
  ReductionStep,
  ScalarizeRule,
  TypedExpression,
  TypedLevel,
  TypedReduction,
} from './types.ts';
import { scalarizeRules, systemRules } from './types.ts';

/** What is there to use. */
export interface Available {
  /** Of the files, which hide those of the library. */
  readonly methods: ReadonlyMap<string, MethodModel>;
  readonly library: Library;
}

export function readUse(
  context: Context,
  available: Available,
  use: Pick<Use, 'name' | 'args' | 'span'>,
): MethodUse {
  const { name, span } = use.name;
  const method = available.methods.get(name) ?? available.library.get(name);
  if (method === undefined && !standardMethods.includes(name)) {
    const known = [...available.methods.keys(), ...available.library.names(), ...standardMethods];
    const guess = didYouMean(name, known);
    const help = guess === undefined ? {} : { help: `did you mean \`${guess}\`?` };
    complain(context, 'M702', span, { name: quote(name) }, help);
  }
  if (method !== undefined) {
    const slots = method.declaration.parameters.map((p) => ({
      name: p.name.name,
      ...(p.value === undefined ? {} : ({ optional: true } as const)),
    }));
    matchArguments(context, name, slots, use.args, use.span);
  }
  const args = use.args.map((a, i) => ({
    name: a.name?.name,
    value: argumentValue(context, method, a, i),
    span: a.span,
  }));
  return { name, method, args, syntax: use.args, span: use.span };
}

/** An argument beside the declared type of its parameter. Sizes are compared when the method meets the problem. */
function argumentValue(
  context: Context,
  method: MethodModel | undefined,
  argument: Argument,
  position: number,
): TypedExpression {
  const value = expression(context, argument.value);
  const parameters = method?.declaration.parameters ?? [];
  const parameter =
    argument.name === undefined
      ? parameters[position]
      : parameters.find((p) => p.name.name === argument.name?.name);
  const type = parameter?.type;
  if (type === undefined || isUnknown(value.type)) return value;
  const element = elementKind(context, type.element);
  const what = `the argument \`${quote(parameter?.name.name ?? '')}\``;
  if (element !== undefined && !kindFits(value.type.element, element)) {
    const values = { what, wanted: showKind(element), found: showFullType(value.type) };
    complain(context, 'M204', argument.span, values);
  } else if (type.dims.length !== value.type.shape.length) {
    const wanted = type.dims.length === 0 ? 'a scalar' : `a tensor of ${type.dims.length} axes`;
    complain(context, 'M112', argument.span, { what, wanted, found: showType(value.type) });
  }
  return value;
}

type Form = 'nothing' | 'level' | 'number' | 'whole' | 'weights' | 'unroll' | 'implicit';

const reductions: {
  readonly [R in ReductionStep]: { readonly form: Form; readonly wanted: string };
} = {
  kkt: { form: 'level', wanted: 'nothing, or the name of a lower level' },
  value_function: { form: 'level', wanted: 'nothing, or the name of a lower level' },
  strong_duality: { form: 'level', wanted: 'nothing, or the name of a lower level' },
  implicit: {
    form: 'implicit',
    wanted:
      'nothing, the name of a lower level, or how its system is solved: implicit("factor"), implicit("cg"), implicit("neumann", 50)',
  },
  penalty: { form: 'number', wanted: 'one number: penalty(rho)' },
  unroll: {
    form: 'unroll',
    wanted:
      'a number of steps and a method: unroll(50, gradient_descent), and how many of the last steps are differentiated: unroll(50, gradient_descent, 10)',
  },
  dual: { form: 'nothing', wanted: 'no arguments' },
  epigraph: { form: 'nothing', wanted: 'no arguments' },
  smooth: { form: 'number', wanted: 'one number: smooth(mu)' },
  hadamard: { form: 'nothing', wanted: 'no arguments' },
  relax: { form: 'nothing', wanted: 'no arguments' },
  robust: { form: 'nothing', wanted: 'no arguments' },
  sample: { form: 'whole', wanted: 'one whole number: sample(N)' },
  scalarize: {
    form: 'weights',
    wanted:
      'a weight for each objective: scalarize([1, 0.5]), scalarize([1, 0.5], "tchebycheff", ideal) or scalarize([inf, 0.2], "epsilon", rho)',
  },
};

const isReduction = (name: string): name is ReductionStep => Object.hasOwn(reductions, name);

export function readReductions(
  context: Context,
  available: Available,
  problem: ProblemModel,
  via: readonly Use[],
): readonly TypedReduction[] {
  return via.flatMap((use) => readReduction(context, available, problem, use) ?? []);
}

function readReduction(
  context: Context,
  available: Available,
  problem: ProblemModel,
  use: Use,
): TypedReduction | undefined {
  const { name } = use.name;
  if (!isReduction(name)) {
    const guess = didYouMean(name, Object.keys(reductions));
    const help = guess === undefined ? {} : { help: `did you mean \`${guess}\`?` };
    complain(context, 'M703', use.name.span, { name: quote(name) }, help);
    return undefined;
  }
  const { form, wanted } = reductions[name];
  const refuse = (): undefined => {
    complain(context, 'M704', use.span, { name, wanted });
    return undefined;
  };
  const made: TypedReduction = {
    name,
    args: [],
    level: undefined,
    method: undefined,
    span: use.span,
  };
  const [first, second] = use.args;
  if (use.args.some((a) => a.name !== undefined)) return refuse();
  switch (form) {
    case 'nothing':
      return use.args.length === 0 ? made : refuse();
    case 'implicit':
    case 'level': {
      if (first === undefined) return made;
      if (form === 'implicit' && first.value.kind === 'Text') {
        const { value } = first.value;
        const system = systemRules.find((rule) => rule === value);
        if (system === undefined || use.args.length > (system === 'neumann' ? 2 : 1))
          return refuse();
        if (second === undefined) return { ...made, system };
        const terms = needWholeScalar(
          context,
          expression(context, second.value),
          'the number of terms of `implicit`',
        );
        return isUnknown(terms.type) ? undefined : { ...made, system, args: [terms] };
      }
      if (use.args.length > 1 || first.value.kind !== 'Name') return refuse();
      const level = first.value.name;
      const levels = levelNames(problem.level);
      if (levels.includes(level)) return { ...made, level };
      const guess = didYouMean(level, levels);
      complain(
        context,
        'M704',
        first.span,
        { name, wanted },
        guess === undefined ? {} : { help: `did you mean \`${guess}\`?` },
      );
      return undefined;
    }
    case 'unroll': {
      if (first === undefined || second === undefined || use.args.length > 3) return refuse();
      const steps = needWholeScalar(
        context,
        expression(context, first.value),
        'the number of steps of `unroll`',
      );
      const last = use.args
        .slice(2)
        .map(({ value }) =>
          needWholeScalar(
            context,
            expression(context, value),
            'the number of differentiated steps of `unroll`',
          ),
        );
      const inner = asUse(second.value);
      if (inner === undefined) return refuse();
      return { ...made, args: [steps, ...last], method: readUse(context, available, inner) };
    }
    case 'weights': {
      const rule = ruleOf(second?.value);
      if (rule === undefined || use.args.length > 3) return refuse();
      const given = use.args.flatMap((argument) => (argument === second ? [] : [argument]));
      const args = given.map(({ value }) =>
        needNumbers(context, expression(context, value), `\`${name}\``),
      );
      if (args.some(({ type }) => isUnknown(type))) return undefined;
      return weightsFit(problem, rule, args) ? { ...made, args, rule } : refuse();
    }
    case 'number':
    case 'whole': {
      if (first === undefined || use.args.length > 1) return refuse();
      const value = needNumbers(context, expression(context, first.value), `\`${name}\``);
      if (isUnknown(value.type)) return undefined;
      const scalar =
        form === 'whole'
          ? needWholeScalar(context, value, `the argument of \`${name}\``)
          : needScalar(context, value, `the argument of \`${name}\``);
      return isUnknown(scalar.type) ? undefined : { ...made, args: [scalar] };
    }
  }
}

/** `sum` where nothing is written. */
function ruleOf(e: Expr | undefined): ScalarizeRule | undefined {
  if (e === undefined) return 'sum';
  return e.kind === 'Text' ? scalarizeRules.find((rule) => rule === e.value) : undefined;
}

/** A number for each objective; with "tchebycheff" an ideal point may follow, with "epsilon" the weight of the penalty must. */
function weightsFit(
  problem: ProblemModel,
  rule: ScalarizeRule,
  [weights, more]: readonly TypedExpression[],
): boolean {
  const objectives = problem.level.goals[0]?.objectives ?? 1;
  const isList = ({ type: { shape } }: TypedExpression): boolean =>
    shape.length === 1 && shape[0].size.key === String(objectives);
  if (weights === undefined || !isList(weights)) return false;
  if (rule === 'epsilon') return more?.type.shape.length === 0;
  return more === undefined || (rule === 'tchebycheff' && isList(more));
}

const levelNames = (level: TypedLevel): readonly string[] =>
  level.lower.flatMap((l) => [...(l.name === undefined ? [] : [l.name]), ...levelNames(l)]);

/** A method named as an argument. */
function asUse(e: Expr): Pick<Use, 'name' | 'args' | 'span'> | undefined {
  if (e.kind === 'Name') return { name: e, args: [], span: e.span };
  return e.kind === 'Call' ? { name: e.callee, args: e.args, span: e.span } : undefined;
}
