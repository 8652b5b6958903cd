import { Host, type Override, override, PacketPool, Scope, SeededRandom, Stack, VirtualClock } from '@netwright/core';
import {
  Arp,
  Bbr,
  Cubic,
  Ethernet,
  FixedCongestionWindow,
  Ipv4,
  TCP_CONGESTION,
  Tcp,
  type TcpSession,
  TcpSettingsSchema,
  tcpDefaults,
} from '@netwright/layers';
import { Cable } from '@netwright/plugins';

/** What stands behind `tcp.congestion`; `none` sends whatever the peer's window takes, as a stack without one does. */
export const CONGESTION: Readonly<Record<string, Override>> = {
  none: override(TCP_CONGESTION, { make: () => new FixedCongestionWindow(1 << 30) }),
  cubic: override(TCP_CONGESTION, { make: () => new Cubic() }),
  bbr: override(TCP_CONGESTION, { make: () => new Bbr() }),
};

/** Bytes of receive buffer; the send buffer has twice that, so that there is always something to send. */
export const BUFFERS = [128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768] as const;
/** The share of frames that is lost, in either direction. */
export const LOSSES = [0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3] as const;

const BYTES = 10 << 20;
/** ms one way */
const LATENCY = 50;

/**
 * Sends 10 MiB over a cable with a round trip of 100 ms, in virtual time.
 * @returns bytes a second, from the SYN to the last byte.
 */
export async function measureCell(congestion: string, buffer: number, loss: number, bytes = BYTES): Promise<number> {
  const clock = new VirtualClock();
  const pool = new PacketPool({ small: 4096, large: 8 });
  const random = new SeededRandom(`loss-grid ${buffer} ${loss}`);
  const cable = new Cable({ latency: LATENCY, loss, clock, random: random.fork('cable') });
  const settings = TcpSettingsSchema.parse({
    sendBuffer: 2 * buffer,
    receiveBuffer: buffer,
    retries: 100,
    synRetries: 50,
  });
  const ends = ['a', 'b'].map((name, i) => {
    const host = Host.create({ name, clock, random: random.fork(name), pool });
    host.attach(cable.attach(name, pool), { addresses: [`10.0.0.${i + 1}/24`] });
    const ethernet = new Ethernet(host);
    // With three lost of ten, three questions in a row are lost now and then.
    const arp = new Arp(host, { attempts: 20 });
    const ipv4 = new Ipv4(host);
    const tcp = new Tcp(host, settings, Scope.byHand(host, [tcpDefaults], [CONGESTION[congestion]]));
    ethernet.registerLayer(arp).registerLayer(ipv4);
    arp.registerLayer(ipv4);
    ipv4.registerLayer(tcp);
    return { host, tcp, stack: new Stack(host, [ethernet, arp, ipv4, tcp]) };
  });
  for (const { stack } of ends) await stack.start();
  let received = 0;
  let endedAt = Number.NaN;
  ends[1].tcp.listen({
    port: 80,
    onConnection: () => ({
      data: (data) => {
        received += data.length;
        if (received === bytes) endedAt = clock.now();
      },
    }),
  });
  const chunk = new Uint8Array(1 << 16);
  let sent = 0;
  const pump = (session: TcpSession) => {
    while (sent < bytes) {
      const length = Math.min(chunk.length, bytes - sent);
      const taken = session.write(chunk, 0, length);
      sent += taken;
      if (taken < length) return;
    }
  };
  const startAt = clock.now();
  ends[0].tcp.connect({ address: '10.0.0.2', port: 80, handler: { established: pump, writable: pump } });
  while (Number.isNaN(endedAt)) {
    if (!clock.step()) throw new Error(`stuck at ${received} of ${bytes} bytes`);
  }
  return bytes / ((endedAt - startAt) / 1000);
}
