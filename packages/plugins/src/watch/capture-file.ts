import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type Clock,
  explain,
  type NetworkInterface,
  type Packet,
  type Stack,
  type Tap,
  type Watcher,
} from '@netwright/core';
import { fail } from '../errors.js';
import { fillChecksum } from './checksum-fill.js';
import { type Direction, PcapngWriter } from './pcapng.js';
import { type Recorded, takesDown } from './recorded.js';

/** What a capture file holds. */
export interface CaptureFileOptions {
  clock: Clock;
  /** Where it is written; absent: kept in memory, see {@link CaptureFile.bytes}. */
  file?: string;
  /** Which frames; `auto` unless said otherwise. */
  record?: Recorded;
  /** Bytes after which frames are no longer written, only counted; 256 MiB in memory and no limit in a file unless said otherwise. */
  limit?: number;
}

const MEMORY_LIMIT = 256 * 1024 * 1024;

/**
 * Takes down the frames of one stack or several in one pcapng file. Each interface is one of the file's, named
 * 'node:eth0'; the comment of a frame that was sent is why it was. Transport checksums that a stack left to its
 * device are completed in the file.
 *
 * *Gotchas*: `record` decides whether a frame between two watched stacks is in the file once or twice.
 */
export class CaptureFile implements Watcher {
  readonly counters = { frames: 0, skipped: 0 };
  private readonly writer: PcapngWriter;
  private readonly pieces: Uint8Array[] = [];
  private readonly limit: number;
  private descriptor: number | null = null;
  private stacks = 0;
  private starts = 0;

  constructor(private readonly options: CaptureFileOptions) {
    this.limit = options.limit ?? (options.file === undefined ? MEMORY_LIMIT : Number.POSITIVE_INFINITY);
    this.writer = new PcapngWriter((piece) => this.keep(piece));
  }

  /** Opens the file. @throws CAPTURE_FILE */
  start(): void {
    const { file } = this.options;
    if (this.starts++ > 0 || file === undefined) return;
    try {
      mkdirSync(dirname(file), { recursive: true });
      this.descriptor = openSync(file, 'w');
    } catch (cause) {
      throw fail('CAPTURE_FILE', { file, cause: (cause as Error).message }, undefined, cause);
    }
  }

  /** Writes what waits and closes the file; where several stacks have started it, the last one does. */
  stop(): void {
    if (this.starts === 0 || --this.starts > 0) return;
    this.writer.flush();
    if (this.descriptor === null) return;
    for (const piece of this.pieces.splice(0)) writeSync(this.descriptor, piece);
    closeSync(this.descriptor);
    this.descriptor = null;
  }

  tap(stack: Stack): Tap {
    return this.tapOf(() => stack.name);
  }

  /** A tap for a host that is no stack: `host.watch(file.tapOf(() => host.name))`. */
  tapOf(name: () => string): Tap {
    this.stacks++;
    const known = new Map<NetworkInterface, number>();
    return {
      frame: (direction, packet, via, at) => {
        if (!takesDown(this.options.record ?? 'auto', direction, this.stacks)) return;
        if (this.writer.size > this.limit) {
          this.counters.skipped++;
          return;
        }
        let number = known.get(via);
        if (number === undefined) {
          number = this.writer.addInterface(`${name()}:${via.name}`);
          known.set(via, number);
        }
        this.add(number, direction, packet, at);
      },
    };
  }

  /** The capture so far, where it is kept in memory. */
  bytes(): Uint8Array {
    this.writer.flush();
    return new Uint8Array(Buffer.concat(this.pieces));
  }

  private add(via: number, direction: Direction, packet: Packet, at: number): void {
    this.counters.frames++;
    const frame = packet.toBytes();
    fillChecksum(frame, packet);
    const comment = direction === 'out' ? explain(packet.reason, packet.decider) : '';
    this.writer.addFrame(via, nanoseconds(this.options.clock.epoch, at), frame, direction, comment);
  }

  private keep(piece: Uint8Array): void {
    if (this.descriptor === null) this.pieces.push(piece);
    else writeSync(this.descriptor, piece);
  }
}

/** Ns since 1970: the two are added as whole numbers, since their sum has more digits than a double. */
function nanoseconds(epoch: number, at: number): bigint {
  return BigInt(Math.round(epoch * 1000)) * 1000n + BigInt(Math.round(at * 1e6));
}
