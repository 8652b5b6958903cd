import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { checkManifest, shippedPlugins } from 'netwright';

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
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'examples/README.md', ...docs].filter((each) =>
    each.endsWith('.md'),
  );
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

/** The block of YAML in a page that has `part` in it. */
function yamlOf(page: string, part: string): string {
  const blocks = [...read(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]);
  return blocks.find((each) => each.includes(part)) ?? '';
}

test('manifests that the pages show are sound', async (t) => {
  const stack = `${yamlOf('docs/overriding.md', 'ttl.fixed')}layers: [ethernet, arp, ipv4, icmp, tcp]\n`;
  const lab = `${yamlOf('docs/manifest.md', 'validate:')}
defaults: { layers: [ethernet, arp, ipv4, icmp, tcp] }
topology:
  nodes:
    srv: { address: 10.0.0.1/24, apps: [page] }
    cli: { address: 10.0.0.2/24, apps: [{ use: get, url: 'http://10.0.0.1/' }] }
  links: [{ endpoints: [srv, cli] }]
`;
  for (const text of [stack, lab]) {
    t.true(text.length > 150, text);
    t.deepEqual(await checkManifest(text, { plugins: shippedPlugins, file: 'page' }), []);
  }
});

test('the files of the examples are all on their page', (t) => {
  const page = read('examples/README.md');
  const shown = [...readdirSync(join(root, 'examples/src')), ...readdirSync(join(root, 'examples/manifests'))];
  t.deepEqual(
    shown.filter((each) => each !== 'index.ts' && !page.includes(each)),
    [],
  );
});

test('every shipped manifest is sound', async (t) => {
  const folders = ['examples/manifests', 'examples/live'].filter((each) => existsSync(join(root, each)));
  const files = folders.flatMap((folder) => readdirSync(join(root, folder)).map((each) => join(folder, each)));
  const manifests = files.filter((each) => each.endsWith('.yaml'));
  t.true(manifests.length > 2);
  for (const each of manifests)
    t.deepEqual(await checkManifest(read(each), { plugins: shippedPlugins, file: each }), []);
});
