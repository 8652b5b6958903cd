import { createHash } from 'node:crypto';

/** Bytes that are made at a time to take their digest. */
const PIECE = 16_384;

/** An endless stream of bytes that one number decides: any part of it can be made again. */
export class Payload {
  constructor(private readonly seed: number) {}

  /** `length` bytes of it from `at` on. */
  bytes(at: number, length: number): Uint8Array {
    // Whole words are made; what is asked for begins within the first of them.
    const first = Math.floor(at / 4);
    const words = new Uint8Array(4 * (Math.ceil((at + length) / 4) - first));
    const view = new DataView(words.buffer);
    for (let i = 0; i < words.length; i += 4) view.setInt32(i, this.word(first + i / 4));
    return words.subarray(at - 4 * first, at - 4 * first + length);
  }

  /** SHA-256, in hexadecimal, of its first `length` bytes. */
  digest(length: number): string {
    const hash = createHash('sha256');
    for (let at = 0; at < length; at += PIECE) hash.update(this.bytes(at, Math.min(PIECE, length - at)));
    return hash.digest('hex');
  }

  /** The finalizer of splitmix32: each word of the stream by its place. */
  private word(place: number): number {
    let z = (this.seed + Math.imul(place, 0x9e3779b9)) | 0;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  }
}
