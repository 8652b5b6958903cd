import { HOST, type Host, type IpAddress } from '@netwright/core';
import { inject, injectable } from 'inversify';
import type { IpId } from '../ip/tokens.js';

/**
 * Drawn at random for packets that may be fragmented, 0 for the others (RFC 6864 section 4.1: there any value will
 * do, and a constant tells nothing).
 */
@injectable()
export class RandomIpId implements IpId {
  constructor(@inject(HOST) private readonly host: Host) {}

  next(_destination: IpAddress, fragmentable: boolean): number {
    // Drawn from the host's own source: a fork for each socket would give all of them the same numbers.
    return fragmentable ? this.host.random.uint32() & 0xffff : 0;
  }
}

/** One counter for all packets: what early stacks did, and what makes a host a good zombie for an idle scan. */
export class CounterIpId implements IpId {
  private id: number;

  /** @param start the first value. @param step added for each packet. */
  constructor(
    start = 0,
    private readonly step = 1,
  ) {
    this.id = start;
  }

  next(): number {
    const { id } = this;
    this.id = (id + this.step) & 0xffff;
    return id;
  }
}

/** A counter for each destination, as Solaris and Linux (for connected sockets) have it. */
export class PerDestinationIpId implements IpId {
  private readonly counters = new Map<number, number>();

  /** @param start the first value. @param limit destinations remembered; the one first used is forgotten. */
  constructor(
    private readonly start = 1,
    private readonly limit = 1024,
  ) {}

  next(destination: IpAddress): number {
    // The lowest word tells IPv4 destinations apart, and IPv6 ones well enough.
    const key = destination.d;
    const id = this.counters.get(key) ?? this.start;
    if (this.counters.size >= this.limit && !this.counters.has(key)) {
      const oldest = this.counters.keys().next();
      if (!oldest.done) this.counters.delete(oldest.value);
    }
    this.counters.set(key, (id + 1) & 0xffff);
    return id;
  }
}

/** The same value always: 0 where DF makes it meaningless, a mark where one is wanted. */
export class FixedIpId implements IpId {
  constructor(private readonly value: number) {}

  next(): number {
    return this.value;
  }
}
