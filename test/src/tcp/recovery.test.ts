import { override } from '@netwright/core';
import { FixedRto, NewReno, Reno, TCP_CONGESTION, TCP_RECOVERY, TCP_RTT } from '@netwright/layers';
import test from 'ava';
import { type Emitted, established, type WirePeer } from './wire-peer.js';

const MSS = 1000;
const overrides = [
  override(TCP_RECOVERY, { make: () => new NewReno() }),
  override(TCP_CONGESTION, { make: () => new Reno() }),
  override(TCP_RTT, { make: () => new FixedRto(5000) }),
];

/** Ten segments of 1000 bytes are in flight, numbers 1 to 10; more waits. */
async function inFlight(t: Parameters<typeof established>[0], syn = 'mss 1000') {
  const opened = await established(t, { overrides, syn });
  opened.app.write(100_000);
  t.is(opened.peer.drain().length, 10);
  return opened;
}

function duplicates(peer: WirePeer, ack: number, count: number): Emitted[] {
  for (let i = 0; i < count; i++) peer.send({ seq: 1, ack });
  return peer.drain();
}

function numbers(sent: Emitted[]): number[] {
  return sent.map((each) => (each.seq - 1) / MSS + 1);
}

// @rfc 2525 S2.1-1
// @rfc 6928 S2-1
test('the initial window is ten segments, at most 14600 bytes or two segments (RFC 6928)', async (t) => {
  const ten = await established(t, { overrides, syn: 'mss 1460' });
  ten.app.write(100_000);
  t.is(ten.peer.drain().length, 10);
  const large = await established(t, { overrides, syn: 'mss 9000', mtu: 9000 });
  large.app.write(100_000);
  t.is(large.peer.drain().length, 2);
});

// @rfc 5681 S3.1-1 S3.1-7
// @rfc 3465 S2.2-1 S2.3-1
test('slow start: two more segments for each that is acknowledged, at most two for one ACK (RFC 3465)', async (t) => {
  const { peer } = await inFlight(t);
  peer.send({ seq: 1, ack: 1001 });
  t.deepEqual(numbers(peer.drain()), [11, 12]);
  peer.send({ seq: 1, ack: 3001 });
  t.deepEqual(numbers(peer.drain()), [13, 14, 15, 16]);
  peer.send({ seq: 1, ack: 9001 });
  t.is(peer.drain().length, 8);
});

// @rfc 2525 S2.6-1
// @rfc 5681 S3.1-1 S3.1-8
// @rfc 9293 MUST-19
test('congestion avoidance: one segment a window', async (t) => {
  const { peer, session } = await inFlight(t);
  session.sender.congestion.ssthresh = 5000;
  for (let ack = 1001; ack <= 10_001; ack += 1000) peer.send({ seq: 1, ack });
  t.is(session.sender.congestion.cwnd, 11_000);
  t.is(peer.drain().length, 11);
});

// @rfc 7661 S4.4-2
test('the window does not grow while the application does not use it (RFC 7661)', async (t) => {
  const { peer, app, session } = await established(t, { overrides, syn: 'mss 1000' });
  for (let i = 0; i < 20; i++) {
    app.write(100);
    const { seq } = peer.next();
    peer.send({ seq: 1, ack: seq + 100 });
  }
  t.is(session.sender.congestion.cwnd, 10_000);
});

// @rfc 5681 S3.2-3 S3.2-4 S3.2-5
// @rfc 6582 S3.2-1
test('three duplicates: limited transmit for two, the third sends the first again (RFC 3042, RFC 5681 section 3.2)', async (t) => {
  const { peer, session } = await inFlight(t);
  t.deepEqual(numbers(duplicates(peer, 1, 1)), [11]);
  t.deepEqual(numbers(duplicates(peer, 1, 1)), [12]);
  const [again, ...more] = duplicates(peer, 1, 1);
  t.deepEqual([again.seq, again.length, again.reason], [1, 1000, 'tcp.retransmit.fast']);
  t.deepEqual(more, []);
  // Half of what was in flight without limited transmit.
  t.is(session.sender.congestion.ssthresh, 5000);
});

// @rfc 2525 S2.8-1
// @rfc 5681 S3.2-6 S3.2-7 S3.2-8 S3.2-9
// @rfc 6582 S3.2-3
test('further duplicates inflate the window; the full acknowledgement deflates it (RFC 6582 section 3.2)', async (t) => {
  const { peer, session } = await inFlight(t);
  duplicates(peer, 1, 3);
  // 12 in flight, 5 + 3 allowed: the next four duplicates send nothing, then each one sends one.
  t.deepEqual(duplicates(peer, 1, 4), []);
  t.deepEqual(numbers(duplicates(peer, 1, 3)), [13, 14, 15]);
  peer.send({ seq: 1, ack: 12_001 });
  t.false(session.behaviour.recovery.recovering);
  t.is(session.sender.congestion.cwnd, 5000);
  t.deepEqual(numbers(peer.drain()), [16, 17]);
});

