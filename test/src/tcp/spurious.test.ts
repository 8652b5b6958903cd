import { type Override, override } from '@netwright/core';
import {
  DEFAULT_RECOVERY,
  FixedRto,
  JacobsonRtt,
  NewReno,
  RackTlp,
  Reno,
  TCP_CONGESTION,
  TCP_RECOVERY,
  TCP_RTT,
} from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import { Rig } from './wire-peer.js';

const MSS = 1000;
const reno = override(TCP_CONGESTION, { make: () => new Reno() });
const rack = override(TCP_RECOVERY, { make: () => new RackTlp({ ...DEFAULT_RECOVERY, probes: false }) });
const newReno = override(TCP_RECOVERY, { make: () => new NewReno() });

interface Opening {
  overrides: readonly Override[];
  options: string;
  flags?: string;
}

/** Ten segments are in flight over a path of 100 ms, and more waits. */
async function inFlight(t: ExecutionContext, { overrides, options, flags = 'S' }: Opening) {
  const rig = await Rig.start(t, { overrides });
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags, seq: 0, options });
  peer.next();
  rig.advance(100);
  peer.send({ seq: 1, ack: 1, options: options.includes('ts') ? 'nop, nop, ts 510' : '' });
  const [app] = apps;
  app.write(100 * MSS);
  const sent = peer.drain();
  t.is(sent.length, 10);
  return { rig, peer, app, session: app.session, sent };
}

const SACK = 'mss 1000, nop, nop, sackOK';
const STAMPED = 'mss 1012, sackOK, ts 500';
const blocks = (...pairs: [number, number][]) =>
  `nop, nop, sack ${pairs.map(([from, to]) => `${1 + from * MSS}-${1 + to * MSS}`).join(' ')}`;

// @rfc 3708 S3-4
test('a network that doubles packets does not make losses needless (RFC 3708 section 3, A.4)', async (t) => {
  for (const doubled of [false, true]) {
    const { rig, peer, session } = await inFlight(t, { overrides: [rack, reno], options: SACK });
    const { congestion } = session.sender;
    rig.advance(100);
    // Two that were sent once came twice.
    if (doubled) peer.send({ seq: 1, ack: 1 + 2 * MSS, options: blocks([0, 1]) });
    else peer.send({ seq: 1, ack: 1 + 2 * MSS });
    if (doubled) peer.send({ seq: 1, ack: 1 + 2 * MSS, options: blocks([1, 2]) });
    peer.drain();
    const window = congestion.cwnd;
    peer.send({ seq: 1, ack: 1 + 2 * MSS, options: blocks([3, 8]) });
    // Reports of duplicates have widened the time for reordering.
    peer.drain(90);
    t.true(session.behaviour.recovery.recovering);
    // What was sent again is reported, too.
    peer.send({ seq: 1, ack: 1 + 10 * MSS, options: blocks([2, 3]) });
    if (doubled) t.true(congestion.ssthresh < window, 'the reduction stands');
    else t.true(congestion.cwnd >= window, 'it is taken back');
  }
});

// @rfc 4015 S3.1-4
test('an echo of congestion keeps what a needless recovery has taken (RFC 4015 section 3.4)', async (t) => {
  for (const flags of ['A', 'AE']) {
    const { rig, peer, session, sent } = await inFlight(t, { overrides: [rack, reno], options: STAMPED, flags: 'SEC' });
    const { congestion } = session.sender;
    const window = congestion.cwnd;
    const stamp = sent[0].tsVal;
    rig.advance(100);
    const [a, b, , , e] = sent;
    peer.send({ seq: 1, ack: a.seq, options: `nop, nop, ts 700, nop, nop, sack ${b.seq}-${e.seq}` });
    t.is(peer.drain()[0].seq, a.seq);
    rig.advance(1);
    peer.tsRecent = stamp;
    peer.send({ flags, seq: 1, ack: e.seq, options: 'nop, nop, ts 701' });
    t.is(congestion.cwnd >= window, flags === 'A', `${flags}: ${congestion.cwnd} of ${window}`);
    t.false(session.behaviour.recovery.recovering);
  }
});

// @rfc 4015 S3.1-5
test('after a timeout that was too early the round trip is what the next measurement says, and no less than before (RFC 4015 section 3.1)', (t) => {
  const rtt = new JacobsonRtt();
  for (let i = 0; i < 50; i++) rtt.sample(100);
  rtt.wasEarly();
  rtt.sample(900);
  t.deepEqual([rtt.srtt, rtt.rttvar, rtt.rto], [900, 450, 2700]);
  const shorter = new JacobsonRtt();
  shorter.sample(100);
  shorter.wasEarly();
  shorter.sample(20);
  t.deepEqual([shorter.srtt, shorter.rttvar], [102, 50]);
  shorter.sample(102);
  t.is(shorter.srtt, 102, 'once');
});

