import { override } from '@netwright/core';
import { Cubic, ECN_OFF, ECN_ON, NewReno, Reno, TCP_CONGESTION, TCP_ECN, TCP_RECOVERY } from '@netwright/layers';
import test from 'ava';
import { established, Rig } from './wire-peer.js';

const asking = [override(TCP_ECN, { value: ECN_ON })];
const reno = [
  override(TCP_RECOVERY, { make: () => new NewReno() }),
  override(TCP_CONGESTION, { make: () => new Reno(0.5) }),
];

// @rfc 3168 S6.1.1-1 S6.1.1-5
test('a SYN that asks for ECN is agreed to, any other one is not (RFC 3168 section 6.1.1)', async (t) => {
  for (const [flags, answer] of [
    ['SEC', 'SAE'],
    ['SE', 'SA'],
    ['SC', 'SA'],
    ['S', 'SA'],
  ]) {
    const rig = await Rig.start(t);
    rig.listen();
    const peer = rig.peer();
    peer.send({ flags, seq: 0 });
    peer.expect({ flags: answer, ecn: 0 });
  }
  const rig = await Rig.start(t, { overrides: [override(TCP_ECN, { value: ECN_OFF })] });
  rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'SEC', seq: 0 });
  peer.expect({ flags: 'SA' });
});

// @rfc 3168 S6.1.1.1-1
test('a SYN of ours asks when it is told to, the second one no more (section 6.1.1.1)', async (t) => {
  const rig = await Rig.start(t, { overrides: asking });
  rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'SEC', ecn: 0 });
  peer.expect({ flags: 'S', after: 1000 });
});

// @rfc 3168 S5-1 S5.2-1 S6.1.5-1
// @rfc 8311 S4.3-1
test('data is marked as capable when both have agreed: the first time it is sent, and nothing else', async (t) => {
  const rig = await Rig.start(t, { overrides: asking });
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.next();
  peer.send({ flags: 'SAE', seq: 0, ack: 1, options: 'mss 1460' });
  peer.expect({ flags: 'A', ecn: 0 });
  app.write(100);
  peer.expect({ flags: 'PA', length: 100, ecn: 2 });
  peer.expect({ flags: 'PA', length: 100, ecn: 0, within: 1500 });
  peer.send({ flags: 'PA', seq: 1, ack: 101, data: 10 });
  peer.expect({ flags: 'A', ecn: 0 });
  app.session.shutdown();
  peer.expect({ flags: 'FA', ecn: 0 });
});

// @rfc 3168 S6.1.1-2 S6.1.1-5
test('a SYN-ACK with ECE and CWR agrees to nothing', async (t) => {
  const rig = await Rig.start(t, { overrides: asking });
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.next();
  peer.send({ flags: 'SAEC', seq: 0, ack: 1, options: 'mss 1460' });
  peer.next();
  app.write(10);
  peer.expect({ flags: 'PA', ecn: 0 });
});

// @rfc 3168 S6.1.1-4 S6.1.3-1
test('congestion experienced is echoed until the peer has reduced (section 6.1.3)', async (t) => {
  const { peer, app } = await established(t, { flags: 'SEC' });
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 100, ecn: 2 });
  peer.expect({ flags: 'A', ack: 101 });
  peer.send({ flags: 'A', seq: 101, ack: 1, data: 100, ecn: 3 });
  peer.expect({ flags: 'AE', ack: 201 });
  peer.send({ flags: 'A', seq: 201, ack: 1, data: 100, ecn: 2 });
  peer.expect({ flags: 'AE', ack: 301 });
  app.write(10);
  peer.expect({ flags: 'PAE', length: 10 });
  peer.send({ flags: 'AC', seq: 301, ack: 11, data: 100, ecn: 2 });
  peer.expect({ flags: 'A', ack: 401 });
  peer.send({ flags: 'AC', seq: 401, ack: 11, data: 100, ecn: 3 });
  peer.expect({ flags: 'AE', ack: 501 });
});

