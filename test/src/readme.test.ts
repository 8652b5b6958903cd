import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('the stack of the README is cut from an example, is twelve lines long, and the example says what it should', (t) => {
  const snippet = /<!-- (\S+) -->\n```ts\n([\s\S]*?)\n```/.exec(read('README.md'));
  t.truthy(snippet);
  const [, file, code] = snippet ?? [];
  t.true(read(file).includes(code), `${file} no longer contains the lines of the README`);
  t.is(code.split('\n').length, 12);
  const built = join(root, file.replace('/src/', '/dist/').replace(/\.ts$/, '.js'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [built], { encoding: 'utf8', timeout: 20_000 });
  t.is(status, 0, stderr);
  t.is(stdout, 'hello from a peer that began with 5555\n');
});

test('the commands of the README are scripts of the workspace', (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read('README.md').matchAll(/npx -y pnpm@10\.34\.9 (\S+)/g)].map((match) => match[1]);
  t.true(named.includes('demo') && named.includes('test'));
  for (const each of named) t.true(scripts[each.replace(/`.*/, '')] !== undefined, each);
});

test('every link between the pages leads to a file', (t) => {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((each) => join('docs', each));
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...docs].filter((each) => each.endsWith('.md'));
  t.true(pages.length > 8);
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map((match) => join(dirname(page), match[1]))
      .filter((target) => !existsSync(join(root, target)))
      .map((target) => `${page}: ${target}`),
  );
  t.deepEqual(broken, []);
});

test('files that the pages name exist', (t) => {
  const gone = [
    'README.md',
    'CONTRIBUTING.md',
    'docs/tour.md',
    'docs/writing-a-plugin.md',
    'docs/overriding.md',
  ].flatMap((page) =>
    [...read(page).matchAll(/\b((?:packages|examples|test|tools)\/[\w./-]*\w)/g)]
      .map((match) => match[1])
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${page}: ${path}`),
  );
  t.deepEqual(gone, []);
});
