import { override } from '@netwright/core';
import { AlwaysAdmit, TCP_LISTEN } from '@netwright/layers';
import test from 'ava';
import { established, Rig } from './wire-peer.js';

const addresses = ['10.0.0.1/24', '10.0.0.9/24'];

// @rfc 9293 MUST-43
test('two listeners on one port, each on an address of its own', async (t) => {
  const rig = await Rig.start(t, { addresses });
  const one = rig.listen({ address: '10.0.0.1' });
  const nine = rig.listen({ address: '10.0.0.9' });
  rig.peer().handshake();
  rig.peer({ stackAddress: '10.0.0.9' }).handshake();
  rig.peer({ stackAddress: '10.0.0.9', port: 40001 }).handshake();
  t.deepEqual([one.apps.length, nine.apps.length], [1, 2]);
  t.throws(() => rig.listen({ address: '10.0.0.9' }), { code: 'EADDRINUSE' });
  t.throws(() => rig.listen(), { code: 'EADDRINUSE' });
  t.throws(() => rig.listen({ port: 81, address: '10.0.0.77' }), { code: 'EADDRNOTAVAIL' });
});

test('a listener on every address, or on one', async (t) => {
  const rig = await Rig.start(t, { addresses });
  const any = rig.listen();
  const one = rig.listen({ port: 81, address: '10.0.0.1' });
  rig.peer().handshake();
  rig.peer({ stackAddress: '10.0.0.9' }).handshake();
  t.is(any.apps.length, 2);
  const other = rig.peer({ stackAddress: '10.0.0.9', stackPort: 81, iss: 0 });
  other.send({ flags: 'S', seq: 5 });
  other.expect({ flags: 'RA', ack: 6, reason: 'tcp.reset.no-connection' });
  t.is(one.apps.length, 0);
});

// @rfc 9293 MUST-45
test('a connection is its four-tuple, exactly', async (t) => {
  const rig = await Rig.start(t, { addresses });
  const { apps } = rig.listen();
  const peers = [
    rig.peer(),
    rig.peer({ port: 40001 }),
    rig.peer({ address: '10.0.0.3' }),
    rig.peer({ stackAddress: '10.0.0.9' }),
  ];
  // Neighbours other than 10.0.0.2 are asked for.
  for (const peer of peers) {
    peer.send({ flags: 'S', seq: 0, options: 'mss 1460' });
    peer.next(100);
    peer.send({ seq: 1, ack: 1 });
  }
  t.is(apps.length, 4);
  for (const [i, peer] of peers.entries()) peer.send({ flags: 'PA', seq: 1, ack: 1, data: i + 1 });
  t.deepEqual(
    apps.map((each) => each.received),
    [1, 2, 3, 4],
  );
  const nobody = rig.peer({ port: 40001, address: '10.0.0.3', iss: 0 });
  nobody.send({ flags: 'PA', seq: 1, ack: 99, data: 1 });
  nobody.expect({ flags: 'R', seq: 99 });
});

test('a port that a connection had can be listened on and connected from again', async (t) => {
  const { rig, peer, session } = await established(t);
  session.abort();
  peer.drain();
  peer.handshake();
  t.is(rig.tcp.connections, 1);
  const app = rig.connect();
  t.throws(() => rig.connect(), { code: 'EADDRINUSE' });
  app.session.close();
  rig.connect();
});

test('listening goes on while its connections are open, and ends without ending them', async (t) => {
  const rig = await Rig.start(t);
  const { listener, apps } = rig.listen();
  const peer = rig.peer();
  peer.handshake();
  listener.close();
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10 });
  t.is(apps[0].received, 10);
  const late = rig.peer({ port: 40001, iss: 0 });
  late.send({ flags: 'S', seq: 1 });
  late.expect({ flags: 'RA', ack: 2 });
  rig.listen();
});

// @rfc 3360 S2.3-1
// @rfc 4987 S2.2-1 S4-2
test('SYNs beyond the backlog are ignored, beyond the limit refused', async (t) => {
  const rig = await Rig.start(t);
  const { listener } = rig.listen({ backlog: 2, limit: 3 });
  const half = [1, 2].map((i) => rig.peer({ port: i }));
  for (const peer of half) {
    peer.send({ flags: 'S', seq: 0 });
    peer.expect({ flags: 'SA' });
  }
  const third = rig.peer({ port: 3, iss: 0 });
  third.send({ flags: 'S', seq: 0 });
  third.silent();
  t.is(rig.tcp.counters.synsIgnored, 1);
  for (const peer of half) peer.send({ seq: 1, ack: 1 });
  third.send({ flags: 'S', seq: 0 });
  third.expect({ flags: 'SA' });
  third.send({ seq: 1, ack: 1 });
  const fourth = rig.peer({ port: 4, iss: 0 });
  fourth.send({ flags: 'S', seq: 0 });
  fourth.expect({ flags: 'RA', ack: 1, reason: 'tcp.reset.refused' });
  t.deepEqual([listener.open, listener.halfOpen], [3, 0]);
});

test('a listener may refuse or ignore everybody', async (t) => {
  const rig = await Rig.start(t);
  rig.listen({ overrides: [override(TCP_LISTEN, { value: new AlwaysAdmit('refuse') })] });
  rig.listen({ port: 81, overrides: [override(TCP_LISTEN, { value: new AlwaysAdmit('ignore') })] });
  const refused = rig.peer({ iss: 0 });
  refused.send({ flags: 'S', seq: 7 });
  refused.expect({ flags: 'RA', ack: 8 });
  const ignored = rig.peer({ stackPort: 81 });
  ignored.send({ flags: 'S', seq: 7 });
  ignored.silent(1000);
});

