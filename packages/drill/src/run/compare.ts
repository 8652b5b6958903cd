import type { IpAddress } from '@netwright/core';
import { Mismatch } from '../outcome.js';
import type { ScriptIpHeader } from '../parse/encapsulation.js';
import type { ScriptIcmp } from '../parse/icmp.js';
import type { ScriptIp, ScriptTcp, ScriptUdp } from '../parse/packet.js';
import { describePacket, describeScriptOptions, describeSegment } from './describe.js';
import type { Flow } from './flow.js';
import type { SeenPacket, WireSegment } from './frame.js';
import { isSigned } from './md5.js';
import { describeOptions } from './options.js';

/** How strictly a script is held to what it says. */
export interface Strictness {
  /** Whether PSH must be as written. */
  readonly push: boolean;
  /** How far a timestamp of the stack may be off, in its ticks; null where they are not looked at. */
  readonly stampTolerance: number | null;
  /** The key of a peer that signs (RFC 2385); null where it has none. */
  md5Key(peer: IpAddress): Uint8Array | null;
}

const SYN = 0x02;
const PSH = 0x08;
const URG = 0x20;

/** A segment, or consecutive segments that the script expects as one. */
export interface SeenSegments {
  readonly packet: SeenPacket;
  readonly segment: WireSegment;
  /** Bytes of payload of all of them, and their flags together. */
  readonly length: number;
  readonly flags: number;
  readonly zeros: boolean;
}

/** Holds what the stack sent against what the script expects. @throws Mismatch */
export function compareSegments(expected: ScriptTcp, seen: SeenSegments, flow: Flow, strictness: Strictness): void {
  const { segment, length } = seen;
  const merged = { ...segment, flags: seen.flags };
  const opening = (expected.flags & merged.flags & SYN) !== 0;
  if (opening && !flow.mapped && expected.seqKind !== 'any') flow.mapLocal(expected.seq, segment.seq);
  const fail = (problem: string): never => {
    throw new Mismatch(problem, describePacket(expected), describeSegment(merged, length, flow));
  };
  checkIp(expected.ip, seen.packet, fail);
  const ignored = strictness.push ? 0 : PSH;
  if (((expected.flags ^ merged.flags) & ~ignored) !== 0) fail('other flags');
  const seq = expected.seqKind === 'absolute' ? segment.seq >>> 0 : flow.toScript(segment.seq);
  if (expected.seqKind !== 'any' && seq !== expected.seq >>> 0) fail('another sequence number');
  if (length !== expected.length) fail('another length');
  if (expected.ack !== null && expected.ack >>> 0 !== segment.ack >>> 0) fail('another acknowledgment number');
  if (expected.window !== null && expected.window !== segment.window) fail('another window');
  if ((expected.flags & URG) !== 0 && expected.urgent !== null && expected.urgent !== segment.urgent)
    fail('another urgent pointer');
  if (expected.options !== null) compareOptions(expected, seen.packet, segment, flow, strictness, fail);
  else noteStamp(expected, segment, flow);
  if (!seen.zeros) fail('a payload that is not zeros');
}

function compareOptions(
  expected: ScriptTcp,
  packet: SeenPacket,
  segment: WireSegment,
  flow: Flow,
  strictness: Strictness,
  fail: (problem: string) => never,
): void {
  noteStamp(expected, segment, flow);
  const wanted = describeScriptOptions(expected);
  const seen = describeOptions(segment.options, flow.seen);
  if (expected.options?.some((each) => each.kind === 'md5' && each.digest === 'valid') === true) {
    if (!isSigned(packet, segment, strictness.md5Key(packet.destination))) fail('not signed by the key');
    // What it is was looked at: that it stands where it should is left.
    for (const words of [wanted, seen])
      for (let i = 0; i < words.length; i++) if (words[i].startsWith('md5 ')) words[i] = 'md5 valid';
  }
  const same = wanted.length === seen.length && wanted.every((each, i) => sameOption(each, seen[i], strictness));
  if (!same) fail('other options');
}

