import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';

test('the page of the loss grid says what is measured: the row of 32 KiB, all losses, all algorithms', (t) => {
  const program = fileURLToPath(new URL('../../../bench/dist/loss-grid/main.js', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [program, '--check'], { encoding: 'utf8' });
  t.is(status, 0, stdout);
  t.is(stdout.match(/as the page says/g)?.length, 3);
});