// @rfc 5682 S4-1
// @rfc 4015 S3.1-2 S3.1-5
test('F-RTO makes the next timeout patient: the same delay does not bring a second one', async (t) => {
  const { rig, peer, session } = await inFlight(t, { overrides: [rack, reno], options: SACK });
  t.is(peer.drain(310)[0].reason, 'tcp.retransmit.rto');
  // All of it was late.
  rig.advance(500);
  peer.send({ seq: 1, ack: 1 + 2 * MSS });
  peer.send({ seq: 1, ack: 1 + 10 * MSS });
  const sent = peer.drain();
  t.true(sent.length > 0 && sent.every((each) => each.reason === 'tcp.data'), 'nothing old is sent again');
  rig.advance(600);
  peer.send({ seq: 1, ack: sent[0].seq + MSS });
  t.true(session.behaviour.rtt.srtt >= 600, `${session.behaviour.rtt.srtt}`);
});

// @rfc 5682 S2.1-1
// @rfc 3522 S3.2-1 S3.2-2
// @rfc 4015 S3.1-1
test('the first of several timeouts is the one that Eifel asks about (RFC 3522 section 3.2)', async (t) => {
  const patient = override(TCP_RTT, { make: () => new FixedRto(300) });
  const { rig, peer, session, sent } = await inFlight(t, { overrides: [newReno, reno, patient], options: STAMPED });
  const [first] = peer.drain(310);
  t.is(first.reason, 'tcp.retransmit.rto');
  const [second] = peer.drain(610);
  t.is(second.seq, first.seq);
  t.true(second.tsVal > first.tsVal);
  rig.advance(10);
  // The answer to the first retransmission: it had to be made.
  peer.tsRecent = first.tsVal;
  peer.send({ seq: 1, ack: sent[1].seq, options: 'nop, nop, ts 700' });
  t.true(session.sender.congestion.cwnd <= 3 * MSS, `${session.sender.congestion.cwnd}`);
});

// @rfc 5682 S2.1-3 S2.1-5
test('what is neither new nor a duplicate does not disturb F-RTO, a duplicate ends it (RFC 5682 section 2.1)', async (t) => {
  for (const between of ['update', 'duplicate']) {
    const { rig, peer, session } = await inFlight(t, { overrides: [newReno, reno], options: 'mss 1000' });
    t.is(peer.drain(310)[0].reason, 'tcp.retransmit.rto');
    rig.advance(20);
    peer.send({ seq: 1, ack: 1, win: between === 'update' ? 65_000 : 65_535 });
    peer.send({ seq: 1, ack: 1 + MSS, win: between === 'update' ? 65_000 : 65_535 });
    const sent = peer.drain();
    t.is(sent.length, 2);
    t.is(sent[0].reason, between === 'update' ? 'tcp.data' : 'tcp.retransmit.rto', between);
    t.true(session.sender.congestion.cwnd <= 3 * MSS);
  }
});

// @rfc 5682 S2.1-5
test('part of what was sent again tells F-RTO nothing (RFC 5682 section 2.1, step 2.a)', async (t) => {
  const { rig, peer } = await inFlight(t, { overrides: [newReno, reno], options: 'mss 1000' });
  peer.drain(310);
  rig.advance(20);
  peer.send({ seq: 1, ack: 501 });
  t.is(peer.drain()[0].reason, 'tcp.retransmit.rto');
});

// @rfc 5682 S2.1-2
test('F-RTO stays out of a recovery (RFC 5682 sections 2.1 and 3.1)', async (t) => {
  const { rig, peer } = await inFlight(t, { overrides: [rack, reno], options: SACK });
  rig.advance(100);
  peer.send({ seq: 1, ack: 1, options: blocks([2, 6]) });
  t.is(peer.drain()[0].reason, 'tcp.retransmit.fast');
  const late = peer.drain(400).filter((each) => each.reason === 'tcp.retransmit.rto');
  t.is(late[0].seq, 1);
  rig.advance(20);
  peer.send({ seq: 1, ack: 1 + MSS, options: blocks([2, 6]) });
  t.is(peer.drain()[0].reason, 'tcp.retransmit.rto', 'what was lost, not what is new');
});

/** By the letter, or as Linux does: losses are counted, so that no time is waited. */
const counting = (strict: boolean, forwardRto = false) =>
  override(TCP_RECOVERY, {
    make: () =>
      new RackTlp({ ...DEFAULT_RECOVERY, probes: false, detection: 'count', adaptive: false, forwardRto, strict }),
  });

// @rfc 3522 S3.2-4
test('an acknowledgement of all that was outstanding proves no timeout needless, by the letter (RFC 3522 section 3.2, step 5)', async (t) => {
  for (const strict of [false, true]) {
    for (const acked of [10, 5]) {
      const recovery = override(TCP_RECOVERY, { make: () => new NewReno(false, strict) });
      const { rig, peer, session, sent } = await inFlight(t, { overrides: [recovery, reno], options: STAMPED });
      const { congestion } = session.sender;
      t.is(peer.drain(310)[0].reason, 'tcp.retransmit.rto');
      rig.advance(10);
      peer.tsRecent = sent[0].tsVal;
      peer.send({ seq: 1, ack: 1 + acked * MSS, options: 'nop, nop, ts 700' });
      t.is(congestion.ssthresh > 10 * MSS, !strict || acked === 5, `${strict} ${acked}`);
    }
  }
});

