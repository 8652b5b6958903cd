import type { Segment } from '../segment/segment.js';
import type { DeliveryObserver, Flight } from '../send/flight.js';
import { seqAdd, seqAtMost, seqBefore } from '../sequence.js';

/** RFC 2883 section 4: a first block below the acknowledgement, or within the second block, reports a duplicate. */
export function reportsDuplicate(segment: Segment, ack: number): boolean {
  const { sack, sackBlocks } = segment;
  if (sackBlocks === 0 || !seqBefore(sack[0], sack[1])) return false;
  if (seqAtMost(sack[1], ack)) return true;
  return sackBlocks > 1 && seqAtMost(sack[2], sack[0]) && seqAtMost(sack[1], sack[3]);
}

/**
 * Marks in `flight` what a segment acknowledges selectively (RFC 2018 section 5). Blocks outside of what is in flight
 * are ignored; so is the first one where it reports a duplicate.
 * @returns bytes that are new among them.
 */
export function takeSack(
  segment: Segment,
  ack: number,
  sndNxt: number,
  flight: Flight,
  observer: DeliveryObserver,
  duplicate: boolean,
): number {
  const { sack, sackBlocks } = segment;
  let sacked = 0;
  // In the order of sequence numbers: what tells reordering from loss must not mistake the order of the blocks for it.
  let above = ack;
  for (let turn = duplicate ? 1 : 0; turn < sackBlocks; turn++) {
    let next = -1;
    for (let i = duplicate ? 1 : 0; i < sackBlocks; i++) {
      const left = sack[2 * i];
      const right = sack[2 * i + 1];
      if (!seqBefore(left, right) || !seqAtMost(above, left) || !seqAtMost(right, sndNxt)) continue;
      if (next < 0 || seqBefore(left, sack[2 * next])) next = i;
    }
    if (next < 0) break;
    sacked += flight.sack(sack[2 * next], sack[2 * next + 1], observer);
    above = seqAdd(sack[2 * next], 1);
  }
  return sacked;
}
