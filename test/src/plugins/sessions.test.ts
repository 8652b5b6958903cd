import { override } from '@netwright/core';
import { TCP_SESSION } from '@netwright/layers';
import { EagerAckSession, FiveFiveSession, SilentCloseSession, TarpitSession } from '@netwright/plugins';
import test from 'ava';
import { byHand, fromManifest, type Seen } from '../tokens/rig.js';

const out = (frames: readonly Seen[]) => frames.filter(({ direction }) => direction === 'out');
const flags = (frames: readonly Seen[]) => out(frames).map(({ fields }) => fields['tcp.flags']);

/** The first listener has this session, the second one the standard one. */
async function listeners(use: string, size = 3000) {
  return (await fromManifest({ token: 'tcp.session', use }, 'listener', { size })).flows;
}

test('the tarpit takes a little, then its window is 0, and it holds who connects', async (t) => {
  const { l1, l2 } = await listeners('session.tarpit');
  const later = out(l1).filter(({ at }) => at > 10_000 && at < 299_000);
  t.true(later.length > 3, 'it answers the probes');
  t.true(later.every(({ fields }) => fields['tcp.window'] === 0 && fields['tcp.flags'] === 'A'));
  const heard = l1.filter(({ direction, fields }) => direction === 'in' && Number(fields['tcp.len']) > 1);
  t.true(heard.every(({ fields }) => Number(fields['tcp.len']) <= 146));
  // The same conversation with the standard session is over in no time.
  t.true(out(l2).every(({ at }) => at < 1000));
});

test('the eager session acknowledges each segment on its own', async (t) => {
  const { l1, l2 } = await listeners('session.eager-ack', 14_000);
  const pure = (frames: readonly Seen[]) =>
    out(frames).filter(({ fields }) => fields['tcp.flags'] === 'A' && fields['tcp.len'] === 0).length;
  const segments = l1.filter(({ direction, fields }) => direction === 'in' && Number(fields['tcp.len']) > 0).length;
  t.is(segments, 10);
  t.true(pure(l1) >= segments);
  t.true(pure(l2) < segments);
});

test('the session of fives begins with 5555', async (t) => {
  const { l1, l2 } = await listeners('session.five-five');
  t.is(out(l1)[0].fields['tcp.seq'], 5555);
  t.not(out(l2)[0].fields['tcp.seq'], 5555);
  t.regex(out(l1)[0].why, /tcp\.session: session\.five-five of plugin sessions, tokens\.yaml:9:/);
});

test('the silent session sends no FIN and no reset', async (t) => {
  const { l1, l2 } = await listeners('session.silent-close');
  t.false(flags(l1).some((each) => String(each).includes('F') || String(each).includes('R')));
  t.true(flags(l2).some((each) => String(each).includes('F')));
});

for (const session of [TarpitSession, EagerAckSession, FiveFiveSession, SilentCloseSession]) {
  test(`${session.name} can be given to a connection in code`, async (t) => {
    const { flows } = await byHand(override(TCP_SESSION, { class: session }), 'connection');
    t.true(out(flows.c1).some(({ why }) => why.includes('tcp.session: the program') || why.includes(session.name)));
    t.false(out(flows.c2).some(({ why }) => why.includes('tcp.session')));
  });
}
