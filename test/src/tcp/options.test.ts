import test from 'ava';
import { established, Rig } from './wire-peer.js';

// @rfc 9293 MAY-3 MUST-67
test('the MSS of the SYN is what the MTU allows, or what is set', async (t) => {
  const small = await Rig.start(t, { mtu: 576 });
  small.connect();
  t.is(small.peer({ port: 7, stackPort: 5000 }).next().mss, 536);
  const chosen = await Rig.start(t, { settings: { mss: 1000 } });
  chosen.connect();
  t.is(chosen.peer({ port: 7, stackPort: 5000 }).next().mss, 1000);
});

test('without an MSS option segments are 536 bytes at most (RFC 9293 section 3.7.1)', async (t) => {
  const { peer, app } = await established(t, { syn: '' });
  app.write(1000);
  peer.expect({ flags: 'A', seq: 1, length: 536 });
});

// @rfc 2525 S2.18-1
// @rfc 9293 MUST-16
test('the smaller of the peer and the path decides about segments; options come out of them', async (t) => {
  const one = await established(t, { syn: 'mss 9000' });
  one.app.write(9000);
  one.peer.expect({ seq: 1, length: 1460 });
  const two = await established(t, { syn: 'mss 1000, nop, nop, ts 5' });
  two.app.write(9000);
  two.peer.expect({ seq: 1, length: 988, options: 'nop, nop, ts', tsEcr: 5 });
});

test('SACK blocks come out of the segment, too, against the MSS of the peer', async (t) => {
  const { peer, app } = await established(t, { syn: 'mss 500, sackOK' });
  peer.send({ flags: 'A', seq: 101, ack: 1, data: 10 });
  peer.expect({ options: 'nop, nop, sack 101-111', length: 0 });
  app.write(2000);
  for (const sent of peer.drain()) t.true(sent.length + 12 <= 500, `${sent.length}`);
});

// @rfc 2018 S2-1
// @rfc 7323 S2.3-1 S3.2-4
// @rfc 9293 MUST-68
test('options of the SYN-ACK answer those of the SYN: none that the peer did not offer', async (t) => {
  const cases: [string, string][] = [
    ['', 'mss 1460'],
    ['mss 1460, sackOK', 'mss 1460, nop, nop, sackOK'],
    ['mss 1460, ts 1', 'mss 1460, nop, nop, ts'],
    ['mss 1460, ts 1, sackOK', 'mss 1460, sackOK, ts'],
    ['mss 1460, nop, ws 3', 'mss 1460, nop, ws 7'],
    ['mss 1460, sackOK, ts 1, nop, ws 3', 'mss 1460, sackOK, ts, nop, ws 7'],
  ];
  for (const [syn, expected] of cases) {
    const rig = await Rig.start(t);
    rig.listen();
    const peer = rig.peer();
    peer.send({ flags: 'S', seq: 0, options: syn });
    peer.expect({ flags: 'SA', options: expected });
  }
});

test('settings take options away', async (t) => {
  const rig = await Rig.start(t, { settings: { timestamps: false, sack: false, windowScaling: false } });
  rig.connect();
  rig.peer({ port: 7, stackPort: 5000 }).expect({ flags: 'S', options: 'mss 1460' });
});

// @rfc 7323 S2.2-2 S2.3-3 S2.3-7
test('windows are scaled only when both SYNs say so', async (t) => {
  const both = await established(t, { syn: 'mss 1460, nop, ws 2', win: 1000 });
  both.peer.send({ seq: 1, ack: 1, win: 1000 });
  t.is(both.session.sender.sndWnd, 4000);
  const none = await established(t, { syn: 'mss 1460', win: 1000 });
  none.peer.send({ seq: 1, ack: 1, win: 1000 });
  t.is(none.session.sender.sndWnd, 1000);
  none.peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10 });
  none.peer.expect({ flags: 'A', win: 65535 });
  const wide = await established(t, { syn: 'mss 1460, nop, ws 15', win: 1 });
  wide.peer.send({ seq: 1, ack: 1, win: 1 });
  t.is(wide.session.sender.sndWnd, 1 << 14, 'more than 14 is used as 14');
});

