import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allErrors, allTokenPages } from '@netwright/core';
import test from 'ava';
import 'netwright';

const root = fileURLToPath(new URL('../..', import.meta.url));

for (const tool of ['schema', 'docs', 'rfc']) {
  test(`what tools/${tool}.mjs writes is what the code says`, (t) => {
    t.notThrows(() => execFileSync(process.execPath, [`tools/${tool}.mjs`, '--check'], { cwd: root, stdio: 'pipe' }));
  });
}

test('every token and every error has its section', (t) => {
  const tokens = readFileSync(`${root}/docs/tokens.md`, 'utf8');
  for (const { name } of allTokenPages()) t.true(tokens.includes(`\n### ${name}\n`), name);
  const errors = readFileSync(`${root}/docs/errors.md`, 'utf8');
  for (const code of allErrors().keys()) t.true(errors.includes(`\n### ${code}\n`), code);
});
