import { HOST, type Host } from '@netwright/core';
import { inject, injectable } from 'inversify';
import { perStack } from '../per-stack.js';
import { type ConnectionId, connectionWords, secret } from './isn.js';
import { SipHash } from './siphash.js';

/** Chooses the local port of a connection that did not ask for one. */
export interface EphemeralPorts {
  /**
   * @param id the connection; its local port is not known yet.
   * @param free whether a port may be used for it.
   * @returns a port, or 0 when none is free.
   */
  choose(id: ConnectionId, free: (port: number) => boolean): number;
}

/** RFC 6335 section 6: the dynamic ports. */
export const FIRST_EPHEMERAL = 49152;
export const LAST_EPHEMERAL = 65535;

/**
 * RFC 6056 section 3.3.4, double-hash port selection: for one destination ports follow one another, so that they are
 * reused as late as possible; where they begin, and which counter they follow, only the secret tells.
 */
@injectable()
export class HashedPorts implements EphemeralPorts {
  private readonly offset: SipHash;
  private readonly table: SipHash;
  private readonly counters = new Uint32Array(256);
  private readonly words = new Int32Array(9);
  protected first = FIRST_EPHEMERAL;
  protected last = LAST_EPHEMERAL;

  constructor(@inject(HOST) host: Host) {
    this.offset = new SipHash(secret(host, 'tcp.ports offset'));
    this.table = new SipHash(secret(host, 'tcp.ports table'));
  }

  choose(id: ConnectionId, free: (port: number) => boolean): number {
    const count = this.last - this.first + 1;
    const words = connectionWords(id, this.words);
    const offset = this.offset.hash(words) >>> 0;
    const counter = this.table.hash(words) & 0xff;
    for (let tries = 0; tries < count; tries++) {
      const port = this.first + ((offset + this.counters[counter]++) % count);
      if (free(port)) return port;
    }
    return 0;
  }
}

/** The same for a range of ports, both ends among them. */
export class RangedPorts extends HashedPorts {
  constructor(host: Host, first: number, last: number) {
    super(host);
    this.first = first;
    this.last = last;
  }
}

/** The one of a stack: its counters go on whoever connects. */
export const hashedPorts = perStack((host) => new HashedPorts(host));

/** The one of a stack for such a range. */
export function hashedPortsOf(first: number, last: number): (host: Host) => HashedPorts {
  if (first === FIRST_EPHEMERAL && last === LAST_EPHEMERAL) return hashedPorts;
  return perStack((host) => new RangedPorts(host, first, last));
}

/** One port after the other from `first` on: what old systems did, and what a test can foresee. */
export class SequentialPorts implements EphemeralPorts {
  private next: number;

  constructor(private readonly first = FIRST_EPHEMERAL) {
    this.next = first;
  }

  choose(_id: ConnectionId, free: (port: number) => boolean): number {
    for (let tries = this.first; tries <= LAST_EPHEMERAL; tries++) {
      const port = this.next;
      this.next = port === LAST_EPHEMERAL ? this.first : port + 1;
      if (free(port)) return port;
    }
    return 0;
  }
}
