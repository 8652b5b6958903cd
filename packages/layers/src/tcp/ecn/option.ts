import { CONGESTION_EXPERIENCED, ECT_0, ECT_1 } from './codepoint.js';

/**
 * The AccECN option (RFC 9768 section 3.2.3): kind, length, and up to three counters of 24 bits. Kind 172 begins with
 * the bytes that came as ECT(0), kind 174 with those that came as ECT(1); CE stands in the middle of both.
 */
export const ACCECN_0 = 172;
export const ACCECN_1 = 174;

const BASE = 2;
const FIELD = 3;
const FIELDS = 3;
const SACK_BLOCK = 8;

/** By ECN field: what its counter begins with on the wire (section 3.2.1). */
const BEGINS: readonly number[] = [0, 1, 1, 0];
/** The counters of kind 174 in their order. */
const ORDER_1: readonly number[] = [ECT_1, CONGESTION_EXPERIENCED, ECT_0];
const ORDER_0: readonly number[] = [ECT_0, CONGESTION_EXPERIENCED, ECT_1];

/** How many counters an option of kind 174 needs at least to tell of this ECN field. */
export function fieldsFor(codepoint: number): number {
  return ORDER_1.indexOf(codepoint) + 1;
}

/** What an AccECN option is to say. */
export interface AccEcnReport {
  /** How many counters are told, from the front. */
  readonly fields: number;
  /** Bytes of payload that arrived, by ECN field; none yet in a SYN-ACK. */
  readonly bytes: readonly number[];
}

/** Writes the option at `at`, without padding. @returns where it ends. */
export function writeAccEcn(report: AccEcnReport, handshake: boolean, view: DataView, at: number): number {
  view.setUint8(at, ACCECN_1);
  view.setUint8(at + 1, BASE + FIELD * report.fields);
  at += BASE;
  for (let i = 0; i < report.fields; i++, at += FIELD) {
    const codepoint = ORDER_1[i];
    const counter = BEGINS[codepoint] + (handshake ? 0 : report.bytes[codepoint]);
    view.setUint8(at, (counter / 0x10000) & 0xff);
    view.setUint16(at + 1, counter & 0xffff);
  }
  return at;
}

/** What {@link fitAccEcn} found; one for all connections. */
export const fit = { fields: -1, size: 0, sackBlocks: 0 };

/**
 * Finds the longest option for `room` bytes (section 3.2.3.3: the fields at the end are left out first). One that must
 * tell `required` counters goes before the last SACK blocks, of which two stay.
 * @param spare bytes of padding beside other options that it may fill.
 * @returns {@link fit}: -1 fields where none fits.
 */
export function fitAccEcn(required: number, room: number, spare: number, sackBlocks: number): typeof fit {
  fit.sackBlocks = sackBlocks;
  for (;;) {
    for (fit.fields = FIELDS; fit.fields >= required; fit.fields--) {
      fit.size = paddedSize(fit.fields, spare);
      if (fit.size <= room) return fit;
    }
    if (required === 0 || fit.sackBlocks <= 2) break;
    fit.sackBlocks--;
    room += SACK_BLOCK;
  }
  fit.fields = -1;
  fit.size = 0;
  fit.sackBlocks = sackBlocks;
  return fit;
}

/** Bytes that the option adds: a multiple of 4, less what it takes of padding that would be there anyway. */
function paddedSize(fields: number, spare: number): number {
  const size = BASE + FIELD * fields;
  const odd = size & 3;
  return odd > spare ? size + 4 - odd : size - odd;
}

/** A received option: where its counters begin, and how many bytes they take. */
export interface SeenAccEcn {
  readonly kind: number;
  readonly at: number;
  readonly length: number;
}

/** The ECN field that the `index`th counter of an option counts; -1 where there is no such counter. */
export function countedBy(kind: number, index: number, length: number): number {
  if (FIELD * (index + 1) > length) return -1;
  return (kind === ACCECN_1 ? ORDER_1 : ORDER_0)[index] ?? -1;
}

/** The `index`th counter as it is on the wire. */
export function counterAt(view: DataView, at: number, index: number): number {
  return (view.getUint8(at + FIELD * index) << 16) | view.getUint16(at + FIELD * index + 1);
}

/** How far a counter of 24 bits has moved on from `known` bytes; negative where it stands behind. */
export function counterMoved(counter: number, codepoint: number, known: number): number {
  const moved = (counter - BEGINS[codepoint] - known) & 0xffffff;
  return moved >= 0x800000 ? moved - 0x1000000 : moved;
}
