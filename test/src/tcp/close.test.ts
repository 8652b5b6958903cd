import { override } from '@netwright/core';
import { State, TCP_TIMEWAIT, TwoMsl } from '@netwright/layers';
import test from 'ava';
import { established } from './wire-peer.js';

// @rfc 9293 MUST-13
test('an active close goes through FIN-WAIT-1, FIN-WAIT-2 and TIME-WAIT, and is over after 2 MSL', async (t) => {
  const { rig, peer, app, session } = await established(t);
  session.close();
  peer.expect({ flags: 'FA', seq: 1, ack: 1, length: 0, reason: 'tcp.fin' });
  t.is(session.state, State.FinWait1);
  peer.send({ seq: 1, ack: 2 });
  t.is(session.state, State.FinWait2);
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.expect({ flags: 'A', seq: 2, ack: 2, reason: 'tcp.ack' });
  t.is(session.state, State.TimeWait);
  peer.silent(59_990);
  t.is(rig.tcp.connections, 1);
  peer.silent(20);
  t.deepEqual(app.events, ['established', 'end', 'closed']);
  rig.clean();
});

// @rfc 9293 MUST-12
test('a passive close goes through CLOSE-WAIT and LAST-ACK', async (t) => {
  const { rig, peer, app, session } = await established(t);
  peer.send({ flags: 'FA', seq: 1, ack: 1 });
  peer.expect({ flags: 'A', seq: 1, ack: 2 });
  t.is(session.state, State.CloseWait);
  t.deepEqual(app.events, ['established', 'end']);
  app.write(10);
  peer.expect({ flags: 'PA', seq: 1, ack: 2, length: 10 });
  session.close();
  peer.expect({ flags: 'FA', seq: 11, ack: 2 });
  t.is(session.state, State.LastAck);
  peer.send({ seq: 2, ack: 11 });
  t.is(session.state, State.LastAck);
  peer.send({ seq: 2, ack: 12 });
  t.deepEqual(app.events, ['established', 'end', 'closed']);
  rig.clean();
});

test('a simultaneous close goes through CLOSING (RFC 9293 figure 13)', async (t) => {
  const { rig, peer, session } = await established(t);
  session.close();
  peer.expect({ flags: 'FA', seq: 1 });
  peer.send({ flags: 'FA', seq: 1, ack: 1 });
  peer.expect({ flags: 'A', seq: 2, ack: 2 });
  t.is(session.state, State.Closing);
  peer.send({ seq: 2, ack: 2 });
  t.is(session.state, State.TimeWait);
  peer.silent(60_010);
  rig.clean();
});

test('in CLOSING our FIN is sent again, and theirs acknowledged again', async (t) => {
  const { peer, session } = await established(t);
  session.close();
  peer.expect({ flags: 'FA', seq: 1 });
  peer.send({ flags: 'FA', seq: 1, ack: 1 });
  peer.expect({ flags: 'A', seq: 2, ack: 2 });
  peer.expect({ flags: 'FA', seq: 1, ack: 2, reason: 'tcp.retransmit.rto', within: 1500 });
  peer.send({ flags: 'FA', seq: 1, ack: 1 });
  peer.expect({ flags: 'A', ack: 2 });
  t.is(session.state, State.Closing);
});

test('in LAST-ACK our FIN is sent again', async (t) => {
  const { peer, session } = await established(t);
  peer.send({ flags: 'FA', seq: 1, ack: 1 });
  peer.next();
  session.close();
  peer.expect({ flags: 'FA', seq: 1, ack: 2 });
  peer.expect({ flags: 'FA', seq: 1, ack: 2, reason: 'tcp.retransmit.rto', within: 1500 });
  t.is(session.state, State.LastAck);
});

test('a FIN that acknowledges ours leads from FIN-WAIT-1 to TIME-WAIT at once', async (t) => {
  const { peer, session } = await established(t);
  session.close();
  peer.expect({ flags: 'FA', seq: 1 });
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.expect({ flags: 'A', seq: 2, ack: 2 });
  t.is(session.state, State.TimeWait);
});

test('in TIME-WAIT the FIN again is acknowledged again, and 2 MSL begin anew', async (t) => {
  const { rig, peer, session } = await established(t);
  session.close();
  peer.next();
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.next();
  rig.advance(50_000);
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.expect({ flags: 'A', seq: 2, ack: 2, reason: 'tcp.ack.time-wait' });
  peer.silent(59_900);
  t.is(session.state, State.TimeWait);
  peer.silent(200);
  rig.clean();
});

