import { fail } from '../errors.js';
import { type FrameStreams, LARGEST_FRAME } from './stream.js';

/** Bytes of the length before each frame: a big-endian number of 32 bits. */
const LENGTH = 4;

/**
 * Takes QEMU's socket framing apart: pieces of a byte stream go in, frames come out. A frame that lies within one piece
 * is a view of it; only one that is spread over several is put together.
 */
export class QemuDeframer {
  private length = 0;
  /** Bytes of the length that have come; at 4 the frame is next. */
  private lengthBytes = 0;
  private frame: Uint8Array | null = null;
  private have = 0;

  /** @param largest bytes of the largest frame. */
  constructor(private readonly largest = LARGEST_FRAME) {}

  /**
   * Hands every frame that is complete with `bytes` to `each`.
   * @throws STREAM_FRAME_LENGTH when a length cannot be one: whatever follows is no longer understood.
   */
  push(bytes: Uint8Array, each: (frame: Uint8Array) => void): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.lengthBytes < LENGTH) {
        // 4 GiB - 1 does not fit into 32 signed bits.
        this.length = this.length * 256 + bytes[at++];
        if (++this.lengthBytes === LENGTH) this.check();
        continue;
      }
      const missing = this.length - this.have;
      const piece = bytes.subarray(at, at + missing);
      at += piece.length;
      if (this.have === 0 && piece.length === this.length) {
        this.next();
        each(piece);
        continue;
      }
      this.frame ??= new Uint8Array(this.length);
      this.frame.set(piece, this.have);
      this.have += piece.length;
      if (this.have < this.length) continue;
      const { frame } = this;
      this.next();
      each(frame);
    }
  }

  private check(): void {
    const { length, largest } = this;
    if (length === 0 || length > largest) throw fail('STREAM_FRAME_LENGTH', { length, largest });
  }

  private next(): void {
    this.length = this.lengthBytes = this.have = 0;
    this.frame = null;
  }
}

/** A frame as QEMU's socket framing has it. */
export function qemuFramed(frame: Uint8Array): Uint8Array {
  const framed = new Uint8Array(LENGTH + frame.length);
  new DataView(framed.buffer).setUint32(0, frame.length);
  framed.set(frame, LENGTH);
  return framed;
}

/**
 * The frames of two byte streams in QEMU's socket framing (`-netdev socket`, `-netdev stream`), whatever carries the
 * bytes. A length that cannot be one ends the streams with STREAM_FRAME_LENGTH.
 */
export function qemuFrames(bytes: FrameStreams, largest = LARGEST_FRAME): FrameStreams {
  const deframer = new QemuDeframer(largest);
  const frames = new TransformStream<Uint8Array, Uint8Array>({
    transform: (piece, controller) => deframer.push(piece, (frame) => controller.enqueue(frame)),
  });
  const framing = new TransformStream<Uint8Array, Uint8Array>({
    transform: (frame, controller) => controller.enqueue(qemuFramed(frame)),
  });
  // What breaks either is seen at the other end of it.
  framing.readable.pipeTo(bytes.writable).catch(() => {});
  return { readable: bytes.readable.pipeThrough(frames), writable: framing.writable };
}
