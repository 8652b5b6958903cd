import type { IpAddress, NetworkInterface } from '@netwright/core';

/** A multicast group as one interface hears it: what all sockets and layers have asked for, taken together. */
export interface GroupMembership {
  readonly group: IpAddress;
  /** Joins that want it from every source. */
  everySource: number;
  /** Sources that are wanted by joins that named one, with how many there are. */
  readonly sources: { readonly address: IpAddress; joins: number }[];
}

/** Opens and closes the link for a group. */
export interface GroupLink {
  opened(group: IpAddress, via: NetworkInterface): void;
  closed(group: IpAddress, via: NetworkInterface): void;
}

/**
 * The multicast groups that interfaces belong to (RFC 1112 section 7.1, RFC 3376 section 3.2). Whether a source is wanted
 * is for sockets to say; routers and switches are told by the observer.
 */
export class Groups {
  /** Is told that what an interface wants of a group has changed. */
  observer: ((group: IpAddress, via: NetworkInterface) => void) | null = null;
  /** By place of the interface among the host's, from -1 for what stays inside; a short list each. */
  private readonly joined: GroupMembership[][] = [];

  constructor(private readonly link: GroupLink) {}

  /** Whether packets to the group at `at` are received on `via`. */
  has(view: DataView, at: number, via: NetworkInterface): boolean {
    const groups = this.joined[via.index + 1];
    if (groups === undefined) return false;
    for (let i = 0; i < groups.length; i++) if (groups[i].group.isAt(view, at)) return true;
    return false;
  }

  /** All groups of an interface. */
  on(via: NetworkInterface): readonly GroupMembership[] {
    return this.joined[via.index + 1] ?? [];
  }

  find(group: IpAddress, via: NetworkInterface): GroupMembership | undefined {
    return this.on(via).find((each) => each.group.equals(group));
  }

  /** Joins are counted. @param source hears the group from this address; null: from every one. */
  join(group: IpAddress, via: NetworkInterface, source: IpAddress | null = null): void {
    let membership = this.find(group, via);
    if (membership === undefined) {
      membership = { group, everySource: 0, sources: [] };
      this.joined[via.index + 1] ??= [];
      this.joined[via.index + 1].push(membership);
      this.link.opened(group, via);
    }
    if (source === null) membership.everySource++;
    else {
      const known = membership.sources.find(({ address }) => address.equals(source));
      if (known === undefined) membership.sources.push({ address: source, joins: 1 });
      else known.joins++;
    }
    this.observer?.(group, via);
  }

  /** Takes one `join` back. */
  leave(group: IpAddress, via: NetworkInterface, source: IpAddress | null = null): void {
    const membership = this.find(group, via);
    if (membership === undefined) return;
    const { sources } = membership;
    if (source === null) membership.everySource = Math.max(0, membership.everySource - 1);
    else {
      const at = sources.findIndex(({ address }) => address.equals(source));
      if (at >= 0 && --sources[at].joins === 0) sources.splice(at, 1);
    }
    if (membership.everySource === 0 && sources.length === 0) {
      const groups = this.joined[via.index + 1];
      groups.splice(groups.indexOf(membership), 1);
      this.link.closed(group, via);
    }
    this.observer?.(group, via);
  }
}
