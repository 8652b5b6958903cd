import type { Fields, FrameFields } from '../manifest/expression.js';
import { same } from '../manifest/expression.js';
import type { SentFrame } from './memory-device.js';

/** Bytes from hexadecimal digits; blanks, colons and line ends between them are skipped. @throws RangeError */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/[\s:]/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) throw new RangeError(`"${text}" is not hexadecimal bytes`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** Hexadecimal digits of bytes, with a blank between two bytes. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Sixteen bytes a line, with their offsets, as `hexdump -C` prints them: for messages of tests. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const text = Array.from(row, (byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${toHex(row).padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}

/** What a frame should be like; what is left out may be anything. */
export interface FrameExpectation {
  /** The name of its reason. */
  readonly reason?: string;
  /** The whole frame: bytes, or their hexadecimal digits, in which `..` stands for any byte. */
  readonly bytes?: Uint8Array | string;
  /** Fields as `fields` reads them. */
  readonly fields?: Fields;
}

/**
 * Checks a frame that a stack sent.
 * @param fields takes frames apart; needed where `expected.fields` is given.
 * @throws Error that says what differs and shows the frame.
 */
export function expectFrame(frame: SentFrame | undefined, expected: FrameExpectation, fields?: FrameFields): SentFrame {
  if (frame === undefined) throw new Error(`no frame was sent, expected ${JSON.stringify(expected)}`);
  const wrong = [
    ...reasonDiffers(frame, expected),
    ...bytesDiffer(frame, expected),
    ...fieldsDiffer(frame, expected, fields),
  ];
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')}\n${hexDump(frame.bytes)}`);
  return frame;
}

function reasonDiffers(frame: SentFrame, { reason }: FrameExpectation): string[] {
  if (reason === undefined || frame.reason === reason) return [];
  return [`its reason is ${frame.reason ?? 'missing'}, expected ${reason}`];
}

function bytesDiffer(frame: SentFrame, { bytes }: FrameExpectation): string[] {
  if (bytes === undefined) return [];
  const wanted =
    (typeof bytes === 'string' ? bytes : toHex(bytes)).toLowerCase().replace(/[\s:]/g, '').match(/../g) ?? [];
  if (wanted.length !== frame.bytes.length) return [`it has ${frame.bytes.length} bytes, expected ${wanted.length}`];
  const found = toHex(frame.bytes).split(' ');
  const at = wanted.findIndex((byte, i) => byte !== '..' && byte !== found[i]);
  return at < 0 ? [] : [`byte ${at} is ${found[at]}, expected ${wanted[at]}`];
}

function fieldsDiffer(frame: SentFrame, expected: FrameExpectation, fields: FrameFields | undefined): string[] {
  if (expected.fields === undefined) return [];
  if (fields === undefined) return ['its fields cannot be read: pass a dissector'];
  const found = fields(frame.bytes);
  return Object.entries(expected.fields).flatMap(([name, wanted]) => {
    const value = found[name];
    return value !== undefined && same(value, wanted) ? [] : [`${name} is ${value ?? 'missing'}, expected ${wanted}`];
  });
}
