import {
  type Clock,
  type Device,
  type DeviceReceiver,
  type MacAddress,
  NO_OFFLOAD,
  type Packet,
} from '@netwright/core';

/** A frame that the stack sent. */
export interface CapturedFrame {
  readonly bytes: Uint8Array;
  /** ms of the clock */
  readonly at: number;
  /** The stack's own word for why. */
  readonly reason: string;
}

/** The link of a script: what the stack sends is kept for the script to expect, what it injects arrives at once. */
export class DrillDevice implements Device {
  readonly name = 'drill';
  readonly address: MacAddress | null = null;
  readonly offload = NO_OFFLOAD;
  readonly captured: CapturedFrame[] = [];
  private receiver: DeviceReceiver | null = null;

  constructor(
    private readonly clock: Clock,
    readonly mtu: number,
  ) {}

  open(receiver: DeviceReceiver): void {
    this.receiver = receiver;
  }

  send(batch: Packet[], count: number): void {
    for (let i = 0; i < count; i++) {
      const packet = batch[i];
      this.captured.push({ bytes: packet.toBytes(), at: this.clock.now(), reason: packet.reason?.name ?? '' });
      packet.release();
    }
  }

  close(): void {
    this.receiver = null;
  }

  /**
   * Gives the stack a frame.
   * @param segmentSize bytes of payload of each segment that a larger packet stands for; 0 for a plain one.
   */
  inject(frame: Uint8Array, segmentSize: number): void {
    const packet = this.receiver?.pool.takeWith(frame) ?? null;
    if (packet === null || this.receiver === null) throw new Error('the stack takes no frame');
    packet.segmentSize = segmentSize;
    this.receiver.receive([packet], 1);
  }
}
