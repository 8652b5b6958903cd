import { SeededRandom } from '@netwright/core';
import { State, type TcpSession } from '@netwright/layers';
import test from 'ava';
import { App, Rig, type WirePeer } from './wire-peer.js';

/** Changes a valid frame here and there; half of them get right checksums again, so that they are looked into. */
function mutate(frame: Uint8Array, random: SeededRandom): Uint8Array {
  const bytes = frame.slice(
    0,
    random.float() < 0.1 ? 14 + Math.floor(random.float() * (frame.length - 14)) : frame.length,
  );
  const changes = 1 + Math.floor(random.float() * 4);
  for (let i = 0; i < changes; i++) {
    // Mostly the TCP header and its options, now and then IP's.
    const at = random.float() < 0.85 ? 34 + Math.floor(random.float() * 32) : 14 + Math.floor(random.float() * 20);
    if (at >= bytes.length) continue;
    const kind = random.float();
    if (kind < 0.4) bytes[at] ^= 1 << Math.floor(random.float() * 8);
    else if (kind < 0.8) bytes[at] = random.uint32() & 255;
    else bytes[at] = [0, 1, 0x7f, 0x80, 0xff][Math.floor(random.float() * 5)];
  }
  return bytes;
}

function sum(bytes: Uint8Array, at: number, length: number, start: number): number {
  let total = start;
  for (let i = 0; i < length; i += 2) total += (bytes[at + i] << 8) | (i + 1 < length ? bytes[at + i + 1] : 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return ~total & 0xffff;
}

function reseal(bytes: Uint8Array): void {
  if (bytes.length < 54) return;
  const view = new DataView(bytes.buffer);
  view.setUint16(24, 0);
  view.setUint16(24, sum(bytes, 14, 20, 0));
  const length = bytes.length - 34;
  view.setUint16(50, 0);
  let pseudo = 6 + length;
  for (let at = 26; at < 34; at += 2) pseudo += view.getUint16(at);
  view.setUint16(50, sum(bytes, 34, length, pseudo));
}

test('a hundred thousand mutated segments: nothing throws, nothing leaks, the counters add up', async (t) => {
  const rig = await Rig.start(t, { settings: { finWait2Timeout: 5000, retries: 5, synAckRetries: 1 } });
  const faults: unknown[] = [];
  rig.host.fault = (error) => faults.push(error);
  const random = new SeededRandom('mutations');
  const apps = new Set<App>();
  const adopt = (session: TcpSession) => {
    const app = new App();
    app.lenient = true;
    app.session = session;
    apps.add(app);
    return app;
  };
  rig.tcp.listen({ port: 80, backlog: 1000, onConnection: (session) => adopt(session).handler });
  const peers = Array.from({ length: 6 }, (_, i) =>
    rig.peer({ port: 40_000 + i, iss: [0, 1000, 2 ** 32 - 50, 2 ** 31 - 50, 7, 99][i] }),
  );
  const open = (peer: WirePeer) => {
    peer.send({ flags: 'S', seq: 0, options: 'mss 1460, sackOK, ts 100, nop, ws 3' });
    peer.send({ seq: 1, ack: 1, options: 'ts 101' });
  };
  const steps: ((peer: WirePeer, n: number) => Uint8Array)[] = [
    (peer) => peer.encode({ flags: 'S', seq: 0, options: 'mss 1460, sackOK, ts 100, nop, ws 3' }),
    (peer) => peer.encode({ flags: 'A', seq: 1, ack: 1, options: 'ts 102' }),
    (peer, n) => peer.encode({ flags: 'PA', seq: 1 + (n % 50), ack: 1, data: 40, options: 'ts 103' }),
    (peer, n) =>
      peer.encode({
        flags: 'A',
        seq: 1 + 10 * (n % 50),
        ack: 1 + (n % 300),
        data: 40,
        options: 'nop, nop, sack 20-60 90-95',
      }),
    (peer) => peer.encode({ flags: 'FA', seq: 41, ack: 1, options: 'ts 104' }),
    (peer) => peer.encode({ flags: 'R', seq: 1 }),
    (peer) => peer.encode({ flags: 'PAU', seq: 1, ack: 1, data: 10, urgent: 5 }),
    (peer) => peer.encode({ flags: 'SA', seq: 0, ack: 1 }),
  ];
  const frames = 100_000;
  const { counters } = rig.tcp;
  const segmentsBefore = counters.segmentsIn;
  const icmp = rig.host.counters.get('icmp') as { received: number };
  const deliveredToTcp = () => rig.ip.counters.delivered - icmp.received;
  const deliveredBefore = deliveredToTcp();
  for (let n = 0; n < frames; n++) {
    const peer = peers[n % peers.length];
    if (n % 50 === 0) {
      open(peer);
      for (const app of apps) {
        const { session } = app;
        if (session.state === State.Closed) {
          apps.delete(app);
          continue;
        }
        const choice = random.float();
        if (choice < 0.3 && session.writable) session.write(new Uint8Array(Math.floor(choice * 3000)));
        else if (choice < 0.35) session.shutdown();
        else if (choice < 0.4) session.close();
        else if (choice < 0.5) session.pause();
        else if (choice < 0.6) session.resume();
      }
      rig.sort();
      for (const each of peers) each.emitted.length = 0;
      rig.clock.advance(10);
    }
    const frame = mutate(steps[Math.floor(random.float() * steps.length)](peer, n), random);
    if (random.float() < 0.7) reseal(frame);
    rig.device.inject(frame);
    if (n % 1000 === 0) rig.clock.advance(500);
  }
  rig.sort();
  t.deepEqual(faults, []);
  t.is(counters.segmentsIn - segmentsBefore, deliveredToTcp() - deliveredBefore);
  t.true(
    counters.badChecksum > 10_000 && counters.malformed > 100 && counters.established > 80,
    JSON.stringify(counters),
  );
  t.is(counters.activeOpens + counters.passiveOpens - counters.closed, rig.tcp.connections);
  t.true(rig.tcp.connections <= 3000);
  for (const session of rig.tcp.sessions()) {
    const { sender, receiver } = session;
    t.true(receiver.readable >= 0 && receiver.readable <= 1.1 * (1 << 20));
    t.true(sender.queued >= 0 && sender.flight.bytes >= 0 && sender.flight.pipe >= 0);
    session.abort();
  }
  rig.clock.advance(200_000);
  rig.clean();
});
