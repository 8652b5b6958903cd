import { IpAddress, MacAddress } from '@netwright/core';

/**
 * Neighbour discovery (RFC 4861 section 4), each an ICMPv6 message:
 *
 * | offset | bytes | field                                                                     |
 * |--------|-------|---------------------------------------------------------------------------|
 * | 0      | 1     | type                                                                      |
 * | 1      | 1     | code: 0                                                                   |
 * | 2      | 2     | checksum                                                                  |
 * | 4      | 4     | neighbour advertisement: flags R, S, O; router advertisement: hop limit (8 bits), flags M, O (8), lifetime in s (16) |
 * | 8      | 16    | target of a solicitation, advertisement or redirect                       |
 * | 8      | 4     | router advertisement: reachable time in ms                                |
 * | 12     | 4     | router advertisement: retransmission time in ms                           |
 * | 24     | 16    | redirect: destination                                                     |
 *
 * Options follow: type (1 byte), length in units of 8 (1 byte), and
 *
 * | type | field                                                                                |
 * |------|--------------------------------------------------------------------------------------|
 * | 1    | the sender's hardware address                                                        |
 * | 2    | the target's hardware address                                                        |
 * | 3    | prefix length (1), flags L, A (1), valid and preferred lifetime in s (4 each), 4 unused, prefix (16) |
 * | 4    | redirected packet: 6 unused, its beginning                                           |
 * | 5    | 2 unused, MTU (4)                                                                    |
 */
export const NDP = {
  code: 1,
  checksum: 2,
  word: 4,
  target: 8,
  reachable: 8,
  retransmit: 12,
  destination: 24,
} as const;

/** Message types. */
export const NdpType = {
  RouterSolicitation: 133,
  RouterAdvertisement: 134,
  NeighbourSolicitation: 135,
  NeighbourAdvertisement: 136,
  Redirect: 137,
} as const;

/** Flags of a neighbour advertisement, in the word at {@link NDP}.word. */
export const NdpFlag = { Router: 0x80000000, Solicited: 0x40000000, Override: 0x20000000 } as const;

/** Where the options of each type begin. */
const OPTIONS: Readonly<Record<number, number>> = { 133: 8, 134: 16, 135: 24, 136: 24, 137: 40 };
/** The most prefixes that one advertisement is believed. */
const PREFIXES = 16;

/** What a router says of a prefix. */
export interface NdpPrefix {
  readonly prefix: IpAddress;
  /** bits */
  readonly length: number;
  /** Destinations with it are on the link (L). */
  readonly onLink: boolean;
  /** Hosts may make addresses of it (A). */
  readonly autonomous: boolean;
  /** s; 0xffffffff is for ever. */
  readonly valid: number;
  readonly preferred: number;
}

/** A message as an object. What its type does not have is null, 0 or empty. */
export interface NdpMessage {
  readonly type: number;
  /** The four bytes behind the checksum. */
  readonly word: number;
  /** ms; of a router advertisement, 0 where it does not say. */
  readonly reachable: number;
  readonly retransmit: number;
  readonly target: IpAddress | null;
  readonly destination: IpAddress | null;
  /** The hardware addresses that options 1 and 2 tell. */
  readonly sourceLink: MacAddress | null;
  readonly targetLink: MacAddress | null;
  readonly mtu: number;
  readonly prefixes: readonly NdpPrefix[];
}

/** A message of which only what is given is said. */
export function ndpMessage(type: number, fields: Partial<NdpMessage> = {}): NdpMessage {
  return {
    type,
    word: 0,
    reachable: 0,
    retransmit: 0,
    target: null,
    destination: null,
    sourceLink: null,
    targetLink: null,
    mtu: 0,
    prefixes: [],
    ...fields,
  };
}

