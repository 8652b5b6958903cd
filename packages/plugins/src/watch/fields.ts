import { type Fields, IpAddress, MacAddress } from '@netwright/core';
import { dnsFields } from './dns-fields.js';
import { icmpv6Fields, ipv6Fields } from './ipv6-fields.js';
import { tcpFields } from './tcp-fields.js';

/** What a frame begins with; the numbers are those of capture files (LINKTYPE_ETHERNET, LINKTYPE_RAW). */
export const ETHERNET = 1;
export const RAW_IP = 101;

/**
 * Takes a frame apart into fields under Wireshark's names: 'ip.src', 'tcp.flags.syn', 'udp.dstport'. Flags of TCP are
 * letters too: 'tcp.flags' is 'SA'. Sequence numbers are absolute, as on the wire. It never throws: of a frame that
 * ends too early it gives what is there, and '_ws.malformed'.
 */
export function frameFields(bytes: Uint8Array, linkType = ETHERNET): Fields {
  const fields: Fields = { 'frame.len': bytes.length };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (linkType === ETHERNET) ethernetFields(view, fields);
    else if (linkType === RAW_IP) ipFields(view, 0, fields);
  } catch (error) {
    // A DataView refuses to read beyond its end: the frame is shorter than its headers say.
    if (!(error instanceof RangeError)) throw error;
    fields['_ws.malformed'] = true;
  }
  return fields;
}

function ethernetFields(view: DataView, fields: Fields): void {
  fields['eth.dst'] = MacAddress.read(view, 0).toString();
  fields['eth.src'] = MacAddress.read(view, 6).toString();
  let type = view.getUint16(12);
  let at = 14;
  // IEEE 802.1Q and 802.1ad tags; of several, the innermost is named.
  while (type === 0x8100 || type === 0x88a8) {
    const tag = view.getUint16(at);
    fields['vlan.id'] = tag & 0xfff;
    fields['vlan.priority'] = tag >>> 13;
    type = view.getUint16(at + 2);
    at += 4;
  }
  if (type < 0x600) {
    fields['eth.len'] = type;
    return;
  }
  fields['eth.type'] = type;
  if (type === 0x0806) arpFields(view, at, fields);
  else if (type === 0x0800 || type === 0x86dd) ipFields(view, at, fields);
}

function arpFields(view: DataView, at: number, fields: Fields): void {
  fields['arp.opcode'] = view.getUint16(at + 6);
  if (view.getUint16(at + 2) !== 0x0800 || view.getUint16(at + 4) !== 0x0604) return;
  fields['arp.src.hw_mac'] = MacAddress.read(view, at + 8).toString();
  fields['arp.src.proto_ipv4'] = IpAddress.read(view, at + 14, 4).toString();
  fields['arp.dst.hw_mac'] = MacAddress.read(view, at + 18).toString();
  fields['arp.dst.proto_ipv4'] = IpAddress.read(view, at + 24, 4).toString();
}

function ipFields(view: DataView, at: number, fields: Fields): void {
  const version = view.getUint8(at) >>> 4;
  if (version === 4) ipv4Fields(view, at, fields);
  else if (version === 6) {
    const rest = ipv6Fields(view, at, fields);
    if (rest !== null) transportFields(view, rest.at, rest.end, rest.protocol, fields);
  } else fields['_ws.malformed'] = true;
}

function ipv4Fields(view: DataView, at: number, fields: Fields): void {
  const header = (view.getUint8(at) & 15) * 4;
  const length = view.getUint16(at + 2);
  const fragment = view.getUint16(at + 6);
  const offset = (fragment & 0x1fff) * 8;
  fields['ip.version'] = 4;
  fields['ip.hdr_len'] = header;
  fields['ip.dsfield'] = view.getUint8(at + 1);
  fields['ip.len'] = length;
  fields['ip.id'] = view.getUint16(at + 4);
  fields['ip.flags.df'] = (fragment & 0x4000) !== 0;
  fields['ip.flags.mf'] = (fragment & 0x2000) !== 0;
  fields['ip.frag_offset'] = offset;
  fields['ip.ttl'] = view.getUint8(at + 8);
  fields['ip.proto'] = view.getUint8(at + 9);
  fields['ip.checksum'] = view.getUint16(at + 10);
  fields['ip.src'] = IpAddress.read(view, at + 12, 4).toString();
  fields['ip.dst'] = IpAddress.read(view, at + 16, 4).toString();
  if (header < 20 || length < header || at + length > view.byteLength) {
    fields['_ws.malformed'] = true;
    if (header < 20 || length < header) return;
  }
  const end = Math.min(at + length, view.byteLength);
  if (offset === 0) transportFields(view, at + header, end, view.getUint8(at + 9), fields);
}

/** @param end where the network packet ends: what follows is padding of the link. */
function transportFields(whole: DataView, at: number, end: number, protocol: number, fields: Fields): void {
  const view = new DataView(whole.buffer, whole.byteOffset + at, end - at);
  if (protocol === 6) tcpFields(view, fields);
  else if (protocol === 17) udpFields(view, fields);
  else if (protocol === 1) icmpFields(view, fields, 'icmp');
  else if (protocol === 58) icmpFields(view, fields, 'icmpv6');
}

function udpFields(view: DataView, fields: Fields): void {
  const source = view.getUint16(0);
  const destination = view.getUint16(2);
  fields['udp.srcport'] = source;
  fields['udp.dstport'] = destination;
  fields['udp.length'] = view.getUint16(4);
  fields['udp.checksum'] = view.getUint16(6);
  if (source === 53 || destination === 53) dnsFields(view, 8, fields);
}

function icmpFields(view: DataView, fields: Fields, name: 'icmp' | 'icmpv6'): void {
  const type = view.getUint8(0);
  fields[`${name}.type`] = type;
  fields[`${name}.code`] = view.getUint8(1);
  fields[`${name}.checksum`] = view.getUint16(2);
  fields['data.len'] = Math.max(0, view.byteLength - 8);
  if (name === 'icmpv6') icmpv6Fields(view, type, fields);
  else if (type === 0 || type === 8) {
    fields['icmp.ident'] = view.getUint16(4);
    fields['icmp.seq'] = view.getUint16(6);
  } else if (type === 3) fields['icmp.mtu'] = view.getUint16(6);
}
