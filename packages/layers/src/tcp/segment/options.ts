import { ACCECN_0, ACCECN_1, type AccEcnReport, writeAccEcn } from '../ecn/option.js';
import { MAX_SACK_BLOCKS, type Segment } from './segment.js';
import { readUserTimeout, USER_TIMEOUT_SIZE, userTimeoutField } from './user-timeout-option.js';

/** Option kinds (IANA TCP parameters). */
export const OPTION = {
  end: 0,
  noOperation: 1,
  /** RFC 9293 section 3.7.1 */
  maximumSegmentSize: 2,
  /** RFC 7323 section 2 */
  windowScale: 3,
  /** RFC 2018 section 2 */
  sackPermitted: 4,
  /** RFC 2018 section 3 */
  sack: 5,
  /** RFC 7323 section 3 */
  timestamps: 8,
  /** RFC 2385 section 3 */
  md5: 19,
  /** RFC 5482 section 3.3 */
  userTimeout: 28,
  /** RFC 5925 section 2.2 */
  authentication: 29,
  /** RFC 7413 section 4.1.1 */
  fastOpen: 34,
  /** RFC 6994: what it is the number after it says. */
  experiment: 254,
} as const;

/** RFC 7413 section 9: the number of fast open's experiment. */
export const FAST_OPEN_EXPERIMENT = 0xf989;

/** RFC 7413 section 4.1.1: a cookie has 4 to 16 bytes, an even number of them; none asks for one. */
const MIN_COOKIE = 4;
const MAX_COOKIE = 16;

/** A peer that asks for less would have a stream cut into headers: bytes, as Linux has it. */
const SMALLEST_MSS = 48;

/** RFC 7323 section 2.3: a larger shift is used as 14. */
export const MAX_WINDOW_SCALE = 14;

/** What `authKind` says of signatures that cannot be. */
export const MALFORMED_SIGNATURE = -1;

/** NOP NOP timestamps 10: how nearly every segment's options begin. */
export const ALIGNED_TIMESTAMP = 0x0101080a;

/**
 * Reads the options at `at`..`end` into `segment`. A malformed one ends the reading: what came before it counts, as
 * RFC 9293 section 3.1 asks to ignore unknown options and MUST-7 to survive an illegal length.
 */
export function readOptions(view: DataView, at: number, end: number, segment: Segment): void {
  if (end - at >= 12 && view.getInt32(at) === ALIGNED_TIMESTAMP) {
    segment.hasTimestamp = true;
    segment.tsVal = view.getInt32(at + 4);
    segment.tsEcr = view.getInt32(at + 8);
    at += 12;
  }
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === OPTION.end) return;
    if (kind === OPTION.noOperation) {
      at++;
      continue;
    }
    if (at + 1 >= end) return;
    const size = view.getUint8(at + 1);
    if (size < 2 || at + size > end) {
      if (kind === OPTION.authentication) segment.authKind = MALFORMED_SIGNATURE;
      return;
    }
    readOption(view, at, kind, size, segment);
    at += size;
  }
}

function readOption(view: DataView, at: number, kind: number, size: number, segment: Segment): void {
  switch (kind) {
    case OPTION.maximumSegmentSize:
      // One of 0 says nothing.
      if (size === 4) segment.mss = view.getUint16(at + 2) && Math.max(view.getUint16(at + 2), SMALLEST_MSS);
      break;
    case OPTION.windowScale:
      if (size === 3) segment.windowScale = Math.min(view.getUint8(at + 2), MAX_WINDOW_SCALE);
      break;
    case OPTION.sackPermitted:
      if (size === 2) segment.sackPermitted = true;
      break;
    case OPTION.timestamps:
      if (size === 10) {
        segment.hasTimestamp = true;
        segment.tsVal = view.getInt32(at + 2);
        segment.tsEcr = view.getInt32(at + 6);
      }
      break;
    case OPTION.sack:
      if ((size - 2) % 8 === 0) {
        const blocks = Math.min((size - 2) / 8, MAX_SACK_BLOCKS);
        for (let i = 0; i < 2 * blocks; i++) segment.sack[i] = view.getInt32(at + 2 + 4 * i);
        segment.sackBlocks = blocks;
      }
      break;
    case OPTION.userTimeout:
      if (size === USER_TIMEOUT_SIZE) segment.userTimeout = readUserTimeout(view.getUint16(at + 2));
      break;
    case ACCECN_0:
    case ACCECN_1:
      segment.accEcnKind = kind;
      segment.accEcnAt = at + 2;
      segment.accEcnLength = size - 2;
      break;
    case OPTION.md5:
    case OPTION.authentication:
      // RFC 5925 section 2.2: two signatures, or one that is too short, spoil the segment.
      segment.authKind = segment.authKind !== 0 || size < 4 ? MALFORMED_SIGNATURE : kind;
      segment.authAt = at + 2;
      segment.authLength = size - 2;
      break;
    case OPTION.fastOpen:
      readCookie(at + 2, size - 2, segment, false);
      break;
    case OPTION.experiment:
      if (size >= 4 && view.getUint16(at + 2) === FAST_OPEN_EXPERIMENT) readCookie(at + 4, size - 4, segment, true);
      break;
  }
}

