// One test for each way in which a simpler TCP goes wrong. Other files look closer.
import { State } from '@netwright/layers';
import test from 'ava';
import { established, Rig } from '../tcp/wire-peer.js';

test('a segment for nobody is answered by a reset', async (t) => {
  const rig = await Rig.start(t);
  const peer = rig.peer({ stackPort: 81 });
  peer.send({ flags: 'S', seq: 0 });
  peer.expect({ flags: 'RA', ack: 1 - 0 });
});

test('a port that is listened on is not free', async (t) => {
  const rig = await Rig.start(t);
  t.true(rig.tcp.isPortFree(80));
  const { listener } = rig.listen();
  t.false(rig.tcp.isPortFree(80));
  t.throws(() => rig.tcp.listen({ port: 80 }), { code: 'EADDRINUSE' });
  listener.close();
  t.true(rig.tcp.isPortFree(80));
});

test('data that is lost is sent again', async (t) => {
  const { peer, app } = await established(t);
  app.write(100);
  peer.expect({ length: 100, seq: 1 });
  peer.expect({ length: 100, seq: 1, within: 3000 });
  peer.send({ seq: 1, ack: 101 });
  peer.silent(10_000);
});

test('segments out of order are kept and put in order', async (t) => {
  const { peer, app } = await established(t);
  peer.send({ seq: 101, ack: 1, data: 100 });
  t.is(app.received, 0);
  peer.send({ seq: 1, ack: 1, data: 100 });
  t.is(app.received, 200);
  t.false(app.events.includes('corrupt'));
});

test("no more is sent than the peer's window takes, and what is advertised is what there is room for", async (t) => {
  const { peer, app, session } = await established(t, { win: 500, settings: { receiveBuffer: 3000 } });
  app.write(5000);
  t.is(
    peer.drain().reduce((sum, each) => sum + each.length, 0),
    500,
  );
  app.pull();
  peer.send({ seq: 1, ack: 501, win: 0, data: 1000 });
  const [ack] = peer.drain(100);
  t.true(ack.win <= 2000 && ack.win > 0);
  t.is(session.receiver.readable, 1000);
});

test('sending begins slowly, and slower after a loss', async (t) => {
  const { peer, app, session } = await established(t);
  app.write(100_000);
  const first = peer.drain().length;
  t.true(first <= 10);
  const before = session.sender.congestion.cwnd;
  peer.drain(3000);
  t.true(session.sender.congestion.cwnd < before);
});

test('an acknowledgement of something never sent is not believed', async (t) => {
  const { peer, app, session } = await established(t);
  app.write(10);
  peer.drain();
  const { sndUna } = session.sender;
  peer.send({ seq: 1, ack: 5000 });
  t.is(session.sender.sndUna, sndUna);
  peer.expect({ flags: 'A', ack: 1 });
});

test('a segment outside the window changes nothing', async (t) => {
  const { peer, app } = await established(t);
  peer.send({ seq: 1_000_000, ack: 1, data: 10 });
  t.is(app.received, 0);
  peer.expect({ flags: 'A', ack: 1 });
});

test('a damaged segment changes nothing', async (t) => {
  const { rig, peer, app } = await established(t);
  peer.send({ seq: 1, ack: 1, data: 10, badChecksum: true });
  t.is(app.received, 0);
  t.is(rig.tcp.counters.badChecksum, 1);
});

test('sequence numbers go round 2^32', async (t) => {
  const { peer, app } = await established(t, { iss: 0xfffffff0 });
  peer.send({ seq: 1, ack: 1, data: 100 }, { seq: 101, ack: 1, data: 100 });
  t.is(app.received, 200);
  peer.expect({ ack: 201, within: 100 });
});

test('a duplicate is told by its numbers, however long ago it was', async (t) => {
  const { peer, app } = await established(t);
  for (let seq = 1; seq < 500; seq += 100) peer.send({ seq, ack: 1, data: 100 });
  peer.send({ seq: 101, ack: 1, data: 100 });
  t.is(app.received, 500);
  t.false(app.events.includes('corrupt'));
});

test('a FIN with data: the data arrives, and both are acknowledged', async (t) => {
  const { peer, app } = await established(t);
  peer.send({ flags: 'FPA', seq: 1, ack: 1, data: 50 });
  t.is(app.received, 50);
  t.true(app.events.includes('end'));
  peer.expect({ ack: 52, within: 100 });
});

