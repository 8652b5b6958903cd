import {
  type Clock,
  type Device,
  type DeviceReceiver,
  MacAddress,
  NO_OFFLOAD,
  type Packet,
  SeededRandom,
} from '@netwright/core';
import { handOver, receivedChecksum } from './hand-over.js';
import { Impairment, type ImpairmentCounters } from './impairment.js';
import { Wire } from './wire.js';

/** A device from which everything that is sent comes back to the same stack, in a turn of its own. */
export class Loopback implements Device {
  readonly name = 'loopback';
  /** As Linux has it on lo. */
  readonly address = MacAddress.zero;
  readonly offload = NO_OFFLOAD;
  readonly loopback = true;
  private readonly wire: Wire;
  private receiver: DeviceReceiver | null = null;

  /** @param mtu bytes; the largest IPv4 packet unless said otherwise. */
  constructor(
    clock: Clock,
    readonly mtu = 65535,
  ) {
    // Nothing is impaired, so nothing is drawn.
    this.wire = new Wire(clock, new Impairment(new SeededRandom(0)), (batch, count) => this.deliver(batch, count));
  }

  get counters(): Readonly<ImpairmentCounters> {
    return this.wire.impairment.counters;
  }

  open(receiver: DeviceReceiver): void {
    this.receiver = receiver;
  }

  send(batch: Packet[], count: number): void {
    this.wire.send(batch, count);
  }

  close(): void {
    this.receiver = null;
    this.wire.clear();
  }

  private deliver(batch: Packet[], count: number): void {
    const { receiver } = this;
    if (receiver === null) {
      for (let i = 0; i < count; i++) batch[i].release();
      return;
    }
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const packet = handOver(batch[i], receiver.pool, receivedChecksum(false));
      if (packet === null) this.wire.impairment.counters.noSlot++;
      else batch[kept++] = packet;
    }
    if (kept > 0) receiver.receive(batch, kept);
  }
}