test('in TIME-WAIT a FIN that is not the last one changes nothing', async (t) => {
  const { rig, peer, session } = await established(t);
  session.close();
  peer.next();
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.next();
  rig.advance(50_000);
  peer.send({ flags: 'FA', seq: -500, ack: 2 });
  peer.expect({ flags: 'A', ack: 2 });
  peer.silent(10_100);
  rig.clean();
});

test('half-close: after shutdown() data still comes in', async (t) => {
  const { peer, app, session } = await established(t);
  session.shutdown();
  peer.expect({ flags: 'FA', seq: 1 });
  peer.send({ seq: 1, ack: 2 });
  peer.send({ flags: 'PA', seq: 1, ack: 2, data: 100 });
  peer.expect({ flags: 'A', seq: 2, ack: 101 });
  t.is(app.received, 100);
  t.is(session.state, State.FinWait2);
  // Nobody has closed: FIN-WAIT-2 lasts as long as the peer likes.
  peer.silent(600_000);
  peer.send({ flags: 'FPA', seq: 101, ack: 2, data: 10 });
  peer.expect({ flags: 'A', seq: 2, ack: 112 });
  t.is(app.received, 110);
  t.is(session.state, State.TimeWait);
  t.throws(() => session.write(new Uint8Array(1)), { code: 'EPIPE' });
});

test('half-close by the peer: data still goes out', async (t) => {
  const { peer, app, session } = await established(t);
  peer.send({ flags: 'FA', seq: 1, ack: 1 });
  peer.next();
  app.write(3000);
  peer.expect({ flags: 'A', seq: 1, ack: 2, length: 1460 });
  peer.expect({ flags: 'A', seq: 1461, ack: 2, length: 1460 });
  peer.send({ seq: 2, ack: 2921 });
  peer.expect({ flags: 'PA', seq: 2921, length: 80 });
  session.shutdown();
  peer.expect({ flags: 'FA', seq: 3001 });
});

test('the FIN goes with the last data, and again when it is lost', async (t) => {
  const { peer, app, session } = await established(t);
  session.cork(true);
  app.write(500);
  session.close();
  peer.expect({ flags: 'FPA', seq: 1, length: 500, reason: 'tcp.data' });
  peer.expect({ flags: 'FPA', seq: 1, length: 500, reason: 'tcp.retransmit.rto', within: 1500 });
  // The data has come, the FIN has not.
  peer.send({ seq: 1, ack: 501 });
  peer.expect({ flags: 'FA', seq: 501, length: 0, reason: 'tcp.retransmit.rto', within: 3000 });
  t.is(session.state, State.FinWait1);
  peer.send({ seq: 1, ack: 502 });
  t.is(session.state, State.FinWait2);
});

test('a FIN without data is sent again with growing timeouts', async (t) => {
  const { peer, session } = await established(t);
  session.close();
  peer.expect({ flags: 'FA', seq: 1 });
  const first = peer.expect({ flags: 'FA', seq: 1, reason: 'tcp.retransmit.rto', within: 1000 });
  const second = peer.expect({ flags: 'FA', seq: 1, within: 2000 });
  const third = peer.expect({ flags: 'FA', seq: 1, within: 4000 });
  t.true(third.at - second.at >= 1.9 * (second.at - first.at));
});

test('a FIN beyond a hole counts when the hole is filled', async (t) => {
  const { peer, app, session } = await established(t);
  peer.send({ flags: 'FPA', seq: 101, ack: 1, data: 100 });
  peer.expect({ flags: 'A', ack: 1, reason: 'tcp.ack.out-of-order' });
  t.is(session.state, State.Established);
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 100 });
  peer.expect({ flags: 'A', ack: 202 });
  t.is(session.state, State.CloseWait);
  t.deepEqual([app.received, app.events.at(-1)], [200, 'end']);
});

test('a bare FIN beyond a hole counts as well', async (t) => {
  const { peer, session } = await established(t);
  peer.send({ flags: 'FA', seq: 101, ack: 1 });
  peer.expect({ flags: 'A', ack: 1 });
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 100 });
  peer.expect({ flags: 'A', ack: 102 });
  t.is(session.state, State.CloseWait);
});

test('text that claims to follow the FIN is not taken', async (t) => {
  const { peer, app, session } = await established(t);
  peer.send({ flags: 'FA', seq: 101, ack: 1 });
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 200 });
  t.is(session.state, State.CloseWait);
  t.is(app.received, 100);
});

// @rfc 2525 S2.17-1
// @rfc 9293 SHLD-3
test('close() with unread data resets (RFC 2525 section 2.17)', async (t) => {
  const { rig, peer, app, session } = await established(t);
  session.pause();
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 100 });
  peer.next();
  session.close();
  peer.expect({ flags: 'RA', seq: 1, ack: 101, reason: 'tcp.reset.unread-data' });
  t.deepEqual(app.events, ['established', 'closed']);
  rig.clean();
});

