import { override } from '@netwright/core';
import { FixedSequence, State, TCP_ISN } from '@netwright/layers';
import test from 'ava';
import { Rig } from './wire-peer.js';

// @rfc 9293 MUST-2
test('a passive open answers SYN with SYN-ACK and is established by the ACK', async (t) => {
  const rig = await Rig.start(t);
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, win: 1000, options: 'mss 1460' });
  peer.expect({ flags: 'SA', seq: 0, ack: 1, length: 0, win: 65535, options: 'mss 1460', reason: 'tcp.synack' });
  t.deepEqual(apps, []);
  peer.send({ seq: 1, ack: 1, win: 2000 });
  t.deepEqual(apps[0].events, ['established']);
  t.is(apps[0].session.state, State.Established);
  peer.silent(1000);
  t.is(rig.host.timers.armed, 0);
});

// @rfc 7323 S2.2-1
test('an active open sends SYN and is established by the SYN-ACK', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({
    flags: 'S',
    seq: 0,
    ack: 0,
    win: 65535,
    options: 'mss 1460, sackOK, ts, nop, ws 7',
    reason: 'tcp.syn',
  });
  peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460, sackOK, ts 9, nop, ws 7' });
  peer.expect({
    flags: 'A',
    seq: 1,
    ack: 1,
    win: 8192,
    options: 'nop, nop, ts',
    tsEcr: 9,
    reason: 'tcp.handshake.ack',
  });
  t.deepEqual(app.events, ['established']);
  peer.silent(1000);
});

test('a SYN without an answer is sent again after 1, 2, 4, … s and given up', async (t) => {
  const rig = await Rig.start(t, { settings: { synRetries: 3 } });
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  const first = peer.expect({ flags: 'S', reason: 'tcp.syn' });
  for (const after of [1000, 2000, 4000]) {
    peer.expect({ flags: 'S', seq: 0, options: first.options, reason: 'tcp.retransmit.syn', after });
  }
  peer.silent(7990);
  t.deepEqual(app.events, []);
  peer.silent(20);
  t.deepEqual(app.events, ['closed ETIMEDOUT']);
  rig.clean();
});

test('a SYN-ACK without an answer is sent again and given up; the SYN again is answered again', async (t) => {
  const rig = await Rig.start(t, { settings: { synAckRetries: 2 } });
  const { listener, apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0 });
  const first = peer.expect({ flags: 'SA', reason: 'tcp.synack' });
  peer.expect({ flags: 'SA', seq: 0, ack: 1, options: first.options, reason: 'tcp.retransmit.synack', after: 1000 });
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'SA', seq: 0, ack: 1, reason: 'tcp.retransmit.synack' });
  peer.expect({ flags: 'SA', reason: 'tcp.retransmit.synack', within: 2000 });
  t.is(listener.halfOpen, 1);
  peer.silent(10_000);
  t.is(listener.halfOpen, 0);
  t.deepEqual(apps, []);
  rig.clean();
});

test('another SYN in SYN-RECEIVED is acknowledged or challenged, and the handshake goes on', async (t) => {
  const rig = await Rig.start(t);
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'SA', ack: 1 });
  // In the window: RFC 9293 lets a passive connection go; as a challenge nobody who guesses ends it (RFC 5961 section 4).
  peer.send({ flags: 'S', seq: 1000 });
  peer.expect({ flags: 'A', seq: 1, ack: 1, reason: 'tcp.challenge' });
  peer.send({ flags: 'S', seq: 500_000 });
  peer.expect({ flags: 'A', seq: 1, ack: 1, reason: 'tcp.ack.unacceptable' });
  peer.send({ seq: 1, ack: 1 });
  t.is(apps.length, 1);
});

test('data with the ACK of the handshake is taken', async (t) => {
  const rig = await Rig.start(t);
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'SA' });
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 100 });
  t.is(apps[0].received, 100);
  peer.expect({ flags: 'A', seq: 1, ack: 101 });
});

test('a FIN with the ACK of the handshake leads to CLOSE-WAIT', async (t) => {
  const rig = await Rig.start(t);
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'SA' });
  peer.send({ flags: 'FPA', seq: 1, ack: 1, data: 10 });
  peer.expect({ flags: 'A', ack: 12 });
  t.deepEqual(apps[0].events, ['established', 'end']);
  t.is(apps[0].session.state, State.CloseWait);
});

