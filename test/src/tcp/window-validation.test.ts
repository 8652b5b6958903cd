import { override } from '@netwright/core';
import {
  FixedRto,
  PipeAck,
  PipeAckValidation,
  Reno,
  TCP_CONGESTION,
  TCP_RTT,
  TCP_VALIDATION,
  type TcpSession,
} from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import { type App, established, type Rig, type WirePeer } from './wire-peer.js';

const MSS = 1000;
const RTT = 100;
/** ms: RFC 7661 section 4.4. */
const FIVE_MINUTES = 300_000;

interface Opened {
  rig: Rig;
  peer: WirePeer;
  app: App;
  session: TcpSession;
  policy: PipeAckValidation;
  /** Writes and, a round trip later, acknowledges so many segments; @returns how many were sent. */
  round(segments: number): number;
  /** Writes so many, and leaves them in flight. */
  send(segments: number): void;
}

/** A connection over 100 ms with segments of 1000 bytes whose window was used up to 40 segments. */
async function grown(t: ExecutionContext, pacing = false): Promise<Opened> {
  const policy = new PipeAckValidation(FIVE_MINUTES, pacing);
  const opened = await established(t, {
    overrides: [
      override(TCP_CONGESTION, { make: () => new Reno() }),
      override(TCP_RTT, { make: () => Object.assign(new FixedRto(5000), { srtt: RTT }) }),
      override(TCP_VALIDATION, { make: () => policy }),
    ],
    settings: { noDelay: true, sendBuffer: 1_000_000 },
    syn: 'mss 1000, sackOK',
    win: 65_535,
  });
  const { rig, peer, app, session } = opened;
  const send = (segments: number) => {
    app.write(segments * MSS);
  };
  const round = (segments: number): number => {
    if (segments > 0) send(segments);
    rig.advance(RTT);
    const sent = peer.drain();
    for (const { seq, length } of sent) peer.send({ seq: 1, ack: seq + length });
    return sent.length;
  };
  while (session.sender.congestion.cwnd < 40 * MSS) round(Math.floor(session.sender.congestion.cwnd / MSS));
  session.sender.congestion.ssthresh = session.sender.congestion.cwnd = 40 * MSS;
  while (round(0) > 0);
  round(40);
  t.false(policy.nonValidated, 'what was used up is validated');
  return { rig, peer, app, session, policy, round, send };
}

/** The same, with so many segments of it used in each round trip for a second and a half. */
async function rateLimited(t: ExecutionContext, segments: number, pacing = false): Promise<Opened> {
  const opened = await grown(t, pacing);
  for (let rounds = 0; rounds < 15; rounds++) opened.round(segments);
  // What it grew by while the second before still counted.
  opened.session.sender.congestion.cwnd = 40 * MSS;
  return opened;
}

// @rfc 7661 S4.2-1
test('pipeACK is the most that was acknowledged in one round trip of the last second, or of three round trips', (t) => {
  const measured = new PipeAck();
  t.is(measured.value(0, RTT), -1, 'undefined at first (section 4.1)');
  for (let at = 0; at <= 100; at += 10) measured.acknowledged(500, at, RTT);
  t.is(measured.value(100, RTT), 5000, 'ten of them in 100 ms');
  for (let at = 110; at <= 200; at += 10) measured.acknowledged(100, at, RTT);
  t.is(measured.value(200, RTT), 5000, 'the highest sample counts');
  t.is(measured.value(1100, RTT), 5000);
  t.is(measured.value(1101, RTT), 1000, 'it is older than a second');
  t.is(measured.value(1201, RTT), 0, 'nothing was acknowledged since');
  t.is(measured.value(1500, 500), 5000, 'three round trips are more than a second');
  measured.forget();
  t.is(measured.value(1500, 500), -1, 'undefined after a loss was repaired');
});

// @rfc 7661 S4.3-1 S4.4-1 S4.4-5
test('a window of which less than half was used for a second is not validated, until more than half is used again', async (t) => {
  const { policy, round, session } = await rateLimited(t, 19);
  t.true(policy.nonValidated);
  t.is(session.sender.congestion.cwnd, 40 * MSS);
  for (let rounds = 0; rounds < 2; rounds++) round(21);
  t.false(policy.nonValidated);
});

// @rfc 7661 S4.4-2
test('a window that is not validated does not grow, unless it is used up', async (t) => {
  const { session, round, policy } = await rateLimited(t, 10);
  const { congestion } = session.sender;
  congestion.ssthresh = 80 * MSS;
  for (let rounds = 0; rounds < 5; rounds++) round(15);
  t.true(policy.nonValidated);
  t.is(congestion.cwnd, 40 * MSS);
  round(60);
  t.is(congestion.cwnd, 80 * MSS);
});

