import type { Fields } from '@netwright/core';
import { describeIcmp, describeIcmpv6 } from './icmp-line.js';

/** '00:00:00.010000' from ms. */
export function formatTime(ms: number): string {
  const micros = Math.round(ms * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = Math.floor(micros / 1e6);
  const fraction = String(micros % 1e6).padStart(6, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${fraction}`;
}

/** Sequence and acknowledgement numbers as a line shows them. */
export interface ShownNumbers {
  seq: number;
  ack: number;
}

/** One frame as tcpdump would print it, without its time. */
export function describeFrame(fields: Fields, numbers: ShownNumbers | null): string {
  const tag = fields['vlan.id'] === undefined ? '' : `vlan ${fields['vlan.id']}, `;
  const malformed = fields['_ws.malformed'] === true ? ' [malformed]' : '';
  return `${tag}${describe(fields, numbers)}${malformed}`;
}

function describe(fields: Fields, numbers: ShownNumbers | null): string {
  if (fields['arp.opcode'] !== undefined) return describeArp(fields);
  const version = fields['ip.src'] !== undefined ? 'IP' : fields['ipv6.src'] !== undefined ? 'IP6' : null;
  if (version === null) {
    const type = fields['eth.type'] ?? fields['eth.len'];
    const kind = typeof type === 'number' ? `ethertype 0x${type.toString(16).padStart(4, '0')}` : 'a frame';
    return `${fields['eth.src'] ?? '?'} > ${fields['eth.dst'] ?? '?'}, ${kind}, length ${fields['frame.len']}`;
  }
  const source = fields['ip.src'] ?? fields['ipv6.src'];
  const destination = fields['ip.dst'] ?? fields['ipv6.dst'];
  if (Number(fields['ipv6.fraghdr.offset'] ?? 0) > 0)
    return `IP6 ${source} > ${destination}: ${fragment6(fields).trim()}`;
  if (fields['tcp.srcport'] !== undefined) {
    const ends = `${source}.${fields['tcp.srcport']} > ${destination}.${fields['tcp.dstport']}`;
    return `${version} ${ends}: ${fragment6(fields)}${describeTcp(fields, numbers)}${fragmentNote(fields)}`;
  }
  if (fields['udp.srcport'] !== undefined) {
    const ends = `${source}.${fields['udp.srcport']} > ${destination}.${fields['udp.dstport']}`;
    return `${version} ${ends}: ${fragment6(fields)}${describeUdp(fields)}${fragmentNote(fields)}`;
  }
  return `${version} ${source} > ${destination}: ${fragment6(fields)}${describeOther(fields)}${fragmentNote(fields)}`;
}

function describeArp(fields: Fields): string {
  const asked = fields['arp.dst.proto_ipv4'];
  const asking = fields['arp.src.proto_ipv4'];
  if (fields['arp.opcode'] === 1) return `ARP, Request who-has ${asked} tell ${asking}, length 28`;
  if (fields['arp.opcode'] === 2) return `ARP, Reply ${asking} is-at ${fields['arp.src.hw_mac']}, length 28`;
  return `ARP, opcode ${fields['arp.opcode']}`;
}

/** tcpdump's letters: the ACK bit is a dot, after the others. */
function letters(fields: Fields): string {
  const flags = String(fields['tcp.flags']);
  const order = ['F', 'S', 'R', 'P'].filter((letter) => flags.includes(letter));
  if (flags.includes('A')) order.push('.');
  for (const letter of ['U', 'E', 'W']) if (flags.includes(letter)) order.push(letter);
  return order.join('') || 'none';
}

function describeTcp(fields: Fields, numbers: ShownNumbers | null): string {
  const seq = numbers?.seq ?? Number(fields['tcp.seq']);
  const length = Number(fields['tcp.len'] ?? 0);
  const parts = [`Flags [${letters(fields)}]`];
  if (length > 0 || /[SFR]/.test(String(fields['tcp.flags']))) {
    parts.push(`seq ${length > 0 ? `${seq}:${seq + length}` : seq}`);
  }
  if (fields['tcp.flags.ack'] === true) parts.push(`ack ${numbers?.ack ?? fields['tcp.ack']}`);
  parts.push(`win ${fields['tcp.window']}`);
  if (fields['tcp.flags.urg'] === true) parts.push(`urg ${fields['tcp.urgent_pointer']}`);
  const options = describeOptions(fields);
  if (options !== '') parts.push(`options [${options}]`);
  parts.push(`length ${length}`);
  return parts.join(', ');
}

function describeOptions(fields: Fields): string {
  if (fields['tcp.option_kind'] === undefined) return '';
  return String(fields['tcp.option_kind'])
    .split(',')
    .map((kind) => describeOption(kind, fields))
    .join(',');
}

function describeOption(kind: string, fields: Fields): string {
  switch (kind) {
    case '0':
      return 'eol';
    case '1':
      return 'nop';
    case '2':
      return `mss ${fields['tcp.options.mss']}`;
    case '3':
      return `wscale ${fields['tcp.options.wscale']}`;
    case '4':
      return 'sackOK';
    case '5':
      return `sack ${fields['tcp.options.sack.count']} {${fields['tcp.options.sack']}}`;
    case '8':
      return `TS val ${fields['tcp.options.timestamp.tsval']} ecr ${fields['tcp.options.timestamp.tsecr']}`;
    case '34':
      return `tfo ${fields['tcp.options.tfo.cookie'] || 'cookiereq'}`;
    default:
      return `unknown-${kind}`;
  }
}

function describeUdp(fields: Fields): string {
  const length = Number(fields['udp.length']) - 8;
  if (fields['dns.qry.name'] === undefined) return `UDP, length ${length}`;
  const question = `${fields['dns.qry.type']}? ${fields['dns.qry.name'] || '.'}.`;
  if (fields['dns.flags.response'] !== true) return `${fields['dns.id']} ${question} (${length})`;
  const code = fields['dns.flags.rcode'] === 0 ? '' : ` rcode ${fields['dns.flags.rcode']}`;
  const answer = fields['dns.a'] === undefined ? '' : ` ${fields['dns.a']}`;
  return `${fields['dns.id']}${code} ${fields['dns.count.answers']} ${question}${answer} (${length})`;
}

function describeOther(fields: Fields): string {
  if (fields['icmp.type'] !== undefined) return describeIcmp(fields);
  if (fields['icmpv6.type'] !== undefined) return describeIcmpv6(fields);
  return `proto ${fields['ip.proto'] ?? fields['ipv6.nxt']}, length ${fields['ip.len'] ?? fields['ipv6.plen']}`;
}

/** tcpdump tells of an IPv6 fragment in front of what is in it. */
function fragment6(fields: Fields): string {
  if (fields['ipv6.fraghdr.offset'] === undefined) return '';
  return `frag (${fields['ipv6.fraghdr.offset']}|${fields['ipv6.fraghdr.len']}) `;
}

function fragmentNote(fields: Fields): string {
  const offset = Number(fields['ip.frag_offset'] ?? 0);
  if (offset === 0 && fields['ip.flags.mf'] !== true) return '';
  const more = fields['ip.flags.mf'] === true ? '+' : '';
  return ` (frag ${fields['ip.id']}:${Number(fields['ip.len']) - Number(fields['ip.hdr_len'])}@${offset}${more})`;
}
