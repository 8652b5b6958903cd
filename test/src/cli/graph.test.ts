import test from 'ava';
import { folderWith, netwright } from './netwright.js';

const MANIFEST = `name: pictured
layers: [ethernet, arp, ipv4, icmp, udp]
override:
  ip.ttl: { use: ttl.fixed, value: 9 }
`;

test('graph shows layers, tokens and which line of the manifest decided', async (t) => {
  const cwd = folderWith({ 'a.yaml': MANIFEST });
  const tree = await netwright(['graph', 'a.yaml'], { cwd });
  t.is(tree.code, 0, tree.stderr);
  for (const each of ['ethernet', 'ipv4', 'udp']) t.true(tree.stdout.includes(each), each);
  t.regex(tree.stdout, /ip\.ttl.*ttl\.fixed.*a\.yaml:4:3/);
});

test('graph as JSON names each token, who bound it and who overrode it', async (t) => {
  const cwd = folderWith({ 'a.yaml': MANIFEST });
  const { code, stdout } = await netwright(['graph', 'a.yaml', '--json'], { cwd });
  t.is(code, 0);
  const description = JSON.parse(stdout) as {
    kind: string;
    layers: { name: string; over: { layer: string }[] }[];
    tokens: { token: string; scope: string; boundBy: string; overriddenBy: string | null }[];
  };
  t.is(description.kind, 'stack');
  t.true(description.layers.find(({ name }) => name === 'udp')?.over.some(({ layer }) => layer === 'ipv4'));
  const ttl = description.tokens.find(({ token }) => token === 'ip.ttl');
  t.like(ttl, { scope: 'socket', boundBy: 'ipv4', overriddenBy: 'ttl.fixed of plugin ipv4, a.yaml:4:3' });
  t.is(description.tokens.find(({ token }) => token === 'ip.id')?.overriddenBy, null);
});

test('graph as mermaid is a graph', async (t) => {
  const { code, stdout } = await netwright(['graph', 'a.yaml', '--mermaid'], {
    cwd: folderWith({ 'a.yaml': MANIFEST }),
  });
  t.is(code, 0);
  t.regex(stdout, /^(graph|flowchart) /);
  t.regex(stdout, /-->/);
});

test('plugin ls lists layers and implementations, with the token of each', async (t) => {
  const { code, stdout } = await netwright(['plugin', 'ls', '--json']);
  t.is(code, 0);
  const { plugins } = JSON.parse(stdout) as {
    plugins: { name: string; version: string; layers: string[]; implementations: { name: string; token: string }[] }[];
  };
  t.true(plugins.some(({ layers }) => layers.includes('udp')));
  const ttl = plugins.flatMap((each) => each.implementations).find(({ name }) => name === 'ttl.fixed');
  t.is(ttl?.token, 'ip.ttl');
  const text = await netwright(['plugin', 'ls']);
  t.regex(text.stdout, /^ {2}ip\.ttl: ttl\.fixed: /m);
});

test('schema is a JSON Schema that knows the options of shipped plugins', async (t) => {
  const { code, stdout } = await netwright(['schema']);
  t.is(code, 0);
  const schema = JSON.parse(stdout) as { $schema: string };
  t.regex(schema.$schema, /json-schema\.org/);
  t.true(stdout.includes('"ttl.fixed"'));
});

test('doctor looks at this machine and says what each finding is for', async (t) => {
  const { code, stdout } = await netwright(['doctor', '--json']);
  t.is(code, 0);
  const { findings } = JSON.parse(stdout) as { findings: { name: string; ok: boolean; for: string }[] };
  t.like(
    findings.find(({ name }) => name === 'Node.js'),
    { ok: true, for: 'everything' },
  );
});