/** Reads the message at `at`, without its checksum. @returns undefined when it is malformed: RFC 4861 drops it then. */
export function readNdp(view: DataView, at: number, length: number): NdpMessage | undefined {
  if (length < 8) return undefined;
  const type = view.getUint8(at);
  const begin = OPTIONS[type];
  if (begin === undefined || length < begin || view.getUint8(at + NDP.code) !== 0) return undefined;
  const router = type === NdpType.RouterAdvertisement;
  const options = readOptions(view, at + begin, at + length);
  if (options === undefined) return undefined;
  return {
    type,
    word: view.getUint32(at + NDP.word),
    reachable: router ? view.getUint32(at + NDP.reachable) : 0,
    retransmit: router ? view.getUint32(at + NDP.retransmit) : 0,
    target: type >= NdpType.NeighbourSolicitation ? IpAddress.read(view, at + NDP.target, 16) : null,
    destination: type === NdpType.Redirect ? IpAddress.read(view, at + NDP.destination, 16) : null,
    ...options,
  };
}

type Options = Pick<NdpMessage, 'sourceLink' | 'targetLink' | 'mtu' | 'prefixes'>;

function readOptions(view: DataView, at: number, end: number): Options | undefined {
  let sourceLink: MacAddress | null = null;
  let targetLink: MacAddress | null = null;
  let mtu = 0;
  const prefixes: NdpPrefix[] = [];
  while (at < end) {
    const size = at + 8 > end ? 0 : view.getUint8(at + 1) << 3;
    // RFC 4861 section 4.6: an option of length 0 spoils the whole message.
    if (size === 0 || at + size > end) return undefined;
    const type = view.getUint8(at);
    if (type === 1) sourceLink = MacAddress.read(view, at + 2);
    else if (type === 2) targetLink = MacAddress.read(view, at + 2);
    else if (type === 5) mtu = view.getUint32(at + 4);
    else if (type === 3 && size === 32 && prefixes.length < PREFIXES) prefixes.push(readPrefix(view, at));
    at += size;
  }
  return { sourceLink, targetLink, mtu, prefixes };
}

function readPrefix(view: DataView, at: number): NdpPrefix {
  const flags = view.getUint8(at + 3);
  return {
    prefix: IpAddress.read(view, at + 16, 16),
    length: view.getUint8(at + 2),
    onLink: (flags & 0x80) !== 0,
    autonomous: (flags & 0x40) !== 0,
    valid: view.getUint32(at + 4),
    preferred: view.getUint32(at + 8),
  };
}

/** Bytes that a message takes. */
export function ndpSize(message: NdpMessage): number {
  const links = Number(message.sourceLink !== null) + Number(message.targetLink !== null);
  return OPTIONS[message.type] + 8 * links + (message.mtu === 0 ? 0 : 8) + 32 * message.prefixes.length;
}

/** Writes a message with a checksum of 0 at `at`, where {@link ndpSize} bytes are free. */
export function writeNdp(view: DataView, at: number, message: NdpMessage): void {
  const { type } = message;
  view.setUint8(at, type);
  view.setUint8(at + NDP.code, 0);
  view.setUint16(at + NDP.checksum, 0);
  view.setUint32(at + NDP.word, message.word);
  if (type === NdpType.RouterAdvertisement) {
    view.setUint32(at + NDP.reachable, message.reachable);
    view.setUint32(at + NDP.retransmit, message.retransmit);
  }
  message.target?.write(view, at + NDP.target);
  message.destination?.write(view, at + NDP.destination);
  let here = at + OPTIONS[type];
  for (const [kind, mac] of [
    [1, message.sourceLink],
    [2, message.targetLink],
  ] as const) {
    if (mac === null) continue;
    view.setUint16(here, (kind << 8) | 1);
    mac.write(view, here + 2);
    here += 8;
  }
  if (message.mtu !== 0) {
    view.setUint32(here, 0x05010000);
    view.setUint32(here + 4, message.mtu);
    here += 8;
  }
  for (const each of message.prefixes) {
    writePrefix(view, here, each);
    here += 32;
  }
}

function writePrefix(view: DataView, at: number, each: NdpPrefix): void {
  view.setUint16(at, 0x0304);
  view.setUint8(at + 2, each.length);
  view.setUint8(at + 3, (each.onLink ? 0x80 : 0) | (each.autonomous ? 0x40 : 0));
  view.setUint32(at + 4, each.valid);
  view.setUint32(at + 8, each.preferred);
  view.setUint32(at + 12, 0);
  each.prefix.write(view, at + 16);
}