test('accept() waits for connections, takes those that wait, and ends with the listener', async (t) => {
  const rig = await Rig.start(t);
  const listener = rig.tcp.listen({ port: 80 });
  const soon = listener.accept();
  rig.peer({ port: 1 }).handshake();
  t.is((await soon).id.remotePort, 1);
  rig.peer({ port: 2 }).handshake();
  t.is(listener.waiting, 1);
  t.is((await listener.accept()).id.remotePort, 2);
  const never = listener.accept();
  rig.peer({ port: 3 });
  listener.close();
  await t.throwsAsync(never, { code: 'EBADF' });
});

test('a handler that throws harms its connection alone', async (t) => {
  const rig = await Rig.start(t);
  const faults: unknown[] = [];
  rig.host.fault = (error) => faults.push(error);
  rig.listen({
    onConnection: () => {
      throw new Error('mine');
    },
  });
  const peer = rig.peer();
  peer.handshake();
  t.is(faults.length, 1);
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10 });
  peer.expect({ ack: 11 });
});

// @rfc 9293 MUST-57
test('a SYN to everybody, or to a group, is not answered (RFC 9293 MUST-57)', async (t) => {
  const rig = await Rig.start(t);
  const { apps } = rig.listen();
  for (const stackAddress of ['10.0.0.255', '255.255.255.255', '224.0.0.1']) {
    const peer = rig.peer({ stackAddress });
    peer.send({ flags: 'S', seq: 0 });
    // Nor is there a reset.
    peer.silent(1000);
    t.is(rig.tcp.counters.resetsSent, 0);
  }
  t.deepEqual(apps, []);
  rig.clean();
});

// @rfc 9293 MUST-46
test('nobody can connect to everybody, or to nobody (RFC 9293 MUST-46)', async (t) => {
  const rig = await Rig.start(t);
  for (const address of ['10.0.0.255', '255.255.255.255', '224.0.0.1', '0.0.0.0']) {
    const error = t.throws(() => rig.connect({ address, localPort: 0 }), undefined, address);
    t.regex(String((error as { code?: string }).code), /^E(ACCES|INVAL|NETUNREACH|ADDRNOTAVAIL)$/, address);
  }
  rig.clean();
});

// @rfc 9293 MUST-63
test('a SYN from everybody, or from a group, is not answered (RFC 9293 MUST-63)', async (t) => {
  const rig = await Rig.start(t);
  rig.listen();
  for (const address of ['10.0.0.255', '255.255.255.255', '224.0.0.1', '0.0.0.0', '127.0.0.1', '10.0.0.1']) {
    const peer = rig.peer({ address });
    peer.send({ flags: 'S', seq: 0 });
    peer.silent(100);
  }
  rig.clean();
});

// @rfc 9293 MUST-41 MUST-42
test('may a port be listened on from which a connection is being opened, or to which one is? (RFC 9293 section 3.9.1.1)', async (t) => {
  const rig = await Rig.start(t);
  const client = rig.connect({ localPort: 80 });
  const server = rig.peer({ port: 7, stackPort: 80 });
  server.expect({ flags: 'S' });
  const first = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'SA' });
  // A second listener beside the first one is an error, and changes neither it nor what is half open.
  t.throws(() => rig.listen(), { code: 'EADDRINUSE' });
  peer.send({ seq: 1, ack: 1 });
  t.is(first.apps.length, 1);
  server.send({ flags: 'SA', seq: 0, ack: 1 });
  t.deepEqual(client.events, ['established']);
  // SYN-RECEIVED, whose listener is gone.
  const late = rig.peer({ port: 40001 });
  late.send({ flags: 'S', seq: 0 });
  late.expect({ flags: 'SA' });
  first.listener.close();
  const second = rig.listen();
  const next = rig.peer({ port: 40002 });
  next.handshake();
  t.is(second.apps.length, 1);
});

// @rfc 9293 MUST-43 MUST-44
test('a connection leaves from the address that it was told, else from the one that IP chooses', async (t) => {
  const rig = await Rig.start(t, { addresses: ['10.0.0.1/24', '10.0.0.9/24', '10.9.0.1/16'] });
  rig.connect({ localAddress: '10.0.0.9' });
  rig.peer({ port: 7, stackPort: 5000, stackAddress: '10.0.0.9' }).expect({ flags: 'S' });
  rig.connect({ localPort: 5001 });
  rig.peer({ port: 7, stackPort: 5001, stackAddress: '10.0.0.1' }).expect({ flags: 'S' });
  rig.connect({ localPort: 5002, address: '10.9.0.2' });
  const far = { port: 7, stackPort: 5002, address: '10.9.0.2', stackAddress: '10.9.0.1' };
  t.is(rig.peer(far).next(100).flags, 'S');
  t.throws(() => rig.connect({ localPort: 5003, localAddress: '10.0.0.77' }), { code: 'EADDRNOTAVAIL' });
});

// @rfc 9293 MUST-50
test('options of IP that TCP knows nothing of change nothing for it (RFC 9293 section 3.9.2.1)', async (t) => {
  const rig = await Rig.start(t);
  const { apps } = rig.listen();
  const peer = rig.peer();
  // A stream identifier (RFC 791), two NOPs, the end.
  peer.ipOptions = Uint8Array.of(136, 4, 0, 7, 1, 1, 0, 0);
  peer.handshake();
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 100 });
  peer.expect({ flags: 'A', ack: 101 });
  t.is(apps[0].received, 100);
});
