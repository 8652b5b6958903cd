import type { Fields } from '@netwright/core';

const UNREACHABLE = ['net', 'host', 'protocol', 'port', 'need to frag'];
const UNREACHABLE6 = ['route', 'prohibited', 'scope', 'address', 'port', 'policy', 'reject route'];

/** An ICMP message as tcpdump would print it. */
export function describeIcmp(fields: Fields): string {
  const type = fields['icmp.type'];
  const length = Number(fields['data.len']) + 8;
  if (fields['icmp.ident'] !== undefined) {
    const kind = type === 8 ? 'request' : 'reply';
    return `ICMP echo ${kind}, id ${fields['icmp.ident']}, seq ${fields['icmp.seq']}, length ${length}`;
  }
  if (type === 3) {
    const code = Number(fields['icmp.code']);
    const mtu = code === 4 ? ` (mtu ${fields['icmp.mtu']})` : '';
    return `ICMP ${UNREACHABLE[code] ?? `code ${code}`} unreachable${mtu}, length ${length}`;
  }
  if (type === 11) return `ICMP time exceeded code ${fields['icmp.code']}, length ${length}`;
  return `ICMP type ${type} code ${fields['icmp.code']}, length ${length}`;
}

/** The same of ICMPv6. */
export function describeIcmpv6(fields: Fields): string {
  return `ICMP6, ${kindOf(fields)}, length ${Number(fields['data.len']) + 8}`;
}

function kindOf(fields: Fields): string {
  const code = Number(fields['icmpv6.code']);
  switch (fields['icmpv6.type']) {
    case 1:
      return `destination unreachable, unreachable ${UNREACHABLE6[code] ?? `code ${code}`}`;
    case 2:
      return `packet too big, mtu ${fields['icmpv6.mtu']}`;
    case 3:
      return code === 0 ? 'time exceeded in-transit' : 'time exceeded in reassembly';
    case 4:
      return `parameter problem, code ${code} - octet ${fields['icmpv6.pointer']}`;
    case 128:
    case 129: {
      const kind = fields['icmpv6.type'] === 128 ? 'request' : 'reply';
      return `echo ${kind}, id ${fields['icmpv6.echo.identifier']}, seq ${fields['icmpv6.echo.sequence_number']}`;
    }
    case 133:
      return 'router solicitation';
    case 134:
      return 'router advertisement';
    case 135:
      return `neighbor solicitation, who has ${fields['icmpv6.nd.ns.target_address']}`;
    case 136:
      return `neighbor advertisement, tgt is ${fields['icmpv6.nd.na.target_address']}`;
    case 137:
      return `redirect, ${fields['icmpv6.rd.na.destination_address']} to ${fields['icmpv6.rd.na.target_address']}`;
    default:
      return `type ${fields['icmpv6.type']} code ${code}`;
  }
}
