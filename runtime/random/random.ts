// Random numbers by place, not by order: each is a function of the seed, the draw's number in the source, the counters of the loops around
// it and the entry of the array. So the order of evaluation, a resumed run or another target changes none of them.
import { philox } from './philox.ts';

/** Where a program stands in one stream of draws. Made once; `moveTo` sets it before each draw, nothing is allocated then. */
export interface Random {
  /** Key of the whole stream, from the seed. */
  readonly base: Uint32Array;
  /** Key of the current draw. */
  readonly key: Uint32Array;
  /** The block in work. */
  readonly words: Uint32Array;
}

/** Draws of a run and draws of data never meet, even for equal seeds. */
export type RandomStream = 'run' | 'data';

export function createRandom(seed: number, stream: RandomStream): Random {
  const random: Random = {
    base: new Uint32Array(2),
    key: new Uint32Array(2),
    words: new Uint32Array(4),
  };
  const tag = stream === 'run' ? 1 : 2;
  absorb(random, low(seed), high(seed), tag, 0);
  random.base.set(random.key);
  return random;
}

/** Sets the key for the draw `site` within loops that stand at `counters`, outermost first. */
export function moveTo(random: Random, site: number, counters: ArrayLike<number>): void {
  random.key.set(random.base);
  absorb(random, low(site), high(site), counters.length, 0);
  for (let k = 0; k < counters.length; k += 2) {
    const next = k + 1 < counters.length ? counters[k + 1] : 0;
    absorb(random, low(counters[k]), high(counters[k]), low(next), high(next));
  }
}

/** Mixes four words into the key: the key becomes half of the block that they give under it. */
function absorb(random: Random, a: number, b: number, c: number, d: number): void {
  const { words, key } = random;
  words[0] = a;
  words[1] = b;
  words[2] = c;
  words[3] = d;
  philox(words, key[0], key[1]);
  key[0] = words[0];
  key[1] = words[1];
}

const low = (value: number): number => Math.floor(value) >>> 0;
const high = (value: number): number => Math.floor(value / 4294967296) >>> 0;

/** Fills `words` for an entry of the current draw. `attempt` numbers the tries of a rejection, `lane` the blocks of one try. */
export function blockFor(random: Random, entry: number, attempt: number, lane: number): void {
  const { words, key } = random;
  words[0] = low(entry);
  words[1] = high(entry);
  words[2] = attempt;
  words[3] = lane;
  philox(words, key[0], key[1]);
}

/** The two uniforms in (0, 1) of the current block, 53 bits each. */
export const firstUniform = ({ words }: Random): number => toUniform(words[0], words[1]);
export const secondUniform = ({ words }: Random): number => toUniform(words[2], words[3]);

function toUniform(a: number, b: number): number {
  const bits = (a >>> 5) * 67108864 + (b >>> 6);
  return bits === 0 ? 2 ** -54 : bits * 2 ** -53;
}

/** A standard normal of the current block, by Box and Muller (1958): the cosine for even entries, the sine for odd ones. */
export function normalOf(random: Random, odd: boolean): number {
  const radius = Math.sqrt(-2 * Math.log(firstUniform(random)));
  const angle = 2 * Math.PI * secondUniform(random);
  return radius * (odd ? Math.sin(angle) : Math.cos(angle));
}
