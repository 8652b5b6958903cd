import { State } from '@netwright/layers';
import test from 'ava';
import { established } from './wire-peer.js';

/** Everything but what the application does not take: both ends have finished, 1000 bytes wait. */
async function finishedUnread(t: Parameters<typeof established>[0]) {
  const all = await established(t);
  const { peer, session } = all;
  session.pause();
  session.shutdown();
  peer.expect({ flags: 'FA', seq: 1 });
  peer.send({ flags: 'FPA', seq: 1, ack: 2, data: 1000 });
  peer.expect({ flags: 'A', ack: 1002 });
  t.is(session.state, State.TimeWait);
  return all;
}

test('what came before an orderly end and was not read yet is still there when TIME-WAIT has passed', async (t) => {
  const { rig, peer, app, session } = await finishedUnread(t);
  peer.silent(100_000);
  t.is(app.received, 0);
  session.resume();
  t.is(app.received, 1000);
  t.deepEqual(app.events, ['established', 'end', 'closed']);
  rig.clean();
});

test('a reset in TIME-WAIT takes nothing away that has come', async (t) => {
  const { rig, peer, app, session } = await finishedUnread(t);
  peer.send({ flags: 'R', seq: 1002 });
  t.is(app.received, 0);
  session.resume();
  t.is(app.received, 1000);
  rig.clean();
});

test('who closes without reading the rest lets go of it', async (t) => {
  const { rig, peer, session } = await finishedUnread(t);
  peer.silent(100_000);
  session.close();
  t.is(session.state, State.Closed);
  rig.clean();
});
