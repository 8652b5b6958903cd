import type { Head } from './http-head.js';

/** Gets the bytes of a body; the array is valid during the call. */
export type BodySink = (bytes: Uint8Array) => void;

/** Finds the end of a body (RFC 9112 section 6.3) and hands over what lies before it. */
export interface BodyReader {
  /** Takes bytes; those after the end are left alone. */
  feed(bytes: Uint8Array): void;
  /** Whether the end has come. */
  readonly complete: boolean;
  /** Whether the peer's end of stream ends the body well. */
  readonly endsWithStream: boolean;
  /** Whether the framing was malformed. */
  readonly malformed: boolean;
}

/** The reader that the head of a response asks for. */
export function bodyReader(head: Head, sink: BodySink): BodyReader {
  if (/\bchunked\b/i.test(head.fields.get('transfer-encoding') ?? '')) return new ChunkedBody(sink);
  const length = head.fields.get('content-length');
  if (length === undefined) return new StreamBody(sink);
  return new SizedBody(/^\d+$/.test(length) ? Number(length) : -1, sink);
}

class SizedBody implements BodyReader {
  readonly endsWithStream = false;
  readonly malformed: boolean;

  constructor(
    private left: number,
    private readonly sink: BodySink,
  ) {
    this.malformed = left < 0;
  }

  get complete(): boolean {
    return this.left === 0;
  }

  feed(bytes: Uint8Array): void {
    const mine = bytes.subarray(0, Math.max(0, this.left));
    this.left -= mine.length;
    if (mine.length > 0) this.sink(mine);
  }
}

class StreamBody implements BodyReader {
  readonly complete = false;
  readonly endsWithStream = true;
  readonly malformed = false;

  constructor(private readonly sink: BodySink) {}

  feed(bytes: Uint8Array): void {
    this.sink(bytes);
  }
}

/** RFC 9112 section 7.1. */
class ChunkedBody implements BodyReader {
  readonly endsWithStream = false;
  complete = false;
  malformed = false;
  /** Bytes of the current chunk that have not come; -1 while a size line is read, -2 in the trailer. */
  private left = -1;
  private line = '';

  constructor(private readonly sink: BodySink) {}

  feed(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.complete && !this.malformed) {
      if (this.left > 0) {
        const piece = bytes.subarray(at, at + this.left);
        this.sink(piece);
        at += piece.length;
        this.left -= piece.length;
        continue;
      }
      const byte = bytes[at++];
      if (byte === 10) this.endLine(this.line);
      else if (byte !== 13) this.line += String.fromCharCode(byte);
      if (this.line.length > 1024) this.malformed = true;
    }
  }

  private endLine(line: string): void {
    this.line = '';
    if (this.left === -2) {
      this.complete = line === '';
    } else if (this.left === 0) {
      // The line end behind a chunk.
      this.left = -1;
      this.malformed = line !== '';
    } else {
      const size = /^([\da-f]{1,12})(?:[ \t]*;.*)?$/i.exec(line);
      if (size === null) this.malformed = true;
      else this.left = Number.parseInt(size[1], 16) || -2;
    }
  }
}
