/** What a listening policy knows when a SYN comes, or the answer to a SYN-ACK. */
export interface ListenFacts {
  /** Connections that have answered a SYN and are not established. */
  readonly halfOpen: number;
  /** Established connections that nobody has accepted. */
  readonly waiting: number;
  /** Connections of this listener that are established and not closed. */
  readonly open: number;
  /** How many may be half open or waiting; how many may be open. */
  readonly backlog: number;
  readonly limit: number;
  /** Nobody listens any more: whoever completes a handshake now gets nobody. */
  readonly closed?: boolean;
}

/** What becomes of a SYN; 'cookie' answers it and keeps nothing of it (RFC 4987 section 3.6). */
export type Admission = 'accept' | 'ignore' | 'refuse' | 'cookie';

/** What becomes of the answer to a SYN-ACK: it completes the handshake, or is dropped, or the connection is refused. */
export type Completion = 'now' | 'later' | 'reset';

/** Decides about SYNs. */
export interface ListenPolicy {
  admit(facts: ListenFacts): Admission;
  /** Whether a handshake may be completed; without it always. 'later' lets the peer and the SYN-ACK's timer try again. */
  complete?(facts: ListenFacts): Completion;
}

/** Ignores SYNs while the backlog is full, since the peer tries again; refuses them at the limit of open connections. */
export class Backlog implements ListenPolicy {
  admit(facts: ListenFacts): Admission {
    if (facts.open + facts.halfOpen >= facts.limit) return 'refuse';
    return facts.halfOpen + facts.waiting >= facts.backlog ? 'ignore' : 'accept';
  }
}

/**
 * The same, but SYNs that find the backlog full, or all of them, are answered with cookies: a flood of them fills no
 * table, and those who mean it get in (RFC 4987 section 3.6).
 */
export class SynCookieBacklog extends Backlog {
  /** @param always every SYN, however few come. */
  constructor(private readonly always = false) {
    super();
  }

  override admit(facts: ListenFacts): Admission {
    const admission = super.admit(facts);
    if (admission === 'refuse' || facts.waiting >= facts.backlog) return admission;
    return this.always || admission === 'ignore' ? 'cookie' : admission;
  }

  complete(facts: ListenFacts): Completion {
    return facts.waiting >= facts.backlog ? 'later' : 'now';
  }
}

/** Always the same answer: a closed port that is open for those who know, or a filtered one. */
export class AlwaysAdmit implements ListenPolicy {
  constructor(private readonly admission: Admission) {}

  admit(): Admission {
    return this.admission;
  }
}
