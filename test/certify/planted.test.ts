// Wrong answers that look right: each must be refused, and the reason named.
import { describe, expect, it } from 'vitest';
import type { Values } from '../../runtime/program.ts';
import { number, sessionOf, vector } from './support.ts';

interface Planted {
  readonly what: string;
  readonly problem: string;
  readonly wrong: Values;
  /** A word of the certificate that names what is wrong: in a note, or in the text of a check that does not hold. */
  readonly named: string;
  /** The right answer, where there is one. */
  readonly right?: Values;
}

const numbers = (at: Readonly<Record<string, number>>): Values =>
  Object.fromEntries(Object.entries(at).map(([name, x]) => [name, number(x)]));

const twoWells = (choice: string): string => `problem wells {
  var x : real >= -1 <= 1
  lower ${choice} { var y : real >= -3 <= 3
    minimize (y^2 - 1)^2 }
  minimize (y - 1)^2 + x^2
}`;

const tie = (choice: string, upper: string): string => `problem tie {
  var x : real >= -1 <= 1
  lower ${choice} { var y : real >= -1 <= 1
    minimize (x - 1)*(x + 1)*0*y }
  minimize ${upper}
}`;

/** Every point of a segment solves the lower level: only the sum counts. */
const segment = (choice: string): string => `problem segment {
  var x : real >= 0 <= 2
  lower ${choice} { var y : real[2] >= 0 <= 2
    minimize (y[1] + y[2] - x)^2 }
  minimize (x - 1)^2 + y[1]
}`;

