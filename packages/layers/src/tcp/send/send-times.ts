import type { SentSegment } from './flight.js';

/** When segments were sent that one acknowledgement has brought, in ms; -1 for none. What was sent again measures nothing (Karn). */
export class SendTimes {
  oldest = -1;
  newest = -1;
  /** When what was sent more than once had been sent last. */
  repairedAt = -1;

  clear(): void {
    this.oldest = this.newest = this.repairedAt = -1;
  }

  note(segment: SentSegment): void {
    if (segment.transmissions > 1) this.repairedAt = Math.max(this.repairedAt, segment.sentAt);
    else {
      if (this.oldest < 0) this.oldest = segment.sentAt;
      this.newest = segment.sentAt;
    }
  }
}
