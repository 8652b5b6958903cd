import { Host, IpAddress, SeededRandom, VirtualClock } from '@netwright/core';
import { HashedPorts, RangedPorts, SequentialPorts } from '@netwright/layers';
import test from 'ava';
import { Rig } from './wire-peer.js';

const id = (remote: number, remotePort = 80) => ({
  localAddress: IpAddress.v4(0x0a000001),
  localPort: 0,
  remoteAddress: IpAddress.v4(0x0a000000 | remote),
  remotePort,
});

function hashed(seed: number): HashedPorts {
  return new HashedPorts(Host.create({ clock: new VirtualClock(), random: new SeededRandom(seed) }));
}

// @rfc 6056 S3.2-1 S3.3.4-2
test('ephemeral ports are dynamic ones, one after the other for one destination (RFC 6056 section 3.3.4)', (t) => {
  const ports = hashed(1);
  const chosen = Array.from({ length: 100 }, () => ports.choose(id(2), () => true));
  t.true(chosen.every((port) => port >= 49152 && port <= 65535));
  const steps = chosen.slice(1).map((port, i) => (port - chosen[i] + 16384) % 16384);
  t.true(steps.every((step) => step === 1));
});

// @rfc 6056 S3.2-2
test('a manifest may give them the largest range, 1024 to 65535 (RFC 6056 section 3.2)', (t) => {
  const host = Host.create({ clock: new VirtualClock(), random: new SeededRandom(1) });
  const ports = new RangedPorts(host, 1024, 65_535);
  const chosen = new Set(Array.from({ length: 64_512 }, () => ports.choose(id(2), () => true)));
  t.is(chosen.size, 64_512, 'each once before any comes again');
  t.is(Math.min(...chosen), 1024);
  t.is(Math.max(...chosen), 65_535);
});

// @rfc 5927 S4.2-1
// @rfc 6056 S3.3-1 S3.3.4-1
test('where they begin tells nothing about another destination, nor about another stack', (t) => {
  const first = new Set([2, 3, 4, 5, 6, 7].map((remote) => hashed(1).choose(id(remote), () => true)));
  const other = new Set([1, 2, 3, 4, 5, 6].map((seed) => hashed(seed).choose(id(2), () => true)));
  t.true(first.size >= 5 && other.size >= 5);
});

// @rfc 6056 S3.3.4-3
test('taken ports are passed over, and 0 says that none is free', (t) => {
  t.is(
    hashed(1).choose(id(2), (port) => port === 60_000),
    60_000,
  );
  t.is(
    hashed(1).choose(id(2), () => false),
    0,
  );
  const sequential = new SequentialPorts(65_534);
  t.deepEqual(
    [1, 2, 3].map(() => sequential.choose(id(2), () => true)),
    [65_534, 65_535, 65_534],
  );
  t.is(
    sequential.choose(id(2), () => false),
    0,
  );
});

test('a connection gets a port that no connection to the same end has', async (t) => {
  const rig = await Rig.start(t);
  const used = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const { session } = rig.connect({ localPort: 0 });
    t.false(used.has(session.id.localPort));
    used.add(session.id.localPort);
  }
});

// @rfc 6056 S3.1-1
test('a port that somebody listens on is not given to a connection (RFC 6056 section 3.1)', async (t) => {
  const rig = await Rig.start(t);
  const { localPort } = rig.connect({ localPort: 0 }).session.id;
  const after = (port: number, by: number) => 49152 + ((port - 49152 + by) % 16384);
  rig.listen({ port: after(localPort, 1) });
  rig.listen({ port: after(localPort, 2), address: '10.0.0.1' });
  t.is(rig.connect({ localPort: 0 }).session.id.localPort, after(localPort, 3));
});

// @rfc 6056 S2.2-1
test('a port from which a connection to the same end was opened by its number is passed over (RFC 6056 section 2.2)', async (t) => {
  const rig = await Rig.start(t);
  const { localPort } = rig.connect({ localPort: 0 }).session.id;
  const after = (by: number) => 49152 + ((localPort - 49152 + by) % 16384);
  rig.connect({ localPort: after(1) });
  t.is(rig.connect({ localPort: 0 }).session.id.localPort, after(2));
});
