// The import rule of docs/architecture.md.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');

const files = (room: string): readonly string[] =>
  readdirSync(path.join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(room, name));

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found = [
    ...text.matchAll(/^\s*(import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'/gm),
    ...text.matchAll(/()()import\('([^']+)'\)/g),
  ];
  return found.map(([, , type, target]) => ({
    target: target.startsWith('.') ? path.join(path.dirname(file), target) : target,
    typeOnly: type !== undefined && type !== '',
  }));
}

const roomOf = (target: string): string => target.split(path.sep)[0];
const ours = (target: string): boolean =>
  ['grammar', 'compiler', 'runtime'].includes(roomOf(target));

describe('imports', () => {
  it.each(['grammar', 'runtime'])('%s imports nothing of ours', (room) => {
    const wrong = files(room).flatMap((file) =>
      importsOf(file)
        .filter(({ target }) => ours(target) && roomOf(target) !== room)
        .map(({ target }) => `${file} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('only compiler/cli and the file readers use node modules', () => {
    const wrong = ['grammar', 'compiler', 'runtime']
      .flatMap(files)
      .filter(
        (file) =>
          !file.startsWith(path.join('compiler', 'cli')) &&
          !file.startsWith(path.join('runtime', 'data', 'read')),
      )
      .flatMap((file) =>
        importsOf(file)
          .filter(({ target }) => target.startsWith('node:'))
          .map(({ target }) => `${file} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('nothing imports compiler/cli', () => {
    const wrong = ['grammar', 'compiler', 'runtime']
      .flatMap(files)
      .filter((file) => !file.startsWith(path.join('compiler', 'cli')))
      .flatMap((file) =>
        importsOf(file)
          .filter(({ target }) => target.startsWith(path.join('compiler', 'cli')))
          .map(({ target }) => `${file} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  const order = [
    'tensor',
    'model',
    'derive',
    'simplify',
    'lower',
    'problem',
    'match',
    'reduce',
    'certify',
    'schedule',
    'emit',
  ];

  it('inside the compiler, rooms import rooms before them', () => {
    const wrong = order.flatMap((room, rank) =>
      files(path.join('compiler', room)).flatMap((file) =>
        importsOf(file)
          .filter(({ target, typeOnly }) => {
            const [top, other] = target.split(path.sep);
            return top === 'compiler' && !typeOnly && order.indexOf(other) > rank;
          })
          .map(({ target }) => `${file} -> ${target}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
});
