import test from 'ava';
import { established } from './wire-peer.js';

const settings = { keepAlive: true, keepAliveIdle: 10_000, keepAliveInterval: 1000, keepAliveProbes: 3 };

test('an idle connection is probed with an old number; without an answer it is given up', async (t) => {
  const { rig, peer, app } = await established(t, { settings });
  peer.expect({ flags: 'A', seq: 0, ack: 1, length: 0, reason: 'tcp.probe.keepalive', after: 10_000 });
  peer.expect({ flags: 'A', seq: 0, reason: 'tcp.probe.keepalive', after: 1000 });
  peer.expect({ flags: 'A', seq: 0, reason: 'tcp.probe.keepalive', after: 1000 });
  peer.expect({ flags: 'RA', seq: 1, reason: 'tcp.reset.timeout', after: 1000 });
  t.is(app.events.at(-1), 'closed ETIMEDOUT');
  rig.clean();
});

// @rfc 9293 MUST-26 MUST-29
test('an answer begins the idle time anew', async (t) => {
  const { rig, peer, app } = await established(t, { settings });
  for (let i = 0; i < 10; i++) {
    peer.expect({ reason: 'tcp.probe.keepalive', within: 12_000 });
    peer.expect({ reason: 'tcp.probe.keepalive', within: 2000 });
    peer.send({ seq: 1, ack: 1 });
  }
  rig.advance(5000);
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 1 });
  peer.expect({ ack: 2 });
  peer.silent(9900);
  peer.expect({ reason: 'tcp.probe.keepalive', within: 200 });
  t.is(app.events.at(-1), 'established');
});

test('answers count where the interval is longer than the idle time', async (t) => {
  const { peer, app } = await established(t, {
    settings: { ...settings, keepAliveIdle: 500, keepAliveInterval: 5000 },
  });
  for (let i = 0; i < 10; i++) {
    peer.expect({ reason: 'tcp.probe.keepalive', within: 6000 });
    peer.send({ seq: 1, ack: 1 });
  }
  t.is(app.events.at(-1), 'established');
});

// @rfc 9293 MUST-26
test('no probe is sent while data is in flight (RFC 9293 section 3.8.4)', async (t) => {
  const { peer, app } = await established(t, { settings });
  app.write(10);
  t.true(peer.drain(60_000).every((each) => each.reason !== 'tcp.probe.keepalive'));
});

test('a probe of the peer is answered', async (t) => {
  const { peer } = await established(t);
  peer.send({ seq: 0, ack: 1 });
  peer.expect({ flags: 'A', seq: 1, ack: 1 });
  peer.send({ flags: 'A', seq: 0, ack: 1, data: 'x' });
  peer.expect({ flags: 'A', seq: 1, ack: 1 });
});

// @rfc 9293 MUST-25
test('without being asked for it probes nobody', async (t) => {
  const { rig, peer } = await established(t);
  peer.silent(24 * 3600 * 1000);
  t.is(rig.host.timers.armed, 0);
});
