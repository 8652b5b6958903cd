/** Bytes in one block of a queue. */
export const BLOCK_SIZE = 16384;
const BLOCK_BITS = 14;
const BLOCK_MASK = BLOCK_SIZE - 1;

/** Blocks that queues share: an idle connection holds none. */
export class BlockPool {
  private readonly free: Uint8Array[] = [];
  /** Blocks that queues hold now. */
  inUse = 0;

  /** @param keep how many free blocks are kept for the next user. */
  constructor(private readonly keep = 1024) {}

  take(): Uint8Array {
    this.inUse++;
    return this.free.pop() ?? new Uint8Array(BLOCK_SIZE);
  }

  giveBack(block: Uint8Array): void {
    this.inUse--;
    if (this.free.length < this.keep) this.free.push(block);
  }
}

/**
 * A stretch of bytes, addressed by its distance from the front. Bytes may be placed ahead of what is there already,
 * leaving holes; who uses it knows which of them mean something.
 */
export class ByteQueue {
  private readonly blocks: Uint8Array[] = [];
  /** Where in the first block the front lies. */
  private front = 0;

  constructor(private readonly pool: BlockPool) {}

  /** Whether it holds no block. */
  get empty(): boolean {
    return this.blocks.length === 0;
  }

  /** Places `bytes[at .. at + length)` at `offset` from the front. */
  put(offset: number, bytes: Uint8Array, at: number, length: number): void {
    let position = this.front + offset;
    const end = position + length;
    while (this.blocks.length << BLOCK_BITS < end) this.blocks.push(this.pool.take());
    while (position < end) {
      const within = position & BLOCK_MASK;
      const run = Math.min(BLOCK_SIZE - within, end - position);
      copy(bytes, at, this.blocks[position >> BLOCK_BITS], within, run);
      position += run;
      at += run;
    }
  }

  /** Copies `length` bytes at `offset` from the front into `into` at `at`. */
  read(offset: number, length: number, into: Uint8Array, at: number): void {
    let position = this.front + offset;
    const end = position + length;
    while (position < end) {
      const within = position & BLOCK_MASK;
      const run = Math.min(BLOCK_SIZE - within, end - position);
      copy(this.blocks[position >> BLOCK_BITS], within, into, at, run);
      position += run;
      at += run;
    }
  }

  /** A view of the first bytes: at most `length`, and what lies in one piece. Valid until the next `drop`. */
  peek(length: number): Uint8Array {
    return this.blocks[0].subarray(this.front, Math.min(this.front + length, BLOCK_SIZE));
  }

  /** Takes `length` bytes off the front. */
  drop(length: number): void {
    this.front += length;
    while (this.front >= BLOCK_SIZE && this.blocks.length > 0) {
      this.pool.giveBack(this.blocks.shift() as Uint8Array);
      this.front -= BLOCK_SIZE;
    }
  }

  /** Gives all blocks back: nothing in it means anything any more. */
  clear(): void {
    for (const block of this.blocks) this.pool.giveBack(block);
    this.blocks.length = 0;
    this.front = 0;
  }
}

/** A short copy is faster byte by byte than through a view of the source. */
function copy(from: Uint8Array, at: number, to: Uint8Array, into: number, length: number): void {
  if (length <= 32) for (let i = 0; i < length; i++) to[into + i] = from[at + i];
  else to.set(from.subarray(at, at + length), into);
}
