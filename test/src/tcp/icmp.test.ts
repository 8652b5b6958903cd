import { State } from '@netwright/layers';
import test from 'ava';
import { established, Rig } from './wire-peer.js';

const UNREACHABLE = 3;

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
  t.deepEqual([session.sender.congestion.cwnd, session.sender.congestion.ssthresh], [cwnd, ssthresh], 'no congestion');
  peer.send({ seq: 1, ack: 2921 });
  app.write(1000);
  peer.expect({ seq: 2921, length: 960 });
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

test('a hard error does not end an established one (RFC 5927 section 5.2)', async (t) => {
  const { rig, peer, app, session } = await established(t);
  app.write(100);
  peer.drain();
  rig.icmp(peer, UNREACHABLE, 3, 1);
  t.is(session.state, State.Established);
  peer.send({ seq: 1, ack: 101 });
  t.deepEqual(app.events, ['established']);
});

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

test('an error about a connection that is not there is ignored', async (t) => {
  const { rig } = await established(t);
  rig.icmp(rig.peer({ port: 40001 }), UNREACHABLE, 3, 1);
  t.is(rig.tcp.connections, 1);
});
