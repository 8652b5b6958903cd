import { override } from '@netwright/core';
import {
  DelayedAck,
  FixedSequence,
  KeepFirst,
  KeepLast,
  KeepUnlessEarlier,
  MinshallSegmentation,
  NewReno,
  QuickAck,
  type ReassemblyPolicy,
  TCP_ACK,
  TCP_ISN,
  TCP_REASSEMBLY,
  TCP_RECOVERY,
  TCP_SEGMENTATION,
} from '@netwright/layers';
import test from 'ava';
import { established } from './wire-peer.js';

const slow = { overrides: [override(TCP_ACK, { value: new DelayedAck(40, 0) })] };

test('data in order is handed over and acknowledged', async (t) => {
  const { peer, app } = await established(t);
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 500 });
  peer.expect({ flags: 'A', seq: 1, ack: 501, length: 0, reason: 'tcp.ack' });
  t.is(app.received, 500);
});

// @rfc 2525 S2.13-1
// @rfc 5681 S4.2-1
// @rfc 9293 SHLD-18 MUST-40 SHLD-19
test('a single segment is acknowledged after 40 ms, every second full-sized one at once (RFC 9293 section 3.8.6.3)', async (t) => {
  const { peer } = await established(t, slow);
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 1460 });
  peer.expect({ flags: 'A', ack: 1461, after: 40, reason: 'tcp.ack.delayed' });
  peer.send({ flags: 'A', seq: 1461, ack: 1, data: 1460 });
  peer.silent(20);
  peer.send({ flags: 'A', seq: 2921, ack: 1, data: 1460 });
  peer.expect({ flags: 'A', ack: 4381, reason: 'tcp.ack' });
  peer.silent(200);
});

test('the first segments of a connection are acknowledged at once', async (t) => {
  const { peer } = await established(t);
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10 });
  peer.expect({ ack: 11 });
  for (let seq = 11; seq < 25_000; seq += 1460) peer.send({ flags: 'A', seq, ack: 1, data: 1460 });
  peer.drain(100);
  peer.send({ flags: 'PA', seq: 26291, ack: 1, data: 10 });
  peer.expect({ ack: 26301, after: 40 });
});

test('what is sent in the meantime carries the acknowledgement', async (t) => {
  const { peer, app } = await established(t, slow);
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10 });
  app.write(5);
  peer.expect({ flags: 'PA', seq: 1, ack: 11, length: 5 });
  peer.send({ seq: 11, ack: 6 });
  peer.silent(200);
});

// @rfc 9293 MUST-58 MUST-59
test('one acknowledgement for a batch', async (t) => {
  const { peer, app } = await established(t);
  peer.send(...Array.from({ length: 10 }, (_, i) => ({ flags: 'A', seq: 1 + i * 1000, ack: 1, data: 1000 })));
  peer.expect({ flags: 'A', ack: 10_001 });
  peer.silent(100);
  t.is(app.received, 10_000);
});

// @rfc 5681 S3.2-1 S3.2-2
// @rfc 6582 S5-1
test('a segment beyond a hole is acknowledged at once with what is missing, as is what fills it', async (t) => {
  const { peer, app } = await established(t, slow);
  peer.send({ flags: 'A', seq: 101, ack: 1, data: 100 });
  peer.expect({ flags: 'A', ack: 1, reason: 'tcp.ack.out-of-order' });
  peer.send({ flags: 'A', seq: 301, ack: 1, data: 100 });
  peer.expect({ flags: 'A', ack: 1 });
  t.is(app.received, 0);
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 100 });
  peer.expect({ flags: 'A', ack: 201, reason: 'tcp.ack.out-of-order' });
  peer.send({ flags: 'A', seq: 201, ack: 1, data: 100 });
  peer.expect({ flags: 'A', ack: 401 });
  t.is(app.received, 400);
});

test('duplicates are acknowledged at once and handed over once', async (t) => {
  const { peer, app } = await established(t, slow);
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 100 });
  peer.expect({ ack: 101, after: 40 });
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 100 });
  peer.expect({ flags: 'A', ack: 101 });
  // Half of it is new.
  peer.send({ flags: 'A', seq: 51, ack: 1, data: 100 });
  t.is(app.received, 150);
  peer.drain(50);
  peer.send({ flags: 'A', seq: 301, ack: 1, data: 100 });
  peer.send({ flags: 'A', seq: 301, ack: 1, data: 100 });
  t.deepEqual(
    peer.drain().map((each) => each.ack),
    [151, 151],
  );
});

