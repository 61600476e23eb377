// `npm run setup:tfjs-node`: the native binding of tfjs, built against the library in the PyPI wheel `tensorflow-cpu`, and WebGPU for Node, in the folder
// `.tfjs`, which git ignores. The package's own install downloads a library from elsewhere; this needs the registries of npm and PyPI, g++ and Python 3.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const folder = path.join(root, '.tfjs');
const tensorflow = '2.21.0';
const packages = [
  '@tensorflow/tfjs-node@4.22.0',
  '@tensorflow/tfjs-core@4.22.0',
  '@tensorflow/tfjs-backend-webgpu@4.22.0',
  // Beside the others, so that a process has one copy of tfjs-core: two share one registry of kernels, and mistake each other's arrays.
  '@tensorflow/tfjs-backend-wasm@4.22.0',
  '@tensorflow/tfjs-backend-cpu@4.22.0',
  'webgpu@0.6.2',
  'node-api-headers@1.9.0',
];

const run = (command: string, args: readonly string[], cwd = folder): void => {
  process.stdout.write(`${command} ${args.join(' ')}\n`);
  execFileSync(command, args, { cwd, stdio: 'inherit' });
};

mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages]);

const wheels = path.join(folder, 'wheel');
const library = path.join(folder, 'tensorflow');
if (!existsSync(path.join(library, 'libtensorflow_cc.so.2'))) {
  run('python3', [
    ...['-m', 'pip', 'download', '--no-deps', '--disable-pip-version-check', '-d', wheels],
    `tensorflow-cpu==${tensorflow}`,
  ]);
  const [wheel] = readdirSync(wheels).filter((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip left no wheel');
  const unpack =
    'import sys, zipfile\n' +
    'z = zipfile.ZipFile(sys.argv[1])\n' +
    "wanted = ('tensorflow/libtensorflow', 'tensorflow/include/')\n" +
    "parts = ('/tensorflow/c/', '/tensorflow/core/platform/', '/xla/tsl/c/', '/tsl/', '/libtensorflow')\n" +
    'for name in z.namelist():\n' +
    '    if name.startswith(wanted) and any(p in "/" + name.removeprefix("tensorflow/") or p in name for p in parts):\n' +
    '        z.extract(name, sys.argv[2])\n';
  run('python3', ['-c', unpack, path.join(wheels, wheel), folder]);
  rmSync(wheels, { recursive: true });
}

const binding = path.join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
const deps = path.join(binding, 'deps');
rmSync(deps, { recursive: true, force: true });
mkdirSync(path.join(deps, 'lib'), { recursive: true });
const links: readonly (readonly [string, string])[] = [
  ['libtensorflow_cc.so.2', 'libtensorflow_cc.so.2'],
  ['libtensorflow_cc.so.2', 'libtensorflow.so'],
  ['libtensorflow_framework.so.2', 'libtensorflow_framework.so.2'],
];
for (const [from, to] of links) symlinkSync(path.join(library, from), path.join(deps, 'lib', to));
symlinkSync(path.join(library, 'include'), path.join(deps, 'include'));

const out = path.join(binding, 'lib', 'napi-v8');
mkdirSync(out, { recursive: true });
const headers = path.join(folder, 'node_modules', 'node-api-headers', 'include');
run('g++', [
  ...['-O2', '-fPIC', '-shared', '-std=c++17', '-DNAPI_VERSION=8', '-w'],
  ...[`-I${headers}`, `-I${path.join(deps, 'include')}`],
  path.join(binding, 'binding', 'tfjs_backend.cc'),
  path.join(binding, 'binding', 'tfjs_binding.cc'),
  ...['-o', path.join(out, 'tfjs_binding.node')],
  ...[`-L${path.join(deps, 'lib')}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
  '-Wl,-rpath,$ORIGIN/../../deps/lib',
]);
process.stdout.write(
  'The native binding of tfjs is in .tfjs; `dotopt doctor` says whether it loads.\n',
);
