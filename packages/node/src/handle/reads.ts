import { type NativeTls, nativeParts } from '../binding.js';

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
