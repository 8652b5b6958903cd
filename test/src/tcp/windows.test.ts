import { override } from '@netwright/core';
import { DelayedAck, FixedCongestionWindow, FixedWindow, TCP_ACK, TCP_CONGESTION, TCP_WINDOW } from '@netwright/layers';
import test from 'ava';
import { established, Rig } from './wire-peer.js';

const SLOW_ACK = override(TCP_ACK, { value: new DelayedAck(400, 0) });

// @rfc 9293 MUST-37 SHLD-30
test('a closed window is probed after one RTO, then ever more rarely; the answer keeps the connection', async (t) => {
  const { peer, app, session } = await established(t, { settings: { retries: 3 } });
  peer.send({ seq: 1, ack: 1, win: 0 });
  app.write(100);
  const waits: number[] = [];
  let last = peer.rig.clock.now();
  for (let i = 0; i < 12; i++) {
    const probe = peer.expect({ flags: 'A', seq: 0, length: 0, reason: 'tcp.probe.window', within: 130_000 });
    waits.push(Math.round(probe.at - last));
    last = probe.at;
    peer.send({ seq: 1, ack: 1, win: 0 });
  }
  for (let i = 1; i < waits.length; i++) t.true(waits[i] >= waits[i - 1] * 1.9 || waits[i] >= 119_000, `${waits}`);
  t.true(Math.max(...waits) <= 120_001);
  peer.send({ seq: 1, ack: 1, win: 1000 });
  peer.expect({ flags: 'PA', seq: 1, length: 100 });
  // The back-off was the window's, not the path's.
  t.true(peer.expect({ seq: 1, reason: 'tcp.retransmit.rto', within: 1500 }).at - peer.rig.clock.now() <= 0);
  t.is(session.sender.sndWnd, 1000);
});

test('a closed window that nobody answers about is given up', async (t) => {
  const { rig, peer, app } = await established(t, { settings: { retries: 3 } });
  peer.send({ seq: 1, ack: 1, win: 0 });
  app.write(100);
  peer.drain(60_000);
  t.is(app.events.at(-1), 'closed ETIMEDOUT');
  rig.clean();
});

// @rfc 9293 SHLD-17 MUST-35
test('a window that closes upon data in flight does not end the connection while the peer answers (SHLD-17)', async (t) => {
  const { peer, app } = await established(t, { settings: { retries: 3 } });
  app.write(2000);
  t.is(peer.drain().length, 1);
  peer.send({ seq: 1, ack: 1, win: 0 });
  for (let i = 0; i < 10; i++) {
    const sent = peer.next(200_000);
    t.is(sent.seq, 1);
    peer.send({ seq: 1, ack: 1, win: 0 });
  }
  peer.send({ seq: 1, ack: 1461, win: 5000 });
  peer.expect({ flags: 'PA', seq: 1461, length: 540 });
  t.is(app.events.at(-1), 'established');
});

test('a FIN waits before a closed window, which is probed as long as the peer answers', async (t) => {
  const { peer, app, session } = await established(t, { settings: { retries: 3 } });
  peer.send({ seq: 1, ack: 1, win: 0 });
  session.shutdown();
  for (let i = 0; i < 10; i++) {
    peer.expect({ flags: 'A', seq: 0, within: 200_000 });
    peer.send({ seq: 1, ack: 1, win: 0 });
  }
  peer.send({ seq: 1, ack: 1, win: 1 });
  peer.expect({ flags: 'FA', seq: 1 });
  t.deepEqual(app.events, ['established']);
});

// @rfc 9293 SHLD-15
test('a peer that shrinks its window gets no new data beyond it', async (t) => {
  const { peer, app } = await established(t, { win: 10_000 });
  app.write(2920);
  t.is(peer.drain().length, 2);
  peer.send({ seq: 1, ack: 1461, win: 1000 });
  app.write(5000);
  peer.silent(100);
  peer.send({ seq: 1, ack: 2921, win: 2000 });
  peer.expect({ seq: 2921, length: 1460 });
  peer.silent(100);
});

