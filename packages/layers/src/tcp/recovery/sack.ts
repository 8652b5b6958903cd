import type { Segment } from '../segment/segment.js';
import type { DeliveryObserver, Flight } from '../send/flight.js';
import { seqAtMost, seqBefore } from '../sequence.js';

/** RFC 2883 section 4: a first block below the acknowledgement, or within the second block, reports a duplicate. */
export function reportsDuplicate(segment: Segment, ack: number): boolean {
  const { sack, sackBlocks } = segment;
  if (sackBlocks === 0) return false;
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
  for (let i = duplicate ? 1 : 0; i < sackBlocks; i++) {
    const left = sack[2 * i];
    const right = sack[2 * i + 1];
    if (seqBefore(left, right) && seqAtMost(ack, left) && seqAtMost(right, sndNxt)) {
      sacked += flight.sack(left, right, observer);
    }
  }
  return sacked;
}
