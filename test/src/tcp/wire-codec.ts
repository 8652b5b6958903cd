import type { IpAddress } from '@netwright/core';
import { TCP_PROTOCOL } from '@netwright/layers';

/** Bytes `at .. at + length` of the stream that scripts and applications send: each tells its place. */
export function pattern(at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = ((at + i) * 7 + ((at + i) >> 8)) & 0xff;
  return bytes;
}

const LETTERS = 'FSRPAUEC';

/** 'SA' as bits; '.' for none. */
export function parseFlags(text: string): number {
  let flags = 0;
  for (const letter of text) {
    if (letter === '.') continue;
    const bit = LETTERS.indexOf(letter);
    if (bit < 0) throw new Error(`no flag is called ${letter}`);
    flags |= 1 << bit;
  }
  return flags;
}

/** The Internet checksum's sum, folded (RFC 1071): written here anew, so that it does not prove itself. */
export function sum16(bytes: Uint8Array, at: number, length: number, sum = 0): number {
  for (let i = 0; i < length; i += 2) sum += (bytes[at + i] << 8) | (i + 1 < length ? bytes[at + i + 1] : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** Writes the checksum of a segment. */
export function sealTcp(segment: DataView, source: IpAddress, destination: IpAddress): void {
  const pseudo = new DataView(new ArrayBuffer(12));
  source.write(pseudo, 0);
  destination.write(pseudo, 4);
  pseudo.setUint16(8, TCP_PROTOCOL);
  pseudo.setUint16(10, segment.byteLength);
  segment.setUint16(16, 0);
  const bytes = new Uint8Array(segment.buffer, segment.byteOffset, segment.byteLength);
  const sum = sum16(bytes, 0, bytes.length, sum16(new Uint8Array(pseudo.buffer), 0, 12));
  segment.setUint16(16, ~sum & 0xffff);
}

/**
 * 'mss 1460, sackOK, ts 100 5, nop, ws 7, sack 11-21 31-41, raw 1e 04 00 00': padded with end-of-list. Without its
 * second number `ts` echoes `tsRecent`; SACK edges count from the stack's initial sequence number.
 */
export function writeOptionText(text: string, tsRecent: number, _iss: number, stackIss: number): Uint8Array {
  const bytes: number[] = [];
  const word = (value: number) => bytes.push(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
  for (const option of text.split(',').map((each) => each.trim())) {
    const [name, ...values] = option.split(/\s+/);
    if (name === 'mss') bytes.push(2, 4, Number(values[0]) >> 8, Number(values[0]) & 255);
    else if (name === 'ws') bytes.push(3, 3, Number(values[0]));
    else if (name === 'sackOK') bytes.push(4, 2);
    else if (name === 'nop') bytes.push(1);
    else if (name === 'eol') bytes.push(0);
    else if (name === 'raw') bytes.push(...values.map((each) => Number.parseInt(each, 16)));
    else if (name === 'ts') {
      bytes.push(8, 10);
      word(Number(values[0]));
      word(values[1] === undefined ? tsRecent : Number(values[1]));
    } else if (name === 'sack') {
      bytes.push(5, 2 + 8 * values.length);
      for (const edge of values.flatMap((each) => each.split('-'))) word(stackIss + Number(edge));
    } else if (name !== '') throw new Error(`no option is called ${name}`);
  }
  while (bytes.length % 4 !== 0) bytes.push(0);
  return Uint8Array.from(bytes);
}

export interface ReadOptions {
  text: string;
  hasTimestamp: boolean;
  tsVal: number;
  tsEcr: number;
  mss: number;
}

/** The options of a segment of the stack; SACK edges count from the peer's initial sequence number. */
export function readOptionText(view: DataView, at: number, end: number, iss: number): ReadOptions {
  const found: string[] = [];
  const read: ReadOptions = { text: '', hasTimestamp: false, tsVal: 0, tsEcr: 0, mss: 0 };
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === 1) {
      found.push('nop');
      at++;
      continue;
    }
    if (kind === 0) {
      found.push('eol');
      break;
    }
    const size = view.getUint8(at + 1);
    if (size < 2 || at + size > end) throw new Error('the stack sent a malformed option');
    if (kind === 2) {
      read.mss = view.getUint16(at + 2);
      found.push(`mss ${read.mss}`);
    } else if (kind === 3) found.push(`ws ${view.getUint8(at + 2)}`);
    else if (kind === 4) found.push('sackOK');
    else if (kind === 8) {
      read.hasTimestamp = true;
      read.tsVal = view.getUint32(at + 2);
      read.tsEcr = view.getUint32(at + 6);
      found.push('ts');
    } else if (kind === 5) {
      const blocks: string[] = [];
      for (let i = at + 2; i < at + size; i += 8) {
        blocks.push(`${(view.getUint32(i) - iss) | 0}-${(view.getUint32(i + 4) - iss) | 0}`);
      }
      found.push(`sack ${blocks.join(' ')}`);
    } else found.push(`kind ${kind}`);
    at += size;
  }
  read.text = found.join(', ');
  return read;
}
