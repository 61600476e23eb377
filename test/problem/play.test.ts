// Who moves when and who decides what: the tree and its drawing.
import { describe, expect, test } from 'vitest';
import { playOf } from '../../compiler/problem/play.ts';
import { playRows } from '../../compiler/problem/play-text.ts';
import { galleryText, study } from './support.ts';

const drawn = (text: string): string => {
  const [{ graph, facts }] = study(text);
  const play = playOf(graph, facts.problem);
  const rows = play === undefined ? [] : playRows(play);
  return rows.map((row) => row.map((cell) => cell || '.').join(' | ')).join('\n');
};

describe('order of play', () => {
  test('three levels, each knowing what is above it', () => {
    expect(drawn(galleryText('three_levels'))).toBe(
      [
        '1 | outer level | minimizes over x | foresees y, z',
        '2 | └─ middle | minimizes over y | given x; foresees z',
        '3 |    └─ bottom | minimizes over z | given x, y',
      ].join('\n'),
    );
  });

  test('followers that move at the same time', () => {
    expect(drawn(galleryText('stackelberg_followers'))).toBe(
      [
        '1 | outer level | maximizes over q | foresees x1, x2, x3',
        '2 | └─ lower level | all at the same time | .',
        '. |    ├─ player 1 | maximizes over x1 | given q; against x2, x3',
        '. |    ├─ player 2 | maximizes over x2 | given q; against x1, x3',
        '. |    └─ player 3 | maximizes over x3 | given q; against x1, x2',
      ].join('\n'),
    );
  });

  test('levels side by side, and one that waits for another', () => {
    const text = `problem chain {
      var x : real
      lower pessimistic late { var z : real
        minimize (z - y)^2 }
      lower early { var y : real <= x
        minimize y^2 }
      lower apart(k in 1..3) { var w : real
        minimize (w - k*x)^2 }
      minimize x^2 + z + sum(w)
    }`;
    expect(drawn(text)).toBe(
      [
        '1 | outer level | minimizes over x | foresees w, z',
        '2 | ├─ early | minimizes over y | given x',
        '2 | ├─ apart, each of 1..3 | minimizes over w | given x',
        '3 | └─ late, pessimistic | minimizes over z | given y',
      ].join('\n'),
    );
  });

  test('a player for each index, several goals of one mover, and nothing to draw', () => {
    expect(drawn(galleryText('cournot_family'))).toBe(
      [
        '1 | one level | all at the same time | .',
        '. | └─ each of firms | maximizes over q | against the others',
      ].join('\n'),
    );
    expect(drawn(galleryText('schaffer'))).toBe(
      [
        '1 | one level | minimizes 2 goals over x | .',
        '. | ├─ goal 1 | x^2 | .',
        '. | └─ goal 2 | (x - 2)^2 | .',
      ].join('\n'),
    );
    expect(drawn(galleryText('rosenbrock_box'))).toBe('');
  });
});
