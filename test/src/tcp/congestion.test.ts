import { override } from '@netwright/core';
import { Cubic, FixedCongestionWindow, NewReno, Reno, TCP_CONGESTION, TCP_RECOVERY } from '@netwright/layers';
import test from 'ava';
import { established, Rig } from './wire-peer.js';

const reno = override(TCP_CONGESTION, { make: () => new Reno() });
// Without F-RTO, which would take so early an answer for a sign that nothing was lost.
const newReno = override(TCP_RECOVERY, { make: () => new NewReno(false) });

// @rfc 5681 S3.1-3
// @rfc 3390 S1-2
test('a connection that we open begins with ten segments, too: its SYN-ACK opens no window (RFC 5681 section 3.1)', async (t) => {
  const rig = await Rig.start(t, { overrides: [reno] });
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.next();
  peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1000' });
  peer.next();
  app.write(50_000);
  t.is(peer.drain().length, 10);
  t.is(app.session.sender.congestion.cwnd, 10_000);
});

// @rfc 5681 S3.1-6
test('slow start has no bound before the first loss (RFC 5681 section 3.1)', (t) => {
  for (const control of [new Reno(), new Cubic()]) {
    control.begin(1000, 0);
    t.true(control.ssthresh > 2 ** 30);
    control.lost(10_000, 1000, 0);
    t.true(control.ssthresh < 10_000);
  }
});

// @rfc 5681 S3.1-5
// @rfc 3390 S2-1
test('where the path takes smaller segments only, the window is as many of them, not as many bytes (RFC 5681 section 3.1)', async (t) => {
  const { rig, peer, app, session } = await established(t, { overrides: [reno], syn: 'mss 1460' });
  app.write(100_000);
  t.is(peer.drain().length, 10);
  rig.icmp(peer, 3, 4, 1, 770);
  t.is(session.sender.mss, 730);
  t.is(session.sender.congestion.cwnd, 7300);
  const again = peer.drain();
  t.true(again.length <= 10, `${again.length} segments left at once`);
  t.true(again.every((each) => each.length <= 730));
});

test('a window that is fixed stays so when segments become smaller', async (t) => {
  const { rig, peer, app, session } = await established(t, {
    overrides: [override(TCP_CONGESTION, { make: () => new FixedCongestionWindow(20_000) })],
  });
  app.write(100_000);
  peer.drain();
  rig.icmp(peer, 3, 4, 1, 770);
  t.is(session.sender.congestion.cwnd, 20_000);
});

// @rfc 5681 S4.2-2
test('ten segments in any order are acknowledged at most ten times (RFC 5681 section 4.2)', async (t) => {
  for (const order of [
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    [1, 0, 3, 2, 5, 4, 7, 6, 9, 8],
    [0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
  ]) {
    const { peer } = await established(t, { syn: 'mss 1460, sackOK' });
    for (const each of order) peer.send({ flags: 'A', seq: 1 + each * 1000, ack: 1, data: 1000 });
    const acks = peer.drain(1000);
    t.true(acks.length > 0 && acks.length <= 10, `${order}: ${acks.length}`);
  }
});

// @rfc 3465 S2.3-2
test('slow start after a timeout counts one segment for an acknowledgement, however much it covers (RFC 3465 section 2.3)', async (t) => {
  const { peer, app, session } = await established(t, { overrides: [reno, newReno], syn: 'mss 1000' });
  const { congestion } = session.sender;
  app.write(100_000);
  t.is(peer.drain().length, 10);
  peer.expect({ seq: 1, reason: 'tcp.retransmit.rto', within: 1500 });
  t.is(congestion.cwnd, 1000);
  // Three had arrived behind the one that was lost.
  peer.send({ seq: 1, ack: 4001 });
  t.is(congestion.cwnd, 2000);
  peer.drain();
  peer.send({ seq: 1, ack: 6001 });
  t.is(congestion.cwnd, 3000);
});

// @rfc 3465 S2.3-1 S2.3-2
test('beyond the threshold, and in the next slow start without a timeout, it is two again (RFC 3465 section 2.3)', (t) => {
  const control = new Reno();
  const sample = { acked: 4000, mss: 1000, windowLimited: true } as never;
  control.begin(1000, 0);
  control.acknowledged(sample, false);
  t.is(control.cwnd, 12_000);
  control.expired(12_000, 1000, true);
  t.deepEqual([control.cwnd, control.ssthresh], [1000, 6000]);
  for (const window of [2000, 3000, 4000, 5000, 6000]) {
    control.acknowledged(sample, false);
    t.is(control.cwnd, window);
  }
  control.acknowledged(sample, false);
  control.ssthresh = 20_000;
  const before = control.cwnd;
  control.acknowledged(sample, false);
  t.is(control.cwnd, before + 2000);
});

// @rfc 5681 S3.1-8
// @rfc 3465 S2.1-1 S2.2-1
test('bytes are counted, not acknowledgements: many small ones open the window by what they cover (RFC 3465 section 2)', async (t) => {
  const { peer, app, session } = await established(t, { overrides: [reno], syn: 'mss 1000' });
  const { congestion } = session.sender;
  app.write(100_000);
  peer.drain();
  for (let ack = 101; ack <= 1001; ack += 100) peer.send({ seq: 1, ack });
  t.is(congestion.cwnd, 11_000);
  // In congestion avoidance by one segment when a whole window was acknowledged, in whatever pieces.
  congestion.ssthresh = 11_000;
  for (let ack = 2001; ack <= 11_001; ack += 1000) peer.send({ seq: 1, ack });
  t.is(congestion.cwnd, 11_000);
  peer.send({ seq: 1, ack: 12_001 });
  t.is(congestion.cwnd, 12_000);
});
