import { State } from '@netwright/layers';
import test from 'ava';
import { established, Rig } from './wire-peer.js';

const UNREACHABLE = 3;

// @rfc 1191 S3-1 S3-2 S6.2-4 S6.4-3 S6.4-5
// @rfc 4821 S4-5
test('fragmentation needed lowers the segments and sends what was too large again at once (RFC 1191 section 6.5)', async (t) => {
  const { rig, peer, app, session } = await established(t);
  app.write(2920);
  t.deepEqual(
    peer.drain().map((each) => each.length),
    [1460, 1460],
  );
  const { cwnd, ssthresh } = session.sender.congestion;
  rig.icmp(peer, UNREACHABLE, 4, 1, 1000);
  const sent = peer.drain();
  t.deepEqual(
    sent.map((each) => [each.seq, each.length]),
    [
      [1, 960],
      [961, 500],
      [1461, 960],
      [2421, 500],
    ],
  );
  t.true(sent.every((each) => each.reason === 'tcp.retransmit.pmtu'));
  t.is(session.sender.mss, 960);
  // As many segments as before, smaller ones (RFC 5681 section 3.1); no congestion.
  t.is(session.sender.congestion.cwnd, (cwnd * 960) / 1460);
  t.is(session.sender.congestion.ssthresh, ssthresh);
  peer.send({ seq: 1, ack: 2921 });
  app.write(1000);
  peer.expect({ seq: 2921, length: 960 });
});

// @rfc 1191 S2-1 S3-3 S6.2-3 S6.4-1
test('what one connection hears of the path holds for others to that host at once; segments may not be fragmented', async (t) => {
  const { rig, peer, app } = await established(t);
  const other = rig.connect({ localPort: 5001 });
  const second = rig.peer({ port: 7, stackPort: 5001 });
  second.answer({ options: 'mss 1460' });
  app.write(1460);
  const [{ bytes }] = rig.device.frames;
  t.is(new DataView(bytes.buffer).getUint16(20) & 0xffff, 0x4000, 'DF, and no fragment');
  peer.drain();
  rig.icmp(peer, UNREACHABLE, 4, 1, 1000);
  peer.drain();
  other.write(1920);
  second.expect({ flags: 'A', seq: 1, length: 960, reason: 'tcp.data' });
  second.expect({ flags: 'PA', seq: 961, length: 960 });
});

// @rfc 1191 S3-7 S6.3-2 S6.4-4
test('news of the path that is none sends nothing again, nor does the end of its ten minutes', async (t) => {
  const { rig, peer, app, session } = await established(t);
  app.write(2920);
  peer.drain();
  rig.icmp(peer, UNREACHABLE, 4, 1, 1000);
  t.is(peer.drain().length, 4);
  for (const [seq, mtu] of [
    [1461, 1000],
    [1, 1000],
    [1, 1200],
  ]) {
    rig.icmp(peer, UNREACHABLE, 4, seq, mtu);
    peer.silent(0);
  }
  t.is(session.sender.mss, 960);
  const heard = peer.drain(599_990);
  t.true(heard.every(({ reason }) => reason !== 'tcp.retransmit.pmtu'));
  peer.silent(20);
});

test('a FIN that went with too much data goes with the rest of it', async (t) => {
  const { rig, peer, app, session } = await established(t);
  session.cork(true);
  app.write(1400);
  session.shutdown();
  peer.expect({ flags: 'FPA', seq: 1, length: 1400 });
  rig.icmp(peer, UNREACHABLE, 4, 1, 1000);
  peer.expect({ flags: 'A', seq: 1, length: 960 });
  peer.expect({ flags: 'FPA', seq: 961, length: 440 });
  peer.send({ seq: 1, ack: 1402 });
  t.is(session.state, State.FinWait2);
});

// @rfc 5927 S4.1-1
test('an error that quotes a number not in flight is ignored (RFC 5927 section 4.1)', async (t) => {
  const { rig, peer, app, session } = await established(t);
  app.write(1000);
  peer.drain();
  for (const seq of [0, 1001, 5000, -1000]) rig.icmp(peer, UNREACHABLE, 4, seq, 600);
  t.is(session.sender.mss, 1460);
  peer.silent();
  rig.icmp(peer, UNREACHABLE, 4, 1000, 600);
  t.is(session.sender.mss, 560);
});