// @rfc 7323 S2.2-4 S2.3-4
test('the window of the SYN itself is not scaled', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.answer({ options: 'mss 1460, nop, ws 7', win: 2000 });
  t.is(app.session.sender.sndWnd, 2000);
  peer.send({ seq: 1, ack: 1, win: 2000 });
  t.is(app.session.sender.sndWnd, 256_000);
});

// @rfc 7323 S3.2-2 S4.3-2 S4.3-3
test('timestamps are echoed: the one of the segment that is acknowledged first (RFC 7323 section 4.3)', async (t) => {
  const { peer } = await established(t, { syn: 'mss 1460, sackOK, ts 100' });
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 10, options: 'ts 110' });
  peer.expect({ tsEcr: 110, ack: 11 });
  // A segment beyond a hole does not move it.
  peer.send({ flags: 'A', seq: 21, ack: 1, data: 10, options: 'ts 120' });
  peer.expect({ tsEcr: 110, ack: 11 });
  peer.send({ flags: 'A', seq: 11, ack: 1, data: 10, options: 'ts 115' });
  peer.expect({ tsEcr: 115, ack: 31 });
});

// @rfc 7323 S4.1-1 S5.4-1 S5.4-2
test('our timestamp clock ticks in milliseconds', async (t) => {
  const { rig, peer, app } = await established(t, { syn: 'mss 1460, ts 100' });
  app.write(10);
  const first = peer.next().tsVal;
  peer.send({ seq: 1, ack: 11, options: 'ts 101' });
  rig.advance(1234);
  app.write(10);
  t.is((peer.next().tsVal - first) | 0, 1234);
});

// @rfc 1337 S3-2
// @rfc 7323 S5.2-4 S5.3-1
test('PAWS: an old timestamp is acknowledged and dropped, unless it comes with a RST (RFC 7323 section 5)', async (t) => {
  const { peer, app } = await established(t, { syn: 'mss 1460, ts 1000' });
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10, options: 'ts 999' });
  peer.expect({ flags: 'A', ack: 1, reason: 'tcp.ack.unacceptable' });
  t.is(app.received, 0);
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10, options: 'ts 1000' });
  t.is(app.received, 10);
  peer.send({ flags: 'R', seq: 11, options: 'ts 1' });
  t.is(app.events.at(-1), 'closed ECONNRESET');
});

// @rfc 7323 S5.2-1
test('PAWS follows timestamps around 2^32', async (t) => {
  const { peer, app } = await established(t, { syn: 'mss 1460, ts 4294967290' });
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10, options: 'ts 5' });
  peer.expect({ ack: 11, tsEcr: 5 });
  t.is(app.received, 10);
  peer.send({ flags: 'PA', seq: 11, ack: 1, data: 10, options: 'ts 4294967295' });
  peer.expect({ ack: 11, reason: 'tcp.ack.unacceptable' });
  t.is(app.received, 10);
});

// @rfc 7323 S5.5-1
test('PAWS forgets after 24 days (RFC 7323 section 5.5)', async (t) => {
  const { rig, peer, app } = await established(t, { syn: 'mss 1460, ts 1000' });
  rig.advance(24.5 * 24 * 3600 * 1000);
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10, options: 'ts 5' });
  t.is(app.received, 10);
});

// @rfc 7323 S3.2-8
test('a segment without the timestamp that was agreed on is taken nevertheless, as other stacks do', async (t) => {
  const { peer, app } = await established(t, { syn: 'mss 1460, ts 1000' });
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10 });
  peer.expect({ ack: 11, tsEcr: 1000 });
  t.is(app.received, 10);
});

