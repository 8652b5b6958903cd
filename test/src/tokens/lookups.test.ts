import { Host, Scope, SeededRandom, VirtualClock } from '@netwright/core';
import { Arp, Ethernet, Ipv4, Tcp, type TcpSession } from '@netwright/layers';
import { Cable } from '@netwright/plugins';
import test from 'ava';
import { Container } from 'inversify';

const SIZE = 20 * 1024 * 1024;

function stack(clock: VirtualClock, cable: Cable, name: string, address: string) {
  const host = Host.create({ name, clock, random: new SeededRandom(name) });
  const via = host.attach(cable.attach(name, host.pool), { addresses: [address] });
  const layers = [new Ethernet(host), new Arp(host), new Ipv4(host), new Tcp(host)] as const;
  const [ethernet, arp, ipv4, tcp] = layers;
  ethernet.registerLayer(arp).registerLayer(ipv4);
  arp.registerLayer(ipv4);
  ipv4.registerLayer(tcp);
  return { tcp, start: async () => [await via.open(), ...layers.map((each) => each.start())] };
}

test('twenty megabytes over a cable that loses frames ask no container for anything', async (t) => {
  const clock = new VirtualClock();
  const cable = new Cable({ clock, random: new SeededRandom(1), latency: 1, loss: 0.001 });
  const [a, b] = [stack(clock, cable, 'a', '10.0.0.1/24'), stack(clock, cable, 'b', '10.0.0.2/24')];
  await a.start();
  await b.start();

  let lookups = 0;
  const { prototype } = Container;
  const methods = ['get', 'getAll', 'getAsync', 'getAllAsync', 'isBound'] as const;
  const original = methods.map((each) => prototype[each]);
  methods.forEach((each, i) => {
    prototype[each] = function (this: Container, ...given: unknown[]) {
      lookups++;
      return (original[i] as (...all: unknown[]) => unknown).apply(this, given);
    } as never;
  });
  t.teardown(() => {
    for (const [i, each] of methods.entries()) Object.assign(prototype, { [each]: original[i] });
  });

  let received = 0;
  let ended = false;
  b.tcp.listen({
    port: 9,
    onConnection: () => ({
      data(bytes) {
        received += bytes.length;
      },
      end: (session) => session.shutdown(),
    }),
  });
  const piece = new Uint8Array(65_536);
  let left = SIZE;
  const fill = (session: TcpSession) => {
    while (left > 0) {
      const taken = session.write(piece, 0, Math.min(left, piece.length));
      if (taken === 0) return;
      left -= taken;
    }
    session.shutdown();
  };
  const established = new Promise<TcpSession>((resolve) => {
    a.tcp.connect({
      address: '10.0.0.2',
      port: 9,
      handler: {
        established: resolve,
        writable: fill,
        closed() {
          ended = true;
        },
      },
    });
  });
  const session = await clock.settle(established);
  t.true(lookups > 0 && Scope.lookups > 0, 'the handshake asked: the count counts');
  const before = { lookups, scopes: Scope.lookups };
  fill(session);
  clock.runUntil(clock.now() + 600_000);
  t.is(received, SIZE);
  t.true(ended);
  t.true(session.sender.retransmissions > 0, 'losses were among it');
  t.deepEqual({ lookups, scopes: Scope.lookups }, before);
});
