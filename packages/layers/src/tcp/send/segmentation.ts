/** What there is to send, and what would let it go. There is one, filled anew for each decision: keep nothing of it. */
export class SendFacts {
  /** Bytes queued and never sent. */
  queued = 0;
  /** Bytes that the peer's window and the congestion window leave. */
  window = 0;
  /** Payload bytes of one segment. */
  mss = 0;
  /** Payload bytes that one packet may carry: a multiple of `mss` where the device segments, else `mss`. */
  largest = 0;
  /** Bytes sent and not acknowledged. */
  inFlight = 0;
  /** Whether nothing was in flight before this turn's sending began. */
  idle = false;
  /** Whether a segment smaller than `mss` is among them. */
  smallInFlight = false;
  /** The largest window that the peer has offered, in bytes. */
  maxWindow = 0;
  /** The application asked not to wait (TCP_NODELAY). */
  noDelay = false;
  /** The application says that more comes (TCP_CORK, MSG_MORE). */
  corked = false;
  /** The application has finished: nothing comes after what is queued. */
  finished = false;
}

/** What there is besides where segments are gathered. There is one, filled anew for each decision: keep nothing of it. */
export class GatherFacts extends SendFacts {
  /** Bytes of the congestion window, and of it those believed to be in the network. */
  cwnd = 0;
  pipe = 0;
  /** Bytes that the peer's window leaves, and all of it. */
  offered = 0;
  sndWnd = 0;
  /** Bytes a ms that the connection would be paced at; Infinity before the round trip is known. */
  rate = 0;
  /** Round trips in ms: the smoothed one, and the least, which is Infinity before it is known. */
  srtt = 0;
  minRtt = 0;
  /** The time, when data was sent last, and when the oldest in flight was; -1 where nothing is. All in ms. */
  now = 0;
  sentAt = 0;
  oldestAt = 0;
  /** A loss is being repaired. */
  recovering = false;
}

/** Cuts the stream into segments. */
export interface Segmentation {
  /**
   * How many segments leave as one, the last of which pushes, where the device does not gather them; 0 waits for more.
   * A policy without it has each leave by itself.
   */
  gather?(facts: GatherFacts): number;
  /** The same for what is sent again: at least 1. */
  gatherAgain?(facts: GatherFacts): number;
  /** Payload bytes to send now in one packet: 1..`largest`; 0 waits. */
  next(facts: SendFacts): number;
  /** Whether this packet, of `length` bytes of which `facts.queued` are queued, pushes (RFC 9293 section 3.9.1.2). */
  push(facts: SendFacts, length: number): boolean;
}

/**
 * Sends full segments; a smaller one only when sender silly-window avoidance (RFC 9293 section 3.8.6.2.1) and the
 * Nagle algorithm (section 3.7.4) let it: nothing is in flight, or delays are not wanted, or it is half the largest
 * window that the peer ever offered.
 */
export class NagleSegmentation implements Segmentation {
  next(facts: SendFacts): number {
    const sendable = Math.min(facts.queued, facts.window, facts.largest);
    if (sendable >= facts.mss) {
      // Whole segments, unless the rest goes along with them anyway.
      const whole = sendable - (sendable % facts.mss);
      return sendable === facts.queued && this.mayBeSmall(facts) ? sendable : whole;
    }
    if (sendable <= 0) return 0;
    if (sendable === facts.queued && this.mayBeSmall(facts)) return sendable;
    return sendable >= facts.maxWindow / 2 ? sendable : 0;
  }

  push(facts: SendFacts, length: number): boolean {
    return length === facts.queued;
  }

  private mayBeSmall(facts: SendFacts): boolean {
    if (facts.finished) return true;
    if (facts.corked) return false;
    return facts.noDelay || !this.waits(facts);
  }

  /** Whether what is in flight holds a small segment back. */
  protected waits(facts: SendFacts): boolean {
    return facts.inFlight > 0;
  }
}

/**
 * Nagle's algorithm as Minshall changed it (draft-minshall-nagle-01), and as Linux has it: a small segment waits for
 * another small one only, so that the end of a large write does not wait for the acknowledgement of its beginning.
 */
export class MinshallSegmentation extends NagleSegmentation {
  protected override waits(facts: SendFacts): boolean {
    return facts.smallInFlight;
  }
}

/**
 * Nagle's algorithm as BSD has it: what is written while nothing is in flight leaves at once, to its small end. Only
 * what comes later waits.
 */
export class BsdSegmentation extends NagleSegmentation {
  protected override waits(facts: SendFacts): boolean {
    return !facts.idle;
  }
}

/** Segments of at most `bytes`, without waiting: what an application's stream looks like in a debugger, or to an IDS. */
export class FixedSegmentation implements Segmentation {
  constructor(private readonly bytes: number) {}

  next(facts: SendFacts): number {
    return Math.max(0, Math.min(facts.queued, facts.window, facts.mss, this.bytes));
  }

  push(): boolean {
    return true;
  }
}