test('an acknowledgement that comes late does not move the window', async (t) => {
  const { peer, app, session } = await established(t, { win: 10_000 });
  app.write(3000);
  peer.drain();
  peer.send({ seq: 1, ack: 2921, win: 500 });
  peer.send({ seq: 1, ack: 1461, win: 20_000 });
  t.is(session.sender.sndWnd, 500);
  // Neither does an older segment of the peer with the same acknowledgement.
  peer.send({ flags: 'A', seq: 1, ack: 2921, data: 10, win: 600 });
  peer.send({ seq: 0, ack: 2921, win: 30_000 });
  t.is(session.sender.sndWnd, 600);
});

// @rfc 9293 MUST-38
test('the sender avoids silly windows: a small one is filled after a timeout only (RFC 9293 section 3.8.6.2.1)', async (t) => {
  const { peer, app } = await established(t, { win: 10_000 });
  app.write(1460);
  peer.next();
  peer.send({ seq: 1, ack: 1461, win: 100 });
  app.write(1460);
  peer.silent(150);
  peer.expect({ flags: 'A', seq: 1461, length: 100, reason: 'tcp.data', within: 1000 });
});

test('a congestion window with a fraction makes whole segments', async (t) => {
  const { peer, app } = await established(t, {
    win: 1200,
    overrides: [override(TCP_CONGESTION, { make: () => new FixedCongestionWindow(700.5) })],
  });
  app.write(3000);
  peer.expect({ seq: 1, length: 700 });
  peer.send({ seq: 1, ack: 701, win: 1200 });
  peer.expect({ seq: 701, length: 700 });
});

test('a window that is closed from the start is probed, and used when it opens', async (t) => {
  const { peer, app } = await established(t, { win: 0 });
  app.write(100);
  peer.expect({ flags: 'A', seq: 0, length: 0, reason: 'tcp.probe.window', within: 1500 });
  peer.send({ seq: 1, ack: 1, win: 1000 });
  peer.expect({ flags: 'PA', seq: 1, length: 100 });
});

// @rfc 9293 MAY-8
test('a policy may keep the window closed for ever', async (t) => {
  const rig = await Rig.start(t, { overrides: [override(TCP_WINDOW, { value: new FixedWindow(0) })] });
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'SA', win: 0 });
  peer.send({ seq: 1, ack: 1 });
  for (let i = 0; i < 3; i++) {
    peer.send({ flags: 'PA', seq: 1, ack: 1, data: 1 });
    peer.expect({ flags: 'A', ack: 1, win: 0 });
  }
  t.is(apps[0].received, 0);
});

// @rfc 9293 MUST-38
test('half of the largest window is not silly', async (t) => {
  const { peer, app } = await established(t, { win: 400 });
  app.write(1460);
  peer.expect({ seq: 1, length: 400 });
  peer.send({ seq: 1, ack: 401, win: 200 });
  peer.expect({ seq: 401, length: 200 });
  peer.send({ seq: 1, ack: 601, win: 199 });
  peer.silent(100);
});

test('what is sent just before the persist timer expires gets a timeout of its own', async (t) => {
  const { peer, app } = await established(t, { win: 10_000 });
  app.write(1460);
  peer.next();
  peer.send({ seq: 1, ack: 1461, win: 100 });
  app.write(1460);
  peer.silent(195);
  peer.send({ seq: 1, ack: 1461, win: 5000 });
  peer.expect({ seq: 1461, length: 1460 });
  peer.silent(150);
});

