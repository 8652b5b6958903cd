import { nativeParts, type StreamRequest, streamClass } from '../binding.js';
import { encoded, lengthOf } from './writes.js';

const JSStream = streamClass();
/** How bytes that native code has written are counted. */
const nativeBytesWritten = Object.getOwnPropertyDescriptor(JSStream.prototype, 'bytesWritten')?.get;

/** Bytes of a text that native code tries to write before it counts them. */
const TRIED = 16384;

/** Whether a write has failed at once. Newer versions of Node: native code returns its request, and why it failed apart. */
function hasFailed(returned: unknown): boolean {
  const { streamBaseState, kLastWriteErr } = nativeParts();
  return typeof returned === 'number'
    ? returned < 0
    : kLastWriteErr !== undefined && streamBaseState[kLastWriteErr] < 0;
}

/** Writes of the program's that are taken at once, without the way through native code and back. */
export abstract class ImmediateWrites extends JSStream {
  #writing = false;
  /** Bytes that native code has counted and a kernel's stream would not have. */
  #overcounted = 0;

  /** @internal Whether bytes can be taken at once: then no request has to wait, and nobody is called back. */
  protected abstract fits(length: number): boolean;

  /** @internal Takes them. @returns 0 */
  protected abstract put(chunks: readonly Uint8Array[]): number;

  /** @internal Bytes that were written, but for those that were taken at once. */
  protected get slowBytes(): number {
    return (nativeBytesWritten?.call(this) as number) - this.#overcounted;
  }

  /** @internal Whether it is the program that writes, and not native code. */
  protected get writing(): boolean {
    return this.#writing;
  }

  override writeBuffer(request: StreamRequest, bytes: Uint8Array): number {
    return this.fits(bytes.byteLength) ? this.put([bytes]) : this.#wait(() => super.writeBuffer(request, bytes));
  }

  override writeUtf8String(request: StreamRequest, text: string): number {
    // Three bytes a character at most: what may be too long is counted by the native code.
    return this.fits(text.length * 3)
      ? this.put([Buffer.from(text, 'utf8')])
      : this.#waitText(text, 'utf8', text.length * 3, () => super.writeUtf8String(request, text));
  }

  override writeAsciiString(request: StreamRequest, text: string): number {
    return this.fits(text.length)
      ? this.put([Buffer.from(text, 'latin1')])
      : this.#waitText(text, 'latin1', text.length, () => super.writeAsciiString(request, text));
  }

  override writeLatin1String(request: StreamRequest, text: string): number {
    return this.fits(text.length)
      ? this.put([Buffer.from(text, 'latin1')])
      : this.#waitText(text, 'latin1', text.length, () => super.writeLatin1String(request, text));
  }

  override writeUcs2String(request: StreamRequest, text: string): number {
    return this.fits(text.length * 2)
      ? this.put([Buffer.from(text, 'utf16le')])
      : this.#waitText(text, 'utf16le', text.length * 2, () => super.writeUcs2String(request, text));
  }

  override writev(request: StreamRequest, chunks: readonly unknown[], allBuffers: boolean): number {
    const buffers = allBuffers ? (chunks as Uint8Array[]) : encoded(chunks);
    const length = lengthOf(buffers);
    return this.fits(length) ? this.put(buffers) : this.#wait(() => super.writev(request, chunks, allBuffers));
  }

  /** The same for a text of `size` bytes at most: what fails at once is not counted where it is short. */
  #waitText(text: string, encoding: BufferEncoding, size: number, write: () => number): number {
    const status = this.#wait(write);
    if (size <= TRIED && hasFailed(status)) this.#overcounted += Buffer.byteLength(text, encoding);
    return status;
  }

  /** A write of the program's that makes the way through native code. */
  #wait(write: () => number): number {
    this.#writing = true;
    try {
      return write();
    } finally {
      this.#writing = false;
    }
  }
}
