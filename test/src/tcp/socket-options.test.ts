import { Reno, State } from '@netwright/layers';
import test from 'ava';
import { established } from './wire-peer.js';

// @rfc 5482 S2-1
test('the user timeout ends what retransmissions would have gone on with (RFC 5482)', async (t) => {
  const { rig, app, session } = await established(t, { settings: { userTimeout: 1000 } });
  app.write(100);
  rig.clock.advance(1000);
  t.false(app.events.some((each) => each.startsWith('closed')));
  rig.clock.advance(500);
  t.true(app.events.includes('closed ETIMEDOUT'));
  t.is(session.info().state, 'CLOSED');
});

test('without a reset for a timeout the peer hears nothing of it', async (t) => {
  const { rig, peer, app } = await established(t, { settings: { userTimeout: 500, resetOnTimeout: false } });
  app.write(100);
  rig.clock.advance(2000);
  t.true(app.events.includes('closed ETIMEDOUT'));
  t.true(peer.drain().every(({ flags }) => !flags.includes('R')));
});

test('below the low-water mark write takes what the windows let go and little more', async (t) => {
  const { peer, session } = await established(t, { settings: { notSentLowWater: 1 }, win: 8000, syn: 'mss 1000' });
  const data = new Uint8Array(50_000);
  // Ten segments would go, the peer takes 8000 bytes; and one more piece of half its window is gathered.
  t.is(session.write(data), 12_000);
  t.is(session.writableBytes, 0);
  t.is(session.write(data), 0);
  for (const each of peer.drain()) peer.send({ seq: 1, ack: each.seq + each.length, win: 8000 });
  t.true(session.writableBytes > 0);
});

test('records are segments of their own, and no record waits for the next', async (t) => {
  const { peer, session, app } = await established(t, { syn: 'mss 1000' });
  session.cork(true);
  for (const size of [300, 400, 500]) {
    app.write(size);
    session.endRecord();
  }
  peer.expect({ seq: 1, length: 300 });
  peer.expect({ seq: 301, length: 400 });
  session.cork(false);
  peer.send({ seq: 1, ack: 701 });
  peer.expect({ seq: 701, length: 500 });
});

test('another congestion control goes on from the window that was reached', async (t) => {
  const { peer, app, session } = await established(t, { syn: 'mss 1000' });
  app.write(10_000);
  for (const each of peer.drain()) peer.send({ seq: 1, ack: each.seq + each.length });
  const { snd_cwnd } = session.info();
  session.useCongestion(new Reno());
  t.is(session.sender.congestion.name, 'reno');
  t.is(session.info().snd_cwnd, snd_cwnd);
});

test('a clamp bounds every window that is told', async (t) => {
  const { peer } = await established(t, { settings: { windowClamp: 3000 } });
  for (let seq = 1; seq < 20_000; seq += 1000) peer.send({ flags: 'A', seq, ack: 1, data: 1000 });
  t.true(peer.drain(100).every(({ win }) => win <= 3000));
});

test('a delayed acknowledgement goes when it is asked for', async (t) => {
  const { peer, session } = await established(t);
  for (let seq = 1; seq < 30_000; seq += 1000) peer.send({ flags: 'A', seq, ack: 1, data: 1000 });
  peer.drain(100);
  peer.send({ flags: 'A', seq: 30_001, ack: 1, data: 100 });
  session.acknowledge();
  peer.expect({ flags: 'A', ack: 30_101, length: 0 });
});

test('what has grown stays when another number changes, and a buffer that is asked for stays as it is', async (t) => {
  const { session } = await established(t);
  session.receiver.limit = 3_000_000;
  session.sender.buffer.limit = 2_000_000;
  session.configure({ keepAlive: true });
  t.is(session.receiver.limit, 3_000_000);
  t.is(session.sender.buffer.limit, 2_000_000);
  session.configure({ receiveBuffer: 50_000, sendBuffer: 40_000 });
  t.is(session.receiver.limit, 50_000);
  t.is(session.sender.buffer.limit, 40_000);
  t.false(session.receiver.tunes);
});

test('a peer that never finishes is reset at once where nobody is to wait for it', async (t) => {
  const { peer, app, session } = await established(t, { settings: { finWait2Timeout: -1 } });
  session.close();
  peer.expect({ flags: 'FA', seq: 1 });
  peer.send({ seq: 1, ack: 2 });
  peer.expect({ flags: 'RA', seq: 2 });
  t.true(app.events.includes('closed'));
});

test('close() of a connection that does not linger resets it at once', async (t) => {
  const { peer, app, session } = await established(t, { settings: { linger: 0 } });
  session.write(new Uint8Array(10));
  peer.next();
  session.close();
  peer.expect({ flags: 'RA', seq: 11, reason: 'tcp.reset.aborted' });
  t.is(app.events.at(-1), 'closed');
});

test('close() of one that lingers leaves time for what was written, then resets', async (t) => {
  const { rig, peer, app, session } = await established(t, { settings: { linger: 2000 } });
  session.write(new Uint8Array(10));
  peer.next();
  session.close();
  peer.expect({ flags: 'FA', seq: 11 });
  rig.advance(1990);
  t.not(app.events.at(-1), 'closed');
  rig.advance(20);
  t.is(app.events.at(-1), 'closed');
  t.true(peer.drain().some(({ flags }) => flags === 'RA'));
  t.is(rig.tcp.connections, 0);
});

test('what is acknowledged while a connection lingers ends in good order', async (t) => {
  const { rig, peer, session } = await established(t, { settings: { linger: 2000 } });
  session.close();
  peer.expect({ flags: 'FA', seq: 1 });
  peer.send({ seq: 1, ack: 2 });
  rig.advance(5000);
  t.is(session.state, State.FinWait2);
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.expect({ flags: 'A', seq: 2, ack: 2 });
  t.is(session.state, State.TimeWait);
});