test('a paused application closes the window; reading opens it, and the peer is told', async (t) => {
  const { peer, app, session } = await established(t, { settings: { receiveBuffer: 4000 } });
  session.pause();
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 1460 });
  peer.expect({ ack: 1461, win: 2540 });
  peer.send({ flags: 'A', seq: 1461, ack: 1, data: 1460 });
  peer.expect({ ack: 2921, win: 1080 });
  peer.send({ flags: 'A', seq: 2921, ack: 1, data: 1080 });
  peer.expect({ ack: 4001, win: 0 });
  peer.send({ flags: 'A', seq: 4001, ack: 1, data: 1 });
  peer.expect({ flags: 'A', ack: 4001, win: 0 });
  peer.silent(1000);
  session.resume();
  peer.expect({ flags: 'A', ack: 4001, win: 4000, reason: 'tcp.window-update' });
  t.is(app.received, 4000);
});

// @rfc 9293 MUST-39
test('the receiver avoids silly windows: it opens by a segment or half the buffer (RFC 9293 section 3.8.6.2.2)', async (t) => {
  const { peer, app, session } = await established(t, { settings: { receiveBuffer: 4000 } });
  app.pull();
  for (let seq = 1; seq < 4000; seq += 1000) peer.send({ flags: 'A', seq, ack: 1, data: 1000 });
  t.is(peer.drain().at(-1)?.win, 0);
  session.read(500);
  peer.silent(10);
  peer.send({ seq: 0, ack: 1 });
  peer.expect({ ack: 4001, win: 0 });
  session.read(499);
  peer.send({ seq: 0, ack: 1 });
  peer.expect({ ack: 4001, win: 0 });
  session.read(1);
  // It is not worth a segment of its own, but it is said when asked for.
  peer.silent(10);
  peer.send({ seq: 0, ack: 1 });
  peer.expect({ ack: 4001, win: 1000 });
  session.read(2000);
  peer.expect({ ack: 4001, win: 3000, reason: 'tcp.window-update' });
});

// @rfc 7323 S2.4-3
// @rfc 9293 SHLD-14
test('our window never shrinks, whatever arrives and whatever is read', async (t) => {
  const { peer, app, session } = await established(t, {
    settings: { receiveBuffer: 100_001 },
    syn: 'mss 1460, nop, ws 0',
  });
  app.pull();
  let edge = 0;
  let seq = 1;
  for (let i = 0; i < 200; i++) {
    const size = 1 + ((i * 7919) % 1460);
    peer.send({ flags: 'A', seq, ack: 1, data: size });
    for (const each of peer.drain(50)) {
      const right = each.ack + (each.win << 1);
      t.true(right >= edge, `${right} after ${edge}`);
      edge = right;
      seq = each.ack;
    }
    if (i % 3 === 0) session.read((i * 104729) % 3000);
  }
  t.true(seq > 50_000);
});

test('what rounding a scaled window gives away does not add up beyond the buffer', async (t) => {
  const { peer, session } = await established(t, { settings: { receiveBuffer: 70_000 }, syn: 'mss 1460, nop, ws 0' });
  session.pause();
  let seq = 1;
  for (; seq < 69_000; seq += 1000) peer.send({ flags: 'A', seq, ack: 1, data: 1000 });
  peer.drain(50);
  for (let i = 0; i < 7000; i++) peer.send({ flags: 'A', seq: seq++, ack: 1, data: 1 });
  t.true(session.receiver.readable <= 70_000 * (17 / 16) + 2, `${session.receiver.readable}`);
  t.is(peer.drain(50).at(-1)?.win, 0);
});

test('no window update is sent when the field cannot say more', async (t) => {
  const { peer } = await established(t);
  for (let seq = 1; seq < 100_000; seq += 1000) peer.send({ flags: 'A', seq, ack: 1, data: 1000 });
  t.true(peer.drain(100).every((each) => each.reason !== 'tcp.window-update' && each.win === 65535));
});

