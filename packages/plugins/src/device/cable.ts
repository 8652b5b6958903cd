import {
  type Clock,
  type Device,
  type DeviceOffload,
  type DeviceReceiver,
  type Link,
  NO_OFFLOAD,
  type Packet,
  type PacketPool,
  type Random,
} from '@netwright/core';
import { fail } from '../errors.js';
import { copyFrame, handOver, receivedChecksum } from './hand-over.js';
import { Impairment, type ImpairmentCounters, type ImpairmentOptions } from './impairment.js';
import { AddressTable, FLOOD, type SwitchCounters, type SwitchOptions } from './switch.js';
import { Wire } from './wire.js';

/** What a cable is like, apart from the world it lies in. */
export interface CableProperties extends ImpairmentOptions {
  /** The largest network packet in a frame, in bytes; 1500 unless said otherwise. */
  mtu?: number;
  /** What its ends take off the stacks: frames in memory need no checksum and no cutting. Nothing unless said otherwise. */
  offload?: { checksum?: boolean; segmentation?: number };
  /**
   * Different impairments for what one end sends, by the name of that end ('srv:eth0' in a lab); they replace those of
   * the same name. All ends must be attached before the first is opened.
   */
  from?: Record<string, ImpairmentOptions>;
  /** How it learns addresses, with more than two ends. */
  switch?: SwitchOptions;
}

/** A cable made by hand. */
export interface CableOptions extends CableProperties {
  clock: Clock;
  random: Random;
  name?: string;
}

/** A frame's header, with an 802.1Q tag. */
const FRAME_HEADER = 18;

/**
 * An Ethernet cable in memory: `hostA.attach(cable.attach('a', hostA.pool))`. With more than two ends it is a switch
 * that learns addresses. Frames arrive in batches by an alarm of the clock, never inside `send`; between stacks that
 * share a packet pool the very packet is handed over.
 *
 * *Gotchas*: a super-segment is one frame to loss, duplication and `rate`. A cable that corrupts offloads no
 * checksums: they are what the receiver would notice it by.
 */
export class Cable implements Link {
  readonly name: string;
  readonly mtu: number;
  readonly offload: DeviceOffload;
  /** @internal */
  readonly ends: CableEnd[] = [];
  private readonly table: AddressTable;
  private up = true;

  constructor(private readonly options: CableOptions) {
    this.name = options.name ?? 'cable';
    this.mtu = options.mtu ?? 1500;
    this.table = new AddressTable(options.clock, options.switch);
    const corrupts = [options, ...Object.values(options.from ?? {})].some((each) => (each.corrupt ?? 0) > 0);
    this.offload =
      options.offload === undefined
        ? NO_OFFLOAD
        : {
            checksum: (options.offload.checksum ?? false) && !corrupts,
            segmentation: options.offload.segmentation ?? 0,
          };
  }

  attach(endpoint: string, _pool: PacketPool): Device {
    const { clock, random, from } = this.options;
    const impairment = new Impairment(random.fork(`from ${endpoint}`), { ...this.options, ...from?.[endpoint] });
    const end = new CableEnd(this, this.ends.length, endpoint, clock, impairment);
    end.wire.up = this.up;
    this.ends.push(end);
    return end;
  }

  setUp(up: boolean): void {
    this.up = up;
    for (const end of this.ends) end.wire.up = up;
  }

  /**
   * Changes what the cable is like, for what all ends send from now on, or one of them. What is left out is off; what
   * is under way arrives as it would have. It does not change what the ends offload: make a cable that is to corrupt
   * frames without `offload`.
   * @param options.end the name of one end. @param options.random a source of its own, to be the same again later.
   * @throws CABLE_END_UNKNOWN
   */
  impair(impairments: ImpairmentOptions, { end, random }: { end?: string; random?: Random } = {}): void {
    const meant = this.ends.filter((each) => end === undefined || each.endpoint === end);
    if (meant.length === 0) throw this.unknownEnd(end ?? 'none');
    for (const { endpoint, wire } of meant) wire.impairment.change(impairments, random?.fork(`from ${endpoint}`));
  }

  /** What has become of the frames that each end has sent, by its name. */
  get counters(): ReadonlyMap<string, Readonly<ImpairmentCounters>> {
    return new Map(this.ends.map((end) => [end.endpoint, end.wire.impairment.counters]));
  }

  /** What the switch has done; all 0 with two ends. */
  get switching(): Readonly<SwitchCounters> {
    return this.table.counters;
  }

  /** Frames under way. */
  get inFlight(): number {
    return this.ends.reduce((sum, end) => sum + end.wire.inFlight, 0);
  }