test('a FIN acknowledges and takes one number: the other end is not asked for two', async (t) => {
  const { peer, session } = await established(t);
  session.shutdown();
  const fin = peer.expect({ flags: 'FA', seq: 1, ack: 1 });
  t.is(fin.length, 0);
  peer.send({ seq: 1, ack: 2 });
  t.is(session.state, State.FinWait2);
  peer.send({ flags: 'FA', seq: 1, ack: 2 });
  peer.expect({ flags: 'A', seq: 2, ack: 2, within: 100 });
  t.is(session.state, State.TimeWait);
});

test('half-close: after its FIN the peer can still be sent to, for as long as one likes', async (t) => {
  const { peer, app, session } = await established(t);
  peer.send({ flags: 'FA', seq: 1, ack: 1 });
  peer.drain();
  t.is(session.state, State.CloseWait);
  app.write(100);
  peer.expect({ length: 100 });
  peer.send({ seq: 2, ack: 101 });
  session.shutdown();
  peer.expect({ flags: 'FA', seq: 101 });
  peer.send({ seq: 2, ack: 102 });
  t.is(session.state, State.Closed);
});

test('two that close at once both come to an end', async (t) => {
  const { rig, peer, app, session } = await established(t);
  session.close();
  peer.drain();
  peer.send({ flags: 'FA', seq: 1, ack: 1 });
  t.is(session.state, State.Closing);
  peer.send({ seq: 2, ack: 2 });
  t.is(session.state, State.TimeWait);
  rig.advance(300_000);
  t.deepEqual(app.events.at(-1), 'closed');
  rig.clean();
});

test('two that open at once are one connection', async (t) => {
  const rig = await Rig.start(t);
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S' });
  peer.send({ flags: 'S', seq: 0, options: 'mss 1460' });
  peer.expect({ flags: 'SA', ack: 1 });
  peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460' });
  t.deepEqual(app.events, ['established']);
});

test('a reset ends an established connection and says so', async (t) => {
  const { rig, peer, app } = await established(t);
  peer.send({ flags: 'R', seq: 1 });
  t.deepEqual(app.events.at(-1), 'closed ECONNRESET');
  rig.clean();
});

test('a reset of ours has the numbers of its connection', async (t) => {
  const { peer, app, session } = await established(t);
  app.write(100);
  peer.drain();
  session.abort();
  peer.expect({ flags: 'RA', seq: 101, ack: 1 });
});

test('the MSS is told in the SYN-ACK, too', async (t) => {
  const rig = await Rig.start(t, { mtu: 1000 });
  rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: 'mss 1460' });
  t.is(peer.expect({ flags: 'SA' }).mss, 960);
});

test('a connection that fails waits by timers, and may be tried again', async (t) => {
  const rig = await Rig.start(t, { settings: { synRetries: 2 } });
  const app = rig.connect();
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  t.is(peer.drain(60_000).length, 3);
  t.deepEqual(app.events, ['closed ETIMEDOUT']);
  rig.clean();
  const again = rig.connect();
  peer.answer();
  t.deepEqual(again.events, ['established']);
});

test('clients that come at one moment are all accepted, and by default nobody is refused', async (t) => {
  const rig = await Rig.start(t);
  const listener = rig.tcp.listen({ port: 80 });
  const peers = Array.from({ length: 20 }, (_, i) => rig.peer({ port: 40_000 + i }));
  for (const peer of peers) peer.send({ flags: 'S', seq: 0 });
  for (const peer of peers) peer.expect({ flags: 'SA' });
  for (const peer of peers) peer.send({ seq: 1, ack: 1 });
  const accepted = await Promise.all(peers.map(() => listener.accept()));
  t.is(new Set(accepted).size, 20);
});

test('a listener counts what is open: who has gone makes room', async (t) => {
  const rig = await Rig.start(t);
  rig.listen({ limit: 1 });
  const [first, second] = [rig.peer({ port: 40_001 }), rig.peer({ port: 40_002 })];
  first.handshake();
  second.send({ flags: 'S', seq: 0 });
  second.expect({ flags: 'RA' });
  first.send({ flags: 'R', seq: 1 });
  second.send({ flags: 'S', seq: 0 });
  second.expect({ flags: 'SA' });
});
