import type { IpTtl } from '@netwright/layers';

/** What a socket's packets live for where nobody has said anything. */
const USUAL = 64;

/** IP_TTL and IPV6_UNICAST_HOPS: a number that may change while a connection lives. Those of one listener share it. */
export class SocketTtl implements IpTtl {
  private hops = USUAL;

  /** @param hops 1 to 255, or -1 for the usual number. @returns false for anything else */
  choose(hops: number): boolean {
    if (hops !== -1 && (hops < 1 || hops > 255)) return false;
    this.hops = hops === -1 ? USUAL : hops;
    return true;
  }

  ttl(): number {
    return this.hops;
  }
}
