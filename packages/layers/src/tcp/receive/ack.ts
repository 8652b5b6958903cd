/** What an acknowledgement policy knows at the end of a received batch. */
export interface AckFacts {
  /** Bytes received in order and not acknowledged yet. */
  unacknowledged: number;
  /** Segments with text since the last acknowledgement. */
  segments: number;
  /** Bytes of the largest segment the peer has sent. */
  segmentSize: number;
  /** Segments of the batch that came out of order, filled a hole, or were duplicates. */
  disordered: boolean;
  /** A segment with PSH was among them. */
  pushed: boolean;
  /** Bytes received in order since the connection began. */
  received: number;
  /** The time of this turn, and when data was sent last, in ms: who answers soon may spare an acknowledgement. */
  now: number;
  sentAt: number;
  /** Whether the application has taken something since, and nothing is left. */
  drained: boolean;
  /** The window that would be told is less than the one that was told last: the application does not keep up. */
  narrows: boolean;
  /** The smoothed round trip in ms; 0 before it is known. */
  srtt: number;
}

/** A segment with text that came in order, or was there before. One for all connections: keep nothing of it. */
export interface AckArrival {
  /** Bytes of payload: of each of the segments, where the device has put several together. */
  length: number;
  /** It had PSH. */
  pushed: boolean;
  /** Bytes of the window that the peer was told, of the largest segment it may send, and ms of the retransmission timeout. */
  window: number;
  largest: number;
  timeout: number;
  now: number;
}

/** Decides when to acknowledge. */
export interface AckPolicy {
  /** @returns ms to wait for something to carry the acknowledgement; 0 acknowledges now. */
  delay(facts: AckFacts): number;
  /** ms that an acknowledgement waits at most. */
  readonly wait?: number;
  /** The application asks for acknowledgements without delay, or no longer does (TCP_QUICKACK). */
  hurry?(on: boolean): void;
  /** A segment with text came in order; the peer sent again what was there; it has finished. */
  heard?(arrival: AckArrival): void;
  repeated?(arrival: AckArrival): void;
  ended?(): void;
  /** One came beyond a hole; the window opens by what came. */
  ahead?(arrival: AckArrival): void;
  opened?(): void;
  /** What the peer's full segments are taken for, in bytes; and as long as none has come. */
  begin?(segmentSize: number): void;
  readonly segmentSize?: number;
  /** A segment was sent, with new data or without; `scheduled`: it acknowledges what waited for that. */
  sent?(data: boolean, scheduled: boolean, now: number): void;
  /** An acknowledgement has waited to the end, and goes by itself; `timeout` is the retransmission timeout in ms. */
  late?(timeout: number): void;
  /** Whether the acknowledgement of the peer's FIN may wait, too. */
  readonly finWaits?: boolean;
}

/**
 * Delayed acknowledgements (RFC 9293 section 3.8.6.3, RFC 5681 section 4.2): at once for every second full-sized
 * segment and for anything out of order, else within 40 ms. The first bytes of a connection are acknowledged at once,
 * since the peer is in slow start and counts on them.
 */
export class DelayedAck implements AckPolicy {
  /** @param wait ms; less than 500 (RFC 9293 MUST-40). */
  constructor(
    readonly wait = 40,
    /** Bytes in order that are acknowledged without delay. */
    private readonly quick = 16 * 1460,
  ) {}

  delay(facts: AckFacts): number {
    if (facts.disordered || facts.unacknowledged >= 2 * facts.segmentSize || facts.received <= this.quick) return 0;
    return this.wait;
  }
}

/** Acknowledges each batch at once. */
export class QuickAck implements AckPolicy {
  delay(): number {
    return 0;
  }
}

/** Acknowledges every `segments` full-sized segments, or after `wait` ms. */
export class StretchAck implements AckPolicy {
  constructor(
    private readonly segments: number,
    readonly wait = 40,
  ) {}

  delay(facts: AckFacts): number {
    return facts.disordered || facts.unacknowledged >= this.segments * facts.segmentSize ? 0 : this.wait;
  }
}
