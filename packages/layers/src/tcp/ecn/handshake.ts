import { CONGESTION_EXPERIENCED, ECT_0, ECT_1, NOT_ECT } from './codepoint.js';

/** Where AE, CWR and ECE lie in the flags: three bits in a row, which make the ACE field (RFC 9768 section 3.2.2). */
const ACE_SHIFT = 6;

/** AE, CWR and ECE as one number. */
export function aceOf(flags: number): number {
  return (flags >> ACE_SHIFT) & 7;
}

/** The lower three bits of `value` as AE, CWR and ECE. */
export function aceFlags(value: number): number {
  return (value & 7) << ACE_SHIFT;
}

/** What a SYN says in the three bits. */
export const Asks = {
  nothing: 0,
  classic: 3,
  accurate: 7,
} as const;

/** What a SYN-ACK says that is no feedback of the SYN's ECN field (RFC 9768 table 2). */
export const Answers = {
  nothing: 0,
  classic: 1,
  /** Reserved: it means AccECN, and that the SYN arrived as it was sent (section 3.1.3). */
  reserved: 5,
  /** A peer that sends back what it was sent. */
  broken: 7,
} as const;

/** By ECN field: how a SYN-ACK, or the ACK of one, says how the packet before it has arrived (tables 2 and 3). */
const REFLECTED: readonly number[] = [2, 3, 4, 6];

/** The ACE field that says how a SYN or SYN-ACK has arrived. */
export function reflect(codepoint: number): number {
  return REFLECTED[codepoint];
}

/** How the packet that is answered had arrived; -1 where the field says nothing of it. */
export function reflected(ace: number): number {
  return REFLECTED.indexOf(ace);
}

/**
 * Whether a path that keeps to RFC 3168 can have made `arrived` of `sent` (section 3.2.2.3): what is capable may be
 * marked, nothing else may change.
 */
export function plausible(sent: number, arrived: number): boolean {
  if (arrived === sent) return true;
  return (sent === ECT_0 || sent === ECT_1) && arrived === CONGESTION_EXPERIENCED;
}

/** Whether a SYN with these flags asks a server that knows AccECN for it: all but two combinations do (section 3.1.3). */
export function asksAccurate(ace: number): boolean {
  return ace !== Asks.nothing && ace !== Asks.classic;
}

/** Whether such a SYN asks a server that knows RFC 3168 alone, which leaves AE alone. */
export function asksClassic(ace: number, codepoint: number): boolean {
  // RFC 3168 section 6.1.1 lets no such SYN be capable itself; one with AE is of a newer kind and may.
  return (ace & 3) === 3 && (codepoint === NOT_ECT || (ace & 4) !== 0);
}