// @rfc 2018 S4-6 S4-8
// @rfc 9293 MUST-68
test('SACK reports the block received last first, then the others (RFC 2018 section 4)', async (t) => {
  const { peer } = await established(t, { syn: 'mss 1460, sackOK' });
  peer.send({ flags: 'A', seq: 101, ack: 1, data: 50 });
  peer.expect({ ack: 1, options: 'nop, nop, sack 101-151' });
  peer.send({ flags: 'A', seq: 301, ack: 1, data: 50 });
  peer.expect({ ack: 1, options: 'nop, nop, sack 301-351 101-151' });
  peer.send({ flags: 'A', seq: 501, ack: 1, data: 50 });
  peer.expect({ ack: 1, options: 'nop, nop, sack 501-551 301-351 101-151' });
  peer.send({ flags: 'A', seq: 351, ack: 1, data: 10 });
  peer.expect({ ack: 1, options: 'nop, nop, sack 301-361 501-551 101-151' });
  peer.send({ flags: 'A', seq: 151, ack: 1, data: 150 });
  peer.expect({ ack: 1, options: 'nop, nop, sack 101-361 501-551' });
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 100 });
  peer.expect({ ack: 361, options: 'nop, nop, sack 501-551' });
  peer.send({ flags: 'A', seq: 361, ack: 1, data: 140 });
  peer.expect({ ack: 551, options: '' });
});

// @rfc 2018 S4-7
test('with timestamps three blocks fit, without them four', async (t) => {
  const three = await established(t, { syn: 'mss 1460, sackOK, ts 1' });
  const four = await established(t, { syn: 'mss 1460, sackOK' });
  for (const { peer } of [three, four]) {
    for (let i = 1; i <= 5; i++)
      peer.send({ flags: 'A', seq: 100 * i, ack: 1, data: 10, options: peer === three.peer ? 'ts 2' : '' });
  }
  t.is(three.peer.drain().at(-1)?.options, 'nop, nop, ts, nop, nop, sack 500-510 400-410 300-310');
  t.is(four.peer.drain().at(-1)?.options, 'nop, nop, sack 500-510 400-410 300-310 200-210');
});

// @rfc 2525 S2.18-1
test('four blocks leave less room for data than three: no segment outgrows the MTU', async (t) => {
  for (const [syn, ts, room] of [
    ['mss 1460, sackOK', '', 1460 - 36],
    ['mss 1460, sackOK, ts 1', 'ts 2', 1460 - 12 - 28],
  ] as const) {
    const { peer, app } = await established(t, { syn });
    for (let i = 1; i <= 5; i++) peer.send({ flags: 'A', seq: 100 * i, ack: 1, data: 10, options: ts });
    peer.drain();
    app.write(5000);
    peer.expect({ seq: 1, length: room });
  }
});

test('where the MTU is tiny, blocks leave room for data', async (t) => {
  const { peer, app } = await established(t, { syn: 'mss 1460, sackOK', mtu: 68 });
  for (let i = 1; i <= 5; i++) peer.send({ flags: 'A', seq: 20 * i, ack: 1, data: 10 });
  t.is(peer.drain().at(-1)?.options, 'nop, nop, sack 100-110 80-90');
  app.write(20);
  peer.expect({ seq: 1, length: 8 });
});

// @rfc 2018 S4-2
test('without SACK permitted no block is sent', async (t) => {
  const { peer } = await established(t);
  peer.send({ flags: 'A', seq: 101, ack: 1, data: 50 });
  peer.expect({ ack: 1, options: '' });
});

