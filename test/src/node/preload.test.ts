import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const folder = fileURLToPath(new URL('../../', import.meta.url));
const fixtures = fileURLToPath(new URL('../../programs/fixtures/', import.meta.url));
const preload = ['--import', '@netwright/node/register'];

/** Runs a program with options of Node's, and gives back what it said. */
function run(
  options: string[],
  program: string,
  env: Record<string, string> = {},
): Promise<{ out: string; errors: string; exit: number | null }> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [...options, '--input-type=module', '--eval', program], {
    cwd: folder,
    env: { PATH, HOME, FIXTURES: fixtures, ...env },
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  return new Promise((resolve) => child.on('close', (exit) => resolve({ out, errors, exit })));
}

const echo = `
  import { createServer, connect } from 'node:net';
  const server = createServer((socket) => socket.pipe(socket)).listen(0, () => {
    const client = connect(server.address().port, '127.0.0.1', () => client.end('hello'));
    client.on('data', (data) => console.log(String(data), client._handle.fd)).on('close', () => server.close());
  });`;

test('a program runs over the stack, by --import and by --require, and says nothing of its own', async (t) => {
  for (const door of ['--import', '--require']) {
    const said = await run([door, '@netwright/node/register', '--pending-deprecation'], echo);
    t.deepEqual(said, { out: 'hello -1\n', errors: '', exit: 0 }, door);
  }
});

test('a program whose tls was loaded before the preload is refused, for its traffic would go to the kernel unseen', async (t) => {
  const said = await run(['--import', 'node:tls', ...preload], echo);
  t.is(said.exit, 1);
  t.regex(said.errors, /NODE_LOADED_BEFORE/);
  t.is(said.out, '');
});

test('where Node does not give its handles away, the program does not start', async (t) => {
  const option = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
  const said = await run([option, '--allow-fs-read=*', ...preload], echo);
  t.not(said.exit, 0);
  t.regex(said.errors, /ERR_ACCESS_DENIED|NODE_BINDING_BLOCKED/);
  t.is(said.out, '');
});

test('a client that rejects a certificate has not delivered its request', async (t) => {
  const said = await run(
    preload,
    `
    import { createServer, request } from 'node:https';
    import { readFileSync } from 'node:fs';
    const file = (name) => readFileSync(process.env.FIXTURES + name);
    let requests = 0;
    const server = createServer({ cert: file('server-cert.pem'), key: file('server-key.pem') }, (request, answer) => {
      requests++;
      answer.end();
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1', () => {
      const client = request({ port: server.address().port, host: '127.0.0.1', method: 'POST' });
      client.on('error', (error) => console.log('rejected', error.code !== 'ECONNRESET'));
      client.on('close', () => setTimeout(() => { console.log('requests', requests); server.close(); }, 50));
      client.end('a secret');
    });`,
  );
  t.deepEqual(said, { out: 'rejected true\nrequests 0\n', errors: '', exit: 0 });
});

test('a handle that is closed takes no more bytes, from native code either', async (t) => {
  const said = await run(
    preload,
    `
    import { createServer, connect } from 'node:net';
    const server = createServer((socket) => socket.resume()).listen(0, () => {
      const client = connect(server.address().port, () => {
        const handle = client._handle;
        client.destroy();
        console.log(handle.onwrite({}, [Buffer.from('late')]) === -9, handle.isClosing());
        server.close();
      });
    });`,
  );
  t.deepEqual(said, { out: 'true true\n', errors: '', exit: 0 });
});

test('http, https, http2, tls and fetch make their round trips', async (t) => {
  const said = await run(
    preload,
    `
    import http from 'node:http';
    import https from 'node:https';
    import http2 from 'node:http2';
    import tls from 'node:tls';
    import { once } from 'node:events';
    import { readFileSync } from 'node:fs';
    import { text } from 'node:stream/consumers';
    const file = (name) => readFileSync(process.env.FIXTURES + name);
    const keys = { cert: file('server-cert.pem'), key: file('server-key.pem') };
    const listening = async (server) => (await once(server.listen(0), 'listening'), server.address().port);
    const answer = (request, answer) => answer.end('answer to ' + request.url);
    const said = async (request) => text((await once(request, 'response'))[0]);
    const web = http.createServer(answer);
    console.log(await said(http.get({ port: await listening(web), path: '/http', agent: false })));
    console.log(await (await fetch('http://localhost:' + web.address().port + '/fetch')).text());
    web.close().closeAllConnections();
    const secure = https.createServer(keys, answer);
    console.log(await said(https.get({ port: await listening(secure), path: '/https', agent: false, rejectUnauthorized: false })));
    secure.close();
    const second = http2.createSecureServer(keys, answer);
    const session = http2.connect('https://localhost:' + (await listening(second)), { rejectUnauthorized: false });
    console.log(await text(session.request({ ':path': '/http2' })));
    session.close();
    second.close();
    const bare = tls.createServer(keys, (socket) => socket.end('over tls'));
    console.log(await text(tls.connect({ port: await listening(bare), rejectUnauthorized: false })));
    bare.close();`,
  );
  const out = ['answer to /http', 'answer to /fetch', 'answer to /https', 'answer to /http2', 'over tls', ''].join(
    '\n',
  );
  t.deepEqual(said, { out, errors: '', exit: 0 });
});