function readCookie(at: number, length: number, segment: Segment, experimental: boolean): void {
  // Anything else says nothing.
  if (length % 2 !== 0 || (length !== 0 && (length < MIN_COOKIE || length > MAX_COOKIE))) return;
  segment.cookieLength = length;
  segment.cookieAt = at;
  segment.experimentalCookie = experimental;
}

/** The segments that carry different options; 'abort' is a reset of a connection that both ends know, 'reset' any other. */
export type OptionsOf = 'syn' | 'synack' | 'segment' | 'abort' | 'reset';

/** What there is to say in options; a session fills it and the layout picks. */
export interface OptionFacts {
  /** What this end can receive in one segment, in bytes. */
  mss: number;
  /** Shift of this end's window; -1 where scaling is not used. */
  windowScale: number;
  /** Whether timestamps are offered (SYN) or agreed on. */
  timestamps: boolean;
  tsVal: number;
  tsEcr: number;
  /** Whether selective acknowledgement is offered (SYN) or agreed on. */
  sackPermitted: boolean;
  /** Ranges received out of order, in pairs; the one received last first (RFC 2018 section 4). */
  readonly sack: Int32Array;
  sackBlocks: number;
  /** What the AccECN option says (RFC 9768 section 3.2.3); null where there is none. */
  accEcn: AccEcnReport | null;
  /** ms that the user timeout option tells (RFC 5482); 0 for none. What a segment without SYN has told is 0 from then on. */
  userTimeout: number;
  /** The timestamp that a reset echoes, beside one of zero (RFC 7323 section 5.2); null where it has none. */
  resetEcho: number | null;
  /** Fast open cookie to send; empty asks for one; null sends none. */
  cookie: Uint8Array | null;
  /** In the experimental option, for peers that ask by it. */
  experimentalCookie: boolean;
}

/** What each kind of segment carries, and in which order. */
export interface OptionLayout {
  /**
   * Writes the options of a segment at `at` and returns their size: a multiple of 4, at most 40. It is called before
   * the payload is placed, with the same facts as for the segment; `view` has room for 40 bytes.
   */
  write(kind: OptionsOf, facts: OptionFacts, view: DataView, at: number): number;
  /** The size that `write` gives for a data segment without SACK blocks: what the options take of each segment. */
  usual(facts: OptionFacts): number;
}

/** @returns its size, with what aligns it. */
function writeTimestamp(tsVal: number, tsEcr: number, view: DataView, at: number): number {
  view.setInt32(at, ALIGNED_TIMESTAMP);
  view.setInt32(at + 4, tsVal);
  view.setInt32(at + 8, tsEcr);
  return 12;
}

/**
 * The order in which Linux writes them: MSS, SACK permitted, timestamps, NOP, window scale; on other segments
 * NOP NOP timestamps, NOP NOP SACK.
 */
