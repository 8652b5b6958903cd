import { override } from '@netwright/core';
import { State, SynCookieBacklog, TCP_LISTEN } from '@netwright/layers';
import test from 'ava';
import { Rig } from './wire-peer.js';

const always = override(TCP_LISTEN, { value: new SynCookieBacklog(true) });
const onOverflow = override(TCP_LISTEN, { value: new SynCookieBacklog() });

// @rfc 4987 S3.6-6 S4-1
test('a flood of SYNs fills no table, and those who mean it get in', async (t) => {
  const rig = await Rig.start(t, { overrides: [onOverflow] });
  const { apps } = rig.listen({ backlog: 4 });
  for (let i = 0; i < 500; i++) {
    const peer = rig.peer({ port: 1000 + i });
    peer.send({ flags: 'S', seq: 0, options: 'mss 1460' });
    peer.expect({ flags: 'SA', ack: 1, reason: i < 4 ? 'tcp.synack' : 'tcp.synack.cookie' });
    if (i % 100 === 99) peer.send({ seq: 1, ack: 1 });
  }
  t.is(rig.tcp.counters.cookiesSent, 496);
  t.is(rig.tcp.counters.cookiesReturned, 5);
  t.is(apps.length, 5);
  t.is(rig.tcp.connections, 4 + 5);
});

// @rfc 4987 S3.6-1 S3.6-5
test('scale, SACK and MSS come back with the timestamp and the acknowledgement', async (t) => {
  const rig = await Rig.start(t, { overrides: [always] });
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: 'mss 1440, sackOK, ts 700 0, nop, ws 9' });
  const answer = peer.expect({ flags: 'SA', options: 'mss 1460, sackOK, ts, nop, ws 7', tsEcr: 700 });
  t.is(rig.tcp.connections, 0);
  rig.advance(80);
  peer.send({ seq: 1, ack: 1, win: 100, options: `nop, nop, ts 780 ${answer.tsVal}` });
  const [{ session, events }] = apps;
  t.deepEqual(events, ['established']);
  t.is(session.state, State.Established);
  t.is(session.sender.mss, 1440 - 12);
  t.is(session.sender.windowShift, 9);
  t.is(session.sender.sndWnd, 100 << 9);
  t.true(session.sender.sack);
  t.true(session.behaviour.rtt.srtt >= 80 && session.behaviour.rtt.srtt < 80 + 64, `${session.behaviour.rtt.srtt}`);
  apps[0].write(100);
  const data = peer.expect({ flags: 'PA', seq: 1, length: 100 });
  t.true(((data.tsVal - answer.tsVal) | 0) >= 80, 'its clock goes on where the SYN-ACK has shown it');
});

// @rfc 4987 S3.6-4 S3.6-5
test('without timestamps neither scale nor SACK is agreed, nor offered', async (t) => {
  const rig = await Rig.start(t, { overrides: [always] });
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: 'mss 1000, nop, nop, sackOK, nop, ws 9' });
  peer.expect({ flags: 'SA', options: 'mss 1460' });
  peer.send({ seq: 1, ack: 1, data: 10 });
  const [{ session, received }] = apps;
  t.is(received, 10);
  t.is(session.sender.mss, 536, 'the largest of the table that is not beyond the peer');
  t.is(session.sender.windowShift, 0);
  t.false(session.sender.sack);
});

// @rfc 4987 S3.6-2 S3.6-3
test('only what was sent lately comes back: not a guess, not another connection, not tomorrow', async (t) => {
  const rig = await Rig.start(t, { overrides: [always] });
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: 'mss 1460' });
  peer.expect({ flags: 'SA' });
  // MSS are four: what lies that near is as good.
  for (const ack of [6, 1 << 24, -1 << 24]) {
    peer.send({ seq: 1, ack });
    peer.expect({ flags: 'R', seq: ack });
  }
  peer.send({ seq: 50, ack: 1 });
  peer.expect({ flags: 'R', seq: 1 });
  t.is(apps.length, 0);
  rig.advance(120_001);
  peer.send({ seq: 1, ack: 1 });
  peer.expect({ flags: 'R', seq: 1 });
  t.is(apps.length, 0);
  t.is(rig.tcp.connections, 0);
});

test('a cookie that finds the backlog full is dropped, and its data comes in later', async (t) => {
  const rig = await Rig.start(t, { overrides: [always] });
  const listener = rig.tcp.listen({ port: 80, backlog: 1 });
  const peers = [1, 2].map((port) => rig.peer({ port }));
  for (const peer of peers) {
    peer.send({ flags: 'S', seq: 0, options: 'mss 1460' });
    peer.expect({ flags: 'SA' });
  }
  for (const peer of peers) peer.send({ seq: 1, ack: 1 });
  peers[1].silent();
  t.is(listener.waiting, 1);
  await listener.accept();
  peers[1].send({ flags: 'PA', seq: 1, ack: 1, data: 100 });
  peers[1].expect({ flags: 'A', ack: 101, within: 50 });
  const session = await listener.accept();
  t.is(session.read().length, 100);
});

test('a listener that defers is told when data comes, or when its time is over', async (t) => {
  const rig = await Rig.start(t);
  const { apps } = rig.listen({ deferAccept: 3000 });
  const quick = rig.peer({ port: 1 });
  const slow = rig.peer({ port: 2 });
  for (const peer of [quick, slow]) {
    peer.send({ flags: 'S', seq: 0, options: 'mss 1460' });
    peer.expect({ flags: 'SA' });
    peer.send({ seq: 1, ack: 1 });
  }
  t.is(apps.length, 0);
  quick.send({ seq: 1, ack: 1, data: 100 });
  t.is(apps[0].received, 100);
  slow.expect({ flags: 'SA', after: 3000 });
  t.is(apps.length, 1);
  slow.send({ seq: 1, ack: 1 });
  t.is(apps.length, 2);
});
