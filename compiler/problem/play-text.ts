// The order of play as a drawing: a line for each that moves, under whoever moves before it.
import type { MoveText, PlayText } from './play.ts';

/** Turn, place in the tree, what is done, what is seen. */
export type PlayRow = readonly [turn: string, who: string, does: string, sees: string];

export const playRows = (play: PlayText): readonly PlayRow[] => rowsOf(play, '', '');

/** `first` stands before the level's own line, `rest` before those under it. */
function rowsOf(play: PlayText, first: string, rest: string): readonly PlayRow[] {
  const { moves, lower, turn } = play;
  const [only] = moves;
  const single = moves.length === 1 && only?.players === undefined ? only : undefined;
  const head: PlayRow = [
    String(turn),
    `${first}${nameOf(play)}`,
    single === undefined ? (moves.length === 0 ? '' : 'all at the same time') : doesOf(single),
    single === undefined ? '' : seesOf(single),
  ];
  const branches = [
    ...(single === undefined
      ? moves.map((move, k) => ({ kind: 'move', move, k }) as const)
      : (single.objectives ?? []).map((text) => ({ kind: 'goal', text }) as const)),
    ...lower.map((level) => ({ kind: 'level', level }) as const),
  ];
  return [
    head,
    ...branches.flatMap((branch, k): readonly PlayRow[] => {
      const last = k === branches.length - 1;
      const stem = `${rest}${last ? '└─ ' : '├─ '}`;
      switch (branch.kind) {
        case 'move':
          return [['', `${stem}${playerOf(branch.move, branch.k)}`, ...saidOf(branch.move)]];
        case 'goal':
          return [['', `${stem}goal ${k + 1}`, branch.text, '']];
        case 'level':
          return rowsOf(branch.level, stem, `${rest}${last ? '   ' : '│  '}`);
      }
    }),
  ];
}

const nameOf = ({ level, family, pessimistic }: PlayText): string =>
  [level, family, pessimistic === undefined ? undefined : 'pessimistic']
    .filter((text) => text !== undefined)
    .join(', ');

const playerOf = ({ players }: MoveText, k: number): string => players ?? `player ${k + 1}`;

const saidOf = (move: MoveText): readonly [string, string] => [doesOf(move), seesOf(move)];

const doesText: { readonly [S in MoveText['sense']]: string } = {
  minimize: 'minimizes',
  maximize: 'maximizes',
  find: 'finds',
};

function doesOf({ sense, over, objectives }: MoveText): string {
  const names = over.join(', ');
  if (sense === 'find') return `finds ${names}`;
  const goals = objectives === undefined ? '' : ` ${objectives.length} goals`;
  return `${doesText[sense]}${goals} over ${names}`;
}

const seesOf = ({ given, against, foresees, players }: MoveText): string =>
  [
    ...(given.length === 0 ? [] : [`given ${given.join(', ')}`]),
    ...(against.length === 0 && players === undefined
      ? []
      : [`against ${[...(players === undefined ? [] : ['the others']), ...against].join(', ')}`]),
    ...(foresees.length === 0 ? [] : [`foresees ${foresees.join(', ')}`]),
  ].join('; ');