// @rfc 7661 S4.4-3 S4.4.1-1
test('a loss in that phase leaves half of what was used, and at the end of the repair half of that less what was sent again', async (t) => {
  const { peer, rig, session, policy, send } = await rateLimited(t, 8);
  const { congestion } = session.sender;
  t.true(policy.nonValidated);
  send(5);
  const first = peer.drain()[0].seq;
  rig.advance(RTT);
  // Four of five arrive: pipeACK is eight segments, what is in flight five.
  peer.send({ seq: 1, ack: first, options: `sack ${first + MSS}-${first + 5 * MSS}` });
  t.is(congestion.ssthresh, (8 * MSS) / 2);
  t.false(policy.nonValidated, 'the loss ends the phase');
  t.is(peer.next().seq, first);
  rig.advance(RTT);
  peer.send({ seq: 1, ack: first + 5 * MSS });
  t.is(congestion.cwnd, (8 * MSS - MSS) / 2);
  t.is(congestion.ssthresh, congestion.cwnd);
});

// @rfc 7661 S4.4-4
test('a timeout ends the phase, and slow start goes by RFC 5681', async (t) => {
  const { session, policy, send, peer } = await rateLimited(t, 8);
  send(6);
  peer.drain();
  peer.expect({ reason: 'tcp.probe.loss', within: 1000 });
  peer.expect({ reason: 'tcp.retransmit.rto', within: 5100 });
  t.false(policy.nonValidated);
  t.is(session.sender.congestion.cwnd, MSS);
  t.is(session.sender.congestion.ssthresh, (6 * MSS) / 2);
});

// @rfc 7661 S4.2-1
test('a window that is validated loses what it loses without RFC 7661', async (t) => {
  const { peer, rig, session, send } = await grown(t);
  send(40);
  const first = peer.drain()[0].seq;
  rig.advance(RTT);
  peer.send({ seq: 1, ack: first, options: `sack ${first + MSS}-${first + 40 * MSS}` });
  t.is(session.sender.congestion.ssthresh, (40 * MSS) / 2);
  peer.drain();
  rig.advance(RTT);
  peer.send({ seq: 1, ack: first + 40 * MSS });
  t.is(session.sender.congestion.cwnd, (40 * MSS) / 2, 'and nothing for what was sent again');
});

// @rfc 7661 S4.4.3-1
test('an idle time leaves the window as it is for five minutes, then half of it for each five', async (t) => {
  const { rig, session, send, peer } = await grown(t);
  const { congestion } = session.sender;
  const { cwnd } = congestion;
  rig.advance(FIVE_MINUTES - 1000);
  send(40);
  t.is(peer.drain().length, 40);
  t.is(congestion.cwnd, cwnd);
  const again = await grown(t);
  const { congestion: halved } = again.session.sender;
  halved.ssthresh = 10 * MSS;
  again.rig.advance(FIVE_MINUTES + 2000);
  again.send(40);
  t.is(again.peer.drain().length, Math.floor(cwnd / 2 / MSS));
  t.is(halved.cwnd, cwnd / 2);
  t.is(halved.ssthresh, (3 * cwnd) / 4, 'the way up to there is short: slow start');
  const long = await grown(t);
  long.session.sender.congestion.cwnd = 40 * MSS;
  long.rig.advance(3 * FIVE_MINUTES);
  long.send(40);
  t.is(long.session.sender.congestion.cwnd, 10 * MSS, 'never below the initial window');
});

// @rfc 7661 S4.4.3-1
test('who sends little for five minutes has half of the window then, too', async (t) => {
  const { session, round, rig } = await rateLimited(t, 2);
  for (let seconds = 0; seconds <= FIVE_MINUTES / 1000; seconds++) {
    round(2);
    rig.advance(900);
  }
  t.is(session.sender.congestion.cwnd, 20 * MSS);
});

// @rfc 7661 S4.4.2-1
test('what a window lets go that is not validated is spread over a round trip', async (t) => {
  const { rig, peer, send, policy } = await rateLimited(t, 4, true);
  t.true(policy.nonValidated);
  send(40);
  t.true(peer.drain().length <= 2);
  rig.advance(RTT / 2);
  const half = peer.drain().length;
  t.true(half >= 18 && half <= 22, `${half} in half a round trip`);
});