  /** @internal A misspelt end would leave its impairments out unnoticed. @throws CABLE_END_UNKNOWN */
  checkEnds(): void {
    for (const end of Object.keys(this.options.from ?? {})) {
      if (!this.ends.some(({ endpoint }) => endpoint === end)) throw this.unknownEnd(end);
    }
  }

  private unknownEnd(end: string): Error {
    const known = this.ends.map(({ endpoint }) => endpoint).join(', ');
    return fail('CABLE_END_UNKNOWN', { cable: this.name, end, known });
  }

  /** @internal Frames of `from` have arrived at the other side. */
  deliver(from: CableEnd, batch: Packet[], count: number): void {
    const { ends } = this;
    if (ends.length === 2) {
      const to = ends[1 - from.index];
      for (let i = 0; i < count; i++) this.pass(batch[i], from, to);
    } else {
      for (let i = 0; i < count; i++) this.forward(batch[i], from);
    }
    for (const end of ends) end.receiveInbox();
  }

  /** @internal When nobody is left to receive what an end has sent, it must not hold memory or the clock. */
  closed(): void {
    const open = this.ends.filter((end) => end.receiver !== null);
    for (const end of this.ends) {
      if (!open.some((other) => other !== end)) end.wire.impairment.counters.unreceived += end.wire.clear();
    }
  }

  private forward(packet: Packet, from: CableEnd): void {
    const port = this.table.port(packet, from.index);
    if (port >= 0) {
      this.pass(packet, from, this.ends[port]);
      return;
    }
    if (port === FLOOD) {
      for (const end of this.ends) if (end !== from) this.passCopy(packet, from, end);
    }
    packet.release();
  }

  private pass(packet: Packet, from: CableEnd, to: CableEnd): void {
    const { counters } = from.wire.impairment;
    if (to.receiver === null) {
      counters.unreceived++;
      packet.release();
      return;
    }
    const received = handOver(packet, to.receiver.pool, receivedChecksum(this.offload.checksum));
    if (received === null) counters.noSlot++;
    else to.put(received);
  }

  private passCopy(packet: Packet, from: CableEnd, to: CableEnd): void {
    if (to.receiver === null) return;
    const received = copyFrame(packet, to.receiver.pool, receivedChecksum(this.offload.checksum));
    if (received === null) from.wire.impairment.counters.noSlot++;
    else to.put(received);
  }
}

/** One end of a cable: the device of a stack. */
class CableEnd implements Device {
  readonly name: string;
  readonly mtu: number;
  readonly address = null;
  readonly offload: DeviceOffload;
  receiver: DeviceReceiver | null = null;
  /** What this end has sent. */
  readonly wire: Wire;
  private readonly inbox: Packet[] = [];
  private waiting = 0;

  constructor(
    private readonly cable: Cable,
    readonly index: number,
    readonly endpoint: string,
    clock: Clock,
    impairment: Impairment,
  ) {
    this.name = `${cable.name} ${endpoint}`;
    this.mtu = cable.mtu;
    this.offload = cable.offload;
    this.wire = new Wire(clock, impairment, (batch, count) => cable.deliver(this, batch, count));
  }

  open(receiver: DeviceReceiver): void {
    this.cable.checkEnds();
    this.receiver = receiver;
  }

  send(batch: Packet[], count: number): void {
    const largest = this.mtu + FRAME_HEADER;
    for (let i = 0; i < count; i++) {
      const packet = batch[i];
      if (packet.end - packet.start > largest && !this.takesWhole(packet)) {
        this.sendSmall(batch, count, largest);
        return;
      }
    }
    this.wire.send(batch, count);
  }

  close(): void {
    this.receiver = null;
    this.cable.closed();
  }

  put(packet: Packet): void {
    this.inbox[this.waiting++] = packet;
  }

  receiveInbox(): void {
    const count = this.waiting;
    if (count === 0) return;
    this.waiting = 0;
    if (this.receiver !== null) {
      this.receiver.receive(this.inbox, count);
      return;
    }
    // What another end did with its frames has closed this one.
    this.wire.impairment.counters.unreceived += count;
    for (let i = 0; i < count; i++) this.inbox[i].release();
  }

  private takesWhole(packet: Packet): boolean {
    return packet.segmentSize > 0 && packet.end - packet.start <= this.offload.segmentation + FRAME_HEADER;
  }

  /** Sends without those that are too large: a batch of its own, since the caller's is not to be changed. */
  private sendSmall(batch: Packet[], count: number, largest: number): void {
    const fits: Packet[] = [];
    const { counters } = this.wire.impairment;
    for (let i = 0; i < count; i++) {
      const packet = batch[i];
      if (packet.end - packet.start <= largest || this.takesWhole(packet)) {
        fits.push(packet);
        continue;
      }
      counters.sent++;
      counters.oversized++;
      packet.release();
    }
    this.wire.send(fits, fits.length);
  }
}
