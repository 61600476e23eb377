// The command as a process: signals, readers that go away, full disks, files that change.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');
const command = path.join(root, 'compiler', 'cli', 'dotopt.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'dotopt-process-'));
afterAll(() => rmSync(folder, { recursive: true }));

// Steps so small that it never arrives.
const long = `problem long {
  data A : real[200, 100] ~ normal(0, 1)
  data b : real[200] ~ normal(0, 1)
  var x : real[100]
  minimize sumsq(A*x - b) / 400 + 0.01*norm(x, 1)
}
method crawl for { minimize f(x) + h(x) over x } where f is smooth and h has prox {
  let step = 1e-6/lipschitz(f)
  repeat { x <- prox(h, step, x - step*grad(f(x), x)) }
}
solve long with crawl
`;
writeFileSync(path.join(folder, 'long.opt'), long);
// The usual limit on iterations is reached within seconds: a signal would come too late.
const endless = ['--time', '100 s', '--iterations', '1000000000'];
writeFileSync(path.join(folder, 'square.opt'), 'problem p { var x : real  minimize x^2 }\n');

type Child = ChildProcessByStdio<null, Readable, Readable>;

interface Running {
  readonly child: Child;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

function running(args: readonly string[], script = command): Running {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (piece) => void (out += String(piece)));
  child.stderr.on('data', (piece) => void (err += String(piece)));
  return {
    child,
    out: () => out,
    err: () => err,
    ended: new Promise((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal }));
    }),
  };
}

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  it('certifies and prints the best point within a second, exit code 5', async () => {
    // Before the first iteration there is nothing to certify and the signal just ends the process: on a busy machine that takes longer.
    for (let delay = 1500; ; delay *= 2) {
      const run = running(['run', 'long.opt', ...endless]);
      await wait(delay);
      const asked = performance.now();
      run.child.kill('SIGINT');
      const { code, signal } = await run.ended;
      if (signal === 'SIGINT' && delay < 20_000) continue;
      expect(performance.now() - asked).toBeLessThan(1000);
      expect([code, signal]).toEqual([5, null]);
      expect(run.err()).toContain('stopping');
      expect(run.out()).toMatch(/^long +not converged +value \d/);
      expect(run.out()).toMatch(/certificate +✗ duality gap/);
      expect(run.out()).toMatch(/stopped +interrupted/);
      return;
    }
  });

  it('is told in JSON too', async () => {
    for (let delay = 1500; ; delay *= 2) {
      const run = running(['run', 'long.opt', '--json', ...endless]);
      await wait(delay);
      run.child.kill('SIGINT');
      const { code, signal } = await run.ended;
      if (signal === 'SIGINT' && delay < 20_000) continue;
      expect(code).toBe(5);
      expect(JSON.parse(run.out())).toMatchObject({
        status: 'not converged',
        stopped: { reason: 'interrupted' },
      });
      return;
    }
  });

  it('a second one ends at once, whatever the process is doing', async () => {
    const script = path.join(folder, 'busy.ts');
    const interrupt = path.join(root, 'compiler', 'cli', 'interrupt.ts');
    writeFileSync(
      script,
      `import { interruptible } from ${JSON.stringify(interrupt)};
const interrupt = interruptible((text) => process.stdout.write(text));
const busy = (ms) => { for (const end = Date.now() + ms; Date.now() < end; ); };
interrupt.poll();
process.stdout.write('ready');
setInterval(() => { if (interrupt.poll()) busy(20_000); }, 10);
`,
    );
    const run = running([], script);
    while (!run.out().includes('ready')) await wait(20);
    run.child.kill('SIGINT');
    while (!run.out().includes('stopping')) await wait(20);
    await wait(100);
    const asked = performance.now();
    run.child.kill('SIGINT');
    const { signal } = await run.ended;
    expect(signal).toBe('SIGINT');
    expect(performance.now() - asked).toBeLessThan(1000);
  });
});

describe('output', () => {
  it('a reader that goes away ends nothing', async () => {
    const run = running(['methods']);
    run.child.stdout.destroy();
    const { code } = await run.ended;
    expect([code, run.err()]).toEqual([0, '']);
  });

  it.skipIf(!existsSync('/dev/full'))('a full disk is an error, not a cut answer', async () => {
    const child = spawn(process.execPath, [command, 'run', 'square.opt'], {
      cwd: folder,
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    let err = '';
    child.stderr?.on('data', (piece) => void (err += String(piece)));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, err]).toEqual([2, 'error: the output cannot be written (ENOSPC)\n']);
  });

  it.skipIf(!existsSync('/proc/self'))('a folder that cannot be made is an error', async () => {
    const run = running(['init', '/proc/here/there']);
    const { code } = await run.ended;
    expect(code).toBe(2);
    expect(run.err()).toMatch(/cannot be written/);
  });

  it.skipIf(process.platform === 'win32')('--watch goes again when the file changes', async () => {
    const file = path.join(folder, 'seen.opt');
    writeFileSync(file, 'problem p { var x : real  minimize y^2 }\n');
    const run = running(['check', 'seen.opt', '--watch']);
    while (!run.err().includes('watching')) await wait(20);
    expect(run.err()).toContain('M001');
    await wait(100);
    writeFileSync(file, 'problem p { var x : real  minimize x^2 }\n');
    while (!run.out().includes('ok seen.opt')) await wait(20);
    while (run.err().split('watching').length < 3) await wait(20);
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(0);
  });
});
