import { OPTION } from '@netwright/layers';
import type { Half } from './half.js';
import type { SegmentPlace } from './segment-place.js';

/** Where the options of a segment lie that matter to a translation; 0 where there is none. */
export class OptionPlaces {
  timestamps = 0;
  sack = 0;
  /** Of a SYN: what may be sent in one segment, the shift of the window or -1, and whether selective acknowledgements may come. */
  mss = 0;
  scale = -1;
  sackPermitted = false;
  /** Whether the segment is signed (RFC 2385, RFC 5925): nobody without the key can change it. */
  signed = false;

  /** Finds them. A malformed option ends the reading. */
  find(place: SegmentPlace): void {
    const { view, tcp, payload } = place;
    this.timestamps = this.sack = this.mss = 0;
    this.scale = -1;
    this.sackPermitted = this.signed = false;
    let at = tcp + 20;
    while (at < payload) {
      const kind = view.getUint8(at);
      if (kind === OPTION.end) return;
      if (kind === OPTION.noOperation) {
        at++;
        continue;
      }
      const size = at + 1 < payload ? view.getUint8(at + 1) : 0;
      if (size < 2 || at + size > payload) return;
      if (kind === OPTION.timestamps && size === 10) this.timestamps = at;
      else if (kind === OPTION.sack && (size & 7) === 2) this.sack = at;
      else if (kind === OPTION.maximumSegmentSize && size === 4) this.mss = view.getUint16(at + 2);
      else if (kind === OPTION.windowScale && size === 3) this.scale = Math.min(14, view.getUint8(at + 2));
      else if (kind === OPTION.sackPermitted) this.sackPermitted = true;
      else if (kind === OPTION.md5 || kind === OPTION.authentication) this.signed = true;
      at += size;
    }
  }
}

/**
 * Translates the ranges of a selective acknowledgement into what their reader has sent. A range of which nothing is
 * left, because it lies within bytes that he never sent, is taken out, and NOPs take its place.
 */
export function translateSack(place: SegmentPlace, at: number, half: Half): void {
  const { view } = place;
  const end = at + view.getUint8(at + 1);
  let into = at + 2;
  for (let from = at + 2; from < end; from += 8) {
    const left = half.log.originalAfter(half.receivedOffset(view.getUint32(from)));
    const right = half.log.original(half.receivedOffset(view.getUint32(from + 4)));
    if (right <= left) continue;
    place.put32(into, half.sequence(left));
    place.put32(into + 4, half.sequence(right));
    into += 8;
  }
  if (into === end) return;
  const empty = into === at + 2;
  if (!empty) place.put8(at + 1, into - at);
  for (let i = empty ? at : into; i < end; i++) place.put8(i, OPTION.noOperation);
}