test('a manifest describes the stack under the program, and what it watches is complete when the program ends', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'netwright-'));
  t.teardown(() => rmSync(place, { recursive: true }));
  const manifest = join(place, 'stack.yaml');
  const lines = [
    'device: loopback',
    'address: 127.0.0.1/8',
    'layers: [ethernet, arp, ipv4, icmp, udp, tcp]',
    'override: { tcp.isn: { use: isn.fixed, value: 5555 } }',
    `watch: [{ use: pcapng, file: ${join(place, 'run.pcapng')} }]`,
  ];
  writeFileSync(manifest, lines.join('\n'));
  for (const door of ['--import', '--require']) {
    const said = await run([door, '@netwright/node/register'], echo, { NETWRIGHT_MANIFEST: manifest });
    t.deepEqual(said, { out: 'hello -1\n', errors: '', exit: 0 }, door);
    const capture = readFileSync(join(place, 'run.pcapng'));
    t.true(capture.includes(Buffer.from([0, 0, 0x15, 0xb3])), 'both ends begin with 5555');
  }
  const missing = await run(preload, echo, { NETWRIGHT_MANIFEST: join(place, 'nowhere.yaml') });
  t.regex(missing.errors, /NODE_MANIFEST/);
});

test('whoever listens or reads keeps the process running, unless it is unreferenced', async (t) => {
  const said = await run(
    preload,
    `
    import { createServer, connect } from 'node:net';
    process.on('exit', () => console.log('exit'));
    const server = createServer((socket) => setTimeout(() => socket.end('late'), 30)).listen(0, () => {
      server.unref();
      const client = connect(server.address().port);
      client.on('data', (data) => console.log(String(data))).on('close', () => console.log('closed'));
    });`,
  );
  t.deepEqual(said, { out: 'late\nclosed\nexit\n', errors: '', exit: 0 });
});

test('a listener at no address takes both families, and says so as Linux does', async (t) => {
  const said = await run(
    preload,
    `
    import { createServer, connect } from 'node:net';
    const server = createServer((socket) => { console.log(socket.remoteFamily, socket.remoteAddress); socket.end(); });
    server.listen(0, () => {
      const { address, family, port } = server.address();
      console.log(address, family);
      connect(port, '127.0.0.1').resume().on('close', () =>
        connect(port, '::1').resume().on('close', () => server.close()));
    });`,
  );
  const out = [':: IPv6', 'IPv6 ::ffff:127.0.0.1', 'IPv6 ::1', ''].join('\n');
  t.deepEqual(said, { out, errors: '', exit: 0 });
});

