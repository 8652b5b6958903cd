import type { Cursor } from '../lex.js';
import { Unsupported } from '../outcome.js';
import type { ScriptIp } from './packet.js';

/** An ICMP error, and what it quotes of ours. */
export interface ScriptIcmp {
  readonly kind: 'icmp';
  readonly ip: ScriptIp;
  readonly type: number;
  readonly code: number;
  /** Next-hop MTU; 0 where the script does not say. */
  readonly mtu: number;
  /** The quoted segment or datagram. */
  readonly quoted: { readonly protocol: 'tcp' | 'udp'; readonly seq: number; readonly length: number };
}

/** Words for type and code (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1). */
const UNREACHABLE: Record<string, number> = {
  net_unreachable: 0,
  host_unreachable: 1,
  protocol_unreachable: 2,
  port_unreachable: 3,
  frag_needed: 4,
  source_route_failed: 5,
  net_unknown: 6,
  host_unknown: 7,
  source_host_isolated: 8,
  net_prohibited: 9,
  host_prohibited: 10,
  net_unreachable_for_tos: 11,
  host_unreachable_for_tos: 12,
  packet_filtered: 13,
  precedence_violation: 14,
  precedence_cutoff: 15,
};
const EXCEEDED: Record<string, number> = { exc_ttl: 0, exc_fragtime: 1, ttl: 0, fragtime: 1 };

/** Reads `unreachable frag_needed mtu N [1:1461(1460)]`. */
export function readIcmp(cursor: Cursor, ip: ScriptIp): ScriptIcmp {
  const begin = cursor.at;
  const [word] = cursor.require(/[a-z_]\w*/y, 'a kind of ICMP message');
  let type = 3;
  let code = 0;
  if (word === 'unreachable') {
    const named = cursor.match(/(?!mtu\b)[a-z_]\w*/y);
    if (named !== null) code = UNREACHABLE[named[0]] ?? cursor.fail(`"${named[0]}" is no kind of unreachable`);
  } else if (word === 'time_exceeded') {
    type = 11;
    const named = cursor.match(/[a-z_]\w*/y);
    if (named !== null) code = EXCEEDED[named[0]] ?? cursor.fail(`"${named[0]}" is no kind of time exceeded`);
  } else if (word === 'source_quench') type = 4;
  else if (word === 'parameter_problem') type = 12;
  else if (word === 'echo_request' || word === 'echo_reply') throw new Unsupported('ICMP echo in scripts');
  else cursor.fail(`"${word}" is no kind of ICMP message`, begin);
  const mtu = cursor.takeWord('mtu') ? cursor.integer('an MTU') : 0;
  return { kind: 'icmp', ip, type, code, mtu, quoted: readQuoted(cursor) };
}

function readQuoted(cursor: Cursor): ScriptIcmp['quoted'] {
  if (!cursor.take('[')) return { protocol: 'tcp', seq: 1, length: 0 };
  const udp = cursor.match(/udp\s*\(\s*(\d+)\s*\)/y);
  let quoted: ScriptIcmp['quoted'];
  if (udp !== null) quoted = { protocol: 'udp', seq: 0, length: Number(udp[1]) };
  else {
    // Flags and everything behind the sequence numbers are beyond the eight bytes that matter.
    cursor.match(/[FSRP.UEWA]+(?=\s)/y);
    const [, seq, , length] = cursor.require(/(\d+)\s*:\s*(\d+)\s*\(\s*(\d+)\s*\)/y, 'the quoted sequence numbers');
    quoted = { protocol: 'tcp', seq: Number(seq), length: Number(length) };
  }
  cursor.until(']', 'the quoted packet');
  return quoted;
}
