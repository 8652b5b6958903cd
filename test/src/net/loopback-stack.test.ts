import { VirtualClock } from '@netwright/core';
import { Tcp, type TcpSession, Udp } from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import { type BuiltStack, buildStack, shippedPlugins } from 'netwright';

const LAYERS = ['ethernet', 'arp', 'ipv4', 'ndp', 'ipv6', 'icmp', 'icmpv6', 'tcp', 'udp'];

/** A stack that has a loopback device and nothing else, as a program gets it that never asked for a network. */
async function loopback(t: ExecutionContext): Promise<{ clock: VirtualClock; stack: BuiltStack; tcp: Tcp; udp: Udp }> {
  const clock = new VirtualClock();
  const manifest = { device: 'loopback', address: ['127.0.0.1/8', '::1/128'], seed: 1, layers: LAYERS };
  const stack = await buildStack(manifest, { plugins: shippedPlugins, clock });
  await stack.start();
  t.teardown(() => stack.stop());
  return { clock, stack, tcp: stack.layer(Tcp) as Tcp, udp: stack.layer(Udp) as Udp };
}

/** Connects and sends a word, which the listener sends back. */
function talk(
  { clock, tcp }: { clock: VirtualClock; tcp: Tcp },
  address: string,
  port: number,
): { text: string; error: string | null; session: TcpSession } {
  let text = '';
  let error: string | null = null;
  const session = tcp.connect({
    address,
    port,
    handler: {
      established: () => session.write(new TextEncoder().encode('hello')),
      data: (bytes) => {
        text += new TextDecoder().decode(bytes);
        session.close();
      },
      closed: (_, why) => {
        error = why?.code ?? null;
      },
    },
  });
  clock.advance(500);
  return { text, error, session };
}

function listen(tcp: Tcp, port: number, address?: string): string[] {
  const from: string[] = [];
  tcp.listen({
    port,
    address,
    onConnection: (session) => {
      from.push(`${session.id.remoteAddress} to ${session.id.localAddress}`);
      return { data: (bytes) => session.write(bytes), end: () => session.close() };
    },
  });
  return from;
}

test('TCP reaches every address of 127.0.0.0/8 and ::1 on one loopback stack, as on Linux', async (t) => {
  const on = await loopback(t);
  const from = listen(on.tcp, 80);
  for (const address of ['127.0.0.1', '127.0.0.5', '127.255.0.9', '::1']) t.is(talk(on, address, 80).text, 'hello');
  t.deepEqual(from, ['127.0.0.1 to 127.0.0.1', '127.0.0.1 to 127.0.0.5', '127.0.0.1 to 127.255.0.9', '::1 to ::1']);
});

test('a listener on :: hears IPv6 alone, one on 0.0.0.0 IPv4 alone, and both may have one port', async (t) => {
  const on = await loopback(t);
  const six = listen(on.tcp, 80, '::');
  t.is(talk(on, '::1', 80).text, 'hello');
  t.is(talk(on, '127.0.0.1', 80).text, '');
  const four = listen(on.tcp, 80, '0.0.0.0');
  t.is(talk(on, '127.0.0.9', 80).text, 'hello');
  t.is(six.length, 1);
  t.is(four.length, 1);
  t.throws(() => on.tcp.listen({ port: 80 }), { code: 'EADDRINUSE' });
  t.throws(() => on.tcp.listen({ port: 80, address: '::1' }), { code: 'EADDRINUSE' });
});

test('a listener has an address of its own of 127.0.0.0/8, and a port that nobody has refuses', async (t) => {
  const on = await loopback(t);
  listen(on.tcp, 80, '127.0.0.5');
  t.is(talk(on, '127.0.0.5', 80).text, 'hello');
  t.is(talk(on, '127.0.0.6', 80).error, 'ECONNREFUSED');
  t.is(talk(on, '::1', 80).error, 'ECONNREFUSED');
});

// @rfc 4443 S3.1-1
// @rfc 2181 S4-1
test('UDP reaches them too, and answers come from the address that was asked', async (t) => {
  const { clock, udp } = await loopback(t);
  const server = udp.open({ port: 53 });
  server.onMessage = (data, from) => server.send(data, from.port, from.address, from.to);
  const client = udp.open();
  const got: string[] = [];
  client.onMessage = (data, from) => got.push(`${new TextDecoder().decode(data)} from ${from.address} to ${from.to}`);
  for (const address of ['127.0.0.1', '127.0.0.7', '::1']) {
    t.is(client.send(new TextEncoder().encode('hi'), 53, address), 'sent');
  }
  clock.advance(10);
  t.deepEqual(got, ['hi from 127.0.0.1 to 127.0.0.1', 'hi from 127.0.0.7 to 127.0.0.1', 'hi from ::1 to ::1']);
  const errors: string[] = [];
  client.onError = (error) => errors.push(error.code);
  client.send(new Uint8Array(4), 99, '::1');
  client.send(new Uint8Array(4), 99, '127.0.0.1');
  clock.advance(10);
  t.deepEqual(errors, ['ECONNREFUSED', 'ECONNREFUSED']);
});
