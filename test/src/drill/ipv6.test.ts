import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runScript, scriptFiles } from '@netwright/drill';
import test from 'ava';

const FOLDER = fileURLToPath(new URL('../../drill', import.meta.url));
const byTopic = new Map<string, string[]>();
for (const file of scriptFiles([FOLDER])) {
  const topic = relative(FOLDER, dirname(file));
  byTopic.set(topic, [...(byTopic.get(topic) ?? []), file]);
}

for (const [topic, files] of byTopic) {
  test(`${topic}: do scripts that name no version of IP pass over IPv6 as they do over IPv4?`, async (t) => {
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      const result = await runScript(file, text, { ipv6: true });
      t.is(result.result, 'passed', [relative(FOLDER, file), result.reason, ...result.details].join('\n'));
    }
  });
}
