import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import test from 'ava';
import type { BuildOptions } from 'esbuild';

const example = new URL('../../../examples/browser/', import.meta.url);
const folder = fileURLToPath(example);
const { bundle } = (await import(`${example}bundle.mjs`)) as {
  bundle(entry: string, options?: BuildOptions): Promise<string>;
};

/** What pages have opened: it would keep this process alive, as it does not a page that is left. */
const channels: MessageChannel[] = [];
const timeouts: NodeJS.Timeout[] = [];
test.after.always(() => {
  for (const { port1 } of channels) port1.close();
  for (const each of timeouts) clearTimeout(each);
});

class PageChannel extends MessageChannel {
  constructor() {
    super();
    channels.push(this);
  }
}

function pageTimeout(action: () => void, ms: number): NodeJS.Timeout {
  const timeout = setTimeout(action, ms);
  timeouts.push(timeout);
  return timeout;
}

/** What a page has, and nothing of Node.js. */
const PAGE = {
  WebAssembly,
  TextEncoder,
  TextDecoder,
  crypto,
  performance,
  setTimeout: pageTimeout,
  clearTimeout,
  queueMicrotask,
  MessageChannel: PageChannel,
  ReadableStream,
  WritableStream,
  TransformStream,
  CountQueuingStrategy,
  Uint8Array,
};

/** Runs a script where there is nothing but what a page has, and `more`. */
function inPage(script: string, more: object = {}): Record<string, unknown> {
  const page: Record<string, unknown> = createContext({ ...PAGE, ...more });
  runInContext(script, page);
  return page;
}

const program = (contents: string): Promise<string> =>
  bundle('', { entryPoints: undefined, stdin: { contents, resolveDir: `${folder}src` } });

test('do two hosts exchange a mebibyte in a page?', async (t) => {
  const script = await program(`
    import { network } from './network.js';
    globalThis.run = async (data) => {
      const hosts = await network();
      const back = await hosts.exchange(data);
      await hosts.stop();
      return back;
    };`);
  const { run } = inPage(script) as { run(data: Uint8Array): Promise<Uint8Array> };
  const data = Uint8Array.from({ length: 1024 * 1024 }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  t.is(digest(await run(data)), digest(data));
});

test('does a lab from a manifest run in a page, with names looked up on the way?', async (t) => {
  const script = await program(`
    import { buildLab, VirtualClock } from '@netwright/core';
    import * as layers from '@netwright/layers';
    import { cablePlugin } from '@netwright/plugins/browser';
    const { arpPlugin, dnsPlugin, dnsServerPlugin, ethernetPlugin, icmpPlugin, ipv4Plugin, tcpPlugin, udpPlugin } = layers;
    globalThis.run = async (manifest) => {
      const plugins = [
        arpPlugin, dnsPlugin, dnsServerPlugin, ethernetPlugin, icmpPlugin, ipv4Plugin, tcpPlugin, udpPlugin, cablePlugin,
      ];
      const clock = new VirtualClock();
      const lab = await buildLab(manifest, { plugins, clock });
      await lab.start();
      const server = new layers.TcpApplication();
      lab.nodes.get('server').layer(layers.Tcp).registerLayer(server);
      server.bind(80).listen();
      const client = new layers.TcpApplication();
      lab.nodes.get('client').layer(layers.Tcp).registerLayer(client);
      const session = await clock.settle(client.connect('server.lab', 80));
      return String(session.id.remoteAddress) + ' after ' + clock.now() + ' ms';
    };`);
  const { run } = inPage(script) as { run(manifest: string): Promise<string> };
  const found = await run(`
topology:
  nodes:
    server:
      address: 10.0.0.1/24
      layers: [ethernet, arp, ipv4, udp, tcp, { use: dns-server, records: [{ name: server.lab, type: A, data: 10.0.0.1 }] }]
    client:
      address: 10.0.0.2/24
      layers: [ethernet, arp, ipv4, udp, tcp, { use: dns, servers: [10.0.0.1] }]
  links: [{ endpoints: [server, client], latency: 10ms }]
`);
  t.regex(found, /^10\.0\.0\.1 after \d+/);
});

test('does the page of the example answer to its form?', async (t) => {
  const frames = { textContent: '', scrollTop: 0, scrollHeight: 0 };
  let submit: (event: { preventDefault(): void }) => Promise<void> = async () => {};
  const parts: Record<string, unknown> = {
    '#frames': frames,
    input: { value: 'hello from a page' },
    form: {
      addEventListener: (_type: string, listener: typeof submit) => {
        submit = listener;
      },
    },
  };
  inPage(await bundle(`${folder}src/page.js`), { document: { querySelector: (each: string) => parts[each] } });
  while (!frames.textContent.includes('two hosts are up')) await new Promise((resolve) => setImmediate(resolve));
  await submit({ preventDefault() {} });
  t.regex(frames.textContent, /tcp\.syn/);
  t.true(frames.textContent.endsWith('the server sent back: hello from a page\n'), frames.textContent);
  const html = readFileSync(`${folder}index.html`, 'utf8');
  for (const each of Object.keys(parts)) {
    t.true(html.includes(each === '#frames' ? 'id="frames"' : `<${each}`), each);
  }
  t.true(html.includes('<script src="dist/page.js">'));
});

test('is a bundle as large as docs/browser.md says, and is DNS left out where it is not used?', async (t) => {
  const page = await bundle(`${folder}src/page.js`);
  const told = readFileSync(new URL('../../../docs/browser.md', import.meta.url), 'utf8').match(/(\d+) KiB/);
  const size = page.length / 1024;
  t.true(Math.abs(size - Number(told?.[1])) < size / 5, `${Math.round(size)} KiB`);
  const withDns = await program("import { dnsPlugin } from '@netwright/layers'; console.log(dnsPlugin);");
  t.deepEqual(
    [page, withDns].map((each) => each.includes('YXDOMAIN')),
    [false, true],
  );
});
