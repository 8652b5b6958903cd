import { OpenWindow, type WindowFacts } from '../receive/window.js';

/** The most that a SYN can say. */
const FIRST = 65_535;
/** Bytes of a segment on the usual link: windows begin with a multiple. */
const SEGMENT = 1460;

/** What of a receive buffer is for bytes: the rest is for what keeps them. */
function forBytes(buffer: number): number {
  const bytes = Math.floor(buffer / 2);
  return bytes > SEGMENT ? bytes - (bytes % SEGMENT) : bytes;
}

/**
 * Opens slowly, as Linux does: it begins with half of the buffer, and opens by two segments at most for each window's
 * worth of news, however large the buffer is. One for each connection.
 */
export class SlowlyOpening extends OpenWindow {
  private told = 0;
  private open = 0;

  /** @param first bytes to begin with: a route may ask for another window than the usual one. */
  constructor(private readonly first = Number.POSITIVE_INFINITY) {
    super();
  }

  override initial(limit: number): number {
    return Math.min(FIRST, forBytes(limit), this.first);
  }

  /** A size that somebody has chosen is all that there will be, and half of it is for bytes. */
  override scale(limit: number, chosen = false): number {
    return super.scale(chosen ? limit >> 1 : limit);
  }

  taken(limit: number): number {
    return Math.min(forBytes(limit), this.first);
  }

  override window(facts: WindowFacts): number {
    if (this.open === 0) this.open = Math.min(forBytes(facts.limit), this.first);
    const came = Math.max(0, this.told - facts.advertised);
    this.open += Math.min(2 * came, 2 * facts.segmentSize);
    const window = super.window({ ...facts, limit: Math.min(facts.limit, Math.max(this.open, facts.buffered)) });
    this.told = Math.max(window, facts.advertised);
    return window;
  }
}
