import { seqBefore } from './sequence.js';

/** What is known when a SYN meets a connection in TIME-WAIT. */
export interface TimeWaitFacts {
  /** RCV.NXT of the old connection. */
  rcvNxt: number;
  /** Sequence number of the SYN. */
  seq: number;
  /** Whether both carry timestamps, and their values. */
  timestamps: boolean;
  /** Whether the old connection had them, and whether both ends would have them now. */
  stampedBefore: boolean;
  stampedNow: boolean;
  tsRecent: number;
  tsVal: number;
}

/** How long the end of a connection is remembered, and when it may be forgotten early. */
export interface TimeWaitPolicy {
  /** 2 MSL in ms. */
  readonly duration: number;
  /** Whether a SYN may open a new incarnation of the connection. */
  reuse(facts: TimeWaitFacts): boolean;
  /** Whether resets do nothing: an old one would cut the time short in which old segments die out (RFC 1337 section 3). */
  readonly ignoresResets?: boolean;
  /** Whether a SYN that may do so ends TIME-WAIT even where nobody listens. */
  readonly yieldsToNobody?: boolean;
}

/** RFC 9293 section 3.6.1 and RFC 6191 section 2: reuse when the timestamp, else the sequence number, is later. */
export class TwoMsl implements TimeWaitPolicy {
  /** @param duration ms. RFC 9293 takes an MSL of 2 minutes; 60 s in all is what Linux waits. */
  constructor(
    readonly duration = 60_000,
    readonly ignoresResets = false,
  ) {}

  reuse(facts: TimeWaitFacts): boolean {
    // No segment of the old connection has timestamps: PAWS keeps them all out.
    if (facts.stampedNow && !facts.stampedBefore) return true;
    if (facts.timestamps && facts.tsVal !== facts.tsRecent) return seqBefore(facts.tsRecent, facts.tsVal);
    return seqBefore(facts.rcvNxt, facts.seq);
  }
}
