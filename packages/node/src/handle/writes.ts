import type { StreamRequest } from '../binding.js';
import type { End } from './end.js';

/** Bytes of one request that wait for room. */
export interface PendingWrite {
  readonly request: StreamRequest;
  readonly chunks: readonly Uint8Array[];
  /** The first chunk that was not taken whole, and how much of it was. */
  index: number;
  at: number;
}

/** Writes what there is room for. @returns 0 when it is all written, 1 while it is not, UV's code when it cannot be. */
export function writeInto(end: End, write: PendingWrite): number {
  for (; write.index < write.chunks.length; write.index++, write.at = 0) {
    const bytes = write.chunks[write.index];
    if (bytes.byteLength === write.at) continue;
    const taken = end.write(bytes, write.at);
    if (taken < 0) return taken;
    write.at += taken;
    if (write.at < bytes.byteLength) return 1;
  }
  return 0;
}

/** The bytes that wait. */
export function waitingBytes(writes: readonly PendingWrite[]): number {
  let size = 0;
  for (const { chunks, index, at } of writes) {
    for (let i = index; i < chunks.length; i++) size += chunks[i].byteLength;
    size -= at;
  }
  return size;
}

/** Chunks and their encodings, alternating, as bytes. */
export function encoded(chunks: readonly unknown[]): Uint8Array[] {
  const buffers: Uint8Array[] = [];
  for (let i = 0; i < chunks.length; i += 2) {
    const each = chunks[i];
    buffers.push(typeof each === 'string' ? Buffer.from(each, chunks[i + 1] as BufferEncoding) : (each as Uint8Array));
  }
  return buffers;
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
