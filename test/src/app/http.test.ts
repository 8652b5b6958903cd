import test, { type ExecutionContext } from 'ava';
import {
  APPLICATION,
  type Application,
  buildLab,
  definePlugin,
  implementation,
  type Lab,
  shippedPlugins,
  Tcp,
} from 'netwright';

/** A client that says `text` on port 80 and keeps what comes back. */
function saying(text: string, heard: { text: string; ended: boolean }) {
  return definePlugin({
    name: 'saying',
    version: '1.0.0',
    implementations: [
      implementation({
        name: 'say',
        token: APPLICATION,
        summary: 'Says something.',
        provide: () => ({
          value: ({ stack }): Application => ({
            start() {
              const session = stack.layer(Tcp)?.connect({
                address: '10.0.0.1',
                port: 80,
                handler: {
                  established: (each) => void each.write(new TextEncoder().encode(text)),
                  data(bytes) {
                    heard.text += new TextDecoder('latin1').decode(bytes);
                  },
                  end: () => {
                    heard.ended = true;
                    session?.shutdown();
                  },
                },
              });
            },
            done: () => heard.ended,
          }),
        }),
      }),
    ],
  });
}

const manifest = (server: unknown, client: unknown, loss = 0) => ({
  sim: { seed: 7, stop_time: '2min' },
  defaults: { layers: ['ethernet', 'arp', 'ipv4', 'icmp', 'tcp'] },
  topology: {
    nodes: { srv: { address: '10.0.0.1/24', apps: [server] }, cli: { address: '10.0.0.2/24', apps: [client] } },
    links: [{ endpoints: ['srv', 'cli'], latency: 5, loss }],
  },
});

const PAGE = { use: 'page', pages: { '/': 1000, '/large': 300_000 } };

/** What the page server answers to `text`, read until it ends or 30 s have passed. */
async function answers(t: ExecutionContext, text: string): Promise<{ text: string; ended: boolean; lab: Lab }> {
  const heard = { text: '', ended: false };
  const lab = await buildLab(manifest(PAGE, 'say'), { plugins: [...shippedPlugins, saying(text, heard)] });
  t.teardown(() => lab.stop());
  await lab.run({ until: 30_000 });
  return { ...heard, lab };
}

async function fetch(server: unknown, client: unknown, loss = 0) {
  const lab = await buildLab(manifest(server, client, loss), { plugins: shippedPlugins });
  try {
    const result = await lab.run();
    return { ended: result.ended, srv: Object.values(result.reports)[0], cli: Object.values(result.reports)[1] };
  } finally {
    await lab.stop();
  }
}

test('a page arrives whole, without and with loss, and both ends report the same digest', async (t) => {
  for (const loss of [0, 0.05]) {
    const { ended, srv, cli } = await fetch(PAGE, { use: 'get', url: 'http://10.0.0.1/large' }, loss);
    t.is(ended, 'done');
    t.like(cli, { status: 200, bytes: 300_000, outcome: 'complete', sha256: srv.sha256 });
    t.is(srv.bytes, 300_000);
  }
});

test('a page is the same for the same seed, whatever was asked before', async (t) => {
  const first = await fetch(PAGE, { use: 'get', url: 'http://10.0.0.1/' });
  const second = await fetch({ ...PAGE, pages: { '/other': 5, '/': 1000 } }, { use: 'get', url: 'http://10.0.0.1/' });
  t.is(first.cli.sha256, second.cli.sha256);
});

test('a page that is not there is 404, and nobody listening is a refusal', async (t) => {
  t.like((await fetch(PAGE, { use: 'get', url: 'http://10.0.0.1/nope' })).cli, { status: 404, outcome: 'complete' });
  const refused = await fetch(PAGE, { use: 'get', url: 'http://10.0.0.1:81/' });
  t.like(refused.cli, { status: 0, bytes: 0, outcome: 'ECONNREFUSED' });
});

test('HTTP/1.1 keeps the connection for the next request, and answers in order', async (t) => {
  const ask = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
  const { text, ended } = await answers(t, ask('/') + ask('/nope') + ask('/', 'Connection: close\r\n') + ask('/nope'));
  t.true(ended);
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]);
  t.deepEqual(statuses, ['200', '404', '200'], 'nothing is answered after the one that said close');
  t.is([...text.matchAll(/Connection: keep-alive/g)].length, 2);
});

