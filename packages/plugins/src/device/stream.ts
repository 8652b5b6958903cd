import {
  type Alarm,
  type Clock,
  type Device,
  type DeviceReceiver,
  HEADROOM,
  LARGE_SLOT,
  type MacAddress,
  NO_OFFLOAD,
  type Packet,
  SystemClock,
} from '@netwright/core';
import { PacketRing } from './ring.js';

/** Two streams of Ethernet frames without their check sequence, one frame a chunk. */
export interface FrameStreams {
  /** Frames that arrive. */
  readonly readable: ReadableStream<Uint8Array>;
  /** Frames to be sent; each chunk is the sink's to keep. */
  readonly writable: WritableStream<Uint8Array>;
}

/** What a stream device has counted. */
export type StreamCounters = {
  received: number;
  sent: number;
  /** The other side takes frames too slowly, and the queue was full. */
  queueDropped: number;
  /** Larger than the MTU allows. */
  oversized: number;
  /** Sent while nobody was connected, or after the other side had ended. */
  unconnected: number;
  /** Arrived while the packet pool was empty. */
  noSlot: number;
  /** Arrived, and larger than a packet may be. */
  tooLong: number;
  /** Arrived faster than the stack took them, over a line that cannot be told to wait. */
  receiveDropped: number;
  /** Arrived, and were no frames: text, or nothing. */
  malformed: number;
};

/** What a stream device may be told. */
export interface StreamDeviceOptions {
  /** 'stream' unless said otherwise. */
  name?: string;
  /** Bytes of the largest network packet; 1500 unless said otherwise. */
  mtu?: number;
  /** Frames that may wait while the other side is slow; 256 unless said otherwise. More are dropped and counted. */
  queue?: number;
  address?: MacAddress | null;
  clock?: Clock;
  /** Told once, when the line fails; an orderly end is none. */
  failed?: (error: unknown) => void;
}

/** Ethernet's header with two VLAN tags. */
const LINK_HEADER = 22;
/** Frames handed to the stack at once. No more is read until they were. */
const BATCH = 128;
/** The largest frame that a packet can hold, in bytes. */
export const LARGEST_FRAME = LARGE_SLOT - HEADROOM;

/**
 * Ethernet frames over a pair of web streams: `new StreamDevice(readable, writable)`. Whatever carries frames becomes a
 * network card by it: a WebSocket ({@link webSocketFrames}), a virtual machine ({@link qemuFrames}, {@link sourceFrames}),
 * another worker.
 *
 * *Gotchas*: a stream costs promises for each frame; between stacks of one process a cable is the quicker way. Back-
 * pressure of the other side fills a queue here, and then frames are lost, as on any network: TCP slows down by it.
 */
export class StreamDevice implements Device {
  readonly name: string;
  readonly mtu: number;
  readonly address: MacAddress | null;
  readonly offload = NO_OFFLOAD;
  readonly counters: StreamCounters = {
    received: 0,
    sent: 0,
    queueDropped: 0,
    oversized: 0,
    unconnected: 0,
    noSlot: 0,
    tooLong: 0,
    receiveDropped: 0,
    malformed: 0,
  };
  /** Why the line failed; null while it has not. */
  problem: unknown = null;

  private source: () => FrameStreams | Promise<FrameStreams>;
  private readonly options: StreamDeviceOptions;
  private readonly limit: number;
  private receiver: DeviceReceiver | null = null;
  private reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  private writer: WritableStreamDefaultWriter<Uint8Array> | null = null;
  /** Whether frames can be sent. */
  private up = false;
  /** What waits for the other side. */
  private readonly queue = new PacketRing();
  private writerIsBusy = false;
  /** What waits for the stack. */
  private readonly inbox: Packet[] = [];
  private waiting = 0;
  private readonly alarm: Alarm;
  private readonly clock: Clock;
  private resumeReading: (() => void) | null = null;

  constructor(
    readable: ReadableStream<Uint8Array>,
    writable: WritableStream<Uint8Array>,
    options: StreamDeviceOptions = {},
  ) {
    this.source = () => ({ readable, writable });
    this.options = options;
    this.name = options.name ?? 'stream';
    this.mtu = options.mtu ?? 1500;
    this.address = options.address ?? null;
    this.limit = options.queue ?? 256;
    this.clock = options.clock ?? new SystemClock();
    this.alarm = this.clock.alarm(() => this.deliver());
  }

