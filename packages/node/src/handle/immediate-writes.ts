import { type StreamRequest, streamClass } from '../binding.js';
import { encoded, lengthOf } from './writes.js';

const JSStream = streamClass();
/** How bytes that native code has written are counted. */
const nativeBytesWritten = Object.getOwnPropertyDescriptor(JSStream.prototype, 'bytesWritten')?.get;

/** Writes of the program's that are taken at once, without the way through native code and back. */
export abstract class ImmediateWrites extends JSStream {
  #writing = false;

  /** @internal Whether bytes can be taken at once: then no request has to wait, and nobody is called back. */
  protected abstract fits(length: number): boolean;

  /** @internal Takes them. @returns 0 */
  protected abstract put(chunks: readonly Uint8Array[]): number;

  /** @internal Bytes that were written, but for those that were taken at once. */
  protected get slowBytes(): number {
    return nativeBytesWritten?.call(this) as number;
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
      : this.#wait(() => super.writeUtf8String(request, text));
  }

  override writeAsciiString(request: StreamRequest, text: string): number {
    return this.fits(text.length)
      ? this.put([Buffer.from(text, 'latin1')])
      : this.#wait(() => super.writeAsciiString(request, text));
  }

  override writeLatin1String(request: StreamRequest, text: string): number {
    return this.fits(text.length)
      ? this.put([Buffer.from(text, 'latin1')])
      : this.#wait(() => super.writeLatin1String(request, text));
  }

  override writeUcs2String(request: StreamRequest, text: string): number {
    return this.fits(text.length * 2)
      ? this.put([Buffer.from(text, 'utf16le')])
      : this.#wait(() => super.writeUcs2String(request, text));
  }

  override writev(request: StreamRequest, chunks: readonly unknown[], allBuffers: boolean): number {
    const buffers = allBuffers ? (chunks as Uint8Array[]) : encoded(chunks);
    const length = lengthOf(buffers);
    return this.fits(length) ? this.put(buffers) : this.#wait(() => super.writev(request, chunks, allBuffers));
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