test('a segment that reaches beyond the window is cut at its edge', async (t) => {
  const { peer, app, session } = await established(t, { settings: { receiveBuffer: 1000 } });
  session.pause();
  peer.send({ flags: 'FPA', seq: 1, ack: 1, data: 1200 });
  peer.expect({ flags: 'A', ack: 1001, win: 0 });
  session.resume();
  t.is(app.received, 1000);
  t.is(app.events.at(-1), 'established');
});

/** AAAAAAAAAA at 11, then `size` times B at `at`, then what is missing before them. */
async function overlap(t: Parameters<typeof established>[0], policy: ReassemblyPolicy, at: number, size: number) {
  const { peer, app } = await established(t, { overrides: [override(TCP_REASSEMBLY, { value: policy })] });
  app.lenient = true;
  peer.send({ flags: 'A', seq: 11, ack: 1, data: 'AAAAAAAAAA' });
  peer.send({ flags: 'A', seq: at, ack: 1, data: 'B'.repeat(size) });
  peer.send({ flags: 'A', seq: 1, ack: 1, data: '.'.repeat(Math.min(at, 11) - 1) });
  peer.drain();
  return app.text;
}

test('overlaps: what came first stays', async (t) => {
  const policy = new KeepFirst();
  t.is(await overlap(t, policy, 6, 20), '.....BBBBBAAAAAAAAAABBBBB');
  t.is(await overlap(t, policy, 13, 5), '..........AAAAAAAAAA');
  t.is(await overlap(t, policy, 16, 10), '..........AAAAAAAAAABBBBB');
});

test('overlaps: what came last wins', async (t) => {
  const policy = new KeepLast();
  t.is(await overlap(t, policy, 6, 20), '.....BBBBBBBBBBBBBBBBBBBB');
  t.is(await overlap(t, policy, 13, 5), '..........AABBBBBAAA');
  t.is(await overlap(t, policy, 16, 10), '..........AAAAABBBBBBBBBB');
});

test('overlaps as BSD has them: a segment that begins earlier wins', async (t) => {
  const policy = new KeepUnlessEarlier();
  t.is(await overlap(t, policy, 6, 20), '.....BBBBBBBBBBBBBBBBBBBB');
  t.is(await overlap(t, policy, 13, 5), '..........AAAAAAAAAA');
  t.is(await overlap(t, policy, 16, 10), '..........AAAAAAAAAABBBBB');
});

test('what was received in order is never changed, whatever the policy', async (t) => {
  const { peer, app, session } = await established(t, {
    overrides: [override(TCP_REASSEMBLY, { value: new KeepLast() })],
  });
  app.lenient = true;
  session.pause();
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 'AAAAA' });
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 'BBBBBBBB' });
  session.resume();
  t.is(app.text, 'AAAAABBB');
});

// @rfc 2018 S8-1
test('ranges kept are limited; the connection goes on when the hole is filled', async (t) => {
  const { peer, app } = await established(t, {
    syn: 'mss 1460, sackOK',
    overrides: [override(TCP_REASSEMBLY, { value: new KeepFirst(3) })],
  });
  for (let i = 1; i <= 6; i++) peer.send({ flags: 'A', seq: 1 + 100 * i, ack: 1, data: 50 });
  t.is(peer.drain().at(-1)?.options, 'nop, nop, sack 301-351 201-251 101-151');
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 50 });
  peer.expect({ ack: 51 });
  peer.send({ flags: 'A', seq: 51, ack: 1, data: 50 });
  peer.expect({ ack: 151 });
  t.is(app.received, 150);
});

test('sequence numbers pass 2^32 in both directions: data, holes, FIN, retransmissions', async (t) => {
  const { rig, peer, app, session } = await established(t, {
    iss: 2 ** 32 - 101,
    overrides: [
      override(TCP_ISN, { value: new FixedSequence(2 ** 32 - 51) }),
      override(TCP_RECOVERY, { make: () => new NewReno() }),
    ],
    syn: 'mss 1460, sackOK',
  });
  peer.send({ flags: 'A', seq: 91, ack: 1, data: 50 });
  peer.expect({ flags: 'A', ack: 1, options: 'nop, nop, sack 91-141' });
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 90 });
  peer.expect({ flags: 'A', ack: 141 });
  app.write(40);
  peer.expect({ seq: 1, length: 40 });
  session.setNoDelay(true);
  app.write(40);
  peer.expect({ seq: 41, length: 40 });
  peer.expect({ seq: 1, length: 40, reason: 'tcp.retransmit.rto', within: 1500 });
  peer.expect({ seq: 41, length: 40, reason: 'tcp.retransmit.rto' });
  peer.send({ seq: 141, ack: 61 });
  peer.expect({ seq: 61, length: 20, reason: 'tcp.retransmit.rto', within: 1500 });
  session.shutdown();
  peer.expect({ flags: 'FA', seq: 81 });
  peer.send({ flags: 'FPA', seq: 141, ack: 82, data: 10 });
  peer.expect({ flags: 'A', seq: 82, ack: 152 });
  t.is(app.received, 150);
  rig.clock.advance(61_000);
  rig.clean();
});

