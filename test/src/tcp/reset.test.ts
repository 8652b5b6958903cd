import { State, stateName } from '@netwright/layers';
import test from 'ava';
import { established, Rig } from './wire-peer.js';

// @rfc 5961 S3.2-2
test('a RST with exactly the next sequence number resets', async (t) => {
  const { rig, peer, app } = await established(t);
  peer.send({ flags: 'R', seq: 1 });
  t.deepEqual(app.events, ['established', 'closed ECONNRESET']);
  peer.silent();
  rig.clean();
});

// @rfc 9293 MUST-12
test('a RST in each state: it breaks the connection off unless both have finished', async (t) => {
  const cases: [string, (at: Awaited<ReturnType<typeof established>>) => void, string][] = [
    ['FIN-WAIT-1', ({ session }) => session.shutdown(), 'closed ECONNRESET'],
    [
      'FIN-WAIT-2',
      ({ session, peer }) => {
        session.shutdown();
        peer.drain();
        peer.send({ seq: 1, ack: 2 });
      },
      'closed ECONNRESET',
    ],
    ['CLOSE-WAIT', ({ peer }) => peer.send({ flags: 'FA', seq: 1, ack: 1 }), 'closed ECONNRESET'],
    [
      'CLOSING',
      ({ session, peer }) => {
        session.shutdown();
        peer.send({ flags: 'FA', seq: 1, ack: 1 });
      },
      'closed',
    ],
    [
      'LAST-ACK',
      ({ session, peer }) => {
        peer.send({ flags: 'FA', seq: 1, ack: 1 });
        session.shutdown();
      },
      'closed',
    ],
    [
      'LAST-ACK',
      ({ session, app, peer }) => {
        peer.send({ flags: 'FA', seq: 1, ack: 1 });
        app.write(10);
        session.shutdown();
      },
      'closed ECONNRESET',
    ],
  ];
  for (const [state, lead, event] of cases) {
    const opened = await established(t);
    const { rig, peer, app, session } = opened;
    lead(opened);
    t.is(stateName(session.state), state);
    peer.send({ flags: 'R', seq: session.receiver.rcvNxt - 1000 });
    t.is(app.events.at(-1), event, state);
    rig.clean();
  }
});

// @rfc 5961 S3.2-1 S3.2-3 S3.2-4
test('a RST elsewhere in the window is challenged, outside of it ignored (RFC 5961 section 3.2)', async (t) => {
  const { peer, session } = await established(t);
  peer.send({ flags: 'R', seq: 2 });
  peer.expect({ flags: 'A', seq: 1, ack: 1, reason: 'tcp.challenge' });
  peer.send({ flags: 'RA', seq: 65535, ack: 1 });
  peer.expect({ flags: 'A', seq: 1, ack: 1, reason: 'tcp.challenge' });
  peer.send({ flags: 'R', seq: 0 });
  peer.send({ flags: 'R', seq: 65536 });
  peer.send({ flags: 'R', seq: -70000 });
  peer.silent();
  t.is(session.state, State.Established);
});

// @rfc 9293 MUST-66
test('a RST with text in a closed window resets when it stands next', async (t) => {
  const { peer, app, session } = await established(t, { settings: { receiveBuffer: 100 } });
  session.pause();
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 100 });
  peer.drain(100);
  peer.send({ flags: 'R', seq: 101, data: 5 });
  t.is(app.events.at(-1), 'closed ECONNRESET');
});

// @rfc 5961 S4.2-1
test('a SYN in an established connection is challenged, wherever it stands (RFC 5961 section 4.2)', async (t) => {
  const { peer, session } = await established(t);
  peer.send({ flags: 'S', seq: 100 });
  peer.expect({ flags: 'A', seq: 1, ack: 1, reason: 'tcp.challenge' });
  peer.send({ flags: 'S', seq: 500_000 });
  peer.expect({ flags: 'A', seq: 1, ack: 1 });
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'A', seq: 1, ack: 1 });
  t.is(session.state, State.Established);
});

