import test from 'ava';
import { established } from './wire-peer.js';

test('a loss probe leaves room for the SACK blocks that it carries', async (t) => {
  const { peer, app, session } = await established(t, { syn: 'mss 1460, sackOK' });
  // A round trip is known: the probe then comes before the retransmission timeout.
  app.write(1000);
  peer.expect({ seq: 1, length: 1000 });
  peer.send({ flags: 'A', seq: 1, ack: 1001 });
  app.write(100_000);
  peer.drain(1);
  // A hole: from here on each segment reports what lies beyond it.
  peer.send({ flags: 'PA', seq: 101, ack: 1001, data: 100 });
  const sent = session.sender.sentBytes;
  const frames = peer.drain(2000).filter((each) => each.reason === 'tcp.probe.loss');
  t.true(session.sender.sentBytes > sent);
  t.true(frames.length > 0, 'the probe is on the wire');
  t.true(frames.every(({ length }) => length <= 1460 - 12));
});
