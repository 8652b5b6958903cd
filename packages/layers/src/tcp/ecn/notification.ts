import { CWR, ECE } from '../header.js';
import type { Segment } from '../segment/segment.js';
import { seqAtMost } from '../sequence.js';

/** Whether a connection takes part in explicit congestion notification (RFC 3168). */
export interface EcnPolicy {
  /** Ask for it in our SYN. */
  readonly request: boolean;
  /** Agree when a peer's SYN asks. */
  readonly accept: boolean;
}

/** Linux's three settings of tcp_ecn: neither, both, or agree when asked. */
export const ECN_OFF: EcnPolicy = { request: false, accept: false };
export const ECN_ON: EcnPolicy = { request: true, accept: true };
export const ECN_PASSIVE: EcnPolicy = { request: false, accept: true };

/** IP's ECN field (RFC 3168 section 5). */
export const NOT_ECT = 0;
export const ECT_0 = 2;
export const CONGESTION_EXPERIENCED = 3;

/** Explicit congestion notification as one connection takes part in it (RFC 3168 section 6.1). */
export class CongestionNotification {
  /** Both ends have agreed on it. */
  agreed = false;
  /** The peer is told of congestion until it says that it has reduced. */
  private echoing = false;
  /** The next data segment says that we have reduced. */
  private reduced = false;
  /** What had been sent when we last reduced: one reaction a window (section 6.1.2). */
  private answeredUpTo = 0;

  /** The handshake is complete; `sndUna` is the first number of this end's data. */
  begin(sndUna: number): void {
    this.answeredUpTo = sndUna;
  }

  /** Section 6.1.3: a segment came, perhaps marked on its way. */
  received(segment: Segment): void {
    if ((segment.flags & CWR) !== 0) this.echoing = false;
    if (((segment.packet?.trafficClass ?? 0) & 3) === CONGESTION_EXPERIENCED) this.echoing = true;
  }

  /** Whether an acknowledgement up to `ack` asks to reduce: once a window. */
  asksToReduce(segment: Segment, ack: number, sndNxt: number): boolean {
    if (!this.agreed || (segment.flags & ECE) === 0 || seqAtMost(ack, this.answeredUpTo)) return false;
    this.answeredUpTo = sndNxt;
    this.reduced = true;
    return true;
  }

  /** ECE and CWR for a segment that leaves; `data` is fresh data, which alone carries CWR. */
  flags(data: boolean): number {
    let flags = this.echoing ? ECE : 0;
    if (data && this.reduced) {
      this.reduced = false;
      flags |= CWR;
    }
    return flags;
  }
}
