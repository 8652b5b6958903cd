import {
  type Alarm,
  type Clock,
  type Device,
  type DeviceOffload,
  type DeviceReceiver,
  type MacAddress,
  NO_OFFLOAD,
  type Packet,
} from '@netwright/core';

/** A frame that a stack sent, and why. */
export interface SentFrame {
  readonly bytes: Uint8Array;
  readonly reason: string;
  readonly at: number;
}

/** A device of arrays: what the stack sends is kept to be read; what a test gives is received at once. */
export class ArrayDevice implements Device {
  readonly name = 'array';
  readonly address: MacAddress | null = null;
  offload: DeviceOffload = NO_OFFLOAD;
  loopback = false;
  /** Where frames go besides `sent`, 1 ms later. */
  peer: ArrayDevice | null = null;
  readonly sent: SentFrame[] = [];
  private receiver: DeviceReceiver | null = null;
  private readonly onTheWay: Uint8Array[] = [];
  private readonly alarm: Alarm;

  constructor(
    private readonly clock: Clock,
    readonly mtu = 1500,
  ) {
    this.alarm = clock.alarm(() => this.peer?.receive(...this.onTheWay.splice(0)));
  }

  open(receiver: DeviceReceiver): void {
    this.receiver = receiver;
  }

  send(batch: Packet[], count: number): void {
    for (let i = 0; i < count; i++) {
      const packet = batch[i];
      const bytes = packet.toBytes();
      this.sent.push({ bytes, reason: packet.reason?.name ?? 'none', at: this.clock.now() });
      if (this.peer !== null) this.onTheWay.push(bytes);
      packet.release();
    }
    if (this.onTheWay.length > 0) this.alarm.set(this.clock.now() + 1);
  }

  close(): void {
    this.receiver = null;
  }

  /** Gives frames to the stack, as one batch. */
  receive(...frames: Uint8Array[]): void {
    if (this.receiver === null) return;
    const batch: Packet[] = [];
    for (const frame of frames) {
      const packet = this.receiver.pool.takeWith(frame);
      if (packet !== null) batch.push(packet);
    }
    this.receiver.receive(batch, batch.length);
  }

  /** The frames sent so far; they are forgotten then. */
  take(): SentFrame[] {
    return this.sent.splice(0);
  }
}
