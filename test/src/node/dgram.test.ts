import { once } from 'node:events';
import { Host, Stack } from '@netwright/core';
import { Icmp, Icmpv6, Ipv4, Ipv6, Udp } from '@netwright/layers';
import { type DatagramModule, dgram } from '@netwright/node';
import test from 'ava';

type Socket = ReturnType<DatagramModule['createSocket']>;

/** A stack that talks to itself, in real time. */
async function loopback(six = true): Promise<{ stack: Stack; udp: Udp; net: DatagramModule }> {
  const host = Host.create();
  const udp = new Udp(host);
  const ipv4 = new Ipv4(host).registerLayer(new Icmp(host)).registerLayer(udp);
  const ipv6 = new Ipv6(host);
  if (six) ipv6.registerLayer(new Icmpv6(host)).registerLayer(udp);
  const stack = await new Stack(host, six ? [ipv4, ipv6, udp] : [ipv4, udp]).start();
  return { stack, udp, net: dgram(stack) };
}

async function bound(socket: Socket, port = 0, address?: string): Promise<Socket> {
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

async function heard(socket: Socket): Promise<string> {
  const [data, from] = (await once(socket, 'message')) as [Buffer, { address: string; family: string }];
  return `${data} ${from.family} ${from.address}`;
}

/** What comes of a send: bytes, or the error's message with its port left out. */
function sent(socket: Socket, data: string | Uint8Array, port?: number, address?: string): Promise<string> {
  return new Promise((resolve) => {
    const done = (error: Error | null, bytes: number) =>
      resolve(error === null ? String(bytes) : error.message.replace(/:\d+$/, ''));
    if (port === undefined) socket.send(data, done);
    else socket.send(data, port, address, done);
  });
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

test('two stacks in one process have the same port, and neither hears the other', async (t) => {
  const [one, two] = await Promise.all([loopback(), loopback()]);
  const a = await bound(one.net.createSocket('udp4'), 7000, '127.0.0.1');
  const b = await bound(two.net.createSocket('udp4'), 7000, '127.0.0.1');
  b.on('message', () => t.fail());
  const message = heard(a);
  t.is(await sent(one.net.createSocket('udp4').unref(), 'to one', 7000, '127.0.0.1'), '6');
  t.is(await message, 'to one IPv4 127.0.0.1');
  a.close();
  b.close();
});

test('a socket on :: hears IPv4 under mapped addresses, and does not where it is for IPv6 alone', async (t) => {
  const { net } = await loopback();
  const both = await bound(net.createSocket('udp6'));
  const { port } = both.address();
  const [four, six] = [net.createSocket('udp4'), net.createSocket('udp6')];
  const first = heard(both);
  four.send('4', port, '127.0.0.1');
  t.is(await first, '4 IPv6 ::ffff:127.0.0.1');
  const second = heard(both);
  six.send('6', port, '::1');
  t.is(await second, '6 IPv6 ::1');
  both.close();
  const only6 = await bound(net.createSocket({ type: 'udp6', ipv6Only: true }), port);
  const other = await bound(net.createSocket('udp4'), port);
  const messages = Promise.all([heard(only6), heard(other)]);
  four.send('4', port, '127.0.0.1');
  six.send('6', port, '::1');
  t.deepEqual(await messages, ['6 IPv6 ::1', '4 IPv4 127.0.0.1']);
  for (const each of [only6, other, four, six]) each.close();
});

test('a stack without IPv6 still has a ::1, which IPv4 does not hear', async (t) => {
  const { net } = await loopback(false);
  const six = await bound(net.createSocket('udp6'), 0, '::1');
  t.like(six.address(), { address: '::1', family: 'IPv6' });
  const client = net.createSocket('udp6');
  const message = heard(six);
  client.send('x', six.address().port, '::1');
  t.is(await message, 'x IPv6 ::1');
  six.close();
  client.close();
});

test('errors of bind and send are those of Linux', async (t) => {
  const { net } = await loopback();
  const failed = async (type: 'udp4' | 'udp6', port: number, address: string) => {
    const socket = net.createSocket(type);
    socket.bind(port, address);
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    socket.close();
    return error.message;
  };
  t.is(await failed('udp4', 0, '10.9.9.9'), 'bind EADDRNOTAVAIL 10.9.9.9');
  t.is(await failed('udp4', 0, '::1'), 'bind EINVAL ::1');
  t.is(await failed('udp6', 0, '2001:db8::1'), 'bind EADDRNOTAVAIL 2001:db8::1');
  const holder = await bound(net.createSocket('udp4'), 7001, '127.0.0.1');
  t.is(await failed('udp4', 7001, '127.0.0.1'), 'bind EADDRINUSE 127.0.0.1:7001');
  t.is(await failed('udp6', 7001, '::'), 'bind EADDRINUSE :::7001');
  const socket = net.createSocket('udp4');
  t.is(await sent(socket, 'x', 9, '255.255.255.255'), 'send EACCES 255.255.255.255');
  socket.setBroadcast(true);
  t.is(await sent(socket, 'x', 9, '255.255.255.255'), '1');
  t.is(await sent(socket, new Uint8Array(65508), 9, '127.0.0.1'), 'send EMSGSIZE 127.0.0.1');
  t.is(await sent(socket, 'x', 9, '10.9.9.9'), 'send ENETUNREACH 10.9.9.9');
  t.is(await sent(socket, 'x', 9, '::1'), 'send EINVAL ::1');
  const large = heard(holder);
  t.is(await sent(socket, new Uint8Array(65507).fill(120), 7001, '127.0.0.1'), '65507');
  t.is((await large).length, 65507 + ' IPv4 127.0.0.1'.length);
  socket.close();
  holder.close();
});

test('a refusal is told to a connected socket, and to no other', async (t) => {
  const { net } = await loopback();
  const socket = net.createSocket('udp4');
  socket.connect(9, '127.0.0.1');
  await once(socket, 'connect');
  t.like(socket.remoteAddress(), { address: '127.0.0.1', port: 9 });
  t.is(socket.address().address, '127.0.0.1');
  socket.send('x');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  t.like(error, { code: 'ECONNREFUSED', syscall: 'recvmsg' });
  socket.disconnect();
  // connect(2): a port that nobody chose goes with the peer.
  t.like(socket.address(), { address: '0.0.0.0', port: 0 });
  socket.on('error', () => t.fail());
  t.is(await sent(socket, 'x', 9, '127.0.0.1'), '1');
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.not(socket.address().port, 0);
  socket.close();
});

// @rfc 1112 S6.1-3 S7.1-2
test('members of a group hear it, from the sources they chose', async (t) => {
  const { net } = await loopback();
  const make = async () => bound(net.createSocket({ type: 'udp4', reuseAddr: true }), 7002);
  const [any, some] = [await make(), await make()];
  any.addMembership('224.0.0.114', '127.0.0.1');
  t.is(
    codeOf(() => any.addMembership('224.0.0.114', '127.0.0.1')),
    'EADDRINUSE',
  );
  t.is(
    codeOf(() => any.addMembership('224.0.0.115', '10.9.9.9')),
    'ENODEV',
  );
  t.is(
    codeOf(() => any.dropMembership('224.0.0.115')),
    'EADDRNOTAVAIL',
  );
  some.addSourceSpecificMembership('127.0.0.9', '224.0.0.114', '127.0.0.1');
  some.on('message', () => t.fail());
  const sender = await bound(net.createSocket('udp4'), 0, '127.0.0.1');
  const message = heard(any);
  sender.send('heard', 7002, '224.0.0.114');
  t.is(await message, 'heard IPv4 127.0.0.1');
  const groups6 = await bound(net.createSocket('udp6'));
  groups6.addMembership('ff02::114');
  const message6 = heard(groups6);
  const sender6 = net.createSocket('udp6');
  sender6.send('six', groups6.address().port, 'ff02::114');
  t.is(await message6, 'six IPv6 ::1');
  for (const each of [any, some, sender, groups6, sender6]) each.close();
});

test('sockets that share a port by reusePort share its senders, each sender always with the same one', async (t) => {
  const { udp } = await loopback();
  const [one, two] = [0, 1].map(() => udp.open({ port: 7003, reusePort: true }));
  t.throws(() => udp.open({ port: 7003, reuse: true }), { code: 'EADDRINUSE' });
  const got = new Map<number, Set<unknown>>();
  let messages = 0;
  for (const each of [one, two]) {
    each.onMessage = (_, { port }) => {
      messages++;
      got.set(port, (got.get(port) ?? new Set()).add(each));
    };
  }
  const senders = Array.from({ length: 24 }, () => udp.open());
  for (let i = 0; i < 3; i++) for (const each of senders) each.send('x', 7003, '127.0.0.1');
  while (messages < 3 * senders.length) await new Promise((resolve) => setImmediate(resolve));
  t.is(got.size, 24);
  t.true([...got.values()].every((each) => each.size === 1));
  t.is(new Set([...got.values()].flatMap((each) => [...each])).size, 2);
});

test('buffers are doubled and bounded as on Linux, and a handle without a port has none', async (t) => {
  const { net } = await loopback();
  const socket = net.createSocket('udp4');
  t.throws(() => socket.getRecvBufferSize(), {
    code: 'ERR_SOCKET_BUFFER_SIZE',
    message: 'Could not get or set buffer size: uv_recv_buffer_size returned EBADF (bad file descriptor)',
  });
  for (const option of ['setBroadcast', 'setTTL', 'setMulticastTTL', 'setMulticastLoopback'] as const) {
    t.is(
      codeOf(() => socket[option](1 as never)),
      'EBADF',
    );
  }
  await bound(socket);
  t.is(socket.getRecvBufferSize(), 212992);
  socket.setRecvBufferSize(10000);
  socket.setSendBufferSize(1);
  t.deepEqual([socket.getRecvBufferSize(), socket.getSendBufferSize()], [20000, 4608]);
  t.is(
    codeOf(() => socket.setRecvBufferSize(2 ** 31)),
    'ERR_SOCKET_BUFFER_SIZE',
  );
  t.is(
    codeOf(() => socket.setTTL(256)),
    'EINVAL',
  );
  t.is(
    codeOf(() => socket.setMulticastInterface('::1')),
    'ENOPROTOOPT',
  );
  socket.close();
  t.is(
    codeOf(() => socket.address()),
    'ERR_SOCKET_DGRAM_NOT_RUNNING',
  );
});

test('what does not fit into the receive buffer is lost, and counted', async (t) => {
  const { net, udp } = await loopback();
  const socket = await bound(net.createSocket({ type: 'udp4', recvBufferSize: 5000 }), 0, '127.0.0.1');
  const client = await bound(net.createSocket('udp4'));
  let got = 0;
  socket.on('message', () => got++);
  for (let i = 0; i < 40; i++) client.send(new Uint8Array(1000), socket.address().port, '127.0.0.1');
  while (got + udp.counters.queueFull < 40) await new Promise((resolve) => setImmediate(resolve));
  t.true(got > 0 && got < 40);
  t.is(got + udp.counters.queueFull, 40);
  socket.close();
  client.close();
});

test('each message has its ticks and promises before the next one comes', async (t) => {
  const { net } = await loopback();
  const socket = await bound(net.createSocket('udp4'), 0, '127.0.0.1');
  const order: string[] = [];
  socket.on('message', (data) => {
    order.push(`message ${data}`);
    process.nextTick(() => order.push(`tick ${data}`));
    void Promise.resolve().then(() => order.push(`promise ${data}`));
  });
  const both = new Promise<void>((resolve) => {
    socket.on('message', (data) => String(data) === '2' && setImmediate(resolve));
  });
  for (const each of ['1', '2']) socket.send(each, socket.address().port, '127.0.0.1');
  await both;
  t.deepEqual(order, ['message 1', 'tick 1', 'promise 1', 'message 2', 'tick 2', 'promise 2']);
  socket.close();
});

test('a signal that was aborted before leaves nothing open', async (t) => {
  const { net, udp } = await loopback();
  const socket = net.createSocket({ type: 'udp4', signal: AbortSignal.abort() });
  await once(socket, 'close');
  t.is(
    codeOf(() => socket.bind(0)),
    'ERR_SOCKET_DGRAM_NOT_RUNNING',
  );
  t.is(udp.openSockets, 0);
});
