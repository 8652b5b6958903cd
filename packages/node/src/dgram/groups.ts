import { IpAddress, type NetworkInterface } from '@netwright/core';
import type { UdpSocket } from '@netwright/layers';
import type { Version } from '../family.js';
import { errno } from './errno.js';
import type { DatagramHome } from './home.js';

/** An address as `uv_ip4_addr` and `uv_ip6_addr` read it, with the zone of fe80::1%eth0. */
export interface Scoped {
  readonly address: IpAddress;
  readonly zone: string | null;
}

/** Reads an address of either family. @returns null where it is none. */
export function readScoped(text: unknown): Scoped | null {
  if (typeof text !== 'string') return null;
  const at = text.includes(':') ? text.indexOf('%') : -1;
  const address = IpAddress.parse(at < 0 ? text : text.slice(0, at));
  return address === undefined ? null : { address, zone: at < 0 ? null : text.slice(at + 1) };
}

/** What a program asks of a group: all parts as text, as Node passes them on. */
export interface GroupRequest {
  readonly join: boolean;
  readonly group: Scoped;
  readonly source: Scoped | null;
  /** null where none was named. */
  readonly on: Scoped | null;
}

/**
 * Reads `addMembership` and its three relatives.
 * @param source undefined: every source.
 * @returns UV's number where it makes no sense.
 */
export function readGroupRequest(join: boolean, group: unknown, source: unknown, on: unknown): GroupRequest | number {
  const to = readScoped(group);
  const from = source === undefined ? null : readScoped(source);
  if (to === null || (source !== undefined && from === null)) return errno('EINVAL');
  if (from !== null && from.address.version !== to.address.version) return errno('EINVAL');
  const named = on === undefined || on === null ? null : readScoped(on);
  if (on !== undefined && on !== null && named?.address.version !== to.address.version) return errno('EINVAL');
  return { join, group: to, source: from, on: named };
}

/** Joins or leaves. @returns 0 or UV's number, as Linux would. */
export function changeGroup(home: DatagramHome, socket: UdpSocket, version: Version, request: GroupRequest): number {
  const group = request.group.address;
  if (group.version > version) return errno('ENOPROTOOPT');
  const source = request.source?.address ?? null;
  const on = interfaceOf(home, group.version, request.on);
  const result = request.join ? socket.join(group, on, source) : socket.leave(group, on, source);
  if (result === 'done') return 0;
  // RFC 3678 wants EADDRNOTAVAIL for a source that was not joined, Linux says EINVAL of a group that was not.
  return errno(result);
}

/** IPv4 names an interface by its address, IPv6 by its zone. */
function interfaceOf(home: DatagramHome, version: Version, on: Scoped | null): IpAddress | NetworkInterface | null {
  if (on === null) return null;
  return version === 4 ? on.address : interfaceNamed(home, on.zone);
}

/** The interface of a zone, by name or number; null where there is none. */
export function interfaceNamed(home: DatagramHome, zone: string | null): NetworkInterface | null {
  if (zone === null) return null;
  const { interfaces } = home.stack.host;
  return interfaces.find((each) => each.name === zone || String(each.index + 1) === zone) ?? null;
}

/** `setMulticastInterface`. @returns 0 or UV's number */
export function chooseInterface(home: DatagramHome, socket: UdpSocket, version: Version, named: Scoped): number {
  if (named.address.version === 6) {
    if (version === 4) return errno('ENOPROTOOPT');
    socket.sending.set({ multicastInterface: interfaceNamed(home, named.zone) });
    return 0;
  }
  const place = named.address.isAny ? null : home.udp.membership(ANY_GROUP, named.address);
  if (place === null && !named.address.isAny) return errno('EADDRNOTAVAIL');
  socket.sending.set({ multicastInterface: place?.via ?? null });
  return 0;
}

const ANY_GROUP = IpAddress.v4(0xe0000001);
