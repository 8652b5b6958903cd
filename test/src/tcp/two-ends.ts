import {
  type Clock,
  Host,
  type NetwrightError,
  type Override,
  PacketPool,
  type PacketPoolSize,
  Scope,
  SeededRandom,
  Stack,
  VirtualClock,
} from '@netwright/core';
import {
  Arp,
  type ConnectOptions,
  Ethernet,
  Icmp,
  Ipv4,
  Tcp,
  type TcpSession,
  type TcpSettings,
  TcpSettingsSchema,
  tcpDefaults,
} from '@netwright/layers';
import { Cable, type CableProperties } from '@netwright/plugins';
import { pattern } from './wire-codec.js';

export interface EndsOptions {
  seed: number | string;
  cable?: CableProperties;
  settings?: Partial<TcpSettings>;
  overrides?: readonly Override[];
  pool?: PacketPoolSize;
  /** The clock that the hosts see, where it is to be worse than the cable's. */
  hostClock?: (clock: VirtualClock) => Clock;
}

/** One of two stacks on a cable. */
export interface End {
  host: Host;
  tcp: Tcp;
  stack: Stack;
}

/** Two stacks on a cable, 10.0.0.1 and 10.0.0.2, that share clock and packet memory. */
export class TwoEnds {
  readonly clock = new VirtualClock();
  readonly pool: PacketPool;
  readonly faults: unknown[] = [];
  readonly cable: Cable;
  readonly a: End;
  readonly b: End;

  constructor(options: EndsOptions) {
    this.pool = new PacketPool(options.pool ?? { small: 4096, large: 8 });
    const random = new SeededRandom(options.seed);
    const cable = new Cable({ latency: 5, ...options.cable, clock: this.clock, random: random.fork('cable') });
    this.cable = cable;
    const clock = options.hostClock?.(this.clock) ?? this.clock;
    [this.a, this.b] = ['a', 'b'].map((name, i) => {
      const host = Host.create({ name, clock, random: random.fork(name), pool: this.pool });
      host.fault = (error) => this.faults.push(error);
      host.attach(cable.attach(name, this.pool), { addresses: [`10.0.0.${i + 1}/24`] });
      const ethernet = new Ethernet(host);
      // On the worst cables three questions in a row are lost.
      const arp = new Arp(host, { attempts: 20 });
      const ip = new Ipv4(host);
      const icmp = new Icmp(host);
      const settings = TcpSettingsSchema.parse(options.settings ?? {});
      const tcp = new Tcp(host, settings, Scope.byHand(host, [tcpDefaults], options.overrides ?? []));
      ethernet.registerLayer(arp).registerLayer(ip);
      arp.registerLayer(ip);
      ip.registerLayer(icmp).registerLayer(tcp);
      return { host, tcp, stack: new Stack(host, [ethernet, arp, ip, icmp, tcp]) };
    });
  }

  async start(): Promise<this> {
    await this.a.stack.start();
    await this.b.stack.start();
    return this;
  }

  /** What is left of connections in both stacks: all of it should be 0. */
  left() {
    const { a, b, pool } = this;
    return {
      connections: a.tcp.connections + b.tcp.connections,
      blocks: a.tcp.blocks.inUse + b.tcp.blocks.inUse,
      timers: a.host.timers.armed + b.host.timers.armed,
      packets: pool.inUse,
      faults: this.faults.length,
    };
  }
}

export const NOTHING = { connections: 0, blocks: 0, timers: 0, packets: 0, faults: 0 };

/** One end of a connection that sends `bytes` of the pattern, then finishes, and checks what it gets. */
export class Talker {
  session: TcpSession | null = null;
  sent = 0;
  received = 0;
  corrupt = false;
  ended = false;
  closed: string | null = null;
  readonly handler = {
    established: (session: TcpSession) => {
      this.session = session;
      this.pump();
    },
    data: (view: Uint8Array) => {
      const expected = pattern(this.received, view.length);
      if (view.some((byte, i) => byte !== expected[i])) this.corrupt = true;
      this.received += view.length;
    },
    end: () => {
      this.ended = true;
    },
    writable: () => this.pump(),
    closed: (_: TcpSession, error: NetwrightError | null) => {
      this.closed = this.closed === null ? (error?.code ?? 'orderly') : 'twice';
    },
  };

  constructor(
    private readonly bytes: number,
    private readonly chunk = 5000,
  ) {}

  private pump(): void {
    const session = this.session as TcpSession;
    while (this.sent < this.bytes) {
      const size = Math.min(this.chunk, this.bytes - this.sent);
      const taken = session.write(pattern(this.sent, size));
      this.sent += taken;
      if (taken < size) return;
    }
    session.shutdown();
  }
}

/** `a` always has something to send to `b`, by a connection with these options. */
export function sendWithoutEnd({ a, b }: { a: End; b: End }, options: Partial<ConnectOptions> = {}) {
  const sending = { received: 0 };
  b.tcp.listen({
    port: 7,
    onConnection: () => ({
      data: (view) => {
        sending.received += view.length;
      },
    }),
  });
  const data = new Uint8Array(65536);
  const pump = () => {
    while (session.write(data) === data.length);
  };
  const handler = { established: pump, writable: pump };
  const session = a.tcp.connect({ address: '10.0.0.2', port: 7, handler, ...options });
  return { session, sending };
}