test('data in the SYN-ACK is taken within the window that the SYN offered', async (t) => {
  const rig = await Rig.start(t);
  const other = rig.connect({ localPort: 5001 });
  const second = rig.peer({ port: 7, stackPort: 5001 });
  second.expect({ flags: 'S' });
  other.lenient = true;
  second.send({ flags: 'SA', seq: 0, ack: 1, data: 'hello' });
  second.expect({ flags: 'A', ack: 6 });
  t.is(other.text, 'hello');
});

// @rfc 9293 MUST-10
test('a simultaneous open is established on both sides (RFC 9293 figure 7)', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S', seq: 0 });
  peer.send({ flags: 'S', seq: 0, options: 'mss 1460, nop, ws 4', win: 3000 });
  peer.expect({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460, nop, ws 7', reason: 'tcp.synack' });
  t.is(app.session.state, State.SynReceived);
  peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460, nop, ws 4', win: 3000 });
  t.is(app.session.state, State.Established);
  t.deepEqual(app.events, ['established']);
  // The window of a segment with SYN is never scaled (RFC 7323 section 2.2).
  t.is(app.session.sender.sndWnd, 3000);
  peer.silent(500);
});

test('a simultaneous open ends with an ACK as well', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S', seq: 0 });
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'SA', seq: 0, ack: 1 });
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 5 });
  t.is(app.received, 5);
});

test('the SYN-ACK of a simultaneous open is sent again', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S', seq: 0 });
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'SA', reason: 'tcp.synack' });
  peer.expect({ flags: 'SA', seq: 0, ack: 1, reason: 'tcp.retransmit.synack', within: 1001 });
  // Their SYN again, too: they have not heard us.
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'SA', seq: 0, ack: 1 });
  t.is(app.session.state, State.SynReceived);
});

// @rfc 5961 S3.2-5
test('RST in SYN-SENT refuses the connection when it acknowledges the SYN, and is ignored else', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S' });
  peer.send({ flags: 'R', seq: 0 });
  peer.send({ flags: 'RA', seq: 0, ack: 0 });
  peer.send({ flags: 'RA', seq: 0, ack: 2 });
  peer.silent();
  t.deepEqual(app.events, []);
  peer.send({ flags: 'RA', seq: 0, ack: 1 });
  t.deepEqual(app.events, ['closed ECONNREFUSED']);
  rig.clean();
});

test('an ACK in SYN-SENT of what was not sent is answered by a reset with its number', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S' });
  peer.send({ flags: 'SA', seq: 0, ack: 100 });
  peer.expect({ flags: 'R', seq: 100, ack: 0, reason: 'tcp.reset.handshake' });
  peer.send({ seq: 55, ack: 0 });
  peer.expect({ flags: 'R', seq: 0 });
  // An acceptable ACK without SYN says nothing.
  peer.send({ seq: 1, ack: 1 });
  peer.silent();
  t.is(app.session.state, State.SynSent);
  t.deepEqual(app.events, []);
});

// @rfc 9293 MUST-11
test('RST in SYN-RECEIVED: a passive connection goes quietly, an active one is refused', async (t) => {
  const rig = await Rig.start(t);
  const { listener, apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'SA' });
  peer.send({ flags: 'R', seq: 5 });
  peer.expect({ flags: 'A', ack: 1, reason: 'tcp.challenge' });
  peer.send({ flags: 'R', seq: 1 });
  t.is(listener.halfOpen, 0);
  t.deepEqual(apps, []);

  const app = rig.connect();
  const other = rig.peer({ port: 7, stackPort: 5000 });
  other.expect({ flags: 'S' });
  other.send({ flags: 'S', seq: 0 });
  other.expect({ flags: 'SA' });
  other.send({ flags: 'R', seq: 1 });
  t.deepEqual(app.events, ['closed ECONNREFUSED']);
  rig.clean();
});

test('an ACK in SYN-RECEIVED of something else is answered by a reset, and the handshake goes on', async (t) => {
  const rig = await Rig.start(t);
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'SA' });
  peer.send({ seq: 1, ack: 0 });
  peer.expect({ flags: 'R', seq: 0, reason: 'tcp.reset.handshake' });
  peer.send({ seq: 1, ack: 2 });
  peer.expect({ flags: 'R', seq: 2 });
  peer.send({ seq: 1, ack: 1 });
  t.deepEqual(apps[0].events, ['established']);
});

