import { OpenWindow, type WindowFacts } from '../receive/window.js';

/** What Linux tells first: the field's 65535, rounded up to its scale. */
const FIRST = 65_535;

/**
 * Opens slowly, as Linux does: it begins with what a SYN can say, and opens by two segments at most for each window's
 * worth of news, however large the buffer is. One for each connection.
 */
export class SlowlyOpening extends OpenWindow {
  private told = 0;

  /** @param open bytes to begin with: a route may ask for another window than the usual one. */
  constructor(private open = FIRST) {
    super();
  }

  override initial(limit: number): number {
    return Math.min(super.initial(limit), this.open);
  }

  override window(facts: WindowFacts): number {
    const came = Math.max(0, this.told - facts.advertised);
    this.open += Math.min(2 * came, 2 * facts.segmentSize);
    const window = super.window({ ...facts, limit: Math.min(facts.limit, Math.max(this.open, facts.buffered)) });
    this.told = Math.max(window, facts.advertised);
    return window;
  }
}
