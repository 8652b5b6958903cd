import { token } from '@netwright/core';

/** When the next beat is due. This is the protocol's swap point: small enough to rewrite in an afternoon. */
export interface Rhythm {
  /** ms until the next beat. @param unanswered how many beats in a row had no answer. */
  next(unanswered: number): number;
}

/** A token with a page can be overridden in manifests: `override: { heartbeat.rhythm: … }`. */
export const HEARTBEAT_RHYTHM = token<Rhythm>('heartbeat.rhythm', {
  scope: 'stack',
  contract: 'Rhythm',
  fallback: 'SteadyRhythm(interval)',
  changes: 'when the next heartbeat is sent',
});

/** The same pause, always. */
export class SteadyRhythm implements Rhythm {
  constructor(private readonly interval: number) {}

  next(): number {
    return this.interval;
  }
}

/** Doubles the pause with each beat that has no answer, up to a limit. */
export class BackoffRhythm implements Rhythm {
  constructor(
    private readonly interval: number,
    private readonly limit: number,
  ) {}

  next(unanswered: number): number {
    return Math.min(this.limit, this.interval * 2 ** Math.min(unanswered, 30));
  }
}