const STAMP = /^TS val (\d+) ecr (\d+)$/;

/** The stack's own timestamps are compared only where a script says how they tick. */
function sameOption(wanted: string, seen: string, { stampTolerance }: Strictness): boolean {
  if (wanted === seen) return true;
  const a = STAMP.exec(wanted);
  const b = STAMP.exec(seen);
  if (a === null || b === null || a[2] !== b[2]) return false;
  return stampTolerance === null || Math.abs(Number(a[1]) - Number(b[1])) <= stampTolerance;
}

/** The script calls the stack's timestamp by its own number from now on. */
function noteStamp(expected: ScriptTcp, segment: WireSegment, flow: Flow): void {
  const named = expected.options?.find((each) => each.kind === 'timestamps');
  const { options } = segment;
  for (
    let at = 0;
    at < options.length && options[at] !== 0;
    at += options[at] === 1 ? 1 : Math.max(2, options[at + 1])
  ) {
    if (options[at] !== 8 || at + 10 > options.length) continue;
    const wire = new DataView(options.buffer, options.byteOffset).getInt32(at + 2);
    if (named?.kind === 'timestamps') flow.mapStamp(named.val, wire);
  }
}

/** TOS, ECN and TTL where the script writes them; checksums always. */
export function checkIp(expected: ScriptIp, seen: SeenPacket, fail: (problem: string) => never): void {
  if (!seen.ipChecksumHolds) fail('a wrong IP checksum');
  if (!seen.checksumHolds) fail('a wrong checksum');
  const ecn = seen.trafficClass & 3;
  if (expected.ecn !== null && !expected.ecn.includes(ecn)) fail(`ECN bits ${ecn.toString(2).padStart(2, '0')}`);
  if (expected.tos !== null && expected.tos !== seen.trafficClass) fail(`TOS 0x${seen.trafficClass.toString(16)}`);
  if (expected.flowLabel !== null && expected.flowLabel !== seen.flowLabel)
    fail(`flow label 0x${seen.flowLabel.toString(16)}`);
  if (expected.ttl !== null && expected.ttl !== seen.ttl) fail(`TTL ${seen.ttl}`);
}

/** Both addresses of a header that a script writes. */
export function checkAddresses(expected: ScriptIpHeader, seen: SeenPacket, fail: (problem: string) => never): void {
  if (!expected.source.equals(seen.source)) fail(`from ${seen.source}`);
  if (!expected.destination.equals(seen.destination)) fail(`to ${seen.destination}`);
}

/** Holds an ICMP error against what the script expects: type, code and MTU. @throws Mismatch */
export function compareIcmp(expected: ScriptIcmp, seen: SeenPacket): void {
  const six = seen.protocol === 58;
  const kind = six ? expected.six : seen.protocol === 1 ? expected.four : null;
  const [type, code] = seen.content;
  const fail = (problem: string): never => {
    throw new Mismatch(problem, describePacket(expected), `protocol ${seen.protocol} type ${type} code ${code}`);
  };
  checkIp(expected.ip, seen, fail);
  if (kind === null) fail('another protocol');
  else if (kind.type !== type || kind.code !== code) fail('another message');
  const view = new DataView(seen.content.buffer, seen.content.byteOffset);
  const mtu = six ? view.getUint32(4) : view.getUint16(6);
  if (expected.mtu !== 0 && mtu !== expected.mtu) fail(`MTU ${mtu}`);
}

/** Holds a datagram against what the script expects. @throws Mismatch */
export function compareDatagram(expected: ScriptUdp, seen: SeenPacket): void {
  const length = seen.content.length - 8;
  const fail = (problem: string): never => {
    throw new Mismatch(problem, describePacket(expected), `udp (${length})`);
  };
  checkIp(expected.ip, seen, fail);
  if (length !== expected.length) fail('another length');
  if (!seen.content.subarray(8).every((byte) => byte === 0)) fail('a payload that is not zeros');
}
