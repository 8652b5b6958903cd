import type { Turn } from '@netwright/core';
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

/** Bytes of all chunks. */
export function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, each) => sum + each.byteLength, 0);
}

/** Writes chunks that there is room for, as one thing to do for the stack. @returns how many bytes they are. */
export function writeAll(end: End, chunks: readonly Uint8Array[], turn: Turn): number {
  let length = 0;
  turn.enter();
  try {
    for (const each of chunks) length += each.byteLength === 0 ? 0 : end.write(each);
  } finally {
    turn.leave();
  }
  return length;
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