// @rfc 2525 S2.16-1
// @rfc 9293 SHLD-3
test('data after close() is answered by a reset (RFC 1122 section 4.2.2.13)', async (t) => {
  const { rig, peer, app, session } = await established(t);
  session.close();
  peer.expect({ flags: 'FA', seq: 1 });
  peer.send({ flags: 'PA', seq: 1, ack: 2, data: 10 });
  // With an acknowledgement or without: the number is what counts.
  t.true(peer.expect({ seq: 2, reason: 'tcp.reset.unread-data' }).flags.startsWith('R'));
  t.is(app.events.at(-1), 'closed');
  rig.clean();
});

test('FIN-WAIT-2 after close() ends by itself', async (t) => {
  const { rig, peer, session } = await established(t, { settings: { finWait2Timeout: 5000 } });
  session.close();
  peer.next();
  peer.send({ seq: 1, ack: 2 });
  peer.silent(4900);
  t.is(session.state, State.FinWait2);
  peer.silent(200);
  rig.clean();
});

test('close() in FIN-WAIT-2 after shutdown() starts that wait', async (t) => {
  const { rig, peer, session } = await established(t, { settings: { finWait2Timeout: 5000 } });
  session.shutdown();
  peer.next();
  peer.send({ seq: 1, ack: 2 });
  rig.advance(10_000);
  session.close();
  peer.silent(5010);
  rig.clean();
});

// @rfc 6191 S2-6
test('a SYN with a later sequence number takes over a connection in TIME-WAIT', async (t) => {
  const { rig, peer, session } = await established(t);
  session.close();
  peer.next();
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.next();
  rig.advance(1000);
  const old = peer.stackIss;
  peer.send({ flags: 'S', seq: 5000 });
  peer.expect({ flags: 'SA', seq: 0, ack: 5001, reason: 'tcp.synack' });
  t.true(((peer.stackIss - old) | 0) > 2, 'the new incarnation begins beyond the old one');
  t.is(session.state, State.Closed);
  t.is(rig.tcp.connections, 1);
});

test('a new incarnation begins beyond the old one, however much that has sent (RFC 9293 section 3.6.1)', async (t) => {
  const { peer, session } = await established(t);
  session.close();
  peer.next();
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.next();
  const old = peer.stackIss + 1_000_000_000;
  session.sender.sndNxt = old | 0;
  peer.send({ flags: 'S', seq: 5000 });
  peer.expect({ flags: 'SA', ack: 5001 });
  t.is((peer.stackIss - old) | 0, 64_000);
});

test('an earlier SYN does not: it is acknowledged as an old duplicate', async (t) => {
  const { peer, session } = await established(t);
  session.close();
  peer.next();
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.next();
  peer.send({ flags: 'S', seq: -100 });
  peer.expect({ flags: 'A', seq: 2, ack: 2 });
  t.is(session.state, State.TimeWait);
});

// @rfc 6191 S2-1
// @rfc 9293 SHLD-4
test('with timestamps the later one decides (RFC 6191)', async (t) => {
  const { peer, session } = await established(t, { syn: 'mss 1460, ts 100' });
  session.close();
  peer.next();
  peer.send({ flags: 'FA', seq: 1, ack: 2, options: 'ts 200' });
  peer.next();
  peer.send({ flags: 'S', seq: 5000, options: 'ts 150' });
  peer.expect({ flags: 'A', seq: 2, ack: 2 });
  t.is(session.state, State.TimeWait);
  peer.send({ flags: 'S', seq: -5000, options: 'ts 201' });
  peer.expect({ flags: 'SA', ack: -4999 });
  t.is(session.state, State.Closed);
});

// The SYN of the old connection and the one that meets it in TIME-WAIT, whose last timestamp was 200; RFC 6191 section 2.
const SYNS: readonly [old: string, offered: string, seq: number, opens: boolean][] = [
  ['ts 100', 'ts 201', -5000, true],
  ['ts 100', 'ts 200', 5000, true],
  ['ts 100', 'ts 200', -5000, false],
  ['ts 100', 'ts 199', 5000, false],
  ['ts 100', '', 5000, true],
  ['ts 100', '', -5000, false],
  ['', 'ts 7', -5000, true],
  ['', '', 5000, true],
  ['', '', -5000, false],
];

