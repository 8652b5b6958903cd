import { IpAddress, type Packet } from '@netwright/core';
import type { NetworkError } from '../ip/network.js';
import { findPayload, IPV6 } from './header.js';

/** What a router would say of a packet of ours whose next hop does not answer: here it is the stack itself that says so. */
export function addressUnreachable(packet: Packet): NetworkError & { readonly protocol: number } {
  const { view, start, end } = packet;
  const source = IpAddress.read(view, start + IPV6.source, 16);
  const payload = findPayload(view, start, end);
  const at = payload?.first === true ? payload.at : end;
  return {
    kind: 'host-unreachable',
    type: 1,
    code: 3,
    mtu: 0,
    from: source,
    source,
    destination: IpAddress.read(view, start + IPV6.destination, 16),
    protocol: payload?.protocol ?? -1,
    view,
    at,
    length: end - at,
  };
}
