import type { Cursor } from '../lex.js';
import { Unsupported } from '../outcome.js';
import type { ScriptIp } from './packet.js';

/** Type and code of a message. */
export interface IcmpKind {
  readonly type: number;
  readonly code: number;
}

/** An ICMP error, and what it quotes of ours. */
export interface ScriptIcmp {
  readonly kind: 'icmp';
  readonly ip: ScriptIp;
  /** What it is in ICMP, and in ICMPv6; null where that has nothing of the kind. */
  readonly four: IcmpKind | null;
  readonly six: IcmpKind | null;
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
  src_route_failed: 5,
  net_unknown: 6,
  host_unknown: 7,
  source_host_isolated: 8,
  net_prohibited: 9,
  host_prohibited: 10,
  net_unreachable_for_tos: 11,
  host_unreachable_for_tos: 12,
  packet_filtered: 13,
  admin_prohibited: 13,
  communication_prohibited: 13,
  precedence_violation: 14,
  host_precedence: 14,
  precedence_cutoff: 15,
};
const EXCEEDED: Record<string, number> = {
  exc_ttl: 0,
  exc_fragtime: 1,
  ttl: 0,
  fragtime: 1,
  intransit: 0,
  reassembly: 1,
};

/** The same for ICMPv6 (RFC 4443 section 3): names of its own, and what comes nearest to those of ICMP. */
const UNREACHABLE_6: Record<string, readonly [type: number, code: number]> = {
  no_route: [1, 0],
  admin_prohibited: [1, 1],
  not_neighbour: [1, 2],
  beyond_scope: [1, 2],
  addr_unreachable: [1, 3],
  address_unreachable: [1, 3],
  port_unreachable: [1, 4],
  net_unreachable: [1, 0],
  host_unreachable: [1, 3],
  protocol_unreachable: [4, 1],
  packet_filtered: [1, 1],
  packet_too_big: [2, 0],
};

/** RFC 4443 section 3.4. */
const PROBLEM_6: Record<string, number> = {
  header_field: 0,
  erroneous_header: 0,
  next_header: 1,
  unrecognized_next_header: 1,
  option: 2,
  unrecognized_option: 2,
};

/** Reads `unreachable frag_needed mtu N [1:1461(1460)]`, or `packet_too_big mtu N [...]`. */
export function readIcmp(cursor: Cursor, ip: ScriptIp, version: 4 | 6 | null): ScriptIcmp {
  const begin = cursor.at;
  const [word] = cursor.require(/[a-z_]\w*/y, 'a kind of ICMP message');
  let four: IcmpKind | null = null;
  let six: IcmpKind | null = null;
  if (word === 'unreachable') {
    const name = cursor.match(/(?!mtu\b)[a-z_]\w*/y)?.[0] ?? 'net_unreachable';
    if (name in UNREACHABLE) four = { type: 3, code: UNREACHABLE[name] };
    if (name in UNREACHABLE_6) six = kind(UNREACHABLE_6[name]);
    if (four === null && six === null) cursor.fail(`"${name}" is no kind of unreachable`);
  } else if (word === 'packet_too_big') six = { type: 2, code: 0 };
  else if (word === 'time_exceeded') {
    const named = cursor.match(/(?!mtu\b)[a-z_]\w*/y);
    const code = named === null ? 0 : (EXCEEDED[named[0]] ?? cursor.fail(`"${named[0]}" is no kind of time exceeded`));
    four = { type: 11, code };
    six = { type: 3, code };
  } else if (word === 'source_quench') four = { type: 4, code: 0 };
  else if (word === 'parameter_problem') {
    const named = cursor.match(/(?!mtu\b)[a-z_]\w*/y)?.[0] ?? 'header_field';
    const code = PROBLEM_6[named] ?? cursor.fail(`"${named}" is no kind of parameter problem`);
    if (code === 0) four = { type: 12, code: 0 };
    six = { type: 4, code };
  } else if (word === 'echo_request' || word === 'echo_reply') throw new Unsupported('ICMP echo in scripts');
  else cursor.fail(`"${word}" is no kind of ICMP message`, begin);
  const mtu = cursor.takeWord('mtu') ? cursor.integer('an MTU') : 0;
  if (version === 4) six = null;
  if (version === 6) four = null;
  return { kind: 'icmp', ip, four, six, mtu, quoted: readQuoted(cursor) };
}

function kind([type, code]: readonly [number, number]): IcmpKind {
  return { type, code };
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
