import type { IpAddress, NetworkInterface } from '@netwright/core';

interface Joined {
  readonly group: IpAddress;
  count: number;
}

/** The multicast groups that interfaces belong to. */
export class Groups6 {
  /** By interface index; a short list each. */
  private readonly joined: Joined[][] = [];

  /** Whether packets to the group at `at` are received on `via`. */
  has(view: DataView, at: number, via: NetworkInterface): boolean {
    const groups = this.joined[via.index];
    if (groups === undefined) return false;
    for (let i = 0; i < groups.length; i++) if (groups[i].group.isAt(view, at)) return true;
    return false;
  }

  /** @returns whether it is the first join. */
  join(group: IpAddress, via: NetworkInterface): boolean {
    this.joined[via.index] ??= [];
    const groups = this.joined[via.index];
    const found = groups.find((each) => each.group.equals(group));
    if (found !== undefined) {
      found.count++;
      return false;
    }
    groups.push({ group, count: 1 });
    return true;
  }

  /** @returns whether it had been joined. */
  leave(group: IpAddress, via: NetworkInterface): boolean {
    const groups = this.joined[via.index] ?? [];
    const at = groups.findIndex((each) => each.group.equals(group));
    if (at < 0) return false;
    if (--groups[at].count === 0) groups.splice(at, 1);
    return true;
  }
}
