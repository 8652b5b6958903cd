import test from 'ava';
import { established, pattern } from './wire-peer.js';

// @rfc 9293 MAY-15 MAY-16 MUST-60 MUST-61 SHLD-27
test('what is written without a push waits for more, and nothing pushes it until push() (RFC 9293 section 3.9.1.2)', async (t) => {
  const { peer, app } = await established(t, { syn: 'mss 1000', settings: { noDelay: true } });
  const { session } = app;
  session.writeMore(pattern(0, 600));
  peer.silent(100);
  session.writeMore(pattern(600, 900));
  peer.expect({ flags: 'A', seq: 1, length: 1000 });
  peer.send({ seq: 1, ack: 1001 });
  peer.silent(50);
  session.push();
  peer.expect({ flags: 'PA', seq: 1001, length: 500 });
  // Without one it is not held back for ever.
  peer.send({ seq: 1, ack: 1501 });
  session.writeMore(pattern(1500, 10));
  peer.expect({ flags: 'PA', seq: 1501, length: 10, within: 3000 });
});

// @rfc 9293 MAY-14
test('flush() throws away what was never sent, and the connection goes on (RFC 9293 section 3.9.1.7)', async (t) => {
  const { rig, peer, app } = await established(t, { syn: 'mss 1000', win: 2000 });
  const { session } = app;
  session.write(pattern(0, 10_000));
  t.is(peer.drain().length, 2);
  t.is(session.flush(), 8000);
  t.is(session.flush(), 0);
  t.is(session.sender.queued, 2000, 'what is on its way stays');
  // It is sent again where it was lost.
  peer.expect({ seq: 1, reason: 'tcp.retransmit.rto', within: 1000 });
  peer.send({ seq: 1, ack: 2001 });
  peer.silent(100);
  session.write(pattern(2000, 500));
  peer.expect({ flags: 'PA', seq: 2001, length: 500 });
  peer.send({ seq: 1, ack: 2501, win: 2000 });
  session.writeUrgent(pattern(2500, 3000));
  peer.drain();
  t.is(session.flush(), 1000);
  t.is(session.sender.sndUp, session.sender.sndNxt, 'what was urgent is no longer there');
  session.close();
  peer.send({ seq: 1, ack: 4501 });
  peer.expect({ flags: 'FA', seq: 4501, within: 10 });
  peer.send({ flags: 'FA', seq: 1, ack: 4502 });
  rig.advance(70_000);
  t.is(rig.tcp.connections, 0);
});

// @rfc 9293 MAY-17
test('the program may hear of a push, once all before it was handed over (RFC 9293 section 3.9.1.3)', async (t) => {
  const { peer, app } = await established(t);
  const { session } = app;
  const events: string[] = [];
  session.handler = {
    data: (bytes) => events.push(`${bytes.length} bytes`),
    pushed: () => events.push('pushed'),
  };
  peer.send({ seq: 1, ack: 1, data: 100 });
  peer.send({ flags: 'PA', seq: 101, ack: 1, data: 50 });
  peer.send({ seq: 151, ack: 1, data: 10 });
  // Beyond a hole: it is told when the hole is filled by what pushes.
  peer.send({ seq: 171, ack: 1, data: 10 });
  peer.send({ flags: 'PA', seq: 161, ack: 1, data: 10 });
  t.deepEqual(events, ['100 bytes', '50 bytes', 'pushed', '10 bytes', '20 bytes', 'pushed']);
});

// @rfc 9293 MAY-9
test('the program may see the service that a segment came with (RFC 9293 section 3.9.1.9)', async (t) => {
  const { peer, app } = await established(t);
  t.is(app.session.dscp, 0);
  const send = (dscp: number, seq: number) => peer.send({ seq, ack: 1, data: 1, ecn: dscp << 2 });
  send(46, 1);
  t.is(app.session.dscp, 46);
  send(10, 2);
  t.is(app.session.dscp, 10);
  // One that is not acceptable says nothing.
  send(20, 100_000_000);
  t.is(app.session.dscp, 10);
});

// @rfc 9293 MAY-6
test('keep-alives carry an octet where the setting asks for it: the one before SND.NXT (RFC 9293 section 3.8.4)', async (t) => {
  const settings = { keepAlive: true, keepAliveIdle: 10_000, keepAliveInterval: 1000, keepAliveOctet: true };
  const { peer, app } = await established(t, { settings });
  app.session.write(pattern(0, 100));
  peer.expect({ seq: 1, length: 100 });
  peer.send({ seq: 1, ack: 101 });
  const probe = peer.expect({
    flags: 'A',
    seq: 100,
    length: 1,
    data: '\0',
    reason: 'tcp.probe.keepalive',
    within: 10_100,
  });
  t.is(probe.ack, 1);
  t.is(app.session.sender.sndNxt, app.session.sender.sndUna, 'it is nothing of the stream');
});
