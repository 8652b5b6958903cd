import type { NetworkError } from '../ip/network.js';
import { IcmpType } from './header.js';

/** What the codes of "destination unreachable" mean (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1). */
const UNREACHABLE: readonly NetworkError['kind'][] = [
  'network-unreachable',
  'host-unreachable',
  'protocol-unreachable',
  'port-unreachable',
  'fragmentation-needed',
  'source-route-failed',
  'network-unreachable', // 6, network unknown
  'host-unreachable', // 7, host unknown
  'host-unreachable', // 8, source host isolated
  'prohibited', // 9, network administratively prohibited
  'prohibited', // 10, host administratively prohibited
  'network-unreachable', // 11, for this type of service
  'host-unreachable', // 12, for this type of service
  'prohibited', // 13, communication administratively prohibited
  'prohibited', // 14, host precedence violation
  'prohibited', // 15, precedence cutoff in effect
];

/** What a message says, or undefined where it says nothing that a transport would want to know. */
export function errorKind(type: number, code: number): NetworkError['kind'] | undefined {
  if (type === IcmpType.Unreachable) return UNREACHABLE[code];
  if (type === IcmpType.TimeExceeded) {
    if (code > 1) return undefined;
    return code === 0 ? 'ttl-exceeded' : 'reassembly-exceeded';
  }
  return type === IcmpType.ParameterProblem && code <= 2 ? 'parameter-problem' : undefined;
}
