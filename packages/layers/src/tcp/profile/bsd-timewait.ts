import { seqBefore } from '../sequence.js';
import type { TimeWaitFacts, TimeWaitPolicy } from '../timewait.js';

/** RFC 6191 section 2, and FreeBSD's: a SYN that is newer ends TIME-WAIT even where nobody listens. */
export class BsdTimeWait implements TimeWaitPolicy {
  readonly yieldsToNobody = true;

  /** @param rules ms of 2 MSL (net.inet.tcp.msl), as they are when it begins. */
  constructor(private readonly rules: { readonly timeWait: number } = { timeWait: 60_000 }) {}

  get duration(): number {
    return this.rules.timeWait;
  }

  reuse({ rcvNxt, seq, timestamps, stampedBefore, stampedNow, tsRecent, tsVal }: TimeWaitFacts): boolean {
    if (timestamps && tsVal !== tsRecent) return seqBefore(tsRecent, tsVal);
    // "If TCP Timestamps would be enabled for the new incarnation of the connection, the incoming request is honored."
    if (!stampedBefore && stampedNow) return true;
    return seqBefore(rcvNxt, seq);
  }
}
