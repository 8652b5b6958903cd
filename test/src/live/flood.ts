/**
 * A program for capture.test.ts: a stack that takes 50 µs for each frame, with a timer of 10 ms, while the peer sends as
 * fast as it can. It prints what became of the frames and how late the timer was at worst; it ends when nothing has come
 * for half a second.
 */
import { Host, type Packet } from '@netwright/core';
import { CaptureDevice } from '@netwright/plugins';

const host = Host.create();
const device = new CaptureDevice({ interface: 'veth0', mac: 'own', filter: 'udp dst port 9' });
const attached = host.attach(device);
let handled = 0;
let latest = Number.POSITIVE_INFINITY;
attached.link = {
  receive(packet: Packet) {
    const until = host.clock.now() + 0.05;
    while (host.clock.now() < until);
    handled++;
    latest = host.clock.now();
    packet.release();
  },
};

let late = 0;
let due = host.clock.now() + 10;
const timer = host.timer(() => {
  const now = host.clock.now();
  late = Math.max(late, now - due);
  due = now + 10;
  if (now - latest > 500) void end();
  else timer.start(10);
});

async function end(): Promise<void> {
  await attached.close();
  host.timers.clear();
  console.log(JSON.stringify({ handled, late, ...device.counters, packetsInUse: host.pool.inUse }));
}

await attached.open();
timer.start(10);
console.log('ready');
