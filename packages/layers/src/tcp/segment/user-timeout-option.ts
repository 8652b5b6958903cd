/** Bytes of the user timeout option, its length field (RFC 5482 section 3.3). */
export const USER_TIMEOUT_SIZE = 4;
/** The largest number of seconds or minutes, and the bit that tells minutes. */
const MOST = 0x7fff;
const MINUTES = 0x8000;

/** The value of the option, whose bytes `field` are; in ms, 0 for the reserved one, which is ignored (section 3.4). */
export function readUserTimeout(field: number): number {
  return (field & MOST) * ((field & MINUTES) === 0 ? 1000 : 60_000);
}

/** The field for so many ms, which are more than 0: in seconds, where they are too many in minutes. Never less than asked for, never 0. */
export function userTimeoutField(ms: number): number {
  const seconds = Math.ceil(ms / 1000);
  return seconds <= MOST ? seconds : MINUTES | Math.min(MOST, Math.ceil(seconds / 60));
}