// @rfc 4015 S3.1-3
test('what a needless timeout has taken comes back without a burst, by the letter (RFC 4015 section 3.4)', async (t) => {
  for (const [strict, cwnd, ssthresh] of [
    [true, 5 + 5, 10],
    [false, 20, 7],
  ] as const) {
    const recovery = override(TCP_RECOVERY, { make: () => new NewReno(false, strict) });
    const { rig, peer, session, sent } = await inFlight(t, { overrides: [recovery, reno], options: STAMPED });
    const { congestion } = session.sender;
    Object.assign(congestion, { cwnd: 20 * MSS, ssthresh: 7 * MSS });
    t.is(peer.drain(310)[0].reason, 'tcp.retransmit.rto');
    rig.advance(10);
    peer.tsRecent = sent[0].tsVal;
    peer.send({ seq: 1, ack: 1 + 5 * MSS, options: 'nop, nop, ts 700' });
    t.is(congestion.ssthresh, ssthresh * MSS);
    t.true(Math.abs(congestion.cwnd - cwnd * MSS) < MSS, `${congestion.cwnd}`);
  }
});

// @rfc 3708 S3-1
test('a duplicate at SND.UNA of which nothing was reported before may mean that all acknowledgements were lost (RFC 3708 section 3, A.1)', async (t) => {
  for (const strict of [false, true]) {
    const { rig, peer, session } = await inFlight(t, { overrides: [counting(strict), reno], options: SACK });
    t.is(peer.drain(310)[0].reason, 'tcp.retransmit.rto');
    rig.advance(100);
    peer.send({ seq: 1, ack: 1 + 10 * MSS, options: blocks([0, 1]) });
    t.is(session.sender.congestion.ssthresh > 10 * MSS, !strict);
  }
});

// @rfc 3708 S3-3
test('a segment that was sent three times proves nothing by its duplicates, by the letter (RFC 3708 section 3, A.3)', async (t) => {
  for (const strict of [false, true]) {
    const { rig, peer, session } = await inFlight(t, { overrides: [counting(strict), reno], options: SACK });
    peer.send({ seq: 1, ack: 1, options: blocks([9, 10]) });
    const all = 10 + peer.drain().length;
    t.is(peer.drain(310)[0].reason, 'tcp.retransmit.rto');
    t.is(peer.drain(610)[0].reason, 'tcp.retransmit.rto');
    rig.advance(100);
    peer.send({ seq: 1, ack: 1 + all * MSS, options: blocks([0, 1]) });
    peer.send({ seq: 1, ack: 1 + all * MSS, options: blocks([0, 1]) });
    t.is(session.sender.congestion.ssthresh > 10 * MSS, !strict);
  }
});

// @rfc 3708 S3-4
test('one duplicate of what was never sent again, and no report is trusted any more, by the letter (RFC 3708 section 3, A.4)', async (t) => {
  for (const strict of [false, true]) {
    const { rig, peer, session } = await inFlight(t, { overrides: [counting(strict), reno], options: SACK });
    const { congestion } = session.sender;
    rig.advance(100);
    // A loss that is one: what is sent again is reported by nobody.
    peer.send({ seq: 1, ack: 1, options: blocks([1, 5]) });
    t.is(peer.drain()[0].seq, 1);
    rig.advance(100);
    peer.send({ seq: 1, ack: 1 + 10 * MSS });
    const beyond = peer.drain().map(({ seq }) => (seq - 1) / MSS);
    t.true(beyond.length >= 5);
    rig.advance(100);
    // The network has doubled one.
    peer.send({ seq: 1, ack: 1 + 11 * MSS, options: blocks([10, 11]) });
    peer.drain();
    const before = congestion.ssthresh;
    Object.assign(congestion, { ssthresh: before + 1 });
    peer.send({ seq: 1, ack: 1 + 11 * MSS, options: blocks([12, 15]) });
    t.is(peer.drain()[0].seq, 1 + 11 * MSS);
    rig.advance(50);
    peer.send({ seq: 1, ack: 1 + 15 * MSS, options: blocks([11, 12]) });
    t.is(congestion.ssthresh === before + 1, !strict, `${strict}: ${congestion.ssthresh}`);
  }
});

// @rfc 5682 S2.1-1
test('a timer that expires again finds F-RTO out of it, by the letter (RFC 5682 section 3.1, step 1)', async (t) => {
  for (const strict of [false, true]) {
    const { rig, peer } = await inFlight(t, { overrides: [counting(strict, true), reno], options: SACK });
    t.is(peer.drain(310)[0].reason, 'tcp.retransmit.rto');
    t.is(peer.drain(610)[0].reason, 'tcp.retransmit.rto');
    rig.advance(20);
    peer.send({ seq: 1, ack: 1 + MSS });
    t.is(peer.drain()[0].reason, strict ? 'tcp.retransmit.rto' : 'tcp.data');
  }
});
