import type { Host, IpAddress } from '@netwright/core';
import { perStack } from '../per-stack.js';
import { BlackHole } from './black-hole.js';
import { CookieCache } from './cookie-cache.js';
import { CookieKeys } from './cookie-keys.js';

/** What the SYN of a client is to carry. */
export interface FastOpenOffer {
  /** The option's cookie: empty asks for one; null sends no option. */
  readonly cookie: Uint8Array | null;
  /** Whether the option is the experimental one: kind 254 with the number 0xF989. */
  readonly experimental: boolean;
  /** Whether data may go along. */
  readonly data: boolean;
  /** The server's MSS as it was last; 0 where it is not known: 536 bytes over IPv4, 1220 over IPv6 (section 4.1.3). */
  readonly mss: number;
}

/** What came of a client's SYN. */
export interface FastOpenOutcome {
  /** The MSS of the SYN-ACK; 0 where it has none. */
  readonly mss: number;
  /** The cookie of the SYN-ACK; null without one. */
  readonly cookie: Uint8Array | null;
  readonly experimental: boolean;
  /** Whether the SYN had the option, whether it had data, and whether some of that was not acknowledged. */
  readonly asked: boolean;
  readonly data: boolean;
  readonly lost: boolean;
  /** Whether the SYN was sent more than once. */
  readonly again: boolean;
}

/** What a server makes of a SYN. */
export interface FastOpenGrant {
  /** Whether to take the SYN's data and to open the connection before the handshake is complete. */
  readonly accept: boolean;
  /** What the SYN-ACK's option says; null sends no option. */
  readonly cookie: Uint8Array | null;
}

/** TCP Fast Open (RFC 7413): data in SYN and SYN-ACK's place, for those who show a cookie. */
export interface FastOpen {
  /** How many connections of a listener may be open before their handshake is complete, unless the listener says. */
  readonly pending: number;
  /** Client: what our SYN carries; null takes no part. */
  offer(local: IpAddress, remote: IpAddress): FastOpenOffer | null;
  /** Client: the SYN-ACK has come. */
  answered(local: IpAddress, remote: IpAddress, outcome: FastOpenOutcome): void;
  /** Client: the retransmission timer of such a connection has expired, `times` in a row before; `last`: it is given up. */
  timedOut(local: IpAddress, remote: IpAddress, times: number, last: boolean): void;
  /** Server: a SYN has come with `cookie` (empty asks for one, null: no option), and perhaps with data. */
  grant(local: IpAddress, remote: IpAddress, cookie: Uint8Array | null, data: boolean): FastOpenGrant;
}

const NOTHING: FastOpenGrant = { accept: false, cookie: null };

/** Takes no part. */
export const NO_FAST_OPEN: FastOpen = {
  pending: 0,
  offer: () => null,
  answered: () => {},
  timedOut: () => {},
  grant: () => NOTHING,
};

/** How fast open is done. */
export interface FastOpenOptions {
  /** Keys of this server's cookies; left out: those of the stack. */
  readonly keys?: CookieKeys;
  readonly client: boolean;
  readonly server: boolean;
  /** Data goes with the SYN, and is taken, without a cookie: for networks of one owner (RFC 7413 section 4.1.3 forbids it on others). */
  readonly clientWithoutCookie: boolean;
  readonly serverWithoutCookie: boolean;
  /** Pending connections of a listener that says nothing. */
  readonly pending: number;
  /** ms for which clients do without after a black hole was noticed, doubled each time; 0 goes on. */
  readonly pause: number;
  /** The same for one server, whose SYNs with data got lost (RFC 7413 section 4.1.3.1). */
  readonly serverPause: number;
  /** ms for which a server is not asked again that gave no cookie to either option (RFC 7413 section 4.2.1); 0 asks always. */
  readonly refusalPause: number;
  /** The MSS of servers that have told none; 0 is the least that each must take. */
  readonly assumedMss: number;
}

export const DEFAULT_FAST_OPEN: FastOpenOptions = {
  client: true,
  server: true,
  clientWithoutCookie: false,
  serverWithoutCookie: false,
  pending: 64,
  pause: 3_600_000,
  serverPause: 60_000,
  refusalPause: 0,
  assumedMss: 0,
};

