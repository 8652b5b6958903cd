import { type AckFacts, DelayedAck } from '../receive/ack.js';

/** ms within which data that is sent counts as an answer to what came: as long as an acknowledgement may wait. */
const SOON = 40;

/**
 * Delayed acknowledgements as Linux has them: a connection is acknowledged at once while it begins, but one on which
 * answers follow questions is interactive from the first answer on, and its acknowledgements wait for the next.
 */
export class InteractiveAck extends DelayedAck {
  private cameAt = Number.NEGATIVE_INFINITY;
  private interactive = false;
  private readonly patient = new DelayedAck(SOON, 0);

  /** TCP_QUICKACK: at once while it is on, and until the next answer; off is as interactive as a connection gets. */
  hurry(on: boolean): void {
    this.interactive = !on;
  }

  override delay(facts: AckFacts): number {
    const { sentAt, now } = facts;
    if (sentAt >= this.cameAt && sentAt - this.cameAt < SOON) this.interactive = true;
    this.cameAt = now;
    return this.interactive ? this.patient.delay(facts) : super.delay(facts);
  }
}
