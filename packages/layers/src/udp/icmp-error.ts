import type { NetwrightError } from '@netwright/core';
import { fail } from '../errors.js';
import type { NetworkError } from '../ip/network.js';
import { UDP_HEADER } from './header.js';

/** What a program is told when ICMP reports a datagram for `port`; null where it is told nothing. */
export function errorOf(icmp: NetworkError, port: number): NetwrightError | null {
  const { destination: address, mtu } = icmp;
  switch (icmp.kind) {
    case 'port-unreachable':
    case 'protocol-unreachable':
      return fail('ECONNREFUSED', { address, port });
    case 'network-unreachable':
      return fail('ENETUNREACH', { address });
    case 'fragmentation-needed': {
      const size = icmp.length < UDP_HEADER ? 0 : icmp.view.getUint16(icmp.at + 4) - UDP_HEADER;
      return fail('EMSGSIZE', { size, limit: mtu });
    }
    case 'source-quench':
      return null; // RFC 6633 section 5: ignored silently.
    default:
      return fail('EHOSTUNREACH', { address });
  }
}
