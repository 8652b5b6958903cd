import { override } from '@netwright/core';
import { AdaptiveRecovery, Cubic, RackTlp, Reno, TCP_CONGESTION, TCP_RECOVERY } from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import { type Emitted, established, Rig, type WirePeer } from './wire-peer.js';

const MSS = 1000;
const RTT = 100;
const overrides = [
  override(TCP_RECOVERY, { make: () => new RackTlp() }),
  override(TCP_CONGESTION, { make: () => new Reno() }),
];
const SACK = 'mss 1000, nop, nop, sackOK';

/** A connection over a path of 100 ms: the handshake measures it. */
async function open(t: ExecutionContext, syn: string) {
  const rig = await Rig.start(t, { overrides });
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: syn });
  peer.next();
  rig.advance(RTT);
  const stamp = syn.includes('ts') ? { options: 'nop, nop, ts 510' } : {};
  peer.send({ seq: 1, ack: 1, ...stamp });
  peer.drain();
  return { rig, peer, app: apps[0], session: apps[0].session };
}

/** Segments of 1000 bytes are in flight and a round trip has passed: numbers 0 to 9, where there is so much to send. */
async function inFlight(t: ExecutionContext, bytes = 100_000) {
  const opened = await open(t, SACK);
  opened.app.write(bytes);
  const first = opened.peer.drain();
  opened.rig.advance(RTT);
  return { ...opened, first: numbers(first) };
}

/** Segment numbers: the first one is 0. */
function numbers(sent: Emitted[]): number[] {
  return sent.map((each) => (each.seq - 1) / MSS);
}

const at = (segment: number) => 1 + segment * MSS;

function sack(peer: WirePeer, ack: number, ...blocks: [number, number][]): Emitted[] {
  const text = blocks.map(([from, to]) => `${at(from)}-${at(to)}`).join(' ');
  peer.send({ seq: 1, ack: at(ack), options: blocks.length === 0 ? '' : `nop, nop, sack ${text}` });
  return peer.drain();
}

