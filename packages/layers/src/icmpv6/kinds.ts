import type { NetworkError } from '../ip/network.js';
import { Icmpv6Type } from './header.js';

/** What the codes of "destination unreachable" mean (RFC 4443 section 3.1). */
const UNREACHABLE: readonly NetworkError['kind'][] = [
  'network-unreachable', // 0, no route
  'prohibited', // 1, administratively
  'network-unreachable', // 2, beyond the scope of the source address
  'host-unreachable', // 3, address unreachable
  'port-unreachable', // 4
  'prohibited', // 5, source address failed ingress or egress policy
  'prohibited', // 6, reject route
];

/** What an error says, or undefined where it says nothing that a transport would want to know. */
export function errorKind6(type: number, code: number): NetworkError['kind'] | undefined {
  if (type === Icmpv6Type.Unreachable) return UNREACHABLE[code];
  if (type === Icmpv6Type.TooBig) return 'fragmentation-needed';
  if (type === Icmpv6Type.TimeExceeded) {
    if (code > 1) return undefined;
    return code === 0 ? 'ttl-exceeded' : 'reassembly-exceeded';
  }
  if (type !== Icmpv6Type.ParameterProblem) return 'unknown';
  if (code > 3) return undefined;
  // A next header that is not known there is what IPv4 calls a protocol.
  return code === 1 ? 'protocol-unreachable' : 'parameter-problem';
}
