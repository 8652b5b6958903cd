import { Rounds } from './rounds.js';

/** Something that has news for the program. */
export interface Deliverer {
  /** Tells the program of one thing, which `what` names; it may throw what the program throws. */
  deliver(what: number): void;
}

/** News for the program, in order, each in a step of the event loop of its own. */
export class Deliveries {
  constructor(private readonly rounds = new Rounds()) {}

  /** Adds one thing to be told. */
  push(to: Deliverer, what: number): void {
    this.rounds.tell(() => to.deliver(what));
  }
}
