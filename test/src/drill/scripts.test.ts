import { readFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runScript, scriptFiles } from '@netwright/drill';
import test from 'ava';

const FOLDER = fileURLToPath(new URL('../../drill', import.meta.url));
const files = scriptFiles([FOLDER]);

test('is there a script for each topic, and are there enough of them?', (t) => {
  const topics = new Set(files.map((file) => relative(FOLDER, dirname(file))));
  for (const topic of ['handshake', 'options', 'data', 'windows', 'close', 'reset', 'retransmission', 'sack', 'rack']) {
    t.true(topics.has(topic), topic);
  }
  for (const topic of ['congestion', 'ecn', 'pmtu', 'timers', 'urgent', 'attack']) t.true(topics.has(topic), topic);
  t.true(files.length >= 200, `${files.length} scripts`);
});

for (const file of files) {
  const text = readFileSync(file, 'utf8');

  test(`${relative(FOLDER, dirname(file))}: ${basename(file, '.pkt').replaceAll('-', ' ')}`, async (t) => {
    // What it checks is somebody's word, not ours.
    t.regex(
      text,
      /^(--.*\n)*(\/\/.*\n)*?\/\/.*(\bRFC \d+|\b\w+\(\d\))/,
      'it begins with the RFC or the manual page that it checks',
    );
    const result = await runScript(file, text);
    t.is(result.result, 'passed', [`line ${result.line} ${result.reason}`, ...result.details].join('\n'));
  });
}