test('a FIN as the last number before 2^32', async (t) => {
  const { peer, app, session } = await established(t, {
    iss: 2 ** 32 - 12,
    overrides: [override(TCP_ISN, { value: new FixedSequence(2 ** 32 - 12) })],
  });
  app.write(10);
  session.shutdown();
  peer.expect({ flags: 'PA', seq: 1, length: 10 });
  peer.expect({ flags: 'FA', seq: 11 });
  peer.send({ flags: 'FPA', seq: 1, ack: 12, data: 10 });
  peer.expect({ flags: 'A', seq: 12, ack: 12 });
  t.is(app.received, 10);
});

test('a data segment whose number is the initial one, 4 GiB later, is no SYN', async (t) => {
  const { peer, app, session } = await established(t);
  session.sender.iss = session.sender.sndNxt;
  app.write(10);
  peer.expect({ flags: 'PA', length: 10 });
  const again = peer.next(1500);
  t.deepEqual([again.flags, again.length, again.reason], ['PA', 10, 'tcp.retransmit.rto']);
});

// @rfc 9293 MUST-61
test('PSH ends what the application wrote', async (t) => {
  const { peer, app } = await established(t);
  app.write(3000);
  peer.expect({ flags: 'A', length: 1460 });
  peer.expect({ flags: 'A', length: 1460 });
  peer.send({ seq: 1, ack: 2921 });
  peer.expect({ flags: 'PA', length: 80 });
});

// @rfc 9293 SHLD-7 MUST-17
test('Nagle: a small segment waits for the acknowledgement, unless delays are not wanted', async (t) => {
  const { peer, app, session } = await established(t);
  app.write(10);
  peer.expect({ flags: 'PA', seq: 1, length: 10 });
  app.write(10);
  app.write(10);
  peer.silent(50);
  peer.send({ seq: 1, ack: 11 });
  peer.expect({ flags: 'PA', seq: 11, length: 20 });
  session.setNoDelay(true);
  app.write(10);
  peer.expect({ flags: 'PA', seq: 31, length: 10 });
  app.write(10);
  peer.expect({ flags: 'PA', seq: 41, length: 10 });
});

test('Minshall: the small end of a write waits for another small segment, not for full ones', async (t) => {
  const overrides = [override(TCP_SEGMENTATION, { value: new MinshallSegmentation() })];
  const { peer, app } = await established(t, { overrides });
  app.write(1500);
  peer.expect({ flags: 'A', seq: 1, length: 1460 });
  peer.expect({ flags: 'PA', seq: 1461, length: 40 });
  app.write(10);
  peer.silent(50);
  app.write(1450);
  peer.expect({ flags: 'PA', seq: 1501, length: 1460 });
  app.write(10);
  peer.silent(50);
  peer.send({ seq: 1, ack: 1501 });
  peer.expect({ flags: 'PA', seq: 2961, length: 10 });
});

test('Nagle does not hold back full segments', async (t) => {
  const { peer, app } = await established(t);
  app.write(10);
  peer.next();
  app.write(1500);
  peer.expect({ flags: 'A', seq: 11, length: 1460 });
  peer.silent(50);
});

// @rfc 9293 MUST-60
test('corked, only full segments leave, but nothing waits for more than a retransmission timeout; uncorking sends the rest', async (t) => {
  const { peer, app, session } = await established(t);
  session.cork(true);
  app.write(100);
  peer.silent(190);
  // tcp(7): "there is a 200 millisecond ceiling on the time for which output is corked by TCP_CORK".
  peer.expect({ flags: 'PA', seq: 1, length: 100, within: 120 });
  peer.send({ seq: 1, ack: 101 });
  app.write(1560);
  peer.expect({ flags: 'A', seq: 101, length: 1460 });
  session.cork(false);
  peer.send({ seq: 1, ack: 1561 });
  peer.expect({ flags: 'PA', seq: 1561, length: 100 });
  // The wait has not inflated the timeout.
  peer.expect({ flags: 'PA', seq: 1561, reason: 'tcp.retransmit.rto', within: 1000 });
});

