import type { Cidr } from './address/cidr.js';
import type { MacAddress } from './address/mac.js';
import type { Device, DeviceReceiver } from './device.js';
import type { Host } from './host.js';
import type { Packet } from './packet/packet.js';
import type { PacketPool } from './packet/pool.js';
import type { Reason } from './reason.js';

/** Frames and bytes through an interface (names after RFC 2863's ifTable). */
export interface InterfaceCounters {
  inFrames: number;
  inBytes: number;
  outFrames: number;
  outBytes: number;
}

/** What gets the frames of an interface: the link layer. */
export interface FrameReceiver {
  /** Takes ownership. */
  receive(packet: Packet): void;
}

/**
 * One attachment of the stack to a network (RFC 1122 calls it an interface): a device with addresses. It gathers what
 * is sent during a turn and hands it to the device in one batch.
 */
export class NetworkInterface implements DeviceReceiver {
  readonly counters: InterfaceCounters = { inFrames: 0, inBytes: 0, outFrames: 0, outBytes: 0 };
  /** Network addresses, each with its prefix. Network layers read it; change it before start or through them. */
  readonly addresses: Cidr[] = [];
  readonly pool: PacketPool;
  /** The link layer; set when it is registered. */
  link: FrameReceiver | null = null;
  opened = false;

  private outgoing: Packet[] = [];
  private spare: Packet[] = [];

  constructor(
    private readonly host: Host,
    /** 'eth0' */
    readonly name: string,
    readonly device: Device,
    /** The address it uses on the link. */
    readonly mac: MacAddress,
    /** The largest network packet it sends, in bytes. */
    readonly mtu: number,
    /** Its place among the host's interfaces. */
    readonly index: number,
  ) {
    this.pool = host.pool;
  }

  /** Opens the device. */
  async open(): Promise<void> {
    this.opened = true;
    await this.device.open(this);
  }

  /** Closes the device and lets go of what was not sent. */
  async close(): Promise<void> {
    this.opened = false;
    await this.device.close();
    for (const packet of this.outgoing) packet.release();
    this.outgoing.length = 0;
  }

  receive(batch: Packet[], count: number): void {
    const { host, link } = this;
    if (link === null || !this.opened) {
      for (let i = 0; i < count; i++) batch[i].release();
      return;
    }
    host.turn.enter();
    try {
      for (let i = 0; i < count; i++) {
        const packet = batch[i];
        packet.interface = this;
        this.counters.inFrames++;
        this.counters.inBytes += packet.end - packet.start;
        if (host.tap !== null) host.tap.frame('in', packet, this, host.turn.now);
        link.receive(packet);
      }
    } finally {
      host.turn.leave();
    }
  }

  poll(): void {
    this.host.timers.poll();
  }

  /** Sends a finished frame at the end of the turn; takes ownership. `why` is what a watcher will read. */
  transmit(packet: Packet, why: Reason | null = packet.reason): void {
    const { turn } = this.host;
    if (!turn.active) {
      turn.run(() => this.transmit(packet, why));
      return;
    }
    packet.reason = why;
    packet.interface = this;
    this.counters.outFrames++;
    this.counters.outBytes += packet.end - packet.start;
    if (this.host.tap !== null) this.host.tap.frame('out', packet, this, turn.now);
    this.outgoing.push(packet);
    if (this.outgoing.length === 1) turn.flushLater(this);
  }

  /** Called at the end of a turn. */
  flush(): void {
    const batch = this.outgoing;
    if (batch.length === 0) return;
    this.outgoing = this.spare;
    this.spare = batch;
    if (this.opened) this.device.send(batch, batch.length);
    else for (const packet of batch) packet.release();
    batch.length = 0;
  }
}
