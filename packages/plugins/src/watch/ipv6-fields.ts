import { type Fields, IpAddress, MacAddress } from '@netwright/core';

/** What follows the headers of IPv6; null where it is a later fragment, and only its data. */
export interface Ipv6Rest {
  readonly at: number;
  readonly end: number;
  readonly protocol: number;
}

/** The fields of an IPv6 header and of the extension headers behind it (RFC 8200 sections 3 and 4). */
export function ipv6Fields(view: DataView, at: number, fields: Fields): Ipv6Rest | null {
  const length = view.getUint16(at + 4);
  fields['ipv6.tclass'] = (view.getUint16(at) >>> 4) & 0xff;
  fields['ipv6.flow'] = view.getUint32(at) & 0xfffff;
  fields['ipv6.plen'] = length;
  fields['ipv6.hlim'] = view.getUint8(at + 7);
  fields['ipv6.src'] = IpAddress.read(view, at + 8, 16).toString();
  fields['ipv6.dst'] = IpAddress.read(view, at + 24, 16).toString();
  if (at + 40 + length > view.byteLength) fields['_ws.malformed'] = true;
  const end = Math.min(at + 40 + length, view.byteLength);
  let protocol = view.getUint8(at + 6);
  let here = at + 40;
  let later = false;
  // Hop-by-hop, routing and destination options give their length in units of 8 bytes; a fragment header has 8.
  while (!later && (protocol === 0 || protocol === 43 || protocol === 60 || protocol === 44)) {
    const size = protocol === 44 ? 8 : (view.getUint8(here + 1) + 1) * 8;
    if (here + size > end) {
      fields['_ws.malformed'] = true;
      return null;
    }
    if (protocol === 44) {
      const word = view.getUint16(here + 2);
      later = word >= 8;
      fields['ipv6.fraghdr.offset'] = word & 0xfff8;
      fields['ipv6.fraghdr.more'] = (word & 1) !== 0;
      fields['ipv6.fraghdr.ident'] = view.getUint32(here + 4);
      fields['ipv6.fraghdr.len'] = end - here - size;
    }
    protocol = view.getUint8(here);
    here += size;
  }
  fields['ipv6.nxt'] = protocol;
  return later ? null : { at: here, end, protocol };
}

/** The fields of an ICMPv6 message beyond its type, code and checksum; `view` is the message. */
export function icmpv6Fields(view: DataView, type: number, fields: Fields): void {
  if (type === 128 || type === 129) {
    fields['icmpv6.echo.identifier'] = view.getUint16(4);
    fields['icmpv6.echo.sequence_number'] = view.getUint16(6);
  } else if (type === 2) fields['icmpv6.mtu'] = view.getUint32(4);
  else if (type === 4) fields['icmpv6.pointer'] = view.getUint32(4);
  else if (type === 135) {
    fields['icmpv6.nd.ns.target_address'] = IpAddress.read(view, 8, 16).toString();
    optionFields(view, 24, fields);
  } else if (type === 136) {
    fields['icmpv6.nd.na.target_address'] = IpAddress.read(view, 8, 16).toString();
    for (const [name, bit] of NA_FLAGS) fields[`icmpv6.nd.na.flag.${name}`] = (view.getUint32(4) & bit) !== 0;
    optionFields(view, 24, fields);
  } else if (type === 133) optionFields(view, 8, fields);
  else if (type === 134) {
    fields['icmpv6.nd.ra.router_lifetime'] = view.getUint16(6);
    optionFields(view, 16, fields);
  } else if (type === 137) {
    fields['icmpv6.rd.na.target_address'] = IpAddress.read(view, 8, 16).toString();
    fields['icmpv6.rd.na.destination_address'] = IpAddress.read(view, 24, 16).toString();
  }
}

const NA_FLAGS = [
  ['r', 0x80000000],
  ['s', 0x40000000],
  ['o', 0x20000000],
] as const;

/** Options of neighbour discovery (RFC 4861 section 4.6). */
function optionFields(view: DataView, at: number, fields: Fields): void {
  while (at + 8 <= view.byteLength) {
    const type = view.getUint8(at);
    const size = view.getUint8(at + 1) * 8;
    if (size === 0) {
      fields['_ws.malformed'] = true;
      return;
    }
    if (type === 1 || type === 2) fields['icmpv6.opt.linkaddr'] = MacAddress.read(view, at + 2).toString();
    else if (type === 3 && size === 32) fields['icmpv6.opt.prefix'] = IpAddress.read(view, at + 16, 16).toString();
    else if (type === 5) fields['icmpv6.opt.mtu'] = view.getUint32(at + 4);
    at += size;
  }
}
