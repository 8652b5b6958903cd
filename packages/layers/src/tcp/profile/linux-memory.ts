/** Bytes of memory that a packet takes besides its payload: within a block of a power of two, and beside that. */
const WITHIN = 424;
const BESIDE = 256;
const PAGE = 4096;

/** What keeping a segment of so many bytes takes. What does not fit into one page lies in further ones. */
export function costOf(length: number, options: number): number {
  const within = length + options + WITHIN;
  const further = within - PAGE;
  return BESIDE + (further > 0 ? PAGE * (1 + Math.ceil(further / PAGE)) : 2 ** Math.ceil(Math.log2(within)));
}

/**
 * The memory that received bytes take. A short segment goes into what the last one has left of its block; a block is let
 * go of when all of it was read. Numbers of a ring: nothing is made for a segment.
 */
export class ReceiveMemory {
  /** Bytes that are taken. */
  used = 0;
  private bytes = new Int32Array(16);
  private costs = new Int32Array(16);
  private head = 0;
  private count = 0;
  /** Bytes that the last block has left. */
  private left = 0;
  private aheadBytes = 0;
  private aheadCost = 0;

  /** A segment came that stands next. */
  keep(length: number, options: number, cost: number): void {
    if (this.count > 0 && length <= this.left) {
      this.left -= length;
      this.bytes[(this.head + this.count - 1) & (this.bytes.length - 1)] += length;
      return;
    }
    this.used += cost;
    this.append(length, cost);
    this.left = Math.max(0, cost - BESIDE - WITHIN - options - length);
  }

  /** One beyond a hole. */
  keepAhead(length: number, cost: number): void {
    this.used += cost;
    this.aheadBytes += length;
    this.aheadCost += cost;
  }

  /** So many of the bytes beyond a hole are next now. */
  join(length: number): void {
    if (this.aheadBytes <= 0) return;
    const share = Math.min(1, length / this.aheadBytes);
    const cost = Math.round(this.aheadCost * share);
    this.aheadBytes -= Math.min(length, this.aheadBytes);
    this.aheadCost -= cost;
    this.append(length, cost);
    this.left = 0;
  }

  /** So many bytes were read. */
  free(length: number): void {
    const mask = this.bytes.length - 1;
    for (let rest = length; rest > 0 && this.count > 0; ) {
      const first = this.head & mask;
      if (this.bytes[first] > rest) {
        this.bytes[first] -= rest;
        return;
      }
      rest -= this.bytes[first];
      this.used -= this.costs[first];
      this.head++;
      this.count--;
    }
  }

  private append(length: number, cost: number): void {
    if (this.count === this.bytes.length) this.grow();
    const last = (this.head + this.count++) & (this.bytes.length - 1);
    this.bytes[last] = length;
    this.costs[last] = cost;
  }

  private grow(): void {
    const mask = this.bytes.length - 1;
    const bytes = new Int32Array(2 * this.bytes.length);
    const costs = new Int32Array(2 * this.bytes.length);
    for (let i = 0; i < this.count; i++) {
      bytes[i] = this.bytes[(this.head + i) & mask];
      costs[i] = this.costs[(this.head + i) & mask];
    }
    this.bytes = bytes;
    this.costs = costs;
    this.head = 0;
  }
}