// @rfc 7323 S2.3-2 S2.3-5
// @rfc 9293 REC-1
test('a scaled window takes more than 64 KiB', async (t) => {
  const { peer, session } = await established(t, { syn: 'mss 1460, nop, ws 0' });
  session.pause();
  for (let seq = 1; seq < 300_000; seq += 1400) peer.send({ flags: 'A', seq, ack: 1, data: 1400 });
  const last = peer.drain(50).at(-1);
  t.is(last?.ack, 301_001);
  // Rounding up gives away less than 128 bytes each time, and a 16th of the buffer at most.
  const room = ((last?.win ?? 0) << 7) - ((1 << 20) - 301_000);
  t.true(room >= 0 && room < 1 << 16, `${room}`);
});

// @rfc 9293 REC-1
test('a window of the peer beyond 64 KiB is used', async (t) => {
  const { peer, app, session } = await established(t, { syn: 'mss 1460, nop, ws 4' });
  peer.send({ seq: 1, ack: 1, win: 20_000 });
  app.write(500_000);
  for (let round = 0; round < 4; round++) {
    for (const each of peer.drain()) peer.send({ seq: 1, ack: each.seq + each.length, win: 20_000 });
  }
  t.true(session.sender.flight.bytes > 65535, `${session.sender.flight.bytes}`);
});

test('write() takes what the send buffer holds, and writable comes when half of it is free', async (t) => {
  const { peer, app, session } = await established(t, { settings: { sendBuffer: 10_000 } });
  t.is(app.write(25_000), 10_000);
  t.is(session.writableBytes, 0);
  t.is(app.write(10), 0);
  peer.drain();
  peer.send({ seq: 1, ack: 2921 });
  t.false(app.events.includes('writable'));
  peer.send({ seq: 1, ack: 7301 });
  t.is(app.events.filter((each) => each === 'writable').length, 1);
  t.is(session.writableBytes, 7300);
  peer.send({ seq: 1, ack: 8761 });
  t.is(app.events.filter((each) => each === 'writable').length, 1);
});

test('an ACK in a segment that a closed window keeps out is taken nevertheless (RFC 9293 section 3.10.7.4)', async (t) => {
  const { peer, app, session } = await established(t, { settings: { receiveBuffer: 1000 } });
  session.pause();
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 1000 });
  peer.expect({ win: 0 });
  app.write(100);
  peer.expect({ flags: 'PA', seq: 1, length: 100 });
  peer.send({ flags: 'A', seq: 1001, ack: 101, data: 1 });
  peer.expect({ flags: 'A', ack: 1001, win: 0 });
  t.is(session.sender.flight.count, 0);
  // And a FIN without text needs no room.
  peer.send({ flags: 'FA', seq: 1001, ack: 101 });
  peer.expect({ flags: 'A', ack: 1002 });
});

test('a peer whose window is used up is told of room at once, not when the delayed acknowledgement is due', async (t) => {
  const { peer } = await established(t, { settings: { receiveBuffer: 2000 }, overrides: [SLOW_ACK] });
  peer.send({ seq: 1, ack: 1, data: 1400 });
  const { ack, win } = peer.expect({ flags: 'A', within: 0 });
  t.deepEqual([ack, win], [1401, 2000]);
});

// @rfc 7323 S2.4-2 S2.4-3
test('what the window has offered once is taken, though the buffer has become smaller (RFC 7323 section 2.4)', async (t) => {
  const { peer, app, session } = await established(t, { settings: { receiveBuffer: 10_000 } });
  session.pause();
  session.configure({ receiveBuffer: 2000 });
  peer.send({ seq: 1, ack: 1, data: 1400 });
  const { ack, win } = peer.next(100);
  // The right edge stays where it was.
  t.is(ack + win, 10_001);
  for (let seq = 1401; seq < 9801; seq += 1400) peer.send({ seq, ack: 1, data: 1400 });
  peer.send({ flags: 'PA', seq: 9801, ack: 1, data: 300 });
  t.deepEqual(
    peer
      .drain(100)
      .map((each) => each.ack + each.win)
      .filter((edge) => edge !== 10_001),
    [],
  );
  session.resume();
  t.is(app.received, 10_000);
});
