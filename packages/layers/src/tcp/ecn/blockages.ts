import type { IpAddress } from '@netwright/core';

/** How many peers are remembered; the one that was heard of first is forgotten first. */
const REMEMBERED = 1024;
/** One SYN may be lost by chance: so many connections in a row make a blockage (RFC 9768 section 3.1.4.1). */
const CLEAR = 2;

/** Peers that were only reached by SYNs that do not ask for ECN: the next connections do not ask, for a while. */
export class EcnBlockages {
  private readonly peers = new Map<string, { times: number; at: number }>();

  /** @param pause ms after which one of them is asked again. */
  constructor(private readonly pause: number) {}

  /** Whether SYNs to `peer` should not ask. */
  blocks(peer: IpAddress, now: number): boolean {
    const known = this.peers.get(String(peer));
    return known !== undefined && known.times >= CLEAR && now - known.at < this.pause;
  }

  /** It answered only when it was not asked. */
  failed(peer: IpAddress, now: number): void {
    const name = String(peer);
    const times = (this.peers.get(name)?.times ?? 0) + 1;
    this.peers.delete(name);
    if (this.peers.size >= REMEMBERED)
      for (const oldest of this.peers.keys()) {
        this.peers.delete(oldest);
        break;
      }
    this.peers.set(name, { times, at: now });
  }

  /** It answered when it was asked. */
  passed(peer: IpAddress): void {
    this.peers.delete(String(peer));
  }
}
