/** Ports for who asks for none, apart from those of outgoing connections (RFC 6335 section 6: these begin at 49152). */
const FIRST = 32768;
const LAST = 49151;

/** The ports that handles are bound to before they listen or connect. */
export class BoundPorts {
  private readonly bound = new Map<number, number>();
  private next = FIRST + Math.floor(Math.random() * (LAST - FIRST));

  /** A port that is neither bound nor, as `free` says, in use; 0 when there is none. */
  choose(free: (port: number) => boolean): number {
    for (let tries = FIRST; tries <= LAST; tries++) {
      const port = this.next;
      this.next = port === LAST ? FIRST : port + 1;
      if (!this.bound.has(port) && free(port)) return port;
    }
    return 0;
  }

  take(port: number): void {
    this.bound.set(port, (this.bound.get(port) ?? 0) + 1);
  }

  giveBack(port: number): void {
    const left = (this.bound.get(port) ?? 0) - 1;
    if (left > 0) this.bound.set(port, left);
    else this.bound.delete(port);
  }
}
