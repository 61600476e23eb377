// Which names a list of statements may change, draw for, or stop at.
import type { IndexSet, TypedExpression, TypedPlace, TypedStatement } from '../../model/types.ts';

export interface Effects {
  /** Keys of the names assigned, states declared inside included. */
  readonly assigned: ReadonlySet<string>;
  readonly stops: boolean;
  readonly draws: boolean;
}

export const stoppedKey = 'stopped';
export const reportKey = (name: string): string => `report ${name}`;
export const returnKey = (index: number): string => `return ${index}`;

export function keyOfPlace({ target }: TypedPlace): string {
  switch (target.kind) {
    case 'patternVariable':
      return target.name;
    case 'part':
      return target.of;
    case 'state':
      return target.key;
  }
}

export function effectsOf(statements: readonly TypedStatement[]): Effects {
  const assigned = new Set<string>();
  let stops = false;
  let draws = false;
  const visit = (statement: TypedStatement): void => {
    switch (statement.kind) {
      case 'state':
        for (const { state } of statement.states) assigned.add(state.key);
        return;
      case 'let':
        for (const { key } of statement.lets) assigned.add(key);
        return;
      case 'batch':
        draws = true;
        return;
      case 'assign':
        for (const target of statement.targets) assigned.add(keyOfPlace(target));
        return;
      case 'draw':
        assigned.add(statement.draw.key);
        draws = true;
        return;
      case 'report':
        assigned.add(reportKey(statement.name));
        return;
      case 'return':
        statement.values.forEach((_, k) => assigned.add(returnKey(k)));
        return;
      case 'stop':
        stops = true;
        assigned.add(stoppedKey);
        return;
      case 'for':
        if (isBatch(statement.binding.set)) draws = true;
        statement.body.forEach(visit);
        return;
      case 'repeat':
      case 'while':
      case 'eachAgent':
        statement.body.forEach(visit);
        return;
      case 'if':
        statement.then.forEach(visit);
        statement.otherwise.forEach(visit);
        return;
      case 'eachVariable':
        for (const { body } of statement.copies) body.forEach(visit);
        return;
    }
  };
  statements.forEach(visit);
  return { assigned, stops, draws };
}

/** Keys of what is made or changed for each agent, wherever in a body. */
export function agentKeys(statements: readonly TypedStatement[]): ReadonlySet<string> {
  return new Set(
    statements.flatMap((statement): readonly string[] => {
      switch (statement.kind) {
        case 'eachAgent':
          return [...effectsOf(statement.body).assigned];
        case 'repeat':
        case 'for':
        case 'while':
          return [...agentKeys(statement.body)];
        case 'if':
          return [...agentKeys(statement.then), ...agentKeys(statement.otherwise)];
        case 'eachVariable':
          return statement.copies.flatMap(({ body }) => [...agentKeys(body)]);
        case 'state':
        case 'let':
        case 'batch':
        case 'assign':
        case 'draw':
        case 'report':
        case 'return':
        case 'stop':
          return [];
      }
    }),
  );
}

export const isBatch = (set: IndexSet): boolean => set.elements.kind === 'batch';

/** Every expression of the statements, for a look at what they use. */
export function expressionsOf(statements: readonly TypedStatement[]): readonly TypedExpression[] {
  return statements.flatMap((statement) => {
    switch (statement.kind) {
      case 'state':
        return statement.states.map(({ value }) => value);
      case 'let':
        return statement.lets.map(({ value }) => value);
      case 'batch':
        return [];
      case 'assign':
      case 'return':
        return statement.values;
      case 'repeat':
        return expressionsOf(statement.body);
      case 'for':
      case 'eachAgent':
        return [
          ...(statement.where === undefined ? [] : [statement.where]),
          ...expressionsOf(statement.body),
        ];
      case 'while':
        return [statement.condition, ...expressionsOf(statement.body)];
      case 'if':
        return [
          statement.condition,
          ...expressionsOf(statement.then),
          ...expressionsOf(statement.otherwise),
        ];
      case 'eachVariable':
        return statement.copies.flatMap(({ where, body }) => [
          ...(where === undefined ? [] : [where]),
          ...expressionsOf(body),
        ]);
      case 'draw':
        return statement.draw.distribution.args;
      case 'report':
        return [statement.value];
      case 'stop':
        return [statement.condition];
    }
  });
}
