import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { buildStack, PacketPool, SeededRandom, type Stack, SystemClock } from '@netwright/core';
import { Tcp } from '@netwright/layers';
import { type NetModule, net } from '@netwright/node';
import { Cable } from '@netwright/plugins';
import test, { type ExecutionContext } from 'ava';
import { shippedPlugins } from 'netwright';

/** Two stacks in this process, joined by a cable, each with a net of its own. */
async function twoNets(t: ExecutionContext): Promise<{ one: NetModule; other: NetModule; stacks: Stack[] }> {
  const clock = new SystemClock();
  const cable = new Cable({ name: 'cable', clock, random: new SeededRandom(1) });
  const stacks: Stack[] = [];
  for (const address of ['10.0.0.1/24', '10.0.0.2/24']) {
    const layers = ['ethernet', 'arp', 'ipv4', 'icmp', 'udp', 'tcp'];
    const device = cable.attach(address, new PacketPool());
    const stack = await buildStack({ address, layers }, { plugins: shippedPlugins, clock, device });
    stacks.push(await stack.start());
  }
  t.teardown(async () => {
    for (const stack of stacks) await stack.stop();
  });
  return { one: net(stacks[0]), other: net(stacks[1]), stacks };
}

async function listening(server: InstanceType<NetModule['Server']>): Promise<number> {
  await once(server.listen(0), 'listening');
  return (server.address() as AddressInfo).port;
}

test('two stacks of one process speak with each other through net modules of their own', async (t) => {
  const { one, other } = await twoNets(t);
  const server = one.createServer({ allowHalfOpen: true }, (socket) => {
    socket.resume().on('end', () => socket.end('half open'));
  });
  const client = other.connect(await listening(server), '10.0.0.1');
  client.end('done');
  t.is(await text(client), 'half open');
  t.is(client.bytesWritten, 4);
  const taken = one.createServer();
  taken.listen((server.address() as AddressInfo).port);
  const [error] = (await once(taken, 'error')) as [NodeJS.ErrnoException];
  t.regex(error.message, /^listen EADDRINUSE: address already in use :::\d+$/);
  server.close();
  const refused = other.connect((server.address() as AddressInfo | null)?.port ?? 9, '10.0.0.1');
  const [why] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  t.is(why.message, 'connect ECONNREFUSED 10.0.0.1:9');
});

test("Node's own http runs over the sockets of a stack", async (t) => {
  const { one, other } = await twoNets(t);
  const web = http.createServer((request, answer) => answer.end(`for ${request.socket.remoteAddress}`));
  const server = one.createServer((socket) => web.emit('connection', socket));
  const port = await listening(server);
  const createConnection = () => other.connect(port, '10.0.0.1');
  const [answer] = await once(http.get({ host: '10.0.0.1', port, createConnection }), 'response');
  t.is(await text(answer), 'for ::ffff:10.0.0.2');
  server.close();
});

test('a reset reaches the peer as ECONNRESET', async (t) => {
  const { one, other } = await twoNets(t);
  const server = one.createServer((socket) => socket.on('data', () => socket.resetAndDestroy()));
  const client = other.connect(await listening(server), '10.0.0.1');
  client.write('x');
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
  t.is(error.code, 'ECONNRESET');
  server.close();
});

test('a socket that is not read closes the window of its peer, and opens it when it is', async (t) => {
  const { one, other, stacks } = await twoNets(t);
  const server = one.createServer({ pauseOnConnect: true });
  const client = other.connect(await listening(server), '10.0.0.1');
  const [reader] = (await once(server, 'connection')) as [Socket];
  const closed = once(client.resume(), 'close');
  const size = 6 * 1024 * 1024;
  let written = false;
  client.end(Buffer.alloc(size, 'x'), () => {
    written = true;
  });
  const [session] = (stacks[1].layer(Tcp) as Tcp).sessions();
  while (session.sender.sndWnd > 0 || session.sender.queued < 1024) await new Promise((done) => setTimeout(done, 10));
  t.false(written);
  t.is(reader.bytesRead, 0);
  t.is((await text(reader)).length, size);
  t.true(written);
  await closed;
  server.close();
});

test('of several addresses of a host one after the other is tried, as autoSelectFamily says', async (t) => {
  const { one, other } = await twoNets(t);
  const server = one.createServer((socket) => socket.resume().end('here'));
  const port = await listening(server);
  const attempts: string[] = [];
  const client = other.connect({
    port,
    host: 'several.test',
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 10_000,
    lookup: (_host, _options, found) =>
      found(null, [
        { address: '10.0.0.2', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ]),
  });
  client.on('connectionAttemptFailed', (address, _port, _family, error) => {
    attempts.push(`${address} ${(error as NodeJS.ErrnoException).code}`);
  });
  t.is(await text(client), 'here');
  t.deepEqual(attempts, ['10.0.0.2 ECONNREFUSED']);
  await once(server.close(), 'close');
});

test('block lists, abort signals and buffers of the program hold for sockets of a stack', async (t) => {
  const { one, other } = await twoNets(t);
  const blockList = new one.BlockList();
  blockList.addAddress('10.0.0.2');
  const server = one.createServer((socket) => {
    t.true(blockList.check(new one.SocketAddress({ address: socket.remoteAddress?.replace('::ffff:', '') })));
    socket.on('error', () => {});
    socket.resume().end('into a buffer of mine');
  });
  const port = await listening(server);
  const buffer = Buffer.alloc(64);
  let got = '';
  const reader = other.connect({
    port,
    host: '10.0.0.1',
    onread: {
      buffer,
      callback: (length, into) => {
        t.is(into, buffer);
        got += buffer.toString('latin1', 0, length);
        return true;
      },
    },
  });
  await once(reader, 'end');
  t.is(got, 'into a buffer of mine');
  t.is(reader.bytesRead, got.length);

  const controller = new AbortController();
  const given = other.connect({ port, host: '10.0.0.1', signal: controller.signal });
  controller.abort();
  t.is(((await once(given, 'error')) as [Error])[0].name, 'AbortError');
  server.close();
});
