import { override } from '@netwright/core';
import { ProportionalRateReduction, RackTlp, Reno, TCP_CONGESTION, TCP_RECOVERY } from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import { Rig } from './wire-peer.js';

const MSS = 1000;
const RTT = 100;
const overrides = [
  override(TCP_RECOVERY, { make: () => new RackTlp() }),
  override(TCP_CONGESTION, { make: () => new Reno() }),
];

/** Twenty segments are in flight over a path of 100 ms, and more waits. */
async function inFlight(t: ExecutionContext) {
  const rig = await Rig.start(t, { overrides });
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: 'mss 1000, nop, nop, sackOK' });
  peer.next();
  rig.advance(RTT);
  peer.send({ seq: 1, ack: 1 });
  apps[0].session.sender.congestion.cwnd = 20 * MSS;
  apps[0].write(100 * MSS);
  t.is(peer.drain().length, 20);
  rig.advance(RTT);
  return { rig, peer, session: apps[0].session };
}

const at = (segment: number) => 1 + segment * MSS;

// @rfc 6937 S3-1 S3-4 S3-5
// @rfc 9937 A-1 A-3 A-6
// @rfc 6675 S5-4
test('while more is out than the window will be, half as much leaves as arrives (RFC 6937 section 3)', async (t) => {
  const { peer, session } = await inFlight(t);
  const sent: number[] = [];
  // The first is lost, the others arrive one by one.
  for (let arrived = 4; arrived <= 20; arrived++) {
    peer.send({ seq: 1, ack: 1, options: `nop, nop, sack ${at(1)}-${at(arrived)}` });
    sent.push(peer.drain().length);
  }
  t.is(session.sender.congestion.ssthresh, 10 * MSS);
  t.is(sent[0], 2, 'the retransmission, and one for the third that arrived');
  t.true(
    sent.slice(1).every((each) => each <= 1),
    `${sent}`,
  );
  const all = sent.reduce((sum, each) => sum + each, 0);
  t.is(all, 10, 'nineteen have arrived: half of them, rounded up');
  t.is(session.sender.flight.pipe, 10 * MSS, 'as much is out as the window will be');
  peer.send({ seq: 1, ack: at(20) });
  t.is(session.sender.congestion.cwnd, 10 * MSS);
  t.false(session.behaviour.recovery.recovering);
});

// @rfc 5681 S4.3-2
test('no more than half of what was out leaves in the round trip of a recovery (RFC 5681 section 4.3)', async (t) => {
  const { peer } = await inFlight(t);
  let sent = 0;
  for (let arrived = 4; arrived <= 20; arrived += 2) {
    peer.send({ seq: 1, ack: 1, options: `nop, nop, sack ${at(2)}-${at(arrived)}` });
    sent += peer.drain().length;
  }
  t.true(sent > 5 && sent <= 10, `${sent} were sent`);
});

// @rfc 5681 S4.3-1 S4.3-4
test('losses in two windows one after the other lower the window twice (RFC 5681 section 4.3)', async (t) => {
  const { rig, peer, session } = await inFlight(t);
  peer.send({ seq: 1, ack: 1, options: `nop, nop, sack ${at(1)}-${at(20)}` });
  const next = peer.drain();
  t.is(session.sender.congestion.ssthresh, 10 * MSS);
  rig.advance(RTT);
  peer.send({ seq: 1, ack: at(20) });
  const more = [...next.filter((each) => each.seq > at(19)), ...peer.drain()];
  t.true(more.length >= 8);
  rig.advance(RTT);
  const lost = more[0].seq;
  peer.send({ seq: 1, ack: lost, options: `nop, nop, sack ${lost + MSS}-${lost + 8 * MSS}` });
  t.true(session.sender.congestion.ssthresh <= 5 * MSS, `${session.sender.congestion.ssthresh}`);
});

// @rfc 6937 S3-1
// @rfc 9937 A-3
test('in proportion: as much as ssthresh is of what was out, in whole segments, rounded up', (t) => {
  const reduction = new ProportionalRateReduction();
  reduction.begin(20 * MSS, 0);
  // Of three that arrived, 2.1 may leave where 14 of 20 stay: three.
  t.is(reduction.window(3 * MSS, 16 * MSS, 14 * MSS, MSS, 0, false), 19 * MSS);
  // Three have left; six have arrived.
  t.is(reduction.window(3 * MSS, 16 * MSS, 14 * MSS, MSS, 3 * MSS, false), 18 * MSS);
});

// @rfc 6937 S3-2 S3-3
// @rfc 9937 A-4
test('where less is out than the window will be, as much leaves as arrives: the conservative bound (RFC 6937 section 3)', (t) => {
  const reduction = new ProportionalRateReduction();
  reduction.begin(20 * MSS, 0);
  t.is(reduction.window(2 * MSS, 4 * MSS, 10 * MSS, MSS, 0, false), 6 * MSS);
  t.is(reduction.window(MSS, 5 * MSS, 10 * MSS, MSS, 2 * MSS, false), 6 * MSS);
});

// @rfc 6937 S3-2 S3-3
// @rfc 9937 A-2 A-4
test('and one more where the acknowledgement moved on and told of no further loss: the bound of slow start', (t) => {
  const reduction = new ProportionalRateReduction();
  reduction.begin(20 * MSS, 0);
  reduction.window(2 * MSS, 4 * MSS, 10 * MSS, MSS, 0, false);
  t.is(reduction.window(MSS, 5 * MSS, 10 * MSS, MSS, 2 * MSS, true), 7 * MSS);
  // Never beyond the window that it will be.
  t.is(reduction.window(2 * MSS, 9.5 * MSS, 10 * MSS, MSS, 3 * MSS, true), 10 * MSS);
});

// @rfc 6937 S3-4
// @rfc 9937 A-5
test('a recovery always begins with a retransmission, even where nothing may leave yet', (t) => {
  const reduction = new ProportionalRateReduction();
  reduction.begin(20 * MSS, 0);
  t.is(reduction.window(0, 18 * MSS, 10 * MSS, MSS, 0, false), 19 * MSS);
});

// @rfc 8985 S9.3-1
// @rfc 9937 A-2 A-4
test('many lost: with further losses as much leaves as arrives, with none one more (RFC 9937)', async (t) => {
  const { rig, peer, session } = await inFlight(t);
  const { flight, congestion } = session.sender;
  // Twelve of twenty are lost: the first twelve.
  peer.send({ seq: 1, ack: 1, options: `nop, nop, sack ${at(12)}-${at(20)}` });
  const first = peer.drain();
  t.is(congestion.ssthresh, 10 * MSS);
  t.is(first.length, 8, 'eight have arrived');
  t.is(flight.pipe, 8 * MSS);
  // The first repair arrives: SND.UNA moves, and nothing more is lost.
  rig.advance(RTT);
  peer.send({ seq: 1, ack: at(1), options: `nop, nop, sack ${at(12)}-${at(20)}` });
  t.is(peer.drain().length, 2);
  // A repair arrives beyond a hole: SND.UNA stays.
  peer.send({ seq: 1, ack: at(1), options: `nop, nop, sack ${at(2)}-${at(3)} ${at(12)}-${at(20)}` });
  const pipe = flight.pipe;
  t.true(peer.drain().length <= 2 && pipe <= 10 * MSS);
});