// @rfc 3168 S5-2 S5-3 S6.1.2-3
// @rfc 8311 S4.1-1
test('an echo halves the window once a round trip, and new data says CWR once (section 6.1.2)', async (t) => {
  const { peer, app, session } = await established(t, { flags: 'SEC', overrides: reno, syn: 'mss 1000' });
  app.write(50_000);
  peer.drain();
  peer.send({ flags: 'AE', seq: 1, ack: 1001 });
  t.is(session.sender.congestion.ssthresh, 5000);
  for (let ack = 2001; ack <= 6001; ack += 1000) peer.send({ flags: 'AE', seq: 1, ack });
  t.is(session.sender.congestion.ssthresh, 5000);
  const sent = peer.drain();
  t.deepEqual(
    sent.map((each) => each.flags),
    ['AC', ...Array.from({ length: sent.length - 1 }, () => 'A')],
  );
  for (let ack = 7001; ack <= 10_001; ack += 1000) peer.send({ flags: 'AE', seq: 1, ack });
  t.is(session.sender.congestion.ssthresh, 5000);
  peer.drain();
  peer.send({ flags: 'AE', seq: 1, ack: 11_001 });
  t.true(session.sender.congestion.ssthresh < 5000, 'the next window counts again');
});

test('a mark in a window that a loss has reduced already changes nothing', async (t) => {
  const { peer, app, session } = await established(t, { flags: 'SEC', overrides: reno, syn: 'mss 1000' });
  app.write(50_000);
  peer.drain();
  for (let i = 0; i < 3; i++) peer.send({ seq: 1, ack: 1 });
  t.is(session.sender.congestion.ssthresh, 5000);
  peer.send({ flags: 'AE', seq: 1, ack: 2001 });
  t.is(session.sender.congestion.ssthresh, 5000);
});

// @rfc 9768 S3.1.5-15
test('without agreement marks are not looked at', async (t) => {
  const { peer } = await established(t);
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 100, ecn: 3 });
  peer.expect({ flags: 'A', ack: 101 });
});

// @rfc 3168 S6.1.1-2 S6.1.1-4
test('who had to send a SYN without the flags sends nothing capable, though the first one is agreed to (RFC 3168 section 6.1.1)', async (t) => {
  const rig = await Rig.start(t, { overrides: asking });
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'SEC' });
  peer.expect({ flags: 'S', after: 1000 });
  peer.send({ flags: 'SAE', seq: 0, ack: 1, options: 'mss 1460' });
  peer.expect({ flags: 'A' });
  app.write(100);
  peer.expect({ flags: 'PA', ecn: 0 });
  // A mark is echoed all the same: the peer has asked for nothing else.
  peer.send({ flags: 'PA', seq: 1, ack: 101, data: 100, ecn: 3 });
  peer.expect({ flags: 'AE', ack: 101 });
});

// @rfc 3168 S6.1.1-2
test('nor does who receives one after the first (RFC 3168 section 6.1.1)', async (t) => {
  const rig = await Rig.start(t);
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'SEC', seq: 0, options: 'mss 1460' });
  peer.expect({ flags: 'SAE' });
  peer.send({ flags: 'S', seq: 0, options: 'mss 1460' });
  peer.next();
  peer.send({ seq: 1, ack: 1 });
  apps[0].write(100);
  peer.expect({ flags: 'PA', ecn: 0 });
});

// @rfc 3168 S6.1.2-1
test('an acknowledgement that echoes a mark never opens the window (RFC 3168 section 6.1.2)', async (t) => {
  const { peer, app, session } = await established(t, { flags: 'SEC', overrides: reno, syn: 'mss 1000' });
  const { congestion } = session.sender;
  app.write(100_000);
  peer.drain();
  peer.send({ flags: 'AE', seq: 1, ack: 1001 });
  t.is(congestion.cwnd, 5000);
  // More than a window of them would open it by a segment.
  for (let ack = 2001; ack <= 9001; ack += 1000) peer.send({ flags: 'AE', seq: 1, ack });
  t.is(congestion.cwnd, 5000);
  for (let ack = 10_001; ack <= 12_001; ack += 1000) peer.send({ flags: 'A', seq: 1, ack });
  t.is(congestion.cwnd, 5000);
  for (let ack = 13_001; ack <= 15_001; ack += 1000) peer.send({ flags: 'A', seq: 1, ack });
  t.is(congestion.cwnd, 6000);
});

