import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { liveProblem } from './netns.js';

const problem = await liveProblem('ethtool', 'ss');
const live = problem === null ? test : test.skip;
const why = problem === null ? '' : ` (skipped: ${problem})`;

const program = fileURLToPath(new URL('../../../bench/dist/interop/main.js', import.meta.url));
/** As many for each sender; `node bench/dist/interop/main.js` alone makes a thousand. */
const TRANSFERS = process.env['NETWRIGHT_INTEROP'] ?? '60';

live(
  `is every byte right, and nothing left, of transfers with the kernel that close, half-close and reset under loss?${why}`,
  async (t) => {
    t.timeout(600_000);
    const child = spawn(process.execPath, [program, '--transfers', TRANSFERS, '--timeout', '500']);
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        out += data;
      });
    const status = await new Promise((resolve) => child.once('close', resolve));
    t.is(status, 0, out);
    t.regex(out, /all as they should be/);
  },
);
