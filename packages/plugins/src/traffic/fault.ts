import {
  type Clock,
  type Device,
  type DeviceOffload,
  type DeviceReceiver,
  type MacAddress,
  NO_OFFLOAD,
  type Packet,
  type Random,
} from '@netwright/core';
import { Impairment, type ImpairmentCounters, type ImpairmentOptions } from '../device/impairment.js';
import { Wire } from '../device/wire.js';

/** What goes wrong in front of a device. */
export interface FaultOptions {
  clock: Clock;
  random: Random;
  /** With what the stack sends. */
  out?: ImpairmentOptions;
  /** With what the stack receives. */
  in?: ImpairmentOptions;
}

/**
 * Any device, with the impairments of a cable in front of it: to try a stack on a real interface under loss and delay.
 */
export class FaultDevice implements Device {
  readonly name: string;
  readonly mtu: number;
  readonly address: MacAddress | null;
  readonly offload: DeviceOffload;
  readonly loopback: boolean;
  readonly rest?: () => void;
  readonly attend?: () => void;
  private readonly outgoing: Wire;
  private readonly incoming: Wire;
  private receiver: DeviceReceiver | null = null;

  constructor(
    private readonly device: Device,
    options: FaultOptions,
  ) {
    this.name = `fault ${device.name}`;
    this.mtu = device.mtu;
    this.address = device.address;
    this.loopback = device.loopback ?? false;
    if (device.rest !== undefined) this.rest = () => device.rest?.();
    if (device.attend !== undefined) this.attend = () => device.attend?.();
    // A device that completes checksums would hide the flipped bit.
    this.offload = (options.out?.corrupt ?? 0) > 0 ? NO_OFFLOAD : device.offload;
    const { clock, random } = options;
    this.outgoing = new Wire(clock, new Impairment(random.fork('out'), options.out), (batch, count) =>
      this.device.send(batch, count),
    );
    this.incoming = new Wire(clock, new Impairment(random.fork('in'), options.in), (batch, count) =>
      this.deliver(batch, count),
    );
  }

  /** What has become of the frames, each way. */
  get counters(): { readonly out: Readonly<ImpairmentCounters>; readonly in: Readonly<ImpairmentCounters> } {
    return { out: this.outgoing.impairment.counters, in: this.incoming.impairment.counters };
  }

  /** Cuts the device off, or joins it again: while it is down, frames are lost both ways. */
  setUp(up: boolean): void {
    this.outgoing.up = this.incoming.up = up;
  }

  open(receiver: DeviceReceiver): void | Promise<void> {
    this.receiver = receiver;
    return this.device.open({
      pool: receiver.pool,
      receive: (batch, count) => this.incoming.send(batch, count),
    });
  }

  send(batch: Packet[], count: number): void {
    this.outgoing.send(batch, count);
  }

  /** What is under way is lost. */
  close(): void | Promise<void> {
    this.receiver = null;
    this.outgoing.impairment.counters.unreceived += this.outgoing.clear();
    this.incoming.impairment.counters.unreceived += this.incoming.clear();
    return this.device.close();
  }

  private deliver(batch: Packet[], count: number): void {
    if (this.receiver !== null) this.receiver.receive(batch, count);
    else for (let i = 0; i < count; i++) batch[i].release();
  }
}
