import type { IpAddress } from '@netwright/core';
import { md5Digest, PseudoHeader } from '@netwright/layers';
import { segmentBytes, type WireSegment } from './frame.js';

/** What says who sends a segment to whom. */
export interface Ends {
  readonly source: IpAddress;
  readonly destination: IpAddress;
}

/** The digest that a segment must carry (RFC 2385 section 2), whatever stands in its place. */
export function digestOf(ends: Ends, segment: WireSegment, key: Uint8Array): Uint8Array {
  const bytes = segmentBytes(ends, segment);
  const header = bytes.slice(0, 20);
  header[16] = header[17] = 0;
  return md5Digest(new PseudoHeader(ends.source, ends.destination).of(bytes.length), header, segment.payload, key);
}

/** Where in `options` the digest of RFC 2385 stands; -1 where there is none. */
export function digestAt(options: Uint8Array): number {
  for (let at = 0; at < options.length && options[at] !== 0; ) {
    if (options[at] === 1) at++;
    else if (options[at] === 19 && options[at + 1] === 18) return at + 2;
    else at += Math.max(2, options[at + 1] ?? 2);
  }
  return -1;
}

/** The same segment with its digest in place. */
export function signed(ends: Ends, segment: WireSegment, key: Uint8Array): WireSegment {
  const at = digestAt(segment.options);
  if (at < 0) return segment;
  const options = segment.options.slice();
  options.set(digestOf(ends, segment, key), at);
  return { ...segment, options };
}

/** Whether a segment carries the digest that it must carry. */
export function isSigned(ends: Ends, segment: WireSegment, key: Uint8Array | null): boolean {
  const at = digestAt(segment.options);
  if (at < 0 || key === null) return false;
  return digestOf(ends, segment, key).every((byte, i) => byte === segment.options[at + i]);
}