test('an established connection answers the SYN-ACK again, whose ACK was lost', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.answer();
  peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460' });
  peer.expect({ flags: 'A', seq: 1, ack: 1 });
  t.is(app.session.state, State.Established);
});

test('data written and a shutdown before the connection is established follow the handshake', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  app.write(50);
  peer.expect({ flags: 'S' });
  peer.send({ flags: 'S', seq: 0, options: 'mss 1460' });
  peer.expect({ flags: 'SA' });
  app.session.shutdown();
  peer.silent();
  peer.send({ seq: 1, ack: 1 });
  peer.expect({ flags: 'FPA', seq: 1, ack: 1, length: 50 });
  t.is(app.session.state, State.FinWait1);
});

test('an abort within the call that tells of the connection leaves nothing behind', async (t) => {
  const rig = await Rig.start(t);
  rig.listen({
    onConnection: () => ({
      established: (session) => {
        session.shutdown();
        session.abort();
      },
    }),
  });
  const peer = rig.peer();
  peer.handshake();
  peer.expect({ flags: 'RA' });
  rig.clean();
});

test('close() and shutdown() in SYN-SENT forget the connection', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S' });
  app.session.close();
  t.deepEqual(app.events, ['closed']);
  peer.silent(10_000);
  rig.clean();
});

// @rfc 9293 MUST-8 SHLD-1
test('initial sequence numbers follow the clock and differ between four-tuples (RFC 9293 section 3.4.1)', async (t) => {
  const rig = await Rig.start(t);
  const one = rig.peer({ port: 7, stackPort: 5000 });
  const two = rig.peer({ port: 7, stackPort: 5001 });
  const first = rig.connect();
  one.next();
  const early = one.stackIss;
  first.session.abort();
  rig.clock.advance(1000);
  rig.connect();
  one.next();
  t.is((one.stackIss - early) >>> 0, 250_000);
  rig.connect({ localPort: 5001 });
  two.next();
  t.true(Math.abs(two.stackIss - one.stackIss) > 1000);
});

test('the initial sequence number can be chosen', async (t) => {
  const rig = await Rig.start(t, { overrides: [override(TCP_ISN, { value: new FixedSequence(4242) })] });
  rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.next();
  t.is(peer.stackIss, 4242);
});

// @rfc 6298 S5-8
// @rfc 5681 S3.1-4
// @rfc 6928 S2-2
// @rfc 3390 S1-3
test('a SYN or SYN-ACK that was lost: the first window is one segment after two losses, and RTO is 3 s (RFC 6298 5.7)', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S' });
  peer.expect({ flags: 'S', after: 1000 });
  peer.expect({ flags: 'S', after: 2000 });
  peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1000' });
  peer.expect({ flags: 'A' });
  app.write(5000);
  peer.expect({ flags: 'A', seq: 1, length: 1000 });
  peer.silent();
  peer.expect({ flags: 'A', seq: 1, length: 1000, after: 3000, reason: 'tcp.retransmit.rto' });
});

// @rfc 6928 S2-3
test('one lost SYN does not end slow start', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S' });
  peer.expect({ flags: 'S', after: 1000 });
  peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1000' });
  peer.expect({ flags: 'A' });
  app.write(50_000);
  t.is(peer.drain().length, 10);
  peer.send({ seq: 1, ack: 2001 });
  t.is(peer.drain().length, 4);
});

// @rfc 9293 MUST-22 MUST-23
test('how long is a SYN tried? More than three minutes, then the program hears of it (RFC 9293 section 3.8.3)', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S' });
  const again = peer.drain(180_000);
  t.true(again.length >= 7 && again.every((each) => each.reason === 'tcp.retransmit.syn'));
  t.deepEqual(app.events, []);
  peer.drain(180_000);
  t.deepEqual(app.events, ['closed ETIMEDOUT']);
});

// @rfc 9293 MUST-9 SHLD-1
test('does a stack whose secret is another choose other initial numbers for the same four? (RFC 9293 section 3.4.1)', async (t) => {
  const numbers = new Set<number>();
  for (let seed = 1; seed <= 20; seed++) {
    const rig = await Rig.start(t, { seed });
    rig.connect();
    const peer = rig.peer({ port: 7, stackPort: 5000 });
    peer.next();
    numbers.add(peer.stackIss >>> 16);
  }
  t.true(numbers.size >= 19, `${[...numbers]}`);
});
