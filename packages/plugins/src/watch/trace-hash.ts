import { createHash } from 'node:crypto';
import type { NetworkInterface, Stack, Tap, Watcher } from '@netwright/core';

/** Bytes gathered before they are hashed: a call for each frame would cost more than its bytes. */
const PIECE = 65_536;
/** Time and interface, in front of each frame. */
const HEADER = 12;

/** Takes the SHA-256 of every frame that is sent, with its time and its interface: two equal runs have the same. */
export class TraceHash implements Watcher {
  private readonly hash = createHash('sha256');
  private readonly piece = new Uint8Array(PIECE);
  private readonly view = new DataView(this.piece.buffer);
  private filled = 0;
  private interfaces = 0;

  tap(_stack: Stack): Tap {
    const known = new Map<NetworkInterface, number>();
    return {
      frame: (direction, packet, via, at) => {
        if (direction !== 'out') return;
        let number = known.get(via);
        if (number === undefined) {
          number = this.interfaces++;
          known.set(via, number);
        }
        this.add(number, at, packet.bytes, packet.start, packet.end);
      },
    };
  }

  /** In hexadecimal, of what was sent so far. */
  get sha256(): string {
    this.flush();
    return this.hash.copy().digest('hex');
  }

  private add(via: number, at: number, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.filled + HEADER + length > PIECE) this.flush();
    this.view.setFloat64(this.filled, at);
    this.view.setUint32(this.filled + 8, via);
    this.filled += HEADER;
    if (length > PIECE - HEADER) {
      this.flush();
      this.hash.update(bytes.subarray(start, end));
      return;
    }
    this.piece.set(bytes.subarray(start, end), this.filled);
    this.filled += length;
  }

  private flush(): void {
    this.hash.update(this.piece.subarray(0, this.filled));
    this.filled = 0;
  }
}
