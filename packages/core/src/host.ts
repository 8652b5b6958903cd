import { inject, injectable } from 'inversify';
import { Cidr } from './address/cidr.js';
import { MacAddress } from './address/mac.js';
import type { Device } from './device.js';
import { fail } from './errors.js';
import { NetworkInterface } from './interface.js';
import { LOGGER, type Logger, SilentLogger } from './logger.js';
import { PacketPool } from './packet/pool.js';
import { RANDOM, type Random, SystemRandom } from './random.js';
import { TAP, type Tap, TapFan } from './tap.js';
import { CLOCK, type Clock } from './time/clock.js';
import { SystemClock } from './time/system-clock.js';
import { TIMERS, type Timer, type Timers, TimerWheel } from './time/timers.js';
import { token } from './token.js';
import { Turn } from './turn.js';

/** The packet memory of a stack. */
export const PACKET_POOL = token<PacketPool>('pool', {
  scope: 'stack',
  contract: 'PacketPool',
  fallback: 'a PacketPool of 8192 small and 64 large slots; a lab shares one among its stacks',
  changes: 'how much memory packets may use, and with whom it is shared',
});

/** Counters of a layer: plain numbers, read at any time. */
export type Counters = Record<string, number>;

/** What a host is made of; what is left out is the real world's. */
export interface HostParts {
  name?: string;
  clock?: Clock;
  timers?: Timers;
  random?: Random;
  pool?: PacketPool;
  logger?: Logger;
  tap?: Tap | null;
}

/**
 * The world as the layers of one stack see it: time, chance, memory, the interfaces, and who watches. Every layer
 * gets it; nothing else in the stack reaches outside.
 */
@injectable()
export class Host {
  /** How traces call it. */
  name = 'host';
  readonly turn: Turn;
  readonly interfaces: NetworkInterface[] = [];
  /** Who watches; null is nobody. */
  tap: Tap | null;
  /** The counters of each layer, by its name. */
  readonly counters = new Map<string, Counters>();

  constructor(
    @inject(CLOCK) readonly clock: Clock,
    @inject(TIMERS) readonly timers: Timers,
    @inject(RANDOM) readonly random: Random,
    @inject(PACKET_POOL) readonly pool: PacketPool,
    @inject(LOGGER) readonly logger: Logger,
    @inject(TAP) tap: Tap | null,
  ) {
    this.turn = new Turn(clock);
    this.tap = tap;
  }

  /** A host made by hand: `Host.create()` lives in real time, `Host.create({ clock, random })` in yours. */
  static create(parts: HostParts = {}): Host {
    const clock = parts.clock ?? new SystemClock();
    const host = new Host(
      clock,
      parts.timers ?? new TimerWheel(clock),
      parts.random ?? new SystemRandom(),
      parts.pool ?? new PacketPool(),
      parts.logger ?? new SilentLogger(),
      parts.tap ?? null,
    );
    if (parts.name !== undefined) host.name = parts.name;
    return host;
  }

  /**
   * Attaches a device.
   * @param options.mac its address on the link; else the device's own, else one drawn at random.
   * @param options.mtu bytes; at most the device's.
   * @param options.addresses network addresses with their prefixes: '10.0.0.1/24'.
   * @throws ADDRESS_MALFORMED
   */
  attach(
    device: Device,
    options: { name?: string; mac?: MacAddress; mtu?: number; addresses?: readonly (string | Cidr)[] } = {},
  ): NetworkInterface {
    const index = this.interfaces.length;
    const mac = options.mac ?? device.address ?? MacAddress.local(0, this.random.fork(`mac ${index}`).uint32());
    const mtu = Math.min(options.mtu ?? device.mtu, device.mtu);
    const attached = new NetworkInterface(this, options.name ?? `eth${index}`, device, mac, mtu, index);
    for (const address of options.addresses ?? []) {
      const cidr = typeof address === 'string' ? Cidr.parse(address) : address;
      if (cidr === undefined) throw fail('ADDRESS_MALFORMED', { text: address });
      attached.addresses.push(cidr);
    }
    this.interfaces.push(attached);
    return attached;
  }

  /** A timer whose action runs as a turn of the stack. */
  timer(action: () => void): Timer {
    return this.timers.timer(() => this.turn.run(action));
  }

  /** One more watcher. */
  watch(tap: Tap): void {
    this.tap = this.tap === null ? tap : new TapFan([this.tap, tap]);
  }

  /**
   * Reports an error that a program's callback threw. The stack goes on; the error surfaces as an uncaught one, in a
   * turn of its own, as an event emitter's would.
   */
  fault(error: unknown): void {
    this.logger.error('a callback threw', { error });
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** The world of a stack. */
export const HOST = token<Host>('host');
