/** Which way a frame went, as seen by the stack whose interface it is. */
export type Direction = 'in' | 'out';

/** Block types and options of pcapng (draft-ietf-opsawg-pcapng). */
export const SECTION_HEADER = 0x0a0d0d0a;
export const INTERFACE_DESCRIPTION = 1;
export const SIMPLE_PACKET = 3;
export const ENHANCED_PACKET = 6;
export const BYTE_ORDER = 0x1a2b3c4d;
export const OPTION_COMMENT = 1;
export const OPTION_NAME = 2;
export const OPTION_FLAGS = 2;
export const OPTION_RESOLUTION = 9;
export const OPTION_OFFSET = 14;

const CHUNK = 65536;
const encoder = new TextEncoder();

/**
 * Writes a capture in the pcapng format: little endian, nanoseconds, Ethernet, and nothing of the machine it is
 * written on, so that the same frames give the same bytes.
 */
export class PcapngWriter {
  /** Bytes given to the sink and waiting for it. */
  size = 0;
  private chunk = new Uint8Array(CHUNK);
  private view = new DataView(this.chunk.buffer);
  private used = 0;
  private interfaces = 0;

  /** @param sink gets the file in pieces; each piece is its own to keep. */
  constructor(private readonly sink: (piece: Uint8Array) => void) {
    const at = this.block(SECTION_HEADER, 28);
    this.view.setUint32(at, BYTE_ORDER, true);
    this.view.setUint16(at + 4, 1, true);
    this.view.setUint16(at + 6, 0, true);
    // The length of the section is not known beforehand: -1.
    this.view.setInt32(at + 8, -1, true);
    this.view.setInt32(at + 12, -1, true);
  }

  /** Declares an interface. @returns its number in the file. */
  addInterface(name: string): number {
    const text = encoder.encode(name);
    const at = this.block(INTERFACE_DESCRIPTION, 12 + 8 + option(text.length) + option(1) + 4);
    this.view.setUint16(at, 1, true);
    this.view.setUint16(at + 2, 0, true);
    // No limit on the length of frames.
    this.view.setUint32(at + 4, 0, true);
    let here = this.bytesOption(at + 8, OPTION_NAME, text);
    here = this.bytesOption(here, OPTION_RESOLUTION, Uint8Array.of(9));
    this.view.setUint32(here, 0, true);
    return this.interfaces++;
  }

  /**
   * Writes one frame.
   * @param at ns since 1970.
   * @param comment empty for none; cut to 32 KiB.
   */
  addFrame(via: number, at: bigint, frame: Uint8Array, direction: Direction, comment = ''): void {
    const text = encoder.encode(comment).subarray(0, 32768);
    const options = (text.length > 0 ? option(text.length) : 0) + option(4) + 4;
    const place = this.block(ENHANCED_PACKET, 12 + 20 + padded(frame.length) + options);
    const { view } = this;
    view.setUint32(place, via, true);
    view.setUint32(place + 4, Number((at >> 32n) & 0xffffffffn), true);
    view.setUint32(place + 8, Number(at & 0xffffffffn), true);
    view.setUint32(place + 12, frame.length, true);
    view.setUint32(place + 16, frame.length, true);
    let here = place + 20;
    this.chunk.set(frame, here);
    here += padded(frame.length);
    if (text.length > 0) here = this.bytesOption(here, OPTION_COMMENT, text);
    view.setUint16(here, OPTION_FLAGS, true);
    view.setUint16(here + 2, 4, true);
    view.setUint32(here + 4, direction === 'in' ? 1 : 2, true);
    view.setUint32(here + 8, 0, true);
  }

  /** Gives what is written so far to the sink. */
  flush(): void {
    if (this.used === 0) return;
    this.sink(this.chunk.slice(0, this.used));
    // What follows is written over it, and padding must be zero.
    this.chunk.fill(0, 0, this.used);
    this.used = 0;
  }

  /** Begins a block of `size` bytes in all. @returns where its body begins. */
  private block(type: number, size: number): number {
    if (this.used + size > this.chunk.length) {
      this.flush();
      if (size > this.chunk.length) {
        this.chunk = new Uint8Array(size * 2);
        this.view = new DataView(this.chunk.buffer);
      }
    }
    const at = this.used;
    this.view.setUint32(at, type, true);
    this.view.setUint32(at + 4, size, true);
    this.view.setUint32(at + size - 4, size, true);
    this.used += size;
    this.size += size;
    return at + 8;
  }

  private bytesOption(at: number, code: number, value: Uint8Array): number {
    this.view.setUint16(at, code, true);
    this.view.setUint16(at + 2, value.length, true);
    this.chunk.set(value, at + 4);
    return at + option(value.length);
  }
}

/** Bytes of an option with a value of `length` bytes. */
function option(length: number): number {
  return 4 + padded(length);
}

/** Up to a multiple of 4. */
function padded(length: number): number {
  return (length + 3) & ~3;
}
