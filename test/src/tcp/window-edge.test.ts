import test from 'ava';
import { established } from './wire-peer.js';

test('data sent again with a newer acknowledgement tells the window, too: the right edge stays where the peer put it', async (t) => {
  const { peer, app, session } = await established(t, { win: 1000 });
  // Its first 500 bytes were lost: what comes first has a later number.
  peer.send({ flags: 'A', seq: 501, ack: 1, win: 1000 });
  peer.drain();
  app.write(2000);
  peer.expect({ seq: 1, length: 1000 });
  peer.send({ flags: 'PA', seq: 1, ack: 501, win: 500, data: 500 });
  peer.drain();
  t.is(session.sender.sndWnd, 500);
  peer.send({ flags: 'A', seq: 501, ack: 1001, win: 200 });
  peer.drain();
  t.is(session.sender.sndWnd, 200);
});