// @rfc 3360 S2.5-1 S2.5-2
// @rfc 9293 MUST-5 MUST-6 MUST-7
test('unknown options are skipped, malformed lengths end the reading and harm nobody', async (t) => {
  const cases: [string, string][] = [
    ['raw fe 04 00 00, mss 1460, sackOK', 'mss 1460, nop, nop, sackOK'],
    ['mss 1460, raw fe 00, sackOK', 'mss 1460'],
    ['mss 1460, raw fe 01, sackOK', 'mss 1460'],
    ['mss 1460, raw fe ff, sackOK', 'mss 1460'],
    ['mss 1460, sackOK, raw fe', 'mss 1460, nop, nop, sackOK'],
    ['raw 02 03 05, nop, sackOK', 'mss 1460, nop, nop, sackOK'],
    ['raw 04 03 00, nop, mss 1460', 'mss 1460'],
    ['raw 03 04 07 00', 'mss 1460'],
    ['raw 08 09 00 00 00 00 00 00 00', 'mss 1460'],
    ['eol, sackOK', 'mss 1460'],
  ];
  for (const [syn, expected] of cases) {
    const rig = await Rig.start(t);
    const { apps } = rig.listen();
    const peer = rig.peer();
    peer.send({ flags: 'S', seq: 0, options: syn });
    peer.expect({ flags: 'SA', options: expected });
    peer.send({ flags: 'PA', seq: 1, ack: 1, data: 5, options: syn });
    t.is(apps[0].received, 5, syn);
  }
});

test('an absurdly small MSS does not make segments of one byte', async (t) => {
  const { peer, app } = await established(t, { syn: 'mss 1, nop, nop, ts 1' });
  app.write(1000);
  t.true(peer.drain().every((each) => each.length >= 36));
});

// @rfc 7323 S2.3-6
test('however large the buffer is, the scale that is offered is 14 at most (RFC 7323 section 2.3)', async (t) => {
  const rig = await Rig.start(t, { settings: { receiveBuffer: 2 ** 31 - 1 } });
  rig.connect();
  rig.peer({ port: 7, stackPort: 5000 }).expect({ flags: 'S', options: 'mss 1460, sackOK, ts, nop, ws 14' });
});

// @rfc 7323 S7-1
test('the timestamps of two connections begin at numbers that tell nothing of each other (RFC 7323 section 7)', async (t) => {
  const rig = await Rig.start(t);
  const begins = Array.from({ length: 20 }, (_, i) => {
    rig.connect({ localPort: 6000 + i });
    return rig.peer({ port: 7, stackPort: 6000 + i }).next().tsVal >>> 20;
  });
  t.true(new Set(begins).size >= 18, `${begins}`);
});

// @rfc 5482 S3-1 S3-3 S3.1-1 S3.4-1
test('a user timeout that the peer suggests is silently ignored (RFC 5482 section 3)', async (t) => {
  // An hour, then the reserved value of zero, in either granularity.
  for (const suggested of ['raw 1c 04 80 3c', 'raw 1c 04 00 00', 'raw 1c 04 80 00']) {
    const { rig, peer, app } = await established(t, {
      syn: `mss 1460, ${suggested}`,
      settings: { userTimeout: 1000 },
    });
    peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10, options: suggested });
    peer.expect({ flags: 'A', ack: 11, options: '' });
    t.is(app.received, 10);
    app.write(10);
    rig.advance(1500);
    t.is(app.events.at(-1), 'closed ETIMEDOUT', suggested);
  }
});

// @rfc 7323 S3.2-7
test('with timestampsRequired what lacks a timestamp is dropped silently, unless it is a reset (RFC 7323 section 3.2)', async (t) => {
  for (const timestampsRequired of [false, true]) {
    const { peer, app } = await established(t, { settings: { timestampsRequired }, syn: 'mss 1000, ts 1' });
    peer.send({ seq: 1, ack: 1, data: 10, options: '' });
    peer.drain(500);
    t.is(app.received, timestampsRequired ? 0 : 10);
    peer.send({ seq: app.received + 1, ack: 1, data: 10, options: 'nop, nop, ts 2' });
    t.is(peer.drain(500).length, 1);
    t.is(app.received, timestampsRequired ? 10 : 20);
    peer.send({ flags: 'RA', seq: app.received + 1, ack: 1, options: '' });
    t.true(app.events.includes('closed ECONNRESET'));
  }
});