  /**
   * A device whose streams are made when it opens: connecting is a part of starting the stack.
   * @param make is given the device's counters, to count what gets lost on its side.
   */
  static opening(
    make: (counters: StreamCounters) => FrameStreams | Promise<FrameStreams>,
    options: StreamDeviceOptions = {},
  ): StreamDevice {
    const device = new StreamDevice(new ReadableStream(), new WritableStream(), options);
    device.source = () => make(device.counters);
    return device;
  }

  /** Whether frames can be sent. */
  get connected(): boolean {
    return this.up;
  }

  async open(receiver: DeviceReceiver): Promise<void> {
    const { readable, writable } = await this.source();
    this.receiver = receiver;
    this.reader = readable.getReader();
    this.writer = writable.getWriter();
    this.up = true;
    this.writer.closed.catch((error) => this.fail(error));
    void this.read(this.reader);
  }

  send(batch: Packet[], count: number): void {
    const { counters, queue } = this;
    for (let i = 0; i < count; i++) {
      const packet = batch[i];
      if (!this.up) counters.unconnected++;
      else if (packet.length > this.mtu + LINK_HEADER) counters.oversized++;
      else if (queue.count >= this.limit) counters.queueDropped++;
      else {
        queue.push(packet, 0);
        continue;
      }
      packet.release();
    }
    this.write();
  }

  close(): void {
    const { reader, writer } = this;
    // What still waits is given to the sink, which may send it or not: the reset of a connection is often the last.
    if (writer !== null && this.up) while (this.queue.count > 0) this.writeFirst(writer);
    this.hangUp();
    this.receiver = this.reader = this.writer = null;
    this.alarm.clear();
    this.drop();
    this.resumeReading?.();
    writer?.close().catch(() => {});
    reader?.cancel().catch(() => {});
  }

  private write(): void {
    const { writer, queue } = this;
    if (writer === null || !this.up || this.writerIsBusy) return;
    while (queue.count > 0) {
      if ((writer.desiredSize ?? 0) <= 0) {
        this.writerIsBusy = true;
        writer.ready.then(
          () => {
            this.writerIsBusy = false;
            this.write();
          },
          () => {},
        );
        return;
      }
      this.writeFirst(writer);
    }
  }

  private writeFirst(writer: WritableStreamDefaultWriter<Uint8Array>): void {
    const packet = this.queue.shift();
    this.counters.sent++;
    // What makes a write fail makes `closed` fail, too.
    writer.write(packet.toBytes()).catch(() => {});
    packet.release();
  }

  private async read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        this.arrived(next.value);
        // A source that always has one more would keep the event loop for itself.
        if (this.waiting >= BATCH) await new Promise<void>((resolve) => (this.resumeReading = resolve));
      }
    } catch (error) {
      this.fail(error);
    }
    this.hangUp();
  }

  private arrived(frame: unknown): void {
    const { counters, receiver } = this;
    if (receiver === null) return;
    if (!(frame instanceof Uint8Array) || frame.length === 0) counters.malformed++;
    else if (frame.length > LARGEST_FRAME) counters.tooLong++;
    else {
      const packet = receiver.pool.takeWith(frame);
      if (packet === null) counters.noSlot++;
      else {
        counters.received++;
        this.inbox[this.waiting++] = packet;
        if (this.waiting === 1) this.alarm.set(this.clock.now());
      }
    }
  }

  /** Gives the stack what has arrived, in a turn of the event loop of its own. */
  private deliver(): void {
    const { receiver, waiting } = this;
    this.waiting = 0;
    if (waiting === BATCH) receiver?.poll?.();
    if (receiver !== null) receiver.receive(this.inbox, waiting);
    this.resumeReading?.();
    this.resumeReading = null;
  }

  private drop(): void {
    for (let i = 0; i < this.waiting; i++) this.inbox[i].release();
    this.waiting = 0;
  }

  private fail(error: unknown): void {
    if (this.problem === null && this.receiver !== null) {
      this.problem = error;
      this.options.failed?.(error);
    }
    this.hangUp();
  }

  /** The line is gone: what waits for it is lost. */
  private hangUp(): void {
    this.up = false;
    this.counters.unconnected += this.queue.count;
    while (this.queue.count > 0) this.queue.shift().release();
  }
}