// @rfc 2018 S5-1
test('only what is missing is sent again (RFC 2018, RFC 8985 section 6.2)', async (t) => {
  const { peer, first } = await inFlight(t);
  t.deepEqual(first, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // 2 and 5 are lost.
  sack(peer, 2, [3, 5]);
  const again = sack(peer, 2, [6, 10], [3, 5]);
  again.push(...sack(peer, 5, [6, 10]));
  const resent = again.filter((each) => each.reason.startsWith('tcp.retransmit'));
  t.deepEqual(numbers(resent), [2, 5]);
  t.true(resent.every((each) => each.reason === 'tcp.retransmit.fast'));
});

// @rfc 2018 S5.1-1
test('before any reordering was seen three segments beyond a hole mean loss, fewer wait for the reordering window', async (t) => {
  const { peer } = await inFlight(t);
  t.deepEqual(
    sack(peer, 1, [2, 3]).filter((each) => each.reason.startsWith('tcp.retransmit')),
    [],
  );
  // A quarter of the least round trip later the timer finds it lost.
  const late = peer.expect({ reason: 'tcp.retransmit.fast', seq: at(1), within: RTT });
  t.true(late.at > 0);
});

test('what is sent while a loss is repaired is proportional to what is delivered (RFC 6937)', async (t) => {
  const { peer, session, rig } = await inFlight(t);
  const before = session.sender.congestion.cwnd;
  let sent = sack(peer, 1, [2, 5]).length;
  for (let delivered = 6; delivered <= 11; delivered++) {
    rig.advance(1);
    sent += sack(peer, 1, [2, delivered]).length;
  }
  t.true(session.sender.congestion.ssthresh < before);
  // Nine segments were delivered: at a reduction by half about half as many may be sent, the retransmission included.
  t.true(sent >= 3 && sent <= 7, `${sent} were sent`);
  sack(peer, 11);
  t.is(session.sender.congestion.cwnd, session.sender.congestion.ssthresh);
});

// @rfc 8985 S6.2-3 S9.2-1
test('a lost retransmission is found and sent again without waiting for the timer', async (t) => {
  const { peer, rig, session } = await inFlight(t);
  sack(peer, 1, [2, 5]);
  t.true(sack(peer, 1, [2, 10]).length > 0, 'new data follows the retransmission');
  rig.advance(RTT);
  // Segments sent after the retransmission arrive, the retransmission does not.
  const again = sack(peer, 1, [2, 11]).filter((each) => each.seq === at(1));
  t.is(again.length, 1);
  t.is(session.sender.timer.backoffs, 0);
});

// @rfc 8985 S7.3-4 S7.3-5
test('when nothing comes back, the end of the flight is probed before the retransmission timeout (RFC 8985 section 7)', async (t) => {
  const { peer, rig } = await inFlight(t, 4 * MSS);
  // Segments 0 to 3 are out, all of them are lost.
  const probe = peer.expect({ reason: 'tcp.probe.loss', seq: at(3), within: 400 });
  t.is(probe.length, MSS);
  rig.advance(RTT);
  // Its arrival tells that what was sent before is lost.
  const again = sack(peer, 0, [3, 4]);
  again.push(...sack(peer, 1, [3, 4]), ...sack(peer, 2, [3, 4]));
  t.deepEqual(numbers(again), [0, 1, 2]);
});

test('a probe sends new data where there is some and the window allows', async (t) => {
  const { peer, session } = await inFlight(t);
  const next = (session.sender.sndNxt - session.sender.iss) | 0;
  peer.expect({ reason: 'tcp.probe.loss', seq: next, within: 400 });
});

test('reordering is not taken for loss for long: a needless recovery is taken back (RFC 3522, RFC 4015)', async (t) => {
  const { app, peer, rig, session } = await open(t, 'mss 1000, sackOK, ts 500');
  app.write(100_000);
  const out = peer.drain();
  const stamp = out[0].tsVal;
  rig.advance(RTT);
  const window = session.sender.congestion.cwnd;
  const [a, b, , , e] = out;
  peer.send({ seq: 1, ack: a.seq, options: `nop, nop, ts 700, nop, nop, sack ${b.seq}-${e.seq}` });
  t.is(peer.drain().filter((each) => each.seq === a.seq).length, 1);
  t.true(session.sender.congestion.ssthresh < window);
  rig.advance(1);
  // The original arrives: the acknowledgement echoes a time before the retransmission.
  peer.tsRecent = stamp;
  peer.send({ seq: 1, ack: e.seq, options: 'nop, nop, ts 701' });
  t.true(session.sender.congestion.cwnd >= window, 'the window is as it was');
  t.false(session.behaviour.recovery.recovering);
});

// @rfc 2883 S4-1
test('a segment that arrives twice is reported (RFC 2883)', async (t) => {
  const { peer } = await established(t, { syn: SACK });
  peer.send({ seq: 1, data: 500, ack: 1 });
  peer.drain(100);
  peer.send({ seq: 1, data: 500, ack: 1 });
  peer.expect({ flags: 'A', ack: 501, options: 'nop, nop, sack 1-501' });
  peer.send({ seq: 1001, data: 500, ack: 1 });
  peer.expect({ ack: 501, options: 'nop, nop, sack 1001-1501' });
  peer.send({ seq: 1001, data: 500, ack: 1 });
  peer.expect({ ack: 501, options: 'nop, nop, sack 1001-1501 1001-1501' });
  peer.send({ seq: 1001, data: 100, ack: 1 });
  peer.expect({ ack: 501, options: 'nop, nop, sack 1001-1101 1001-1501' });
});

test('a segment with SACK blocks is no larger than the path takes', async (t) => {
  const { peer, app } = await established(t, { syn: 'mss 1460, sackOK, ts 500' });
  peer.send({ seq: 2001, data: 100, ack: 1, options: 'nop, nop, ts 501' });
  peer.drain();
  app.write(5000);
  const sent = peer.drain();
  t.true(sent.length >= 3);
  for (const each of sent) {
    const options = each.options === '' ? 0 : 12 + 12;
    t.true(each.length + options + 40 <= 1500, `${each.length} bytes with <${each.options}>`);
  }
});

// @rfc 8985 S4-1
test('the default takes RACK where the peer acknowledges selectively, and NewReno where it does not', async (t) => {
  const withSack = await established(t, { syn: SACK });
  const without = await established(t, { syn: 'mss 1000' });
  t.true(withSack.session.behaviour.recovery instanceof AdaptiveRecovery);
  t.true(withSack.session.behaviour.congestion instanceof Cubic);
  for (const { app, peer } of [withSack, without]) {
    app.write(3 * MSS);
    peer.drain();
  }
  withSack.peer.expect({ reason: 'tcp.probe.loss', within: 1100 });
  without.peer.expect({ reason: 'tcp.retransmit.rto', within: 1100 });
});

test('an application that closes while it is handed data closes in good order', async (t) => {
  const { peer, app, session } = await established(t);
  app.handler.data = () => session.close();
  peer.send({ seq: 1, data: 100, ack: 1, flags: 'PA' });
  peer.expect({ flags: 'FA', ack: 101, reason: 'tcp.fin' });
});
