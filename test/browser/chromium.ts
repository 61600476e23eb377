// A page in headless Chromium: served from a folder, it posts what it found.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where Debian's package `chromium` puts it, or what the environment names. */
export function findChromium(): string | undefined {
  const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
  return places.find((place) => place !== undefined && place !== '' && existsSync(place));
}

/** WebGPU by the driver in software that Chromium brings. */
export const softwareGpu: readonly string[] = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Opens `page` of the folder and gives the text that it posts to `/found`. */
export async function openInChromium(
  chromium: string,
  folder: string,
  page: string,
  milliseconds: number,
  flags: readonly string[] = ['--disable-gpu'],
): Promise<string> {
  const profile = mkdtempSync(path.join(tmpdir(), 'dotopt-chromium-'));
  let found: (text: string) => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  const posted = new Promise<string>((resolve, reject) => {
    found = resolve;
    failed = reject;
  });
  const server = createServer((request, response) => {
    const name = path.basename(request.url ?? '');
    if (request.method === 'POST') {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        response.end();
        found(Buffer.concat(parts).toString('utf8'));
      });
      return;
    }
    const file = path.join(folder, name);
    if (name === '' || !existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': types[path.extname(name)] ?? 'text/plain' });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const browser = spawn(
    chromium,
    [
      '--headless=new',
      '--no-sandbox',
      ...flags,
      '--disable-dev-shm-usage',
      '--no-first-run',
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${port}/${page}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  let said = '';
  browser.stderr.on('data', (part: Buffer) => (said = (said + part.toString('utf8')).slice(-2000)));
  const late = setTimeout(
    () => failed(new Error(`the page said nothing in ${milliseconds} ms; Chromium: ${said}`)),
    milliseconds,
  );
  browser.on('error', failed);
  browser.on('exit', (code) => failed(new Error(`Chromium ended with ${code}: ${said}`)));
  try {
    return await posted;
  } finally {
    clearTimeout(late);
    server.closeAllConnections();
    server.close();
    // With all the processes that it started.
    if (browser.pid !== undefined && browser.exitCode === null)
      process.kill(-browser.pid, 'SIGKILL');
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
