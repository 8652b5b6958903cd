import { override } from '@netwright/core';
import { FixedCongestionWindow, FixedRto, RackTlp, TCP_CONGESTION, TCP_RECOVERY, TCP_RTT } from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import { Rig, type WirePeer } from './wire-peer.js';

const MSS = 1000;
const patient = override(TCP_RTT, { make: () => new FixedRto(5000) });
const overrides = [
  override(TCP_RECOVERY, { make: () => new RackTlp() }),
  override(TCP_CONGESTION, { make: () => new FixedCongestionWindow(20_000) }),
  patient,
];

/** A connection over a path of `ms`, which the handshake measures. */
async function open(t: ExecutionContext, ms: number) {
  const rig = await Rig.start(t, { overrides });
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: 'mss 1000, nop, nop, sackOK' });
  peer.next();
  rig.advance(ms);
  peer.send({ seq: 1, ack: 1 });
  peer.drain();
  return { rig, peer, app: apps[0], session: apps[0].session };
}

/** Acknowledges up to `ack` and reports [from, to), all of them bytes. */
function report(peer: WirePeer, ack: number, ...blocks: [number, number][]): void {
  const text = blocks.map(([from, to]) => `${from}-${to}`).join(' ');
  peer.send({ seq: 1, ack, options: blocks.length === 0 ? '' : `nop, nop, sack ${text}` });
}

// @rfc 8985 S3.3.2-2 S3.3.2-3
test('a reported duplicate widens the reordering window once a round trip, up to a smoothed round trip (RFC 8985 section 6.2)', async (t) => {
  const { rig, peer, app, session } = await open(t, 100);
  for (let widened = 0; widened <= 6; widened++) {
    app.write(4 * MSS);
    const [first, second, , last] = peer.drain();
    rig.advance(100);
    const begun = rig.clock.now();
    report(peer, first.seq, [second.seq, second.seq + MSS]);
    const again = peer.expect({ seq: first.seq, reason: 'tcp.retransmit.fast', within: 1000 });
    const { srtt } = session.behaviour.rtt;
    const expected = Math.min(25 * (widened + 1), srtt);
    t.true(Math.abs(again.at - begun - expected) < 1, `${widened} times: ${again.at - begun} ms, not ${expected}`);
    // It had been late: both arrive, and the peer says so, twice in this round trip.
    report(peer, second.seq + MSS, [first.seq, first.seq + MSS]);
    report(peer, second.seq + MSS, [first.seq, first.seq + MSS]);
    report(peer, last.seq + MSS);
    peer.drain(200);
  }
});

// @rfc 8985 S3.3.2-2
test('sixteen recoveries later it is as narrow as in the beginning', async (t) => {
  const { rig, peer, app } = await open(t, 100);
  const waits: number[] = [];
  for (let recovery = 0; recovery < 18; recovery++) {
    app.write(4 * MSS);
    const [first, second, , last] = peer.drain();
    rig.advance(100);
    const begun = rig.clock.now();
    report(peer, first.seq, [second.seq, second.seq + MSS]);
    waits.push(Math.round(peer.expect({ seq: first.seq, within: 1000 }).at - begun));
    rig.advance(1);
    const end = last.seq + MSS;
    if (recovery === 0) report(peer, end, [first.seq, first.seq + MSS]);
    else report(peer, end);
    peer.drain(10);
  }
  t.is(waits[0], 25);
  t.deepEqual(new Set(waits.slice(1, 16)), new Set([50]));
  t.is(waits[17], 25);
});