// @rfc 5961 S5.2-1 S5.2-2
test('an ACK of unsent data, or one too old, is challenged and its text dropped (RFC 5961 section 5.2)', async (t) => {
  const { peer, app } = await established(t, { win: 1000 });
  peer.send({ flags: 'PA', seq: 1, ack: 2, data: 10 });
  peer.expect({ flags: 'A', seq: 1, ack: 1, reason: 'tcp.challenge' });
  peer.send({ flags: 'PA', seq: 1, ack: -1000, data: 10 });
  peer.expect({ flags: 'A', seq: 1, ack: 1, reason: 'tcp.challenge' });
  t.is(app.received, 0);
  // Within the largest window that the peer has offered it may be a duplicate that came late.
  peer.send({ flags: 'PA', seq: 1, ack: -999, data: 10 });
  t.is(app.received, 10);
});

// @rfc 5961 S7-1
test('challenges are limited for each connection, and again allowed a second later', async (t) => {
  const { rig, peer } = await established(t);
  for (let i = 0; i < 50; i++) peer.send({ flags: 'S', seq: 100 });
  t.is(peer.drain().length, 10);
  rig.advance(1000);
  peer.send({ flags: 'R', seq: 100 });
  peer.expect({ flags: 'A', reason: 'tcp.challenge' });
});

test('empty segments that are not acceptable cannot make two ends answer each other for ever', async (t) => {
  const { peer } = await established(t);
  for (let i = 0; i < 50; i++) peer.send({ seq: 200_000, ack: 1 });
  t.is(peer.drain().length, 10);
});

test('nor can empty segments with old timestamps', async (t) => {
  const { peer } = await established(t, { syn: 'mss 1460, ts 1000' });
  for (let i = 0; i < 50; i++) peer.send({ seq: 1, ack: 1, options: 'ts 900' });
  t.is(peer.drain().length, 10);
});

test('text that is not acceptable is acknowledged each time', async (t) => {
  const { peer } = await established(t);
  for (let i = 0; i < 20; i++) peer.send({ flags: 'PA', seq: 200_000, ack: 1, data: 10 });
  const answers = peer.drain();
  t.is(answers.length, 20);
  t.true(answers.every((each) => each.ack === 1 && each.flags === 'A' && each.reason === 'tcp.ack.unacceptable'));
});

test('a segment without ACK is dropped in an established connection', async (t) => {
  const { peer, app } = await established(t);
  peer.send({ flags: 'P', seq: 1, data: 10 });
  peer.silent(100);
  t.is(app.received, 0);
});

// @rfc 3360 S2-1
test('a closed port answers with the number it was told, or acknowledges what came (RFC 9293 section 3.10.7.1)', async (t) => {
  const rig = await Rig.start(t);
  const peer = rig.peer({ stackPort: 9, iss: 0 });
  peer.send({ flags: 'S', seq: 100 });
  peer.expect({ flags: 'RA', seq: 0, ack: 101, length: 0, win: 0, options: '', reason: 'tcp.reset.no-connection' });
  peer.send({ flags: 'FP', seq: 100, data: 7 });
  peer.expect({ flags: 'RA', seq: 0, ack: 108 });
  peer.send({ flags: 'SA', seq: 100, ack: 777 });
  peer.expect({ flags: 'R', seq: 777, ack: 0 });
  peer.send({ flags: 'PA', seq: 100, ack: 4000, data: 20 });
  peer.expect({ flags: 'R', seq: 4000 });
  peer.send({ flags: 'R', seq: 1 });
  peer.send({ flags: 'RA', seq: 1, ack: 1 });
  peer.silent();
  t.is(rig.tcp.counters.resetsSent, 4);
});