// @rfc 6582 S3.2-4
test('a partial acknowledgement sends the next one missing at once, and recovery goes on', async (t) => {
  const { peer, session } = await inFlight(t);
  duplicates(peer, 1, 3);
  peer.send({ seq: 1, ack: 3001 });
  const [again, ...more] = peer.drain();
  t.deepEqual([again.seq, again.reason], [3001, 'tcp.retransmit.fast']);
  t.deepEqual(numbers(more), []);
  t.true(session.behaviour.recovery.recovering);
  t.is(session.sender.congestion.ssthresh, 5000, 'one reduction for one window');
  peer.send({ seq: 1, ack: 6001 });
  t.is(peer.next().seq, 6001);
  peer.send({ seq: 1, ack: 12_001 });
  t.false(session.behaviour.recovery.recovering);
});

// @rfc 6582 S3.2-1 S3.2-2
test('duplicates of the end of a recovery start no second one (RFC 6582 section 3.2, step 1)', async (t) => {
  const { peer, session } = await inFlight(t);
  duplicates(peer, 1, 3);
  peer.send({ seq: 1, ack: 12_001 });
  peer.drain();
  t.true(duplicates(peer, 12_001, 5).every((each) => each.reason === 'tcp.data'));
  t.is(session.sender.congestion.ssthresh, 5000);
  // Beyond it, duplicates mean a loss again.
  peer.send({ seq: 1, ack: 13_001 });
  peer.drain();
  const sent = duplicates(peer, 13_001, 3);
  t.is(sent.at(-1)?.reason, 'tcp.retransmit.fast');
});

// @rfc 6582 S3.2-2 S3.2-7
test('a timeout ends a recovery, and duplicates below what was sent start none (step 4)', async (t) => {
  const { peer, session } = await inFlight(t);
  duplicates(peer, 1, 3);
  const sent = peer.drain(5100);
  t.is(sent[0].seq, 1);
  t.is(sent[0].reason, 'tcp.retransmit.rto');
  t.false(session.behaviour.recovery.recovering);
  t.is(session.sender.congestion.cwnd, 1000);
  peer.send({ seq: 1, ack: 1001 });
  peer.drain();
  t.deepEqual(
    duplicates(peer, 1001, 4).filter((each) => each.reason === 'tcp.retransmit.fast'),
    [],
  );
});

// @rfc 5681 S2-2
test('what changes the window, carries text or a FIN is no duplicate (RFC 5681 section 2)', async (t) => {
  const { peer, session } = await inFlight(t);
  for (let i = 0; i < 4; i++) peer.send({ seq: 1, ack: 1, win: 60_000 - i });
  for (let i = 0; i < 4; i++) peer.send({ flags: 'PA', seq: 1 + i, ack: 1, data: 1, win: 59_997 });
  t.false(session.behaviour.recovery.recovering);
  t.deepEqual(
    peer.drain().filter((each) => each.length > 0),
    [],
  );
});

// @rfc 5681 S4.1-1
test('after an idle time the window is that of the beginning (RFC 5681 section 4.1)', async (t) => {
  const { rig, peer, app, session } = await inFlight(t);
  for (let ack = 1001; ack <= 100_001; ack += 1000) peer.send({ seq: 1, ack });
  peer.drain();
  t.true(session.sender.congestion.cwnd > 40_000);
  rig.advance(5100);
  app.write(100_000);
  t.is(peer.drain().length, 10);
});

// @rfc 5681 S3.1-9
// @rfc 7661 S4.4-4 S4.4.1-1
test('a loss and a timeout never leave the window below what the standard says', async (t) => {
  const { peer, session } = await established(t, { overrides, syn: 'mss 1000' }).then((opened) => {
    opened.app.write(3000);
    return opened;
  });
  peer.drain(5100);
  t.is(session.sender.congestion.ssthresh, 2000);
  t.is(session.sender.congestion.cwnd, 1000);
});

// @rfc 6582 S3.2-6
test('a partial acknowledgement gives what it finds missing a timeout of its own (RFC 6582 section 3.2, step 3)', async (t) => {
  const { rig, peer } = await inFlight(t);
  duplicates(peer, 1, 3);
  rig.advance(3000);
  peer.send({ seq: 1, ack: 3001 });
  t.is(peer.next().seq, 3001);
  peer.silent(4900);
  peer.expect({ seq: 3001, reason: 'tcp.retransmit.rto', within: 200 });
});

// @rfc 6582 S3.2-5
test('a partial acknowledgement of much deflates the window by that: no burst follows (RFC 6582 section 3.2, step 3)', async (t) => {
  const { peer } = await inFlight(t);
  duplicates(peer, 1, 3);
  // Seven more duplicates inflate it, three of them send.
  t.is(duplicates(peer, 1, 7).length, 3);
  peer.send({ seq: 1, ack: 9001 });
  const [again, ...more] = peer.drain();
  t.is(again.seq, 9001);
  t.true(more.length <= 1, `${more.length} new segments`);
});
