import type { IpAddress, NetworkInterface } from '@netwright/core';
import { multicastMac } from '../ethernet/header.js';
import type { GroupLink } from '../ip/groups.js';
import type { LinkLayer } from './link-layer.js';

/** Has the link take the frames of groups; what stays inside has none. */
export class GroupFrames implements GroupLink {
  link: LinkLayer | null = null;

  opened(group: IpAddress, via: NetworkInterface): void {
    if (via.index >= 0) this.link?.join(multicastMac(group), via);
  }

  closed(group: IpAddress, via: NetworkInterface): void {
    if (via.index >= 0) this.link?.leave(multicastMac(group), via);
  }
}
