import { type Random, token } from '@netwright/core';

/** Chooses the local port of a socket that did not ask for one. */
export interface UdpPorts {
  /**
   * @param free whether a port may be had.
   * @param random the layer's own source of chance.
   * @returns a port, or 0 when none is free.
   */
  choose(free: (port: number) => boolean, random: Random): number;
}

/** The ephemeral ports. */
export const UDP_PORTS = token<UdpPorts>('udp.ports', {
  scope: 'socket',
  contract: 'UdpPorts',
  fallback: 'RandomPorts: drawn at random from 1024 to 65535 (RFC 6056)',
  changes: 'the source port of sockets that are opened without one: ranges, counters, constants, carriers of data',
});

/**
 * RFC 6056 section 3.3.2: each port is drawn anew, so that one tells nothing about the next; after some draws without
 * luck the rest is searched in order (section 3.3.1), so that the last free port is found too.
 */
export class RandomPorts implements UdpPorts {
  /** @param first @param last the range, both included. RFC 6056 section 3.2: the whole of it, or a guess is easier. */
  constructor(
    readonly first = 1024,
    readonly last = 65535,
  ) {}

  choose(free: (port: number) => boolean, random: Random): number {
    const count = this.last - this.first + 1;
    const draw = () => this.first + Math.floor(random.float() * count);
    for (let tries = 0; tries < 16; tries++) {
      const port = draw();
      if (free(port)) return port;
    }
    const begin = draw() - this.first;
    for (let step = 0; step < count; step++) {
      const port = this.first + ((begin + step) % count);
      if (free(port)) return port;
    }
    return 0;
  }
}

/** One after the other, from the first; after the last the first again. Easy to guess: for tests and experiments. */
export class SequentialUdpPorts implements UdpPorts {
  private next: number;

  /** @param first @param last the range, both included. */
  constructor(
    readonly first: number,
    readonly last = 65535,
  ) {
    this.next = first;
  }

  choose(free: (port: number) => boolean): number {
    for (let tries = this.first; tries <= this.last; tries++) {
      const port = this.next;
      this.next = port === this.last ? this.first : port + 1;
      if (free(port)) return port;
    }
    return 0;
  }
}
