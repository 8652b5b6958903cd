import { type Fields, IpAddress } from '@netwright/core';

const TYPES: Record<number, string> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
};

/** The short of a DNS message: its question, and its addresses. */
export function dnsFields(view: DataView, at: number, fields: Fields): void {
  const flags = view.getUint16(at + 2);
  const questions = view.getUint16(at + 4);
  const answers = view.getUint16(at + 6);
  fields['dns.id'] = view.getUint16(at);
  fields['dns.flags.response'] = (flags & 0x8000) !== 0;
  fields['dns.flags.truncated'] = (flags & 0x0200) !== 0;
  fields['dns.flags.rcode'] = flags & 15;
  fields['dns.count.queries'] = questions;
  fields['dns.count.answers'] = answers;
  let here = at + 12;
  for (let i = 0; i < questions; i++) {
    const question = readName(view, at, here);
    here = question.end + 4;
    if (i > 0) continue;
    fields['dns.qry.name'] = question.name;
    const type = view.getUint16(question.end);
    fields['dns.qry.type'] = TYPES[type] ?? type;
  }
  const addresses: string[] = [];
  for (let i = 0; i < answers; i++) {
    const { end } = readName(view, at, here);
    const type = view.getUint16(end);
    const length = view.getUint16(end + 8);
    if (type === 1 && length === 4) addresses.push(IpAddress.read(view, end + 10, 4).toString());
    if (type === 28 && length === 16) addresses.push(IpAddress.read(view, end + 10, 16).toString());
    here = end + 10 + length;
  }
  if (addresses.length > 0) fields['dns.a'] = addresses.join(',');
}

/** Reads a name, following its pointers (RFC 1035 section 4.1.4). @throws RangeError where it never ends. */
function readName(view: DataView, message: number, from: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = from;
  let end = -1;
  // A name has at most 127 labels; a chain of pointers longer than that is a loop.
  for (let steps = 0; steps < 128; steps++) {
    const length = view.getUint8(at);
    if (length >= 0xc0) {
      if (end < 0) end = at + 2;
      at = message + (view.getUint16(at) & 0x3fff);
      continue;
    }
    if (length === 0) return { name: labels.join('.'), end: end < 0 ? at + 1 : end };
    let label = '';
    for (let i = 1; i <= length; i++) label += printable(view.getUint8(at + i));
    labels.push(label);
    at += length + 1;
  }
  throw new RangeError('a name that does not end');
}

/** A line of a trace must not carry what a terminal would obey. */
function printable(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString().padStart(3, '0')}`;
}
