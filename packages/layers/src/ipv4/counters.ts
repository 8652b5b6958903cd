/**
 * What the ipv4 layer counts, from 0. Of each received packet one is counted: `delivered`, `forwarded`, `fragments`, or
 * the reason for dropping it; a datagram put together of fragments is `reassembled` and `delivered` or dropped.
 */
export const ipv4Counters = () => ({
  received: 0,
  delivered: 0,
  tooShort: 0,
  badVersion: 0,
  badHeaderLength: 0,
  badTotalLength: 0,
  badChecksum: 0,
  martianSource: 0,
  martianDestination: 0,
  /** Sent by somebody else under our address, or our own packet come back. */
  ownSource: 0,
  notForUs: 0,
  /** A group that nobody joined. */
  notJoined: 0,
  /** Addressed to one, in a frame for many (RFC 1122 section 3.3.6). */
  broadcastForOne: 0,
  unknownProtocol: 0,
  /** Options that make no sense, and source routes, which are not wanted (RFC 7126). */
  badOptions: 0,
  sourceRouted: 0,
  forwarded: 0,
  ttlExceeded: 0,
  fragmentationNeeded: 0,
  noMemory: 0,
  fragments: 0,
  reassembled: 0,
  fragmentOverlaps: 0,
  fragmentDuplicates: 0,
  fragmentMalformed: 0,
  fragmentOversized: 0,
  fragmentTiny: 0,
  fragmentInconsistent: 0,
  fragmentTooMany: 0,
  datagramsOverlapping: 0,
  datagramsExpired: 0,
  datagramsEvicted: 0,
  datagramsUnusable: 0,
  sent: 0,
  /** Packets sent that had to be cut, and the pieces. */
  fragmented: 0,
  fragmentsSent: 0,
  noRoute: 0,
  tooLong: 0,
  /** Larger than the path takes, and not to be fragmented. */
  cannotFragment: 0,
  /** Packets whose gateway did not answer, sent by another one. */
  detoured: 0,
  /** Nobody answered for the next hop. */
  unreachable: 0,
  /** Errors passed to transports. */
  errors: 0,
  pathMtuLowered: 0,
});

/** The counters of an ipv4 layer. */
export type Ipv4Counters = ReturnType<typeof ipv4Counters>;
/** The name of one of them. */
export type Ipv4Counter = keyof Ipv4Counters;
