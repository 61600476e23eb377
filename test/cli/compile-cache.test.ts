import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder, readCompiled, writeCompiled } from '../../compiler/cli/compile-cache.ts';

describe('compiled code kept between starts', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'dotopt-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const code = new Uint8Array([1, 2, 3, 4, 5]);
  const file = (): string => path.join(folder, 'run-v20-b1');

  it('comes back as it was', () => {
    writeCompiled(folder, 'run-v20-', 'b1', () => code);
    expect([...(readCompiled(file()) ?? [])]).toEqual([...code]);
  });

  it('makes its folder, for the user alone to write', () => {
    const inner = path.join(folder, 'a', 'b');
    writeCompiled(inner, 'run-v20-', 'b1', () => code);
    expect(readdirSync(inner)).toEqual(['run-v20-b1']);
  });

  it('is not used when a byte is wrong, cut off or missing', () => {
    writeCompiled(folder, 'run-v20-', 'b1', () => code);
    const whole = readFileSync(file());
    for (let at = 0; at < whole.length; at++) {
      const wrong = Buffer.from(whole);
      wrong[at] ^= 1;
      writeFileSync(file(), wrong);
      expect(readCompiled(file())).toBeUndefined();
      writeFileSync(file(), whole.subarray(0, at));
      expect(readCompiled(file())).toBeUndefined();
    }
    expect(readCompiled(path.join(folder, 'other'))).toBeUndefined();
  });

  it('takes the place of other builds, and of no other command', () => {
    writeCompiled(folder, 'run-v20-', 'b1', () => code);
    writeCompiled(folder, 'check-v20-', 'b1', () => code);
    writeCompiled(folder, 'run-v20-', 'b2', () => code);
    expect(readdirSync(folder).sort()).toEqual(['check-v20-b1', 'run-v20-b2']);
  });

  it('does without where nothing can be written', () => {
    const blocked = path.join(folder, 'file');
    writeFileSync(blocked, '');
    expect(() => writeCompiled(path.join(blocked, 'x'), 'run-', 'b1', () => code)).not.toThrow();
    mkdirSync(path.join(folder, 'run-b1'));
    expect(() => writeCompiled(folder, 'run-', 'b1', () => code)).not.toThrow();
    expect(() =>
      writeCompiled(folder, 'run-', 'b3', () => {
        throw new Error('no code');
      }),
    ).not.toThrow();
  });

  it('lies where the system keeps such things', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux')).toBe(path.join('/c', 'dotopt'));
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux')).toMatch(/\.cache.dotopt$/);
    expect(cacheFolder({}, 'darwin')).toMatch(/Library.Caches.dotopt$/);
    expect(cacheFolder({ LOCALAPPDATA: '/l' }, 'win32')).toBe(path.join('/l', 'dotopt', 'cache'));
  });
});