test('HTTP/1.0 is closed after the answer unless it asks otherwise', async (t) => {
  t.true((await answers(t, 'GET / HTTP/1.0\r\n\r\n')).ended);
  t.false((await answers(t, 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')).ended);
});

test('HEAD has the length and no body', async (t) => {
  const { text } = await answers(t, 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  t.regex(text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Length: 1000\r\n[\s\S]*\r\n\r\n$/);
});

for (const [what, request, status] of [
  ['another method', 'PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 405],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['no request at all', 'hello\r\n\r\n', 400],
  ['a field without a colon', 'GET / HTTP/1.1\r\nHost a\r\n\r\n', 400],
  ['a body', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello', 400],
  ['a head without end', `GET / HTTP/1.1\r\nHost: ${'a'.repeat(20_000)}`, 431],
] as const) {
  test(`${what} is answered with ${status} and the end of the connection`, async (t) => {
    const { text, ended } = await answers(t, request);
    t.true(text.startsWith(`HTTP/1.1 ${status} `), text.slice(0, 40));
    t.true(ended);
  });
}

/** A server that answers whatever is asked with `response`, then ends. */
function answering(response: string) {
  return definePlugin({
    name: 'answering',
    version: '1.0.0',
    implementations: [
      implementation({
        name: 'answer',
        token: APPLICATION,
        summary: 'Answers something.',
        provide: () => ({
          value: ({ stack }): Application => ({
            start() {
              stack.layer(Tcp)?.listen({
                port: 80,
                onConnection: (session) => ({
                  data() {
                    session.write(new TextEncoder().encode(response));
                    session.shutdown();
                  },
                }),
              });
            },
          }),
        }),
      }),
    ],
  });
}

for (const [what, response, report] of [
  [
    'a chunked body',
    'Transfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: 1\r\n\r\n',
    { bytes: 11, outcome: 'complete' },
  ],
  ['a body that ends with the stream', '\r\nhello', { bytes: 5, outcome: 'complete' }],
  ['a body that ends too soon', 'Content-Length: 9\r\n\r\nhello', { bytes: 5, outcome: 'incomplete' }],
  [
    'a chunk size that is none',
    'Transfer-Encoding: chunked\r\n\r\nxyz\r\n',
    { bytes: 0, outcome: 'malformed response' },
  ],
] as const) {
  test(`get reads ${what}`, async (t) => {
    const plugins = [...shippedPlugins, answering(`HTTP/1.1 200 OK\r\n${response}`)];
    const lab = await buildLab(manifest('answer', { use: 'get', url: 'http://10.0.0.1/' }), { plugins });
    t.teardown(() => lab.stop());
    const { reports, ended } = await lab.run();
    t.is(ended, 'done');
    t.like(reports['cli/get'], { status: 200, ...report });
  });
}

test('echo gives back every byte, also to one who sends much and reads little', async (t) => {
  const heard = { bytes: 0, first: -1 };
  const eager = definePlugin({
    name: 'eager',
    version: '1.0.0',
    implementations: [
      implementation({
        name: 'eager',
        token: APPLICATION,
        summary: 'Sends 3 MB, reads slowly.',
        provide: () => ({
          value: ({ stack }): Application => {
            let left = 3_000_000;
            return {
              start() {
                const push = () => {
                  for (let took = 1; left > 0 && took > 0; left -= took) {
                    took = session?.write(new Uint8Array(Math.min(left, 65_536)).fill(7)) ?? 0;
                  }
                };
                const session = stack.layer(Tcp)?.connect({
                  address: '10.0.0.1',
                  port: 7,
                  handler: {
                    established: push,
                    writable: push,
                    data(bytes) {
                      heard.bytes += bytes.length;
                      heard.first = bytes[0];
                      if (heard.bytes === 3_000_000) session?.shutdown();
                      session?.pause();
                      const timer = stack.host.timer(() => session?.resume());
                      timer.start(20);
                    },
                  },
                });
              },
              done: () => heard.bytes === 3_000_000,
            };
          },
        }),
      }),
    ],
  });
  const lab = await buildLab(manifest('echo', 'eager'), { plugins: [...shippedPlugins, eager] });
  t.teardown(() => lab.stop());
  const { ended, reports } = await lab.run();
  t.is(ended, 'done');
  t.deepEqual(heard, { bytes: 3_000_000, first: 7 });
  t.like(reports['srv/echo'], { connections: 1, bytes: 3_000_000 });
});