// @rfc 9293 MUST-31 MUST-62
test('urgent data of ours: URG and the pointer behind it, on every segment up to it', async (t) => {
  const { peer, app, session } = await established(t);
  session.writeUrgent(new Uint8Array([0, 7, 14]));
  peer.expect({ flags: 'PAU', seq: 1, length: 3, urgent: 3 });
  app.written = 3;
  app.write(2000);
  peer.expect({ flags: 'A', seq: 4, length: 1460, urgent: 0 });
  peer.send({ seq: 1, ack: 1464 });
  peer.expect({ flags: 'PA', seq: 1464, length: 540, urgent: 0 });
});

// @rfc 9293 MUST-31
test('an urgent pointer farther away than the field can say says as far as it can', async (t) => {
  const { peer, app, session } = await established(t, { syn: 'mss 1460, nop, ws 4' });
  session.cork(true);
  peer.send({ seq: 1, ack: 1, win: 0 });
  app.write(80_000);
  session.writeUrgent(new Uint8Array(0));
  peer.drain();
  peer.send({ seq: 1, ack: 1, win: 60_000 });
  const sent = peer.drain();
  t.is(sent[0].flags, 'AU');
  t.is(sent[0].urgent, 0xffff);
});

// @rfc 9293 MUST-32
test('urgent data of the peer is announced once for each pointer, and again after more', async (t) => {
  const { peer, app, session } = await established(t);
  peer.send({ flags: 'AU', seq: 1, ack: 1, data: 10, urgent: 20 });
  t.deepEqual(app.events, ['established', 'urgent']);
  t.is(session.receiver.rcvUp, (1000 + 21) | 0);
  peer.send({ flags: 'AU', seq: 11, ack: 1, data: 5, urgent: 10 });
  t.is(app.events.length, 2);
  t.true(session.receiver.urgent);
  peer.send({ flags: 'A', seq: 16, ack: 1, data: 20 });
  peer.send({ flags: 'AU', seq: 36, ack: 1, data: 5, urgent: 5 });
  t.is(app.events.length, 3);
  t.is(app.received, 40);
  peer.send({ flags: 'AU', seq: 36, ack: 1, data: 5, urgent: 5 });
  t.is(app.events.length, 3);
});

// @rfc 9293 MUST-32 MUST-33
test('urgent data that reaches farther before the first is read is announced, too (RFC 9293 section 3.8.5)', async (t) => {
  const { peer, app, session } = await established(t);
  peer.send({ flags: 'AU', seq: 1, ack: 1, data: 10, urgent: 20 });
  peer.send({ flags: 'AU', seq: 11, ack: 1, data: 5, urgent: 60 });
  t.deepEqual(app.events, ['established', 'urgent', 'urgent']);
  // How much of it is still to come, as the program learns it.
  t.deepEqual([session.receiver.urgent, (session.receiver.rcvUp - session.receiver.rcvNxt) | 0], [true, 55]);
  // A pointer does not recede.
  peer.send({ flags: 'AU', seq: 16, ack: 1, data: 5, urgent: 1 });
  t.is((session.receiver.rcvUp - session.receiver.rcvNxt) | 0, 50);
  t.is(app.events.length, 3);
});

test('an application that reads within its data callback gets each byte once', async (t) => {
  const { peer, app, session } = await established(t);
  let pulled = 0;
  app.lenient = true;
  app.handler.data = (bytes) => {
    pulled += bytes.length;
    session.read(3);
  };
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10 });
  t.is(pulled, 10);
  t.is(session.receiver.readable, 0);
  peer.send({ flags: 'PA', seq: 11, ack: 1, data: 10 });
  t.is(pulled, 20);
  t.is(session.receiver.readable, 0);
});

test('acknowledging each batch at once can be chosen', async (t) => {
  const { peer } = await established(t, { overrides: [override(TCP_ACK, { value: new QuickAck() })] });
  for (let seq = 1; seq < 30_000; seq += 1000) {
    peer.send({ flags: 'A', seq, ack: 1, data: 1000 });
    peer.expect({ ack: seq + 1000 });
  }
});

test('a write of bytes that are not there is refused, and nothing of it is sent', async (t) => {
  const { peer, app } = await established(t);
  const bytes = new Uint8Array(10);
  for (const [at, length] of [
    [0, 11],
    [5, 6],
    [-1, 2],
    [0, 2.5],
    [0.5, 2],
    [0, Number.NaN],
    [0, -1],
  ])
    t.throws(() => app.session.write(bytes, at, length), { code: 'EINVAL' }, `${length} at ${at}`);
  peer.silent(1000);
});
