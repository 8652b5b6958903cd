import { HOST, type Host, type IpAddress } from '@netwright/core';
import { inject, injectable } from 'inversify';
import { perStack } from '../per-stack.js';
import { secret } from './isn.js';
import { SipHash } from './siphash.js';

/**
 * The cookies of TCP Fast Open (RFC 7413): what SYN and SYN-ACK carry in the option. It asks for, grants and keeps
 * cookies; data in a SYN is neither sent nor taken, so that a connection is as fast as any other.
 */
export interface FastOpen {
  /** The option of our SYN to `remote`: empty asks for a cookie, null sends no option. */
  offer(remote: IpAddress): Uint8Array | null;
  /** `remote` gave us this cookie in its SYN-ACK. */
  keep(remote: IpAddress, cookie: Uint8Array): void;
  /** The option of our SYN-ACK when a SYN carried `cookie` (empty: asks for one); null sends no option. */
  grant(remote: IpAddress, cookie: Uint8Array): Uint8Array | null;
}

/** Takes no part. */
export const NO_FAST_OPEN: FastOpen = {
  offer: () => null,
  keep: () => {},
  grant: () => null,
};

/** How many servers' cookies are kept; the oldest is forgotten first. */
const KEPT_COOKIES = 1024;

/** Grants cookies of 8 bytes that are a keyed hash of the client's address (RFC 7413 section 4.1.2), and keeps those it gets. */
@injectable()
export class HashedCookies implements FastOpen {
  private readonly first: SipHash;
  private readonly second: SipHash;
  private readonly kept = new Map<string, Uint8Array>();

  constructor(@inject(HOST) host: Host) {
    this.first = new SipHash(secret(host, 'tcp.fastopen first'));
    this.second = new SipHash(secret(host, 'tcp.fastopen second'));
  }

  offer(remote: IpAddress): Uint8Array {
    return this.kept.get(remote.toString()) ?? new Uint8Array(0);
  }

  keep(remote: IpAddress, cookie: Uint8Array): void {
    // RFC 7413 section 4.1.1: 4 to 16 bytes, an even number.
    if (cookie.length < 4 || cookie.length > 16 || cookie.length % 2 !== 0) return;
    if (this.kept.size >= KEPT_COOKIES)
      for (const oldest of this.kept.keys()) {
        this.kept.delete(oldest);
        break;
      }
    this.kept.set(remote.toString(), cookie);
  }

  grant(remote: IpAddress, cookie: Uint8Array): Uint8Array | null {
    const ours = this.cookieOf(remote);
    // One that is right is not sent again (section 4.2.2).
    return cookie.length === ours.length && cookie.every((byte, i) => byte === ours[i]) ? null : ours;
  }

  private cookieOf({ a, b, c, d }: IpAddress): Uint8Array {
    const words = [a, b, c, d];
    const cookie = new Uint8Array(8);
    const view = new DataView(cookie.buffer);
    view.setInt32(0, this.first.hash(words));
    view.setInt32(4, this.second.hash(words));
    return cookie;
  }
}

/** The one of a stack: a cookie is of use to the next connection. */
export const hashedCookies = perStack((host) => new HashedCookies(host));
