import { MAX_WINDOW_SCALE } from '../segment/options.js';

/** What a window policy knows when a segment is about to be sent. */
export interface WindowFacts {
  /** Bytes the receive buffer may hold, and bytes in it that the application has not taken. */
  limit: number;
  buffered: number;
  /** Bytes from RCV.NXT to the right edge that the peer was last told. */
  advertised: number;
  /** Bytes of the largest segment expected. */
  segmentSize: number;
  /** Bytes of the largest segment that this end has asked for, less the options of each. */
  ownSegment: number;
  /** The window as it was told last, the most that may be told, and the shift that it is told by. */
  told: number;
  clamp: number;
  shift: number;
}

/** A segment with text that was kept. One for all connections: keep nothing of it. */
export interface WindowArrival {
  /** Bytes of payload, and of the options beside it. */
  length: number;
  options: number;
  /** It lies beyond a hole. */
  ahead: boolean;
  /** The peer understands selective acknowledgements. */
  sack: boolean;
}

/** Facts to be filled. */
export function noWindowFacts(): WindowFacts {
  return {
    limit: 0,
    buffered: 0,
    advertised: 0,
    segmentSize: 536,
    ownSegment: 536,
    told: 0,
    clamp: 0,
    shift: 0,
  };
}

/** Decides what window the peer is told. */
export interface WindowPolicy {
  /**
   * The scale to offer in SYN or SYN-ACK: 0..14, or -1 to offer none (RFC 7323 section 2.2).
   * @param chosen whether somebody has chosen the buffer's size, which does not grow then.
   */
  scale(limit: number, chosen?: boolean): number;
  /** The window of SYN and SYN-ACK, at most 65535 bytes; it is never scaled. */
  initial(limit: number, ownSegment?: number, clamp?: number): number;
  /** Bytes that are taken from the beginning on, where that is more than a SYN can say. */
  taken?(limit: number, ownSegment?: number, clamp?: number): number;
  /**
   * Whether there is memory for a segment that begins within the window, or ends behind the last acknowledgement: it is
   * taken whole then, wherever it ends. Without it what lies beyond the window is cut off.
   */
  admits?(facts: WindowFacts): boolean;
  /** Bytes from RCV.NXT on that the peer may send; the session never moves the right edge back for it. */
  window(facts: WindowFacts): number;
  /**
   * What becomes of what the scale cannot say: it is left out of the field, or always rounded up; without it rounded up
   * while that gives little away (RFC 7323 section 2.4).
   */
  readonly rounding?: 'down' | 'up';
  /** Whether a window that has opened to `window` bytes is worth a segment of its own; without it RFC 9293's rule. */
  worthTelling?(facts: WindowFacts, window: number, shift: number): boolean;
  /** A segment was kept; `facts` are as they were before. @returns whether the window opens by it. */
  kept?(facts: WindowFacts, arrival: WindowArrival): boolean;
  /** Bytes from beyond a hole are next now; bytes were read. */
  joined?(bytes: number): void;
  freed?(bytes: number): void;
  /** How far the window may open by now, in bytes, where that is less than the buffer. */
  readonly opening?: number;
}

/**
 * All the free room, in the steps that silly-window avoidance asks for (RFC 9293 section 3.8.6.2.2): the right edge
 * moves when it can move by a segment or by half the buffer.
 */
export class OpenWindow implements WindowPolicy {
  scale(limit: number, _chosen = false): number {
    let shift = 0;
    while (shift < MAX_WINDOW_SCALE && limit >> shift > 0xffff) shift++;
    return shift;
  }

  initial(limit: number, _largest?: number, _clamp?: number): number {
    return Math.min(limit, 0xffff);
  }

  window(facts: WindowFacts): number {
    const room = Math.max(0, facts.limit - facts.buffered);
    const step = Math.min(facts.limit / 2, facts.segmentSize);
    return room - facts.advertised >= step ? room : facts.advertised;
  }
}

/** Always the same window, whatever room there is: a peer that misbehaves on cue; 0 is a tarpit. */
export class FixedWindow implements WindowPolicy {
  constructor(
    private readonly bytes: number,
    private readonly shift = 0,
  ) {}

  scale(): number {
    return this.shift;
  }

  initial(): number {
    return Math.min(this.bytes, 0xffff);
  }

  window(): number {
    return this.bytes;
  }
}
