import type { DnsRecord } from './codec.js';
import type { Outcome } from './outcome.js';

interface Kept {
  readonly kind: 'answer' | 'nodata' | 'nxdomain';
  readonly records: readonly DnsRecord[];
  /** Ms. */
  readonly expires: number;
}

/**
 * Answers that may be given again, and for how long. Bounded: beyond its limit the one that was kept first goes.
 * Time is passed in, in ms.
 */
export class DnsCache {
  private readonly kept = new Map<string, Kept>();

  /** @param limit answers. @param maxTtl @param maxNegativeTtl seconds that are believed (RFC 2308 section 5). */
  constructor(
    private readonly limit: number,
    private readonly maxTtl: number,
    private readonly maxNegativeTtl: number,
  ) {}

  get size(): number {
    return this.kept.size;
  }

  /** What is known, with what is left of its TTL; undefined when nothing is. */
  get(name: string, type: string, now: number): Outcome | undefined {
    // That a name does not exist holds for every type.
    const kept = this.alive(`${type} ${name}`, now) ?? this.alive(`* ${name}`, now);
    if (kept === undefined) return undefined;
    const ttl = Math.floor((kept.expires - now) / 1000);
    if (kept.kind !== 'answer') return { kind: kept.kind, ttl };
    return { kind: 'answer', records: kept.records.map((each) => ({ ...each, ttl })), ttl };
  }

  put(name: string, type: string, outcome: Outcome, now: number): void {
    if (outcome.kind !== 'answer' && outcome.kind !== 'nodata' && outcome.kind !== 'nxdomain') return;
    const ttl = Math.min(outcome.ttl, outcome.kind === 'answer' ? this.maxTtl : this.maxNegativeTtl);
    if (ttl <= 0 || this.limit === 0) return;
    const key = outcome.kind === 'nxdomain' ? `* ${name}` : `${type} ${name}`;
    this.kept.delete(key);
    if (this.kept.size >= this.limit) this.makeRoom();
    const records = outcome.kind === 'answer' ? outcome.records : [];
    this.kept.set(key, { kind: outcome.kind, records, expires: now + ttl * 1000 });
  }

  clear(): void {
    this.kept.clear();
  }

  private alive(key: string, now: number): Kept | undefined {
    const kept = this.kept.get(key);
    if (kept === undefined || kept.expires > now) return kept;
    this.kept.delete(key);
    return undefined;
  }

  private makeRoom(): void {
    for (const key of this.kept.keys()) {
      this.kept.delete(key);
      return;
    }
  }
}
