import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { MUTANTS } from './catalogue.js';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./run.js', import.meta.url));
/** How many may live: nobody knows a script for each mistake. */
const SURVIVORS = 2;

/** The script that catches a mutant; '' where none does. */
async function catcherOf(index: number): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [program, String(index)], {
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    return stdout.trim();
  } catch (error) {
    if ((error as { killed?: boolean }).killed === true) return 'it does not end';
    throw error;
  }
}

test(`the scripts catch all but ${SURVIVORS} of ${MUTANTS.length} mistakes in TCP`, async (t) => {
  t.timeout(600_000);
  const alive: string[] = [];
  const lanes = [0, 1].map(async (lane) => {
    for (let i = lane; i < MUTANTS.length; i += 2) {
      const catcher = await catcherOf(i);
      t.log(`${MUTANTS[i].name}: ${catcher === '' ? 'LIVES' : catcher}`);
      if (catcher === '') alive.push(MUTANTS[i].name);
    }
  });
  await Promise.all(lanes);
  t.true(MUTANTS.length >= 30);
  t.true(alive.length <= SURVIVORS, alive.join('; '));
});
