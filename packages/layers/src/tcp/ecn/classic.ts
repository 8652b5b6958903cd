import { CWR, ECE } from '../header.js';

/** The feedback of RFC 3168 section 6.1: one echo a round trip, until the sender says that it has reduced. */
export class ClassicFeedback {
  /** The peer is told of congestion until it says that it has reduced. */
  echoing = false;
  /** The next data segment says that we have reduced. */
  reduced = false;

  /** Section 6.1.3. @returns whether the peer should hear at once. */
  arrived(flags: number, marked: boolean): boolean {
    if ((flags & CWR) !== 0) this.echoing = false;
    const first = marked && !this.echoing;
    if (marked) this.echoing = true;
    return first;
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
