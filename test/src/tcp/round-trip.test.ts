import { override } from '@netwright/core';
import { FixedRto, JacobsonRtt, minimalProfile, TCP_RTT } from '@netwright/layers';
import test from 'ava';
import { established } from './wire-peer.js';

// @rfc 6298 S2-6
test('in the profile minimal no timeout is shorter than a second (RFC 6298 section 2.4)', async (t) => {
  const { settings, overrides } = minimalProfile();
  const { rig, peer, app, session } = await established(t, { settings, overrides });
  app.write(100);
  peer.next();
  rig.advance(10);
  peer.send({ seq: 1, ack: 101 });
  t.true(session.behaviour.rtt.srtt <= 10);
  app.write(100);
  peer.next();
  peer.silent(995);
  peer.expect({ seq: 101, reason: 'tcp.retransmit.rto', within: 20 });
});

// @rfc 6298 S4-1
test('a round trip that never varies leaves a millisecond between it and the timeout (RFC 6298 section 4)', (t) => {
  const rtt = new JacobsonRtt(0);
  for (let i = 0; i < 200; i++) rtt.sample(100);
  t.true(rtt.rttvar < 0.001);
  t.is(Math.round((rtt.rto - rtt.srtt) * 1000), 1000);
});

// @rfc 6298 S3-2
// @rfc 8961 S4-3
test('each round trip is measured, though many segments leave in it', async (t) => {
  const { rig, peer, app, session } = await established(t);
  let acknowledged = 1;
  let before = session.behaviour.rtt.srtt;
  for (const ms of [20, 40, 80, 40, 160]) {
    app.write(14_600);
    const sent = peer.drain();
    t.true(sent.length > 3);
    rig.advance(ms);
    const last = sent[sent.length - 1];
    acknowledged = last.seq + last.length;
    peer.send({ seq: 1, ack: acknowledged });
    t.not(session.behaviour.rtt.srtt, before, `after ${ms} ms`);
    before = session.behaviour.rtt.srtt;
  }
});

// @rfc 6298 S5-1 S5-2 S5-5 S5-7
test('the timer runs from the first segment on, not from the last; what it sends again is the earliest', async (t) => {
  const { rig, peer, app } = await established(t, {
    overrides: [override(TCP_RTT, { make: () => new FixedRto(500) })],
    syn: 'mss 1000',
  });
  app.write(1000);
  rig.advance(200);
  app.write(1000);
  rig.advance(200);
  app.write(1000);
  peer.drain();
  peer.silent(90);
  peer.expect({ seq: 1, length: 1000, reason: 'tcp.retransmit.rto', within: 15 });
  // Started anew by that sending, and twice as long.
  peer.silent(990);
  peer.expect({ seq: 1, reason: 'tcp.retransmit.rto', within: 15 });
});

// @rfc 7323 S4.2-1
test('with `history` twenty samples of one round trip weigh what one does (RFC 7323 section 4.2)', (t) => {
  const [one, each, kept] = [new JacobsonRtt(), new JacobsonRtt(), new JacobsonRtt(undefined, true)];
  for (const rtt of [one, each, kept]) rtt.sample(100);
  one.sample(200);
  for (let i = 0; i < 20; i++) {
    each.sample(200, 20);
    kept.sample(200, 20);
  }
  t.true(Math.abs(kept.srtt - one.srtt) < 1, `${kept.srtt} and ${one.srtt}`);
  t.true(each.srtt > 190);
});

// @rfc 7323 S4.2-1
test('a sample counts by half of the segments in flight: that many acknowledgements come in a round trip', async (t) => {
  const expected: number[] = [];
  class Counted extends JacobsonRtt {
    override sample(ms: number, samples?: number): void {
      expected.push(samples ?? 0);
      super.sample(ms, samples);
    }
  }
  const { peer, app } = await established(t, {
    overrides: [override(TCP_RTT, { make: () => new Counted() })],
    syn: 'mss 1000',
  });
  expected.length = 0;
  app.write(10_000);
  t.is(peer.drain().length, 10);
  peer.send({ seq: 1, ack: 2001 });
  peer.send({ seq: 1, ack: 10_001 });
  t.deepEqual(expected, [5, 4]);
});
