import type { Cursor } from '../lex.js';
import { Unsupported } from '../outcome.js';
import { readLayers, type ScriptLayer } from './encapsulation.js';
import { readIcmp, type ScriptIcmp } from './icmp.js';
import { readTcpOptions, type ScriptOption } from './tcp-options.js';

/** What a packet says of its IP header. */
export interface ScriptIp {
  /** The two ECN bits that fit; null where they are not looked at. */
  readonly ecn: readonly number[] | null;
  /** The whole TOS byte; null where it is not looked at. */
  readonly tos: number | null;
  readonly ttl: number | null;
  readonly flowLabel: number | null;
}

/** A segment as scripts write it; numbers are relative to the mapped initial ones. */
export interface ScriptTcp {
  readonly kind: 'tcp';
  readonly ip: ScriptIp;
  /** Null where the script leaves ports to the connection. */
  readonly ports: { readonly source: number; readonly destination: number } | null;
  /** The eight flag bits and AE. */
  readonly flags: number;
  readonly seq: number;
  readonly length: number;
  /** Sequence number: 'relative' to the ISN, 'absolute' on the wire, or 'any'. */
  readonly seqKind: 'relative' | 'absolute' | 'any';
  readonly ack: number | null;
  readonly ackAbsolute: boolean;
  readonly window: number | null;
  readonly urgent: number | null;
  /** Null where the script writes `<...>`. */
  readonly options: readonly ScriptOption[] | null;
}

/** A datagram. */
export interface ScriptUdp {
  readonly kind: 'udp';
  readonly ip: ScriptIp;
  readonly ports: { readonly source: number; readonly destination: number } | null;
  readonly length: number;
}

/** A packet in other packets: each header that is written is around the packet, which has an IP header of its own. */
export interface ScriptTunneled {
  readonly kind: 'tunneled';
  /** The outermost first. */
  readonly layers: readonly ScriptLayer[];
  readonly packet: ScriptPlain;
}

export type ScriptPlain = ScriptTcp | ScriptUdp | ScriptIcmp;
export type ScriptPacket = ScriptPlain | ScriptTunneled;

/** AE of RFC 9768 lies above the eight flags. */
export const AE = 0x100;

const FLAGS: Record<string, number> = {
  F: 0x01,
  S: 0x02,
  R: 0x04,
  P: 0x08,
  '.': 0x10,
  U: 0x20,
  E: 0x40,
  W: 0x80,
  A: AE,
};
const ECN: Record<string, readonly number[]> = { noecn: [0], ect1: [1], ect0: [2], ect01: [1, 2], ce: [3] };
const NO_IP: ScriptIp = { ecn: null, tos: null, ttl: null, flowLabel: null };

/** Reads what follows `<` or `>`. */
export function readPacket(cursor: Cursor): ScriptPacket {
  const first = readOptionalIp(cursor, NO_IP);
  const layers = readLayers(cursor, (end) => readIpInfo(cursor, end), NO_IP);
  if (layers.length === 0) return readPlain(cursor, first);
  return { kind: 'tunneled', layers, packet: readPlain(cursor, readOptionalIp(cursor, first)) };
}

function readOptionalIp(cursor: Cursor, otherwise: ScriptIp): ScriptIp {
  if (cursor.take('[')) return readIpInfo(cursor, ']');
  return cursor.take('(') ? readIpInfo(cursor, ')') : otherwise;
}

function readPlain(cursor: Cursor, ip: ScriptIp): ScriptPlain {
  if (cursor.takeWord('icmp')) return readIcmp(cursor, ip, null);
  if (cursor.takeWord('icmpv4')) return readIcmp(cursor, ip, 4);
  if (cursor.takeWord('icmpv6')) return readIcmp(cursor, ip, 6);
  const ports = readPorts(cursor);
  if (cursor.takeWord('udp')) return readUdp(cursor, ip, ports);
  if (cursor.takeWord('sctp') || cursor.takeWord('udplite')) throw new Unsupported('SCTP and UDP-Lite');
  return readTcp(cursor, ip, ports);
}

