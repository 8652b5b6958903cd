import { type Device, type Packet, PacketPool, SeededRandom, VirtualClock } from '@netwright/core';
import { Cable, type CableProperties } from '@netwright/plugins';
import test from 'ava';

/** Stations 1, 2, 3 … on one switch; each hears frames as 'from>to'. */
function stations(count: number, properties: CableProperties = {}) {
  const clock = new VirtualClock();
  const cable = new Cable({ clock, random: new SeededRandom(1), ...properties });
  const pools = Array.from({ length: count }, (_, i) => new PacketPool({ small: 512, large: i }));
  const heard: string[][] = pools.map(() => []);
  const devices: Device[] = pools.map((pool, i) => {
    const device = cable.attach(`s${i + 1}`, pool);
    device.open({
      pool,
      receive(batch: Packet[], size: number) {
        for (const packet of batch.slice(0, size)) {
          const station = (at: number) => packet.view.getUint8(packet.start + at);
          heard[i].push(`${station(11)}>${station(0) === 255 ? 'all' : station(5)}`);
          packet.release();
        }
      },
    });
    return device;
  });
  return {
    clock,
    cable,
    devices,
    pools,
    /** Sends from one station to another, or to all (255), under a source address that may be false. */
    send(from: number, to: number, source = from) {
      const frame = new Uint8Array(60);
      if (to === 255) frame.fill(255, 0, 6);
      else frame.set([2, 0, 0, 0, 0, to]);
      frame.set([2, 0, 0, (source >> 8) & 255, source >> 16, source & 255], 6);
      devices[from - 1].send([pools[from - 1].takeWith(frame)!], 1);
      clock.run();
      return heard.map((each) => each.splice(0));
    },
  };
}

test('a frame to an unknown station is flooded, and to a known one goes there alone', (t) => {
  const { send, cable, pools } = stations(4);
  t.deepEqual(send(1, 2), [[], ['1>2'], ['1>2'], ['1>2']]);
  t.deepEqual(send(2, 1), [['2>1'], [], [], []]);
  t.deepEqual(send(1, 2), [[], ['1>2'], [], []]);
  t.deepEqual(send(3, 255), [['3>all'], ['3>all'], [], ['3>all']]);
  t.like(cable.switching, { learned: 3, flooded: 2, forwarded: 2 });
  for (const pool of pools) t.is(pool.inUse, 0);
});

test('a station that moves is found at its new place', (t) => {
  const { send, cable } = stations(3);
  send(1, 255);
  send(2, 255, 1);
  t.deepEqual(send(3, 1), [[], ['3>1'], []]);
  t.is(cable.switching.moved, 1);
});

test('an address that has been silent for too long is flooded to again', (t) => {
  const { send, clock } = stations(3, { switch: { aging: 1000 } });
  send(1, 255);
  t.deepEqual(send(2, 1), [['2>1'], [], []]);
  clock.advance(1001);
  t.deepEqual(send(2, 1), [['2>1'], [], ['2>1']]);
});

test('a flood of source addresses fills the table to its limit, and frames still arrive', (t) => {
  const { send, cable } = stations(3, { switch: { addresses: 10 } });
  for (let i = 0; i < 100; i++) send(1, 255, 100 + i);
  t.is(cable.switching.learned, 10);
  t.is(cable.switching.tableFull, 90);
  t.deepEqual(send(2, 3), [['2>3'], [], ['2>3']]);
});

test('a frame to a station on the port it came from goes nowhere, and one without addresses neither', (t) => {
  const { send, cable, devices, pools, clock } = stations(3);
  send(1, 255, 7);
  t.deepEqual(send(1, 7), [[], [], []]);
  devices[0].send([pools[0].takeWith(new Uint8Array(5))!], 1);
  clock.run();
  t.is(cable.switching.filtered, 2);
  t.is(pools[0].inUse, 0);
});

test('a closed end hears nothing and the others do', (t) => {
  const { send, devices, pools } = stations(3);
  devices[1].close();
  t.deepEqual(send(1, 255), [[], [], ['1>all']]);
  for (const pool of pools) t.is(pool.inUse, 0);
});

test('an end that is closed by what another one receives lets go of its frames', (t) => {
  const { send, devices, pools, cable } = stations(3);
  devices[1].open({
    pool: pools[1],
    receive(batch: Packet[], size: number) {
      for (const packet of batch.slice(0, size)) packet.release();
      devices[2].close();
    },
  });
  t.deepEqual(send(1, 255), [[], [], []]);
  t.is(cable.counters.get('s3')?.unreceived, 1);
  for (const pool of pools) t.is(pool.inUse, 0);
});
