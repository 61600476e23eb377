// `fold`, `scan`, `root`, `fixpoint`, `minimizer`.
import type { Expr, Implicit, Names, Recurrence } from '../../grammar/ast.ts';
import type { Span } from '../../grammar/span.ts';
import { shapesAgree } from './align.ts';
import { bindName, quantify } from './bindings.ts';
import { complain, makeLocal, unknownNode, within, type Context } from './context.ts';
import { domainFor, domainOf } from './domains.ts';
import { elaborate } from './expression.ts';
import { anyUnknown, needNumbers, needScalar } from './kinds.ts';
import { newScope } from './scope.ts';
import {
  count,
  isUnknown,
  joinKinds,
  showShape,
  showType,
  unknownType,
  wantedValues,
} from './type-of.ts';
import type { Axis, ElementKind, Local, Multi, TensorType, TypedExpression } from './types.ts';
import { itemsOf, tuple, type Value } from './value.ts';

/** One value for each name of a state. Undefined after a message. */
function starts(
  context: Context,
  names: Names,
  start: Expr,
): readonly TypedExpression[] | undefined {
  const items = itemsOf(elaborate(context, start));
  if (items.length === names.names.length) return items;
  const known = items.some((i) => !isUnknown(i.type));
  if (known || items.length > 1) {
    complain(context, 'M305', start.span, {
      what: 'this start',
      found: count(items.length, 'value'),
      wanted: wantedValues(names.names.length),
    });
  }
  return undefined;
}

function makeStates(
  context: Context,
  names: Names,
  types: readonly TensorType[],
): { readonly context: Context; readonly states: readonly Local[] } {
  const scope = newScope(context.scope);
  const states = names.names.map((name, i) => {
    const local = makeLocal(context, name.name, 'recurrence', types[i], name.span);
    bindName(context, scope, name, 'state', { kind: 'local', local });
    return local;
  });
  return { context: within(context, scope), states };
}

const stateType = (e: TypedExpression): TensorType =>
  isUnknown(e.type) ? unknownType : { element: e.type.element, shape: e.type.shape };

export function recurrence(context: Context, e: Recurrence): Value {
  const from = starts(context, e.state, e.start);
  const first = from ?? e.state.names.map(() => unknownNode(e.start.span));
  const { widened } = context.shared;
  const before = context.callers.length === 0 ? widened.get(e) : undefined;
  let types = first.map(stateType).map((t, i): TensorType => {
    const kind = before?.[i];
    const joined = kind === undefined ? t.element : joinKinds(t.element, kind);
    return joined === 'unknown' ? t : { ...t, element: joined };
  });
  for (;;) {
    const made = makeStates(context, e.state, types);
    const inner = quantify(made.context, e.bindings, e.where, { draws: false, uncertain: false });
    const steps = itemsOf(elaborate(inner.context, e.body));
    const wider = widen(types, steps);
    if (wider !== undefined) {
      types = [...wider];
      widened.set(
        e,
        types.map((t) => t.element),
      );
      continue;
    }
    const fits = stepsFit(context, made.states, steps, e.body.span);
    const unknowns = tuple(
      e.state.names.map(() => unknownNode(e.span)),
      e.span,
    );
    if (!fits || inner.failed || from === undefined || anyUnknown(...first, ...steps))
      return unknowns;
    const bindings = inner.bindings.filter((b) => b.kind === 'in');
    const stacked = e.op === 'scan' ? scanAxis(context, bindings, inner.where, e) : [];
    if (stacked === undefined) return unknowns;
    const results = types.map((t) => ({ element: t.element, shape: [...stacked, ...t.shape] }));
    return parts(
      {
        kind: 'recurrence',
        op: e.op,
        states: made.states,
        starts: first,
        bindings,
        where: inner.where,
        steps,
        types: results,
        span: e.span,
      },
      e.span,
    );
  }
}

/** The states' types with kinds wide enough for the steps; undefined where they are already. */
function widen(
  types: readonly TensorType[],
  steps: readonly TypedExpression[],
): readonly TensorType[] | undefined {
  if (steps.length !== types.length) return undefined;
  let changed = false;
  const wider = types.map((type, i) => {
    const joined: ElementKind = joinKinds(type.element, steps[i].type.element);
    if (joined === 'unknown' || joined === type.element) return type;
    changed = true;
    return { ...type, element: joined };
  });
  return changed ? wider : undefined;
}

