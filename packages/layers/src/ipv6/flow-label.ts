import type { IpAddress, Random } from '@netwright/core';

/**
 * Flow labels (RFC 6437 section 3): hard to guess, and uniform, so that routers may spread flows by them. A path that
 * tells its flow has the label of that flow, whenever it is made; any other has one of its own.
 */
export class FlowLabels {
  private readonly secret: number;

  constructor(private readonly random: Random) {
    this.secret = random.uint32();
  }

  /** @param flow what tells flows between the same two hosts apart; undefined where nobody has to find it again. */
  choose(source: IpAddress, destination: IpAddress, flow: number | undefined): number {
    if (flow === undefined) return this.random.uint32() & 0xfffff;
    let hash = stir(this.secret, flow);
    for (const { a, b, c, d } of [source, destination]) hash = stir(stir(stir(stir(hash, a), b), c), d);
    return (hash ^ (hash >>> 12)) & 0xfffff;
  }
}

/** The rounds of MurmurHash3, which each bit of `word` takes its part in. */
function stir(hash: number, word: number): number {
  let mixed = hash ^ word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) | 0;
}