/** An address of this machine that no stack of ours has. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.internal === false && each.family === 'IPv4')?.address;
const withOutside = outside === undefined ? test.skip : test;
const unless = outside === undefined ? ' (skipped: this machine has no address but those of its loopback)' : '';

withOutside(
  `addresses that the stack has no way to are reached over the host where the manifest says so${unless}`,
  async (t) => {
    const greet = (socket: Socket) =>
      socket.on('error', () => {}).once('data', (data) => socket.resume().end(`you said ${data}`));
    const host = createServer(greet).listen(0, outside);
    const datagrams = createSocket('udp4');
    datagrams.on('message', (data, from) => datagrams.send(`you sent ${data}`, from.port, from.address));
    datagrams.bind(0, outside);
    const place = mkdtempSync(join(tmpdir(), 'netwright-'));
    t.teardown(() => {
      host.close();
      datagrams.close();
      rmSync(place, { recursive: true });
    });
    await Promise.all([once(host, 'listening'), once(datagrams, 'listening')]);
    const manifest = join(place, 'stack.yaml');
    const lines = ['device: loopback', 'address: 203.0.113.9/24', 'layers: [ethernet, arp, ipv4, icmp, udp, tcp]'];
    const ports = {
      OUTSIDE: `${outside}`,
      PORT: `${(host.address() as AddressInfo).port}`,
      UDP: `${datagrams.address().port}`,
    };
    const program = `
    import { createSocket } from 'node:dgram';
    import { connect, createServer } from 'node:net';
    const talk = (port, host, then) => {
      let text = '';
      const client = connect({ port, host }, () => client.write('x'.repeat(200_000)));
      client.on('data', (data) => (text += data));
      client.on('error', (error) => console.log(error.message.replace(port, 'PORT')));
      client.on('close', (failed) => then(failed ? 'failed' : text.slice(0, 12)));
      client.on('connect', () => console.log(client.remoteAddress, client.localAddress !== undefined, client.remotePort === port));
    };
    const own = createServer((socket) => socket.once('data', (data) => socket.end('ours: ' + data)).on('error', () => {}));
    own.listen(0, '203.0.113.9', () => {
      talk(own.address().port, '203.0.113.9', (said) => {
        console.log(said.slice(0, 6));
        own.close();
        talk(+process.env.PORT, process.env.OUTSIDE, (said) => {
          console.log(said);
          const socket = createSocket('udp4', (data, from) => {
            console.log(String(data), from.address);
            socket.close();
          });
          socket.send('datagram', +process.env.UDP, process.env.OUTSIDE, (error) => {
            if (error) console.log(error.code), socket.close();
          });
        });
      });
    });`;
    const own = '203.0.113.9 true true\nours: \n';
    const said = (env: Record<string, string>) =>
      run(preload, program, { NETWRIGHT_MANIFEST: manifest, ...ports, ...env });
    writeFileSync(manifest, lines.join('\n'));
    const unreachable = `${own}connect ENETUNREACH ${outside}:PORT - Local (0.0.0.0:0)\nfailed\nENETUNREACH\n`;
    t.deepEqual(await said({}), { out: unreachable, errors: '', exit: 0 });
    const overHost = `${own}${outside} true true\nyou said xxx\nyou sent datagram ${outside}\n`;
    t.deepEqual(await said({ NETWRIGHT_ELSEWHERE: 'host' }), { out: overHost, errors: '', exit: 0 });
    writeFileSync(manifest, [...lines, 'elsewhere: host'].join('\n'));
    t.deepEqual(await said({}), { out: overHost, errors: '', exit: 0 });
  },
);

test('a process goes on until its peers have what it wrote last', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'netwright-'));
  t.teardown(() => rmSync(place, { recursive: true }));
  const manifest = join(place, 'stack.yaml');
  // Over this link everything takes its time.
  const lines = [
    'device: { use: fault, device: { use: loopback }, out: { latency: 20ms } }',
    'address: 203.0.113.9/24',
    'layers: [ethernet, arp, ipv4, icmp, udp, tcp]',
  ];
  writeFileSync(manifest, lines.join('\n'));
  const program = `
    import { connect, createServer } from 'node:net';
    let bytes = 0;
    const server = createServer((socket) => socket.on('data', (data) => (bytes += data.length)).unref());
    server.listen(0, '203.0.113.9', () => {
      server.unref();
      const client = connect(server.address().port, '203.0.113.9', () => {
        client.write('x'.repeat(100_000));
        client.destroySoon();
      });
    });
    process.on('exit', () => console.log(bytes));`;
  t.deepEqual(await run(preload, program, { NETWRIGHT_MANIFEST: manifest }), { out: '100000\n', errors: '', exit: 0 });
});

test('a socket does not go to a child process, by a message or as its output: ENOTSUP, and both processes go on', async (t) => {
  const child = "process.on('message', (text) => process.send(text, () => process.disconnect()))";
  const program = `
    import { spawn } from 'node:child_process';
    import { createSocket } from 'node:dgram';
    import { once } from 'node:events';
    import { connect, createServer } from 'node:net';
    const child = spawn(process.execPath, ['--eval', ${JSON.stringify(child)}], { stdio: [0, 1, 2, 'ipc'] });
    const send = (what, handle) =>
      new Promise((resolve) => child.send(what, handle, (error) => resolve(console.log(what, error?.message))));
    const udp = createSocket('udp4').bind(0);
    await once(udp, 'listening');
    await send('datagrams', udp);
    const server = createServer().listen(0);
    await send('server', server);
    const client = connect(server.address().port).on('error', () => {});
    const [socket] = await once(server, 'connection');
    await send('handle', socket._handle);
    try {
      spawn(process.execPath, ['--version'], { stdio: ['ignore', socket, 'ignore'] });
    } catch (error) {
      console.log('output', error.message);
    }
    await send('nothing');
    console.log(await once(child, 'message').then(([text]) => text));
    for (const each of [client, socket]) each.destroy();
    for (const each of [udp, server]) each.close();`;
  const refused = ['datagrams', 'server', 'handle'].map((each) => `${each} write ENOTSUP\n`).join('');
  const out = `${refused}output spawn ENOTSUP\nnothing undefined\nnothing\n`;
  t.deepEqual(await run(preload, program), { out, errors: '', exit: 0 });
  const place = mkdtempSync(join(tmpdir(), 'netwright-preload-'));
  t.teardown(() => rmSync(place, { recursive: true }));
  const NETWRIGHT_MANIFEST = join(place, 'stack.yaml');
  const lines = ['name: own', 'device: loopback', 'address: 127.0.0.1/8', 'layers: [ethernet, arp, ipv4, udp, tcp]'];
  writeFileSync(NETWRIGHT_MANIFEST, lines.join('\n'));
  t.is((await run(preload, program, { NETWRIGHT_MANIFEST })).out, out);
});
