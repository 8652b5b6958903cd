import type { MplsEntry, ScriptGre, ScriptLayer } from '../parse/encapsulation.js';
import { checksum, ipBytes } from './frame.js';

/** EtherTypes, which GRE uses, too (RFC 2784 section 2.4). */
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const MPLS = 0x8847;
const GRE = 47;

/** What a header around says that is inside: IPv4, IPv6 and MPLS in IP (RFC 2003, RFC 2473, RFC 4023). */
const IN_IP = new Map([
  [IPV4, 4],
  [IPV6, 41],
  [MPLS, 137],
]);

/** The protocols of IP that carry packets. */
export const CARRIERS: ReadonlySet<number> = new Set([...IN_IP.values(), GRE]);

/** Bytes, and the EtherType that says what they are. */
export interface Carried {
  readonly bytes: Uint8Array;
  readonly type: number;
}

/** Puts headers around an IP packet, from the innermost. */
export function encapsulate(layers: readonly ScriptLayer[], inner: Carried): Carried {
  let carried = inner;
  let protocol = IN_IP.get(inner.type) ?? 0;
  for (const layer of layers.toReversed()) {
    if (layer.kind === 'gre') {
      carried = { bytes: joined(greHeader(layer, carried), carried.bytes), type: carried.type };
      protocol = GRE;
      continue;
    }
    if (layer.kind === 'mpls') carried = { bytes: joined(labels(layer.entries), carried.bytes), type: MPLS };
    else {
      const { source, destination, ip } = layer;
      const trafficClass = ip.tos ?? ip.ecn?.[0] ?? 0;
      const fields = { source, destination, protocol, trafficClass, ttl: ip.ttl ?? 64 };
      carried = { bytes: ipBytes(fields, carried.bytes), type: source.version === 4 ? IPV4 : IPV6 };
    }
    protocol = IN_IP.get(carried.type) ?? 0;
  }
  return carried;
}

/** The header of RFC 2784 with the key and the sequence number of RFC 2890. */
export function greHeader(gre: ScriptGre, { bytes, type }: Carried): Uint8Array {
  const has = {
    checksum: gre.flags === null ? gre.checksum !== null : (gre.flags & 0x8000) !== 0,
    key: gre.flags === null ? gre.key !== null : (gre.flags & 0x2000) !== 0,
    sequence: gre.flags === null ? gre.sequence !== null : (gre.flags & 0x1000) !== 0,
  };
  const header = new Uint8Array(4 + 4 * (Number(has.checksum) + Number(has.key) + Number(has.sequence)));
  const view = new DataView(header.buffer);
  const flags = (has.checksum ? 0x8000 : 0) | (has.key ? 0x2000 : 0) | (has.sequence ? 0x1000 : 0);
  view.setUint16(0, gre.flags ?? flags);
  view.setUint16(2, gre.protocol ?? type);
  let at = 4;
  if (has.checksum) {
    view.setUint16(at + 2, gre.offset);
    at += 4;
  }
  if (has.key) {
    view.setUint32(at, gre.key ?? 0);
    at += 4;
  }
  if (has.sequence) view.setUint32(at, gre.sequence ?? 0);
  // The checksum covers the payload, too.
  if (has.checksum)
    view.setUint16(4, typeof gre.checksum === 'number' ? gre.checksum : checksum(joined(header, bytes)));
  return header;
}

/** Each entry in 32 bits (RFC 3032 section 2.1). */
export function labels(entries: readonly MplsEntry[]): Uint8Array {
  const bytes = new Uint8Array(4 * entries.length);
  const view = new DataView(bytes.buffer);
  for (const [i, { label, trafficClass, bottom, ttl }] of entries.entries())
    view.setUint32(4 * i, ((label << 12) | (trafficClass << 9) | (bottom ? 0x100 : 0) | ttl) >>> 0);
  return bytes;
}

function joined(header: Uint8Array, rest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(header.length + rest.length);
  bytes.set(header);
  bytes.set(rest, header.length);
  return bytes;
}