// @rfc 8985 S6.2-1
test('minutes after a path has become longer the least round trip is that of the new one (RFC 8985 section 6.2)', async (t) => {
  const { rig, peer, app } = await open(t, 20);
  const measure = (ms: number) => {
    app.write(MSS);
    const { seq } = peer.next();
    rig.advance(ms);
    report(peer, seq + MSS);
  };
  const wait = () => {
    app.write(4 * MSS);
    const [first, second, , last] = peer.drain();
    rig.advance(20);
    const begun = rig.clock.now();
    report(peer, first.seq, [second.seq, second.seq + MSS]);
    const again = peer.expect({ seq: first.seq, reason: 'tcp.retransmit.fast', within: 1000 });
    report(peer, last.seq + MSS);
    peer.drain(200);
    return Math.round(again.at - begun);
  };
  t.is(wait(), 5);
  rig.advance(100_000);
  measure(40);
  t.is(wait(), 5);
  rig.advance(350_000);
  measure(40);
  // A quarter of 40 ms: what was measured in the beginning counts no more.
  t.is(wait(), 10);
});

// @rfc 8985 S4-2
test('a path of two milliseconds is timed finely enough: half a millisecond tells reordering from loss (RFC 8985 section 4)', async (t) => {
  const { rig, peer, app } = await open(t, 2);
  app.write(4 * MSS);
  peer.drain();
  rig.advance(2);
  const begun = rig.clock.now();
  report(peer, 1, [1 + MSS, 1 + 2 * MSS]);
  const { at } = peer.expect({ seq: 1, reason: 'tcp.retransmit.fast', within: 10 });
  t.true(at - begun > 0.4 && at - begun < 1.1, `${at - begun} ms`);
});

// @rfc 8985 S7.2-4
test('a probe comes after two round trips; of one segment alone, after the delay of its acknowledgement, too (RFC 8985 section 7.2)', async (t) => {
  for (const [segments, after] of [
    [1, 400],
    [2, 200],
    [5, 200],
  ]) {
    const { rig, peer, app } = await open(t, 100);
    app.write(segments * MSS);
    const sent = peer.drain();
    rig.mark = sent[0].at;
    peer.expect({ seq: 1 + (segments - 1) * MSS, reason: 'tcp.probe.loss', after });
  }
});

// @rfc 8985 S7.2-3
test('before any round trip is known a probe comes after a second (RFC 8985 section 7.2)', async (t) => {
  const rig = await Rig.start(t, { overrides });
  const { apps } = rig.listen();
  const peer = rig.peer();
  // The SYN-ACK goes twice, so that nothing is measured by it.
  peer.send({ flags: 'S', seq: 0, options: 'mss 1000, nop, nop, sackOK' });
  peer.next();
  peer.send({ flags: 'S', seq: 0, options: 'mss 1000, nop, nop, sackOK' });
  peer.next();
  peer.send({ seq: 1, ack: 1 });
  peer.drain();
  t.is(apps[0].session.behaviour.rtt.srtt, 0);
  apps[0].write(2 * MSS);
  peer.drain();
  peer.expect({ seq: 1 + MSS, reason: 'tcp.probe.loss', after: 1000 });
});

// @rfc 8985 S7.2-1
test('new data, and an acknowledgement of data, begin the time of a probe anew (RFC 8985 section 7.2)', async (t) => {
  const { rig, peer, app } = await open(t, 100);
  app.write(2 * MSS);
  rig.advance(150);
  app.write(2 * MSS);
  peer.drain();
  peer.silent(150);
  // It tells that the round trip is of 300 ms now.
  report(peer, 1 + MSS);
  peer.silent(590);
  peer.expect({ seq: 1 + 3 * MSS, reason: 'tcp.probe.loss', within: 20 });
});

// @rfc 8985 S8-1
test('one timer serves probes, reordering and timeouts: never two of them are set (RFC 8985 section 8)', async (t) => {
  const { rig, peer, app } = await open(t, 100);
  const armed = rig.host.timers.armed;
  app.write(4 * MSS);
  peer.drain();
  t.is(rig.host.timers.armed, armed + 1, 'a probe');
  rig.advance(100);
  report(peer, 1, [1 + MSS, 1 + 2 * MSS]);
  t.is(rig.host.timers.armed, armed + 1, 'reordering');
  peer.expect({ seq: 1, reason: 'tcp.retransmit.fast', within: 100 });
  t.is(rig.host.timers.armed, armed + 1, 'the timeout');
});
