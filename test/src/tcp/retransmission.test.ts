import { override } from '@netwright/core';
import { FixedRto, JacobsonRtt, Reno, TCP_CONGESTION, TCP_RECOVERY, TCP_RTT, TimeoutOnly } from '@netwright/layers';
import test from 'ava';
import { established } from './wire-peer.js';

const reno = override(TCP_CONGESTION, { make: () => new Reno() });

// @rfc 2525 S2.7-1
// @rfc 6298 S2-1
// @rfc 8961 S4-1
test('RTO is 1 s before the first measurement (RFC 6298 section 2.1)', (t) => {
  t.is(new JacobsonRtt().rto, 1000);
});

// @rfc 6298 S2-2 S2-3 S2-4 S2-5
// @rfc 9293 MUST-18
// @rfc 8961 S4-2
test('srtt and rttvar follow RFC 6298 section 2', (t) => {
  const rtt = new JacobsonRtt();
  rtt.sample(100);
  t.deepEqual([rtt.srtt, rtt.rttvar, rtt.rto], [100, 50, 300]);
  rtt.sample(200);
  t.deepEqual([rtt.srtt, rtt.rttvar], [112.5, 62.5]);
  t.is(rtt.rto, 112.5 + 250);
  rtt.sample(100);
  t.deepEqual([rtt.srtt, rtt.rttvar], [110.9375, 50]);
  // Never less than the round trip and 200 ms, never more than two minutes.
  for (let i = 0; i < 200; i++) rtt.sample(100);
  t.true(Math.abs(rtt.rto - 300) < 1);
  for (let i = 0; i < 30; i++) rtt.backOff();
  t.is(rtt.rto, 120_000);
  const zero = new JacobsonRtt();
  zero.sample(0);
  zero.sample(80);
  t.deepEqual([zero.srtt, zero.rttvar], [10, 20]);
});

// @rfc 6298 S5-5 S5-6 S5-7
test('a lost segment is sent again after RTO, 2 RTO, 4 RTO, … (RFC 6298 section 5)', async (t) => {
  const { peer, app } = await established(t, { overrides: [override(TCP_RTT, { make: () => new FixedRto(500) })] });
  app.write(100);
  peer.expect({ flags: 'PA', seq: 1, reason: 'tcp.data' });
  for (const after of [500, 1000, 2000, 4000]) {
    peer.expect({ flags: 'PA', seq: 1, length: 100, reason: 'tcp.retransmit.rto', after });
  }
  peer.send({ seq: 1, ack: 101 });
  peer.silent(60_000);
});

// @rfc 2525 S2.10-1
// @rfc 6298 S3-1
// @rfc 8961 S4-7
test('the back-off stays until something sent once is acknowledged (Karn)', async (t) => {
  const { rig, peer, app, session } = await established(t);
  app.write(100);
  const rto = session.behaviour.rtt.rto;
  peer.expect({ seq: 1 });
  peer.expect({ seq: 1, reason: 'tcp.retransmit.rto', within: rto + 1 });
  peer.expect({ seq: 1, reason: 'tcp.retransmit.rto', within: 2 * rto + 1 });
  rig.advance(7);
  peer.send({ seq: 1, ack: 101 });
  t.is(session.behaviour.rtt.srtt, 0, 'no measurement on what was sent twice');
  t.is(session.behaviour.rtt.rto, 4 * rto);
  app.write(100);
  peer.expect({ seq: 101 });
  rig.advance(30);
  peer.send({ seq: 1, ack: 201 });
  t.true(session.behaviour.rtt.rto < 300);
});

// @rfc 8961 S4-4
test('an acknowledgement that a repair released is no measurement', async (t) => {
  const { rig, peer, app, session } = await established(t);
  app.write(2920);
  peer.drain();
  rig.advance(10);
  const before = session.behaviour.rtt.srtt;
  peer.drain(1000);
  // Both were sent at once; the first was lost, and its repair releases both.
  rig.advance(100);
  peer.send({ seq: 1, ack: 2921 });
  t.is(session.behaviour.rtt.srtt, before);
});

