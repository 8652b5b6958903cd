import { DEFAULT_TCP_SETTINGS, type TcpSettings } from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import { Rig } from './wire-peer.js';

const HOUR = 3_600_000;

/** A connection that the peer opens, with what its SYN says; its handler notes what it is told. */
async function open(t: ExecutionContext, settings: Partial<TcpSettings>, options = 'mss 1000') {
  const told: number[] = [];
  const rig = await Rig.start(t, { settings: { userTimeoutOption: true, ...settings } });
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options });
  const synAck = peer.next();
  peer.send({ seq: 1, ack: 1 });
  const [app] = apps;
  app.session.handler.userTimeout = (_session, ms) => told.push(ms);
  return { rig, peer, app, told, synAck, session: app.session };
}

// @rfc 5482 S3-2 S3.2-1
test('SYN-ACK, the first segment after it and the next after a change tell the user timeout, once each (RFC 5482 section 3)', async (t) => {
  const { peer, app, session, synAck } = await open(t, { userTimeout: 200_000, noDelay: true });
  t.true(synAck.options.includes('kind 28'));
  app.write(10);
  t.true(peer.next().options.includes('kind 28'));
  app.write(10);
  t.false(peer.next().options.includes('kind 28'));
  session.configure({ userTimeout: 150_000 });
  app.write(10);
  t.true(peer.next().options.includes('kind 28'));
  session.configure({ keepAliveProbes: 3 });
  app.write(10);
  t.false(peer.next().options.includes('kind 28'));
});

// @rfc 5482 S3-2
test('an active open tells it in its SYN and in the acknowledgement of the SYN-ACK', async (t) => {
  const rig = await Rig.start(t, { settings: { userTimeoutOption: true } });
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  const syn = peer.next();
  t.is(syn.flags, 'S');
  t.true(syn.options.includes('kind 28'));
  peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1000, raw 1c 04 01 f4' });
  t.true(peer.next().options.includes('kind 28'));
  t.is(app.session.userTimeout, 500_000);
});

test('a full segment makes room for it within the MSS of the peer', async (t) => {
  const { peer, app } = await open(t, {});
  app.write(3000);
  const [first, second] = peer.drain();
  t.is(first.length, 996);
  t.true(first.options.includes('kind 28'));
  t.false(second.options.includes('kind 28'));
});

test('nothing is told, and nothing adopted, unless it is asked for', async (t) => {
  const { peer, app, session, synAck, told } = await open(
    t,
    { userTimeoutOption: false, noDelay: true },
    'mss 1000, raw 1c 04 01 2c',
  );
  t.false(synAck.options.includes('kind 28'));
  app.write(10);
  t.false(peer.next().options.includes('kind 28'));
  peer.send({ seq: 1, ack: 11, options: 'raw 1c 04 01 2c' });
  t.is(session.userTimeout, 0);
  t.deepEqual(told, []);
});

// @rfc 5482 S3.1-3 S3.1-4 S3.3-1 S3-4 S3.4-1
test('what the peer asks for is adopted within limits: seconds or minutes, and zero says nothing (RFC 5482 section 3.1)', async (t) => {
  const { peer, session, told } = await open(t, {});
  const cases: [string, number][] = [
    ['00 00', 0],
    ['80 00', 0],
    ['01 f4', 500_000],
    ['80 0a', 600_000],
    // Less than this end's own five minutes, and more than an hour.
    ['00 01', 300_000],
    ['ff ff', HOUR],
    ['00 00', HOUR],
  ];
  for (const [field, expected] of cases) {
    peer.send({ seq: 1, ack: 1, options: `raw 1c 04 ${field}` });
    t.is(session.userTimeout, expected, field);
  }
  t.deepEqual(told, [500_000, 600_000, 1000, 32767 * 60_000]);
  session.configure({ userTimeoutUpper: 400_000 });
  t.is(session.userTimeout, 400_000);
  session.configure({ userTimeoutLower: 350_000 });
  peer.send({ seq: 1, ack: 1, options: 'raw 1c 04 00 01' });
  t.is(session.userTimeout, 350_000);
  t.true(DEFAULT_TCP_SETTINGS.userTimeoutLower >= 100_000);
  // Never within the retransmission timeout.
  session.configure({ userTimeoutUpper: 1, userTimeoutLower: 1 });
  t.true(session.userTimeout > session.behaviour.rtt.rto);
});

// @rfc 5482 S3-3 S3.1-1 S3.1-2
test('what the program has set stays, and it is told what the peer asked for (RFC 5482 section 3.1)', async (t) => {
  const { peer, session, told } = await open(t, { userTimeout: 200_000 });
  peer.send({ seq: 1, ack: 1, options: 'raw 1c 04 01 f4' });
  t.is(session.userTimeout, 200_000);
  t.deepEqual(told, [500_000]);
});

// @rfc 5482 S3-4b
test('with userTimeoutBounded what the program has set is held to the limits, too (RFC 5482 section 3)', async (t) => {
  for (const [userTimeout, bounded] of [
    [1000, 100_000],
    [200_000, 200_000],
    [9_000_000, 3_600_000],
  ]) {
    const { session } = await open(t, { userTimeout, userTimeoutBounded: true });
    t.is(session.userTimeout, bounded);
  }
});

test('an adopted user timeout ends the connection when its time has come', async (t) => {
  const { rig, peer, app } = await open(t, { userTimeoutLower: 100_000, userTimeoutUpper: 120_000 });
  peer.send({ seq: 1, ack: 1, options: 'raw 1c 04 00 78' });
  app.write(10);
  rig.advance(115_000);
  t.false(app.events.includes('closed ETIMEDOUT'));
  rig.advance(110_000);
  t.true(app.events.includes('closed ETIMEDOUT'));
});

// @rfc 5482 S4.2-1
test('keep-alive begins later than an adopted user timeout (RFC 5482 section 4.2)', async (t) => {
  const { rig, peer } = await open(t, { keepAlive: true, keepAliveIdle: 10_000 });
  peer.send({ seq: 1, ack: 1, options: 'raw 1c 04 01 f4' });
  peer.drain();
  // The timer of the handshake's time looks again.
  peer.silent(499_000);
  rig.advance(3000);
  t.is(peer.next().reason, 'tcp.probe.keepalive');
});

test('where blocks of SACK fill the options it waits for the next segment', async (t) => {
  const { peer, app, session } = await open(t, {}, 'mss 1000, sackOK, ts 1');
  app.write(10);
  peer.drain();
  for (const seq of [101, 301, 501]) peer.send({ seq, ack: 11, data: 'x', options: 'ts 1' });
  peer.drain();
  session.configure({ userTimeout: 200_000 });
  peer.send({ seq: 701, ack: 11, data: 'x', options: 'ts 1' });
  const full = peer.next().options;
  t.regex(full, /sack/);
  t.false(full.includes('kind 28'));
  peer.send({ seq: 1, ack: 11, data: 'x'.repeat(701), options: 'ts 1' });
  t.true(peer.drain().at(-1)?.options.includes('kind 28'));
});
