/**
 * The TCP header (RFC 9293 section 3.1):
 *
 *   offset  bytes  field
 *        0      2  source port
 *        2      2  destination port
 *        4      4  sequence number
 *        8      4  acknowledgment number
 *       12      1  data offset in 32-bit words (upper four bits), reserved (three bits), AE (one bit, RFC 9768)
 *       13      1  CWR ECE URG ACK PSH RST SYN FIN
 *       14      2  window
 *       16      2  checksum
 *       18      2  urgent pointer
 *       20      -  options, up to 40 bytes
 */
export const AT = {
  sourcePort: 0,
  destinationPort: 2,
  sequence: 4,
  acknowledgment: 8,
  dataOffset: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  urgentPointer: 18,
  options: 20,
} as const;

/** Bytes of a header without options. */
export const HEADER_SIZE = 20;
/** Bytes that options may take. */
export const MAX_OPTIONS = 40;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;
export const ECE = 0x40;
export const CWR = 0x80;
/** RFC 9768 section 3.1: it lies in the byte before the others. */
export const AE = 0x100;
/** All of them, in the two bytes that begin with the data offset. */
export const ALL_FLAGS = 0x1ff;

/** A header as an object: for tests, traces and hooks. The data path reads and writes fields in place. */
export interface TcpHeader {
  sourcePort: number;
  destinationPort: number;
  /** 0 .. 2^32 - 1 */
  sequence: number;
  acknowledgment: number;
  /** Bytes of header with options. */
  size: number;
  /** The four bits between data offset and flags: 0 unless somebody uses them. */
  reserved: number;
  flags: number;
  window: number;
  checksum: number;
  urgentPointer: number;
}

/** Reads a header of which `length` bytes are there. @returns undefined when it is cut short or its data offset is wrong. */
export function readTcpHeader(view: DataView, at: number, length: number): TcpHeader | undefined {
  if (length < HEADER_SIZE) return undefined;
  const size = (view.getUint8(at + AT.dataOffset) >> 4) * 4;
  if (size < HEADER_SIZE || size > length) return undefined;
  return {
    sourcePort: view.getUint16(at + AT.sourcePort),
    destinationPort: view.getUint16(at + AT.destinationPort),
    sequence: view.getUint32(at + AT.sequence),
    acknowledgment: view.getUint32(at + AT.acknowledgment),
    size,
    reserved: view.getUint8(at + AT.dataOffset) & 0x0f,
    flags: view.getUint8(at + AT.flags),
    window: view.getUint16(at + AT.window),
    checksum: view.getUint16(at + AT.checksum),
    urgentPointer: view.getUint16(at + AT.urgentPointer),
  };
}

/** Writes a header; `size` counts the options, which the caller writes behind it. The checksum is written as given. */
export function writeTcpHeader(view: DataView, at: number, header: TcpHeader): void {
  view.setUint16(at + AT.sourcePort, header.sourcePort);
  view.setUint16(at + AT.destinationPort, header.destinationPort);
  view.setUint32(at + AT.sequence, header.sequence);
  view.setUint32(at + AT.acknowledgment, header.acknowledgment);
  view.setUint8(at + AT.dataOffset, ((header.size / 4) << 4) | (header.reserved & 0x0f));
  view.setUint8(at + AT.flags, header.flags);
  view.setUint16(at + AT.window, header.window);
  view.setUint16(at + AT.checksum, header.checksum);
  view.setUint16(at + AT.urgentPointer, header.urgentPointer);
}

/** 'SA' for SYN and ACK; '.' for none. */
export function formatFlags(flags: number): string {
  const letters = ['F', 'S', 'R', 'P', 'A', 'U', 'E', 'C'].filter((_, bit) => (flags & (1 << bit)) !== 0).join('');
  return letters === '' ? '.' : letters;
}
