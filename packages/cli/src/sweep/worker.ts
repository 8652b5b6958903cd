import { parentPort, workerData } from 'node:worker_threads';
import { type TrialSetup, Trials } from './trial.js';

/** A worker of a sweep: it gets seeds and answers each with a verdict. What it has loaded it keeps. */
if (parentPort === null) throw new Error('a worker runs in a thread of a sweep');
const port = parentPort;
const trials = await Trials.open(workerData as TrialSetup);
let work = Promise.resolve();
port.on('message', (seeds: number[]) => {
  work = work.then(async () => {
    for (const seed of seeds) port.postMessage(await trials.run(seed));
  });
});
