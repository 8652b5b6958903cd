import type { MacAddress } from '../address/mac.js';
import { type Device, type DeviceOffload, type DeviceReceiver, NO_OFFLOAD } from '../device.js';
import type { Packet } from '../packet/packet.js';
import { explain } from '../reason.js';

/** A frame that a stack sent. */
export interface SentFrame {
  readonly bytes: Uint8Array;
  /** The name of the reason: 'arp.reply'; null where the frame had none. */
  readonly reason: string | null;
  /** The reason with what was overridden, as watchers print it. */
  readonly why: string;
}

/** A device whose cable is an array: what the stack sends is kept, what arrives is put in by the test. */
export class MemoryDevice implements Device {
  readonly name: string;
  readonly mtu: number;
  readonly address: MacAddress | null;
  readonly offload: DeviceOffload;
  /** All that the stack has sent, the first one first. */
  readonly sent: SentFrame[] = [];
  /** How often the stack sent: once for each turn in which it had something to send. */
  batches = 0;
  opened = false;
  private receiver: DeviceReceiver | null = null;

  constructor(options: { name?: string; mtu?: number; address?: MacAddress; offload?: DeviceOffload } = {}) {
    this.name = options.name ?? 'memory';
    this.mtu = options.mtu ?? 1500;
    this.address = options.address ?? null;
    this.offload = options.offload ?? NO_OFFLOAD;
  }

  open(receiver: DeviceReceiver): void {
    this.opened = true;
    this.receiver = receiver;
  }

  send(batch: Packet[], count: number): void {
    this.batches++;
    for (let i = 0; i < count; i++) {
      const packet = batch[i];
      const { reason, decider } = packet;
      this.sent.push({ bytes: packet.toBytes(), reason: reason?.name ?? null, why: explain(reason, decider) });
      packet.release();
    }
  }

  close(): void {
    this.opened = false;
    this.receiver = null;
  }

  /**
   * Lets frames arrive, all in one batch.
   * @returns how many were taken: none while it is closed, fewer when the packet memory is used up.
   */
  inject(...frames: readonly Uint8Array[]): number {
    const { receiver } = this;
    if (receiver === null) return 0;
    const batch = frames.flatMap((each) => receiver.pool.takeWith(each) ?? []);
    receiver.receive(batch, batch.length);
    return batch.length;
  }

  /** Takes what was sent since the last time. */
  take(): SentFrame[] {
    return this.sent.splice(0);
  }
}
