import type { NetworkError } from '@netwright/layers';

/** What Linux calls the codes of "destination unreachable" (RFC 792 and RFC 1812), and of RFC 4443's. */
const UNREACHABLE = [
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENOPROTOOPT',
  'ECONNREFUSED',
  'EMSGSIZE',
  'EOPNOTSUPP',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENONET',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETUNREACH',
];
const UNREACHABLE_6 = ['ENETUNREACH', 'EACCES', 'EHOSTUNREACH', 'EHOSTUNREACH', 'ECONNREFUSED', 'EACCES', 'EACCES'];

/** The error that a program is told of an ICMP message. */
export function icmpErrno({ kind, type, code, source }: NetworkError): string {
  if (kind === 'parameter-problem') return 'EPROTO';
  if (kind === 'protocol-unreachable' && source.version === 6) return 'EPROTO';
  const unreachable = source.version === 4 ? type === 3 : type === 1;
  const names = source.version === 4 ? UNREACHABLE : UNREACHABLE_6;
  return (unreachable ? names[code] : undefined) ?? 'EHOSTUNREACH';
}
