import type { IpAddress, NetworkInterface } from '@netwright/core';

/** The multicast groups that interfaces belong to (RFC 1112). */
export class Groups {
  /** By interface index: how often each group was joined. */
  private readonly joined: Map<number, number>[] = [];

  /** Whether packets to the group are received on `via`. */
  has(group: number, via: NetworkInterface): boolean {
    return this.joined[via.index]?.has(group) === true;
  }

  join(group: IpAddress, via: NetworkInterface): void {
    this.joined[via.index] ??= new Map();
    const groups = this.joined[via.index];
    groups.set(group.d, (groups.get(group.d) ?? 0) + 1);
  }

  /** @returns whether it had been joined. */
  leave(group: IpAddress, via: NetworkInterface): boolean {
    const groups = this.joined[via.index];
    const count = groups?.get(group.d) ?? 0;
    if (count > 1) groups.set(group.d, count - 1);
    else groups?.delete(group.d);
    return count > 0;
  }
}
