import { type NativeTls, nativeParts } from '../binding.js';
import type { End } from './end.js';

/** Bytes that are handed over at most at once, as libuv has it. */
const CHUNK = 65536;
/** Buffers that libuv fills before others have their turn. */
const BURST = 32;
/** Versions of libuv before 1.52 take what does not fill the buffer, on a connection that both ends are done with, for its end. */
export const endsEarly = Number(process.versions.uv.split('.')[1]) < 52;
/** Bytes on their way from any connection to the program: `readBuffer` copies them. */
const chunk = new Uint8Array(CHUNK);

/** What one handle reads into. */
export class ReadBuffer {
  /** The size of the buffer that the program has given to be read into; 0 where it has not. */
  size = 0;
  /** Whether it was filled. */
  full = false;
  /** Buffers that were filled one after the other. */
  private filled = 0;

  /** Reads what fits. @returns it, until somebody reads again. */
  fill(end: End): Uint8Array {
    const into = this.size > 0 && this.size < CHUNK ? chunk.subarray(0, this.size) : chunk;
    const size = end.read(into);
    this.full = size === into.length;
    return this.full ? into : chunk.subarray(0, size);
  }

  /** Whether the next buffer follows at once: a number of them do, one after the other, while they are filled and there is more. */
  followed(more: boolean): boolean {
    const next = this.full && more && this.filled + 1 < BURST;
    this.filled = next ? this.filled + 1 : 0;
    return next;
  }
}

/** A native stream in JavaScript has no way to say it to native listeners: they would pass it on to `onread`, too. */
export function tellFailure(reader: NativeTls, status: number): void {
  const { streamBaseState, kReadBytesOrError } = nativeParts();
  streamBaseState[kReadBytesOrError] = status;
  reader.onread?.call(reader);
}

/** Whether bytes are the beginning of HTTP/2 (RFC 9113 section 3.4). */
export function isPreface(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x52 && bytes[2] === 0x49 && bytes[3] === 0x20;
}

/** Whether bytes are requests to get something, which have no body and nothing of whose parts is told apart. */
export function isPlainRequest(bytes: Uint8Array): boolean {
  const last = bytes.length - 1;
  return bytes[0] === 0x47 && bytes[last] === 10 && bytes[last - 1] === 13 && bytes[last - 2] === 10;
}
