import { fail } from '../errors.js';
import {
  BYTE_ORDER,
  type Direction,
  ENHANCED_PACKET,
  INTERFACE_DESCRIPTION,
  OPTION_COMMENT,
  OPTION_FLAGS,
  OPTION_NAME,
  OPTION_OFFSET,
  OPTION_RESOLUTION,
  SECTION_HEADER,
  SIMPLE_PACKET,
} from './pcapng.js';

/** One frame of a capture file. */
export interface CapturedFrame {
  /** Ns since 1970. */
  readonly at: bigint;
  /** Its bytes, as far as they were captured; a view of the file. */
  readonly bytes: Uint8Array;
  /** Its length on the wire. */
  readonly length: number;
  /** Of its interface: 1 is Ethernet, 101 is bare IP. */
  readonly linkType: number;
  /** The name of its interface; '' where the file does not say. */
  readonly interface: string;
  /** null where the file does not say. */
  readonly direction: Direction | null;
  /** '' where there is none. */
  readonly comment: string;
}

/**
 * Reads a capture file, pcapng or the older pcap, of either byte order.
 * @throws CAPTURE_FILE_MALFORMED where the file is not one, or ends early; frames before that place have been given.
 */
export function* readCapture(file: Uint8Array): Generator<CapturedFrame> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const magic = file.length >= 4 ? view.getUint32(0) : 0;
  try {
    if (magic === SECTION_HEADER) yield* readPcapng(view, file);
    else yield* readPcap(view, file, magic);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw fail('CAPTURE_FILE_MALFORMED', { problem: 'it ends within a header' }, undefined, error);
  }
}

/** The magic number says the byte order and the unit of the fractions: first µs, then ns. */
const PCAP_MAGIC: Record<number, { little: boolean; unit: bigint }> = {
  [0xa1b2c3d4]: { little: false, unit: 1000n },
  [0xd4c3b2a1]: { little: true, unit: 1000n },
  [0xa1b23c4d]: { little: false, unit: 1n },
  [0x4d3cb2a1]: { little: true, unit: 1n },
};

function* readPcap(view: DataView, file: Uint8Array, magic: number): Generator<CapturedFrame> {
  const format = PCAP_MAGIC[magic];
  if (format === undefined) throw malformed(0, 'it begins with no magic number of pcap or pcapng');
  const { little, unit } = format;
  // The upper bits say whether frames end with a checksum.
  const linkType = view.getUint32(20, little) & 0xffff;
  let at = 24;
  while (at < file.length) {
    const seconds = BigInt(view.getUint32(at, little));
    const fraction = BigInt(view.getUint32(at + 4, little));
    const captured = view.getUint32(at + 8, little);
    const length = view.getUint32(at + 12, little);
    if (captured > file.length - at - 16) throw malformed(at, 'a frame is longer than the file');
    const bytes = file.subarray(at + 16, at + 16 + captured);
    yield {
      at: seconds * 1_000_000_000n + fraction * unit,
      bytes,
      length,
      linkType,
      interface: '',
      direction: null,
      comment: '',
    };
    at += 16 + captured;
  }
}

interface Interface {
  linkType: number;
  name: string;
  /** Ns since 1970 of a timestamp. */
  time(high: number, low: number): bigint;
}

function* readPcapng(view: DataView, file: Uint8Array): Generator<CapturedFrame> {
  let little = true;
  let interfaces: Interface[] = [];
  for (let at = 0; at < file.length; ) {
    if (file.length - at < 12) throw malformed(at, 'a block is cut off');
    if (view.getUint32(at) === SECTION_HEADER) {
      little = view.getUint32(at + 8, true) === BYTE_ORDER;
      if (!little && view.getUint32(at + 8) !== BYTE_ORDER) throw malformed(at, 'a section has no byte order');
      interfaces = [];
    }
    const type = view.getUint32(at, little);
    const size = view.getUint32(at + 4, little);
    if (size < 12 || size % 4 !== 0 || size > file.length - at) {
      throw malformed(at, `a block of ${size} bytes does not fit`);
    }
    const body = new DataView(view.buffer, view.byteOffset + at + 8, size - 12);
    if (type === INTERFACE_DESCRIPTION) interfaces.push(readInterface(body, little));
    else if (type === ENHANCED_PACKET) yield readEnhanced(body, little, interfaces, at);
    else if (type === SIMPLE_PACKET) yield readSimple(body, little, interfaces, at);
    at += size;
  }
}

function readInterface(body: DataView, little: boolean): Interface {
  let name = '';
  let resolution = 6;
  let offset = 0n;
  for (const { code, value } of options(body, 8, little)) {
    if (code === OPTION_NAME) name = text(value);
    else if (code === OPTION_RESOLUTION && value.byteLength >= 1) resolution = value.getUint8(0);
    else if (code === OPTION_OFFSET && value.byteLength >= 8) offset = value.getBigInt64(0, little);
  }
  // The top bit chooses between powers of two and of ten.
  const unit = resolution & 0x80 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
  return {
    linkType: body.getUint16(0, little),
    name,
    time: (high, low) => (((BigInt(high) << 32n) | BigInt(low)) * 1_000_000_000n) / unit + offset * 1_000_000_000n,
  };
}

function readEnhanced(body: DataView, little: boolean, interfaces: Interface[], at: number): CapturedFrame {
  const via = interfaces[body.getUint32(0, little)];
  if (via === undefined) throw malformed(at, 'a frame names an interface that was not described');
  const captured = body.getUint32(12, little);
  if (captured > body.byteLength - 20) throw malformed(at, 'a frame is longer than its block');
  let comment = '';
  let direction: Direction | null = null;
  for (const { code, value } of options(body, 20 + ((captured + 3) & ~3), little)) {
    if (code === OPTION_COMMENT) comment = text(value);
    else if (code === OPTION_FLAGS && value.byteLength >= 4) {
      const bits = value.getUint32(0, little) & 3;
      direction = bits === 1 ? 'in' : bits === 2 ? 'out' : null;
    }
  }
  return {
    at: via.time(body.getUint32(4, little), body.getUint32(8, little)),
    bytes: new Uint8Array(body.buffer, body.byteOffset + 20, captured),
    length: body.getUint32(16, little),
    linkType: via.linkType,
    interface: via.name,
    direction,
    comment,
  };
}

/** A frame without a time (section 4.4 of the draft): it counts as 0. */
function readSimple(body: DataView, little: boolean, interfaces: Interface[], at: number): CapturedFrame {
  const via = interfaces[0];
  if (via === undefined) throw malformed(at, 'a frame comes before any interface');
  const length = body.getUint32(0, little);
  const bytes = new Uint8Array(body.buffer, body.byteOffset + 4, Math.min(length, body.byteLength - 4));
  return { at: 0n, bytes, length, linkType: via.linkType, interface: via.name, direction: null, comment: '' };
}

function* options(body: DataView, from: number, little: boolean): Generator<{ code: number; value: DataView }> {
  for (let at = from; at + 4 <= body.byteLength; ) {
    const code = body.getUint16(at, little);
    const length = body.getUint16(at + 2, little);
    if (code === 0 || at + 4 + length > body.byteLength) return;
    yield { code, value: new DataView(body.buffer, body.byteOffset + at + 4, length) };
    at += 4 + ((length + 3) & ~3);
  }
}

function text(value: DataView): string {
  return new TextDecoder().decode(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}

function malformed(at: number, problem: string) {
  return fail('CAPTURE_FILE_MALFORMED', { problem: `at byte ${at} ${problem}` });
}
