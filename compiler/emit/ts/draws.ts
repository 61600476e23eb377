// Streams of random numbers that printed lines use.

export interface Draws {
  /** Lines that make the streams. */
  readonly lines: readonly string[];
  /** The parameter for the seed, with a comma before it; empty where there is no need. */
  readonly parameter: string;
  /** Whether the seed of the data is needed. */
  readonly fromData: boolean;
}

/** `optional`: the seed is 1 unless it is given. */
export function drawsIn(
  lines: readonly string[],
  typed: boolean,
  calls: Set<string>,
  optional = false,
): Draws {
  const has = (word: RegExp): boolean => lines.some((line) => word.test(line));
  const random = has(/\b(draw|sample)\(random,/) || has(/^\s*random,$/);
  const dataRandom = has(/\bdraw\(dataRandom,/) || has(/^\s*dataRandom,$/);
  if (random || dataRandom) calls.add('createRandom');
  return {
    lines: [
      ...(random ? ["  const random = createRandom(seed, 'run');"] : []),
      ...(dataRandom ? ["  const dataRandom = createRandom(dataSeed, 'data');"] : []),
    ],
    parameter:
      random || has(/\bseed\b/)
        ? optional
          ? ', seed = 1'
          : `, seed${typed ? ': number' : ''}`
        : '',
    fromData: dataRandom,
  };
}