export class DefaultOptionLayout implements OptionLayout {
  write(kind: OptionsOf, facts: OptionFacts, view: DataView, at: number): number {
    if (kind === 'reset') return facts.resetEcho === null ? 0 : writeTimestamp(0, facts.resetEcho, view, at);
    const begin = at;
    if (kind === 'segment' || kind === 'abort') {
      if (facts.timestamps) at += writeTimestamp(facts.tsVal, facts.tsEcr, view, at);
      // RFC 7323 section 5.2: timestamps, and nothing else.
      if (kind === 'abort') return at - begin;
      if (facts.accEcn !== null) at = writeAccEcn(facts.accEcn, false, view, at);
      if (facts.sackBlocks > 0) at = writeSack(facts, view, begin, at);
      return writeUserTimeout(kind, facts, view, begin, alignTo(0, view, begin, at)) - begin;
    }
    view.setUint32(at, (OPTION.maximumSegmentSize << 24) | (4 << 16) | facts.mss);
    at += 4;
    if (facts.timestamps) {
      // SACK permitted takes the place of the two NOPs that would align the timestamps.
      view.setUint16(at, facts.sackPermitted ? (OPTION.sackPermitted << 8) | 2 : 0x0101);
      view.setUint16(at + 2, (OPTION.timestamps << 8) | 10);
      view.setInt32(at + 4, facts.tsVal);
      view.setInt32(at + 8, facts.tsEcr);
      at += 12;
    }
    if (facts.accEcn !== null) at = writeAccEcn(facts.accEcn, true, view, at);
    if (facts.sackPermitted && !facts.timestamps) {
      at = alignTo(2, view, begin, at);
      view.setUint16(at, (OPTION.sackPermitted << 8) | 2);
      at += 2;
    }
    if (facts.windowScale >= 0) {
      at = alignTo(1, view, begin, at);
      view.setUint8(at, OPTION.windowScale);
      view.setUint16(at + 1, (3 << 8) | facts.windowScale);
      at += 3;
    }
    at = alignTo(0, view, begin, at);
    at = writeUserTimeout(kind, facts, view, begin, at);
    return writeCookie(facts, view, at, 40 - (at - begin)) - begin;
  }

  usual(facts: OptionFacts): number {
    return facts.timestamps ? 12 : 0;
  }
}

/** NOPs up to a place that is `remainder` above a multiple of 4: the end of an option before it takes theirs. */
function alignTo(remainder: number, view: DataView, begin: number, at: number): number {
  while (((at - begin) & 3) !== remainder) view.setUint8(at++, OPTION.noOperation);
  return at;
}

/** The user timeout, where there is something to tell and room for it; else it waits for the next segment. @returns its end. */
export function writeUserTimeout(
  kind: OptionsOf,
  facts: OptionFacts,
  view: DataView,
  begin: number,
  at: number,
): number {
  if (facts.userTimeout === 0 || at - begin + USER_TIMEOUT_SIZE > 40) return at;
  view.setUint16(at, (OPTION.userTimeout << 8) | USER_TIMEOUT_SIZE);
  view.setUint16(at + 2, userTimeoutField(facts.userTimeout));
  if (kind === 'segment') facts.userTimeout = 0;
  return at + USER_TIMEOUT_SIZE;
}

/** NOP NOP SACK with as many blocks as fit. */
function writeSack(facts: OptionFacts, view: DataView, begin: number, at: number): number {
  const blocks = Math.min(facts.sackBlocks, (38 - (at - begin)) >> 3);
  if (blocks <= 0) return at;
  at = alignTo(2, view, begin, at);
  view.setUint8(at, OPTION.sack);
  view.setUint8(at + 1, 2 + 8 * blocks);
  at += 2;
  for (let i = 0; i < 2 * blocks; i++, at += 4) view.setInt32(at, facts.sack[i]);
  return at;
}

/** The fast open option, where there is one and it fits into `room`, and the NOPs that align what follows. @returns its end. */
export function writeCookie(facts: OptionFacts, view: DataView, at: number, room: number): number {
  const { cookie, experimentalCookie } = facts;
  if (cookie === null) return at;
  const size = (experimentalCookie ? 4 : 2) + cookie.length;
  const end = at + ((size + 3) & ~3);
  if (end - at > room) return at;
  view.setUint8(at++, experimentalCookie ? OPTION.experiment : OPTION.fastOpen);
  view.setUint8(at++, size);
  if (experimentalCookie) {
    view.setUint16(at, FAST_OPEN_EXPERIMENT);
    at += 2;
  }
  for (const byte of cookie) view.setUint8(at++, byte);
  while (at < end) view.setUint8(at++, OPTION.noOperation);
  return end;
}

/** MSS and nothing else: a stack of 1985, or a small device of today. */
export class BareOptionLayout implements OptionLayout {
  write(kind: OptionsOf, facts: OptionFacts, view: DataView, at: number): number {
    if (kind !== 'syn' && kind !== 'synack') return 0;
    // What is not offered must not be used: the session reads its own facts again when the peer answers.
    facts.timestamps = facts.sackPermitted = false;
    facts.windowScale = -1;
    facts.userTimeout = 0;
    view.setUint32(at, (OPTION.maximumSegmentSize << 24) | (4 << 16) | facts.mss);
    return 4;
  }

  usual(): number {
    return 0;
  }
}
