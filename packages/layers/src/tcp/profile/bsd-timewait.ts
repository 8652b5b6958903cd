import { seqBefore } from '../sequence.js';
import type { TimeWaitFacts, TimeWaitPolicy } from '../timewait.js';

/** RFC 6191 section 2, and FreeBSD's: a SYN that is newer ends TIME-WAIT even where nobody listens. */
export class BsdTimeWait implements TimeWaitPolicy {
  readonly yieldsToNobody = true;

  /** @param duration 2 MSL in ms (net.inet.tcp.msl). */
  constructor(readonly duration = 60_000) {}

  reuse({ rcvNxt, seq, timestamps, stampedBefore, stampedNow, tsRecent, tsVal }: TimeWaitFacts): boolean {
    if (timestamps && tsVal !== tsRecent) return seqBefore(tsRecent, tsVal);
    // "If TCP Timestamps would be enabled for the new incarnation of the connection, the incoming request is honored."
    if (!stampedBefore && stampedNow) return true;
    return seqBefore(rcvNxt, seq);
  }
}