// @rfc 5927 S5.2-2
// @rfc 9293 SHLD-26
test('a hard error ends a connection that is being opened (RFC 9293 section 3.9.2.2)', async (t) => {
  for (const code of [2, 3]) {
    const rig = await Rig.start(t);
    const app = rig.connect();
    const peer = rig.peer({ port: 7, stackPort: 5000 });
    peer.expect({ flags: 'S' });
    rig.icmp(peer, UNREACHABLE, code, 0);
    t.deepEqual(app.events, ['closed ECONNREFUSED']);
    rig.clean();
  }
});

// @rfc 5927 S5.2-1
test('a hard error does not end an established one (RFC 5927 section 5.2)', async (t) => {
  const { rig, peer, app, session } = await established(t);
  app.write(100);
  peer.drain();
  rig.icmp(peer, UNREACHABLE, 3, 1);
  t.is(session.state, State.Established);
  peer.send({ seq: 1, ack: 101 });
  t.deepEqual(app.events, ['established']);
});

// @rfc 9293 SHLD-25
test('a soft error is told when the connection then fails', async (t) => {
  const rig = await Rig.start(t, { settings: { synRetries: 1 } });
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S' });
  rig.icmp(peer, UNREACHABLE, 1, 0);
  peer.expect({ flags: 'S', within: 1001 });
  t.deepEqual(app.events, []);
  peer.silent(3000);
  t.deepEqual(app.events, ['closed EHOSTUNREACH']);
});

// @rfc 9293 MUST-54
test('an error about a connection that is not there is ignored', async (t) => {
  const { rig } = await established(t);
  rig.icmp(rig.peer({ port: 40001 }), UNREACHABLE, 3, 1);
  t.is(rig.tcp.connections, 1);
});

const SOFT: readonly [type: number, code: number][] = [
  [3, 0],
  [3, 1],
  [3, 5],
  [11, 0],
  [11, 1],
  [12, 0],
];

// @rfc 9293 MUST-47 MUST-54 MUST-56 SHLD-20 SHLD-25
test('a soft error breaks nothing off, and is told to a program that wants to know (RFC 9293 section 3.9.2.2)', async (t) => {
  for (const [type, code] of SOFT) {
    const { rig, peer, app, session } = await established(t);
    const other = rig.peer({ port: 40001 });
    other.handshake();
    app.write(100);
    peer.drain();
    // Nobody has asked to be told.
    rig.icmp(peer, type, code, 1);
    const told: unknown[] = [];
    session.handler.trouble = (_, trouble) => told.push(typeof trouble === 'string' ? trouble : trouble.type);
    for (const each of rig.tcp.sessions())
      if (each !== session) each.handler.trouble = () => told.push('the other one');
    rig.icmp(peer, type, code, 1);
    t.deepEqual(told, [type], `${type} ${code}`);
    t.is(session.state, State.Established);
    peer.expect({ seq: 1, length: 100, reason: 'tcp.retransmit.rto', within: 1500 });
    peer.send({ seq: 1, ack: 101 });
    t.deepEqual(app.events, ['established'], `${type} ${code}`);
  }
});

// @rfc 9293 MUST-55
// @rfc 6633 S3-2
test('a source quench is silently discarded (RFC 9293 section 3.9.2.2)', async (t) => {
  const { rig, peer, app, session } = await established(t, { settings: { retries: 1 } });
  session.handler.trouble = () => t.fail('it was told');
  app.write(3000);
  peer.drain();
  const { cwnd, ssthresh } = session.sender.congestion;
  rig.icmp(peer, 4, 0, 1);
  t.deepEqual([session.sender.congestion.cwnd, session.sender.congestion.ssthresh], [cwnd, ssthresh]);
  peer.silent();
  peer.drain(60_000);
  // It is no reason for what happens later, either.
  t.deepEqual(app.events, ['established', 'closed ETIMEDOUT']);
});