function stepsFit(
  context: Context,
  states: readonly Local[],
  steps: readonly TypedExpression[],
  span: Span,
): boolean {
  if (steps.length !== states.length) {
    if (!anyUnknown(...steps) || steps.length > 1) {
      complain(context, 'M305', span, {
        what: 'this step',
        found: count(steps.length, 'value'),
        wanted: wantedValues(states.length),
      });
    }
    return false;
  }
  return steps.every((step, i) => sameAsState(context, states[i], step, 'the next'));
}

function sameAsState(
  context: Context,
  state: Local,
  value: TypedExpression,
  which: string,
): boolean {
  if (isUnknown(value.type) || isUnknown(state.type)) return false;
  if (shapesAgree(context, state.type.shape, value.type.shape, value.span)) return true;
  complain(
    context,
    'M112',
    value.span,
    {
      what: `${which} \`${state.name}\``,
      wanted: `${showShape(state.type.shape)} like its start`,
      found: showShape(value.type.shape),
    },
    { related: [{ span: state.span, message: `\`${state.name}\` is ${showType(state.type)}` }] },
  );
  return false;
}

function scanAxis(
  context: Context,
  bindings: readonly {
    readonly set: {
      readonly size: Axis['size'] | undefined;
      readonly name: string | undefined;
    } & NonNullable<Axis['set']>;
  }[],
  where: TypedExpression | undefined,
  e: Recurrence,
): readonly Axis[] | undefined {
  const [binding] = bindings;
  const size = binding?.set.size;
  if (binding === undefined || size === undefined || bindings.length > 1 || where !== undefined) {
    complain(context, 'M118', e.span, { what: 'the number of steps of `scan`' });
    return undefined;
  }
  return [{ size, set: binding.set.name === undefined ? undefined : binding.set }];
}

const parts = (of: Multi, span: Span): Value =>
  tuple(
    of.types.map((type, i) => ({ kind: 'part', of, index: i, type, span })),
    span,
  );

export function implicit(context: Context, e: Implicit): Value {
  const from = starts(context, e.state, e.start)?.map((s) =>
    needNumbers(context, s, `\`${e.op}\``),
  );
  const first = from ?? e.state.names.map(() => unknownNode(e.start.span));
  const types = first.map((s): TensorType => {
    const type = stateType(s);
    return isUnknown(type) ? type : { ...type, element: joinKinds(type.element, 'real') };
  });
  const domain = e.domain === undefined ? undefined : domainOf(context, e.domain);
  const made = makeStates(context, e.state, types);
  const bodies = itemsOf(elaborate(made.context, e.body)).map((b) =>
    needNumbers(context, b, `\`${e.op}\``),
  );
  const unknowns = tuple(
    e.state.names.map(() => unknownNode(e.span)),
    e.span,
  );
  if (!bodiesFit(context, e, made.states, bodies, first) || from === undefined) return unknowns;
  if (e.domain !== undefined && domain === undefined) return unknowns;
  const applied =
    domain === undefined ? undefined : domainFor(context, domain, types[0], undefined);
  const { states } = made;
  const { op, span } = e;
  return parts(
    { kind: 'implicit', op, states, starts: first, domain: applied, bodies, types, span },
    span,
  );
}

function bodiesFit(
  context: Context,
  e: Implicit,
  states: readonly Local[],
  bodies: readonly TypedExpression[],
  first: readonly TypedExpression[],
): boolean {
  if (anyUnknown(...bodies, ...first)) return false;
  if (e.op === 'minimizer') {
    const [body] = bodies;
    if (body === undefined || bodies.length > 1)
      return stepsFit(context, states, bodies, e.body.span);
    return !isUnknown(needScalar(context, body, 'what `minimizer` minimises').type);
  }
  if (bodies.length !== states.length) return stepsFit(context, states, bodies, e.body.span);
  const which = e.op === 'root' ? 'the equation for' : 'the next';
  return bodies.every((body, i) => sameAsState(context, states[i], body, which));
}
