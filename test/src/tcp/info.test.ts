import test from 'ava';
import { TwoEnds } from './two-ends.js';
import { established } from './wire-peer.js';

const DATA = new Uint8Array(100_000);

test('what is not limited by anything else is limited by the application', async (t) => {
  const { peer, session, app } = await established(t);
  t.is(session.info().limited_by, 'idle');
  app.write(1000);
  peer.expect({ flags: 'PA', seq: 1, length: 1000 });
  t.is(session.info().limited_by, 'application');
  peer.send({ seq: 1, ack: 1001 });
  t.is(session.info().limited_by, 'idle');
});

test('the congestion window, then the window of the peer, hold data back, and info says for how long', async (t) => {
  const { peer, rig, session, app } = await established(t, { win: 20_000 });
  app.write(60_000);
  t.is(session.info().limited_by, 'congestion window');
  rig.clock.advance(50);
  for (const each of peer.drain()) peer.send({ seq: 1, ack: each.seq + each.length, win: 20_000 });
  t.is(session.info().limited_by, 'receive window');
  rig.clock.advance(70);
  const info = session.info();
  t.is(info.cwnd_limited, 50);
  t.is(info.rwnd_limited, 70);
  t.is(info.busy_time, 120);
  t.is(info.sndbuf_limited, 0);
});

test('a full send buffer is named while the windows are open', async (t) => {
  const { rig, session } = await established(t, { settings: { sendBuffer: 2920 }, win: 60_000 });
  t.is(session.write(DATA), 2920);
  t.is(session.info().limited_by, 'send buffer');
  rig.clock.advance(30);
  t.is(session.info().sndbuf_limited, 30);
});

test('pacing is named where it holds data back', async (t) => {
  const { peer, rig, session, app } = await established(t, { settings: { maxPacingRate: 14_600 }, win: 60_000 });
  app.write(14_600);
  for (const each of peer.drain()) peer.send({ seq: 1, ack: each.seq + each.length, win: 60_000 });
  app.write(3 * 1460);
  // The first of them goes at once, each other a tenth of a second later.
  peer.expect({ seq: 14_601, length: 1460 });
  t.is(session.info().limited_by, 'pacing');
  t.is(session.info().max_pacing_rate, 14_600);
  rig.clock.advance(110);
  peer.expect({ seq: 16_061, length: 1460 });
});

test('the states of congestion control have their names: Open, Recovery, Loss', async (t) => {
  const { peer, rig, session, app } = await established(t, { syn: 'mss 1000, sackOK' });
  app.write(10_000);
  peer.drain();
  t.is(session.info().ca_state, 'Open');
  peer.send({ seq: 1, ack: 1, options: 'nop, nop, sack 1001-4001' });
  const { ca_state, sacked, retrans, lost, unacked } = session.info();
  t.deepEqual(
    { ca_state, sacked, retrans, lost, unacked },
    {
      ca_state: 'Recovery',
      sacked: 3,
      retrans: 1,
      lost: 1,
      unacked: 10,
    },
  );
  peer.drain();
  peer.send({ seq: 1, ack: 10_001 });
  t.is(session.info().ca_state, 'Open');
  app.write(500);
  peer.expect({ seq: 10_001, length: 500 });
  rig.clock.advance(2000);
  t.is(session.info().ca_state, 'Loss');
  t.true(session.info().total_rto >= 1);
});

test('both ends count the same bytes and segments when nothing is lost', async (t) => {
  const { a, b, clock } = await new TwoEnds({ seed: 'info', cable: { latency: 5 } }).start();
  b.tcp.listen({ port: 7, onConnection: () => ({ data: () => {} }) });
  const session = a.tcp.connect({ address: '10.0.0.2', port: 7 });
  clock.advance(50);
  session.write(DATA);
  clock.advance(500);
  const [sender, receiver] = [session.info(), b.tcp.sessions()[0].info()];
  t.is(sender.bytes_sent, DATA.length);
  t.is(sender.bytes_acked, DATA.length + 1);
  t.is(receiver.bytes_received, DATA.length);
  t.is(sender.data_segs_out, receiver.data_segs_in);
  // The SYN-ACK of a passive open nobody counts there.
  t.is(sender.segs_out, receiver.segs_in);
  t.is(sender.segs_in, receiver.segs_out + 1);
  t.is(sender.total_retrans, 0);
  t.is(sender.min_rtt, 10);
  t.true(sender.delivery_rate > 100_000, `${sender.delivery_rate}`);
  await a.stack.stop();
  await b.stack.stop();
});