// @rfc 9293 SHLD-9 SHLD-10
test('the third retransmission in a row is told, long before the connection is given up (RFC 9293 section 3.8.3)', async (t) => {
  const { peer, app, session } = await established(t);
  let sent = 0;
  session.handler.trouble = (_, trouble) => {
    t.is(trouble, 'retransmissions');
    app.events.push(`trouble after ${sent}`);
  };
  app.write(100);
  peer.expect({ seq: 1, length: 100 });
  for (; sent < 8; sent++) peer.expect({ seq: 1, length: 100, reason: 'tcp.retransmit.rto', within: 60_000 });
  t.deepEqual(app.events, ['established', 'trouble after 2']);
  // What is answered begins to count anew, and a program may end it there.
  peer.send({ seq: 1, ack: 101 });
  session.handler.trouble = (each) => each.abort();
  app.write(100);
  peer.drain(300_000);
  t.is(app.events.at(-1), 'closed');
});

// @rfc 6633 S3-1
test('who is sent more than it has room for says so by its window, never by ICMP (RFC 6633 section 3)', async (t) => {
  const { rig, peer, session } = await established(t, { settings: { receiveBuffer: 4000 } });
  session.pause();
  rig.device.frames.length = 0;
  for (let seq = 1; seq < 40_000; seq += 1000) {
    rig.device.inject(peer.encode({ flags: 'A', seq, ack: 1, data: 1000 }));
  }
  const protocols = rig.device.frames.map(({ bytes }) => bytes[23]);
  t.true(protocols.length > 0);
  t.deepEqual(new Set(protocols), new Set([6]));
});

// @rfc 1191 S6.4-6
test('with shrinksSlowly one segment goes again until something is acknowledged, and the window stays (RFC 1191 section 6.4)', async (t) => {
  const { rig, peer, app, session } = await established(t, { settings: { shrinksSlowly: true } });
  app.write(2920);
  t.is(peer.drain().length, 2);
  const { cwnd } = session.sender.congestion;
  rig.icmp(peer, UNREACHABLE, 4, 1, 1000);
  app.write(1000);
  t.deepEqual(
    peer.drain().map(({ seq, length }) => [seq, length]),
    [[1, 960]],
  );
  t.is(session.sender.congestion.cwnd, (cwnd * 960) / 1460, 'as many segments as before');
  peer.send({ seq: 1, ack: 961 });
  t.deepEqual(
    peer.drain().map(({ seq }) => seq),
    [961, 1461, 2421, 2921],
  );
  // A timeout ends the wait, too.
  const again = await established(t, { settings: { shrinksSlowly: true } });
  again.app.write(2920);
  again.peer.drain();
  again.rig.icmp(again.peer, UNREACHABLE, 4, 1, 1000);
  t.is(again.peer.drain().length, 1);
  again.peer.expect({ seq: 1, length: 960, reason: 'tcp.retransmit.rto', within: 1500 });
});

// @rfc 5927 S7.2-1
test('with tooBigDoubted no size is too big that has arrived before, unless the segment had to be sent again (RFC 5927 section 7.2)', async (t) => {
  const { rig, peer, app, session } = await established(t, { settings: { tooBigDoubted: true } });
  app.write(1000);
  peer.drain();
  peer.send({ seq: 1, ack: 1001 });
  app.write(2920);
  t.deepEqual(
    peer.drain().map(({ length }) => length),
    [1460, 1460],
  );
  // Larger than what has arrived: it is believed at once.
  rig.icmp(peer, UNREACHABLE, 4, 1001, 1400);
  t.is(session.sender.mss, 1360);
  peer.drain();
  peer.send({ seq: 1, ack: 3921 });
  app.write(1360);
  peer.drain();
  rig.icmp(peer, UNREACHABLE, 4, 3921, 1000);
  rig.icmp(peer, UNREACHABLE, 4, 3921, 0);
  t.is(session.sender.mss, 1360, 'a segment of this size has arrived');
  peer.silent();
  peer.expect({ seq: 3921, length: 1360, within: 1500 });
  rig.icmp(peer, UNREACHABLE, 4, 3921, 1000);
  t.is(session.sender.mss, 960, 'this one did not');
});