/** What a stack knows for fast open: its own keys, other servers' cookies, and whether they arrive. */
export class FastOpenMemory {
  readonly cache = new CookieCache();
  readonly blackHole = new BlackHole();
  readonly keys: CookieKeys;

  constructor(readonly host: Host) {
    this.keys = CookieKeys.random(host);
  }
}

/** The one of a stack: a cookie is of use to the next connection. */
export const fastOpenMemory = perStack((host) => new FastOpenMemory(host));

/** Fast open with cookies that are keyed hashes (RFC 7413 section 4.1.2), or without where it is told so. */
export class CookieFastOpen implements FastOpen {
  private readonly options: FastOpenOptions;

  constructor(
    private readonly memory: FastOpenMemory,
    options: Partial<FastOpenOptions> = {},
  ) {
    this.options = { ...DEFAULT_FAST_OPEN, ...options };
  }

  get pending(): number {
    return this.options.server ? this.options.pending : 0;
  }

  offer(local: IpAddress, remote: IpAddress): FastOpenOffer | null {
    const { memory, options } = this;
    const known = memory.cache.get(local, remote);
    const { now } = memory.host.turn;
    if (!options.client || memory.blackHole.pauses(now, options.pause)) return null;
    if (known?.hole.pauses(now, options.serverPause) === true) return null;
    const mss = known?.mss || options.assumedMss;
    if (options.clientWithoutCookie) return { cookie: null, experimental: false, data: true, mss };
    const cookie = known?.cookie ?? null;
    if (cookie !== null) return { cookie, experimental: known?.experimental === true, data: true, mss };
    if (known?.attempts === 2 && now - known.refusedAt < options.refusalPause) return null;
    return { cookie: new Uint8Array(0), experimental: known?.attempts === 1, data: false, mss };
  }

  answered(
    local: IpAddress,
    remote: IpAddress,
    { mss, cookie, experimental, asked, data, lost, again }: FastOpenOutcome,
  ): void {
    const { memory } = this;
    const known = memory.cache.entry(local, remote);
    if (mss > 0) known.mss = mss;
    if (!again) {
      memory.blackHole.passed();
      known.hole.passed();
    }
    // Nobody has asked for it: ignored.
    if (!asked) return;
    if (cookie !== null && cookie.length > 0) {
      known.cookie = cookie;
      known.experimental = experimental;
    } else if (again) {
      // Presumably the SYN with data was dropped on its way (section 4.2.2).
      if (lost) known.hole.noticed(memory.host.turn.now);
    } else if (!data && known.cookie === null) {
      // Older servers know the experimental option alone; who knows neither is asked by the assigned one again.
      known.attempts = Math.min(2, known.attempts + 1);
      known.refusedAt = memory.host.turn.now;
    }
  }

  timedOut(local: IpAddress, remote: IpAddress, times: number, last: boolean): void {
    const { memory } = this;
    const { now } = memory.host.turn;
    if (times === 2 || (times < 2 && last)) memory.blackHole.noticed(now);
    if (last) memory.cache.entry(local, remote).hole.noticed(now);
  }

  grant(local: IpAddress, remote: IpAddress, cookie: Uint8Array | null, data: boolean): FastOpenGrant {
    const { options, memory } = this;
    if (!options.server || (cookie === null && !data)) return NOTHING;
    if (options.serverWithoutCookie) return { accept: true, cookie: null };
    // Data without a cookie waits until it is sent again (RFC 7413 section 4.2.2).
    if (cookie === null) return NOTHING;
    const keys = options.keys ?? memory.keys;
    const worth = cookie.length === 0 ? 'foreign' : keys.worth(cookie, remote, local);
    // One that is right is not sent again.
    if (worth === 'current') return { accept: true, cookie: null };
    return { accept: worth === 'outdated', cookie: keys.cookieOf(remote, local) };
  }
}

/** The usual one of a stack. */
export const cookieFastOpen = perStack((host) => new CookieFastOpen(fastOpenMemory(host)));
