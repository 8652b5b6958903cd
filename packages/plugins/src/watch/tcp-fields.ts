import type { Fields } from '@netwright/core';

const FLAGS: readonly [letter: string, name: string, bit: number][] = [
  ['F', 'fin', 0x01],
  ['S', 'syn', 0x02],
  ['R', 'reset', 0x04],
  ['P', 'push', 0x08],
  ['A', 'ack', 0x10],
  ['U', 'urg', 0x20],
  ['E', 'ece', 0x40],
  ['W', 'cwr', 0x80],
];

/** The fields of a TCP segment (RFC 9293 section 3.1); `view` is the segment. */
export function tcpFields(view: DataView, fields: Fields): void {
  const header = (view.getUint8(12) >>> 4) * 4;
  const flags = view.getUint8(13);
  fields['tcp.srcport'] = view.getUint16(0);
  fields['tcp.dstport'] = view.getUint16(2);
  fields['tcp.seq'] = fields['tcp.seq_raw'] = view.getUint32(4);
  fields['tcp.ack'] = fields['tcp.ack_raw'] = view.getUint32(8);
  fields['tcp.hdr_len'] = header;
  fields['tcp.flags'] = FLAGS.map(([letter, , bit]) => ((flags & bit) === 0 ? '' : letter)).join('');
  for (const [, name, bit] of FLAGS) fields[`tcp.flags.${name}`] = (flags & bit) !== 0;
  fields['tcp.window'] = fields['tcp.window_size_value'] = view.getUint16(14);
  fields['tcp.checksum'] = view.getUint16(16);
  fields['tcp.urgent_pointer'] = view.getUint16(18);
  if (header < 20 || header > view.byteLength) {
    fields['_ws.malformed'] = true;
    return;
  }
  fields['tcp.len'] = view.byteLength - header;
  optionFields(view, header, fields);
}

/** 'tcp.option_kind' names their kinds in the order of the segment: '2,4,8,1,3'. */
function optionFields(view: DataView, end: number, fields: Fields): void {
  const kinds: number[] = [];
  let at = 20;
  while (at < end) {
    const kind = view.getUint8(at);
    kinds.push(kind);
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = at + 1 < end ? view.getUint8(at + 1) : 0;
    if (length < 2 || at + length > end) {
      fields['_ws.malformed'] = true;
      break;
    }
    optionField(view, at, kind, length, fields);
    at += length;
  }
  if (kinds.length > 0) fields['tcp.option_kind'] = kinds.join(',');
}

function optionField(view: DataView, at: number, kind: number, length: number, fields: Fields): void {
  if (kind === 2 && length === 4) {
    fields['tcp.options.mss'] = fields['tcp.options.mss_val'] = view.getUint16(at + 2);
  } else if (kind === 3 && length === 3) {
    fields['tcp.options.wscale'] = fields['tcp.options.wscale.shift'] = view.getUint8(at + 2);
  } else if (kind === 4 && length === 2) {
    fields['tcp.options.sack_perm'] = true;
  } else if (kind === 5) {
    const edges: number[] = [];
    for (let edge = at + 2; edge + 4 <= at + length; edge += 4) edges.push(view.getUint32(edge));
    fields['tcp.options.sack.count'] = edges.length / 2;
    fields['tcp.options.sack'] = edges.join(',');
  } else if (kind === 8 && length === 10) {
    fields['tcp.options.timestamp.tsval'] = view.getUint32(at + 2);
    fields['tcp.options.timestamp.tsecr'] = view.getUint32(at + 6);
  } else if (kind === 34) {
    let cookie = '';
    for (let i = at + 2; i < at + length; i++) cookie += view.getUint8(i).toString(16).padStart(2, '0');
    fields['tcp.options.tfo.cookie'] = cookie;
  }
}