test('with timestamps a retransmission is measured by what it echoes (RFC 7323 section 4)', async (t) => {
  const { rig, peer, app, session } = await established(t, { syn: 'mss 1460, nop, nop, ts 1' });
  app.write(100);
  peer.expect({ seq: 1 });
  peer.expect({ seq: 1, reason: 'tcp.retransmit.rto', within: 1001 });
  rig.advance(40);
  peer.send({ seq: 1, ack: 101, options: 'ts 2' });
  t.true(session.behaviour.rtt.srtt >= 4 && session.behaviour.rtt.srtt <= 40, `${session.behaviour.rtt.srtt}`);
});

// @rfc 6298 S5-4
// @rfc 6928 S2-5
test('an acknowledgement of new data starts the timer anew, a duplicate does not', async (t) => {
  const { rig, peer, app } = await established(t, {
    overrides: [override(TCP_RTT, { make: () => new FixedRto(500) })],
  });
  app.write(4380);
  t.is(peer.drain().length, 3);
  rig.advance(400);
  peer.send({ seq: 1, ack: 1461 });
  rig.advance(300);
  peer.send({ seq: 1, ack: 1461 });
  peer.silent(190);
  peer.expect({ seq: 1461, reason: 'tcp.retransmit.rto', within: 20 });
});

// @rfc 6298 S5-3
test('the timer does not run when nothing is in flight', async (t) => {
  const { rig, peer, app } = await established(t);
  app.write(10);
  peer.next();
  peer.send({ seq: 1, ack: 11 });
  t.is(rig.host.timers.armed, 0);
});

// @rfc 9293 MUST-20
test('a connection is given up after its retries, with a reset', async (t) => {
  const { rig, peer, app } = await established(t, { settings: { retries: 3 } });
  app.write(100);
  const sent = peer.drain(60_000);
  t.deepEqual(
    sent.map((each) => each.flags),
    ['PA', 'PA', 'PA', 'PA', 'RA'],
  );
  t.is(sent.at(-1)?.reason, 'tcp.reset.timeout');
  t.is(app.events.at(-1), 'closed ETIMEDOUT');
  rig.clean();
});

test('after a partial acknowledgement of a segment its rest is sent again', async (t) => {
  const { peer, app } = await established(t);
  app.write(1000);
  peer.expect({ seq: 1, length: 1000 });
  peer.send({ seq: 1, ack: 401 });
  peer.expect({ flags: 'PA', seq: 401, length: 600, reason: 'tcp.retransmit.rto', within: 1500 });
});

// @rfc 2525 S2.2-1
// @rfc 5681 S3.1-9 S3.1-11
test('after a timeout one segment at a time is sent again, then two, as in slow start (RFC 5681 section 3.1)', async (t) => {
  const { peer, app, session } = await established(t, {
    overrides: [override(TCP_RECOVERY, { make: () => new TimeoutOnly() }), reno],
  });
  app.write(14600);
  t.is(peer.drain().length, 10);
  peer.expect({ seq: 1, reason: 'tcp.retransmit.rto', within: 1500 });
  peer.silent(10);
  t.is(session.sender.congestion.cwnd, 1460);
  t.is(session.sender.congestion.ssthresh, 7300);
  peer.send({ seq: 1, ack: 1461 });
  peer.expect({ seq: 1461, reason: 'tcp.retransmit.rto' });
  peer.expect({ seq: 2921, reason: 'tcp.retransmit.rto' });
  peer.silent(10);
  // It had arrived after all: what is acknowledged is not sent again.
  peer.send({ seq: 1, ack: 10221 });
  peer.expect({ seq: 10221, reason: 'tcp.retransmit.rto' });
});

// @rfc 5681 S3.1-10
test('a second timeout in a row does not halve the threshold again (RFC 5681 section 3.1)', async (t) => {
  const { peer, app, session } = await established(t, { overrides: [reno] });
  app.write(14600);
  peer.drain(5000);
  t.is(session.sender.congestion.ssthresh, 7300);
});

// @rfc 2525 S2.4-1
test('what was lost is sent again with the same bytes, in whatever pieces', async (t) => {
  const { peer, app, session } = await established(t);
  session.setNoDelay(true);
  for (let i = 0; i < 8; i++) app.write(100 + i);
  peer.drain();
  let next = 1;
  for (const each of peer.drain(400)) {
    t.is(each.reason, 'tcp.retransmit.rto');
    t.is(each.seq, next);
    next += each.length;
  }
  t.true(next > 700);
});