// @rfc 6191 S2-1 S2-2 S2-3 S2-4 S2-5 S2-6 S2-7
test('which SYN opens a connection anew that is in TIME-WAIT? (RFC 6191 section 2)', async (t) => {
  for (const [old, offered, seq, opens] of SYNS) {
    const { peer, session } = await established(t, { syn: `mss 1460, ${old}` });
    session.close();
    peer.next();
    peer.send({ flags: 'FA', seq: 1, ack: 2, options: old === '' ? '' : 'ts 200' });
    peer.next();
    peer.send({ flags: 'S', seq, options: offered });
    const name = `${old}, then ${offered} at ${seq}`;
    t.is(peer.next().flags, opens ? 'SA' : 'A', name);
    t.is(session.state, opens ? State.Closed : State.TimeWait, name);
  }
  // What counts is whether the new connection would have timestamps: here this end has none to offer.
  const { peer, session } = await established(t, { settings: { timestamps: false } });
  session.close();
  peer.next();
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.next();
  peer.send({ flags: 'S', seq: -5000, options: 'ts 7' });
  t.is(peer.next().flags, 'A');
});

// @rfc 1337 S3-1 S4-1
test('a policy lets no reset cut TIME-WAIT short (RFC 1337 section 3)', async (t) => {
  const overrides = [override(TCP_TIMEWAIT, { value: new TwoMsl(60_000, true) })];
  const { rig, peer, session } = await established(t, { overrides });
  session.close();
  peer.next();
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.next();
  for (const seq of [2, 500]) peer.send({ flags: 'R', seq });
  peer.silent(59_000);
  t.is(session.state, State.TimeWait);
  peer.silent(2000);
  rig.clean();
});

test('a RST with the next sequence number ends TIME-WAIT quietly, another one does not', async (t) => {
  const { rig, peer, app, session } = await established(t);
  session.close();
  peer.next();
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.next();
  peer.send({ flags: 'R', seq: 500 });
  t.is(session.state, State.TimeWait);
  peer.send({ flags: 'R', seq: 2 });
  t.deepEqual(app.events, ['established', 'end', 'closed']);
  rig.clean();
});

test('2 MSL can be chosen', async (t) => {
  const { rig, peer, session } = await established(t, {
    overrides: [override(TCP_TIMEWAIT, { value: new TwoMsl(100) })],
  });
  session.close();
  peer.next();
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.next();
  peer.silent(110);
  rig.clean();
});

test('abort() sends a reset with the next sequence number', async (t) => {
  const { rig, peer, app, session } = await established(t);
  app.write(10);
  peer.next();
  session.abort();
  peer.expect({ flags: 'RA', seq: 11, ack: 1, reason: 'tcp.reset.aborted' });
  t.is(app.events.at(-1), 'closed');
  t.throws(() => session.write(new Uint8Array(1)), { code: 'ENOTCONN' });
  rig.clean();
});

test('data that was not read when both FINs are acknowledged can still be read', async (t) => {
  const { rig, peer, app, session } = await established(t);
  app.pull();
  peer.send({ flags: 'FPA', seq: 1, ack: 1, data: 100 });
  peer.next();
  session.shutdown();
  peer.expect({ flags: 'FA', seq: 1, ack: 102 });
  peer.send({ seq: 102, ack: 2 });
  t.is(session.state, State.LastAck);
  // The peer may not have heard our acknowledgement.
  peer.send({ flags: 'FA', seq: 101, ack: 2 });
  peer.expect({ flags: 'A', seq: 2, ack: 102 });
  t.is(session.read().length, 100);
  t.deepEqual(app.events, ['established', 'end', 'closed']);
  rig.clean();
});

test('what a listener had not handed over when it is closed is reset, a half-open one when it is established', async (t) => {
  const { rig, peer, app } = await established(t);
  const { listener } = rig.listen({ port: 81 });
  const half = rig.peer({ stackPort: 81 });
  half.send({ flags: 'S', seq: 0 });
  half.expect({ flags: 'SA' });
  listener.close();
  half.send({ seq: 1, ack: 1 });
  half.expect({ flags: 'RA', seq: 1, reason: 'tcp.reset.aborted' });
  t.is(listener.open, 0);
  peer.send({ flags: 'R', seq: 1 });
  t.is(app.events.at(-1), 'closed ECONNRESET');
  rig.clean();
});

test('a FIN that stands before text that has come already ends nothing', async (t) => {
  const { peer, app, session } = await established(t);
  peer.send({ seq: 101, ack: 1, data: 100 });
  peer.expect({ flags: 'A', ack: 1 });
  peer.send({ flags: 'FA', seq: 51, ack: 1 });
  peer.expect({ flags: 'A', ack: 1 });
  peer.send({ seq: 1, ack: 1, data: 100 });
  peer.expect({ flags: 'A', ack: 201 });
  t.is(session.state, State.Established);
  t.is(app.received, 200);
});
