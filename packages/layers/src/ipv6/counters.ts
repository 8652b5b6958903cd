/**
 * What the ipv6 layer counts, from 0. Of each received packet one is counted: `delivered`, `forwarded`, `fragments`, or
 * the reason for dropping it; a datagram put together of fragments is `reassembled` and `delivered` or dropped.
 */
export const ipv6Counters = () => ({
  received: 0,
  delivered: 0,
  tooShort: 0,
  badVersion: 0,
  badPayloadLength: 0,
  martianSource: 0,
  martianDestination: 0,
  /** Sent by somebody else under our address, or our own packet come back. */
  ownSource: 0,
  notForUs: 0,
  /** A group that nobody joined. */
  notJoined: 0,
  /** Addressed to one, in a frame for many. */
  broadcastForOne: 0,
  unknownProtocol: 0,
  /** Nothing follows, and nothing was meant to (next header 59). */
  noNextHeader: 0,
  /** An extension header that ends behind the packet, stands where it may not, or is one too many. */
  badExtension: 0,
  /** An option that asks to be dropped where it is not known. */
  badOption: 0,
  /** A routing header with segments left: type 0 (RFC 5095) and all others. */
  routed: 0,
  forwarded: 0,
  hopLimitExceeded: 0,
  tooBig: 0,
  noMemory: 0,
  fragments: 0,
  /** Fragments that are the whole datagram (RFC 6946); they wait for nothing. */
  fragmentsAtomic: 0,
  reassembled: 0,
  fragmentOverlaps: 0,
  fragmentDuplicates: 0,
  fragmentMalformed: 0,
  fragmentOversized: 0,
  fragmentInconsistent: 0,
  fragmentTooMany: 0,
  /** First fragments without all of their headers (RFC 7112). */
  fragmentIncomplete: 0,
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
  /** Nobody answered for the next hop. */
  unreachable: 0,
  /** Errors passed to transports. */
  errors: 0,
  pathMtuLowered: 0,
});

/** The counters of an ipv6 layer. */
export type Ipv6Counters = ReturnType<typeof ipv6Counters>;
/** The name of one of them. */
export type Ipv6Counter = keyof Ipv6Counters;
