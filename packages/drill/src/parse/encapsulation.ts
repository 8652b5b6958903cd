import { IpAddress } from '@netwright/core';
import type { Cursor } from '../lex.js';
import { Unsupported } from '../outcome.js';
import type { ScriptIp } from './packet.js';

/** An IP header around a packet: `ipv4 192.0.2.1 > 192.168.0.1:`. */
export interface ScriptIpHeader {
  readonly kind: 'ip';
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly ip: ScriptIp;
}

/** `gre:`, with what RFC 2784 and RFC 2890 add where a script writes it. */
export interface ScriptGre {
  readonly kind: 'gre';
  /** The first word of the header; null where it follows from the fields. */
  readonly flags: number | null;
  /** EtherType; null where it follows from what is inside. */
  readonly protocol: number | null;
  /** 'valid' where the script leaves it to be computed; null where there is none. */
  readonly checksum: number | 'valid' | null;
  readonly offset: number;
  readonly key: number | null;
  readonly sequence: number | null;
}

/** One entry of a label stack (RFC 3032 section 2.1). */
export interface MplsEntry {
  readonly label: number;
  readonly trafficClass: number;
  readonly bottom: boolean;
  readonly ttl: number;
}

/** `mpls (label 7, tc 0, [S], ttl 64):`. */
export interface ScriptMpls {
  readonly kind: 'mpls';
  readonly entries: readonly MplsEntry[];
}

export type ScriptLayer = ScriptIpHeader | ScriptGre | ScriptMpls;

/** The headers before the packet itself, the outermost first; none for a plain packet. */
export function readLayers(cursor: Cursor, readIpInfo: (end: string) => ScriptIp, plain: ScriptIp): ScriptLayer[] {
  const layers: ScriptLayer[] = [];
  for (;;) {
    const word = cursor.match(/(ipv4|ipv6|gre|mpls)\b/y)?.[1];
    if (word === undefined) return layers;
    if (word === 'mpls') layers.push(readMpls(cursor));
    else if (word === 'gre') {
      if (layers.at(-1)?.kind !== 'ip') throw new Unsupported('GRE without an IP header around it');
      layers.push(readGre(cursor));
    } else layers.push(readIpHeader(cursor, word === 'ipv4' ? 4 : 6, readIpInfo, plain));
    cursor.expect(':');
  }
}

function readIpHeader(
  cursor: Cursor,
  version: 4 | 6,
  readIpInfo: (end: string) => ScriptIp,
  plain: ScriptIp,
): ScriptIpHeader {
  const source = readAddress(cursor, version);
  cursor.expect('>');
  const destination = readAddress(cursor, version);
  const ip = cursor.take('[') ? readIpInfo(']') : cursor.take('(') ? readIpInfo(')') : plain;
  return { kind: 'ip', source, destination, ip };
}

/** The colon that ends the header is no part of an IPv6 address, although it may follow at once. */
function readAddress(cursor: Cursor, version: 4 | 6): IpAddress {
  const pattern = version === 4 ? /[\d.]+/y : /[0-9a-f:]+(?:\d+\.\d+\.\d+\.\d+)?/iy;
  const begin = cursor.at;
  const [text] = cursor.require(pattern, `an IPv${version} address`);
  let address = IpAddress.parse(text);
  if (address === undefined && text.endsWith(':')) {
    address = IpAddress.parse(text.slice(0, -1));
    cursor.at--;
  }
  if (address?.version !== version) cursor.fail(`"${text}" is no IPv${version} address`, begin);
  return address as IpAddress;
}

function readGre(cursor: Cursor): ScriptGre {
  const read = new Map<string, number | null>();
  for (;;) {
    while (cursor.match(/[,()[\]]/y) !== null);
    const word = cursor.match(/flags|proto(?:col)?|(?:check)?sum|csum|off(?:set)?|key|seq(?:uence)?/y)?.[0];
    if (word === undefined) break;
    const value = cursor.match(/0x[0-9a-f]+|\d+/iy);
    read.set(word.includes('sum') ? 'sum' : word.slice(0, 3), value === null ? null : Number(value[0]));
  }
  const number = (name: string): number | null => read.get(name) ?? null;
  return {
    kind: 'gre',
    flags: number('fla'),
    protocol: number('pro'),
    checksum: read.has('sum') ? (number('sum') ?? 'valid') : null,
    offset: number('off') ?? 0,
    key: number('key'),
    sequence: number('seq'),
  };
}

function readMpls(cursor: Cursor): ScriptMpls {
  const entries: MplsEntry[] = [];
  do {
    cursor.expect('(');
    let [label, trafficClass, ttl, bottom] = [0, 0, 0, false];
    while (!cursor.take(')')) {
      if (cursor.take(',')) continue;
      if (cursor.match(/\[\s*S\s*\]|S\b/y) !== null) bottom = true;
      else if (cursor.takeWord('label')) label = cursor.integer('a label');
      else if (cursor.takeWord('tc')) trafficClass = cursor.integer('a traffic class');
      else if (cursor.takeWord('ttl')) ttl = cursor.integer('the TTL');
      else cursor.fail(`expected label, tc, [S] or ttl, found ${cursor.found()}`);
    }
    entries.push({ label, trafficClass, bottom, ttl });
  } while (cursor.match(/,?\s*(?=\()/y) !== null);
  return { kind: 'mpls', entries };
}
