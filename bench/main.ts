// `npm run bench`: what generated code costs, beside loops by hand and other libraries. All in one go, medians of rounds in turn.
import { logistic } from './logistic.ts';
import { startPeers } from './peers.ts';
import { rosenbrock } from './rosenbrock.ts';

const peers = await startPeers();
console.log(
  `node ${process.versions.node}${peers.versions === '' ? '' : `, ${peers.versions}`}, one thread`,
);
for (const name of peers.missing) console.log(`missing: ${name}`);
const only = process.argv.slice(2);
const wanted = (name: string): boolean => only.length === 0 || only.includes(name);
if (wanted('logistic')) await logistic(peers);
if (wanted('rosenbrock')) await rosenbrock(peers);
peers.close();
