import type { IpAddress } from '@netwright/core';
import { BlackHole } from './black-hole.js';

/** How many servers are remembered; the one that was heard of first is forgotten first. */
const REMEMBERED = 1024;

/** What a client knows of a server (RFC 7413 section 4.1.3). */
export interface KnownServer {
  /** The MSS that it announced last; 0 where it has not. */
  mss: number;
  /** Its cookie; null where it has given none. */
  cookie: Uint8Array | null;
  /** The cookie came in the experimental option. */
  experimental: boolean;
  /** Asked by the assigned option it gave none: 1 tries the experimental one next, 2 has tried that, too. */
  attempts: number;
  /** When it gave none last, in ms. */
  refusedAt: number;
  /** Whether SYNs with data get lost on the way to it (section 4.1.3.1). */
  readonly hole: BlackHole;
}

/** The cookies that servers gave, by their addresses and the one of ours that they are for (RFC 7413 section 4.1.3). */
export class CookieCache {
  private readonly servers = new Map<string, KnownServer>();

  /** What is known of `remote`, which knows us as `local`. */
  get(local: IpAddress, remote: IpAddress): Readonly<KnownServer> | null {
    return this.servers.get(`${local} ${remote}`) ?? null;
  }

  /** The same, made where there is none. */
  entry(local: IpAddress, remote: IpAddress): KnownServer {
    const name = `${local} ${remote}`;
    const known = this.servers.get(name);
    if (known !== undefined) return known;
    if (this.servers.size >= REMEMBERED)
      for (const oldest of this.servers.keys()) {
        this.servers.delete(oldest);
        break;
      }
    const fresh = { mss: 0, cookie: null, experimental: false, attempts: 0, refusedAt: 0, hole: new BlackHole() };
    this.servers.set(name, fresh);
    return fresh;
  }

  /** Forgets every server. */
  clear(): void {
    this.servers.clear();
  }
}
