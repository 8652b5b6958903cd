import { readFileSync } from 'node:fs';
import {
  type Alarm,
  type Clock,
  type Device,
  type DeviceReceiver,
  HEADROOM,
  LARGE_SLOT,
  NO_OFFLOAD,
  type Packet,
} from '@netwright/core';
import { fail } from '../errors.js';
import { ETHERNET } from '../watch/fields.js';
import { type CapturedFrame, readCapture } from '../watch/pcap-reader.js';
import { WIRE_BATCH } from './wire.js';

/** What is played. */
export interface ReplayOptions {
  clock: Clock;
  /** A pcapng or pcap file; read when the device opens. */
  file?: string;
  /** The file's bytes, in its place. */
  bytes?: Uint8Array;
  /** Only frames of this interface of the file. */
  interface?: string;
  /** Only frames that went this way; frames of which the file does not say are played too. */
  direction?: 'in' | 'out';
  /** 2 plays twice as fast; 1 unless said otherwise. */
  speed?: number;
  mtu?: number;
}

/**
 * A device that receives the frames of a capture at the times at which they were captured, the first when it opens.
 * What the stack sends is counted and dropped.
 */
export class Replay implements Device {
  readonly name: string;
  readonly mtu: number;
  readonly address = null;
  readonly offload = NO_OFFLOAD;
  readonly counters = { played: 0, sent: 0, noSlot: 0, tooLong: 0 };
  private frames: CapturedFrame[] = [];
  private next = 0;
  private startedAt = 0;
  private wakesAt = 0;
  private receiver: DeviceReceiver | null = null;
  private readonly alarm: Alarm;
  private readonly batch: Packet[] = [];

  constructor(private readonly options: ReplayOptions) {
    this.name = `replay ${options.file ?? ''}`.trim();
    this.mtu = options.mtu ?? 1500;
    this.alarm = options.clock.alarm(() => this.play());
  }

  /** Whether every frame has been played. */
  get done(): boolean {
    return this.next >= this.frames.length;
  }

  /** @throws CAPTURE_FILE, CAPTURE_FILE_MALFORMED */
  open(receiver: DeviceReceiver): void {
    const { interface: via, direction, clock } = this.options;
    this.frames = [...readCapture(this.read())].filter(
      (each) =>
        each.linkType === ETHERNET &&
        (via === undefined || each.interface === via) &&
        (direction === undefined || each.direction === null || each.direction === direction),
    );
    this.receiver = receiver;
    this.next = 0;
    this.startedAt = clock.now();
    this.schedule();
  }

  send(batch: Packet[], count: number): void {
    this.counters.sent += count;
    for (let i = 0; i < count; i++) batch[i].release();
  }

  close(): void {
    this.receiver = null;
    this.alarm.clear();
  }

  private read(): Uint8Array {
    const { bytes, file = '' } = this.options;
    if (bytes !== undefined) return bytes;
    try {
      return readFileSync(file);
    } catch (cause) {
      throw fail('CAPTURE_FILE', { file, cause: (cause as Error).message }, undefined, cause);
    }
  }

  /** When a frame is due, ms of the clock. Frames that are out of order in the file are played as they come. */
  private due(frame: CapturedFrame): number {
    const since = Number(frame.at - this.frames[0].at) / 1e6;
    return this.startedAt + Math.max(0, since) / (this.options.speed ?? 1);
  }

  private schedule(): void {
    if (this.done) return;
    this.wakesAt = this.due(this.frames[this.next]);
    this.alarm.set(this.wakesAt);
  }

  private play(): void {
    const { receiver, batch } = this;
    if (receiver === null) return;
    // The host's alarms go off up to a millisecond early: what they were set for is due.
    const now = Math.max(this.options.clock.now(), this.wakesAt);
    let count = 0;
    for (; count < WIRE_BATCH && !this.done; this.next++) {
      const frame = this.frames[this.next];
      if (this.due(frame) > now) break;
      const packet = this.packet(frame, receiver);
      if (packet !== null) batch[count++] = packet;
    }
    this.schedule();
    this.counters.played += count;
    if (count > 0) receiver.receive(batch, count);
  }

  private packet(frame: CapturedFrame, receiver: DeviceReceiver): Packet | null {
    if (frame.bytes.length > LARGE_SLOT - HEADROOM) {
      this.counters.tooLong++;
      return null;
    }
    const packet = receiver.pool.takeWith(frame.bytes);
    if (packet === null) this.counters.noSlot++;
    return packet;
  }
}