// @rfc 3168 S6.1.2-2
// @rfc 8511 S3-2
test('a mark does not make a window of one segment larger (RFC 3168 section 6.1.2)', async (t) => {
  for (const make of [() => new Reno(), () => new Cubic()]) {
    const overrides = [override(TCP_RECOVERY, { make: () => new NewReno(false) }), override(TCP_CONGESTION, { make })];
    const { peer, app, session } = await established(t, { flags: 'SEC', overrides, syn: 'mss 1000' });
    app.write(100_000);
    peer.drain(1100);
    t.is(session.sender.congestion.cwnd, 1000);
    peer.send({ flags: 'AE', seq: 1, ack: 1001 });
    t.is(session.sender.congestion.cwnd, 1000);
  }
});

// @rfc 3168 S6.1.6-1
test('a window probe with data is neither capable nor tells of a reduction (RFC 3168 section 6.1.6)', async (t) => {
  const { peer, app } = await established(t, {
    flags: 'SEC',
    overrides: reno,
    syn: 'mss 1000',
    settings: { windowProbeData: true },
  });
  app.write(3000);
  t.is(peer.drain().length, 3);
  // The next new data would say CWR.
  peer.send({ flags: 'AE', seq: 1, ack: 3001, win: 0 });
  app.write(1000);
  peer.expect({ flags: 'A', seq: 3001, length: 1, ecn: 0, reason: 'tcp.probe.window', within: 2000 });
  peer.send({ flags: 'A', seq: 1, ack: 3001, win: 5000 });
  peer.expect({ flags: 'PAC', seq: 3001, length: 1000, ecn: 2 });
});

// @rfc 3168 S6.1.5-2
test('a mark on data outside of the window is not echoed (RFC 3168 section 6.1.5)', async (t) => {
  const { peer } = await established(t, { flags: 'SEC' });
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 100, ecn: 2 });
  peer.expect({ flags: 'A', ack: 101 });
  peer.send({ flags: 'A', seq: 500_000, ack: 1, data: 100, ecn: 3 });
  peer.expect({ flags: 'A', ack: 101 });
  peer.send({ flags: 'A', seq: -5000, ack: 1, data: 100, ecn: 3 });
  peer.expect({ flags: 'A', ack: 101 });
  peer.send({ flags: 'A', seq: 101, ack: 1, data: 100, ecn: 3 });
  peer.expect({ flags: 'AE', ack: 201 });
});

// @rfc 3168 S6.1.3-1
test('one mark among what an acknowledgement covers is echoed by it (RFC 3168 section 6.1.3)', async (t) => {
  const { peer } = await established(t, { flags: 'SEC' });
  peer.send(
    { flags: 'A', seq: 1, ack: 1, data: 100, ecn: 2 },
    { flags: 'A', seq: 101, ack: 1, data: 100, ecn: 3 },
    { flags: 'A', seq: 201, ack: 1, data: 100, ecn: 2 },
  );
  peer.expect({ flags: 'AE', ack: 301 });
});

// @rfc 3168 S6.1.6-2
test('a window probe that arrives marked is answered by an echo, though its octet finds no room (RFC 3168 section 6.1.6)', async (t) => {
  for (const ecn of [0, 3]) {
    const settings = { receiveBuffer: 2000, windowScaling: false };
    const { peer, app } = await established(t, { settings, syn: 'mss 1000', flags: 'SEC' });
    app.session.pause();
    peer.send({ seq: 1, ack: 1, data: 2000, ecn: 2 });
    t.is(peer.drain(100).at(-1)?.win, 0);
    peer.send({ seq: 2001, ack: 1, data: 1, ecn });
    const [answer] = peer.drain();
    t.is(answer.ack, 2001);
    t.is(answer.flags, ecn === 3 ? 'AE' : 'A');
  }
});
