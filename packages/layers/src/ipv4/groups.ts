import type { IpAddress, NetworkInterface } from '@netwright/core';

/** The multicast groups that interfaces belong to (RFC 1112). */
export class Groups {
  /** By interface: how often each group was joined. */
  private readonly joined = new Map<NetworkInterface, Map<number, number>>();

  /** Whether packets to the group are received on `via`. */
  has(group: number, via: NetworkInterface): boolean {
    return this.joined.get(via)?.has(group) === true;
  }

  join(group: IpAddress, via: NetworkInterface): void {
    const groups = this.joined.get(via) ?? new Map<number, number>();
    this.joined.set(via, groups);
    groups.set(group.d, (groups.get(group.d) ?? 0) + 1);
  }

  /** @returns whether it had been joined. */
  leave(group: IpAddress, via: NetworkInterface): boolean {
    const groups = this.joined.get(via);
    const count = groups?.get(group.d);
    if (groups === undefined || count === undefined) return false;
    if (count > 1) groups.set(group.d, count - 1);
    else groups.delete(group.d);
    return true;
  }
}