const planted: readonly Planted[] = [
  {
    what: 'the well that is worse for the leader, optimistic',
    problem: twoWells('optimistic'),
    wrong: numbers({ x: 0, y: -1 }),
    named: 'not the optimistic one',
    right: numbers({ x: 0, y: 1 }),
  },
  {
    what: 'the well that is better for the leader, pessimistic',
    problem: twoWells('pessimistic'),
    wrong: numbers({ x: 0, y: 1 }),
    named: 'not the pessimistic one',
    right: numbers({ x: 0, y: -1 }),
  },
  {
    what: 'a lower goal that is constant, optimistic',
    problem: tie('optimistic', 'x^2 + y'),
    wrong: numbers({ x: 0, y: 0.5 }),
    named: 'not the optimistic one',
  },
  {
    what: 'a lower goal that is constant, pessimistic',
    problem: tie('pessimistic', 'x^2 + y'),
    wrong: numbers({ x: 0, y: -1 }),
    named: 'not the pessimistic one',
  },
  {
    what: 'a point of a segment of lower solutions, optimistic',
    problem: segment('optimistic'),
    wrong: { x: number(1), y: vector([0.5, 0.5]) },
    named: 'not the optimistic one',
  },
  {
    what: 'an end of a segment of lower solutions, pessimistic',
    problem: segment('pessimistic'),
    wrong: { x: number(1), y: vector([0, 1]) },
    named: 'not the pessimistic one',
  },
  {
    what: 'a vertex of a linear lower level that ties with another',
    problem: `problem vertices {
      var c : real >= 0 <= 2
      lower { var y : real[2] in simplex
        minimize c*y[1] + y[2] }
      minimize (c - 1)^2 + y[1]
    }`,
    wrong: { c: number(1), y: vector([1, 0]) },
    named: 'not the optimistic one',
  },
  {
    what: 'a local minimum of the lower level',
    problem: `problem local {
      var x : real >= -1 <= 1
      lower { var y : real >= -2 <= 2
        minimize y^4 - 2*y^2 + 0.5*y }
      minimize (y - 1)^2 + x^2
    }`,
    wrong: numbers({ x: 0, y: 0.93040292655178 }),
    named: 'branch and bound',
  },
  {
    what: 'a local minimum of a lower level of four variables',
    problem: `problem local {
      var x : real >= -1 <= 1
      lower { var y : real[4] >= -2 <= 2
        minimize sum(y.^4 - 2*y.^2 + 0.5*y) + x*sum(y) }
      minimize sumsq(y - 1) + x^2
    }`,
    wrong: { x: number(0), y: vector(Array.from({ length: 4 }, () => 0.93040292655178)) },
    named: 'least found',
  },
  {
    what: 'a maximum of the lower level',
    problem: `problem top {
      var x : real >= -1 <= 1
      lower { var y : real >= -2 <= 2
        minimize cos(y) + 0*x }
      minimize y^2 + x^2
    }`,
    wrong: numbers({ x: 0, y: 0 }),
    named: 'minus a bound proved',
  },
  {
    what: 'a lower level without a point for these outer variables',
    problem: `problem empty {
      var x : real >= 0 <= 5
      lower { var y : real >= x <= 2
        minimize y^2 }
      minimize (x - 4)^2 + y
    }`,
    wrong: numbers({ x: 4, y: 3 }),
    named: 'its bounds leave no point',
  },
  {
    what: 'a lower level without a least value for these outer variables',
    problem: `problem endless {
      var x : real >= -5 <= 5
      lower { var y : real >= 0
        minimize x*y }
      minimize (x + 4)^2 + 0*y
    }`,
    wrong: numbers({ x: -4, y: 3 }),
    named: 'falls without end',
  },
  {
    what: 'a lower maximum without end',
    problem: `problem endless {
      var x : real >= -5 <= 5
      lower { var y : real
        maximize (x - 1)*y^2 + y }
      minimize (x - 2)^2 + y
    }`,
    wrong: numbers({ x: 2, y: -0.5 }),
    named: 'rises without end',
  },
  {
    what: 'a lower level that is not solved, though the upper goal be 0',
    problem: `problem lazy {
      var x : real
      lower { var y : real
        minimize (y - x)^2 }
      minimize x^2 + (y - 1)^2
    }`,
    wrong: numbers({ x: 0, y: 1 }),
    named: 'its value minus a proven bound',
    right: numbers({ x: 0.5, y: 0.5 }),
  },
  {
    what: 'the point where partial slopes vanish instead of total ones',
    problem: `problem partial {
      var x : real
      lower { var y : real
        minimize (y - 2*x)^2 }
      minimize (x - 1)^2 + y^2
    }`,
    wrong: numbers({ x: 1, y: 2 }),
    named: 'along the lower solution',
    right: numbers({ x: 0.2, y: 0.4 }),
  },
  {
    what: 'a kink of the follower taken from its flat side',
    problem: `problem kink {
      var x : real >= -1 <= 1
      lower { var y : real >= 0
        minimize (y - x)^2 }
      minimize x^2 - y
    }`,
    wrong: numbers({ x: 0, y: 0 }),
    named: 'a nearby point is better',
    right: numbers({ x: 0.5, y: 0.5 }),
  },
  {
    what: 'the order of play turned round: the saddle for the leader',
    problem: `problem order {
      var x : real >= -2 <= 2
      lower { var y : real >= -1 <= 1
        maximize x*y + y^2/4 }
      minimize x*y + y^2/4 + x/10
    }`,
    // For the game y = 0 answers x = 0 to first order; the follower takes an end.
    wrong: numbers({ x: 0, y: 0 }),
    named: 'the lower level',
  },
  {
    what: 'a maximum of the middle of three levels',
    problem: `problem middle {
      var x : real >= -1 <= 1
      lower middle { var y : real >= -2 <= 2
        lower bottom { var z : real
          minimize (z - y)^2 }
        minimize (z^2 - 1)^2 + 0*x }
      minimize y^2 + x^2
    }`,
    wrong: numbers({ x: 0, y: 0, z: 0 }),
    named: 'level `middle`: its value minus the least found',
  },
  {
    what: 'a saddle that is only local to first order',
    problem: `problem saddle {
      var x : real
      var y : real
      minimize x*y - x^2 over x
      maximize x*y - y^2 over y
    }`,
    wrong: numbers({ x: 0, y: 0 }),
    named: 'no local equilibrium',
  },
  {
    what: 'the last point of play that cycles',
    problem: `problem cycling {
      var x : real >= -1 <= 1
      var y : real >= -1 <= 1
      minimize x*y over x
      maximize x*y over y
    }`,
    wrong: numbers({ x: 0.6, y: -0.8 }),
    named: 'could gain',
    right: numbers({ x: 0, y: 0 }),
  },
  {
    what: 'the outcome that both players like better but neither keeps to',
    problem: `problem dilemma {
      data R : real[2, 2] = [[-1, -3], [0, -2]]
      var x : real[2] in simplex
      var y : real[2] in simplex
      maximize x'*R*y over x
      maximize y'*R*x over y
    }`,
    wrong: { x: vector([1, 0]), y: vector([1, 0]) },
    named: 'could gain',
    right: { x: vector([0, 1]), y: vector([0, 1]) },
  },
  {
    what: 'best responses of one player alone',
    problem: `problem duopoly {
      var a : real >= 0
      var b : real >= 0
      maximize (10 - a - b)*a - a over a
      maximize (10 - a - b)*b - 2*b over b
    }`,
    wrong: numbers({ a: 4.5, b: 0 }),
    named: 'could gain',
    right: numbers({ a: 10 / 3, b: 7 / 3 }),
  },
  {
    what: 'a root of the operator outside the set of a variational inequality',
    problem: `problem vi {
      var h : real[2] in simplex
      find h subject to { 0 in [2*h[1] + h[2] - 3, h[2] - h[1] + 1] + normal_cone }
    }`,
    wrong: { h: vector([4 / 3, 1 / 3]) },
    named: 'violation',
    right: { h: vector([1, 0]) },
  },
];

describe.each(planted)('$what', ({ problem, wrong, named }) => {
  const { program } = sessionOf(problem);
  it('is refused, and named', () => {
    const { status, notes, checks } = program.certify(wrong);
    expect(status).toBe('not converged');
    const said = [...notes, ...checks.filter(({ holds }) => !holds).map(({ text }) => text)];
    expect(said.join('\n')).toContain(named);
  });
});

const rights = planted.flatMap(({ what, problem, right }) =>
  right === undefined ? [] : [{ what, problem, right }],
);

describe.each(rights)('in place of $what', ({ problem, right }) => {
  const { program } = sessionOf(problem);
  it('the right answer is accepted', () => {
    expect(['optimal', 'stationary']).toContain(program.certify(right).status);
  });
});
