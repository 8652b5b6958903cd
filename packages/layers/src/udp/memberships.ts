import type { IpAddress, NetworkInterface } from '@netwright/core';
import type { MulticastNetwork } from '../ip/network.js';

/** A group that a socket belongs to on one interface. */
interface Membership {
  readonly group: IpAddress;
  readonly via: NetworkInterface;
  readonly network: MulticastNetwork;
  /** The sources it is heard from; null: from all. */
  readonly sources: IpAddress[] | null;
}

/** What became of a change: names after errno. */
export type MembershipResult = 'done' | 'EADDRINUSE' | 'EADDRNOTAVAIL' | 'EINVAL' | 'ENOBUFS';

/** The groups of one socket (RFC 1112 section 6, RFC 3678 for chosen sources). The network layer counts joins of all. */
export class Memberships {
  private readonly list: Membership[] = [];

  /** @param limit groups that one socket may join; Linux has 20. */
  constructor(private readonly limit = 20) {}

  /** Joins, for all sources or for one. @returns EADDRINUSE where it had, EINVAL where it had otherwise. */
  join(group: IpAddress, via: NetworkInterface, network: MulticastNetwork, source: IpAddress | null): MembershipResult {
    const known = this.find(group, via);
    if (known !== undefined) {
      if (source === null) return 'EADDRINUSE';
      if (known.sources === null) return 'EINVAL';
      if (known.sources.some((each) => each.equals(source))) return 'EADDRNOTAVAIL';
      known.sources.push(source);
      network.groups.join(group, via, source);
      return 'done';
    }
    if (this.list.length >= this.limit) return 'ENOBUFS';
    this.list.push({ group, via, network, sources: source === null ? null : [source] });
    network.groups.join(group, via, source);
    return 'done';
  }

  /** Leaves, or hears one source less. @returns EADDRNOTAVAIL where it is no member, EINVAL where it is none for the source. */
  leave(group: IpAddress, via: NetworkInterface, source: IpAddress | null): MembershipResult {
    const known = this.find(group, via);
    if (known === undefined) return source === null ? 'EADDRNOTAVAIL' : 'EINVAL';
    if (source !== null) {
      if (known.sources === null) return 'EINVAL';
      const at = known.sources.findIndex((each) => each.equals(source));
      if (at < 0) return 'EADDRNOTAVAIL';
      known.sources.splice(at, 1);
      known.network.groups.leave(group, via, source);
      if (known.sources.length > 0) return 'done';
    } else leaveAll(known);
    this.list.splice(this.list.indexOf(known), 1);
    return 'done';
  }

  /** Leaves them all. */
  clear(): void {
    for (const each of this.list.splice(0)) leaveAll(each);
  }

  /**
   * Whether a datagram for many is for this socket. One that has joined nothing hears what others have joined, as on
   * Linux (IP_MULTICAST_ALL); one that has chosen sources hears those.
   */
  admits(view: DataView, groupAt: number, sourceAt: number, via: NetworkInterface | null): boolean {
    for (const each of this.list) {
      if (each.via !== via || !each.group.isAt(view, groupAt)) continue;
      return each.sources === null || each.sources.some((source) => source.isAt(view, sourceAt));
    }
    return true;
  }

  private find(group: IpAddress, via: NetworkInterface): Membership | undefined {
    return this.list.find((each) => each.via === via && each.group.equals(group));
  }
}

function leaveAll({ group, via, network, sources }: Membership): void {
  if (sources === null) network.groups.leave(group, via);
  else for (const source of sources) network.groups.leave(group, via, source);
}
