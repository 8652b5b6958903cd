import type { Receiver } from '../receive/receiver.js';
import type { Segment } from '../segment/segment.js';
import type { Sender } from '../send/sender.js';
import type { Transmitter } from '../send/transmitter.js';

/** RFC 9293 section 3.7.1: what a peer can take that says nothing, over IPv4 and over IPv6. */
const DEFAULT_MSS = 536;
const DEFAULT_MSS_6 = 1220;
/** Bytes that timestamps take of each segment (RFC 7323, appendix A). */
const TIMESTAMPS = 12;

/**
 * What two ends have agreed on once the peer's SYN or SYN-ACK is there: an option holds where both have offered it
 * (RFC 7323 sections 2.2 and 3.2, RFC 2018 section 2).
 */
export function agree(
  segment: Segment,
  transmitter: Transmitter,
  sender: Sender,
  receiver: Receiver,
  now: number,
): void {
  const { facts } = transmitter;
  facts.timestamps &&= segment.hasTimestamp;
  if (facts.timestamps) receiver.firstTimestamp(segment.tsVal, now);
  if (segment.userTimeout > 0) receiver.peerUserTimeout = segment.userTimeout;
  facts.sackPermitted &&= segment.sackPermitted;
  sender.sack = receiver.sack = facts.sackPermitted;
  receiver.ownSegment = facts.mss - (facts.timestamps ? TIMESTAMPS : 0);
  if (segment.windowScale >= 0 && facts.windowScale >= 0) {
    sender.windowShift = segment.windowScale;
    receiver.windowShift = facts.windowScale;
  } else {
    facts.windowScale = -1;
  }
  // The options that every segment carries come out of the peer's MSS (section 3.7.1).
  const unsaid = transmitter.id.remoteAddress.version === 4 ? DEFAULT_MSS : DEFAULT_MSS_6;
  const peerMss = (segment.mss || unsaid) - transmitter.usualOptions;
  sender.mss = Math.max(1, Math.min(peerMss, transmitter.room));
}
