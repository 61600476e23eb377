// The same work with NumPy, SciPy and scikit-learn, in a virtual environment of its own under bench/.venv.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const folder = import.meta.dirname;
const environment = path.join(folder, '.venv');
const python = path.join(
  environment,
  process.platform === 'win32' ? 'Scripts' : 'bin',
  process.platform === 'win32' ? 'python.exe' : 'python',
);
if (!existsSync(python)) {
  execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'numpy', 'scipy', 'scikit-learn'], {
    stdio: 'inherit',
  });
}
const threads = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
const { status } = spawnSync(python, [path.join(folder, 'peers.py')], {
  stdio: 'inherit',
  env: { ...process.env, ...threads },
});
process.exitCode = status ?? 1;
