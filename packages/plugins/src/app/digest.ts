import { createHash } from 'node:crypto';

/** Counts bytes and takes their SHA-256 as they pass: both ends of a transfer report the same. */
export class Digest {
  bytes = 0;
  private readonly hash = createHash('sha256');

  add(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    this.hash.update(bytes);
  }

  /** In hexadecimal, of what has passed so far. */
  get sha256(): string {
    return this.hash.copy().digest('hex');
  }
}
