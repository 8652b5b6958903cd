// What a stack learns and counts is the stack's, whichever of its connections have overrides of their own.
import { override } from '@netwright/core';
import { AlwaysAdmit, FixedTtl, IP_TTL, QuickAck, TCP_ACK, TCP_LISTEN } from '@netwright/layers';
import test from 'ava';
import { Rig } from '../tcp/wire-peer.js';
import { fromManifest, type Seen } from './rig.js';

test('a listener that refuses does so with its own TTL', async (t) => {
  const rig = await Rig.start(t);
  const refuse = override(TCP_LISTEN, { value: new AlwaysAdmit('refuse') });
  rig.listen({ overrides: [refuse, override(IP_TTL, { value: new FixedTtl(9) })] });
  rig.listen({ port: 81, overrides: [refuse] });
  const ttls = [80, 81].map((stackPort) => {
    rig.peer({ stackPort }).send({ flags: 'S', seq: 0 });
    return rig.device.frames.splice(0).map(({ bytes, reason }) => `${reason} ${bytes[22]}`);
  });
  t.deepEqual(ttls, [['tcp.reset.refused 9'], ['tcp.reset.refused 64']]);
});

test('ports go on where the last connection left off, also for one with an override of something else', async (t) => {
  const rig = await Rig.start(t);
  const port = (overrides: Parameters<typeof rig.connect>[0]) => {
    const { session } = rig.connect({ localPort: 0, ...overrides });
    session.abort();
    return session.id.localPort;
  };
  const first = port({});
  const second = port({ overrides: [override(TCP_ACK, { value: new QuickAck() })] });
  const third = port({});
  t.is(new Set([first, second, third]).size, 3);
});

test('a cookie that one connection got is sent by the next one', async (t) => {
  const peer = { 'tcp.fastopen': 'fastopen.cookies' };
  const { flows } = await fromManifest({ token: 'tcp.fastopen', use: 'fastopen.cookies' }, 'stack', { peer });
  const cookie = (frames: readonly Seen[]) => frames[0].fields['tcp.options.tfo.cookie'];
  t.is(cookie(flows.c1), '', 'it asks');
  t.regex(`${cookie(flows.c2)}`, /^[0-9a-f]{16}$/, 'it has one');
});
