import { override } from '@netwright/core';
import { ECN_OFF, ECN_ON, NewReno, Reno, TCP_CONGESTION, TCP_ECN, TCP_RECOVERY } from '@netwright/layers';
import test from 'ava';
import { established, Rig } from './wire-peer.js';

const asking = [override(TCP_ECN, { value: ECN_ON })];
const reno = [
  override(TCP_RECOVERY, { make: () => new NewReno() }),
  override(TCP_CONGESTION, { make: () => new Reno(0.5) }),
];

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

test('a SYN of ours asks when it is told to, the second one no more (section 6.1.1.1)', async (t) => {
  const rig = await Rig.start(t, { overrides: asking });
  rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'SEC', ecn: 0 });
  peer.expect({ flags: 'S', after: 1000 });
});

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

test('without agreement marks are not looked at', async (t) => {
  const { peer } = await established(t);
  peer.send({ flags: 'A', seq: 1, ack: 1, data: 100, ecn: 3 });
  peer.expect({ flags: 'A', ack: 101 });
});
