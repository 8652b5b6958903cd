import type { IpTtl } from './tokens.js';

/** The same TTL for every destination; 64 is the default that the assigned numbers recommend. */
export class FixedTtl implements IpTtl {
  constructor(private readonly value = 64) {}

  ttl(): number {
    return this.value;
  }
}
