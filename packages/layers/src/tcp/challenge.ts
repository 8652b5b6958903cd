/** Limits challenge ACKs (RFC 5961): one that is not answered costs an attacker nothing, one that is costs us a packet. */
export interface ChallengePolicy {
  /** Whether one more may be sent at `now` ms. */
  allow(now: number): boolean;
}

/**
 * At most `perSecond` of them a second for each connection: RFC 5961 section 7 asks for a limit, and one counter for
 * the whole host would tell an attacker about other connections (CVE-2016-5696).
 */
export class ChallengePerConnection implements ChallengePolicy {
  private second = Number.NEGATIVE_INFINITY;
  private sent = 0;

  constructor(private readonly perSecond = 10) {}

  allow(now: number): boolean {
    if (now - this.second >= 1000) {
      this.second = now;
      this.sent = 0;
    }
    return this.sent++ < this.perSecond;
  }
}

/** One, and then none for `interval` ms: as Linux has it, 500 ms for each connection. */
export class ChallengeInterval implements ChallengePolicy {
  private last = Number.NEGATIVE_INFINITY;

  constructor(private readonly interval = 500) {}

  allow(now: number): boolean {
    if (now - this.last < this.interval) return false;
    this.last = now;
    return true;
  }
}