function readIpInfo(cursor: Cursor, end: string): ScriptIp {
  let ecn: readonly number[] | null = null;
  let tos: number | null = null;
  let ttl: number | null = null;
  let flowLabel: number | null = null;
  while (!cursor.take(end)) {
    cursor.take(',');
    const [word] = cursor.require(/[a-z]\w*/y, 'ect0, ect1, ce, noecn, tos, ttl or flowlabel');
    if (word in ECN) ecn = ECN[word];
    else if (word === 'tos' || word === 'tclass') tos = cursor.integer('the TOS byte');
    else if (word === 'ttl' || word === 'hlim') ttl = cursor.integer('the TTL');
    else if (word === 'flowlabel') flowLabel = cursor.integer('the flow label');
    else cursor.fail(`"${word}" says nothing about an IP header`);
  }
  return { ecn, tos, ttl, flowLabel };
}

function readPorts(cursor: Cursor): ScriptTcp['ports'] {
  const match = cursor.match(/(\d+)\s*>\s*(\d+)/y);
  return match === null ? null : { source: Number(match[1]), destination: Number(match[2]) };
}

function readUdp(cursor: Cursor, ip: ScriptIp, ports: ScriptTcp['ports']): ScriptUdp {
  cursor.expect('(');
  const length = cursor.integer('bytes of payload');
  cursor.expect(')');
  return { kind: 'udp', ip, ports, length };
}

/** Flags, and the ACE counter as a digit: AE, CWR and ECE from the highest (RFC 9768 section 3.2.2). */
function readFlags(cursor: Cursor): number {
  const [text] = cursor.require(/-|[FSRP.UEWA]+[0-7]?|[0-7](?=\s+\d+:)/y, 'TCP flags (F S R P . U E W A, or -)');
  let flags = 0;
  for (const letter of text) {
    if (letter in FLAGS) flags |= FLAGS[letter];
    else if (letter !== '-') {
      const counter = Number(letter);
      flags |= ((counter & 4) << 6) | ((counter & 2) << 6) | ((counter & 1) << 6);
    }
  }
  return flags;
}

/** Reads `flags seq:end(len) ack N win N urg N <options>`. */
export function readTcp(cursor: Cursor, ip: ScriptIp, ports: ScriptTcp['ports']): ScriptTcp {
  refuseUdpAround(cursor);
  const flags = readFlags(cursor);
  refuseUdpAround(cursor);
  const { seq, length, seqKind } = readSequence(cursor);
  let ack: number | null = null;
  let ackAbsolute = false;
  let window: number | null = null;
  let urgent: number | null = null;
  for (;;) {
    if (cursor.takeWord('ack')) {
      ack = cursor.integer('an acknowledgment number');
      ackAbsolute = cursor.matchHere(/!/y) !== null;
    } else if (cursor.takeWord('win')) window = cursor.integer('a window');
    else if (cursor.takeWord('urg')) urgent = cursor.integer('an urgent pointer');
    else break;
  }
  if ((flags & 0x10) !== 0 && ack === null) cursor.fail('a segment with ACK (".") needs "ack N"');
  if ((flags & 0x10) === 0 && ack !== null && ack !== 0) cursor.fail('"ack N" needs the flag "."');
  const options = cursor.take('<') ? readTcpOptions(cursor) : [];
  refuseUdpAround(cursor);
  return { kind: 'tcp', ip, ports, flags, seq, length, seqKind, ack, ackAbsolute, window, urgent, options };
}

/** FreeBSD's `/udp(9899 > 9899)`: segments in datagrams. */
function refuseUdpAround(cursor: Cursor): void {
  if (cursor.match(/(?:tcp\s*)?\/\s*udp\b/y) !== null) throw new Unsupported('TCP in UDP');
}

/** `1:1001(1000)`, `...(0)` for any, `0:0(0)!` for a number as it is on the wire. */
export function readSequence(cursor: Cursor): Pick<ScriptTcp, 'seq' | 'length' | 'seqKind'> {
  const any = cursor.match(/\.\.\.\s*\(\s*(\d+)\s*\)/y);
  if (any !== null) return { seq: 0, length: Number(any[1]), seqKind: 'any' };
  const begin = cursor.at;
  const [, first, end, bytes, mark] = cursor.require(
    /(\d+)\s*:\s*(\d+)\s*\(\s*(\d+)\s*\)(!?)/y,
    'sequence numbers, such as 1:1001(1000)',
  );
  const length = Number(bytes);
  if (((Number(first) + length - Number(end)) | 0) !== 0) {
    cursor.fail(`${first} and ${length} bytes make ${(Number(first) + length) >>> 0}, not ${end}`, begin);
  }
  return { seq: Number(first), length, seqKind: mark === '!' ? 'absolute' : 'relative' };
}
