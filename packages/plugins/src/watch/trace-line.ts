import type { Fields } from '@netwright/core';

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
  if (fields['tcp.srcport'] !== undefined) {
    const ends = `${source}.${fields['tcp.srcport']} > ${destination}.${fields['tcp.dstport']}`;
    return `${version} ${ends}: ${describeTcp(fields, numbers)}${fragmentNote(fields)}`;
  }
  if (fields['udp.srcport'] !== undefined) {
    const ends = `${source}.${fields['udp.srcport']} > ${destination}.${fields['udp.dstport']}`;
    return `${version} ${ends}: ${describeUdp(fields)}${fragmentNote(fields)}`;
  }
  return `${version} ${source} > ${destination}: ${describeOther(fields)}${fragmentNote(fields)}`;
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

const UNREACHABLE = ['net', 'host', 'protocol', 'port', 'need to frag'];

function describeOther(fields: Fields): string {
  const type = fields['icmp.type'] ?? fields['icmpv6.type'];
  if (type === undefined)
    return `proto ${fields['ip.proto'] ?? fields['ipv6.nxt']}, length ${fields['ip.len'] ?? fields['ipv6.plen']}`;
  const name = fields['icmp.type'] === undefined ? 'ICMP6' : 'ICMP';
  const length = Number(fields['data.len']) + 8;
  const ident = fields['icmp.ident'] ?? fields['icmpv6.echo.identifier'];
  if (ident !== undefined) {
    const kind = type === 8 || type === 128 ? 'request' : 'reply';
    return `${name} echo ${kind}, id ${ident}, seq ${fields['icmp.seq'] ?? fields['icmpv6.echo.sequence_number']}, length ${length}`;
  }
  if (name === 'ICMP' && type === 3) {
    const code = Number(fields['icmp.code']);
    const mtu = code === 4 ? ` (mtu ${fields['icmp.mtu']})` : '';
    return `ICMP ${UNREACHABLE[code] ?? `code ${code}`} unreachable${mtu}, length ${length}`;
  }
  if (name === 'ICMP' && type === 11) return `ICMP time exceeded code ${fields['icmp.code']}, length ${length}`;
  return `${name} type ${type} code ${fields[`${name === 'ICMP' ? 'icmp' : 'icmpv6'}.code`]}, length ${length}`;
}

function fragmentNote(fields: Fields): string {
  const offset = Number(fields['ip.frag_offset'] ?? 0);
  if (offset === 0 && fields['ip.flags.mf'] !== true) return '';
  const more = fields['ip.flags.mf'] === true ? '+' : '';
  return ` (frag ${fields['ip.id']}:${Number(fields['ip.len']) - Number(fields['ip.hdr_len'])}@${offset}${more})`;
}
