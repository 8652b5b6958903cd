import type { Random } from '@netwright/core';

const ROUNDS = 4;

/**
 * Identifications of fragmented packets: no two of 2^32 in a row are the same (RFC 8200 section 4.5), and none tells the
 * next one (RFC 7739): a counter, shuffled by a Feistel cipher with keys that are drawn.
 */
export class Identifications {
  private readonly keys: number[];
  private count: number;

  constructor(random: Random) {
    this.keys = Array.from({ length: ROUNDS }, () => random.uint32());
    this.count = random.uint32();
  }

  /** 32 bits. */
  next(): number {
    const { count } = this;
    this.count = (count + 1) >>> 0;
    let left = count >>> 16;
    let right = count & 0xffff;
    for (const key of this.keys) {
      const mixed = Math.imul(right ^ key, 0x9e3779b1);
      [left, right] = [right, left ^ ((mixed ^ (mixed >>> 15)) & 0xffff)];
    }
    return ((left << 16) | right) >>> 0;
  }
}