test('a listener resets what acknowledges, and drops what neither opens nor acknowledges (section 3.10.7.2)', async (t) => {
  const rig = await Rig.start(t);
  rig.listen();
  const peer = rig.peer({ iss: 0 });
  peer.send({ flags: 'A', seq: 1, ack: 55 });
  peer.expect({ flags: 'R', seq: 55, reason: 'tcp.reset.refused' });
  peer.send({ flags: 'SA', seq: 1, ack: 56 });
  peer.expect({ flags: 'R', seq: 56 });
  peer.send({ flags: 'F', seq: 1 });
  peer.send({ flags: '.', seq: 1, data: 4 });
  peer.send({ flags: 'R', seq: 1 });
  peer.send({ flags: 'SR', seq: 1 });
  peer.silent();
  rig.clean();
});

// @rfc 9293 MUST-3
test('a wrong checksum and a wrong data offset are counted and dropped', async (t) => {
  const { rig, peer, app } = await established(t);
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10, badChecksum: true });
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10, edit: (view) => view.setUint8(12, 0x40) });
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10, edit: (view) => view.setUint8(12, 0xf0) });
  peer.silent(100);
  t.is(app.received, 0);
  t.is(rig.tcp.counters.badChecksum, 1);
  t.is(rig.tcp.counters.malformed, 2);
});

// @rfc 3360 S2-2 S2.1-1
test('reserved bits are no reason for a reset, and are sent as zeros (RFC 3360 section 2.1)', async (t) => {
  const rig = await Rig.start(t);
  const { apps } = rig.listen();
  for (const bits of [2, 4, 8, 14]) {
    const peer = rig.peer({ port: 40_000 + bits });
    const edit = (view: DataView) => view.setUint8(12, view.getUint8(12) | bits);
    peer.send({ flags: 'S', seq: 0, options: 'mss 1460', edit });
    t.is(peer.expect({ flags: 'SA', ack: 1, options: 'mss 1460' }).reserved, 0);
    peer.send({ seq: 1, ack: 1, edit });
    peer.send({ flags: 'PA', seq: 1, ack: 1, data: 10, edit });
    t.is(peer.expect({ flags: 'A', ack: 11 }).reserved, 0);
  }
  t.deepEqual(
    apps.map((each) => each.received),
    [10, 10, 10, 10],
  );
});

// @rfc 7323 S5.2-2
test('a reset for nobody echoes the timestamp of what it answers, and has none of its own (RFC 7323 section 5.2)', async (t) => {
  for (const [resetTimestamps, options] of [
    [true, 'nop, nop, ts'],
    [false, ''],
  ] as const) {
    const rig = await Rig.start(t, { settings: { resetTimestamps } });
    const peer = rig.peer();
    peer.send({ flags: 'S', seq: 0, options: 'mss 1000, ts 77' });
    const stamped = peer.next();
    t.is(stamped.flags, 'RA');
    t.is(stamped.options, options);
    t.is(stamped.tsVal, 0);
    t.is(stamped.tsEcr, resetTimestamps ? 77 : 0);
    peer.send({ flags: 'S', seq: 0, options: 'mss 1000' });
    t.is(peer.next().options, '');
  }
});

// @rfc 7323 S5.2-2b
test('a connection that answers by a reset echoes the timestamp, too (RFC 7323 section 5.2)', async (t) => {
  for (const resetTimestamps of [true, false]) {
    const rig = await Rig.start(t, { settings: { resetTimestamps } });
    rig.connect();
    const peer = rig.peer({ port: 7, stackPort: 5000 });
    peer.next();
    peer.send({ flags: 'SA', seq: 0, ack: 77, options: 'mss 1000, ts 55' });
    const half = peer.next();
    t.is(half.flags, 'R');
    t.deepEqual([half.options, half.tsVal, half.tsEcr], resetTimestamps ? ['nop, nop, ts', 0, 55] : ['', 0, 0]);
    const { peer: other, app } = await established(t, { settings: { resetTimestamps }, syn: 'mss 1000, ts 1' });
    app.session.close();
    other.drain();
    other.send({ flags: 'PA', seq: 1, ack: 2, data: 10, options: 'nop, nop, ts 9' });
    const unread = other.next();
    t.is(unread.flags, 'R');
    t.deepEqual([unread.options, unread.tsEcr], resetTimestamps ? ['nop, nop, ts', 9] : ['', 0]);
  }
});
