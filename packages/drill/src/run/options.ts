import { Unsupported } from '../outcome.js';
import type { EcnCounter, ScriptOption } from '../parse/tcp-options.js';

/** Option kinds (IANA TCP parameters); 254 with this number is the experimental fast open of RFC 7413 section 4.1.1. */
const KIND = {
  eol: 0,
  nop: 1,
  mss: 2,
  wscale: 3,
  sackOK: 4,
  sack: 5,
  timestamps: 8,
  md5: 19,
  fastOpen: 34,
  experiment: 254,
};
const ACC_ECN = { 172: ['e0b', 'ceb', 'e1b'], 174: ['e1b', 'ceb', 'e0b'] } as const;
const FAST_OPEN_EXPERIMENT = 0xf989;

/** What is translated between the script's numbers and those on the wire. */
export interface OptionNumbers {
  sack(edge: number): number;
  tsVal(value: number): number;
  tsEcr(value: number): number;
}

/** The bytes of options, padded with zeros to a multiple of 4. */
export function encodeOptions(options: readonly ScriptOption[], numbers: OptionNumbers): Uint8Array {
  const bytes: number[] = [];
  for (const option of options) encode(option, numbers, bytes);
  while (bytes.length % 4 !== 0) bytes.push(0);
  return Uint8Array.from(bytes);
}

function encode(option: ScriptOption, numbers: OptionNumbers, out: number[]): void {
  switch (option.kind) {
    case 'nop':
    case 'eol':
      out.push(KIND[option.kind]);
      break;
    case 'mss':
      out.push(KIND.mss, 4, option.bytes >> 8, option.bytes & 0xff);
      break;
    case 'wscale':
      out.push(KIND.wscale, 3, option.shift);
      break;
    case 'sackOK':
      out.push(KIND.sackOK, 2);
      break;
    case 'sack':
      out.push(KIND.sack, 2 + 8 * option.blocks.length);
      for (const [left, right] of option.blocks) out.push(...word(numbers.sack(left)), ...word(numbers.sack(right)));
      break;
    case 'timestamps':
      out.push(KIND.timestamps, 10, ...word(numbers.tsVal(option.val)), ...word(numbers.tsEcr(option.ecr)));
      break;
    case 'fastOpen':
      if (option.experimental)
        out.push(KIND.experiment, 4 + option.cookie.length, FAST_OPEN_EXPERIMENT >> 8, FAST_OPEN_EXPERIMENT & 0xff);
      else out.push(KIND.fastOpen, 2 + option.cookie.length);
      out.push(...option.cookie);
      break;
    case 'md5':
      out.push(KIND.md5, 18, ...(option.digest === 'valid' ? new Uint8Array(16) : option.digest));
      break;
    case 'ecn':
      encodeCounters(option.counters, out);
      break;
  }
}

/** RFC 9768 section 3.2.3: the order of the counters says which of the two kinds it is. */
function encodeCounters(counters: readonly { name: EcnCounter; value: number }[], out: number[]): void {
  const names = counters.map(({ name }) => name).join();
  const kind = ([172, 174] as const).find((each) => ACC_ECN[each].join().startsWith(names));
  if (kind === undefined) throw new Unsupported(`an AccECN option of ${names}`);
  out.push(kind, 2 + 3 * counters.length);
  for (const { value } of counters) out.push((value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
}

function word(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** The options of a segment in the script's words; one that is malformed or unknown stays as its bytes, `?fd04…`. */
export function describeOptions(bytes: Uint8Array, numbers: OptionNumbers): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const words: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes[at];
    if (kind === KIND.eol || kind === KIND.nop) {
      words.push(kind === KIND.nop ? 'nop' : 'eol');
      at++;
      continue;
    }
    const size = bytes[at + 1] ?? 0;
    if (size < 2 || at + size > bytes.length) return [...words, `?${hex(bytes.subarray(at))}`];
    words.push(describe(kind, view, at + 2, size - 2, numbers) ?? `?${hex(bytes.subarray(at, at + size))}`);
    at += size;
  }
  return words;
}

function describe(kind: number, view: DataView, at: number, size: number, numbers: OptionNumbers): string | null {
  const rest = () => hex(new Uint8Array(view.buffer, view.byteOffset + at, size));
  if (kind === KIND.mss && size === 2) return `mss ${view.getUint16(at)}`;
  if (kind === KIND.wscale && size === 1) return `wscale ${view.getUint8(at)}`;
  if (kind === KIND.sackOK && size === 0) return 'sackOK';
  if (kind === KIND.timestamps && size === 8) {
    return `TS val ${numbers.tsVal(view.getUint32(at))} ecr ${numbers.tsEcr(view.getUint32(at + 4))}`;
  }
  if (kind === KIND.sack && size % 8 === 0 && size > 0) {
    const blocks: string[] = [];
    for (let i = 0; i < size; i += 8) {
      blocks.push(`${numbers.sack(view.getUint32(at + i))}:${numbers.sack(view.getUint32(at + i + 4))}`);
    }
    return `sack ${blocks.join(' ')}`;
  }
  if (kind === KIND.fastOpen) return `FO ${rest()}`.trim();
  if (kind === KIND.experiment && size >= 2 && view.getUint16(at) === FAST_OPEN_EXPERIMENT)
    return `FOEXP ${rest().slice(4)}`.trim();
  if (kind === KIND.md5) return `md5 ${rest()}`;
  if ((kind === 172 || kind === 174) && size % 3 === 0) {
    const counters = ACC_ECN[kind].slice(0, size / 3);
    return [
      'ECN',
      ...counters.map((name, i) => `${name} ${(view.getUint8(at + 3 * i) << 16) | view.getUint16(at + 3 * i + 1)}`),
    ].join(' ');
  }
  return null;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((each) => each.toString(16).padStart(2, '0')).join('');
}
